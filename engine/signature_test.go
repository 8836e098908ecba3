package engine_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

func TestFiltersAreThoseOfTheTable(t *testing.T) {
	var table []string
	for _, row := range macros.Filters() {
		table = append(table, row.Name)
	}
	require.ElementsMatch(t, table, engine.Filters(), "a filter needs a row in macros/filter_table.go and an implementation in the engine")
}

// argument returns an argument of the kind, as an author writes it.
func argument(kind macros.Kind) string {
	switch kind {
	case macros.NumberKind:
		return "2.5"
	case macros.IntegerKind:
		return "2"
	case macros.BoolKind:
		return "true"
	case macros.ListKind:
		return "list"
	case macros.PropertyKind:
		return `"a"`
	}
	return `"x"`
}

// TestFiltersTakeWhatTheirSignaturesSay: as many arguments as the table says
// compile, and run on every kind of value; one less or one more is refused.
func TestFiltersTakeWhatTheirSignaturesSay(t *testing.T) {
	values := map[string]any{
		"text": "a b", "integer": 7, "decimal": 1.5, "truth": true, "nothing": nil, "empty": "",
		"list": []any{"b", 1, nil, []any{"c"}}, "hashes": []any{map[string]any{"a": 1}, map[string]any{"a": nil}}, "hash": map[string]any{"a": "x"},
	}
	for _, row := range macros.Filters() {
		t.Run(row.Name, func(t *testing.T) {
			least, most := row.Positional()
			for n := range most + 2 {
				var args []string
				for i := range n {
					kind := macros.AnyKind
					if i < most {
						kind = row.Parameters[i].Kind
					}
					args = append(args, argument(kind))
				}
				source := "{{ value | " + row.Name
				if n > 0 {
					source += ": " + strings.Join(args, ", ")
				}
				_, err := engine.Compile(source+" }}", engine.TemplateOptions{})
				if n < least || n > most {
					requireCode(t, err, engine.TemplateSyntax)
					continue
				}
				require.NoError(t, err, source)
				for name, value := range values {
					for _, context := range []engine.Context{engine.TextContext, engine.HTMLContext, engine.JSONContext} {
						_, err := rendered(source+" }}", engine.TemplateOptions{Context: context}, &engine.Request{Vars: map[string]any{"value": value, "list": values["list"]}})
						if err != nil {
							requireCode(t, err, engine.ValueRejected, name)
						}
					}
				}
			}
			_, err := engine.Compile(fmt.Sprintf("{{ value | %s: nosuch: 1 }}", row.Name), engine.TemplateOptions{})
			requireCode(t, err, engine.TemplateSyntax)
		})
	}
}

func requireCode(t *testing.T, err error, code engine.Code, of ...any) {
	t.Helper()
	var e *engine.Error
	require.True(t, errors.As(err, &e), "%v of %v", err, of)
	require.Equal(t, code, e.Code, "%v of %v", err, of)
}

// TestFormsCompile: what the table tells authors to write is right, and shows
// all that a filter takes.
func TestFormsCompile(t *testing.T) {
	partials := engine.PartialMap{"template": "{{ item }}"}
	for _, row := range macros.Filters() {
		t.Run("filter "+row.Name, func(t *testing.T) {
			shown := 0
			for _, form := range row.Forms() {
				tree, err := macros.Parse(form, macros.Liquid)
				require.NoError(t, err, form)
				call := tree.Nodes[0].(*macros.Output).Value.(*macros.Filtered).Filters[0]
				shown = max(shown, len(call.Args)+len(call.Named))
				compiled, err := engine.Compile(form, engine.TemplateOptions{})
				require.NoError(t, err, form)
				_, err = compiled.Render(t.Context(), &engine.Request{Preview: true, Secrets: engine.Map{
					"password": redact.NewSecret("p-1234"), "signing_key": redact.NewSecret("k-1234"),
				}})
				if err != nil {
					requireCode(t, err, engine.ValueRejected)
				}
			}
			require.Equal(t, len(row.Parameters), shown, "the forms show not all of %s", row.String())
		})
	}
	for _, row := range macros.TagSignatures() {
		t.Run("tag "+row.Name, func(t *testing.T) {
			for _, form := range row.Forms {
				_, err := engine.Compile(form, engine.TemplateOptions{Partials: partials})
				require.NoError(t, err, form)
			}
		})
	}
}
