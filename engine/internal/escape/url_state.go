package escape

import "strings"

// urlState is where a reader of a URL stands.
type urlState struct {
	phase urlPhase
	// glued says that host letters stand right before.
	glued bool
	// scheme is what stands before the first colon.
	scheme string
	// percent is how much was read of an octet as in %2E: 1 behind the %, 2 behind
	// its first digit.
	percent uint8
}

type urlPhase uint8

const (
	urlStart     urlPhase = iota // nothing was read
	urlBase                      // behind a value that may have been a whole URL
	urlRoot                      // behind a slash that begins the URL
	urlFirst                     // the first segment: a scheme, or a relative path
	urlScheme                    // behind the scheme's colon
	urlSlash                     // behind its first slash
	urlAuthority                 // in the host
	urlPort                      // behind the host's colon
	urlPath
	urlQuery // and fragment
	urlOpaque
)

// read takes all of text.
func (s *urlState) read(text []byte) {
	for i := range len(text) {
		s.step(text[i])
	}
}

func (s *urlState) step(c byte) {
	switch {
	case c == '%':
		s.percent = 1
	case s.percent == 1 && isHexDigit(c):
		s.percent = 2
	default:
		s.percent = 0
	}
	ends := c == '/' || c == '?' || c == '#'
	switch s.phase {
	case urlStart, urlBase, urlFirst:
		switch {
		case c == ':' && s.phase != urlStart:
			// A colon before any slash ends a scheme, whatever the author meant:
			// a value behind it may be code.
			s.phase = urlScheme
		case c == '/' && s.phase == urlStart:
			s.phase = urlRoot
		case ends:
			s.leave(c)
		case s.phase != urlBase:
			s.phase = urlFirst
			// Longer ones are none that matters, and a bound keeps states few.
			s.scheme = (s.scheme + strings.ToLower(string(rune(c))))[:min(len(s.scheme)+1, maxScheme)]
		}
	case urlScheme:
		if s.phase = urlOpaque; c == '/' {
			s.phase = urlSlash
		}
	case urlSlash, urlRoot:
		// Browsers read a backslash as a slash, and `/\` as the start of a host.
		if c == '/' || c == '\\' {
			s.phase, s.glued = urlAuthority, false
			return
		}
		s.phase = urlPath
		if ends {
			s.leave(c)
		}
	case urlAuthority, urlPort:
		switch {
		case ends || c == '\\':
			s.leave(c)
		case c == ':':
			s.phase = urlPort
		case c == '@':
			// What was read was a name and a password: the host begins here.
			s.phase, s.glued = urlAuthority, false
		default:
			// Behind letters a value `.evil.com` would make another domain of what
			// the author wrote; behind a dot the author asks for the rest.
			s.glued = c != '.'
		}
	case urlPath:
		if c == '?' || c == '#' {
			s.phase = urlQuery
		}
	case urlOpaque:
		if c == '?' || c == '#' {
			s.phase = urlQuery
		}
	}
}

func (s *urlState) leave(c byte) {
	s.phase = urlQuery
	if c == '/' || c == '\\' {
		s.phase = urlPath
	}
}

// escaper returns how a value is escaped here.
func (s *urlState) escaper(f Following) Escaper {
	if s.percent > 0 {
		return urlForbidden
	}
	switch s.phase {
	case urlStart:
		switch {
		case f.next == 0 && f.outermost:
			return urlIsWhole
		case f.next == '/' || f.next == '\\':
			return urlBeforeSlash
		}
		return urlAtStart
	case urlBase:
		// The value in front may have been a host, a whole URL with its query, or
		// a scheme.
		return Live
	case urlRoot:
		return urlAtRoot
	case urlAuthority, urlPort:
		return s.hostEscaper(f)
	case urlSlash:
		return urlForbidden // parsers take https:/evil.com for a host too
	case urlScheme, urlOpaque:
		// Parsers take https:evil.com for https://evil.com.
		if s.phase == urlScheme && hostSchemes[s.scheme] || scriptSchemes[s.scheme] {
			return urlForbidden
		}
	case urlFirst, urlPath:
		return urlInPath
	}
	return URLPart
}

// forbids says why no value may stand where escaper forbids it.
func (s *urlState) forbids() string {
	if s.percent > 0 {
		return insidePercent
	}
	return forbiddenInURL
}

// hostEscaper refuses a value that ends a host whose beginning is written out,
// because it would choose the host.
func (s *urlState) hostEscaper(f Following) Escaper {
	ends := f.next == 0 || strings.IndexByte("/?#", f.next) >= 0
	switch {
	case f.user:
		return urlInUser
	case s.phase == urlPort:
		return urlInPort
	case s.glued && (ends || f.next == ':' || f.next == unknownNext):
		return urlForbidden
	case ends && !s.glued && (f.next != 0 || f.outermost):
		return urlWholeHost
	}
	return urlHostPart
}

// insert follows a value.
func (s *urlState) insert() {
	s.percent = 0
	switch s.phase {
	case urlStart:
		s.phase = urlBase
	case urlRoot:
		s.phase = urlPath
	case urlAuthority:
		s.glued = true // its last byte is not known
	case urlScheme:
		s.phase = urlOpaque
	}
}

// maxScheme is how much of a scheme is looked at.
const maxScheme = 16
