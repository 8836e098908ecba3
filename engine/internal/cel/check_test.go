package cel

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// TestCheckFindsAll says where the mistakes of one source are: behind the first
// too, but none that only follows from another.
func TestCheckFindsAll(t *testing.T) {
	tests := []struct {
		name, source string
		places       []int
	}{
		{"right", "n + 1", nil},
		{"operators", "a === b", []int{2}},
		{"names and types", "size(1) + size(2)\n+ nope(3)", []int{0, 10, 20}},
		{"what follows", "1 + 'a' + true - 'x'", []int{2}},
		{"bare roots", "secrets + [secrets, secrets.x]", []int{0, 11}},
		{"arrows", "x => y => x", []int{2, 7}},
		{"not of JavaScript", "x + + y + * z", []int{4, 10}},
		{"brackets", "[1, 2", []int{0}},
		{"empty", " ", []int{0}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			program, wrong := Check(test.source, eval.Limits{}, nil)
			require.Equal(t, len(test.places) == 0, program != nil)
			var places []int
			for _, e := range wrong {
				places = append(places, e.Pos)
			}
			slices.Sort(places)
			require.Equal(t, test.places, places)
		})
	}
}

// TestJavaScriptIsNamed holds that a source which CEL cannot parse says so where
// it is JavaScript, and that nothing else does.
func TestJavaScriptIsNamed(t *testing.T) {
	for source, at := range map[string]int{
		"items.map(i => i.sku)": 12, "() => 1": 3, "n === 3": 2, "n !== 3": 2, "n ?? 1": 2, "u?.name": 1, "u?.[0]": 1, "[...items, 1]": 1,
		"{...user, 'a': 1}": 1, "new Date()": 0, "1 + new Map()": 4, "`Hi ${u?.name ?? 'friend'}`": 7, "`${[1].map(x=>x)}`": 12,
		"secrets.tok ?? 'd'": 12, "secrets?.tok": 7, "'a => b' + c ??= 1": 13, "a === <<secrets.b>>": 2,
	} {
		t.Run(source, func(t *testing.T) {
			_, err := Compile(source, eval.Limits{}, nil)
			var wrong *eval.Error
			require.ErrorAs(t, err, &wrong, source)
			require.Equal(t, eval.Syntax, wrong.Code, source)
			require.Contains(t, wrong.Message, "JavaScript", source)
			require.Equal(t, at, wrong.Pos, source)
		})
	}
	for _, source := range []string{
		"n +", "[n, 2", "n ? 1", "a b", "b ?.5", "x.new y", "'...' + '??' '=>'", "b ?.n : nope()", "a = b", "n == = 3",
	} {
		t.Run(source, func(t *testing.T) {
			_, err := Compile(source, eval.Limits{}, nil)
			require.Error(t, err, source)
			require.NotContains(t, err.Error(), "JavaScript", source)
		})
	}
	for _, source := range []string{"b ?.n : 1", "b?.5:1.5", "\"a => b ?? c === d ... new E\"", "new in [1]", "user.new", "r'=>' + `...`"} {
		t.Run(source, func(t *testing.T) {
			_, err := Compile(source, eval.Limits{}, nil)
			require.NoError(t, err, source)
		})
	}
}

// TestVariables says where a program names variables: those that a comprehension
// or cel.bind brings are none, and has() may ask for what is not there.
func TestVariables(t *testing.T) {
	source := "['é', vars.a, n, [1].map(x, x + m), vars['c'], has(vars.d), cel.bind(vars, e, vars.f)]"
	program, err := Compile(source, eval.Limits{}, nil)
	require.NoError(t, err)
	found := map[string]string{}
	for _, v := range program.Variables() {
		found[v.Name] = source[program.PosOf(v):][:5]
	}
	require.Equal(t, map[string]string{"a": "vars.", "n": "n, [1", "m": "m), v", "c": "vars[", "e": "e, va"}, found)
}

// TestSigns holds an even number of signs to what two of them mean.
func TestSigns(t *testing.T) {
	for source, want := range map[string]string{
		"--5": "5", "---5": "-5", "- -5": "5", "--n": "3", "n --5": "8", "n - -n": "6", "n - - -n": "0", "n ----n": "6", "--2.5": "2.5",
		"-(-n)": "3", "n in [--n]": "true", "3 in - -n": "error: no such overload", "!!b": "true", "!!!b": "false", "! !b": "true", "!!!!(n == 3)": "true",
		"!!has(user.name)": "true", "!!user.vip == b": "true", "--user.age + 1": "42", "--numbers[0]": "1", "--size(tags)": "3", "!!b != !b": "true",
		"[!!b, --n]": "[true,3]", "`${!!b} ${--n}`": "\"true 3\"", "!!(!!b)": "true", "--dyn(n)": "3", "!!s.startsWith('t')": "true", "!!{'a': b}.a": "true",
		"!!'x'": "refused", "!!1": "refused", "--'x'": "refused", "!!-1": "refused", "--u": "error: no such overload", "--s": "error: no such overload", "!!n": "error: no such overload",
		"--true": "refused", "--(-9223372036854775808)": "error: overflow", "-9223372036854775808": "-9223372036854775808",
	} {
		t.Run(source, func(t *testing.T) {
			for _, fast := range []bool{false, true} {
				got, _ := ownOutcome(source, fast)
				require.Equal(t, want, strings.TrimSuffix(got, " interface {}"), source)
			}
		})
	}
}
