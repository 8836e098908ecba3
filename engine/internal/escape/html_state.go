package escape

import "strings"

// htmlPhase is where a reader of HTML stands, as its standard's tokenizer
// names it.
type htmlPhase uint8

const (
	htmlText        htmlPhase = iota
	htmlOpen                  // behind a <
	htmlEndOpen               // behind </
	htmlDeclaration           // inside <! or <?, which a > ends
	htmlComment               // inside <!--, which --> or --!> ends
	htmlTagName
	htmlBeforeAttribute
	htmlAttribute
	htmlBeforeValue
	htmlUnquoted
	htmlDoubleQuoted
	htmlSingleQuoted
	htmlRawText // inside an element that holds no markup
	htmlPlain   // where nothing more is markup
)

// htmlState is a reader of HTML. States are comparable: equal ones are in the
// same text, or inside the same pair of quotes.
type htmlState struct {
	phase htmlPhase
	// at is how many bytes were read, opened where the quoted value, tag or
	// comment began.
	at, opened int
	// name is the tag's, as far as it matters; raw is the element whose end
	// tag is looked for.
	name, raw string
	// attr is the attribute's name, kind what its value is read as.
	attr string
	kind attribute
	link linkState
	// ref is what was read of a reference to a character in the attribute, as in
	// &#106; or &colon;, from its & on.
	ref string
	// meta is what a meta is for, as far as its attributes have told.
	meta metaUse
	// js is where the script stands, hidden says that it holds <!--.
	js     jsState
	hidden bool
}

// rawTextElements hold text that is not read as markup. Noscript is none: where
// scripts do not run, it holds markup like any other.
var rawTextElements = map[string]bool{
	"script": true, "style": true, "textarea": true, "title": true, "xmp": true,
	"iframe": true, "noembed": true, "noframes": true, "plaintext": true,
}

// maxTagName is how much of a tag's name is looked at.
const maxTagName = 12

// read takes text. What is a value is escaped when it is printed, so that it
// holds nothing which opens or closes anything. It reports whether text makes the
// scheme of a link of a value before it.
func (s *htmlState) read(text string, isValue bool) (brings bool) {
	for i := range len(text) {
		c := text[i]
		if isValue && (strings.IndexByte(`<>&"'`, c) >= 0 || c == '-' && s.phase == htmlComment) {
			// It is printed as the name of a character, which for the markup is a
			// letter like any other.
			c = 'x'
		}
		s.step(c)
		s.at++
		// Told at once: the end of the attribute is that of what is known of its link.
		if s.link.phase == linkBrought {
			brings = true
			s.link.phase = linkPast
		}
	}
	return brings
}

func (s *htmlState) enter(phase htmlPhase) { s.phase, s.opened = phase, s.at }

