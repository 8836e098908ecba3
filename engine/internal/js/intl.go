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

// foreign are the languages that have data of their own in CLDR and none here. A locale
// of any other language is written like the default, as ECMA-402 has it (9.2.7).
var foreign = nameSet(strings.Fields(`af ak am ar as ast az ba be bm bn bo br bs ca ce ceb ckb cs cv cy dz ee en eo et eu fa ff fil fo fur fy ga gd gl gn gsw
	gu gv ha haw hr hsb hy ia ie ig ii is jv ka kab kk kl km kn kok ks ku kw ky lb lg ln lo lt lu lv mg mi mk ml mn mr ms mt my ne nn nd nds om or os
	pa ps qu rm rn rw sa sah sat sc scn sd se sg si sl smn sn so sq sr st su sw syr ta te tg th ti tk tn to tt ug ur uz wo xh yi yo yrl yue za zgh zu`)...)

var errForeign = rangeError("sotto does not know how this language writes numbers and dates: it knows " +
	"bg, cs, da, de, el, en, es, fi, fr, he, hi, hu, id, it, ja, ko, nb, nl, pl, pt, ro, ru, sk, sv, tr, uk, vi and zh")

// errExtension is the refusal of what a locale may ask for besides, as in de-u-nu-arab.
var errExtension = rangeError("sotto writes numbers and dates with the digits 0 to 9 and the Gregorian calendar: leave `-u-` out of the locale")

// localeFor returns the data of the first locale that is known: that of the language
// where its region is not. Where none is known it is English of the US.
func localeFor(tags []language.Tag) (*locale, error) {
	for _, tag := range tags {
		base, script, region := tag.Raw()
		name := base.String() + "-" + region.String()
		switch {
		case tag.TypeForKey("nu") != "" && tag.TypeForKey("nu") != "latn", tag.TypeForKey("ca") != "" && tag.TypeForKey("ca") != "gregory":
			return nil, errExtension
		case slices.Contains(localeNames, name):
			return localeNamed(name), nil
		case name == "zh-HK" || name == "zh-MO" || base.String() == "zh" && script.String() == "Hant":
			return localeNamed("zh-TW"), nil
		case base.String() == "no":
			return localeNamed("nb-NO"), nil
		}
		for _, name := range localeNames {
			if strings.HasPrefix(name, base.String()+"-") {
				return localeNamed(name), nil
			}
		}
		if foreign[base.String()] {
			return nil, errForeign
		}
	}
	return localeNamed("en-US"), nil
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

// onlyLatin refuses the options that ask for other digits or another calendar.
func (vm *machine) onlyLatin(options Value) error {
	for _, o := range []struct{ name, only, why string }{
		{"numberingSystem", "latn", "sotto writes the digits 0 to 9: the only numberingSystem is latn"},
		{"calendar", "gregory", "sotto has the Gregorian calendar alone: the only calendar is gregory"},
	} {
		v, err := vm.optionValue(options, o.name)
		if err != nil {
			return err
		}
		if v.kind == kindUndefined {
			continue
		}
		s, err := toText(vm, v)
		if err != nil {
			return err
		}
		if s != o.only {
			return rangeError(o.why)
		}
	}
	_, err := vm.option(options, "localeMatcher", []string{"lookup", "best fit"}, "")
	return err
}
