package js

import "strings"

// urlSetter changes one part of a URL; what cannot be is left as it is, as in
// browsers (WHATWG URL, 6.1).
func urlSetter(write func(u *urlData, s string)) setter {
	return func(vm *machine, o *Object, v Value) error {
		seen := vm.seen
		vm.seen = false
		s, err := toText(vm, v)
		o.tainted = o.tainted || vm.seen
		if vm.seen = seen; err != nil {
			return err
		}
		if err := vm.charge(8 * int64(len(s))); err != nil {
			return err
		}
		u := urlIn(o)
		write(u, wellFormed(s))
		if u.params != nil {
			u.params.tainted = u.params.tainted || o.tainted
			u.params.data.(*paramsData).list, err = parseParams(vm, strings.TrimPrefix(withMark("?", u.query), "?"))
		}
		return err
	}
}

var urlSetters = map[string]setter{
	"href": func(vm *machine, o *Object, v Value) error {
		s, err := toText(vm, v)
		if err != nil {
			return err
		}
		u, err := urlOf(vm, []Value{text(s).with(v.tainted)})
		if err != nil {
			return err
		}
		if u == nil {
			return typeError("the text is no URL")
		}
		o.data, o.tainted = u, o.tainted || v.tainted
		return nil
	},
	"protocol": urlSetter(func(u *urlData, s string) {
		scheme, _, ok := cutScheme(strings.TrimSuffix(s, ":") + ":")
		_, was := specialPorts[u.scheme]
		if _, is := specialPorts[scheme]; ok && was == is {
			if u.scheme = scheme; u.port == specialPorts[scheme] {
				u.port = ""
			}
		}
	}),
	"username": urlSetter(func(u *urlData, s string) {
		if u.host != nil && *u.host != "" {
			u.username = percent(s, &userSet)
		}
	}),
	"password": urlSetter(func(u *urlData, s string) {
		if u.host != nil && *u.host != "" {
			u.password = percent(s, &userSet)
		}
	}),
	"host": urlSetter(func(u *urlData, s string) {
		if host, port := u.host, u.port; u.opaque || u.scheme == "file" && strings.Contains(u.untilPath(s), ":") || !u.setHost(u.untilPath(s)) {
			u.host, u.port = host, port
		}
	}),
	"hostname": urlSetter(func(u *urlData, s string) {
		_, special := specialPorts[u.scheme]
		if host, ok := parseHost(u.untilPath(s), special); ok && !u.opaque {
			u.host = &host
		}
	}),
	"port": urlSetter(func(u *urlData, s string) {
		n := 0
		for n < len(s) && isDecimal(s[n]) {
			n++
		}
		if port := u.port; u.host == nil || *u.host == "" || u.scheme == "file" {
			return
		} else if s == "" {
			u.port = ""
		} else if n == 0 || !u.setPort(s[:n]) {
			u.port = port
		}
	}),
	"pathname": urlSetter(func(u *urlData, s string) {
		if !u.opaque {
			u.setPath(strings.NewReplacer("?", "%3F", "#", "%23").Replace(s))
		}
	}),
	"search": urlSetter(func(u *urlData, s string) {
		if u.query = nil; s != "" {
			u.setQuery(strings.ReplaceAll(strings.TrimPrefix(s, "?"), "#", "%23"))
		}
	}),
	"hash": urlSetter(func(u *urlData, s string) {
		if u.fragment = nil; s != "" {
			encoded := percent(strings.TrimPrefix(s, "#"), &fragmentSet)
			u.fragment = &encoded
		}
	}),
}

// untilPath is what of a host is before a slash, a question mark or a hash.
func (u *urlData) untilPath(s string) string {
	for i := range len(s) {
		if u.isSlash(s[i]) || s[i] == '?' || s[i] == '#' {
			return s[:i]
		}
	}
	return s
}
