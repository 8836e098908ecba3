package engine_test

import (
	"encoding/json"
	"io/fs"
	"math/big"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
)

// order is a drop.
type order struct {
	ID       int    `json:"id"`
	Customer *buyer `json:"customer"`
	Lines    []line
	Total    float64
	hidden   string
}

type buyer struct {
	FirstName string
	Joined    time.Time
	Notes     map[string]string
}

type line struct {
	SKU string `liquid:"code"`
	Qty uint8
}

func TestDrops(t *testing.T) {
	o := order{
		ID: 7, Total: 12.5, hidden: "h",
		Customer: &buyer{FirstName: "Ann", Joined: time.Date(2024, 2, 29, 8, 5, 0, 0, time.UTC), Notes: map[string]string{"a": "x"}},
		Lines:    []line{{"A1", 2}, {"B2", 1}},
	}
	for _, c := range []struct{ template, want string }{
		{"{{ o.id }} {{ o.customer.first_name }} {{ o.customer.FirstName }} {{ o.total }}", "7 Ann Ann 12.5"},
		{"{% for l in o.lines %}{{ l.code }}x{{ l.qty }} {% endfor %}{{ o.Lines.size }}", "A1x2 B2x1 2"},
		{"{{ o.hidden }}{{ o.nope }}{{ o.customer.notes.a }}", "x"},
		{"{{ o.customer.joined | date: '%Y-%m-%d %-H:%M' }} {{ o.customer.joined }}", "2024-02-29 8:05 2024-02-29 08:05:00 +0000"},
		{"{{ o.lines | map: 'code' | join: ',' }} {{ o.lines | sum: 'qty' }}", "A1,B2 3"},
		{"{{ o.lines | json }}", `[{"code":"A1","qty":2},{"code":"B2","qty":1}]`},
		{"{{ nobody.first_name }}{{ nobody }}", ""},
		{"{{ duration }} {{ bytes }} {{ huge | plus: 1 }}", "1h0m0s raw 123456789012345678901234567891"},
	} {
		t.Run(c.template, func(t *testing.T) {
			huge, _ := new(big.Int).SetString("123456789012345678901234567890", 10)
			got, err := rendered(c.template, engine.TemplateOptions{}, &engine.Request{Vars: map[string]any{
				"o": o, "nobody": (*buyer)(nil), "duration": time.Hour, "bytes": []byte("raw"), "huge": huge,
			}})
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ template, want string }{
		{"{{ n }} {{ n | plus: 1 }}", "9007199254740993 9007199254740994"},
		{"{{ big }} {{ big | times: 10 | minus: 1 }}", "123456789012345678901234567890 1234567890123456789012345678899"},
		{"{{ money }} {{ money | plus: 0.1 }}", "1.10 1.2"},
		{"{{ 9223372036854775807 | plus: 1 }} {{ -9223372036854775807 | minus: 2 }}", "9223372036854775808 -9223372036854775809"},
		{"{{ 3037000500 | times: 3037000500 }}", "9223372037000250000"},
		{"{{ -7 | divided_by: 2 }} {{ -7 | modulo: 3 }} {{ 7.5 | modulo: 2 }}", "-4 2 1.5"},
		{"{{ 0.1 | plus: 0.2 }} {{ large }} {{ tiny }}", "0.3 1.0e+20 1.0e-05"},
		{"{{ 25 | round: -1 }} {{ -2.5 | round }} {{ 2.345 | round: 2 }}", "30 -3 2.35"},
		{"{{ '12abc' | plus: 1 }} {{ ' 7 ' | times: 2 }} {{ true | plus: 1 }}", "13 14 1"},
		{"{% if 1 == 1.0 and big > n %}yes{% endif %}", "yes"},
		{"{{ whole }} {{ whole | divided_by: 2 }}", "5 2"},
	} {
		t.Run(c.template, func(t *testing.T) {
			got, err := rendered(c.template, engine.TemplateOptions{}, &engine.Request{Vars: map[string]any{
				"n": json.Number("9007199254740993"), "big": json.Number("123456789012345678901234567890"), "money": json.Number("1.10"),
				"tiny": 0.00001, "large": json.Number("1e20"), "whole": 5.0,
			}})
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestDates(t *testing.T) {
	now := time.Date(2024, 2, 29, 13, 4, 5, 678_000_000, time.UTC)
	for _, c := range []struct{ template, want string }{
		{"{{ 'now' | date: '%Y-%m-%dT%H:%M:%S.%L%z' }}", "2024-02-29T13:04:05.678+0000"},
		{"{{ 'today' | date: '%A %a %-d %e %B %^b %j %U %W %V %G %u %w' }}", "Thursday Thu 29 29 February FEB 060 08 09 09 2024 4 4"},
		{"{{ 'now' | date: '%I:%M %p %l %P %s %% %q %10Y|%-m|%_m|%03d' }}", "01:04 PM  1 pm 1709211845 % %q 0000002024|2| 2|029"},
		{"{{ 'now' | date: '%c | %D | %F | %T | %R | %r | %v | %x %X' }}", "Thu Feb 29 13:04:05 2024 | 02/29/24 | 2024-02-29 | 13:04:05 | 13:04 | 01:04:05 PM | 29-FEB-2024 | 02/29/24 13:04:05"},
		{"{{ '2016-03-14T15:09:26+02:00' | date: '%Y-%m-%d %H:%M:%S %z %:z' }}", "2016-03-14 15:09:26 +0200 +02:00"},
		{"{{ 'Mon, 14 Mar 2016 15:09:26 GMT' | date: '%F %T' }}", "2016-03-14 15:09:26"},
		{"{{ '14 March 2016 3:09pm' | date: '%F %R' }} {{ 'Mar 14 2016' | date: '%F' }}", "2016-03-14 15:09 2016-03-14"},
		{"{{ '2016/3/4' | date: '%F' }} {{ '20160304T050607Z' | date: '%F %T' }} {{ '10:30' | date: '%F %R' }}", "2016-03-04 2016-03-04 05:06:07 10:30"},
		{"{{ 0 | date: '%F' }} {{ '1152098955' | date: '%Y' }} {{ 1.5 | date: '%F' }}", "1970-01-01 2006 1.5"},
		{"{{ 'not a date' | date: '%F' }} {{ '2016-02-31' | date: '%F' }} {{ '' | date: '%F' }}", "not a date 2016-02-31 "},
	} {
		t.Run(c.template, func(t *testing.T) {
			got, err := rendered(c.template, engine.TemplateOptions{}, &engine.Request{Now: func() time.Time { return now }})
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestSyntaxes(t *testing.T) {
	for _, c := range []struct {
		syntax         macros.Syntax
		template, want string
	}{
		{macros.Macros, "{{ keep }} {% this %} <<Secrets.weather_fx>> <<name>>", "{{ keep }} {% this %} " + token + " Ann"},
		{macros.Bare, "Bearer secrets.weather_fx, see my.secrets.weather_fx /secrets.weather_fx", "Bearer " + token + ", see my.secrets.weather_fx /secrets.weather_fx"},
		{macros.Liquid, "see secrets.weather_fx", "see secrets.weather_fx"},
	} {
		t.Run(c.template, func(t *testing.T) {
			got, err := rendered(c.template, engine.TemplateOptions{Syntax: c.syntax}, &engine.Request{Secrets: newVault(t), Vars: map[string]any{"name": "Ann"}})
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestPartials(t *testing.T) {
	files := engine.PartialFS{Suffix: ".liquid", FS: fstest.MapFS{
		"mail/foot.liquid": {Data: []byte("-- {{ foot }}{{ from }} {{ global }}")},
		"secret.liquid":    {Data: []byte("{{ secrets.weather_fx }}")},
		"broken.liquid":    {Data: []byte("a\n{{ x | nosuch }}")},
		"late.liquid":      {Data: []byte("{{ secrets.weather_fx }}{{ x }}")},
		"scope.liquid":     {Data: []byte("{% assign made = 'here' %}{{ x }}")},
		"self.liquid":      {Data: []byte("{% if n < 3 %}{{ n }}{% assign n = n | plus: 1 %}{% render 'self', n: n %}{% endif %}")},
		"gone.liquid":      {Data: []byte("{{ secrets.gone }}")},
	}}
	for _, c := range []struct{ template, want string }{
		{"{% render 'mail/foot', from: 'Ann' %}", "-- Ann "},
		{"{% render 'mail/foot' with 'Bob' %}", "-- Bob "},
		{"{% include 'mail/foot', from: 'Ann' %}", "-- Ann world"},
		{"{% render 'secret' %}", token},
		{"{% render 'scope', x: 1 %}{{ made }}{% include 'scope', x: 2 %}{{ made }}", "12here"},
		{"{% render 'self', n: 0 %}", "012"},
		{"{% assign p = 'scope' %}{% include p, x: 3 %}{{ made }}", "3here"},
	} {
		t.Run(c.template, func(t *testing.T) {
			got, err := rendered(c.template, engine.TemplateOptions{Partials: files}, &engine.Request{Secrets: newVault(t), Vars: map[string]any{"global": "world"}})
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
	for _, c := range []struct{ template, want string }{
		{"{% render 'nope' %}", "1:1: there is no partial \"nope\": create it or correct the name"},
		{"\n{% render 'broken' %}", "2:8: in partial \"broken\": there is no filter `nosuch`"},
		{"{% assign p = 'late' %}{% include p %}", "in the partial that rendering chose: secret \"weather_fx\" stands in a partial that only rendering chooses"},
		{"{% render 'gone' %}", `1:4: in partial "gone": secret "gone" does not exist`},
	} {
		t.Run(c.template, func(t *testing.T) {
			_, err := rendered(c.template, engine.TemplateOptions{Partials: files}, &engine.Request{Secrets: newVault(t)})
			require.ErrorContains(t, err, c.want)
		})
	}
}

// asked are partials that do not exist, and the names that were asked for.
type asked struct{ names []string }

func (a *asked) Partial(name string) (string, error) {
	a.names = append(a.names, name)
	return "", fs.ErrNotExist
}

// TestNoSecretNamesAPartial asks whoever keeps the partials for none whose name
// is made of a secret.
func TestNoSecretNamesAPartial(t *testing.T) {
	for _, template := range []string{
		"{% include secrets.weather_fx %}", "{% assign p = secrets.weather_fx | downcase %}{% include p %}",
		"{% capture p %}mail/{{ secrets.weather_fx }}{% endcapture %}{% include p %}",
	} {
		t.Run(template, func(t *testing.T) {
			var partials asked
			_, err := rendered(template, engine.TemplateOptions{Partials: &partials}, &engine.Request{Secrets: newVault(t)})
			require.ErrorContains(t, err, "the partial's name depends on a secret", template)
			require.Empty(t, partials.names, template)
		})
	}
}

func TestStrictVariables(t *testing.T) {
	strict := &engine.Request{Strict: true, Vars: map[string]any{"user": map[string]any{"name": "Ann"}, "list": []any{1}}}
	_, err := rendered("{{ a }} {{ user.name }}\n {{ user.mail }} {% if b %}{% endif %}{{ list[3] | upcase }}{{ a }}", engine.TemplateOptions{}, strict)
	var e *engine.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, engine.VariableMissing, e.Code)
	places := []string{}
	for _, d := range e.Details {
		places = append(places, macros.Place{Line: d.Line, Column: d.Column}.String())
	}
	require.Equal(t, []string{"1:4", "2:5", "2:24", "2:42", "2:64"}, places, "%s", err)
	got, err := rendered("{{ a | default: 'x' }}{{ user.name }}{% assign z = 1 %}{{ z }}{% for i in list %}{{ forloop.index }}{% endfor %}", engine.TemplateOptions{}, strict)
	require.NoError(t, err)
	require.Equal(t, "xAnn11", got)
}

func TestUnknownFilterSuggestsOne(t *testing.T) {
	_, err := engine.Compile("ok\n{{ a | upcas }}{{ b | zzzzzzz }}", engine.TemplateOptions{})
	require.EqualError(t, err, "2:8: there is no filter `upcas`: did you mean `upcase`?\n2:23: there is no filter `zzzzzzz`: see the list of filters")
}

func TestTemplateFacts(t *testing.T) {
	compiled, err := engine.Compile("{{ user.name }}{% assign x = y %}{{ x }}{{ secrets.B }}{{ secrets.a }}{% for i in items %}{{ i }}{{ z }}{% endfor %}", engine.TemplateOptions{})
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, compiled.Aliases())
	require.Equal(t, []string{"items", "user", "y", "z"}, compiled.Variables())
	require.Len(t, compiled.References(), 2)
	require.Equal(t, "B", compiled.References()[0].Display)
}

// TestBeyondTheSuite has what Liquid does at its edges.
func TestBeyondTheSuite(t *testing.T) {
	for _, c := range []struct{ template, want string }{
		{"{% tablerow i in nosuch %}{{ i }}{% endtablerow %}", ""},
		{"{% tablerow i in empty_list %}{{ i }}{% endtablerow %}", "<tr class=\"row1\">\n</tr>\n"},
		{"{% tablerow i in (1..2) cols: nosuch %}{{ tablerowloop.col_last }}{% endtablerow %}", "<tr class=\"row1\">\n<td class=\"col1\">false</td><td class=\"col2\">false</td></tr>\n"},
		{"{% tablerow i in (1..2) %}{{ tablerowloop.col_last }}{% endtablerow %}", "<tr class=\"row1\">\n<td class=\"col1\">false</td><td class=\"col2\">true</td></tr>\n"},
		{"{% for i in (1..6) limit: 2, offset: 3 reversed %}{{ i }}{% endfor %}", "54"},
		{"{{ 'Liquid' | slice: 1, 99999999999999999999 }}{{ 'Liquid' | slice: -99999999999999999999 }}", "iquid"},
		{"{{ 'Liquid' | truncate: 99999999999999999999 }}", "Liquid"},
		{"{{ '%zz%41+' | url_decode }}", "%zzA "},
		{"{{ '/-_8' | base64_url_safe_decode | sha256 | size }}", "64"},
		{"{{ hash }} {{ nested }} {{ nested | upcase }}", `{"a"=>1, "b"=>[nil, "x"]} ab1 ["A", ["B", 1]]`},
		{"{{ list['size'] }}{{ list.size }}{{ list['first'] }}{{ list.first }}", "2b"},
		{"{% if (1..3) contains 2 and hash contains 'a' %}yes{% endif %}", "yes"},
		{"{% if list < 2 or nosuch < 2 or true < 2 %}yes{% else %}no{% endif %}", "no"},
		{"{% if '  ' == blank and '' == empty and 0 != blank %}yes{% endif %}", "yes"},
		{"{{ list | sort | join }} {{ mixed | sort_natural | join: ' ' }}", "a b 1 10 b C"},
		{"{{ list | where: 'a' | join }} {{ hash | where: 'a', 1 | map: 'a' | join }}", "a 1"},
		{"{% break %}never", ""},
		{"{{ forloop.index }}{% for i in (1..2) %}{% for j in (1..2) %}{% if j == 2 %}{% continue %}{% endif %}{{ forloop.parentloop.index }}{% endfor %}{% endfor %}", "12"},
		{"{% increment n %}{% increment n %}{% decrement n %}{{ n }}", "0111"},
		{"{% increment given %}{{ given }}", "56"},
		{"{% assign x = 'a' %}{% for x in (1..2) %}{% assign x = 'b' %}{{ x }}{% endfor %}{{ x }}", "12b"},
		{"{{ 3 | at_most: 2.5 }} {{ '3.7' | floor }} {{ 4.0 | round }} {{ -1.5 | ceil }}", "2.5 3 4 -1"},
		{"{{ 'a.b.c' | replace_last: '.', '-' }} {{ 'ab' | replace: '', '-' }} {{ 'x' | remove: nosuch }}", "a.b-c -a-b- x"},
	} {
		t.Run(c.template, func(t *testing.T) {
			got, err := rendered(c.template, engine.TemplateOptions{}, &engine.Request{Vars: map[string]any{
				"empty_list": []any{}, "hash": map[string]any{"b": []any{nil, "x"}, "a": 1}, "nested": []any{"a", []any{"b", 1}},
				"list": []any{"b", "a"}, "mixed": []any{"C", 10, "b", 1}, "given": 5,
			}})
			if c.want == "" && err != nil {
				var e *engine.Error
				require.ErrorAs(t, err, &e)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}
