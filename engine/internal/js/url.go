package js

import "strings"

// urlData is what a URL is (WHATWG URL, 4.1).
type urlData struct {
	scheme, username, password string
	// host is nil where there is none, as in mailto:a@b.
	host *string
	// port is "" for the scheme's own.
	port string
	// path is a list of segments, or opaque one text.
	path   []string
	opaque bool
	// query and fragment have no ? and #; nil where there is none.
	query, fragment *string
	// params is the URLSearchParams of it, once asked for.
	params *Object
}

func urlIn(o *Object) *urlData { return o.data.(*urlData) }

// makeURL is new URL(url, base).
func makeURL(vm *machine, _ Value, args []Value) (Value, error) {
	u, err := urlOf(vm, args)
	if err != nil {
		return undefined, err
	}
	if u == nil {
		return undefined, typeError("the text is no URL")
	}
	return vm.fresh(&Object{class: kindURL, data: u}), nil
}

// urlOf parses the arguments of URL; nil where they are none.
func urlOf(vm *machine, args []Value) (*urlData, error) {
	s, err := toText(vm, argument(args, 0))
	if err != nil {
		return nil, err
	}
	var base *urlData
	if v := argument(args, 1); v.kind != kindUndefined {
		t, err := toText(vm, v)
		if err != nil {
			return nil, err
		}
		if err := vm.charge(6 * int64(len(t))); err != nil {
			return nil, err
		}
		if base = parseURL(wellFormed(t), nil); base == nil {
			return nil, nil
		}
	}
	if err := vm.charge(objectBytes + 256 + 6*int64(len(s))); err != nil {
		return nil, err
	}
	return parseURL(wellFormed(s), base), nil
}

var urlFunctions = []*Func{
	newFunc("canParse", 1, func(vm *machine, _ Value, args []Value) (Value, error) {
		u, err := urlOf(vm, args)
		return boolean(u != nil), err
	}),
}

// href is the whole URL (WHATWG URL, 4.5).
func (u *urlData) href() string {
	var b strings.Builder
	b.WriteString(u.scheme + ":")
	if u.host != nil {
		b.WriteString("//")
		if u.username != "" || u.password != "" {
			b.WriteString(u.username)
			if u.password != "" {
				b.WriteString(":" + u.password)
			}
			b.WriteString("@")
		}
		b.WriteString(u.hostPort())
	} else if !u.opaque && len(u.path) > 1 && u.path[0] == "" {
		b.WriteString("/.")
	}
	b.WriteString(u.pathname())
	if u.query != nil {
		b.WriteString("?" + *u.query)
	}
	if u.fragment != nil {
		b.WriteString("#" + *u.fragment)
	}
	return b.String()
}

func (u *urlData) hostPort() string {
	if u.host == nil {
		return ""
	}
	if u.port == "" {
		return *u.host
	}
	return *u.host + ":" + u.port
}

func (u *urlData) pathname() string {
	if u.opaque {
		return u.path[0]
	}
	if len(u.path) == 0 {
		return ""
	}
	return "/" + strings.Join(u.path, "/")
}

// origin is what a browser calls so.
func (u *urlData) origin() string {
	if u.scheme == "blob" {
		if inner := parseURL(u.pathname(), nil); inner != nil && strings.HasPrefix(inner.scheme, "http") {
			return inner.origin()
		}
	}
	if _, special := specialPorts[u.scheme]; !special || u.scheme == "file" {
		return "null"
	}
	return u.scheme + "://" + u.hostPort()
}

func withMark(mark string, s *string) string {
	if s == nil || *s == "" {
		return ""
	}
	return mark + *s
}

func urlText(vm *machine, o *Object) (string, error) {
	s := urlIn(o).href()
	return s, vm.charge(int64(len(s)))
}

func urlGetter(read func(u *urlData) string) getter {
	return func(vm *machine, o *Object) (Value, error) {
		s := read(urlIn(o))
		return text(s), vm.charge(int64(len(s)))
	}
}

var urlGetters = map[string]getter{
	"href":     urlGetter((*urlData).href),
	"origin":   urlGetter((*urlData).origin),
	"protocol": urlGetter(func(u *urlData) string { return u.scheme + ":" }),
	"username": urlGetter(func(u *urlData) string { return u.username }),
	"password": urlGetter(func(u *urlData) string { return u.password }),
	"host":     urlGetter((*urlData).hostPort),
	"hostname": urlGetter(func(u *urlData) string {
		if u.host == nil {
			return ""
		}
		return *u.host
	}),
	"port":     urlGetter(func(u *urlData) string { return u.port }),
	"pathname": urlGetter((*urlData).pathname),
	"search":   urlGetter(func(u *urlData) string { return withMark("?", u.query) }),
	"hash":     urlGetter(func(u *urlData) string { return withMark("#", u.fragment) }),
	"searchParams": func(vm *machine, o *Object) (Value, error) {
		u := urlIn(o)
		if u.params == nil {
			if err := vm.charge(objectBytes + 64); err != nil {
				return undefined, err
			}
			list, err := parseParams(vm, strings.TrimPrefix(withMark("?", u.query), "?"))
			if err != nil {
				return undefined, err
			}
			u.params = &Object{class: kindParams, data: &paramsData{list: list, owner: o}, tainted: o.tainted}
		}
		return object(u.params), nil
	},
}

var urlMethods = []*Func{
	newFunc("toString", 0, valueText),
	newFunc("toJSON", 0, valueText),
}
