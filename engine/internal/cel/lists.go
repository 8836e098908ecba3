package cel

import (
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// renamed :: name of a function -> what it is called in the environment, where
// cel-go has a method of that name whose overloads would be picked for ours.
var renamed = map[string]string{"sort": "@sort", "first": "@first", "last": "@last"}

// listFunctions are the filters of lists that have no natural form in CEL. A list
// inside a list is one item. What they pick out of a list is as it was.
func listFunctions() []cel.EnvOption {
	text, dyn, list := cel.StringType, cel.DynType, cel.ListType(cel.DynType)
	one, keyed, key := []*cel.Type{list}, []*cel.Type{list, text}, []*cel.Type{text}
	return []cel.EnvOption{
		growing("sum", dyn, one, key, onItems(sum)),
		growing("compact", list, one, key, onItems(compact)),
		growing("uniq", list, one, key, onItems(uniq)),
		growing(renamed["sort"], list, one, key, onItems(sorting(compareItems))),
		growing("sort_natural", list, one, key, onItems(sorting(compareFolded))),
		growing(renamed["first"], dyn, one, nil, onItems(func(l *items) ref.Val { return l.picked(0) })),
		growing(renamed["last"], dyn, one, nil, onItems(func(l *items) ref.Val { return l.picked(len(l.all) - 1) })),
		growing("map", list, keyed, nil, onItems(func(l *items) ref.Val { return listOf(l.by) })),
		growing("group_by", list, keyed, nil, onItems(groupBy)),
		growing("where", list, keyed, []*cel.Type{dyn}, onItems(searching(func(l *items, found []bool) ref.Val { return l.kept(found, true) }))),
		growing("reject", list, keyed, []*cel.Type{dyn}, onItems(searching(func(l *items, found []bool) ref.Val { return l.kept(found, false) }))),
		growing("find", dyn, keyed, []*cel.Type{dyn}, onItems(searching(func(l *items, found []bool) ref.Val {
			return l.picked(slices.Index(found, true))
		}))),
		growing("find_index", dyn, keyed, []*cel.Type{dyn}, onItems(searching(func(_ *items, found []bool) ref.Val {
			if i := slices.Index(found, true); i >= 0 {
				return types.Int(i)
			}
			return types.NullValue
		}))),
	}
}

// items are those of a list, and by what a function looks at each.
type items struct {
	all []ref.Val
	// by :: place of an item -> its property, or the item itself where no key was
	// given
	by []ref.Val
	// args are those behind the key.
	args []ref.Val
}

// onItems runs a function of a list, a key and more.
func onItems(run func(*items) ref.Val) func([]ref.Val) ref.Val {
	return func(args []ref.Val) ref.Val {
		list, ok := args[0].(traits.Lister)
		if !ok {
			return types.MaybeNoSuchOverloadErr(args[0])
		}
		l := &items{all: make([]ref.Val, list.Size().(types.Int))}
		for i := range l.all {
			if l.all[i] = list.Get(types.Int(i)); types.IsError(l.all[i]) {
				return l.all[i]
			}
		}
		if l.by = l.all; len(args) == 1 {
			return run(l)
		}
		key, ok := args[1].(types.String)
		if !ok {
			return types.MaybeNoSuchOverloadErr(args[1])
		}
		l.args, l.by = args[2:], make([]ref.Val, len(l.all))
		for i, item := range l.all {
			if l.by[i] = property(item, string(key)); types.IsError(l.by[i]) {
				return l.by[i]
			}
		}
		return run(l)
	}
}

// property returns what item has under a key, which may be a path of names with
// dots between them; null where it has nothing there.
func property(item ref.Val, key string) ref.Val {
	if item == types.NullValue {
		return item
	}
	m, ok := item.(traits.Mapper)
	if !ok {
		return types.WrapErr(eval.ErrProperty)
	}
	if found, ok := m.Find(types.String(key)); ok || types.IsError(found) {
		return found
	}
	for name := range strings.SplitSeq(key, ".") {
		if m, ok = item.(traits.Mapper); !ok {
			return types.NullValue
		}
		if item, ok = m.Find(types.String(name)); types.IsError(item) {
			return item
		} else if !ok {
			return types.NullValue
		}
	}
	return item
}

// listOf returns a list of values.
func listOf(values []ref.Val) ref.Val { return types.NewRefValList(types.DefaultTypeAdapter, values) }

// picked returns the item at i, or null where there is none.
func (l *items) picked(i int) ref.Val {
	if i < 0 || i >= len(l.all) {
		return types.NullValue
	}
	return l.all[i]
}

// kept returns the items for which found is as wanted.
func (l *items) kept(found []bool, wanted bool) ref.Val {
	kept := make([]ref.Val, 0, len(l.all))
	for i, item := range l.all {
		if found[i] == wanted {
			kept = append(kept, item)
		}
	}
	return listOf(kept)
}

// searching looks for the items whose property is a value, or where none is given
// is neither null nor false.
func searching(run func(l *items, found []bool) ref.Val) func(*items) ref.Val {
	return func(l *items) ref.Val {
		found := make([]bool, len(l.all))
		for i, by := range l.by {
			if len(l.args) > 0 {
				found[i] = types.Equal(by, l.args[0]) == types.True
			} else {
				found[i] = by != types.NullValue && by != types.False
			}
		}
		return run(l, found)
	}
}

func compact(l *items) ref.Val {
	there := make([]bool, len(l.all))
	for i, by := range l.by {
		there[i] = by != types.NullValue
	}
	return l.kept(there, true)
}

func uniq(l *items) ref.Val {
	seen, first := make(map[string]bool, len(l.all)), make([]bool, len(l.all))
	for i, by := range l.by {
		name, err := identity(by)
		if err != nil {
			return types.WrapErr(err)
		}
		first[i] = !seen[name]
		seen[name] = true
	}
	return l.kept(first, true)
}

// groupBy sorts the items into maps of a name and items, in the order in which
// each group's first item stands.
func groupBy(l *items) ref.Val {
	type group struct {
		name  ref.Val
		items []ref.Val
	}
	var groups []*group
	at := make(map[string]*group)
	for i, item := range l.all {
		name, err := identity(l.by[i])
		if err != nil {
			return types.WrapErr(err)
		}
		if at[name] == nil {
			at[name] = &group{name: l.by[i]}
			groups = append(groups, at[name])
		}
		at[name].items = append(at[name].items, item)
	}
	made := make([]ref.Val, len(groups))
	nameKey, itemsKey := ref.Val(types.String("name")), ref.Val(types.String("items"))
	for i, g := range groups {
		made[i] = newMadeMap(types.DefaultTypeAdapter, map[ref.Val]ref.Val{nameKey: g.name, itemsKey: listOf(g.items)}, []ref.Val{nameKey, itemsKey})
	}
	return listOf(made)
}

// identity returns a text that two values share where they are equal. A number is
// the same however it is spelled.
func identity(v ref.Val) (string, error) {
	kind := v.Type().TypeName()
	switch v := v.(type) {
	case types.Int, types.Uint, types.Double:
		kind = "number"
	case *types.Err:
		return "", v
	}
	text, err := appendJSON([]byte(kind), v, eval.DefaultLimits.Output)
	return string(text), err
}
