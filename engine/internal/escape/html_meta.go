package escape

import "strings"

// metaUse is what a meta is for.
type metaUse uint8

const (
	metaUnknown   metaUse = iota
	metaDescribes         // something of the page: its content is text
	metaRefreshes         // its content leads to another page
)

// refreshLink stands before the link in the content of a meta that refreshes.
const refreshLink = "url="

// attributeOf returns what the value of the attribute is read as, in this tag.
func (s *htmlState) attributeOf(name string) attribute {
	if s.name != "meta" {
		return attributeOf(name)
	}
	switch strings.TrimSuffix(name, " ") {
	case "http-equiv":
		return pragmaAttribute
	case "name", "property", "itemprop":
		if s.meta == metaUnknown {
			s.meta = metaDescribes
		}
	case "content":
		switch s.meta {
		case metaUnknown:
			return earlyAttribute
		case metaRefreshes:
			return refreshAttribute
		}
	}
	return attributeOf(name)
}

// attrValue takes a byte of the value of an attribute.
func (s *htmlState) attrValue(c byte) {
	switch s.kind {
	case urlAttribute, linksAttribute, pragmaAttribute, refreshAttribute:
		text := s.unescape(c)
		for i := range len(text) {
			s.attrText(text[i])
		}
	}
}

// attrText takes a byte of the value as it is when its references are resolved.
func (s *htmlState) attrText(c byte) {
	switch s.kind {
	case urlAttribute:
		s.link.step(c)
	case linksAttribute:
		if c == ',' {
			s.link = linkState{}
		} else {
			s.link.step(c)
		}
	case pragmaAttribute:
		if len(s.attr) < maxAttrName {
			s.attr += string(rune(lower(c)))
		}
		// Said anew with each byte: the value may end behind any.
		s.meta = metaDescribes
		if strings.TrimSpace(s.attr) == "refresh" {
			s.meta = metaRefreshes
		}
	case refreshAttribute:
		switch {
		case s.attr == refreshLink && s.link == linkState{} && (c == '"' || c == '\''): // around the link
		case s.attr == refreshLink:
			s.link.step(c)
		case c > ' ':
			s.attr += string(rune(lower(c)))
			s.attr = s.attr[max(0, len(s.attr)-len(refreshLink)):]
		}
	}
}
