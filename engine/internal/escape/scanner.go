package escape

// Scanner appends values to an output, and reads that output where only it
// tells how the next value is to be escaped. What was read is not read again, so
// that a render stays linear.
type Scanner struct {
	context Context
	// start is where the output begins, at how far it was read; json, url or html is
	// where it stands there.
	start, at int
	json      jsonState
	url       urlState
	html      htmlState
	// slash says that the URL begins with a value that is a slash, brings that a value
	// became the scheme of a link.
	slash, brings bool
}

// NewScanner returns a scanner of an output that begins at offset start of the
// buffer that is appended to.
func NewScanner(c Context, start int) Scanner { return Scanner{context: c, start: start, at: start} }

// Append appends t as e asks. The problem says why t cannot stand here, or is
// "", and never holds any of t.
func (s *Scanner) Append(dst []byte, e Escaper, t *Text) (out []byte, problem string) {
	live := e == Live
	if live || e == htmlByOutput {
		// A raw text in HTML is the author's own wherever it stands.
		if e, problem = s.Escaper(dst); problem != "" && (s.context != InHTML || t.Content&RawContent == 0) {
			return dst, problem
		}
	}
	if s.context == InHTML && e == HTML && len(t.Escaped) > 0 && t.Content&(HTMLContent|RawContent) == 0 {
		return s.appendMarkup(dst, t, live)
	}
	if len(t.Escaped) > 0 {
		switch e {
		case urlAtStart, urlBeforeSlash, urlIsWhole, urlAtRoot, urlInPath, URLPart:
			return s.appendParts(dst, t)
		}
	}
	begins := len(dst) == s.start
	dst, problem = e.append(dst, t)
	switch {
	case problem != "":
	case s.context == InURL && begins:
		s.slash = string(dst[s.start:]) == "/"
	case s.context == InHTML && live && t.String != "" && t.Content&RawContent == 0:
		s.inserted(dst)
	}
	return dst, problem
}

// inserted reads a value that was printed, which may be a part of a link's scheme.
func (s *Scanner) inserted(dst []byte) {
	s.read(dst)
	if s.html.inScheme() && s.html.link.scheme != "" {
		s.html.link.valued = true
	}
}

// Finish says why an output in which a value may have become a part of a URL's scheme
// or host cannot be sent, or "".
func (s *Scanner) Finish(dst []byte) (problem string) {
	s.read(dst)
	url := dst[s.start:]
	switch {
	case s.brings:
		return bringsScheme
	case s.context == InURL && runsScript(url):
		return "the values together are a URL that would run as code: write its scheme in the template"
	case s.slash && len(url) > 1 && (url[1] == '/' || url[1] == '\\'):
		return slashes
	}
	return ""
}

// Escaper decides how a value is escaped behind dst.
func (s *Scanner) Escaper(dst []byte) (e Escaper, problem string) {
	s.read(dst)
	switch s.context {
	case InHTML:
		return s.html.escaper(Following{next: unknownNext})
	case InURL:
		// What follows is not known, so it may be the end of the host.
		if e = s.url.escaper(Following{next: unknownNext}); e == urlHostPart {
			e = urlForbidden
		}
		if s.url.percent > 0 {
			return e, insidePercent
		}
		return e, ""
	}
	e, ok := s.json.escaper()
	if !ok {
		return e, noValueHere
	}
	return e, ""
}

const noValueHere = "no value can stand here: it would break the JSON around it"

// read reads the output up to its end.
func (s *Scanner) read(dst []byte) {
	switch s.context {
	case InJSON:
		s.json.read(dst[s.at:])
	case InURL:
		s.url.read(dst[s.at:])
	case InHTML:
		s.brings = s.html.read(string(dst[s.at:]), false) || s.brings
	}
	s.at = len(dst)
}

// appendParts prints a capture as if its body stood here.
func (s *Scanner) appendParts(dst []byte, t *Text) (out []byte, problem string) {
	parts := t.Parts()
	for i, p := range parts {
		if p.Escaped {
			dst = append(dst, p.Text...)
			continue
		}
		following := Following{outermost: true}
		for _, q := range parts[i+1 : min(i+1+MaxFollowing, len(parts))] {
			if !q.Escaped {
				following.Value()
			} else if following.Literal(q.Text) {
				break
			}
		}
		// What is in front is in dst by now, the parts of this capture too.
		s.read(dst)
		value := &Text{String: p.Text, Placeholder: t.Placeholder}
		if dst, problem = s.url.escaper(following).append(dst, value); problem != "" {
			return dst, problem
		}
	}
	return dst, ""
}

// appendMarkup prints a capture in HTML as if its body stood here. Where what
// follows was not looked at for a capture that ends in another place than it
// began, there must be none.
func (s *Scanner) appendMarkup(dst []byte, t *Text, live bool) (out []byte, problem string) {
	s.read(dst)
	before := s.html
	for _, p := range t.Parts() {
		if p.Escaped {
			dst = append(dst, p.Text...)
			continue
		}
		value := &Text{String: p.Text, Placeholder: t.Placeholder}
		e, problem := s.Escaper(dst)
		if problem != "" {
			return dst, problem
		}
		if e == jsValue && IsJSON(p.Text) {
			// Behind `json` or not: JSON is no code.
			value.Content = JSONContent
		}
		if dst, problem = e.append(dst, value); problem != "" {
			return dst, problem
		}
		if p.Text != "" {
			s.inserted(dst)
		}
	}
	s.read(dst)
	if s.brings {
		return dst, bringsScheme
	}
	if !live && !s.html.samePlace(&before) {
		return dst, "what is captured opens a tag, a quote or a script that it does not close: close it inside the capture"
	}
	return dst, ""
}

// Complete reports whether the output, up to the end of dst, is one whole JSON
// value.
func (s *Scanner) Complete(dst []byte) bool {
	s.read(dst)
	return s.json.complete()
}
