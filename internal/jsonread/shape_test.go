package jsonread_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/internal/jsonread"
)

var plain = jsonread.Decoder{}

// FuzzShape: what a shape reads of a record is what the decoder reads; where the
// decoder refuses the record, the shape does.
func FuzzShape(f *testing.F) {
	for _, record := range []string{
		`{"id":"1","vars":{"a":"x","b":12,"c":{"d":true}}}`, `{"id":"\n","vars":{"a":"\u00e9","b":-0,"c":{"d":null}}}`,
		`{"id":"1", "vars":{}}`, `{"a":[1]}`, `{"a":"é"}`, "{\"a\":\"\xff\"}", `{"a":"\ud800"}`, `{"a":1.5}`, `{"a":01}`, `{"a":"x"`,
		`{"a":123456789012345678901234567890}`, `{"a":"x","a":"y"}`, `{"\u0061":"x"}`, "{\"a\":\"\x01\"}", `{"a":truex}`,
	} {
		f.Add(`{"id":"1","vars":{"a":"x","b":12,"c":{"d":true}}}`, record)
		f.Add(record, record+"\n"+record)
	}
	f.Fuzz(func(t *testing.T, first, src string) {
		if _, err := plain.DecodeMap(first); err != nil {
			return
		}
		shape := jsonread.ShapeOf(first)
		if shape == nil {
			return
		}
		cells := make([]jsonread.Cell, len(shape.Paths()))
		n := shape.Read(src, cells)
		if n == 0 {
			return
		}
		values, err := plain.DecodeMap(src[:n])
		require.NoError(t, err)
		require.Equal(t, len(cells), leaves(values))
		for i, path := range shape.Paths() {
			var value any = values
			for _, name := range path {
				value = value.(map[string]any)[name]
			}
			require.Equal(t, value, valueOf(t, &cells[i]), path)
		}
	})
}

func leaves(value any) int {
	object, ok := value.(map[string]any)
	if !ok {
		return 1
	}
	n := 0
	for _, member := range object {
		n += leaves(member)
	}
	return n
}

// valueOf is what a decoder makes of c.
func valueOf(t *testing.T, c *jsonread.Cell) any {
	switch {
	case c.Kind == jsonread.Null:
		return nil
	case c.Kind == jsonread.Bare && (c.Literal == "true" || c.Literal == "false"):
		return c.Literal == "true"
	case c.Kind == jsonread.Bare:
		n, err := strconv.ParseInt(c.Literal, 10, 64)
		require.NoError(t, err)
		return n
	case c.Kind == jsonread.Text:
		require.NotContains(t, c.Literal, `\`)
	case !c.Lavish():
		// Its escapes are those that JSON would be written with.
		var text strings.Builder
		enc := json.NewEncoder(&text)
		enc.SetEscapeHTML(false)
		require.NoError(t, enc.Encode(string(c.AppendText(nil))))
		if !strings.Contains(text.String(), `\u20`) { // the encoder's own fear of U+2028
			require.Equal(t, `"`+c.Literal+`"`, strings.TrimSpace(text.String()))
		}
	}
	return string(c.AppendText(nil))
}

func TestShapeKnowsItsRecords(t *testing.T) {
	shape := jsonread.ShapeOf(` {"id": "1", "vars": {"a": "x", "b": {"c": 1}}}`)
	require.Equal(t, [][]string{{"id"}, {"vars", "a"}, {"vars", "b", "c"}}, shape.Paths())
	cells := make([]jsonread.Cell, 3)
	for _, c := range []struct {
		name, src string
		fits      bool
	}{
		{"the same", ` {"id": "2", "vars": {"a": "", "b": {"c": null}}}`, true},
		{"another behind it", ` {"id": "2", "vars": {"a": "", "b": {"c": false}}}{`, true},
		{"other space", `{"id": "2", "vars": {"a": "", "b": {"c": 1}}}`, false},
		{"another name", ` {"id": "2", "vars": {"z": "", "b": {"c": 1}}}`, false},
		{"one more", ` {"id": "2", "vars": {"a": "", "b": {"c": 1, "d": 2}}}`, false},
		{"a list", ` {"id": "2", "vars": {"a": "", "b": {"c": [1]}}}`, false},
		{"cut", ` {"id": "2", "vars": {"a": "", "b": {"c": 1`, false},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.fits, shape.Read(c.src, cells) > 0) })
	}
	require.Nil(t, jsonread.ShapeOf(`{"a":[]}`))
	require.Nil(t, jsonread.ShapeOf(`{"a":{}}`))
	require.Nil(t, jsonread.ShapeOf(`{"\u0061":1}`))
}

func TestShapeTakesNoMemory(t *testing.T) {
	src := `{"id":"1","vars":{"a":"some text","b":12,"c":"two\nlines é"}}`
	shape := jsonread.ShapeOf(src)
	cells := make([]jsonread.Cell, 4)
	require.Zero(t, testing.AllocsPerRun(100, func() { shape.Read(src, cells) }))
}
