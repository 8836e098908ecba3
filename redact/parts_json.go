package redact

import (
	"encoding/json"
	"strings"
)

// json takes a text that is a JSON object or array.
func (m *material) json(text, _ string, depth int) bool {
	if text[0] != '{' && text[0] != '[' {
		return false
	}
	tree, ok := jsonTree(text)
	if !ok {
		return false
	}
	unmasked := unmaskedFields(tree)
	m.tree(tree, "", depth, unmasked)
	if standAlone(tree, "", unmasked) {
		if m.told == nil {
			m.told = make(map[string]bool)
		}
		m.told[text] = true
	}
	return true
}

// standAlone reports whether every leaf of JSON that is secret is known by itself in
// every form, as those of one line are: what is left of the document tells nothing.
func standAlone(tree any, field string, unmasked map[string]bool) bool {
	switch t := tree.(type) {
	case string:
		text := strings.TrimSpace(t)
		if isCommon(text) {
			return text == "" || !namesSecret(field)
		}
		return len(text) >= shortestWhole && !strings.ContainsAny(text, "\r\n")
	case json.Number:
		return len(strings.Trim(t.String(), "-+.eE")) >= shortestNum || !namesSecret(field)
	case []any:
		for _, v := range t {
			if !standAlone(v, field, unmasked) {
				return false
			}
		}
	case map[string]any:
		for key, v := range t {
			if !unmasked[key] && !standAlone(v, key, unmasked) {
				return false
			}
		}
	}
	return true
}

func jsonTree(text string) (tree any, ok bool) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if dec.Decode(&tree) != nil || dec.InputOffset() < int64(len(strings.TrimRight(text, " \t\r\n"))) {
		return nil, false
	}
	return tree, true
}

// jsonString returns what a string literal says.
func jsonString(literal string) (said string, ok bool) {
	err := json.Unmarshal([]byte(literal), &said)
	return said, err == nil
}

// tree adds the leaves of JSON: every text but dates and times, every number of 6 digits, and the keys
// that are no names. Those below fields that are left unmasked are not known.
func (m *material) tree(tree any, field string, depth int, unmasked map[string]bool) {
	switch t := tree.(type) {
	case string:
		m.leaf(t, field, depth)
	case json.Number:
		if digits := strings.Trim(t.String(), "-+.eE"); len(digits) >= shortestNum {
			m.value(t.String(), bareKey(field), deepest)
		}
	case []any:
		for _, v := range t {
			m.tree(v, field, depth, unmasked)
		}
	case map[string]any:
		for key, v := range t {
			if !IsFieldName(key) {
				m.value(key, "", depth)
			}
			if !unmasked[key] {
				m.tree(v, key, depth, unmasked)
			}
		}
	}
}

func (m *material) leaf(text, field string, depth int) {
	name := bareKey(field)
	if isCommon(text) && isEveryday(field) || isTime(text) && !namesSecret(field) {
		return
	}
	m.value(text, name, depth)
	m.encoded(field, text, depth)
}

// IsFieldName reports whether a key of a JSON secret is a name, which may be shown:
// up to 40 letters, digits and `_ - .`, beginning with a letter, and not made as
// keys and UUIDs are. Any other key is a value.
func IsFieldName(key string) bool {
	if key == "" || len(key) > 40 || !alphanumeric(key[0]) || '0' <= key[0] && key[0] <= '9' {
		return false
	}
	for i := range len(key) {
		if c := key[i]; !alphanumeric(c) && c != '_' && c != '-' && c != '.' {
			return false
		}
	}
	return !madeAsKey(key)
}

// madeAsKey reports whether a name is rather a key: a long run of letters and
// digits mixed, hexadecimal digits, a UUID.
func madeAsKey(name string) bool {
	compact := strings.NewReplacer("-", "", "_", "", ".", "").Replace(name)
	if len(compact) >= 16 && isHex(compact) {
		return true
	}
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '_' || r == '-' || r == '.' }) {
		if digits := countDigits(word); len(word) >= 16 && digits >= 2 || len(word) >= 12 && digits >= 4 {
			return true
		}
	}
	return len(name) >= 20 && countDigits(name) >= 4
}

func countDigits(text string) (n int) {
	for i := range len(text) {
		if c := text[i]; '0' <= c && c <= '9' {
			n++
		}
	}
	return n
}

// isHostField reports whether a field names a host and text is the name of one, of
// which no label looks like a key.
func isHostField(key, text string) bool {
	switch lastWord(key) {
	case "host", "hostname", "hostaddr", "server", "address", "addr":
	default:
		return false
	}
	for label := range strings.SplitSeq(text, ".") {
		if looksLikeKey(label) {
			return false
		}
	}
	return strings.Contains(text, ".") && isHostName(text)
}

// isFlag reports whether text is a boolean.
func isFlag(text string) bool {
	switch strings.ToLower(text) {
	case "true", "false", "yes", "no", "on", "off", "enabled", "disabled":
		return true
	}
	return false
}

// unmaskedFields returns the fields at the top of a JSON secret that free text shows
// unless somebody said otherwise: hosts, ports, regions, user names and flags, if
// they do not look like a key and another field stays masked.
func unmaskedFields(tree any) map[string]bool {
	out := make(map[string]bool)
	masked := 0
	var walk func(tree any)
	walk = func(tree any) {
		switch t := tree.(type) {
		case []any:
			for _, v := range t {
				walk(v)
			}
		case map[string]any:
			for key, v := range t {
				switch text := v.(type) {
				case string:
					if !namesSecret(key) && (isFlag(text) || unmaskedWords[lastWord(key)] && !looksLikeKey(text) || isHostField(key, text)) {
						out[key] = true
					} else if text != "" && !(isCommon(text) && !namesSecret(key)) {
						masked++
					}
				case json.Number, bool, nil:
					if !namesSecret(key) && unmaskedWords[lastWord(key)] {
						out[key] = true
					} else if n, ok := v.(json.Number); ok && len(n.String()) >= shortestNum {
						masked++
					}
				default:
					walk(v)
				}
			}
		}
	}
	if walk(tree); masked == 0 {
		return nil
	}
	return out
}
