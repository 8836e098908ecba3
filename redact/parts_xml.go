package redact

import (
	"encoding/xml"
	"strings"
)

// xml takes a text that is XML, as the settings of Maven and of .NET are: each text under
// the name of its element, each attribute under its own, and `key="K" value="V"` as a pair.
func (m *material) xml(text, _ string, depth int) bool {
	if text[0] != '<' || text[len(text)-1] != '>' || len(text) > large {
		return false
	}
	dec := xml.NewDecoder(strings.NewReader(text))
	dec.Strict = false
	var found []keyValue
	var open []string
	for {
		token, err := dec.RawToken()
		if err != nil {
			break
		}
		switch t := token.(type) {
		case xml.StartElement:
			open = append(open, t.Name.Local)
			found = append(found, attributesOf(t)...)
		case xml.EndElement:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		case xml.CharData:
			if len(open) > 0 && strings.TrimSpace(string(t)) != "" {
				found = append(found, keyValue{open[len(open)-1], string(t)})
			}
		}
	}
	for _, p := range found {
		m.pair(p.key, p.value, depth)
	}
	return len(found) > 0
}

// attributesOf returns the attributes of an element; one called value is that of the one
// called key or name.
func attributesOf(element xml.StartElement) []keyValue {
	var list []keyValue
	named := ""
	for _, a := range element.Attr {
		if a.Name.Local == "key" || a.Name.Local == "name" {
			named = a.Value
		}
	}
	for _, a := range element.Attr {
		switch {
		case a.Name.Local == "value" && named != "":
			list = append(list, keyValue{named, a.Value})
		case a.Value != named:
			list = append(list, keyValue{a.Name.Local, a.Value})
		}
	}
	return list
}
