package js

import (
	"regexp"
	"slices"
	"sync"

	"golang.org/x/text/cases"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// casing changes letters as Unicode's SpecialCasing says (ECMA-262, 22.1.3.28):
// one may become several, and a sigma is another at the end of a word.
func casing(plain func(string) string, make func(language.Tag, ...cases.Option) cases.Caser, byLocale bool) native {
	return func(vm *machine, this Value, args []Value) (Value, error) {
		s, err := thisText(vm, this)
		if err != nil {
			return undefined, err
		}
		tag := language.Und
		if byLocale {
			if tag, err = localeOf(vm, argument(args, 0)); err != nil {
				return undefined, err
			}
		}
		if base, _ := tag.Base(); isASCII(s) && base.String() != "tr" && base.String() != "az" && base.String() != "lt" {
			if err := vm.charge(int64(len(s))); err != nil {
				return undefined, err
			}
			return text(plain(s)), nil
		}
		// A letter grows to three at most.
		if err := vm.charge(3 * int64(len(s))); err != nil {
			return undefined, err
		}
		if isBroken(s) {
			return text(plainByPart(s, func(part string) string { return make(tag).String(part) })), nil
		}
		return text(make(tag).String(s)), nil
	}
}

// plainByPart changes what stands between halves of pairs.
func plainByPart(s string, change func(string) string) string {
	var b []byte
	start := 0
	for i := 0; i < len(s); {
		r, size := decode(s[i:])
		if isHigh(r) || isLow(r) {
			b = append(append(b, change(s[start:i])...), s[i:i+size]...)
			start = i + size
		}
		i += size
	}
	return string(append(b, change(s[start:])...))
}

// localeOf returns the first locale that an argument names.
func localeOf(vm *machine, v Value) (language.Tag, error) {
	tags, err := localesOf(vm, v)
	if err != nil {
		return language.Und, err
	}
	return tags[0], nil
}

// localesOf returns the locales that an argument names (ECMA-402, 9.2.1): en-US where it
// names none. What is no text and no list names none.
func localesOf(vm *machine, v Value) ([]language.Tag, error) {
	vm.see(v)
	switch v.kind {
	case kindNull:
		return nil, errNullish
	case kindString:
		tag, err := localeTag(v.text)
		return []language.Tag{tag}, err
	case kindArray:
	default:
		return []language.Tag{language.AmericanEnglish}, nil
	}
	vm.seen = vm.seen || v.obj.tainted
	var tags []language.Tag
	for i := range v.obj.length() {
		if err := vm.charge(64); err != nil {
			return nil, err
		}
		item, err := vm.item(v.obj, i)
		if err != nil {
			return nil, err
		}
		if vm.isHole(v.obj, i) {
			continue
		}
		if vm.see(item); item.kind != kindString {
			return nil, errLocale
		}
		tag, err := localeTag(item.text)
		if err != nil {
			return nil, err
		}
		tags = append(tags, tag)
	}
	if tags == nil {
		tags = append(tags, language.AmericanEnglish)
	}
	return tags, nil
}

// localeForm is what a locale looks like (UTS 35, 3.2), whether or not anybody
// speaks it.
var localeForm = regexp.MustCompile(`^(?i:[a-z]{2,3}|[a-z]{5,8})(?:-[0-9A-Za-z]{1,8})*$`)

func localeTag(s string) (language.Tag, error) {
	if len(s) > 64 || !localeForm.MatchString(s) {
		return language.Und, errLocale
	}
	tag, err := language.Parse(s)
	if err != nil {
		// Nobody speaks it.
		return language.Und, nil
	}
	return tag, nil
}

var errLocale = rangeError("this is no locale such as \"en-US\"")

func stringNormalize(vm *machine, this Value, args []Value) (Value, error) {
	s, err := thisText(vm, this)
	if err != nil {
		return undefined, err
	}
	name := "NFC"
	if v := argument(args, 0); v.kind != kindUndefined {
		if name, err = toText(vm, v); err != nil {
			return undefined, err
		}
	}
	forms := map[string]norm.Form{"NFC": norm.NFC, "NFD": norm.NFD, "NFKC": norm.NFKC, "NFKD": norm.NFKD}
	form, ok := forms[name]
	if !ok {
		return undefined, rangeError("normalize takes NFC, NFD, NFKC or NFKD")
	}
	if isASCII(s) {
		return text(s), vm.look(len(s))
	}
	// The longest of all mappings, NFKD of U+FDFA, makes 33 bytes of 3; those of NFC and
	// NFD make three times as many.
	longest := int64(3)
	if form == norm.NFKC || form == norm.NFKD {
		longest = 11
	}
	if err := vm.charge(longest * int64(len(s))); err != nil {
		return undefined, err
	}
	if isBroken(s) {
		return text(plainByPart(s, form.String)), nil
	}
	return text(form.String(s)), nil
}

// collation is a way to compare texts.
type collation struct {
	tag     language.Tag
	loose   bool // letters alone count
	noCase  bool
	numeric bool
}

// collators :: collation -> *sync.Pool of *collate.Collator, which one goroutine
// uses at a time. There are few: a locale that we do not know is its language's.
var collators sync.Map

func (c collation) compare(a, b string) int {
	pool, ok := collators.Load(c)
	if !ok {
		var options []collate.Option
		if c.loose {
			options = append(options, collate.Loose)
		}
		if c.noCase {
			options = append(options, collate.IgnoreCase)
		}
		if c.numeric {
			options = append(options, collate.Numeric)
		}
		pool, _ = collators.LoadOrStore(c, &sync.Pool{New: func() any { return collate.New(c.tag, options...) }})
	}
	p := pool.(*sync.Pool)
	collator := p.Get().(*collate.Collator)
	defer p.Put(collator)
	return collator.CompareString(a, b)
}

// collationLocales are the languages that x/text has an order for.
var collationLocales = language.NewMatcher(collate.Supported())

func stringLocaleCompare(vm *machine, this Value, args []Value) (Value, error) {
	s, t, err := texts(vm, this, args)
	if err != nil {
		return undefined, err
	}
	tag, err := localeOf(vm, argument(args, 1))
	if err != nil {
		return undefined, err
	}
	c := collation{}
	if options := argument(args, 2); options.kind != kindUndefined {
		sensitivity, err := vm.option(options, "sensitivity", []string{"base", "accent", "case", "variant"}, "variant")
		if err != nil {
			return undefined, err
		}
		numeric, err := vm.optionValue(options, "numeric")
		if err != nil {
			return undefined, err
		}
		c.loose, c.noCase, c.numeric = sensitivity == "base", sensitivity == "accent", truthy(numeric)
	}
	if err := vm.charge(8 * int64(len(s)+len(t))); err != nil {
		return undefined, err
	}
	c.tag, _, _ = collationLocales.Match(tag)
	return integer(c.compare(s, t)), nil
}

// optionValue returns a field of an object of options.
func (vm *machine) optionValue(options Value, name string) (Value, error) {
	if options.kind == kindUndefined {
		return undefined, nil
	}
	v, err := getMember(vm, options, name)
	vm.see(v)
	return v, err
}

// option returns a field of an object of options that names one of several.
func (vm *machine) option(options Value, name string, allowed []string, fallback string) (string, error) {
	v, err := vm.optionValue(options, name)
	if err != nil || v.kind == kindUndefined {
		return fallback, err
	}
	s, err := toText(vm, v)
	if err != nil {
		return "", err
	}
	if slices.Contains(allowed, s) {
		return s, nil
	}
	return "", rangeError("the option " + name + " has no such value")
}
