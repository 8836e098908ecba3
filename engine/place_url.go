package engine

import (
	"bytes"
	"net/netip"
	"net/url"
	"strings"
)

// urlState is where a reader of a URL stands.
type urlState struct {
	phase urlPhase
	// glued says that host letters stand right before.
	glued bool
	// scheme is what stands before the first colon.
	scheme string
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
	ends := c == '/' || c == '?' || c == '#'
	switch s.phase {
	case urlStart, urlBase, urlFirst:
		switch {
		case c == ':' && s.phase != urlStart:
			s.phase = urlScheme
		case c == '/' && s.phase == urlStart:
			s.phase = urlRoot
		case ends:
			s.leave(c)
		case s.phase != urlBase:
			s.phase = urlFirst
			s.scheme = (s.scheme + strings.ToLower(string(rune(c))))[:min(len(s.scheme)+1, maxScheme)]
		}
	case urlScheme:
		if s.phase = urlOpaque; c == '/' {
			s.phase = urlSlash
		}
	case urlSlash, urlRoot:
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
			s.phase, s.glued = urlAuthority, false
		default:
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

// behind is what the author wrote behind a value, as far as the value's place in
// a URL depends on it.
type behind struct {
	// next is the first byte; 0 at the end of the block, unknownNext where
	// something else than text follows.
	next byte
	// user says that a @ comes before the end of the host, so that the value
	// is no part of the host.
	user bool
	// outermost says that the end of the block is that of the URL.
	outermost bool
}

// maxBehind is how many pieces of text and values are looked at behind a value.
const maxBehind = 16

// unknownNext stands for what follows a value where that is no literal text.
const unknownNext = 0xff

// literal takes the text that comes next, and reports whether no more matters.
func (b *behind) literal(text string) bool {
	if text != "" && b.next == 0 {
		b.next = text[0]
	}
	at := strings.IndexAny(text, "/?#\\@")
	b.user = at >= 0 && text[at] == '@'
	return at >= 0
}

// value takes what comes next and is no literal text.
func (b *behind) value() {
	if b.next == 0 {
		b.next = unknownNext
	}
}

// mode returns how a value is escaped here.
func (s *urlState) mode(b behind) mode {
	switch s.phase {
	case urlStart:
		return modeURLStart
	case urlBase:
		return modeURLLive
	case urlRoot:
		return modeURLRoot
	case urlAuthority, urlPort:
		return s.hostMode(b)
	case urlSlash:
		return modeURLGlued
	case urlScheme, urlOpaque:
		if s.phase == urlScheme && hostSchemes[s.scheme] || scriptSchemes[s.scheme] {
			return modeURLGlued
		}
	case urlFirst, urlPath:
		return modeURLPath
	}
	return modeURLPart
}

// hostMode refuses a value that ends a host whose beginning is written out,
// because it would choose the host.
func (s *urlState) hostMode(b behind) mode {
	ends := b.next == 0 || strings.IndexByte("/?#", b.next) >= 0
	switch {
	case b.user:
		return modeURLUser
	case s.phase == urlPort:
		return modeURLPort
	case s.glued && (ends || b.next == ':' || b.next == unknownNext):
		return modeURLGlued
	case ends && !s.glued && (b.next != 0 || b.outermost):
		return modeURLHost
	}
	return modeURLLabel
}

// insert follows a value.
func (s *urlState) insert() {
	switch s.phase {
	case urlStart:
		s.phase = urlBase
	case urlRoot:
		s.phase = urlPath
	case urlAuthority:
		s.glued = true
	case urlScheme:
		s.phase = urlOpaque
	}
}

// maxScheme is how much of a scheme is looked at.
const maxScheme = 16

var (
	// hostSchemes are those behind whose colon parsers look for a host, with
	// slashes or without.
	hostSchemes = map[string]bool{"http": true, "https": true, "ws": true, "wss": true, "ftp": true, "file": true}
	// scriptSchemes are those whose text runs as code or becomes a page.
	scriptSchemes = map[string]bool{"javascript": true, "vbscript": true, "data": true}
)

// runsScript reports whether a whole URL has a scheme that runs as code.
func runsScript(text []byte) bool {
	text = bytes.TrimLeft(text, " \t\r\n\f")
	at := bytes.IndexByte(text[:min(len(text), maxScheme)], ':')
	return at >= 0 && scriptSchemes[strings.ToLower(string(text[:at]))]
}

// baseSchemes are the schemes that a whole URL in a variable may have.
var baseSchemes = []string{"https://", "http://", "wss://", "ws://"}

// isBase reports whether text is a whole URL with a host.
func isBase(text string) bool {
	for _, scheme := range baseSchemes {
		if len(text) > len(scheme) && strings.EqualFold(text[:len(scheme)], scheme) {
			return true
		}
	}
	return false
}

func (st *state) placeURL(dst []byte, v value, m mode) []byte {
	if m == modeURLLive {
		// What follows is not known, so it may be the end of the host.
		if m = st.readOn(dst).url.mode(behind{next: unknownNext}); m == modeURLLabel {
			m = modeURLGlued
		}
	}
	if v.kind == kindList && !v.secretTree() {
		v = st.concatenated(v, 0)
	}
	if w, ok := v.ref.(written); ok {
		switch m {
		case modeURLStart, modeURLRoot, modeURLPath, modeURLPart:
			return st.placeParts(dst, w.parts(v.text), v.taint)
		}
	}
	text := v.output()
	if st.preview && v.taint != nil && v.done&finishURL == 0 {
		// What a placeholder stands for, only a send can judge.
		return appendPercent(dst, text)
	}
	switch m {
	case modeURLStart:
		if isBase(text) {
			return st.placeBase(dst, text)
		}
		if text == "" {
			st.refuse("the value at the start of the URL is empty")
			return dst
		}
		m = modeURLPath
	case modeURLRoot:
		if text == "" {
			st.refuse("an empty value behind the first / of a URL would make the next part a host")
			return dst
		}
		m = modeURLPath
	case modeURLHost, modeURLLabel:
		begins := len(dst) > 0 && (dst[len(dst)-1] == '/' || dst[len(dst)-1] == '@')
		if !isHost(text, m == modeURLHost) && !(begins && m == modeURLHost && isAddress(text)) {
			st.refuse("a value in the host of a URL may hold letters, digits, . - and _ only; the whole host may also have a port, or be an address in [ ]")
			return dst
		}
		return append(dst, text...)
	case modeURLPort:
		if !allDigits(text) {
			st.refuse("a value in the port of a URL must be digits")
			return dst
		}
		return append(dst, text...)
	case modeURLGlued:
		if text == "" {
			return dst
		}
		st.refuse(gluedMessage)
		return dst
	}
	if m == modeURLUser && v.done&finishURL == 0 {
		return appendPercent(dst, text)
	}
	if m == modeURLPath && (text == "." || text == "..") {
		st.refuse("a path segment of . or .. would lead elsewhere")
		return dst
	}
	if v.done&finishRaw != 0 {
		if strings.ContainsAny(text, lineBreaks) {
			st.refuse(brokenURL)
			return dst
		}
		return append(dst, text...)
	}
	if v.done&finishURL != 0 {
		return append(dst, text...)
	}
	return appendPercent(dst, text)
}

// placeParts prints a capture as if its body stood here.
func (st *state) placeParts(dst []byte, parts []part, from *taint) []byte {
	for i, p := range parts {
		if p.written {
			dst = append(dst, p.text...)
			continue
		}
		follows := behind{outermost: true}
		for _, q := range parts[i+1 : min(i+1+maxBehind, len(parts))] {
			if !q.written {
				follows.value()
			} else if follows.literal(q.text) {
				break
			}
		}
		if dst = st.placeURL(dst, stringValue(p.text).with(from), st.readOn(dst).url.mode(follows)); st.err != nil {
			break
		}
	}
	return dst
}

const brokenURL = "a URL must not hold a line break or a NUL byte"

const gluedMessage = "a value here could change the scheme or the host of the URL, or run as code: write / before it"

// placeBase inserts a whole URL: its structure stays, and what no URL may
// hold is percent-encoded.
func (st *state) placeBase(dst []byte, text string) []byte {
	mark := len(dst)
	for i := range len(text) {
		c := text[i]
		switch {
		case c == '%' && i+2 < len(text) && isHexDigit(text[i+1]) && isHexDigit(text[i+2]),
			unreserved[c], strings.IndexByte("!$&'()*+,;=:@/?#[]", c) >= 0:
			dst = append(dst, c)
		default:
			dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	parsed, err := url.Parse(string(dst[mark:]))
	if err != nil || parsed.Host == "" {
		st.refuse("the value at the start of the URL is no URL with a host")
		return dst[:mark]
	}
	return dst
}

// isAddress reports whether text is an IP address in brackets, as a host.
func isAddress(text string) bool {
	address, err := netip.ParseAddrPort(text)
	if err != nil {
		address, err = netip.ParseAddrPort(text + ":0")
	}
	return err == nil && text[0] == '[' && address.Addr().Zone() == ""
}

// isHost reports whether text is a host name, or a part of one; a whole one may
// have a port.
func isHost(text string, whole bool) bool {
	name, port, hasPort := strings.Cut(text, ":")
	if hasPort && (!whole || !allDigits(port)) {
		return false
	}
	for i := range len(name) {
		if c := name[i]; !unreserved[c] || c == '~' {
			return false
		}
	}
	return name != ""
}

// unreserved are the bytes that RFC 3986 lets stand everywhere.
var unreserved = func() (is [256]bool) {
	for c := range is {
		lower := byte(c) | 0x20
		is[c] = 'a' <= lower && lower <= 'z' && c < 0x80 || '0' <= c && c <= '9' || strings.IndexByte("-._~", byte(c)) >= 0
	}
	return is
}()

const upperHex = "0123456789ABCDEF"

// appendPercent appends s with all but unreserved bytes percent-encoded, which
// is right in a path segment, a query and a fragment alike.
func appendPercent(dst []byte, s string) []byte {
	from := 0
	for i := range len(s) {
		if c := s[i]; !unreserved[c] {
			dst = append(append(dst, s[from:i]...), '%', upperHex[c>>4], upperHex[c&15])
			from = i + 1
		}
	}
	return append(dst, s[from:]...)
}

func percentEncode(s string) string { return string(appendPercent(nil, s)) }
