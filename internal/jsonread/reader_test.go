package jsonread_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/internal/jsonread"
	"github.com/sotto-render/sotto/macros"
)

// decoder is shared, so that texts meet what earlier tests left.
var decoder jsonread.Decoder

type request struct {
	Name  string
	Vars  map[string]any
	Names []string
	Whole bool
	Inner map[string]*inner
	Raw   string
}

type inner struct{ Text string }

func (q *inner) Field(name string, r *jsonread.Reader) bool {
	if name != "text" {
		return false
	}
	q.Text = r.Repeated()
	return true
}

func (q *request) Field(name string, r *jsonread.Reader) bool {
	switch name {
	case "name":
		q.Name = r.String()
	case "vars":
		q.Vars = r.Map()
	case "names":
		q.Names = r.Strings()
	case "whole":
		q.Whole = r.Bool()
	case "raw":
		q.Raw = r.Raw()
	case "inner":
		q.Inner = map[string]*inner{}
		r.Each(func(name string) {
			p := new(inner)
			r.Object(p)
			q.Inner[name] = p
		})
	default:
		return false
	}
	return true
}

func TestDecode(t *testing.T) {
	var q request
	err := decoder.Decode(` { "name" : "a\"b\u00e9\ud83d\ude00\n" , "whole":true,"names":["x","y"],
		"raw": {"k": [1, 2]}, "inner":{"a":{"text":"t"},"b":{}},
		"vars":{"i":9007199254740993,"big":18446744073709551616,"f":1.50,"e":1e3,"z":-0,"n":null,"l":[],"o":{},"t":false}} `, &q)
	require.NoError(t, err)
	require.Equal(t, request{
		Name: "a\"bé😀\n", Whole: true, Names: []string{"x", "y"}, Raw: `{"k": [1, 2]}`,
		Inner: map[string]*inner{"a": {Text: "t"}, "b": {}},
		Vars: map[string]any{
			"i": int64(9007199254740993), "big": json.Number("18446744073709551616"), "f": json.Number("1.50"),
			"e": json.Number("1e3"), "z": int64(0), "n": nil, "l": []any{}, "o": map[string]any{}, "t": false,
		},
	}, q)
}

func TestNullIsAbsent(t *testing.T) {
	var q request
	require.NoError(t, decoder.Decode(`{"name":null,"vars":null,"names":null,"whole":null,"inner":null}`, &q))
	require.Nil(t, q.Vars)
	require.Nil(t, q.Names)
	require.NoError(t, decoder.Decode(`{"names":[]}`, &q))
	require.NotNil(t, q.Names)
}

