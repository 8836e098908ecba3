package redact

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// pair adds the value behind a key: of any length if the key names a secret, never
// if it is one of every day, else as a part.
func (m *material) pair(key, value string, depth int) {
	value = strings.TrimSpace(value)
	if inner, ok := unquote(value); ok {
		value = inner
	}
	switch {
	case namesSecret(key):
		if value != "" && !isTime(value) {
			m.value(value, bareKey(key), depth)
			m.account64(key, value, depth)
		}
	case !isEveryday(key):
		m.part(value, depth)
	}
}

// account64 adds what `auth: dXNlcjpwYXNz` says, as in the files of Docker.
func (m *material) account64(key, value string, depth int) {
	if lastWord(key) == "auth" || lastWord(key) == "basic" {
		if raw, err := base64.StdEncoding.DecodeString(value); err == nil && utf8.Valid(raw) && strings.Contains(string(raw), ":") {
			m.value(string(raw), "", depth)
		}
	}
}

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
	if key = strings.Trim(strings.TrimSpace(line[:at]), `"'`); !isKey(key) || separator == ':' && strings.HasPrefix(line[at:], "://") {
		return "", "", 0
	}
	return key, line[at+1:], separator
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

// cutOutside cuts text at the first separator outside of quotes that open a value.
func cutOutside(text string, separator byte) (before, after string) {
	quote := byte(0)
	for i := range len(text) {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && i > 0 && text[i-1] == '=' && strings.IndexByte(text[i+1:], c) >= 0:
			quote = c
		case c == separator:
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}

// header takes a scheme or the name of a header with what follows: `Bearer x`,
// `Authorization: Bearer x`, `Basic dXNlcjpwYXNz`.
func (m *material) header(text, names string, depth int) bool {
	first, rest, ok := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	if !ok || first == "" || rest == "" {
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

// words takes `machine h login u password p`, as in .netrc.
func (m *material) words(text string, depth int) bool {
	fields := strings.Fields(text)
	found := false
	for i := 0; i+1 < len(fields); i++ {
		if namesSecret(strings.TrimLeft(fields[i], "-")) && isKey(fields[i]) && len(fields) > 2 {
			m.value(fields[i+1], bareKey(fields[i]), depth)
			found = true
		}
	}
	return found
}
