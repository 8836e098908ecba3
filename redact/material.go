package redact

import (
	"slices"
	"strings"
)

// material returns the texts by which a secret is known.
func (c *content) material() []item {
	var m material
	switch c.kind {
	case Token:
		m.value(c.text, c.names, 0)
	case Credentials:
		tree := c.tree.(map[string]any)
		user, password := tree["username"].(string), tree["password"].(string)
		if !slices.Contains(c.unmasked, "username") {
			m.value(user, "username "+c.names, 0)
		}
		if !slices.Contains(c.unmasked, "password") {
			m.value(password, "password "+c.names, 0)
		}
		if user != "" && password != "" {
			// As in `Authorization: Basic`, where it is one base64 text.
			m.add(user+":"+password, "", whole)
		}
	case JSON:
		for _, text := range [...]string{c.text, c.raw} {
			if text != "" {
				m.add(text, "", whole)
			}
		}
		unmasked := unmaskedFields(c.tree)
		if c.unmasked != nil {
			unmasked = make(map[string]bool)
			for _, field := range c.unmasked {
				unmasked[field] = true
			}
		}
		documents := len(m.items)
		m.tree(c.tree, "", 1, unmasked)
		if standAlone(c.tree, "", unmasked) {
			for at := range documents {
				m.outer(at)
			}
		}
	}
	return m.items
}

// Named returns the secret as one that is known by names, such as its alias: a common
// value is masked behind a key that is one of them. What is derived from it is known
// apart from what is derived from s.
func (s Secret) Named(names ...string) Secret {
	if s.payload == nil {
		return s
	}
	c := *s.payload.open()
	before := c.names
	for _, name := range names {
		if name = bareKey(name); !isEveryday(name) && !slices.Contains(strings.Fields(c.names), name) {
			c.names = strings.TrimSpace(c.names + " " + name)
		}
	}
	if c.names == before {
		return s
	}
	return newSecret(c)
}

// Unmask returns the secret with other fields left alone in free text than the
// default ones: those, and no others; none if there are none. Fields are those of
// credentials, or of JSON at any depth. Where the whole secret stands it is masked
// all the same.
func (s Secret) Unmask(fields ...string) Secret {
	if s.payload == nil {
		return s
	}
	c := *s.payload.open()
	c.unmasked = append(make([]string, 0, len(fields)), fields...)
	slices.Sort(c.unmasked)
	return newSecret(c)
}

// Unmasked returns the fields that are left alone in free text, in order: those that
// [Secret.Unmask] named, or the default ones. These are hosts, ports, regions, user
// names and flags, unless they look like a key (16 bytes and more of letters and
// digits mixed, a UUID, hexadecimal digits), and only if another field stays masked.
// Of credentials the default is none.
func (s Secret) Unmasked() []string {
	if s.payload == nil {
		return nil
	}
	c := s.payload.open()
	if c.unmasked != nil || c.kind != JSON {
		return slices.Clone(c.unmasked)
	}
	var fields []string
	for field := range unmaskedFields(c.tree) {
		fields = append(fields, field)
	}
	slices.Sort(fields)
	return fields
}

// Common reports whether the secret is a common value, such as `admin` or `test`, or
// has a password that is one: it is then masked only behind keys that name a secret.
func (s Secret) Common() bool {
	switch c := s.content(); c.kind {
	case Token:
		return isCommon(strings.TrimSpace(c.text))
	case Credentials:
		password, _ := c.tree.(map[string]any)["password"].(string)
		return isCommon(strings.TrimSpace(password))
	}
	return false
}

func (s Secret) content() *content {
	if s.payload == nil {
		return new(content)
	}
	return s.payload.open()
}
