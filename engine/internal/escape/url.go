package escape

import (
	"bytes"
	"net/netip"
	"net/url"
	"strings"
)

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

// forbiddenInURL is shown by the compiler too, where it sees the place.
const forbiddenInURL = "a value here could change the scheme or the host of the URL, or run as code: write / before it"

// insidePercent is the same behind a % that the author wrote.
const insidePercent = "a value right behind % would choose the character that it stands for, as in %2E: write %25 for the sign"

const slashes = "a / at the start of the URL and the one behind it would make the next part a host"

// appendURL appends t at its place in a URL.
func (e Escaper) appendURL(dst []byte, t *Text) (out []byte, problem string) {
	text := t.String
	finished := t.Content&URLContent != 0
	if t.Placeholder && !finished {
		// A preview must not refuse what a send takes: the text is not the value.
		return AppendPercent(dst, text), ""
	}
	switch e {
	case urlAtStart, urlBeforeSlash, urlIsWhole:
		// An empty value would hand the start of the URL to what follows, which
		// was not looked at as a start.
		if text == "" {
			return dst, "the value at the start of the URL is empty"
		}
		if !finished && t.Content&RawContent == 0 {
			return e.appendStart(dst, text)
		}
		e = URLPart
	case urlAtRoot:
		if text == "" {
			return dst, "an empty value behind the first / of a URL would make the next part a host"
		}
		e = urlInPath
	case urlWholeHost, urlHostPart:
		return e.appendHost(dst, text)
	case urlInPort:
		if !allDigits(text) {
			return dst, "a value in the port of a URL must be digits"
		}
		return append(dst, text...), ""
	case urlForbidden:
		if text == "" {
			return dst, ""
		}
		return dst, forbiddenInURL
	}
	switch {
	case e == urlInUser && !finished:
		return AppendPercent(dst, text), ""
	case e == urlInPath && (text == "." || text == ".."):
		// Percent-encoding does not help: parsers take %2e%2e for .. too.
		return dst, "a path segment of . or .. would lead elsewhere"
	case t.Content&RawContent != 0:
		if problem := InURL.RawProblem(text); problem != "" {
			return dst, problem
		}
		return append(dst, text...), ""
	case finished:
		return append(dst, text...), ""
	}
	return AppendPercent(dst, text), ""
}

func (e Escaper) appendHost(dst []byte, text string) (out []byte, problem string) {
	// An address in brackets is a host as a whole, so nothing may be in front.
	begins := len(dst) > 0 && (dst[len(dst)-1] == '/' || dst[len(dst)-1] == '@')
	whole := e == urlWholeHost
	if !isHost(text, whole) && !(begins && whole && isAddress(text)) {
		return dst, "a value in the host of a URL may hold letters, digits, . - and _ only; the whole host may also have a port, or be an address in [ ]"
	}
	return append(dst, text...), ""
}

// foreignScheme says what to do about a URL of another scheme.
const foreignScheme = "a value at the start of a URL may be relative, or begin with http://, https://, ws:// or wss://: " +
	"write another scheme in the template, or take the responsibility with `| raw`"

// appendStart inserts a value with which the URL begins.
func (e Escaper) appendStart(dst []byte, text string) (out []byte, problem string) {
	switch {
	case isBase(text):
		return appendBase(dst, text, true)
	case schemeOf(text) != "":
		return dst, foreignScheme
	case e == urlBeforeSlash && text == "/":
		return dst, slashes
	case text[0] == '/' || e == urlIsWhole:
		return appendBase(dst, text, strings.HasPrefix(text, "//"))
	}
	return urlInPath.append(dst, &Text{String: text})
}

// schemeOf returns the scheme of a URL in small letters, or "". It takes out what
// browsers do: tabs and line breaks anywhere, control characters in front.
func schemeOf(text string) string {
	text = strings.TrimLeftFunc(text, func(r rune) bool { return r <= ' ' })
	var scheme []byte
	for i := range len(text) {
		switch c := text[i]; {
		case c == ':':
			return string(scheme)
		case c == '\t' || c == '\n' || c == '\r':
		case isLetter(c), len(scheme) > 0 && ('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
			scheme = append(scheme, lower(c))
		default:
			return ""
		}
	}
	return ""
}

// appendBase inserts a whole URL, or a relative one: its structure stays, and what
// no URL may hold is percent-encoded.
func appendBase(dst []byte, text string, host bool) (out []byte, problem string) {
	mark := len(dst)
	// A colon in the first segment of a relative URL would end a scheme.
	first := !host
	for i := range len(text) {
		c := text[i]
		first = first && c != '/' && c != '?' && c != '#'
		switch {
		case c == ':' && first:
			dst = append(dst, "%3A"...)
		case c == '%' && i+2 < len(text) && isHexDigit(text[i+1]) && isHexDigit(text[i+2]),
			unreserved[c], strings.IndexByte("!$&'()*+,;=:@/?#[]", c) >= 0:
			dst = append(dst, c)
		default:
			dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	// A host that does not parse would be taken for another by another parser.
	parsed, err := url.Parse(string(dst[mark:]))
	if err != nil || host && parsed.Host == "" {
		return dst[:mark], "the value at the start of the URL is no URL: a host is missing or malformed"
	}
	return dst, ""
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

func allDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// unreserved are the bytes that RFC 3986 lets stand everywhere.
var unreserved = func() (is [256]bool) {
	for c := range is {
		lower := byte(c) | 0x20
		is[c] = 'a' <= lower && lower <= 'z' && c < 0x80 || '0' <= c && c <= '9' || strings.IndexByte("-._~", byte(c)) >= 0
	}
	return is
}()

const upperHex = "0123456789ABCDEF"

// AppendPercent appends s with all but unreserved bytes percent-encoded, which
// is right in a path segment, a query and a fragment alike.
func AppendPercent(dst []byte, s string) []byte {
	from := 0
	for i := range len(s) {
		if c := s[i]; !unreserved[c] {
			dst = append(append(dst, s[from:i]...), '%', upperHex[c>>4], upperHex[c&15])
			from = i + 1
		}
	}
	return append(dst, s[from:]...)
}
