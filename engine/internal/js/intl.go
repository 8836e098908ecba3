package js

import (
	"embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

// localeFiles are what Intl says of each locale: intl/generate.mjs writes them.
//
//go:embed intl/*.json
var localeFiles embed.FS

// locale is the data of one locale.
type locale struct {
	name   string
	Number numberLocale
	Date   dateLocale
}

// numberLocale says how numbers are written. In patterns {n} stands for the number
// and {c} for the currency.
type numberLocale struct {
	Decimal, Group, Minus, Plus, NaN, Percent, Exponent string
	// First is the size of the group next to the point, Rest that of the others;
	// Least is how many digits must be before the first of them.
	First, Rest, Least                       int
	Money, MoneyMinus, Accounting, MoneyName string
	// MoneyGroup and MoneyDecimal are Group and Decimal of amounts.
	MoneyGroup, MoneyDecimal string
	Symbols, Narrow          map[string]string
	Names                    map[string][]string
	Short, Long              []compactForm
}

// compactForm is how 10^i is written in short: with so many zeros, and in the
// pattern of one and of two.
type compactForm struct {
	zeros    int
	one, two string
}

// UnmarshalJSON reads [zeros, one, two].
func (c *compactForm) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, &[]any{&c.zeros, &c.one, &c.two})
}

// dateLocale says how dates are written: names by their token, patterns by what
// was asked for (days: weekday, year, month, day; clocks: twelve hours, hour,
// minute, second; styles: of the date, of the time).
type dateLocale struct {
	Names                map[string][]string
	Days, Clocks, Styles map[string]string
	Glue, UTC            []string
	Twelve               bool
	Decimal              string
}

// localeNames are the locales in the order in which they are preferred: the first
// of a language stands for it.
var localeNames = strings.Fields(`en-US en-GB en-AU en-CA en-IN en-NZ en-IE en-ZA de-DE de-AT de-CH fr-FR fr-CA fr-CH fr-BE es-ES es-MX
	es-US es-AR it-IT it-CH pt-BR pt-PT nl-NL nl-BE sv-SE da-DK nb-NO fi-FI pl-PL cs-CZ sk-SK hu-HU ro-RO bg-BG el-GR ru-RU uk-UA
	tr-TR he-IL hi-IN id-ID vi-VN ja-JP ko-KR zh-CN zh-TW`)

// locales :: name -> func() *locale
var locales sync.Map

// localeFor returns the data of a locale: that of the language where its region is
// not known, and English of the US where the language is not.
func localeFor(tag language.Tag) *locale {
	base, script, region := tag.Raw()
	name := base.String() + "-" + region.String()
	if slices.Contains(localeNames, name) {
		return localeNamed(name)
	}
	switch {
	case name == "zh-HK" || name == "zh-MO" || base.String() == "zh" && script.String() == "Hant":
		return localeNamed("zh-TW")
	case base.String() == "no":
		return localeNamed("nb-NO")
	}
	for _, name := range localeNames {
		if strings.HasPrefix(name, base.String()+"-") {
			return localeNamed(name)
		}
	}
	return localeNamed("en-US")
}

func localeNamed(name string) *locale {
	load, ok := locales.Load(name)
	if !ok {
		load, _ = locales.LoadOrStore(name, sync.OnceValue(func() *locale {
			l := &locale{name: name}
			data, err := localeFiles.ReadFile("intl/" + name + ".json")
			if err == nil {
				err = json.Unmarshal(data, l)
			}
			if err != nil {
				// The files are part of the program: a test reads them all.
				panic(err)
			}
			return l
		}))
	}
	return load.(func() *locale)()
}

// addIntl adds Intl.
func addIntl() {
	getters[kindNumberFormat], getters[kindDateFormat] = numberFormatGetters, dateFormatGetters
	o := &Object{class: kindObject, frozen: true, hidden: true}
	o.fill([]field{
		{"NumberFormat", function(newClass("NumberFormat", 0, kindNumberFormat, makeNumberFormat, makeNumberFormat, nil, nil))},
		{"DateTimeFormat", function(newClass("DateTimeFormat", 0, kindDateFormat, makeDateFormat, makeDateFormat, nil, nil))},
	})
	globals["Intl"] = object(o)
}

// boundFormat is the accessor format of both kinds: a function that stands alone.
func boundFormat(format func(vm *machine, o *Object, v Value) (Value, error)) getter {
	return func(vm *machine, o *Object) (Value, error) {
		return vm.newClosure("", 1, func(vm *machine, _ Value, args []Value) (Value, error) {
			seen := vm.seen
			vm.seen = o.tainted
			v, err := format(vm, o, argument(args, 0))
			v.tainted, vm.seen = v.tainted || vm.seen, seen
			return v, err
		})
	}
}

// plainObject returns an object of fields, for resolvedOptions.
func (vm *machine) plainObject(fields []field) (Value, error) {
	o, err := vm.newObject(len(fields))
	if err != nil {
		return undefined, err
	}
	for _, f := range fields {
		if f.value.kind != kindUndefined {
			o.fields = append(o.fields, f)
		}
	}
	return vm.fresh(o), nil
}
