package redact

import "strings"

const armour = "-----"

// pem takes PEM, of which the armour is known to nobody: the body, however it is
// wrapped, and its lines.
func (m *material) pem(text, _ string, depth int) bool {
	if !strings.Contains(text, armour+"BEGIN ") && !strings.Contains(text, "---- BEGIN ") {
		return false
	}
	var b strings.Builder
	inside, found, begin := false, false, ""
	var outside []string
	// In one line, its breaks may have become blanks.
	if len(splitLines(text)) == 1 {
		text = unwrapped(text)
	}
	for _, line := range splitLines(text) {
		switch {
		case isArmour(line, "BEGIN "):
			inside, begin = true, line
			b.Reset()
		case isArmour(line, "END "):
			inside, found = false, true
			m.body(begin, b.String(), line)
		case !inside:
			outside = append(outside, line)
		case strings.Contains(line, ": ") || line[0] == '=' && len(line) == 5:
			// A header of RFC 1421, the checksum of RFC 4880.
		default:
			b.WriteString(line)
			if len(line) >= shortestLine && len(line) < wholePiece {
				m.add(line, "", plain)
			}
		}
	}
	if inside { // the end is missing
		m.body(begin, b.String(), "")
		found = true
	}
	for _, line := range outside {
		if len(line) >= shortestLine && m.add(line, "", plain) && depth < deepest {
			m.parts(line, "", depth+1)
		}
	}
	return found
}

func isArmour(line, word string) bool {
	return strings.HasPrefix(strings.TrimLeft(strings.TrimLeft(line, "-"), " "), word) && strings.HasPrefix(line, "----") &&
		strings.HasSuffix(line, "----")
}

// unwrapped gives a PEM in one line its breaks back.
func unwrapped(text string) string {
	var b strings.Builder
	for piece := range strings.SplitSeq(text, armour) {
		if strings.HasPrefix(piece, "BEGIN ") || strings.HasPrefix(piece, "END ") {
			b.WriteString("\n" + armour + piece + armour + "\n")
		} else {
			b.WriteString(strings.Join(strings.Fields(piece), "\n"))
		}
	}
	return b.String()
}

// body adds a body with the lines of armour around it.
func (m *material) body(begin, text, end string) {
	if len(text) >= shortestLine {
		m.add(begin+"\n"+text+"\n"+end, "", body)
	}
}

// isArmoured reports whether text is PEM alone, of which the bodies are known however
// they are escaped.
func isArmoured(text string) bool {
	var body strings.Builder
	inside, found := false, false
	for _, line := range splitLines(text) {
		switch {
		case isArmour(line, "BEGIN "):
			inside = true
			body.Reset()
		case isArmour(line, "END ") && inside:
			if plainHead(body.String()) > longestHead {
				return false
			}
			inside, found = false, true
		case inside && !strings.Contains(line, ": "):
			body.WriteString(line)
		default:
			return false
		}
	}
	return found && !inside
}
