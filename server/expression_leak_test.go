package server_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
)

// TestExpressionsLeakNothing sends the corpus of expressions that make
// evaluators print operands. Only the result of a send may hold a value.
func TestExpressionsLeakNothing(t *testing.T) {
	text, err := os.ReadFile("../engine/testdata/expressions/leaks.json")
	require.NoError(t, err)
	var corpus []string
	require.NoError(t, json.Unmarshal(text, &corpus))
	require.GreaterOrEqual(t, len(corpus), 60)

	a := start(t)
	values := []string{"Zq7Xv9Kj2Wp4Ym6T", "Hu3Rb8Lc5N", "Gd6Fs1Qe0Vx", "Jn4Tz7Bk9Rm", "73912846"}
	cfg, err := redact.NewJSON([]byte(`{"number":73912846,"text":"Jn4Tz7Bk9Rm","list":["Jn4Tz7Bk9Rm","Zq7Xv9Kj2Wp4Ym6T"],"mixed":["Jn4Tz7Bk9Rm",73912846]}`))
	require.NoError(t, err)
	a.fake.Put("default", "token", redact.NewSecret(values[0]))
	a.fake.Put("default", "login", redact.NewCredentials(values[1], values[2]))
	a.fake.Put("default", "cfg", cfg)

	clean := func(source, shown string) {
		t.Helper()
		for _, value := range values {
			for i := range len(value) - 5 {
				piece := value[i : i+6]
				require.Falsef(t, strings.Contains(shown, piece) && !strings.Contains(source, piece), "%s shows %q in\n%s", source, piece, shown)
			}
		}
	}
	sent := 0
	for _, source := range corpus {
		for _, mode := range []string{"send", "preview"} {
			for _, trace := range []bool{false, true} {
				got := a.call("POST", "/v1/evaluate", map[string]any{
					"expression": source, "mode": mode, "trace": trace,
					"vars": map[string]any{"user": map[string]any{"name": "Ann"}, "n": 3},
				})
				if got.status == 200 && mode == "send" {
					sent++
					delete(got.json, "result")
					shown, err := json.Marshal(got.json)
					require.NoError(t, err)
					clean(source, string(shown))
					continue
				}
				clean(source, got.text)
			}
		}
	}
	require.NotZero(t, sent)
	// The digits of a time may be those of a value by chance.
	clean("", regexp.MustCompile(`"time":"[^"]*",|"took":[0-9]+,`).ReplaceAllString(a.log.String(), ""))
}
