package redact

import "strings"

// flow takes settings as programs write them between brackets: a dict of Python or Ruby, an
// array of PHP, YAML and TOML in one line, JSON with comments, blocks of HCL. What stands
// behind each key is taken, however deep it is. Of a text of several lines it leaves the
// rest to the rules behind it.
func (m *material) flow(text, _ string, depth int) bool {
	if !strings.ContainsAny(text, "{[(") || len(text) > large {
		return false
	}
	found, secret := flowPairs(text), false
	for _, p := range found {
		secret = secret || namesSecret(p.key)
	}
	if !secret {
		return false
	}
	for _, p := range found {
		m.pair(p.key, p.value, depth)
	}
	return !strings.ContainsAny(text, "\r\n")
}

// flowPairs returns what stands behind each key of a text: a literal in quotes, or a word.
func flowPairs(text string) (list []keyValue) {
	key := "" // of what was read last
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '"' || c == '\'' || c == '`':
			end := literalEnd(text, i)
			if end < 0 {
				return list
			}
			list, key = flowWord(list, key, text[i:end], text[end:])
			i = end
		case flowByte(c):
			end := i
			for end < len(text) && (flowByte(text[end]) || text[end] == ':' && end+1 < len(text) && flowByte(text[end+1])) {
				end++
			}
			list, key = flowWord(list, key, text[i:end], text[end:])
			i = end
		case c == '#' || strings.HasPrefix(text[i:], "//"):
			end := strings.IndexByte(text[i:], '\n')
			if end < 0 {
				return list
			}
			i += end
		default:
			if c != ' ' && c != '\t' && c != '=' && c != ':' && c != '>' {
				key = ""
			}
			i++
		}
	}
	return list
}

// flowWord takes a word: the value of key, or a key where an operator follows it.
func flowWord(list []keyValue, key, word, behind string) ([]keyValue, string) {
	bare := strings.Trim(word, "\"'`")
	behind = strings.TrimLeft(behind, " \t")
	if behind != "" && (behind[0] == '=' || behind[0] == ':') && isKey(bare) {
		return list, bare
	}
	if key != "" {
		list = append(list, keyValue{key, word})
	}
	return list, ""
}

// literalEnd returns where the literal ends whose quote is at i, or -1.
func literalEnd(text string, i int) int {
	for at := i + 1; at < len(text); at++ {
		switch text[at] {
		case '\\':
			at++
		case text[i]:
			return at + 1
		}
	}
	return -1
}

// flowByte reports whether c can be part of a word without quotes.
func flowByte(c byte) bool {
	return c > ' ' && strings.IndexByte("{}[](),;:=<>\"'`", c) < 0
}
