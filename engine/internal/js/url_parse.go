package js

import (
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// specialPorts :: scheme whose URLs have an authority -> its own port
var specialPorts = map[string]string{
	"http": "80", "https": "443", "ws": "80", "wss": "443", "ftp": "21", "file": "",
}

// What stands as it is in each part of a URL (WHATWG URL, 1.3).
var (
	fragmentSet     = outside(" \"<>`")
	querySet        = outside(" \"#<>")
	specialQuerySet = outside(" \"#<>'")
	pathSet         = outside(" \"#<>?^`{}")
	userSet         = outside(" \"#<>?^`{}/:;=@[\\]|")
	opaqueSet       = outside("")
)

// outside is all that ASCII prints but chars.
func outside(chars string) byteSet {
	var all []byte
	for c := byte(' '); c < 0x7F; c++ {
		if strings.IndexByte(chars, c) < 0 {
			all = append(all, c)
		}
	}
	return setOf(string(all))
}

// percent encodes what may not stand in a part; escapes that are there stay.
func percent(s string, set *byteSet) string { return string(appendPercent(nil, s, set)) }

// parseURL is the parser of URLs (WHATWG URL, 4.4), or nil.
func parseURL(s string, base *urlData) *urlData {
	s = strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
	s = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(s)
	u := &urlData{}
	if rest, fragment, ok := strings.Cut(s, "#"); ok {
		encoded := percent(fragment, &fragmentSet)
		s, u.fragment = rest, &encoded
	}
	scheme, rest, ok := cutScheme(s)
	if ok {
		u.scheme = scheme
		_, special := specialPorts[scheme]
		if special && base != nil && base.scheme == scheme && scheme != "file" && !strings.HasPrefix(rest, "/") && !strings.HasPrefix(rest, `\`) {
			return u.relative(rest, base)
		}
		return u.absolute(rest, special, base)
	}
	if base == nil {
		return nil
	}
	u.scheme = base.scheme
	if base.opaque {
		if s != "" || u.fragment == nil {
			return nil
		}
		u.path, u.opaque, u.query = base.path, true, base.query
		return u
	}
	return u.relative(s, base)
}

func cutScheme(s string) (scheme, rest string, ok bool) {
	scheme, rest, ok = strings.Cut(s, ":")
	if !ok || scheme == "" || scheme[0]|0x20 < 'a' || scheme[0]|0x20 > 'z' {
		return "", "", false
	}
	for i := range len(scheme) {
		if c := scheme[i]; digitValue(c) > 35 && c != '+' && c != '-' && c != '.' {
			return "", "", false
		}
	}
	return strings.ToLower(scheme), rest, true
}

// isSlash reports whether a character divides the path of a URL.
func (u *urlData) isSlash(c byte) bool {
	_, special := specialPorts[u.scheme]
	return c == '/' || special && c == '\\'
}

// absolute parses what follows the scheme.
func (u *urlData) absolute(s string, special bool, base *urlData) *urlData {
	switch {
	case u.scheme == "file":
		return u.file(s, base)
	case special:
		for s != "" && u.isSlash(s[0]) {
			s = s[1:]
		}
		return u.authority(s)
	case strings.HasPrefix(s, "//"):
		return u.authority(s[2:])
	case strings.HasPrefix(s, "/"):
		u.setPath(u.cutQuery(s))
		return u
	}
	u.opaque = true
	u.path = []string{percent(u.cutQuery(s), &opaqueSet)}
	return u
}

func (u *urlData) file(s string, base *urlData) *urlData {
	empty := ""
	u.host = &empty
	if len(s) > 1 && u.isSlash(s[0]) && u.isSlash(s[1]) {
		end := strings.IndexAny(s[2:], `/\?`)
		if end < 0 {
			end = len(s) - 2
		}
		if name := s[2 : 2+end]; name != "" && !isDrive(name) {
			host, ok := parseHost(name, true)
			if !ok {
				return nil
			}
			if host == "localhost" {
				host = ""
			}
			u.host = &host
			s = s[2+end:]
		} else {
			s = s[2:]
		}
		u.setPath(u.cutQuery(s))
		return u
	}
	if base != nil && base.scheme == "file" && (s == "" || !u.isSlash(s[0])) {
		return u.relative(s, base)
	}
	u.setPath(u.cutQuery(s))
	return u
}

func isDrive(s string) bool {
	return len(s) == 2 && s[0]|0x20 >= 'a' && s[0]|0x20 <= 'z' && (s[1] == ':' || s[1] == '|')
}

// cutQuery takes the query off s.
func (u *urlData) cutQuery(s string) string {
	path, query, ok := strings.Cut(s, "?")
	if ok {
		u.setQuery(query)
	}
	return path
}

func (u *urlData) setQuery(query string) {
	set := &querySet
	if _, special := specialPorts[u.scheme]; special {
		set = &specialQuerySet
	}
	encoded := percent(query, set)
	u.query = &encoded
}

// authority parses user:password@host:port and what follows.
func (u *urlData) authority(s string) *urlData {
	end := 0
	for end < len(s) && !u.isSlash(s[end]) && s[end] != '?' {
		end++
	}
	authority, rest := s[:end], s[end:]
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		user, password, _ := strings.Cut(authority[:at], ":")
		u.username, u.password = percent(user, &userSet), percent(password, &userSet)
		if authority = authority[at+1:]; authority == "" {
			return nil
		}
	}
	if !u.setHost(authority) {
		return nil
	}
	u.setPath(u.cutQuery(rest))
	return u
}

// setHost parses host:port.
func (u *urlData) setHost(s string) bool {
	_, special := specialPorts[u.scheme]
	name, port := s, ""
	if colon := strings.LastIndexByte(s, ':'); colon > strings.LastIndexByte(s, ']') {
		name, port = s[:colon], s[colon+1:]
	}
	if special && name == "" {
		return false
	}
	if port != "" && !u.setPort(port) {
		return false
	}
	host, ok := parseHost(name, special)
	u.host = &host
	return ok
}

func (u *urlData) setPort(s string) bool {
	if !decimalDigits(s) {
		return false
	}
	n, err := strconv.ParseUint(s, 10, 16)
	if u.port = strconv.FormatUint(n, 10); u.port == specialPorts[u.scheme] {
		u.port = ""
	}
	return err == nil
}

// relative parses s as a place in base.
func (u *urlData) relative(s string, base *urlData) *urlData {
	if len(s) > 1 && u.isSlash(s[0]) && u.isSlash(s[1]) {
		return u.authority(s[2:])
	}
	u.username, u.password, u.host, u.port = base.username, base.password, base.host, base.port
	path := u.cutQuery(s)
	switch {
	case path == "":
		if u.path = base.path; u.query == nil && !strings.HasPrefix(s, "?") {
			u.query = base.query
		}
		return u
	case !u.isSlash(path[0]):
		if n := len(base.path); n > 0 {
			path = strings.Join(base.path[:n-1], "/") + "/" + path
			if n > 1 {
				path = "/" + path
			}
		}
	}
	u.setPath(path)
	return u
}

// setPath divides a path into segments, and follows its dots.
func (u *urlData) setPath(s string) {
	_, special := specialPorts[u.scheme]
	if special {
		s = strings.ReplaceAll(s, `\`, "/")
	}
	u.path = nil
	if s == "" && !special {
		return
	}
	segments := strings.Split(strings.TrimPrefix(s, "/"), "/")
	for i, segment := range segments {
		last := i == len(segments)-1
		switch dots := strings.ReplaceAll(strings.ToLower(segment), "%2e", "."); dots {
		case ".":
			if last {
				u.path = append(u.path, "")
			}
		case "..":
			if len(u.path) > 0 && !(u.scheme == "file" && len(u.path) == 1 && isDrive(u.path[0])) {
				u.path = u.path[:len(u.path)-1]
			}
			if last {
				u.path = append(u.path, "")
			}
		default:
			u.path = append(u.path, percent(segment, &pathSet))
		}
	}
}

// parseHost is the parser of hosts (WHATWG URL, 3.5).
func parseHost(s string, special bool) (string, bool) {
	if strings.HasPrefix(s, "[") {
		if !strings.HasSuffix(s, "]") {
			return "", false
		}
		ip, err := netip.ParseAddr(s[1 : len(s)-1])
		if err != nil || !ip.Is6() || ip.Zone() != "" {
			return "", false
		}
		return "[" + plainIPv6(ip) + "]", true
	}
	if !special {
		if strings.ContainsAny(s, "\x00\t\n\r #/:<>?@[\\]^|") {
			return "", false
		}
		return percent(s, &opaqueSet), true
	}
	if strings.IndexByte(s, '%') >= 0 {
		s = percentDecoded(s)
	}
	host := strings.ToLower(s)
	if !isASCII(host) || strings.Contains(host, "xn--") {
		var err error
		if host, err = idna.New(idna.MapForLookup(), idna.StrictDomainName(false), idna.Transitional(false), idna.CheckHyphens(false)).ToASCII(s); err != nil {
			return "", false
		}
	}
	if host == "" || strings.ContainsAny(host, "\x00\t\n\r #/:<>?@[\\]^|%\x7f") {
		return "", false
	}
	for i := range len(host) {
		if host[i] <= ' ' {
			return "", false
		}
	}
	return ipv4(host)
}

// plainIPv6 writes an address with the longest run of zeros left out, never with
// dots.
func plainIPv6(ip netip.Addr) string {
	if !ip.Is4In6() {
		return ip.String()
	}
	b := ip.As16()
	return "::ffff:" + strconv.FormatUint(uint64(b[12])<<8|uint64(b[13]), 16) + ":" + strconv.FormatUint(uint64(b[14])<<8|uint64(b[15]), 16)
}

// ipv4 writes a host that ends in a number as four numbers, and any other as it is.
func ipv4(host string) (string, bool) {
	parts := strings.Split(strings.TrimSuffix(host, "."), ".")
	last := parts[len(parts)-1]
	if _, ok := ipv4Part(last); !ok && !decimalDigits(last) || last == "" {
		return host, true
	}
	if len(parts) > 4 {
		return "", false
	}
	var sum uint64
	for i, part := range parts {
		n, ok := ipv4Part(part)
		left := uint(4 - i)
		if i < len(parts)-1 {
			if ok = ok && n < 256; ok {
				sum |= n << (8 * (left - 1))
			}
		} else if ok = ok && n < 1<<(8*left); ok {
			sum |= n
		}
		if !ok {
			return "", false
		}
	}
	return netip.AddrFrom4([4]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}).String(), true
}

func ipv4Part(s string) (uint64, bool) {
	base := 10
	switch {
	case len(s) > 1 && s[0] == '0' && s[1]|0x20 == 'x':
		if s, base = s[2:], 16; s == "" {
			return 0, true
		}
	case len(s) > 1 && s[0] == '0':
		s, base = s[1:], 8
	}
	n, err := strconv.ParseUint(s, base, 64)
	return n, err == nil && n < 1<<32
}

// percentDecoded reads the escapes of s; what is none stays.
func percentDecoded(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if r, ok := hexDigits(s[i+1:], 2); s[i] == '%' && ok {
			b = append(b, byte(r))
			i += 2
			continue
		}
		b = append(b, s[i])
	}
	return string(b)
}
