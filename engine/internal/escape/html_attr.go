package escape

import "strings"

// attribute is what the value of an attribute is read as.
type attribute uint8

const (
	plainAttribute attribute = iota
	urlAttribute
	styleAttribute
	eventAttribute   // a script
	pageAttribute    // a whole page, in srcdoc
	linksAttribute   // URLs between commas, in srcset
	pragmaAttribute  // the http-equiv of a meta
	refreshAttribute // the content of a meta that leads to another page
	earlyAttribute   // the content of a meta that may be one
)

// maxAttrName is how much of an attribute's name is looked at: more than the
// longest has that matters.
const maxAttrName = 12

// urlAttributes hold one URL that is followed or loaded.
var urlAttributes = map[string]bool{
	"href": true, "src": true, "action": true, "formaction": true, "data": true, "poster": true, "cite": true, "background": true,
	"longdesc": true, "manifest": true, "codebase": true, "dynsrc": true, "lowsrc": true, "icon": true, "profile": true, "usemap": true,
	"classid": true, "archive": true, "ping": true,
	// An animation of SVG may write what these hold into a link.
	"to": true, "from": true, "by": true, "values": true,
}

func attributeOf(name string) attribute {
	name = strings.TrimSuffix(name, " ")
	if at := strings.IndexByte(name, ':'); at >= 0 {
		name = name[at+1:] // as in xlink:href
	}
	switch {
	case strings.HasPrefix(name, "on"):
		return eventAttribute
	case name == "style":
		return styleAttribute
	case name == "srcdoc":
		return pageAttribute
	case name == "srcset" || name == "imagesrcset":
		return linksAttribute
	case urlAttributes[name]:
		return urlAttribute
	}
	return plainAttribute
}

// attrName takes a byte of an attribute's name. A space may end the name or
// stand before its =.
func (s *htmlState) attrName(c byte, space bool) {
	ended := strings.HasSuffix(s.attr, " ")
	switch {
	case space && !ended:
		s.attr += " "
	case space:
	case ended:
		s.attr = string(rune(lower(c)))
	case len(s.attr) < maxAttrName:
		s.attr += string(rune(lower(c)))
	}
}

// linkPhase is where a reader of a URL in an attribute stands.
type linkPhase uint8

const (
	linkStart   linkPhase = iota // a scheme may stand here
	linkMaybe                    // the same, behind a value that may have ended it
	linkPast                     // behind the scheme, or where there is none
	linkCode                     // behind the colon of a scheme that runs as code
	linkBrought                  // behind a colon that makes a scheme of a value
)

// linkState is a reader of a URL in an attribute: it tells whether a value may
// still become, or end, the URL's scheme.
type linkState struct {
	phase linkPhase
	// scheme is what may be one.
	scheme string
	// valued says that a value is a part of what may be one, for which the author
	// does not answer.
	valued bool
}

const bringsScheme = "a value cannot stand for the scheme of a link: write the scheme in the template"

func (s *linkState) step(c byte) {
	if s.phase != linkStart && s.phase != linkMaybe {
		return
	}
	switch {
	case c <= ' ': // browsers take these out
	case c == ':' && s.valued:
		*s = linkState{phase: linkBrought}
	case c == ':' && s.phase == linkStart:
		s.phase = linkPast
		if scriptSchemes[s.scheme] {
			s.phase = linkCode
		}
		s.scheme = ""
	case c == '/' || c == '?' || c == '\\' || c == '#':
		*s = linkState{phase: linkPast}
	case s.phase == linkStart && len(s.scheme) < maxScheme:
		s.scheme += string(rune(lower(c)))
	}
}

// linkSchemes are those that a value may bring into a link.
var linkSchemes = map[string]bool{"": true, "http": true, "https": true, "mailto": true, "tel": true}

const foreignLink = "a value at the start of a link may be relative, or have the scheme http, https, mailto or tel: " +
	"write another scheme in the template, or take the responsibility with `| raw`"

// mayLink says why text may not be, or begin, a link, or "".
func mayLink(e Escaper, text string) (problem string) {
	// The address of a refresh may stand in quotes, which its reader takes off.
	text = strings.TrimLeftFunc(text, func(c rune) bool { return c <= ' ' || c == '"' || c == '\'' })
	switch {
	case e == htmlLink && linkSchemes[schemeOf(text)]:
		return ""
	case e == htmlLinks && mayLinkEach(text):
		return ""
	}
	if end := strings.IndexAny(text, ":/?#\\"); e == htmlLinkPart && (end < 0 || text[end] != ':') {
		return ""
	}
	return foreignLink
}

// mayLinkEach is the same of a text among several URLs, which may end one and begin the
// next: white space and commas may stand between them.
func mayLinkEach(text string) bool {
	between := func(c rune) bool { return c <= ' ' || c == ',' }
	for address := range strings.FieldsFuncSeq(text, between) {
		if !linkSchemes[schemeOf(address)] {
			return false
		}
	}
	return true
}
