package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// TestFunctionSignatures: each form compiles in its language, and where compiling says
// little of names, as in JavaScript, it yields a result.
func TestFunctionSignatures(t *testing.T) {
	vars, err := DecodeVars([]byte(`{"text": "42", "number": 3.5, "value": {"name": "Ann", "sku": "a1"}, "username": "u", "password": "p",
		"claims": {"sub": "u"}, "items": [{"sku": "b2", "price": 5}, {"sku": "a1", "price": 3}]}`))
	require.NoError(t, err)
	req := &Request{Vars: vars, Secrets: Map{
		"signing_key": redact.NewSecret("c2lnbmluZy1rZXktb2YtYS10ZXN0"), "smtp": redact.NewCredentials("mailer", "pass-77"),
	}}
	for _, language := range []struct {
		name string
		Language
	}{{"CEL", CEL}, {"JavaScript", JavaScript}} {
		before := ""
		for _, f := range FunctionSignatures(language.Language) {
			require.Less(t, before, f.Name, "sorted, and each name once")
			before = f.Name
			t.Run(language.name+" "+f.Name, func(t *testing.T) {
				require.NotEmpty(t, f.Description)
				require.NotEmpty(t, f.Forms)
				for _, form := range f.Forms {
					e, err := CompileExpression(form, ExpressionOptions{Language: language.Language})
					require.NoError(t, err, form)
					if language.Language == JavaScript {
						_, err = e.Evaluate(t.Context(), req)
						require.NoError(t, err, form)
					}
				}
			})
		}
	}
}

// TestFunctionSignaturesOfFilters: a function that does as a filter does is listed by
// itself, in the words of the filter.
func TestFunctionSignaturesOfFilters(t *testing.T) {
	for _, l := range []Language{CEL, JavaScript} {
		var found *FunctionSignature
		for _, f := range FunctionSignatures(l) {
			if f.Name == "date" {
				found = &f
			}
		}
		require.NotNil(t, found)
		require.Equal(t, macros.FilterByName("date").Description, found.Description)
		require.Equal(t, []string{`date(value, "%Y-%m-%d")`, `date(value, "%H:%M", "Asia/Dubai")`, `date(value, "%-d. %B %Y", "Europe/Berlin", "de")`}, found.Forms)
	}
}
