package server

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/sotto-render/sotto/server/console"
)

// consolePath is where the console's pages are.
const consolePath = "/console/"

// consolePages is what the server needs for the console beside its API.
type consolePages struct {
	files   *console.Files
	origins *http.CrossOriginProtection
	// secure says that browsers reach the server by TLS.
	secure bool
	code   signInCode
}

// newConsolePages returns the pages as browsers find them at publicURL, if not "".
func newConsolePages(publicURL string) (*consolePages, error) {
	pages := &consolePages{files: console.Built(), origins: http.NewCrossOriginProtection()}
	if publicURL == "" {
		return pages, nil
	}
	u, err := url.Parse(publicURL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return nil, errors.New("server: the public URL must be one such as https://sotto.example.com")
	}
	pages.secure = u.Scheme == "https"
	return pages, pages.origins.AddTrustedOrigin(u.Scheme + "://" + u.Host)
}

// consoleFiles are the routes of the pages. They are no part of the API: what they
// answer is for browsers.
func (s *Server) consoleFiles() []*route {
	var rows []*route
	for pattern, handle := range map[string]endpoint{
		"/console":                 s.toConsole,
		consolePath + "{$}":        s.consoleFile("index.html"),
		consolePath + "frame.html": s.consoleFile("frame.html"),
		consolePath + "assets/{file}": func(x *exchange) error {
			return s.consoleFile("assets/" + x.r.PathValue("file"))(x)
		},
	} {
		rows = append(rows, &route{method: http.MethodGet, pattern: pattern, handle: handle})
	}
	return rows
}

// toConsole answers GET /console.
func (s *Server) toConsole(x *exchange) error {
	http.Redirect(x, x.r, consolePath, http.StatusPermanentRedirect)
	return nil
}

func (s *Server) consoleFile(name string) endpoint {
	return func(x *exchange) error {
		if !s.console.files.Serve(x, x.r, name) {
			return errNoPath
		}
		return nil
	}
}
