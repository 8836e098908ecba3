package store_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver/store"
)

// TestValuePrints prints drafts and patches by every road.
func TestValuePrints(t *testing.T) {
	const canary = "canary-3b9f0e"
	var decoded store.Draft
	require.NoError(t, json.Unmarshal([]byte(`{"alias":"a","value":{"key":"`+canary+`"}}`), &decoded))
	require.JSONEq(t, `{"key":"`+canary+`"}`, string(decoded.Value.Reveal()))
	for _, printed := range []any{
		store.Text(canary), decoded, &decoded, []store.Draft{decoded},
		store.Patch{Value: store.Text(canary)}, map[string]store.Value{"a": store.Text(canary)},
	} {
		t.Run(fmt.Sprintf("%T", printed), func(t *testing.T) {
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
				require.NotContains(t, fmt.Sprintf(verb, printed), canary, verb)
				require.NotContains(t, fmt.Sprintf(verb, printed), fmt.Sprintf("%x", canary), verb)
			}
			encoded, err := json.Marshal(printed)
			require.NoError(t, err)
			require.NotContains(t, string(encoded), canary)
			var log strings.Builder
			slog.New(slog.NewJSONHandler(&log, nil)).Info("message", "value", printed)
			slog.New(slog.NewTextHandler(&log, nil)).Info("message", "value", printed)
			require.NotContains(t, log.String(), canary)
		})
	}
}
