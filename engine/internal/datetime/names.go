package datetime

import (
	"errors"
	"sync"
	"time"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/ar"
	"github.com/go-playground/locales/bg"
	"github.com/go-playground/locales/bn"
	"github.com/go-playground/locales/ca"
	"github.com/go-playground/locales/cs"
	"github.com/go-playground/locales/da"
	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/de_AT"
	"github.com/go-playground/locales/el"
	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/es"
	"github.com/go-playground/locales/et"
	"github.com/go-playground/locales/fa"
	"github.com/go-playground/locales/fi"
	"github.com/go-playground/locales/fr"
	"github.com/go-playground/locales/he"
	"github.com/go-playground/locales/hi"
	"github.com/go-playground/locales/hr"
	"github.com/go-playground/locales/hu"
	"github.com/go-playground/locales/id"
	"github.com/go-playground/locales/it"
	"github.com/go-playground/locales/ja"
	"github.com/go-playground/locales/ko"
	"github.com/go-playground/locales/lt"
	"github.com/go-playground/locales/lv"
	"github.com/go-playground/locales/ms"
	"github.com/go-playground/locales/nb"
	"github.com/go-playground/locales/nl"
	"github.com/go-playground/locales/pl"
	"github.com/go-playground/locales/pt"
	"github.com/go-playground/locales/pt_PT"
	"github.com/go-playground/locales/ro"
	"github.com/go-playground/locales/ru"
	"github.com/go-playground/locales/sk"
	"github.com/go-playground/locales/sl"
	"github.com/go-playground/locales/sr"
	"github.com/go-playground/locales/sv"
	"github.com/go-playground/locales/th"
	"github.com/go-playground/locales/tr"
	"github.com/go-playground/locales/uk"
	"github.com/go-playground/locales/ur"
	"github.com/go-playground/locales/vi"
	"github.com/go-playground/locales/zh"
	"github.com/go-playground/locales/zh_Hant"
	"golang.org/x/text/language"
)

// ErrLocale is the error of [NamesOf].
var ErrLocale = errors.New("there is no such locale, or it has no names of months and days here")

// Names are the names of months and days in a language, as they stand in a date.
// They come from CLDR.
type Names struct{ of locales.Translator }

// languages :: locale -> what makes its names
var languages = map[string]func() locales.Translator{
	"ar":      ar.New,
	"bg":      bg.New,
	"bn":      bn.New,
	"ca":      ca.New,
	"cs":      cs.New,
	"da":      da.New,
	"de":      de.New,
	"de-AT":   de_AT.New,
	"el":      el.New,
	"en":      en.New,
	"es":      es.New,
	"et":      et.New,
	"fa":      fa.New,
	"fi":      fi.New,
	"fr":      fr.New,
	"he":      he.New,
	"hi":      hi.New,
	"hr":      hr.New,
	"hu":      hu.New,
	"id":      id.New,
	"it":      it.New,
	"ja":      ja.New,
	"ko":      ko.New,
	"lt":      lt.New,
	"lv":      lv.New,
	"ms":      ms.New,
	"nb":      nb.New,
	"nl":      nl.New,
	"pl":      pl.New,
	"pt":      pt.New,
	"pt-PT":   pt_PT.New,
	"ro":      ro.New,
	"ru":      ru.New,
	"sk":      sk.New,
	"sl":      sl.New,
	"sr":      sr.New,
	"sv":      sv.New,
	"th":      th.New,
	"tr":      tr.New,
	"uk":      uk.New,
	"ur":      ur.New,
	"vi":      vi.New,
	"zh":      zh.New,
	"zh-Hant": zh_Hant.New,
}

// made :: locale, as above -> its *Names, of those that were asked for
var made sync.Map

// NamesOf returns the names of a BCP 47 locale such as `de` or `pt-PT`: those of
// its region or script where they differ, else those of its language.
func NamesOf(locale string) (*Names, error) {
	tag, err := language.Parse(locale)
	if err != nil {
		return nil, ErrLocale
	}
	base, script, region := tag.Raw()
	likely, _ := tag.Script()
	if base.String() == "no" {
		base = language.MustParseBase("nb")
	}
	for _, name := range []string{
		base.String() + "-" + region.String(), base.String() + "-" + script.String(), base.String() + "-" + likely.String(), base.String(),
	} {
		if known, ok := made.Load(name); ok {
			return known.(*Names), nil
		}
		if make, ok := languages[name]; ok {
			names := &Names{make()}
			made.Store(name, names)
			return names, nil
		}
	}
	return nil, ErrLocale
}

func (n *Names) month(m time.Month, short bool) string {
	switch {
	case n == nil && short:
		return m.String()[:3]
	case n == nil:
		return m.String()
	case short:
		return n.of.MonthAbbreviated(m)
	}
	return n.of.MonthWide(m)
}

func (n *Names) day(d time.Weekday, short bool) string {
	switch {
	case n == nil && short:
		return d.String()[:3]
	case n == nil:
		return d.String()
	case short:
		return n.of.WeekdayAbbreviated(d)
	}
	return n.of.WeekdayWide(d)
}
