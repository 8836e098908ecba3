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

// TestChosenEffects has a secret decide whether something changes n by a way that the source
// does not show, as the conversion of an object or a chain that is cut short. T differs
// between the secrets; O is an object whose conversions change n.
func TestChosenEffects(t *testing.T) {
	both := worlds(t)
	for name, body := range map[string]string{
		"loose equality":                    `(T ? 1 : {}) == O`,
		"loose equality of numbers":         `(T ? 1 : O) == 1`,
		"loose inequality":                  `(T ? 1 : O) != 1`,
		"unary plus":                        `+(T ? 1 : O)`,
		"unary minus":                       `-(T ? 1 : O)`,
		"bitwise not":                       `~(T ? 1 : O)`,
		"decrement":                         `let x = T ? 1 : O; x--`,
		"template":                          "`${T ? 1 : O}`",
		"template of a text":                "`${T ? 'a' : O}`",
		"template of parts":                 "`${T ? 'a' : O}${1}`",
		"sum of numbers":                    `(T ? 1 : O) + 1`,
		"sum with a text":                   `'a' + (T ? 'b' : O)`,
		"sum of texts":                      `'a' + (T ? 'b' : O) + 'c'`,
		"sum set":                           `let x = 1; x += T ? 1 : O`,
		"difference":                        `(T ? 1 : O) - 1`,
		"product":                           `2 * (T ? 1 : O)`,
		"quotient":                          `2 / (T ? 1 : O)`,
		"remainder":                         `(T ? 1 : O) % 2`,
		"power":                             `(T ? 1 : O) ** 2`,
		"less":                              `(T ? 1 : O) < 2`,
		"less or equal":                     `2 <= (T ? 1 : O)`,
		"greater":                           `(T ? 'a' : O) > 'b'`,
		"greater or equal":                  `'b' >= (T ? 'a' : O)`,
		"bitwise and":                       `(T ? 1 : O) & 2`,
		"bitwise or":                        `(T ? 1 : O) | 2`,
		"shift":                             `(T ? 1 : O) << 2`,
		"in":                                `(T ? 'x' : O) in {x: 1}`,
		"key":                               `({x: 1})[T ? 'x' : O]`,
		"index":                             `[1][T ? 0 : O]`,
		"key of a literal":                  `({[T ? 'x' : O]: 1})`,
		"key of a pattern":                  `const {[T ? 'x' : O]: y} = {}`,
		"key set":                           `({})[T ? 'x' : O] = 1`,
		"conversion that a secret put in":   `+{valueOf: T ? () => n = 1 : undefined}`,
		"second conversion":                 `+{valueOf: () => T ? 1 : {}, toString: () => n = 1}`,
		"Math.max":                          `Math.max(T ? 1 : O)`,
		"slice of a text":                   `'abc'.slice(T ? 1 : O)`,
		"join":                              `[T ? O : 1].join()`,
		"sort":                              `[T ? O : 1, 2].sort()`,
		"map of String":                     `[T ? O : 1].map(String)`,
		"Date":                              `new Date(T ? O : 1)`,
		"sha256":                            `sha256(T ? O : 'a')`,
		"length of Array.from":              `Array.from({length: T ? 1 : O})`,
		"URLSearchParams":                   `new URLSearchParams({a: T ? O : 1})`,
		"includes in what may be empty":     `[1, 2].slice(0, T ? 1 : 0).includes(1, O)`,
		"toJSON":                            `JSON.stringify(T ? O : 1)`,
		"toJSON inside":                     `JSON.stringify([{a: T ? O : 1}])`,
		"toJSON of what toJSON returns":     `JSON.stringify({toJSON: () => T ? [O] : 1})`,
		"replacer":                          `JSON.stringify([T ? [1] : 1], (k, v) => { n++; return v })`,
		"replacer of what it returns":       `JSON.stringify({a: 1}, (k, v) => { if (k === 'b') n = 1; return k === 'a' ? (T ? {b: 1} : 1) : v })`,
		"replacer of keys that are secret":  `JSON.stringify({...(T ? {a: 1} : {})}, (k, v) => { if (k) n = 1; return v })`,
		"reviver that takes away":           `n = 'a' in JSON.parse('{"a": 1}', (k, v) => k === 'a' && T ? undefined : v)`,
		"reviver that takes away, keys":     `n = Object.keys(JSON.parse('{"a": 1}', (k, v) => k === 'a' && T ? undefined : v)).length`,
		"reviver that takes an item away":   `n = 0 in JSON.parse('[1]', (k, v) => k === '0' && T ? undefined : v)`,
		"concat":                            `n = [0, 1].concat(T ? [2, 3] : 2).length`,
		"flat":                              `n = [0, T ? [2, 3] : 2].flat().length`,
		"flatMap":                           `n = [0].flatMap(() => T ? [2, 3] : 2).length`,
		"optional call":                     `(T ? () => { n = 1 } : null)?.()`,
		"optional method":                   `const o = T ? {f() { n = 1 }} : null; o?.f()`,
		"optional call of a method":         `const o = {f: T ? () => { n = 1 } : null}; o.f?.()`,
		"optional key":                      `const o = T ? {f() { n = 1 }} : null; o?.['f']()`,
		"optional call of a key":            `const o = {f: T ? () => { n = 1 } : null}; o['f']?.()`,
		"optional call of a chain":          `const o = T ? {f() { n = 1 }} : null; (o?.f)?.()`,
		"call behind a chain":               `const o = T ? {a: {f() { n = 1 }}} : null; o?.a.f()`,
		"key behind a chain":                `const o = T ? {a: []} : null; o?.a[n = 1]`,
		"argument behind a chain":           `const o = T ? {a: {f() {}}} : null; o?.a.f(n = 1)`,
		"callback behind a chain":           `(T ? [1] : null)?.forEach(() => { n = 1 })`,
		"replacement behind a chain":        `(T ? 'x' : null)?.replace('x', () => { n = 1 })`,
		"conversion behind a chain":         `(T ? [1] : null)?.[O]`,
		"field that is missing, in a chain": `const o = T ? {} : null; o?.a.b`,
	} {
		t.Run(name, func(t *testing.T) {
			source := `(() => {
				let n = 0;
				const T = secrets.a.length > 5;
				const O = {valueOf() { n = 1; return 1 }, toString() { n = 1; return 'x' }, toJSON() { n = 1; return 1 }};
				` + body + `;
				return n })()`
			var shown [2]string
			sensitive := true
			for i, secrets := range both {
				out, err := run(t, source, eval.Given{Secrets: secrets}, nil)
				shown[i] = fmt.Sprint(out.Value, err)
				sensitive = sensitive && (err != nil || out.Sensitive)
			}
			require.NotEqual(t, shown[0], shown[1], "the row shows nothing")
			require.True(t, sensitive)
		})
	}
}

// TestHarmlessConversions holds what no secret decides to be as it was.
func TestHarmlessConversions(t *testing.T) {
	secrets := worlds(t)[0]
	for name, source := range map[string]string{
		"conversion that changes something": "(() => { let n = 0; `${{toString() { n = 1; return 'x' }}}`; return n })()",
		"chain of fields":                   "(() => { const o = secrets.a ? {a: {}} : null; o?.a?.b; return 1 })()",
		"secret without conversions":        "(() => { secrets.a + 1; [1].concat(secrets.a); return 1 })()",
		"replacer that takes a secret out":  "(() => { const s = JSON.stringify({a: secrets.a, b: 1}, (k, v) => k === 'a' ? undefined : v); return s === '{\"b\":1}' ? 1 : 0 })()",
	} {
		t.Run(name, func(t *testing.T) {
			out, err := run(t, source, eval.Given{Secrets: secrets}, nil)
			require.NoError(t, err)
			require.Equal(t, 1.0, out.Value)
			require.False(t, out.Sensitive)
		})
	}
}
