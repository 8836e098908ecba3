package escape

// jsonPhase is what JSON allows next.
type jsonPhase uint8

const (
	atValue     jsonPhase = iota // a value
	atFirstItem                  // a value or ]
	atFirstKey                   // a key or }
	atKey                        // a key
	atColon                      // the colon behind a key
	behindValue                  // , or a closing bracket, or the end
	inString                     // inside a string
	inEscape                     // behind its backslash
	inHex                        // inside \uXXXX; count digits are left
	inWord                       // inside true, false or null; count bytes were read
	inMinus                      // numbers, behind their minus, and so on
	inZero
	inInteger
	inPoint
	inFraction
	inExponent
	inExponentSign
	inExponentDigits
	broken // no JSON begins like this
)

// maxJSONDepth is how deep JSON may be nested in a template and its output.
const maxJSONDepth = 256

// jsonState is where a reader of JSON stands. States are comparable.
type jsonState struct {
	phase jsonPhase
	// key says that the string is a key.
	key   bool
	count uint8
	word  byte
	depth uint16
	// objects has a bit for each open bracket that is an object.
	objects [maxJSONDepth / 64]uint64
}

var jsonWords = map[byte]string{'t': "true", 'f': "false", 'n': "null"}

// plainJSON are the bytes that stay what they are inside a string.
var plainJSON = func() (plain [256]bool) {
	for c := range plain {
		plain[c] = c >= 0x20 && c != '"' && c != '\\'
	}
	return plain
}()

// read takes all of text.
func (s *jsonState) read(text []byte) {
	for i := 0; i < len(text); i++ {
		if s.phase == inString {
			for i < len(text) && plainJSON[text[i]] {
				i++
			}
			if i == len(text) {
				return
			}
		}
		if s.step(text[i]); s.phase == broken {
			return
		}
	}
}

// readAll takes all of text and returns how much of it was read before it
// broke.
func (s *jsonState) readAll(text string) int {
	for i := range len(text) {
		if s.step(text[i]); s.phase == broken {
			return i
		}
	}
	return len(text)
}

// complete reports whether the text that was read is one whole value.
func (s *jsonState) complete() bool {
	return s.depth == 0 && (s.phase == behindValue || s.numberMayEnd())
}

func (s *jsonState) numberMayEnd() bool {
	switch s.phase {
	case inZero, inInteger, inFraction, inExponentDigits:
		return true
	}
	return false
}

// escaper returns how a value is escaped here, and false where none may stand.
// Digits may be put together to one number; whether that is one shows in the
// end.
func (s *jsonState) escaper() (Escaper, bool) {
	switch s.phase {
	case inString:
		return JSONText, true
	case atValue, atFirstItem, inMinus, inZero, inInteger, inPoint, inFraction, inExponent, inExponentSign, inExponentDigits, behindValue:
		return JSONValue, true
	case atKey, atFirstKey:
		return JSONKey, true
	}
	return JSONValue, false
}

func (s *jsonState) inObject() bool {
	top := s.depth - 1
	return s.depth > 0 && s.objects[top/64]>>(top%64)&1 == 1
}

func (s *jsonState) open(object bool) {
	if s.depth == maxJSONDepth {
		s.phase = broken
		return
	}
	bit := uint64(1) << (s.depth % 64)
	s.objects[s.depth/64] &^= bit // an array, until it is said to be an object
	s.phase = atFirstItem
	if object {
		s.objects[s.depth/64] |= bit
		s.phase = atFirstKey
	}
	s.depth++
}

func (s *jsonState) close(object bool) {
	if s.depth == 0 || s.inObject() != object {
		s.phase = broken
		return
	}
	s.depth--
	// What was open leaves no trace, else equal states would not compare equal
	// and a loop's states would never settle.
	s.objects[s.depth/64] &^= 1 << (s.depth % 64)
	s.phase = behindValue
}

