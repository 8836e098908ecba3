// Package console holds the console's pages, as `make console` builds them from the
// sources in this folder, and serves them. [Built] is all that a server needs.
package console

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"net/http"
	"strings"
	"sync"
)

//go:embed all:dist
var dist embed.FS

// noncePlace is where the page that is built has the nonce of its style sheets.
const noncePlace = "STYLE-NONCE"

// Files are the console's files, ready to be sent. They are safe for concurrent use.
type Files struct {
	// files :: path below the console's -> file
	files map[string]*file
	frame string // the policy of the preview's frame
}

type file struct {
	kind string
	body []byte
	etag string
	// fixed says that the name changes with the content.
	fixed  bool
	packed func() []byte
}

// Built returns the files that are part of the program.
var Built = sync.OnceValue(func() *Files {
	f := &Files{files: make(map[string]*file)}
	root, err := fs.Sub(dist, "dist")
	if err == nil {
		err = fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			body, err := fs.ReadFile(root, path)
			f.add(path, body)
			return err
		})
	}
	if err != nil {
		panic("console: the files that are part of the program cannot be read")
	}
	f.frame = "default-src 'none'; script-src 'sha256-" + scriptHash(f.files["frame.html"].body) +
		"'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts"
	return f
})

func (f *Files) add(path string, body []byte) {
	sum := sha256.Sum256(body)
	added := &file{kind: kindOf(path), body: body, etag: `"` + hex.EncodeToString(sum[:8]) + `"`, fixed: strings.HasPrefix(path, "assets/")}
	added.packed = sync.OnceValue(func() []byte { return pack(body) })
	f.files[path] = added
}

// kindOf returns the type of a file. Go's table depends on the system.
func kindOf(path string) string {
	_, extension, _ := strings.Cut(path[strings.LastIndexByte(path, '/')+1:], ".")
	switch extension[strings.LastIndexByte(extension, '.')+1:] {
	case "html":
		return "text/html; charset=utf-8"
	case "js":
		return "text/javascript; charset=utf-8"
	case "css":
		return "text/css; charset=utf-8"
	case "svg":
		return "image/svg+xml"
	}
	return "application/octet-stream"
}

func pack(body []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is known
	_, _ = w.Write(body)                                  // a buffer takes all
	_ = w.Close()
	return b.Bytes()
}

// scriptHash is that of the one script of a page.
func scriptHash(page []byte) string {
	_, rest, _ := strings.Cut(string(page), "<script>")
	script, _, _ := strings.Cut(rest, "</script>")
	sum := sha256.Sum256([]byte(script))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Serve answers a GET of a file, by its path below the console's, and reports whether
// there is one. index.html is the page itself.
func (f *Files) Serve(w http.ResponseWriter, r *http.Request, path string) bool {
	found := f.files[path]
	if found == nil {
		return false
	}
	h := w.Header()
	h.Set("Content-Type", found.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	body := found.body
	switch path {
	case "index.html":
		nonce := rand.Text()
		h.Set("Content-Security-Policy", policy(nonce))
		h.Set("Cache-Control", "no-store")
		body = bytes.Replace(body, []byte(noncePlace), []byte(nonce), 1)
	case "frame.html":
		h.Set("Content-Security-Policy", f.frame)
		h.Set("Cache-Control", "no-cache")
	default:
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Cache-Control", "no-cache")
		if found.fixed {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		h.Set("Etag", found.etag)
		h.Set("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("If-None-Match"), found.etag) {
			w.WriteHeader(http.StatusNotModified)
			return true
		}
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body = found.packed()
		}
	}
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the browser is gone: nobody is left to tell
	}
	return true
}

// policy allows the page its own files and calls, and style sheets of the editor,
// which it makes itself, by the nonce.
func policy(nonce string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-" + nonce + "'; img-src 'self' data:; font-src 'self'; " +
		"connect-src 'self'; frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
}
