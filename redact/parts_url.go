package redact

import (
	"net/url"
	"strings"
)

const (
	shortestPath    = 12 // bytes of a path with its query
	shortestSegment = 16 // bytes of one segment of a path
)

// url takes a URL or a DSN that is written as one. It is taken apart as it stands:
// net/url refuses passwords that everybody else takes.
func (m *material) url(text, _ string, depth int) bool {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok || strings.ContainsAny(scheme, " \t\n=;,") || scheme == "" {
		return false
	}
	authority, path := rest, ""
	if at := strings.IndexAny(rest, "/?#"); at >= 0 {
		authority, path = rest[:at], rest[at:]
	}
	// A password may have a slash in it all the same.
	if at := strings.LastIndexByte(rest, '@'); at > len(authority) && strings.Contains(rest[:at], ":") && !strings.Contains(authority, "@") {
		if end := strings.IndexAny(rest[at:], "/?#"); end >= 0 {
			authority, path = rest[:at+end], rest[at+end:]
		} else {
			authority, path = rest, ""
		}
	}
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		m.userinfo(authority[:at], depth)
		// So may one that has both.
		if last := strings.LastIndexByte(rest, '@'); last > len(authority) && strings.Contains(rest[:at], ":") &&
			strings.IndexByte(rest[:last], '?') < 0 {
			m.userinfo(rest[:last], depth)
		}
	}
	if strings.Contains(authority, ";") { // JDBC
		for item := range strings.SplitSeq(rest, ";") {
			if key, value, ok := strings.Cut(item, "="); ok {
				m.pair(strings.TrimSpace(key), value, depth)
			}
		}
		return true
	}
	m.path(path, depth)
	return true
}

// userinfo adds the password as it is written and as it reads, and both with the
// user, as in `Authorization: Basic`. A user without a password is a token.
func (m *material) userinfo(text string, depth int) {
	user, password, ok := strings.Cut(text, ":")
	if !ok || looksLikeKey(user) {
		m.part(user, depth)
		m.part(decoded(user, false), depth)
	}
	if password == "" {
		return
	}
	plainUser, plainPassword := decoded(user, false), decoded(password, false)
	for _, p := range [...]string{password, plainPassword} {
		m.value(p, "password", deepest)
	}
	if user != "" {
		m.add(text, "", basic)
		m.add(plainUser+":"+plainPassword, "", basic)
	}
}

// path adds what access logs show of a URL: path and query together, segments that
// are keys, and the values of the query.
func (m *material) path(text string, depth int) {
	text, fragment, _ := strings.Cut(text, "#")
	path, query, _ := strings.Cut(text, "?")
	if len(text) >= shortestPath {
		m.add(text, "", bare)
	}
	for segment := range strings.SplitSeq(path, "/") {
		if len(segment) >= shortestSegment && looksLikeKey(segment) {
			m.add(segment, "", whole)
			m.add(decoded(segment, false), "", whole)
		}
	}
	for _, list := range [...]string{query, fragment} {
		for parameter := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == '&' || r == ';' }) {
			if key, value, ok := strings.Cut(parameter, "="); ok {
				m.pair(decoded(key, true), value, depth)
				m.pair(decoded(key, true), decoded(value, true), depth)
			}
		}
	}
}

// decoded returns a text without percent-encoding, or as it is where it has none
// that is right.
func decoded(text string, query bool) string {
	decode := url.PathUnescape
	if query {
		decode = url.QueryUnescape
	}
	if out, err := decode(text); err == nil {
		return out
	}
	return text
}

// account takes `user:password@host`, as Go's driver for MySQL has it.
func (m *material) account(text, _ string, depth int) bool {
	if strings.ContainsAny(text, " \t") {
		return false
	}
	at := strings.LastIndexByte(text, '@')
	if at > 0 && m.oracle(text[:at], depth) {
		return true
	}
	if at <= 0 || !strings.Contains(text[:at], ":") || strings.Contains(text[:at], "://") {
		return false
	}
	rest := text[at+1:]
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	// An address is no such account: `a:b@c` has a host behind it.
	host := strings.TrimLeft(rest[:end], "(")
	if host == "" || strings.ContainsAny(host, "@=;,") {
		return false
	}
	m.userinfo(text[:at], depth)
	m.path(rest[end:], depth)
	return true
}

// oracle takes the `user/password` that stands before the host of Oracle, in a URL of JDBC
// or as its own tools have it.
func (m *material) oracle(text string, depth int) bool {
	rest, jdbc := text, strings.HasPrefix(text, "jdbc:oracle:")
	if jdbc {
		rest = rest[strings.LastIndexByte(rest[:max(strings.IndexByte(rest, '/'), 0)], ':')+1:]
	}
	user, password, ok := strings.Cut(rest, "/")
	password = strings.Trim(password, `"`)
	if !ok || user == "" || password == "" || !isHostName(user) || strings.HasPrefix(password, "/") {
		return false
	}
	if !jdbc && !looksRandom(password) {
		return false
	}
	m.value(password, "password", deepest)
	return true
}
