package engine_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/sotto-render/sotto/engine"
	"github.com/stretchr/testify/require"
)

const (
	hostileTime   = 250 * time.Millisecond
	hostileMemory = 64 << 20
)

// nested returns text n times inside itself at its %.
func nested(text string, n int, core string) string {
	before, after, _ := strings.Cut(text, "%")
	return strings.Repeat(before, n) + core + strings.Repeat(after, n)
}

// doubled binds n names, each of which holds the one before twice.
func doubled(n int, pair, use string) string {
	var b strings.Builder
	b.WriteString(`cel.bind(a0, "0123456789", `)
	for i := 1; i <= n; i++ {
		name := func(i int) string { return "a" + string(rune('a'+i/26)) + string(rune('a'+i%26)) }
		previous := name(i - 1)
		if i == 1 {
			previous = "a0"
		}
		b.WriteString("cel.bind(" + name(i) + ", " + strings.ReplaceAll(pair, "%", previous) + ", ")
		if i == n {
			b.WriteString(strings.ReplaceAll(use, "%", name(i)))
		}
	}
	return b.String() + strings.Repeat(")", n+1)
}

func hostileExpressions() map[string]string {
	digits := "[0,1,2,3,4,5,6,7,8,9]"
	long := strings.Repeat("a", 40_000)
	return map[string]string{
		"loops in loops":           nested(digits+".map(x, %)", 12, "1"),
		"loops over a range":       nested("lists.range(1000).map(x, %)", 4, "1"),
		"loops of two variables":   nested(digits+".transformList(i, x, %)", 12, "1"),
		"loops that find nothing":  nested(digits+".exists(x, %)", 12, "false"),
		"loops that all hold":      nested(digits+".all(x, %)", 12, "true"),
		"filters in filters":       nested(digits+".filter(x, %)", 12, "true"),
		"a loop that fails":        nested("lists.range(100000).all(x, %)", 3, "1/0 > 0"),
		"a huge range":             "lists.range(1000000000000)",
		"many ranges":              nested("lists.range(100000).map(x, %)", 1, "lists.range(100000)"),
		"a pattern of stars":       `"` + long + `".matches("(a*)*$") && ` + nested(digits+".all(x, %)", 5, `"`+long[:5000]+`".matches("(a*)*$")`),
		"a pattern too large":      `"a".matches("((a{1000}){10}){10}")`,
		"a computed pattern":       `"a".matches("((a{100}" + "){100}){10}")`,
		"a pattern in a loop":      `lists.range(100000).all(x, "aaaaaaaaaaaaaaaaaaaaaaaaaaaa".matches("(a|b|c)*d?(e|f)*" + string(x)) || true)`,
		"a search from the end":    `cel.bind(s, "` + long + `".replace("a", "aaaaa"), s.lastIndexOf(s.substring(100000) + "b"))`,
		"a search in the middle":   `cel.bind(s, "` + long + `".replace("a", "aaaaa"), s.indexOf(s.substring(100000) + "b", 9))`,
		"a literal of 1 MiB":       `"` + strings.Repeat("x", 1<<20) + `"`,
		"a template of 1 MiB":      "`" + strings.Repeat("${1}", 1<<18) + "`",
		"10,000 brackets":          strings.Repeat("(", 10_000) + "1" + strings.Repeat(")", 10_000),
		"10,000 lists":             strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000),
		"10,000 open brackets":     strings.Repeat("[", 10_000),
		"10,000 maps":              strings.Repeat("{1:", 10_000) + "1" + strings.Repeat("}", 10_000),
		"10,000 templates":         strings.Repeat("`${", 10_000) + "1" + strings.Repeat("}`", 10_000),
		"10,000 nots":              strings.Repeat("!", 10_000) + "true",
		"10,001 minus":             strings.Repeat("-", 10_001) + "x",
		"10,000 plus":              strings.Repeat("1+", 10_000) + "1",
		"3,000 plus":               strings.Repeat("1+", 3_000) + "1",
		"10,000 choices":           strings.Repeat("true?1:", 10_000) + "1",
		"2,000 choices":            strings.Repeat("true?1:", 2_000) + "1",
		"10,000 ands":              strings.Repeat("true&&", 10_000) + "1",
		"10,000 fields":            "a" + strings.Repeat(".a", 10_000),
		"3,000 indexes":            "a" + strings.Repeat("[0]", 3_000),
		"3,000 calls":              "a" + strings.Repeat(".size()", 3_000),
		"10,000 commas":            strings.Repeat(",", 10_000),
		"10,000 quotes":            strings.Repeat(`"`, 10_001),
		"10,000 macros":            strings.Repeat("<<", 10_000),
		"binds in binds":           nested("cel.bind(a, 1, %)", 60, nested("cel.bind(a, 1, %)", 60, "a")),
		"binds in values":          nested("cel.bind(a, %, a)", 100, "1"),
		"optionals in a chain":     "optional.of(1)" + strings.Repeat(".optMap(x, x)", 60) + ".value() + 'a'",
		"flat optionals":           "optional.of(1)" + strings.Repeat(".optFlatMap(x, optional.of(x))", 60) + ".value() + 'a'",
		"text doubled":             doubled(40, "% + %", "%"),
		"text doubled in a text":   doubled(40, "`${%}${%}`", "%"),
		"lists doubled":            doubled(40, "[%, %]", "%"),
		"lists doubled, compared":  doubled(40, "[%, %]", "% == %"),
		"lists doubled, as text":   doubled(40, "[%, %]", "`${%}`"),
		"lists doubled, encoded":   doubled(40, "[%, %]", "json_encode(%)"),
		"lists doubled, encoded2":  doubled(40, "[%, %]", "json.encode(%)"),
		"lists doubled, formatted": doubled(40, "[%, %]", `"%s".format([%])`),
		"lists doubled, flat":      doubled(40, "[%, %]", "%.flatten(50)"),
		"lists doubled, distinct":  doubled(40, "[%, %]", "%.distinct()"),
		"lists doubled, found":     doubled(40, "[%, %]", "1 in %"),
		"lists doubled, sets":      doubled(40, "[%, %]", "sets.contains(%, %)"),
		"lists added":              doubled(40, "(% + [1])", "%"),
		"lists added to":           doubled(40, "([1] + [%] + [%])", "%"),
		"maps doubled":             doubled(40, `{"a": %, "b": %}`, "%"),
		"maps doubled, compared":   doubled(40, `{"a": %, "b": %}`, "% == %"),
		"types in loops":           nested("[[a]].map(a, %)", 60, "a.nope()"),
		"maps of their keys":       doubled(40, "{%: %}", "%.nope()"),
		"types of types":           doubled(40, "[{1: [%]}, {1: [%]}]", "%.nope()"),
		"text replaced":            nested(`%.replace("", "0123456789")`, 12, `"0"`),
		"text replaced by itself":  doubled(12, `%.replace("", %)`, "%"),
		"text joined":              doubled(40, "[%, %].join(%)", "%"),
		"text formatted":           doubled(40, `"%s%s".format([%, %])`, "%"),
		"text split":               doubled(16, "(% + %)", `%.split("").map(x, x + x).join("") + %.split("").join(",")`),
		"text quoted":              nested("strings.quote(%)", 40, `"\""`),
		"text encoded":             nested("url_encode(%)", 60, `"`+strings.Repeat(" ", 4000)+`"`),
		"bytes encoded":            nested("base64.encode(bytes(%))", 60, `"`+long+`"`),
		"JSON encoded":             nested("json_encode(%)", 60, `"\""`),
		"JSON of many values":      "json_decode(\"[\" + " + doubled(18, "(% + %)", "%.replace(\"0123456789\", \"1,1,1,1,1,\")") + " + \"1]\")",
		"matches of a letter":      doubled(15, "(% + %)", "regex.extractAll(%, \".\")"),
		"pairs compared":           "lists.range(100000).distinct()",
		"sets compared":            "sets.contains(lists.range(50000), lists.range(50000).reverse())",
		"sorted in a loop":         "lists.range(1000).map(i, lists.range(10000).reverse().sort())",
		"time zones":               `lists.range(100000).map(i, timestamp("2024-01-01T00:00:00Z").getHours("Europe/Berlin"))`,
		"many references":          strings.Repeat("secrets.a+", 6_000) + "secrets.a",
		"an alias too long":        "secrets." + strings.Repeat("a", 129),
		"an unknown token":         strings.Repeat("é", 1000),
		"a comment without end":    strings.Repeat("//", 30_000),
	}
}

