package js

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/redact"
)

// worlds are two sets of secrets of the same types.
func worlds(t testing.TB) [2]secretsByAlias {
	t.Helper()
	var made [2]secretsByAlias
	for i, values := range [2][3]string{
		{"tok-4f9a", "17", `{"n": 3, "s": "abc", "list": [1, 2], "flag": true}`},
		{"", "x", `{"n": 12345.5, "s": "zz", "list": [7, 8, 9, 10], "flag": false}`},
	} {
		cfg, err := redact.NewJSON([]byte(values[2]))
		require.NoError(t, err)
		token := redact.NewSecret(values[0] + "!")
		made[i] = secretsByAlias{"a": token, "b": redact.NewSecret(values[1]), "cfg": cfg}
	}
	return made
}

var randomVars = map[string]any{
	"n": int64(3), "s": "hello", "list": []any{int64(2), int64(1)}, "obj": map[string]any{"a": int64(1), "length": int64(9)},
}

// TestNonInterference evaluates random expressions with two sets of secrets: what does
// not depend on a secret is the same, fails or succeeds the same, and leaves the same
// trace.
func TestNonInterference(t *testing.T) {
	count := randomRuns(t, 5_000)
	both := worlds(t)
	plain := 0
	for seed := range count {
		source := newAuthor(seed, true).expression()
		p, err := Compile(source, eval.Limits{}, nil)
		if err != nil {
			continue
		}
		var outs [2]eval.Outcome
		var errs [2]error
		for i, secrets := range both {
			var in eval.Prepared
			p.Prepare(&in, eval.Given{Secrets: secrets, Trace: seed%2 == 0})
			outs[i], errs[i] = p.Evaluate(&in, randomVars)
		}
		for i := range both {
			if errs[i] != nil || outs[i].Sensitive {
				continue
			}
			plain++
			other := 1 - i
			if errs[other] != nil || outs[other].Sensitive || fmt.Sprint(outs[i].Value) != fmt.Sprint(outs[other].Value) {
				t.Errorf("seed %d: %s\n%v (%v)\n%v, sensitive %v (%v)", seed, source, outs[i].Value, errs[i], outs[other].Value, outs[other].Sensitive, errs[other])
			}
			break
		}
		if a, b := fmt.Sprint(outs[0].Trace), fmt.Sprint(outs[1].Trace); a != b {
			t.Errorf("seed %d: trace of %s\n%s\n%s", seed, source, a, b)
		}
		if t.Failed() {
			return
		}
	}
	require.Greater(t, plain, int(count/10), "too few results say nothing")
}
