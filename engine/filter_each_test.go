package engine_test

import (
	"mime"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
)

// The results are those of LiquidJS 10, but for conditions that are no boolean:
// there Liquid's truth counts.
func TestFiltersOfItems(t *testing.T) {
	vars := map[string]any{
		"items": []any{
			map[string]any{"sku": "a1", "price": 10, "sale": true, "p": map[string]any{"city": "Oslo"}},
			map[string]any{"sku": "b2", "price": 4, "p": map[string]any{"city": "Rom"}},
			map[string]any{"sku": "c3", "price": 7, "sale": true, "p": map[string]any{"city": "Oslo"}},
		},
		"tags": []any{"red", "green", "blue"}, "nested": []any{[]any{1, 2}, []any{3}}, "n": []any{1, 5, 9}, "lim": 4, "name": "red",
	}
	for _, test := range []struct{ name, source, want string }{
		{"comparison", `{{ items | where_exp: 'i', 'i.price > 4' | map: 'sku' | join }}`, "a1 c3"},
		{"text in the other quotes", `{{ items | where_exp: "i", "i.sku == 'b2' or i.price == 7" | map: 'sku' | join }}`, "b2 c3"},
		{"in a macro", `<<items | where_exp: "i", "i.sku == 'b2'" | map: 'sku' | join>>`, "b2"},
		{"truth", `{{ items | where_exp: 'i', 'i.sale' | map: 'sku' | join }}`, "a1 c3"},
		{"reject", `{{ items | reject_exp: 'i', 'i.price > 4' | map: 'sku' | join }}`, "b2"},
		{"find", `{% assign x = items | find_exp: 'i', 'i.price < 8' %}{{ x.sku }}`, "b2"},
		{"find none", `[{{ items | find_exp: 'i', 'i.price < 1' }}]`, "[]"},
		{"place", `{{ items | find_index_exp: 'i', 'i.price < 8' }}[{{ items | find_index_exp: 'i', 'i.price < 0' }}]`, "1[]"},
		{"has", `{{ items | has_exp: 'i', 'i.price == 4' }}{{ items | has_exp: 'i', 'i.price == 5' }}`, "truefalse"},
		{"group", `{{ items | group_by: 'sale' | map: 'items' | map: 'sku' | json }}`, `["a1","c3","b2"]`},
		{"group as JSON", `{{ tags | group_by_exp: 't', 't | size | modulo: 2' | json }}`, `[{"name":1,"items":["red","green"]},{"name":0,"items":["blue"]}]`},
		{"group by a path", `{{ items | group_by: 'p.city' | map: 'name' | join: ',' }}`, "Oslo,Rom"},
		{"a path", `{{ items | where: 'p.city', 'Oslo' | map: 'sku' | join }}`, "a1 c3"},
		{"lists in lists", `{{ nested | where_exp: 'i', 'i.size > 1' | json }}`, "[[1,2]]"},
		{"a variable", `{{ n | where_exp: 'i', 'i > lim' | join: ',' }}`, "5,9"},
		{"nothing", `{{ nosuch | where_exp: 'i', 'i' | size }}{{ nosuch | group_by: 'a' | size }}{{ nosuch | pop | size }}`, "000"},
		{"one", `{{ 'x' | push: 'y' | join }}`, "x y"},
		{"stack", `{{ tags | push: 'x' | join }},{{ tags | unshift: 'x' | join }},{{ tags | pop | join }},{{ tags | shift | join }},{{ tags | join }}`,
			"red green blue x,x red green blue,red green,green blue,red green blue"},
		{"the name ends with the filter", `{% assign t = 'out' %}{{ tags | where_exp: 't', "t contains 'u'" | join }} {{ t }}`, "blue out"},
		{"the name hides nothing behind it", `{{ tags | where_exp: 'name', "name == 'blue'" | join }} {{ name }}`, "blue red"},
		{"within a loop", `{% for i in n %}{{ n | where_exp: 'j', 'j > i' | size }}{% endfor %}`, "210"},
		{"filters inside", `{{ tags | group_by_exp: "t", "t | upcase | slice: 0" | map: "name" | join }}`, "R G B"},
		{"an expression inside", `{{ nested | where_exp: "l", "l | has_exp: 'x', 'x == 3'" | json }}`, "[[3]]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := rendered(test.source, engine.TemplateOptions{}, &engine.Request{Vars: vars})
			require.NoError(t, err)
			require.Equal(t, test.want, got)
		})
	}
}