// step takes one byte.
func (s *jsonState) step(c byte) {
	switch s.phase {
	case inString:
		s.stepString(c)
		return
	case inEscape:
		s.stepEscape(c)
		return
	case inHex:
		if !isHexDigit(c) {
			s.phase = broken
		} else if s.count--; s.count == 0 {
			s.phase = inString
		}
		return
	case inWord:
		word := jsonWords[s.word]
		if word[s.count] != c {
			s.phase = broken
		} else if s.count++; int(s.count) == len(word) {
			// Cleared for the sake of comparing, as in close.
			s.phase, s.count, s.word = behindValue, 0, 0
		}
		return
	}
	if s.phase >= inMinus && s.phase <= inExponentDigits {
		// A number has no closing byte: c may be the first behind it.
		if s.stepNumber(c) {
			return
		}
	}
	if c == ' ' || c == '\t' || c == '\n' || c == '\r' {
		return
	}
	s.stepBetween(c)
}

func (s *jsonState) stepString(c byte) {
	switch {
	case c == '"':
		s.phase = behindValue
		if s.key {
			s.phase, s.key = atColon, false
		}
	case c == '\\':
		s.phase = inEscape
	case c < 0x20: // JSON wants even a line break escaped
		s.phase = broken
	}
}

func (s *jsonState) stepEscape(c byte) {
	switch c {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.phase = inString
	case 'u':
		s.phase, s.count = inHex, 4
	default:
		s.phase = broken
	}
}

func isHexDigit(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

// stepNumber takes a byte of a number and reports whether it was one. Where it
// was not, the number has ended.
func (s *jsonState) stepNumber(c byte) bool {
	digit := '0' <= c && c <= '9'
	next := broken
	switch s.phase {
	case inMinus:
		if c == '0' {
			next = inZero
		} else if digit {
			next = inInteger
		}
	case inZero, inInteger:
		switch {
		case digit && s.phase == inInteger:
			next = inInteger
		case c == '.':
			next = inPoint
		case c|0x20 == 'e':
			next = inExponent
		}
	case inPoint, inFraction:
		switch {
		case digit:
			next = inFraction
		case c|0x20 == 'e' && s.phase == inFraction:
			next = inExponent
		}
	case inExponent, inExponentSign, inExponentDigits:
		switch {
		case digit:
			next = inExponentDigits
		case (c == '+' || c == '-') && s.phase == inExponent:
			next = inExponentSign
		}
	}
	// Behind a minus, a point or an e a digit must come: that is no number yet.
	if next == broken && s.numberMayEnd() {
		s.phase = behindValue
		return false
	}
	s.phase = next
	return true
}

// stepBetween takes a byte that stands between values.
func (s *jsonState) stepBetween(c byte) {
	switch s.phase {
	case atColon:
		s.phase = broken
		if c == ':' {
			s.phase = atValue
		}
		return
	case behindValue:
		s.stepBehind(c)
		return
	case atKey, atFirstKey:
		switch {
		case c == '"':
			s.phase, s.key = inString, true
		case c == '}' && s.phase == atFirstKey:
			s.close(true)
		default:
			s.phase = broken
		}
		return
	case atFirstItem:
		if c == ']' {
			s.close(false)
			return
		}
	}
	s.stepValue(c)
}

func (s *jsonState) stepBehind(c byte) {
	switch {
	case c == ',' && s.depth > 0: // outside there is one value alone
		s.phase = atValue
		if s.inObject() {
			s.phase = atKey
		}
	case c == '}' || c == ']':
		s.close(c == '}')
	default:
		s.phase = broken
	}
}

func (s *jsonState) stepValue(c byte) {
	switch {
	case s.phase == broken:
	case c == '{' || c == '[':
		s.open(c == '{')
	case c == '"':
		s.phase = inString
	case c == '-':
		s.phase = inMinus
	case c == '0':
		s.phase = inZero
	case '1' <= c && c <= '9':
		s.phase = inInteger
	case jsonWords[c] != "":
		s.phase, s.word, s.count = inWord, c, 1
	default:
		s.phase = broken
	}
}
