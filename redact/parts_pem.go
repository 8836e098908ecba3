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
	inside, found := false, false
	var outside []string
	// In one line, its breaks may have become blanks.
	if len(splitLines(text)) == 1 {
		text = unwrapped(text)
	}
	for _, line := range splitLines(text) {
		switch {
		case isArmour(line, "BEGIN "):
			inside = true
			b.Reset()
		case isArmour(line, "END "):
			inside, found = false, true
			m.body(b.String())
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
		m.body(b.String())
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

func (m *material) body(text string) {
	if len(text) >= shortestLine {
		m.add(text, "", body)
	}
}