func TestHostileExpressions(t *testing.T) {
	_, err := engine.CompileExpression("1", engine.ExpressionOptions{})
	require.NoError(t, err)
	for name, source := range hostileExpressions() {
		t.Run(name, func(t *testing.T) {
			took, memory, err := runHostile(source)
			var failed *engine.Error
			require.True(t, errors.As(err, &failed), "it ends without an error")
			require.Contains(t, []engine.Code{engine.LimitExceeded, engine.ExpressionSyntax}, failed.Code, failed.Error())
			require.NotZero(t, failed.Details[0].Line)
			require.Less(t, len(failed.Error()), 500)
			if raceEnabled {
				return
			}
			// A neighbour on the same core slows the processor itself down,
			// but not every time.
			for try := 0; took >= hostileTime && try < 4; try++ {
				again, _, _ := runHostile(source)
				took = min(took, again)
			}
			require.Less(t, took, hostileTime)
			require.Less(t, memory, uint64(hostileMemory))
		})
	}
}

// runHostile compiles and evaluates source. It returns the processor time that
// the process took, its garbage collector included, which does not count what
// other processes take; and how many bytes were allocated, freed or not.
func runHostile(source string) (time.Duration, uint64, error) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := processorTime()
	e, err := engine.CompileExpression(source, engine.ExpressionOptions{})
	if err == nil {
		_, err = e.Evaluate(context.Background(), &engine.Request{Vars: map[string]any{"a": []any{}}})
	}
	took := processorTime() - start
	runtime.ReadMemStats(&after)
	return took, after.TotalAlloc - before.TotalAlloc, err
}
