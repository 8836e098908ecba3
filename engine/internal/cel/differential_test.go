package cel

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// evaluate evaluates a program once.
func evaluate(p *Program, given eval.Given, vars map[string]any) (eval.Outcome, error) {
	var in eval.Prepared
	p.Prepare(&in, given)
	return p.Evaluate(&in, vars)
}

func sampleVars() map[string]any {
	return map[string]any{
		"n": int64(3), "f": 2.5, "s": "text", "b": true, "u": uint64(7), "null_value": nil,
		"user": map[string]any{"name": "Ann", "vip": true, "age": int64(41), "score": 0.5, "tags": []any{"a", "b"},
			"address": map[string]any{"city": "Bern", "zip": nil}},
		"tags":    []any{"a", "b", "c"},
		"numbers": []any{int64(1), int64(2), int64(3)},
	}
}

// outcome is a result or the kind of an error, as one text.
func bareOutcome(source string) (string, bool) {
	env, err := bare()
	if err != nil {
		return err.Error(), false
	}
	program, ok := bareCompile(env, source)
	if !ok {
		return "refused", true
	}
	vars := sampleVars()
	given := map[string]any{"vars": vars}
	for name, v := range vars {
		given[name] = v
	}
	result, _, err := program.Eval(given)
	if err != nil {
		return "error: " + kindOf(err), true
	}
	c := converter{eval.Room{Bytes: eval.DefaultLimits.Output, Memory: eval.DefaultLimits.Memory}}
	value, err := c.value(result)
	if err != nil {
		return "error: " + kindOf(err), true
	}
	text, err := json.Marshal(value)
	return string(text) + " " + reflect.TypeOf(&value).Elem().String(), err == nil
}

func ownOutcome(source string, fast bool) (string, *Program) {
	program, err := Compile(source, eval.Limits{}, nil)
	if err != nil {
		return "refused", nil
	}
	if !fast {
		program.fast = nil
	}
	out, err := evaluate(program, eval.Given{}, sampleVars())
	var failed *eval.Error
	if errors.As(err, &failed) {
		if strings.HasPrefix(failed.Message, "there is no variable") {
			return "error: no such variable", program
		}
		return "error: " + failed.Message, program
	}
	text, _ := json.Marshal(out.Value)
	value := out.Value
	return string(text) + " " + reflect.TypeOf(&value).Elem().String(), program
}

// expressions draws an expression in plain CEL. Most of it fits together; some
// does not, so that errors are compared too.
func expressions(depth int) *rapid.Generator[string] {
	leaf := rapid.SampledFrom([]string{
		"n", "f", "s", "b", "u", "null_value", "user.name", "user.vip", "user.age", "user.score", "user.tags", "user.address.city",
		"user.address.zip", "user.nope", "user[\"name\"]", "vars.n", "vars.user.name", "vars[\"s\"]", "nothing", "nothing.x", "tags", "numbers",
		"tags[0]", "tags[9]", "numbers[1]", "numbers[n]", "numbers[0 - 1]", "user[s]", "user.name.x", "user.tags[1]",
		"1", "0", "-1", "2", "3u", "1.5", "0.0", "9223372036854775807", "-9223372036854775808", "\"\"", "\"text\"", "\"b\"", "'a\\n'", "true", "false", "null",
		"b\"x\"", "[1, 2]", "{}", "[]", "{\"a\": 1}", "has(user.name)", "has(user.nope)", "has(nothing.x)", "has(user.name.x)", "has(vars.n)", "has(vars.nope)",
		"(type(n) == int)", "type(n)", "duration(\"1m\")", "timestamp(\"2024-01-01T00:00:00Z\")", "1 / 0", "1.0 / 0.0", "0.0 / 0.0",
	})
	if depth == 0 {
		return leaf
	}
	sub := expressions(depth - 1)
	shapes := rapid.SampledFrom([]string{
		"%", "(% + %)", "(% + %)", "(% + % + %)", "(% + (% + %))", "(% - %)", "(% * %)", "(% / %)", "(% % %)", "(% == %)", "(% != %)", "(% < %)", "(% <= %)",
		"(% > %)", "(% >= %)", "(% && %)", "(% || %)", "!(%)", "-(%)", "(% ? % : %)", "(% ? % : %)", "(% in %)", "[%, %]", "{\"k\": %, \"l\": %}",
		"{%: %}", "[%][0]", "{\"k\": %}.k", "size(%)", "string(%)", "int(%)", "double(%)", "dyn(%)", "(%).map(x, x + %)", "(%).filter(x, x == %)", "(%).exists(x, x == %)",
		"(%).all(x, x != %)", "(%).startsWith(%)", "(%).contains(%)", "type(%) == type(%)", "[1, 2].map(x, [x, %])", "cel.bind(q, %, [q, q])",
		"optional.of(%).orValue(%)", "(%).?name.orValue(%)", "(%).join(\"-\")", "(%).split(\"e\")", "(%).upperAscii()", "math.abs(%)", "(%)[%]", "(%)[?%].hasValue()",
		"(% ? % : %).name", "user.tags.exists_one(x, x == %)", "[%, %].distinct()", "sets.contains([%], [%])", "(%).name", "string(%) + string(%)",
	})
	return rapid.Custom(func(t *rapid.T) string {
		shape := strings.ReplaceAll(shapes.Draw(t, "shape"), "% % %", "% \x00 %")
		for strings.Contains(shape, "%") {
			shape = strings.Replace(shape, "%", sub.Draw(t, "part"), 1)
		}
		return strings.ReplaceAll(shape, "\x00", "%")
	})
}

