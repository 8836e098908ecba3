package cel

import (
	"math/big"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"

	"github.com/sotto-render/sotto/engine/internal/amount"
	"github.com/sotto-render/sotto/engine/internal/datetime"
	"github.com/sotto-render/sotto/engine/internal/eval"
)

// wordFunctions write dates, numbers and lists for people, as the filters of
// these names do: what is no date or number stays as it is.
func wordFunctions() []cel.EnvOption {
	text, dyn, whole := cel.StringType, cel.DynType, cel.IntType
	return []cel.EnvOption{
		growing(dateName, dyn, []*cel.Type{dyn, text}, []*cel.Type{text, text}, dateText, cel.TimestampType),
		growing(zoneName, dyn, []*cel.Type{dyn, text}, nil, inZone, cel.TimestampType),
		growing("number_with_delimiter", dyn, []*cel.Type{dyn}, []*cel.Type{text, text}, withDelimiter),
		growing("number_with_precision", dyn, []*cel.Type{dyn}, []*cel.Type{whole, text}, withPrecision),
		growing("currency", dyn, []*cel.Type{dyn, text}, []*cel.Type{text}, money),
		growing("pluralize", text, []*cel.Type{dyn, text, text}, nil, pluralize),
		growing("to_sentence", text, []*cel.Type{cel.ListType(dyn)}, []*cel.Type{text, text, text}, toSentence),
	}
}

// The functions to which the binder gives the time of the evaluation, behind
// their arguments.
const (
	dateName = "date"
	zoneName = "timezone"
)

// growing declares a function that takes the types of least and then as many of
// more as are given, and always those of last.
func growing(name string, result *cel.Type, least, more []*cel.Type, run func(args []ref.Val) ref.Val, last ...*cel.Type) cel.EnvOption {
	var overloads []cel.FunctionOpt
	for n := range len(more) + 1 {
		given := append(append(append([]*cel.Type(nil), least...), more[:n]...), last...)
		id := name
		for _, t := range given {
			id += "_" + t.String()
		}
		overloads = append(overloads, cel.Overload(id, given, result, bound(len(given), run)))
	}
	return cel.Function(name, overloads...)
}

// bound binds a function of n arguments.
func bound(n int, run func([]ref.Val) ref.Val) cel.OverloadOpt {
	switch n {
	case 1:
		return cel.UnaryBinding(func(v ref.Val) ref.Val { return run([]ref.Val{v}) })
	case 2:
		return cel.BinaryBinding(func(v, w ref.Val) ref.Val { return run([]ref.Val{v, w}) })
	}
	return cel.FunctionBinding(func(args ...ref.Val) ref.Val { return run(args) })
}

// refused is the error of a function, whose text is fixed.
func refused(err error) ref.Val { return types.WrapErr(eval.Refusal(err)) }

// dateText takes a value, a format, a zone and a locale, and the time that it is.
func dateText(args []ref.Val) ref.Val {
	last := len(args) - 1
	now := args[last].(types.Timestamp).Time
	args = args[:last]
	at, isTime := timeOf(args[0], now)
	if len(args) > 2 {
		zone, err := datetime.Zone(textArg(args, 2, ""))
		if err != nil {
			return refused(err)
		}
		at = at.In(zone)
	}
	var names *datetime.Names
	if len(args) > 3 {
		var err error
		if names, err = datetime.NamesOf(textArg(args, 3, "")); err != nil {
			return refused(err)
		}
	}
	format := textArg(args, 1, "")
	if !isTime || format == "" {
		return args[0]
	}
	return types.String(datetime.Format(at, format, names, eval.DefaultLimits.Output))
}

// timeOf reads a time off v. A time without a zone is UTC.
func timeOf(v ref.Val, now time.Time) (time.Time, bool) {
	switch v := v.(type) {
	case types.Timestamp:
		return v.Time, true
	case types.Int:
		return time.Unix(int64(v), 0).UTC(), true
	case types.String:
		return datetime.Read(string(v), now.UTC())
	}
	return time.Time{}, false
}

// inZone writes a time as RFC 3339 in a zone, so that date shows it there.
func inZone(args []ref.Val) ref.Val {
	zone, err := datetime.Zone(textArg(args, 1, ""))
	if err != nil {
		return refused(err)
	}
	at, ok := timeOf(args[0], args[2].(types.Timestamp).Time)
	if !ok {
		return args[0]
	}
	return types.String(at.In(zone).Format(time.RFC3339Nano))
}

// decimal returns v where it is a number or spelled as one.
func decimal(v ref.Val) (*big.Rat, bool) {
	switch v := v.(type) {
	case types.Int:
		return new(big.Rat).SetInt64(int64(v)), true
	case types.Uint:
		return new(big.Rat).SetUint64(uint64(v)), true
	case types.Double:
		return amount.OfDouble(float64(v))
	case types.String:
		return amount.Parse(string(v))
	}
	return nil, false
}

func withDelimiter(args []ref.Val) ref.Val {
	n, ok := decimal(args[0])
	if !ok {
		return args[0]
	}
	return types.String(amount.Delimited(n, textArg(args, 1, ","), textArg(args, 2, ".")))
}

func withPrecision(args []ref.Val) ref.Val {
	digits := types.Int(3)
	if len(args) > 1 {
		digits, _ = args[1].(types.Int)
	}
	if digits < 0 || digits > amount.MaxDigits {
		return types.WrapErr(eval.ErrDigits)
	}
	n, ok := decimal(args[0])
	if !ok {
		return args[0]
	}
	return types.String(amount.Fixed(n, int(digits), textArg(args, 2, ".")))
}

func money(args []ref.Val) ref.Val {
	format, err := amount.MoneyOf(textArg(args, 1, ""), textArg(args, 2, "en"))
	if err != nil {
		return refused(err)
	}
	n, ok := decimal(args[0])
	if !ok {
		return args[0]
	}
	return made(format.Format(n))
}

func pluralize(args []ref.Val) ref.Val {
	if n, ok := decimal(args[0]); ok && n.Cmp(big.NewRat(1, 1)) == 0 {
		return args[1]
	}
	return args[2]
}

// toSentence joins a list as English does, or with other connectors.
func toSentence(args []ref.Val) ref.Val {
	list, ok := args[0].(traits.Lister)
	if !ok {
		return types.MaybeNoSuchOverloadErr(args[0])
	}
	var out []byte
	n := list.Size().(types.Int)
	for i := range n {
		switch {
		case i == 0:
		case n == 2:
			out = append(out, textArg(args, 2, " and ")...)
		case i == n-1:
			out = append(out, textArg(args, 3, ", and ")...)
		default:
			out = append(out, textArg(args, 1, ", ")...)
		}
		var err error
		if out, err = appendText(out, list.Get(i)); err != nil {
			return types.WrapErr(err)
		}
	}
	return types.String(out)
}
