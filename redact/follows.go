package redact

import "bytes"

const (
	mostPrefix = 64 // bytes that a tool puts before each line
	mostGap    = 8  // bytes other than letters and digits between two that follow each other
)

// breaks are the line breaks of texts, and how they are written out.
var breaks = [...]string{
	"\r\n", "\n", "\r", `\r\n`, `\n`, `\r`, `\\r\\n`, `\\n`, `\u000a`, `\x0a`, `\012`, "#015#012", "#012", "%0D%0A", "%0d%0a", "%0A", "%0a",
	"&#13;&#10;", "&#10;", "&#xA;", "&#xa;", "<br>", "<br/>", "<br />", "=0D=0A", "=0A", "`n", "^J", "\x00",
	"\\\n", `\\\n`, `\\\\n`, `\x0A`, `\u000A`, `\\u000a`, `\\x0a`, `\\012`, `\u{a}`, "%250A", "%250a", "%250D%250A", "%5Cn", "%5cn", "&amp;#10;", "&amp;#xA;",
}

// follows looks for line behind i, with white space, a line break or the prefix of a
// line between, and returns its end.
func follows(text []byte, i int, line string, open bool) (end int, v verdict) {
	unsure := no // what is found where text ends and may go on
	if open {
		unsure = later
	}
	// Blanks, quotes, commas.
	for at := i; ; at++ {
		if at == len(text) {
			return i, unsure
		}
		if at > i {
			if end, v := stands(text, at, line, open, false); v != no {
				return end, v
			}
		}
		if c := text[at]; at-i >= mostGap || alphanumeric(c) || c >= 0x80 || c == '\n' || c == '\\' || c == '\r' {
			break
		}
	}
	at := i
	for at < len(text) && at < i+mostGap && bytes.IndexByte([]byte(" \t\"',+|)"), text[at]) >= 0 {
		at++
	}
	n, v := breakAt(text, at, open)
	if v != yes {
		return i, v
	}
	at += n
	// Lines that are blank.
	for range 3 {
		blank := at
		for blank < len(text) && (text[blank] == ' ' || text[blank] == '\t') {
			blank++
		}
		if n, v := breakAt(text, blank, open); v == yes {
			at = blank + n
		}
	}
	for from := at; at <= from+mostPrefix; at++ {
		if end, v := stands(text, at, line, open, at == from); v != no {
			return end, v
		}
		if at == len(text) {
			return i, unsure
		}
		if text[at] == '\n' {
			return i, no
		}
	}
	return i, no
}

// stands reports whether line stands at i, as words. first says that a line begins there.
func stands(text []byte, i int, line string, open, first bool) (end int, v verdict) {
	end = i
	for k := range len(line) {
		n, v := spelledAt(text, end, line[k], open)
		switch {
		case v == yes:
			end += n
			continue
		case open && (v == later || end == len(text) && end > i) && (first || boundaryBefore(text, i)):
			return i, later
		}
		return i, no
	}
	if !first && !boundaryBefore(text, i) {
		return i, no
	}
	if len(line) >= wholePiece {
		return end, yes
	}
	return end, boundaryAfter(text, end, open)
}

// breakAt returns the length of the line break at i.
func breakAt(text []byte, i int, open bool) (n int, v verdict) {
	rest := text[i:]
	for _, b := range breaks {
		if len(rest) >= len(b) && string(rest[:len(b)]) == b {
			if b == "\r" && len(rest) == 1 && open {
				return 0, later
			}
			return len(b), yes
		}
		if open && len(rest) < len(b) && b[:len(rest)] == string(rest) {
			v = later
		}
	}
	return 0, v
}