func (s *htmlState) step(c byte) {
	space := c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'
	switch s.phase {
	case htmlText:
		if c == '<' {
			s.enter(htmlOpen)
		}
	case htmlOpen:
		s.open(c)
	case htmlEndOpen:
		switch {
		case isLetter(c):
			s.phase, s.name = htmlTagName, "/"
		case c == '>':
			s.leave()
		default:
			// Browsers make a comment of it, up to the next >. The name keeps -- from
			// being taken for the start of one that > does not end.
			s.phase, s.name = htmlDeclaration, "?"
		}
	case htmlDeclaration:
		if s.name = (s.name + string(rune(c)))[:min(len(s.name)+1, 2)]; s.name == "--" {
			s.phase, s.name = htmlComment, "<"
		} else if c == '>' {
			s.leave()
		}
	case htmlComment:
		s.comment(c)
	case htmlTagName:
		if !s.endsName(c, space) && len(s.name) < maxTagName {
			s.name += string(rune(lower(c)))
		}
	case htmlBeforeAttribute:
		if !space && !s.endsName(c, false) {
			s.phase, s.attr = htmlAttribute, string(rune(lower(c)))
		}
	case htmlAttribute:
		switch {
		case c == '=':
			s.phase, s.kind, s.link, s.ref, s.attr = htmlBeforeValue, s.attributeOf(s.attr), linkState{}, "", ""
		case !s.endsName(c, false):
			s.attrName(c, space)
		}
	case htmlBeforeValue:
		switch {
		case c == '"':
			s.enter(htmlDoubleQuoted)
		case c == '\'':
			s.enter(htmlSingleQuoted)
		case c == '>':
			s.leave()
		case !space:
			s.phase = htmlUnquoted
			s.attrValue(c)
		}
	case htmlUnquoted:
		if space {
			s.phase = htmlBeforeAttribute
		} else if c == '>' {
			s.leave()
		} else {
			s.attrValue(c)
		}
	case htmlDoubleQuoted, htmlSingleQuoted:
		if c == '"' && s.phase == htmlDoubleQuoted || c == '\'' && s.phase == htmlSingleQuoted {
			s.enter(htmlBeforeAttribute)
		} else {
			s.attrValue(c)
		}
	case htmlRawText:
		if s.raw == "script" {
			s.js.step(c)
		}
		s.seekEnd(c, space)
	}
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func lower(c byte) byte {
	if isLetter(c) {
		return c | 0x20
	}
	return c
}

// open takes the byte behind a <, which says what it opens.
func (s *htmlState) open(c byte) {
	s.name = ""
	switch {
	case c == '/':
		s.phase = htmlEndOpen
	case c == '!':
		s.phase = htmlDeclaration
	case c == '?':
		s.phase, s.name = htmlDeclaration, "?"
	case isLetter(c):
		s.phase, s.name, s.meta = htmlTagName, string(rune(lower(c))), metaUnknown
	case c == '<':
		s.enter(htmlOpen) // the first < was text, this one may open
	default:
		s.enterText()
	}
}

// comment takes a byte of a comment; name is what may be the beginning of its
// end, or < right behind its opening, where > and -> end it too.
func (s *htmlState) comment(c byte) {
	switch {
	case c == '>' && s.name != "" && s.name != "-":
		s.leave()
	case c == '-' && s.name == "<":
		s.name = "<-"
	case c == '-' && (s.name == "-" || s.name == "<-" || s.name == "--"):
		s.name = "--"
	case c == '-':
		s.name = "-"
	case c == '!' && s.name == "--":
		s.name = "--!"
	default:
		s.name = ""
	}
}

// endsName leaves the name of a tag or attribute where c ends it.
func (s *htmlState) endsName(c byte, space bool) bool {
	switch {
	case c == '>':
		s.leave()
	case c == '/' || space:
		s.phase = htmlBeforeAttribute
	default:
		return false
	}
	return true
}

// leave follows the > of a tag, comment or declaration.
func (s *htmlState) leave() {
	if rawTextElements[s.name] {
		*s = htmlState{at: s.at, raw: s.name}
		s.enter(htmlRawText)
		if s.raw == "plaintext" { // it has no end tag
			s.phase = htmlPlain
		}
		return
	}
	s.enterText()
}

func (s *htmlState) enterText() { *s = htmlState{at: s.at} }

// seekEnd looks for the end tag of the raw text; name is what was found of it.
// A script in a comment of a script may hide the end tag, so none is looked for
// behind it.
func (s *htmlState) seekEnd(c byte, space bool) {
	if s.name == "" && c != '<' {
		return
	}
	end, script := "</"+s.raw, s.raw == "script"
	switch {
	case s.name == end && (space || c == '/'):
		*s = htmlState{at: s.at}
		s.enter(htmlBeforeAttribute)
		return
	case s.name == end && c == '>':
		s.enterText()
		return
	case s.name == "<script" && (space || c == '/' || c == '>'):
		s.phase = htmlPlain
		return
	}
	name := s.name + string(rune(lower(c)))
	switch {
	case script && name == "<!--":
		s.name, s.hidden = "", true
	case strings.HasPrefix(end, name), script && strings.HasPrefix("<!--", name), s.hidden && strings.HasPrefix("<script", name):
		s.name = name
	case c == '<':
		s.name = "<"
	default:
		s.name = ""
	}
}

// mayEdit reports whether text may be taken away or put in here without a
// change to the markup around it.
func (s *htmlState) mayEdit() bool {
	return s.phase == htmlText || s.phase == htmlDoubleQuoted || s.phase == htmlSingleQuoted
}
