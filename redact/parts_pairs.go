package redact

import (
	"bytes"
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// pair adds the value behind a key: of any length if the key names a secret, never
// if it is one of every day, else as a part. What says on or off is no secret, and of a
// URL behind a key that names none only what is secret of it.
func (m *material) pair(key, value string, depth int) {
	value = strings.TrimSpace(value)
	literal := value
	if inner, ok := unquote(value); ok {
		value = inner
	}
	switch {
	case namesSecret(key):
		if value == "" || isTime(value) || isFlag(value) {
			return
		}
		m.value(value, bareKey(key), depth)
		if said := unescape(value); said != value {
			m.value(said, bareKey(key), depth)
		}
		if said, ok := commented(literal); ok {
			m.pair(key, said, depth)
		}
		m.encoded(key, value, depth)
	case isEveryday(key):
	case isURL(value):
		m.url(value, "", depth)
	default:
		if said, ok := commented(literal); ok {
			value = said
		}
		m.part(value, depth)
	}
}

// commented returns the value that stands before a comment at the end of a line.
func commented(text string) (value string, ok bool) {
	if text == "" {
		return "", false
	}
	from := 0
	if strings.IndexByte("\"'`", text[0]) >= 0 {
		if from = literalEnd(text, 0); from < 0 {
			return "", false
		}
	}
	for _, mark := range [...]string{" #", "\t#", " //", " ;"} {
		if at := strings.Index(text[from:], mark); at >= 0 {
			value = strings.TrimSpace(text[:from+at])
			return value, value != ""
		}
	}
	return "", false
}

// unescape returns what a value says: without the braces of ODBC, and without a backslash
// before punctuation, as libpq, properties and shells have it.
func unescape(text string) string {
	if n := len(text); n > 2 && text[0] == '{' && text[n-1] == '}' {
		return strings.ReplaceAll(text[1:n-1], "}}", "}")
	}
	if strings.IndexByte(text, '\\') < 0 {
		return text
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) && !alphanumeric(text[i+1]) {
			i++
		}
		out = append(out, text[i])
	}
	return string(out)
}

// encoded adds what a value in base64 says, if that is a text: `auth: dXNlcjpwYXNz` of the
// files of Docker, the password in those of npm, the data of a Secret of Kubernetes.
func (m *material) encoded(key, value string, depth int) {
	if len(value)%4 != 0 || !namesSecret(key) && lastWord(key) != "basic" {
		return
	}
	raw, err := base64.StdEncoding.DecodeString(value)
	if err != nil || len(raw) < shortestText || !utf8.Valid(raw) || bytes.IndexFunc(raw, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' }) >= 0 {
		return
	}
	m.value(string(raw), bareKey(key), depth)
}

// shortestText is how many bytes of base64 have to be a text to be taken for one.
const shortestText = 6

// assignments takes lines of `KEY=VALUE` or `key: value`, as in .env files,
// properties, INI files and flat YAML.
func (m *material) assignments(all []string, depth int) bool {
	separator := byte(0)
	for _, line := range all {
		if isComment(line) {
			continue
		}
		key, _, found := assignment(line)
		if key == "" || separator != 0 && found != separator {
			return false
		}
		separator = found
	}
	if separator == 0 {
		return false
	}
	for _, line := range all {
		if !isComment(line) {
			key, value, _ := assignment(line)
			m.pair(key, value, depth)
		}
	}
	return true
}

func isComment(line string) bool {
	return line[0] == '#' || line[0] == ';' || strings.HasPrefix(line, "//") && !isRegistry(line) || line == "---" ||
		line[0] == '[' && line[len(line)-1] == ']'
}

// isRegistry reports whether a line is a setting of .npmrc for one registry, such as
// `//registry.example/:_authToken=x`.
func isRegistry(line string) bool {
	key, _, found := strings.Cut(line, "=")
	return found && strings.HasPrefix(key, "//") && strings.Contains(key, "/:") && isKey(key)
}

// assignment returns the key and the value of one line, and what separates them; key
// is "" if the line is no assignment.
func assignment(line string) (key, value string, separator byte) {
	for _, prefix := range [...]string{"export ", "set ", "SET ", "setenv ", "ENV ", "$env:", "declare -x ", "- "} {
		line = strings.TrimPrefix(line, prefix)
	}
	at := strings.IndexAny(line, "=:")
	if isRegistry(line) {
		at = strings.IndexByte(line, '=')
	}
	if at <= 0 {
		return "", "", 0
	}
	separator = line[at]
	end := at + 1
	if strings.HasPrefix(line[at:], ":=") || strings.HasPrefix(line[at:], "=>") {
		separator, end = '=', at+2
	}
	if key = strings.Trim(strings.TrimSpace(line[:at]), `"'`); !isKey(key) || separator == ':' && strings.HasPrefix(line[at:], "://") {
		return "", "", 0
	}
	return key, line[end:], separator
}

// isKey reports whether text can be the key of an assignment.
func isKey(text string) bool {
	if text == "" || len(text) > 80 {
		return false
	}
	for i := range len(text) {
		if c := text[i]; !alphanumeric(c) && strings.IndexByte("_-./@:", c) < 0 {
			return false
		}
	}
	return true
}

