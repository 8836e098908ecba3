package escape

import "strings"

// jsPhase is where a reader of a script stands.
type jsPhase uint8

const (
	jsCode  jsPhase = iota
	jsSlash         // behind a slash whose meaning the next byte tells
	jsDouble
	jsSingle
	jsTemplate
	jsEscape // behind a backslash inside a string
	jsDollar // behind a $ inside a template literal
	jsRegex
	jsRegexClass
	jsRegexEscape
	jsLineComment
	jsBlockComment
	jsBlockStar
	jsUnsure // what stands here depends on more than this reader knows
)

// jsBefore says what a slash would be here.
type jsBefore uint8

const (
	beforeRegex jsBefore = iota
	beforeDivision
	beforeEither
)

// maxTemplates is how deep template literals may stand in each other.
const maxTemplates = 3

// jsState is a reader of JavaScript, as far as it tells code, strings, comments
// and regular expressions apart. Where only a parser could tell, as for a slash
// behind a bracket that closes, it is unsure until the script ends: a guess
// could take a string for code. States are comparable.
type jsState struct {
	phase jsPhase
	// back is the string that an escape stands in.
	back   jsPhase
	before jsBefore
	// word is the name or number that ends here, signs the last bytes as far as
	// they are signs that mean more together.
	word  string
	signs [2]byte
	// templates is how many template literals the code is in, braces how many
	// brackets are open in the code of each.
	templates uint8
	braces    [maxTemplates + 1]uint8
}

// regexWords are those behind which a slash begins a regular expression.
var regexWords = map[string]bool{
	"break": true, "case": true, "continue": true, "delete": true, "do": true, "else": true, "finally": true, "in": true, "instanceof": true,
	"return": true, "throw": true, "try": true, "typeof": true, "void": true, "yield": true, "await": true, "of": true, "extends": true, "default": true,
}

// maxJSWord is more than the longest of regexWords has.
const maxJSWord = 12

func (s *jsState) step(c byte) {
	newLine := c == '\n' || c == '\r'
	switch s.phase {
	case jsCode:
		s.code(c)
	case jsSlash:
		s.slash(c)
	case jsDouble, jsSingle:
		switch {
		case c == '\\':
			s.phase, s.back = jsEscape, s.phase
		case newLine:
			s.phase = jsUnsure // no string, so what it was is not known
		case c == '"' && s.phase == jsDouble, c == '\'' && s.phase == jsSingle:
			s.phase, s.before = jsCode, beforeDivision
		}
	case jsTemplate, jsDollar:
		s.template(c)
	case jsEscape:
		s.phase = s.back
	case jsRegex, jsRegexClass:
		switch {
		case c == '\\':
			s.phase, s.back = jsRegexEscape, s.phase
		case newLine:
			s.phase = jsUnsure
		case c == '[':
			s.phase = jsRegexClass
		case c == ']':
			s.phase = jsRegex
		case c == '/' && s.phase == jsRegex:
			s.phase, s.before = jsCode, beforeDivision
		}
	case jsRegexEscape:
		if s.phase = s.back; newLine {
			s.phase = jsUnsure
		}
	case jsLineComment:
		if newLine {
			s.phase = jsCode
		}
	case jsBlockComment, jsBlockStar:
		switch {
		case c == '*':
			s.phase = jsBlockStar
		case c == '/' && s.phase == jsBlockStar:
			s.phase = jsCode
		default:
			s.phase = jsBlockComment
		}
	}
}

func isJSWord(c byte) bool {
	return isLetter(c) || '0' <= c && c <= '9' || c == '_' || c == '$' || c == '.' || c >= 0x80
}

func (s *jsState) code(c byte) {
	if isJSWord(c) {
		// The point counts too, so that a field of the name of a keyword is none.
		if len(s.word) < maxJSWord {
			s.word += string(rune(c))
		}
		s.before, s.signs = beforeDivision, [2]byte{}
		return
	}
	if regexWords[s.word] {
		s.before = beforeRegex
	}
	s.word = ""
	signs := s.signs
	s.signs = [2]byte{}
	switch c {
	case ' ', '\t', '\n', '\r', '\f', '\v':
	case '/':
		s.phase = jsSlash
	case '"':
		s.phase = jsDouble
	case '\'':
		s.phase = jsSingle
	case '`':
		s.openTemplate()
	case ')':
		s.before = beforeEither
	case ']':
		s.before = beforeDivision
	case '{', '}':
		s.brace(c)
	case '\\':
		s.phase = jsUnsure
	default:
		s.sign(c, signs)
	}
}

