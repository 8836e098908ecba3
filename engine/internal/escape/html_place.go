package escape

// escaper returns how a value is escaped here, or why none may stand here.
func (s *htmlState) escaper(f Following) (e Escaper, problem string) {
	switch s.phase {
	case htmlOpen, htmlEndOpen:
		return HTML, "a value cannot stand right behind <: browsers would take it for a tag; write &lt; for the sign"
	case htmlDeclaration:
		if s.name == "" || s.name == "-" {
			return HTML, "a value cannot stand right behind <!: browsers would take it for a comment or a declaration"
		}
	case htmlComment:
		return htmlInComment, ""
	case htmlTagName:
		return htmlDigits, ""
	case htmlBeforeAttribute, htmlAttribute:
		return HTML, "a value cannot stand for an attribute or its name: write the attribute in the template, and its value in quotes"
	case htmlBeforeValue, htmlUnquoted:
		return HTML, "put quotes around the value of the attribute: without them a space in the value begins another attribute"
	case htmlDoubleQuoted, htmlSingleQuoted:
		return s.attribute(f)
	case htmlRawText:
		return s.rawText()
	case htmlPlain:
		if s.raw == "script" {
			return HTML, "a value cannot stand in a script behind <!-- and <script: take these out"
		}
	}
	return HTML, ""
}

// attribute returns how a value is escaped inside the quotes of an attribute.
func (s *htmlState) attribute(f Following) (e Escaper, problem string) {
	switch s.kind {
	case urlAttribute, refreshAttribute:
		if s.ref != "" && s.link.phase == linkStart {
			return HTML, insideRef
		}
	case linksAttribute:
		// The character may be the comma behind which the next one begins.
		if s.ref != "" && s.link.phase != linkMaybe {
			return HTML, insideRef
		}
	}
	switch s.kind {
	case eventAttribute:
		return HTML, "a value in an event attribute would be code: put it into a data- attribute and read it in the script"
	case pageAttribute:
		return HTML, "a value in srcdoc would be markup of a page: load the page with src"
	case styleAttribute:
		return cssPart, ""
	case earlyAttribute:
		return HTML, "write name, property or http-equiv of a meta before its content: they say what its value is"
	case pragmaAttribute:
		return HTML, "a value cannot stand for what a meta does: write http-equiv in the template"
	case refreshAttribute:
		if s.attr != refreshLink {
			return HTML, "write the seconds and url= of a refresh in the template, and the value behind them"
		}
		return s.link.escaper(f)
	case urlAttribute:
		return s.link.escaper(f)
	case linksAttribute:
		if e, problem = s.link.escaper(f); e == htmlLink || e == HTML && problem == "" {
			e = htmlLinks
		}
		return e, problem
	}
	return HTML, ""
}

func (s *linkState) escaper(f Following) (e Escaper, problem string) {
	switch s.phase {
	case linkMaybe:
		return htmlByOutput, ""
	case linkCode:
		return HTML, "a value behind javascript: and the like would be code: put it into a data- attribute and read it in the script"
	case linkPast, linkBrought:
		return HTML, ""
	}
	if f.colon {
		return HTML, bringsScheme
	}
	if s.scheme != "" {
		return htmlLinkPart, ""
	}
	return htmlLink, ""
}

// rawText returns how a value is escaped in an element that holds no markup.
func (s *htmlState) rawText() (e Escaper, problem string) {
	switch {
	case s.name != "":
		return HTML, "a value cannot stand right behind < here: it could end the element"
	case s.raw == "script":
		return s.js.escaper()
	case s.raw == "style":
		return cssPart, ""
	}
	return HTML, ""
}

// insert follows a value, which opens and closes nothing. Raw says that the author
// answers for it.
func (s *htmlState) insert(raw bool) {
	switch s.phase {
	case htmlTagName:
		s.name = (s.name + "0")[:min(len(s.name)+1, maxTagName)]
	case htmlComment:
		s.name = ""
	case htmlDoubleQuoted, htmlSingleQuoted:
		s.ref = ""
		if s.inScheme() {
			s.link = linkState{phase: linkMaybe, valued: s.link.valued || !raw}
		}
	case htmlRawText:
		if s.raw == "script" {
			s.js.insert()
		}
	}
}

// inScheme reports whether the scheme of a link may still stand here.
func (s *htmlState) inScheme() bool {
	switch s.kind {
	case urlAttribute, linksAttribute, refreshAttribute:
		quoted := s.phase == htmlDoubleQuoted || s.phase == htmlSingleQuoted
		return quoted && (s.link.phase == linkStart || s.link.phase == linkMaybe)
	}
	return false
}

// forget leaves out what tells equal places apart that stand at different
// offsets.
func (s *htmlState) forget() { s.at, s.opened = 0, 0 }

// samePlace reports whether what the author wrote leads back to where it began.
func (s *htmlState) samePlace(t *htmlState) bool {
	return s.phase == t.phase && s.kind == t.kind && s.raw == t.raw && s.name == t.name
}
