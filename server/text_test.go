package server_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
)

// TestAnAnswerIsTheValueOrNone: a value that JSON cannot carry is refused by each call, and
// never sent as another.
func TestAnAnswerIsTheValueOrNone(t *testing.T) {
	a := start(t)
	a.fake.Put(resolver.DefaultScope, "odd", redact.NewSecret("env\xffbadvalue"))
	for _, body := range []string{
		`{"template":"<<secrets.odd>>"}`, `{"expression":"secrets.odd"}`, `{"expression":"{'a': [secrets.odd]}"}`,
		`{"expression":"secrets.odd","language":"js"}`, `{"expressions":{"a":"1","b":"secrets.odd"}}`,
	} {
		t.Run(body, func(t *testing.T) {
			path := "/v1/evaluate"
			if strings.Contains(body, "template") {
				path = "/v1/render"
			}
			got := a.call("POST", path, body)
			require.Equal(t, 422, got.status, got.text)
			require.Equal(t, "value_rejected", got.json["code"])
			require.NotContains(t, got.text, "badvalue")
		})
	}
	got := a.call("POST", "/v1/evaluate/batch", `{"expression":"secrets.odd","recipients":[{"id":1}]}`)
	require.Contains(t, got.text, "value_rejected")
	require.NotContains(t, got.text, "badvalue")
}