// sign takes an operator's byte behind others. Browsers read <!-- and --> as
// comments up to the end of the line.
func (s *jsState) sign(c byte, signs [2]byte) {
	switch {
	case c == '-' && signs == [2]byte{'<', '!'}, c == '>' && signs == [2]byte{'-', '-'}:
		s.phase = jsUnsure
		return
	case (c == '+' || c == '-') && signs[1] == c:
		s.before = beforeEither
	default:
		s.before = beforeRegex
	}
	if strings.IndexByte("<!-+", c) >= 0 {
		s.signs = [2]byte{signs[1], c}
	}
}

func (s *jsState) slash(c byte) {
	switch {
	case c == '/':
		s.phase = jsLineComment
	case c == '*':
		s.phase = jsBlockComment
	case s.before == beforeRegex:
		s.phase = jsRegex
		s.step(c)
	case s.before == beforeDivision:
		s.phase, s.before = jsCode, beforeRegex
		s.step(c)
	default:
		s.phase = jsUnsure
	}
}

func (s *jsState) template(c byte) {
	switch {
	case c == '\\':
		s.phase, s.back = jsEscape, jsTemplate
	case c == '`':
		s.phase, s.before = jsCode, beforeDivision
		s.templates--
	case c == '$':
		s.phase = jsDollar
	case c == '{' && s.phase == jsDollar:
		s.phase, s.before = jsCode, beforeRegex
		s.braces[s.templates] = 0
	default:
		s.phase = jsTemplate
	}
}

func (s *jsState) openTemplate() {
	if s.templates == maxTemplates {
		s.phase = jsUnsure
		return
	}
	s.templates++
	s.phase = jsTemplate
}

// brace counts the brackets in the code of a template literal, to find the one
// that ends it.
func (s *jsState) brace(c byte) {
	open := &s.braces[s.templates]
	switch {
	case c == '}' && s.templates > 0 && *open == 0:
		s.phase = jsTemplate
		return
	case c == '}':
		s.before = beforeEither
	default:
		s.before = beforeRegex
	}
	if s.templates == 0 {
		return
	}
	if c == '}' {
		*open--
	} else if *open++; *open == 0xff {
		s.phase = jsUnsure
	}
}

// escaper returns how a value is escaped here, or why none may stand here.
func (s *jsState) escaper() (e Escaper, problem string) {
	switch s.phase {
	case jsDouble:
		return jsDoubleText, ""
	case jsSingle:
		return jsSingleText, ""
	case jsTemplate, jsDollar:
		return jsTemplateText, ""
	case jsEscape:
		return HTML, "a value cannot stand right behind a backslash in a script: take the backslash away"
	case jsRegex, jsRegexClass, jsRegexEscape:
		return HTML, "a value cannot stand in a regular expression: " + declareFirst
	case jsLineComment, jsBlockComment, jsBlockStar:
		return HTML, "a value cannot stand in a comment of a script: take it out"
	case jsSlash:
		if s.before != beforeDivision {
			return HTML, "a value cannot stand behind a slash that may begin a regular expression: " + declareFirst
		}
	case jsUnsure:
		return HTML, "what stands before this value in the script hides whether it is code or text: " + declareFirst
	}
	if s.word != "" {
		return HTML, "a value cannot stand right behind a name, a number or a value in a script: put an operator between them"
	}
	return jsValue, ""
}

const declareFirst = "put `const name = {{ value | json }};` at the beginning of the script and use the name"

// insert follows a value.
func (s *jsState) insert() {
	switch s.phase {
	case jsCode, jsSlash:
		// What stands right behind it would be a part of it, as behind a word.
		s.phase, s.before, s.word, s.signs = jsCode, beforeDivision, "0", [2]byte{}
	case jsDollar:
		s.phase = jsTemplate
	}
}
