package engine

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// unit is one compiled source of a request: the whole of it, one part, or a
// partial that it calls.
type unit struct {
	part    string
	partial string
	source  string
	refs    []*macros.Reference
	// places are those of source; nil where few are asked for.
	places *macros.Places
}

func (u unit) detail(code Code, ref *macros.Reference, message string) Detail {
	return u.placed(Detail{
		Code: code, Message: message, Part: u.part, Alias: ref.Alias, Field: ref.Field(),
	}, ref.Pos)
}

// secrets is what one request knows about the secrets that it mentions. It is
// fixed once made: every part and every recipient sees the same versions.
type secrets struct {
	preview  bool
	declared map[string]bool
	// wanted has a place in status and values for each alias.
	wanted
	status []macros.Status
	values []redact.Secret
	// lent says that a Resolver was given status and values and has not
	// returned well.
	lent bool
}

// prepare makes the checks that come before rendering, in the order of the
// contract (declared, existence, fields), and resolves everything that units
// mention in one call.
func prepare(ctx context.Context, req *Request, units []unit) (*secrets, error) {
	return prepareWanted(ctx, req, units, wantedBy(units))
}

// wanted are the aliases that units mention. It is never changed once a
// template has it.
type wanted struct {
	// index :: canonical alias -> place in aliases
	index   map[string]int
	aliases []string
}

func wantedBy(units []unit) wanted {
	var w wanted
	for _, u := range units {
		for _, ref := range u.refs {
			if ref.Computed == nil {
				w.add(ref.Alias)
			}
		}
	}
	return w
}

func (w *wanted) add(alias string) {
	if _, ok := w.index[alias]; !ok {
		if w.index == nil {
			w.index = make(map[string]int)
		}
		w.index[alias] = len(w.aliases)
		w.aliases = append(w.aliases, alias)
	}
}

// prepareWanted is prepare for units whose aliases are known already.
func prepareWanted(ctx context.Context, req *Request, units []unit, w wanted) (*secrets, error) {
	s := new(secrets)
	if err := s.prepare(ctx, req, units, w); err != nil {
		return nil, err
	}
	return s, nil
}

// prepare fills s, which is new or was forgotten.
func (s *secrets) prepare(ctx context.Context, req *Request, units []unit, w wanted) error {
	if err := CheckVars(req.Vars); err != nil {
		return err
	}
	s.preview, s.wanted = req.Preview, w
	if err := s.declare(req.Required); err != nil {
		return err
	}
	if err := s.checkDeclared(units); err != nil {
		return err
	}
	if err := s.resolve(ctx, req.Secrets); err != nil {
		return err
	}
	if err := s.checkExistence(units); err != nil {
		return err
	}
	return s.checkFields(units)
}

// maxPooledSecrets keeps what an unusually large request needed out of the pool.
const maxPooledSecrets = 256

// forget drops all that s knows and keeps its room for the next request.
func (s *secrets) forget() {
	if s.lent || cap(s.values) > maxPooledSecrets {
		// A Resolver that gave up or panicked may still write what it finds:
		// in room that is used again, that is another tenant's value.
		*s = secrets{}
		return
	}
	clear(s.values)
	*s = secrets{status: s.status[:0], values: s.values[:0]}
}

// computes reports whether units hold an alias that data names.
func computes(units []unit) bool {
	return slices.ContainsFunc(units, func(u unit) bool {
		return slices.ContainsFunc(u.refs, func(ref *macros.Reference) bool { return ref.Computed != nil })
	})
}

