package js

import (
	"math/big"
	"time"

	"github.com/sotto-render/sotto/engine/internal/amount"
	"github.com/sotto-render/sotto/engine/internal/datetime"
	"github.com/sotto-render/sotto/engine/internal/eval"
)

// wordFunctions write dates, numbers and lists for people, as those of CEL and the
// filters of templates do: what is no date or number stays as it is.
var wordFunctions = []*Func{
	newFunc("date", 2, dateWords),
	newFunc("timezone", 2, inZone),
	newFunc("number_with_delimiter", 1, withDelimiter),
	newFunc("number_with_precision", 1, withPrecision),
	newFunc("currency", 2, money),
	newFunc("pluralize", 3, pluralize),
	newFunc("to_sentence", 1, toSentence),
}

const (
	// maxDateText is how long the text of a date gets at most.
	maxDateText = 64 << 10
	// amountBytes is what writing a number takes, and more.
	amountBytes = 8 << 10
)

// instant reads a time off a value: a Date, seconds since 1970 or a text. A time
// without a zone is UTC.
func instant(vm *machine, v Value) (time.Time, bool, error) {
	switch vm.see(v); v.kind {
	case kindDate:
		_, ms, err := thisDate(vm, v)
		return timeAt(ms), ms == ms, err
	case kindNumber:
		if !isInteger(v.num) || v.num < -maxTime || v.num > maxTime {
			return time.Time{}, false, nil
		}
		return time.Unix(int64(v.num), 0).UTC(), true, nil
	case kindString:
		at, ok := datetime.Read(v.text, vm.now().UTC())
		return at, ok, vm.look(len(v.text))
	}
	return time.Time{}, false, nil
}

// dateWords takes a value, a format, a zone and a locale.
func dateWords(vm *machine, _ Value, args []Value) (Value, error) {
	at, isTime, err := instant(vm, argument(args, 0))
	if err != nil {
		return undefined, err
	}
	m, err := messages(vm, []Value{undefined, argument(args, 1), argument(args, 2), argument(args, 3)}, "", "", "", "")
	if err != nil {
		return undefined, err
	}
	if m[2] != "" {
		zone, err := datetime.Zone(m[2])
		if err != nil {
			return undefined, eval.Refusal(err)
		}
		at = at.In(zone)
	}
	var names *datetime.Names
	if m[3] != "" {
		if names, err = datetime.NamesOf(m[3]); err != nil {
			return undefined, eval.Refusal(err)
		}
	}
	if !isTime || m[1] == "" {
		return argument(args, 0), nil
	}
	if err := vm.charge(maxDateText); err != nil {
		return undefined, err
	}
	return text(datetime.Format(at, m[1], names, maxDateText)), nil
}

// inZone writes a time as RFC 3339 in a zone, so that date shows it there.
func inZone(vm *machine, _ Value, args []Value) (Value, error) {
	at, ok, err := instant(vm, argument(args, 0))
	if err != nil {
		return undefined, err
	}
	name, err := message(vm, args, 1, "")
	if err != nil {
		return undefined, err
	}
	zone, err := datetime.Zone(name)
	if err != nil {
		return undefined, eval.Refusal(err)
	}
	if !ok {
		return argument(args, 0), nil
	}
	return text(at.In(zone).Format(time.RFC3339Nano)), vm.charge(64)
}

// quantity returns a value as a number where it is one or is spelled as one.
func quantity(vm *machine, v Value) (*big.Rat, bool, error) {
	if err := vm.charge(amountBytes); err != nil {
		return nil, false, err
	}
	switch vm.see(v); v.kind {
	case kindNumber:
		if v.text != "" {
			n, ok := amount.Parse(v.text)
			return n, ok, nil
		}
		n, ok := amount.OfDouble(v.num)
		return n, ok, nil
	case kindString:
		n, ok := amount.Parse(v.text)
		return n, ok, vm.look(len(v.text))
	}
	return nil, false, nil
}

func withDelimiter(vm *machine, _ Value, args []Value) (Value, error) {
	n, ok, err := quantity(vm, argument(args, 0))
	if err != nil || !ok {
		return argument(args, 0), err
	}
	m, err := messages(vm, args, "", ",", ".")
	if err != nil {
		return undefined, err
	}
	if err := vm.charge(512 * int64(len(m[1])+len(m[2]))); err != nil {
		return undefined, err
	}
	return text(amount.Delimited(n, m[1], m[2])), nil
}

func withPrecision(vm *machine, _ Value, args []Value) (Value, error) {
	digits := 3.0
	var err error
	if v := argument(args, 1); v.kind != kindUndefined {
		if digits, err = toInteger(vm, v); err != nil {
			return undefined, err
		}
	}
	if digits < 0 || digits > amount.MaxDigits {
		return undefined, eval.ErrDigits
	}
	n, ok, err := quantity(vm, argument(args, 0))
	if err != nil || !ok {
		return argument(args, 0), err
	}
	separator, err := message(vm, args, 2, ".")
	if err != nil {
		return undefined, err
	}
	return text(amount.Fixed(n, int(digits), separator)), nil
}

func money(vm *machine, _ Value, args []Value) (Value, error) {
	m, err := messages(vm, []Value{undefined, argument(args, 1), argument(args, 2)}, "", "", "en")
	if err != nil {
		return undefined, err
	}
	format, err := amount.MoneyOf(m[1], m[2])
	if err != nil {
		return undefined, eval.Refusal(err)
	}
	n, ok, err := quantity(vm, argument(args, 0))
	if err != nil || !ok {
		return argument(args, 0), err
	}
	return signedText(format.Format(n))
}

func pluralize(vm *machine, _ Value, args []Value) (Value, error) {
	n, ok, err := quantity(vm, argument(args, 0))
	if err != nil {
		return undefined, err
	}
	if ok && n.Cmp(big.NewRat(1, 1)) == 0 {
		return argument(args, 1), nil
	}
	return argument(args, 2), nil
}

// toSentence joins a list as English does, or with other connectors.
func toSentence(vm *machine, _ Value, args []Value) (Value, error) {
	list, tainted, err := arrayThis(argument(args, 0))
	if err != nil {
		return undefined, typeError("to_sentence takes a list")
	}
	vm.seen = vm.seen || tainted
	m, err := messages(vm, args[1:], "", "", "")
	if err != nil {
		return undefined, err
	}
	connectors := [3]string{", ", " and ", ", and "}
	for i := range connectors {
		if argument(args, i+1).kind != kindUndefined {
			connectors[i] = m[i]
		}
	}
	var out []byte
	n := list.length()
	for i := range n {
		connector := connectors[0]
		switch {
		case i == 0:
			connector = ""
		case n == 2:
			connector = connectors[1]
		case i == n-1:
			connector = connectors[2]
		}
		if err := vm.charge(int64(len(connector))); err != nil {
			return undefined, err
		}
		out = appendJoined(out, connector)
		item, err := vm.item(list, i)
		if err != nil {
			return undefined, err
		}
		if out, err = appendText(vm, out, item); err != nil {
			return undefined, err
		}
	}
	return text(string(out)), nil
}
