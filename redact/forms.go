package redact

import "strings"

// leaves calls visit for every string that the secret is made of.
func (c *content) leaves(visit func(string)) {
	if c.text != "" {
		visit(c.text)
	}
	if c.kind != Token {
		walkLeaves(c.tree, visit)
	}
}

func walkLeaves(tree any, visit func(string)) {
	switch t := tree.(type) {
	case string:
		visit(t)
	case []any:
		for _, v := range t {
			walkLeaves(v, visit)
		}
	case map[string]any:
		for _, v := range t {
			walkLeaves(v, visit)
		}
	}
}

// makeForms returns the patterns by which a secret is known.
func makeForms(c *content) []*pattern {
	var out []*pattern
	seen := make(map[string]bool)
	c.leaves(func(text string) {
		if strings.TrimSpace(text) == "" || seen[text] {
			return
		}
		seen[text] = true
		out = append(out, &pattern{text: []byte(text)})
	})
	return out
}