// uses adds what req declares to the aliases that are written out, where data
// may name others.
func uses(written []string, chooses bool, req *Request) []string {
	if !chooses {
		return written
	}
	all := slices.Clone(written)
	for _, name := range req.Required {
		if alias, ok := macros.Canonical(name); ok {
			all = append(all, alias)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// CheckVars refuses a variable called `secrets`, in any letter case.
func CheckVars(vars map[string]any) error {
	for name := range vars {
		if macros.IsRoot(name) {
			return &Error{Code: InvalidRequest, Details: []Detail{{
				Code:    InvalidRequest,
				Message: "a variable must not be called `secrets`: rename it, so that data never shadows a secret",
			}}}
		}
	}
	return nil
}

// declare takes the request's required secrets. All of them are resolved, so
// that a computed alias finds its value among them.
func (s *secrets) declare(required []string) error {
	if required == nil {
		return nil
	}
	s.declared = make(map[string]bool, len(required))
	s.wanted = wanted{index: maps.Clone(s.index), aliases: slices.Clone(s.aliases)}
	for i, name := range required {
		alias, ok := macros.Canonical(name)
		if !ok {
			return &Error{Code: InvalidRequest, Details: []Detail{{
				Code:    InvalidRequest,
				Message: "required_secrets[" + strconv.Itoa(i) + "] is not an alias: use letters, digits, _ and -",
			}}}
		}
		s.declared[alias] = true
		s.add(alias)
	}
	return nil
}

func (s *secrets) checkDeclared(units []unit) error {
	var details []Detail
	for _, u := range units {
		for _, ref := range u.refs {
			switch {
			case ref.Computed != nil && s.declared == nil:
				details = append(details, u.detail(SecretNotDeclared, ref,
					"a computed alias works only for the names in required_secrets: list them there"))
			case ref.Computed == nil && s.declared != nil && !s.declared[ref.Alias]:
				details = append(details, u.detail(SecretNotDeclared, ref,
					"secret "+strconv.Quote(ref.Alias)+" is not listed in required_secrets: add it there or remove the reference"))
			}
		}
	}
	return failure(details)
}

func (s *secrets) resolve(ctx context.Context, from Resolver) error {
	s.status = resized(s.status, len(s.aliases))
	var values []redact.Secret
	if !s.preview {
		s.values = resized(s.values, len(s.aliases))
		values = s.values
	}
	if len(s.aliases) == 0 || from == nil {
		return nil
	}
	s.lent = true
	if err := from.Resolve(ctx, s.aliases, s.status, values); err != nil {
		return &Error{Code: ResolverUnavailable, cause: err, Details: []Detail{{
			Code:    ResolverUnavailable,
			Message: "the secrets cannot be looked up now: a provider does not answer",
		}}}
	}
	s.lent = false
	return nil
}

// resized returns n zero elements, in the room of list where they fit.
func resized[T any](list []T, n int) []T {
	if cap(list) < n {
		return make([]T, n)
	}
	list = list[:n]
	clear(list)
	return list
}

func (s *secrets) checkExistence(units []unit) error {
	var details []Detail
	for _, u := range units {
		for _, ref := range u.refs {
			if ref.Computed != nil || ref.Guarded && !s.declared[ref.Alias] {
				continue
			}
			if d, bad := u.absent(ref, s.status[s.index[ref.Alias]]); bad {
				details = append(details, d)
			}
		}
	}
	if s.declared == nil {
		return failure(details)
	}
	mentioned := len(details)
	for _, alias := range slices.Sorted(maps.Keys(s.declared)) {
		if slices.ContainsFunc(details[:mentioned], func(d Detail) bool { return d.Alias == alias }) {
			continue
		}
		d, bad := unit{}.absent(&macros.Reference{Alias: alias}, s.status[s.index[alias]])
		if bad {
			d.Line, d.Column = 0, 0
			details = append(details, d)
		}
	}
	return failure(details)
}

// absent returns what is wrong with a reference to a secret of this status.
func (u unit) absent(ref *macros.Reference, status macros.Status) (Detail, bool) {
	code, message := absence(ref, status)
	if message == "" {
		return Detail{}, false
	}
	return u.detail(code, ref, message), true
}

// absence returns why a secret of this status cannot be used, or "".
func absence(ref *macros.Reference, status macros.Status) (Code, string) {
	switch status {
	case macros.Missing:
		return SecretMissing, "secret " + strconv.Quote(ref.Alias) + " does not exist in this scope: create it or correct the name"
	case macros.Archived:
		return SecretArchived, "secret " + strconv.Quote(ref.Alias) + " is archived: restore it or use another"
	}
	return "", ""
}

func (s *secrets) checkFields(units []unit) error {
	if s.preview {
		return nil
	}
	var details []Detail
	for _, u := range units {
		for _, ref := range u.refs {
			if ref.Computed != nil || ref.Guarded {
				continue
			}
			if code, message := fieldProblem(s.values[s.index[ref.Alias]], ref); code != "" {
				details = append(details, u.detail(code, ref, message))
			}
		}
	}
	return failure(details)
}

// fieldProblem returns why ref does not lead to a value inside secret, or "".
func fieldProblem(secret redact.Secret, ref *macros.Reference) (Code, string) {
	kind := secret.Kind()
	if len(ref.Path) == 0 {
		if kind == redact.Credentials && !ref.Whole {
			return FieldRequired, "secret " + strconv.Quote(ref.Alias) + " is a username and a password: write .username or .password behind it"
		}
		return "", ""
	}
	if _, ok := fieldOf(secret, ref.Path); ok {
		return "", ""
	}
	name := strconv.Quote(ref.Alias)
	switch kind {
	case redact.Token:
		return FieldMissing, "secret " + name + " is a token and has no fields: remove " + ref.Field()
	case redact.Credentials:
		return FieldMissing, "secret " + name + " has the fields username and password only"
	}
	return FieldMissing, "secret " + name + " has no field " + ref.Field()
}

// fieldOf walks path into secret. It reports true where the path ends at an
// index that only rendering can compute.
func fieldOf(secret redact.Secret, path []macros.Segment) (any, bool) {
	at := secret.Tree()
	for i, segment := range path {
		key := segment.Key
		if segment.Index != nil {
			literal, ok := segment.Index.(*macros.Literal)
			if !ok {
				return nil, true
			}
			n, ok := literal.Value.(int64)
			list, isList := at.([]any)
			if n < 0 {
				n += int64(len(list))
			}
			if !ok || !isList || n < 0 || n >= int64(len(list)) {
				return nil, false
			}
			at = list[n]
			continue
		}
		if i == 0 && secret.Kind() == redact.Credentials {
			key = strings.ToLower(key)
		}
		object, ok := at.(map[string]any)
		if !ok {
			return nil, false
		}
		if at, ok = object[key]; !ok {
			return nil, false
		}
	}
	return at, true
}

// failure returns details as one error, or nil where there are none.
func failure(details []Detail) error {
	if len(details) == 0 {
		return nil
	}
	return &Error{Code: details[0].Code, Details: details}
}