// pairs takes connection strings and their like: `Key=Value;...`, `key=value ...`,
// `a=b&c=d`, `a="b", c="d"`, and one `key=value`.
func (m *material) pairs(text, _ string, depth int) bool {
	at := strings.IndexByte(text, '=')
	if at <= 0 || at == len(text)-1 {
		return false
	}
	for _, separator := range [...]byte{';', '&', ',', ' '} {
		if list, ok := splitPairs(text, separator); ok {
			for _, p := range list {
				m.pair(p.key, p.value, depth)
				if separator == '&' {
					m.pair(p.key, decoded(p.value, true), depth)
				}
			}
			return true
		}
	}
	if key, value, separator := assignment(text); separator == '=' && strings.Trim(value, "=") != "" {
		m.pair(key, value, depth)
		return true
	}
	return false
}

type keyValue struct{ key, value string }

// splitPairs splits a text of at least two pairs at a separator that stands outside
// of quotes.
func splitPairs(text string, separator byte) (list []keyValue, ok bool) {
	if strings.IndexByte(text, separator) < 0 {
		return nil, false
	}
	for rest := text; rest != ""; {
		var item string
		if item, rest = cutOutside(rest, separator); strings.TrimSpace(item) == "" {
			continue
		}
		at := strings.IndexByte(item, '=')
		if at <= 0 && isAttribute(strings.TrimSpace(item), separator) {
			continue
		}
		if at <= 0 {
			return nil, false
		}
		key := strings.TrimSpace(item[:at])
		if separator != ';' && !isKey(key) || separator == ';' && !isKey(strings.ReplaceAll(key, " ", "")) {
			return nil, false
		}
		list = append(list, keyValue{key, item[at+1:]})
	}
	return list, len(list) > 1 || len(list) == 1 && separator == ';'
}

// isAttribute reports whether an item of a list of pairs is none and no secret either: a
// host with its port, as of Redis for .NET, or an attribute of a cookie.
func isAttribute(item string, separator byte) bool {
	if host, port, ok := strings.Cut(item, ":"); ok {
		return separator == ',' && isPort(port) && isHostName(host)
	}
	switch strings.ToLower(item) {
	case "httponly", "secure", "partitioned":
		return separator == ';'
	}
	return false
}

// cutOutside cuts text at the first separator outside of the quotes, or the braces of ODBC,
// that open a value.
func cutOutside(text string, separator byte) (before, after string) {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == separator {
			return text[:i], text[i+1:]
		}
		if i == 0 || text[i-1] != '=' && !(text[i-1] == ' ' && strings.HasSuffix(strings.TrimRight(text[:i], " "), "=")) {
			continue
		}
		switch c {
		case '"', '\'':
			if end := literalEnd(text, i); end > 0 {
				i = end - 1
			}
		case '{':
			if end := bracesEnd(text, i); end > 0 {
				i = end - 1
			}
		}
	}
	return text, ""
}

// bracesEnd returns where the value of ODBC ends whose brace is at i, or -1: `}}` is a
// brace of its own.
func bracesEnd(text string, i int) int {
	for at := i + 1; at < len(text); at++ {
		if text[at] != '}' {
			continue
		}
		if at+1 == len(text) || text[at+1] != '}' {
			return at + 1
		}
		at++
	}
	return -1
}

// header takes a scheme or the name of a header with what follows: `Bearer x`,
// `Authorization: Bearer x`, `Basic dXNlcjpwYXNz`.
func (m *material) header(text, names string, depth int) bool {
	first, rest, ok := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	if !ok || first == "" || rest == "" || rest[0] == '=' || rest[0] == ':' {
		return false
	}
	if name, ok := strings.CutSuffix(first, ":"); ok && isKey(name) {
		m.pair(name, rest, depth)
		return true
	}
	if !schemes[strings.ToLower(first)] && (strings.ContainsAny(rest, " \t") || !isKey(first) || !looksRandom(rest)) {
		return m.words(text, depth)
	}
	if strings.EqualFold(first, "basic") {
		if raw, err := base64.StdEncoding.DecodeString(rest); err == nil && utf8.Valid(raw) {
			m.value(string(raw), names, depth)
		}
	}
	m.value(rest, names, depth)
	return true
}

// schemes of HTTP authentication:
// https://www.iana.org/assignments/http-authschemes, and those of GitHub, Discord,
// Okta, OpsGenie, Splunk, PagerDuty, AWS.
var schemes = words(`basic bearer concealed digest dpop gnap hoba mutual negotiate ntlm oauth privatetoken scram-sha-1
	scram-sha-256 vapid token bot ssws geniekey splunk apikey api-key hawk aws4-hmac-sha256 mac client-id key auth jwt
	hmac signature`)

// looksRandom reports whether text, a word, mixes letters and digits as keys do.
func looksRandom(text string) bool {
	return len(text) >= shortestPart && strings.ContainsAny(text, "0123456789") &&
		strings.IndexFunc(text, func(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' }) >= 0
}

// words takes `machine h login u password p`, as in .netrc, the options of a command, and
// words that all look like keys.
func (m *material) words(text string, depth int) bool {
	fields := strings.Fields(text)
	found := false
	for i := 0; i+1 < len(fields); i++ {
		if namesSecret(strings.TrimLeft(fields[i], "-")) && isKey(fields[i]) && len(fields) > 2 {
			m.value(fields[i+1], bareKey(fields[i]), depth)
			found = true
		}
		if password, ok := strings.CutPrefix(fields[i+1], "-p"); ok && looksRandom(password) { // of MySQL
			m.part(password, depth)
			found = true
		}
	}
	if found {
		return true
	}
	for _, field := range fields {
		if !looksRandom(field) {
			return false
		}
	}
	for _, field := range fields {
		m.part(field, depth)
	}
	return true
}