func TestMistakes(t *testing.T) {
	const secret = "tok-4f9a8b2c7d"
	tests := []struct{ name, body, want string }{
		{"empty", "", "1:1: the body must be one JSON object"},
		{"a list", "[]", "1:1: the body must be one JSON object"},
		{"ends early", `{"name":"` + secret, "1:24: the JSON ends too early"},
		{"ends in an escape", `{"name":"` + secret + `\`, "1:25: the JSON ends too early"},
		{"trailing", `{"name":"a"} ` + secret, "1:14: the JSON object has ended; nothing may follow it"},
		{"two objects", `{"name":"a"}{}`, "1:13: the JSON object has ended; nothing may follow it"},
		{"unknown field", "{\n \"nam\":1}", `2:2: field "nam" is unknown here: remove it or correct its name`},
		{"unknown field that may be a value", `{"` + secret + `":1}`, "1:2: a field is unknown here: remove it or correct its name"},
		{"unknown inner field", `{"inner":{"a":{"x":1}}}`, `1:16: field "x" is unknown here: remove it or correct its name`},
		{"twice", `{"name":"a","name":"b"}`, `1:13: field "name" stands twice in one object: keep one`},
		{"twice in vars", `{"vars":{"a":1,"b":{"c":1,"c":2}}}`, "1:27: a name stands twice in one object: keep one"},
		{"twice by an escape", `{"vars":{"a":1,"\u0061":2}}`, "1:16: a name stands twice in one object: keep one"},
		{"wrong type", `{"name":17}`, `1:9: field "name" must be a string`},
		{"wrong type of vars", `{"vars":"` + secret + `"}`, `1:9: field "vars" must be an object`},
		{"wrong type in a list", `{"names":["a",1]}`, `1:15: field "names" must be a list of strings`},
		{"wrong bool", `{"whole":"true"}`, `1:10: field "whole" must be true or false`},
		{"comma at the end", `{"name":"a",}`, "1:13: the JSON is broken here"},
		{"no colon", `{"name" "a"}`, "1:9: the JSON is broken here"},
		{"bare word", `{"name":x-` + secret + `}`, "1:9: the JSON is broken here"},
		{"leading zero", `{"vars":{"n":01}}`, "1:15: the JSON is broken here"},
		{"no fraction", `{"vars":{"n":1.}}`, "1:16: the JSON is broken here"},
		{"no exponent", `{"vars":{"n":1e}}`, "1:16: the JSON is broken here"},
		{"NaN", `{"vars":{"n":NaN}}`, "1:14: the JSON is broken here"},
		{"control character", "{\"name\":\"a\nb\"}", "1:11: a control character in a string must be escaped"},
		{"bad escape", `{"name":"a\x"}`, "1:11: there is no such escape in JSON"},
		{"bad hex", `{"name":"\u12G4"}`, `1:10: \u needs four hexadecimal digits`},
		{"lone surrogate", `{"name":"\ud83d!"}`, "1:10: half of a surrogate pair is no character"},
		{"wrong half", `{"name":"\ud83d\ud83d"}`, "1:10: half of a surrogate pair is no character"},
		{"not UTF-8", "{\"name\":\"é\xff\"}", "1:11: the body is not UTF-8: JSON is text in UTF-8"},
		{"byte order mark", "\ufeff{}", "1:1: the body must be one JSON object"},
		{"too deep", `{"vars":{"a":` + strings.Repeat("[", 200), "1:112: objects and lists nest deeper than 100 levels"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := decoder.Decode(test.body, new(request))
			require.EqualError(t, err, test.want)
			require.NotContains(t, err.Error(), secret)
		})
	}
}

func TestRepeatedTextsAreReadAlike(t *testing.T) {
	for _, test := range []struct{ name, literal, text, mistake string }{
		{"empty", `""`, "", ""},
		{"null", `null`, "", ""},
		{"no escape", `"plain"`, "plain", ""},
		{"escapes", `"a\n\u00e9\"b\\"`, "a\né\"b\\", ""},
		{"escapes, another", `"a\n\u00e9\"b\\\\"`, "a\né\"b\\\\", ""},
		{"too long to keep", `"` + strings.Repeat(`\n`, 20<<10) + `"`, strings.Repeat("\n", 20<<10), ""},
		{"bad escape", `"\q"`, "", "there is no such escape"},
		{"control character", `"\n` + "\n" + `"`, "", "control character"},
		{"ends in an escape", `"\"`, "", "ends too early"},
		{"a number", `5`, "", "must be a string"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for range 2 {
				var q inner
				err := decoder.Decode(`{"text":`+test.literal+`}`, &q)
				if test.mistake != "" {
					require.ErrorContains(t, err, test.mistake)
					continue
				}
				require.NoError(t, err)
				require.Equal(t, test.text, q.Text)
			}
		})
	}
}

type members struct {
	names  []string
	values map[string]any
}

func (m *members) Len() int { return len(m.names) }

func (m *members) Set(name string, value any) {
	if _, ok := m.values[name]; !ok {
		m.names = append(m.names, name)
	}
	m.values[name] = value
}

func TestOptions(t *testing.T) {
	d := jsonread.Decoder{
		Subject: "the flow", MaxDepth: 3, Verbatim: true,
		NewObject: func() jsonread.Object { return &members{values: map[string]any{}} },
	}
	values, err := d.DecodeMap(`{"n":1,"o":{"z":-0,"a":{}}}`)
	require.NoError(t, err)
	require.Equal(t, map[string]any{
		"n": json.Number("1"),
		"o": &members{[]string{"z", "a"}, map[string]any{"z": json.Number("-0"), "a": &members{nil, map[string]any{}}}},
	}, values)

	_, err = d.DecodeMap(`{"a":1,"o":{"a":{"b":{}}}}`)
	require.EqualError(t, err, "1:22: objects and lists nest deeper than 3 levels")
	_, err = d.DecodeMap(`{"o":{"a":1,"b":2,"a":3}}`)
	require.EqualError(t, err, "1:19: a name stands twice in one object: keep one")
	_, err = d.DecodeMap(`[]`)
	require.EqualError(t, err, "1:1: the flow must be one JSON object")
	empty, err := d.DecodeMap(` {} `)
	require.NoError(t, err)
	require.NotNil(t, empty)
}

// FuzzDecode holds the reader against encoding/json: what one takes, the other
// takes, with the same values, but for what the reader refuses on purpose.
func FuzzDecode(f *testing.F) {
	f.Add(`{"vars":{"a":[1,2.5,-0,1e9,"x\u00e9",null,true,{"b":{}}]}}`)
	f.Add(`{"vars":{"a":"\ud83d\ude00\/"}} `)
	f.Add(`{"vars":{"a":1,"a":2}}`)
	f.Add(`{"inner":{"a":{"text":"\u00e9\\"},"b":{"text":"\\\""}}}`)
	f.Fuzz(func(t *testing.T, body string) {
		var q, again request
		err := decoder.Decode(body, &q)
		require.Equal(t, err, decoder.Decode(body, &again))
		require.Equal(t, q.Inner, again.Inner)
		var judge struct {
			Name  *string
			Vars  map[string]any
			Names []string
			Whole *bool
			Inner map[string]*inner
			Raw   any
		}
		dec := json.NewDecoder(strings.NewReader(body))
		dec.UseNumber()
		judged := dec.Decode(&judge)
		if err != nil {
			return
		}
		require.NoError(t, judged)
		want, _ := json.Marshal(judge.Vars)
		got, merr := json.Marshal(q.Vars)
		require.NoError(t, merr)
		if !strings.Contains(body, "-0") { // an int64 has no negative zero
			require.Equal(t, string(want), string(got))
		}
		require.Equal(t, judge.Names, q.Names)
		for name, from := range q.Inner {
			require.Equal(t, judge.Inner[name].Text, from.Text)
		}
		if judge.Name != nil {
			require.Equal(t, *judge.Name, q.Name)
		}
	})
}

// FuzzAccepts is the other direction: whatever encoding/json writes is read.
func FuzzAccepts(f *testing.F) {
	f.Add("key", "text <>&\u2028\x00", int64(-5), 1.5)
	f.Fuzz(func(t *testing.T, key, value string, n int64, x float64) {
		vars := map[string]any{key: value, key + "n": n, key + "l": []any{x, value, map[string]any{"k": key}}}
		var body bytes.Buffer
		if json.NewEncoder(&body).Encode(map[string]any{"vars": vars}) != nil {
			return // a float that JSON has no word for
		}
		var q request
		require.NoError(t, decoder.Decode(body.String(), &q))
		want, _ := json.Marshal(vars)
		got, _ := json.Marshal(q.Vars)
		require.JSONEq(t, string(want), string(got))
	})
}

func TestPlaceCountsCodePoints(t *testing.T) {
	err := decoder.Decode("{\"vars\":{\"é\":\"世界\"},\n\"name\":}", new(request))
	var mistake *jsonread.Error
	require.ErrorAs(t, err, &mistake)
	require.Equal(t, macros.Place{Line: 2, Column: 8}, mistake.Place)
}
