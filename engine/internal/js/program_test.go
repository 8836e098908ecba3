package js

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// secretsByAlias has the secrets of a test.
type secretsByAlias map[string]redact.Secret

func (s secretsByAlias) Status(alias string) macros.Status {
	if _, ok := s[alias]; ok {
		return macros.Known
	}
	return macros.Missing
}

func (s secretsByAlias) Secret(alias string) redact.Secret { return s[alias] }

// run evaluates source.
func run(t testing.TB, source string, given eval.Given, vars map[string]any) (eval.Outcome, error) {
	t.Helper()
	p, err := Compile(source, eval.Limits{}, nil)
	if err != nil {
		return eval.Outcome{}, err
	}
	var in eval.Prepared
	p.Prepare(&in, given)
	return p.Evaluate(&in, vars)
}

func TestEvaluate(t *testing.T) {
	vars := map[string]any{"n": int64(3), "user": map[string]any{"name": "Ann"}}
	for source, want := range map[string]any{
		"`a ${n} b`": "a 3 b",
		"(() => { const f = []; for (let i = 0; i < 3; i++) { f.push(() => i) } return f.map(g => g()) })()": []any{0.0, 1.0, 2.0},
		"(([a, , ...b]) => [a, b])([1, 2, 3, 4])":                                                            []any{1.0, []any{3.0, 4.0}},
		"(function f(n) { return n ? n * f(n - 1) : 1 })(5)":                                                 120.0,
		"user?.a?.b.c.d":           nil,
		"((a, b = a) => a + b)(2)": 4.0,
		"(() => { let a = 1, b = 2; [a, b] = [b, a]; return [a, b] })()":                           []any{2.0, 1.0},
		"(() => { switch (n) { case 1: return 'a'; case 3: return 'c'; default: return 'd' } })()": "c",
		"1 + 2 + 'x' + 3": "3x3",
	} {
		t.Run(source, func(t *testing.T) {
			out, err := run(t, source, eval.Given{}, vars)
			require.NoError(t, err)
			require.Equal(t, want, out.Value)
			require.False(t, out.Sensitive)
		})
	}
}