// TestExpressionsOfItemsAreWrittenOut: what is data is never read as an expression.
func TestExpressionsOfItemsAreWrittenOut(t *testing.T) {
	for _, test := range []struct{ name, source, want string }{
		{"data", `{{ l | where_exp: 'i', x }}`, "1:24: this argument is an expression"},
		{"a name of data", `{{ l | where_exp: x, 'i' }}`, "1:22: the first argument is what the expression calls an item"},
		{"called secrets", `{{ l | where_exp: 'Secrets', 'i' }}`, "nothing else may be called `secrets`"},
		{"no expression", `{{ l | find_exp: 'i' }}`, "takes 2 argument(s)"},
		{"syntax inside", `{{ l | has_exp: 'i', 'i ==' }}`, "1:27: a value is missing here"},
		{"an unknown filter inside", `{{ l | has_exp: 'i', 'i | nosuch' }}`, "1:27: there is no filter `nosuch`"},
		{"more inside", `{{ l | has_exp: 'i', 'i j' }}`, "1:25: unexpected `j`"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := engine.Compile(test.source, engine.TemplateOptions{})
			require.ErrorContains(t, err, test.want)
			report, err := engine.Lint(t.Context(), []engine.Source{{Text: test.source}}, engine.LintOptions{})
			require.NoError(t, err)
			require.False(t, report.Valid)
		})
	}
	t.Run("a secret is found and fetched", func(t *testing.T) {
		source := `{{ l | where_exp: 'i', 'i.k == secrets.weather_fx' | map: 'n' | join }}`
		compiled, err := engine.Compile(source, engine.TemplateOptions{})
		require.NoError(t, err)
		require.Equal(t, []string{"weather_fx"}, compiled.Aliases())
		require.Equal(t, []string{"l"}, compiled.Variables())
		out, err := compiled.Render(t.Context(), &engine.Request{Secrets: newVault(t), Vars: map[string]any{
			"l": []any{map[string]any{"k": token, "n": 1}, map[string]any{"k": "no", "n": 2}},
		}})
		require.NoError(t, err)
		require.Equal(t, "1", out.Reveal())
	})
	t.Run("each item is a turn", func(t *testing.T) {
		_, err := rendered(`{{ (1..1000) | where_exp: 'i', 'i > 1' | size }}`, engine.TemplateOptions{Limits: engine.Limits{Iterations: 100}}, &engine.Request{})
		require.ErrorContains(t, err, "iterations")
	})
}

// TestHeaderFilters: what they write passes the context header, and a reader of
// mail gets the text back.
func TestHeaderFilters(t *testing.T) {
	for _, text := range []string{"", "plain", "Łódź", "=?utf-8?q?x?=", strings.Repeat("é=? ", 60), strings.Repeat("日本", 80), "a\r\nBcc: x"} {
		t.Run(text, func(t *testing.T) {
			req := &engine.Request{Vars: map[string]any{"x": text}}
			got, err := rendered("{{ x | rfc2047 }}", engine.TemplateOptions{Context: engine.HeaderContext}, req)
			require.NoError(t, err)
			back, err := new(mime.WordDecoder).DecodeHeader(got)
			require.NoError(t, err)
			require.Equal(t, text, back)
			for word := range strings.SplitSeq(got, " ") {
				require.LessOrEqual(t, len(word), 75)
			}

			got, err = rendered("attachment; filename*={{ x | rfc8187 }}", engine.TemplateOptions{Context: engine.HeaderContext}, req)
			require.NoError(t, err)
			if utf8.ValidString(text) && text != "" {
				_, parameters, err := mime.ParseMediaType(got)
				require.NoError(t, err)
				require.Equal(t, text, parameters["filename"])
			}
		})
	}
}
