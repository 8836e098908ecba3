package request

import (
	"slices"

	"github.com/sotto-render/sotto/macros"
)

// Source is one compiled source of a request: the whole of it, one part, or a
// partial that it calls.
type Source struct {
	// Part names the part or expression; "" where the request has one only.
	Part string
	// Partial names the partial; "" where it is none.
	Partial string
	Text    string
	// References are the secrets that Text mentions.
	References []*macros.Reference
	// Places are those of Text; nil where few are asked for.
	Places *macros.Places
}

// Place returns the line and column of pos.
func (s *Source) Place(pos macros.Pos) macros.Place {
	if s.Places == nil {
		return macros.PlaceOf(s.Text, pos)
	}
	return s.Places.At(pos)
}

// PosIn returns the place of byte i of a text, as far as escapes and white-space
// control have not moved it.
func (s *Source) PosIn(n *macros.Text, i int) macros.Pos {
	source := s.Text[min(int(n.Pos), len(s.Text)):]
	if len(source) >= i && source[:i] == n.Text[:i] {
		return n.Pos + macros.Pos(i)
	}
	return n.Pos
}

// Problem returns what is wrong at pos.
func (s *Source) Problem(pos macros.Pos, code, message string) Problem {
	return Problem{Code: code, Message: message, Place: s.Place(pos), Part: s.Part, Partial: s.Partial}
}

// Reference returns what is wrong with ref.
func (s *Source) Reference(ref *macros.Reference, code, message string) Problem {
	p := s.Problem(ref.Pos, code, message)
	p.Alias, p.Field = ref.Alias, ref.Field()
	return p
}

// Computes reports whether sources hold an alias that data names.
func Computes(sources []Source) bool {
	return slices.ContainsFunc(sources, func(s Source) bool {
		return slices.ContainsFunc(s.References, func(ref *macros.Reference) bool { return ref.Computed != nil })
	})
}

// Aliases are the distinct aliases that sources write out, in their order. They
// are never changed once they are made.
type Aliases struct {
	// index :: canonical alias -> place in list
	index map[string]int
	list  []string
}

// AliasesOf returns the aliases that sources write out.
func AliasesOf(sources []Source) Aliases {
	var a Aliases
	for _, s := range sources {
		for _, ref := range s.References {
			if ref.Computed == nil {
				a.add(ref.Alias)
			}
		}
	}
	return a
}

// fewAliases is up to where a list is read faster than a map.
const fewAliases = 8

// find returns the place of alias in the list.
func (a *Aliases) find(alias string) (place int, ok bool) {
	if len(a.list) > fewAliases {
		place, ok = a.index[alias]
		return place, ok
	}
	for i := range a.list {
		if a.list[i] == alias {
			return i, true
		}
	}
	return 0, false
}

func (a *Aliases) add(alias string) {
	if _, ok := a.index[alias]; !ok {
		if a.index == nil {
			a.index = make(map[string]int)
		}
		a.index[alias] = len(a.list)
		a.list = append(a.list, alias)
	}
}

// Written returns the distinct aliases that refs write out, sorted.
func Written(refs []*macros.Reference) []string {
	aliases := make([]string, 0, len(refs))
	for _, ref := range refs {
		if ref.Computed == nil {
			aliases = append(aliases, ref.Alias)
		}
	}
	slices.Sort(aliases)
	return slices.Compact(aliases)
}

// Uses returns the aliases that a request may use, sorted: those that are
// written out and, where data may name others, all that it requires.
func Uses(written []string, chooses bool, required []string) []string {
	if !chooses {
		return written
	}
	all := slices.Clone(written)
	for _, name := range required {
		if alias, ok := macros.Canonical(name); ok {
			all = append(all, alias)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