// TestPlainCELIsCEL draws expressions without anything of ours in them: results
// and kinds of errors are those of bare cel-go, on both paths.
func TestPlainCELIsCEL(t *testing.T) {
	fast := 0
	rapid.Check(t, func(t *rapid.T) {
		source := expressions(rapid.IntRange(0, 3).Draw(t, "depth")).Draw(t, "source")
		requireSame(t, source, &fast)
	})
	require.Positive(t, fast, "no expression took the fast path")
}

func requireSame(t require.TestingT, source string, fast *int) {
	want, ok := bareOutcome(source)
	if !ok {
		return
	}
	slow, _ := ownOutcome(source, false)
	quick, program := ownOutcome(source, true)
	if program != nil && program.fast != nil {
		*fast++
	}
	require.Equal(t, slow, quick, "on the fast path: %s", source)
	// Where bytes are a key, cel-go goes on to the value and then panics.
	if slow == "error: "+errKeyType.Error() && strings.Contains(source, "b\"") && strings.HasPrefix(want, "error: ") {
		return
	}
	if slow == "error: no such overload" && want == "refused" {
		return // where cel-go infers a type, sotto may find out when it runs
	}
	require.Equal(t, want, slow, "in cel-go: %s", source)
}

func TestKeysThatAnIndexPicks(t *testing.T) {
	for _, source := range []string{
		"{numbers[n]: n}", "{tags[n - 1]: 1}", "{numbers[numbers[0]]: numbers[n - 1]}", "[{user[s]: n}]", "{user.tags[0]: {numbers[n - 2]: s}}",
		"{[b\"x\"][n - 3]: 1}",
	} {
		t.Run(source, func(t *testing.T) {
			fast := 0
			requireSame(t, source, &fast)
		})
	}
}

// TestAppendIsTheSameOnBothPaths holds what the fast path appends against what
// cel-go's result becomes, with texts that JSON has to escape among the values.
func TestAppendIsTheSameOnBothPaths(t *testing.T) {
	appended := func(p *Program) string {
		vars := sampleVars()
		vars["s"], vars["f"] = "a \"b\" \x00\u2028 \xff\n", 2.5e-7
		var in eval.Prepared
		p.Prepare(&in, eval.Given{})
		out, err := p.Append([]byte("> "), &in, vars)
		if err != nil {
			return string(out) + "error: " + err.Error()
		}
		return string(out)
	}
	fast := 0
	rapid.Check(t, func(t *rapid.T) {
		source := expressions(rapid.IntRange(0, 2).Draw(t, "depth")).Draw(t, "source")
		if shape := rapid.SampledFrom([]string{"%", "`<%>`", "{'b': `${%}`, 'a': %}", "[%, {'x': s + %}]"}).Draw(t, "around"); shape != "%" {
			source = strings.NewReplacer("`<%>`", "`<${"+source+"}>`", "%", source).Replace(shape)
		}
		program, err := Compile(source, eval.Limits{}, nil)
		if err != nil {
			return
		}
		if program.fast != nil {
			fast++
		}
		quick := appended(program)
		program.fast = nil
		require.Equal(t, appended(program), quick, source)
	})
	require.Positive(t, fast, "no expression took the fast path")
}

// FuzzFastPath holds the fast path against cel-go on any source.
func FuzzFastPath(f *testing.F) {
	for _, source := range []string{"`a ${s} ${n}`", "s + user.name", "n + n - 2", "has(user.x) ? user.x : 'y'", "{'a': [n, f]}", "f / 0.0 > 1.0 || b", "tags[1]"} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		slow, program := ownOutcome(source, false)
		if program == nil || strings.Contains(source, "now") {
			return
		}
		quick, _ := ownOutcome(source, true)
		require.Equal(t, slow, quick)
	})
}
