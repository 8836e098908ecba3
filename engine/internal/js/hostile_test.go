package js

import (
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// hostile are expressions that want all there is.
var hostile = map[string]string{
	"repeat":              `"x".repeat(2**40)`,
	"pad":                 `"x".padEnd(1e10)`,
	"large array":         `Array(1e8).fill("x")`,
	"array joined":        `new Array(4e9).join("x")`,
	"from":                `Array.from({length: 1e8})`,
	"spread text":         `[..."x".repeat(1e7)]`,
	"split":               `"x".repeat(1e7).split("")`,
	"doubled text":        `(() => { let s = "x"; for (let i = 0; i < 64; i++) { s += s } return s.length })()`,
	"while":               `(() => { while (true) {} })()`,
	"recursion":           `(function f() { return f() })()`,
	"deep recursion":      `(function f(n) { return ` + strings.Repeat("(", 60) + strings.Repeat("-", 3) + strings.Repeat("!", 300) + `f(n)` + strings.Repeat(")", 60) + ` })(1)`,
	"mutual recursion":    `(() => { const f = n => g(n + 1), g = n => f(n + 1); return f(0) })()`,
	"recursion by sort":   `(() => { const f = () => [1, 2].sort(f); return f() })()`,
	"long loop":           `Array(1e6).fill(0).map((_, i) => i).reduce((a, i) => a + i % 7, 0)`,
	"shared tree":         `(() => { let t = {}; for (let i = 0; i < 40; i++) { t = {a: t, b: t} } return t })()`,
	"shared tree as JSON": `(() => { let t = {}; for (let i = 0; i < 40; i++) { t = {a: t, b: t} } return JSON.stringify(t) })()`,
	"shared tree cloned":  `(() => { let t = {}; for (let i = 0; i < 40; i++) { t = {a: t, b: t} } return structuredClone(t) })()`,
	"shared list as text": `(() => { let t = ["x"]; for (let i = 0; i < 40; i++) { t = [t, t] } return String(t) })()`,
	"error inside itself": `(() => { const e = Error("x"); e.message = e; return String(e) })()`,
	"error as its name":   `(() => { const e = Error("x"); e.name = e; return e + "" })()`,
	"indented holes":      `(() => { let t = Array(100000); for (let i = 0; i < 900; i++) t = [t]; return JSON.stringify(t, null, 10).length })()`,
	"circle":              `(() => { const o = {}; o.o = o; return o })()`,
	"flat":                `(() => { const a = [1]; a[1] = a; return a.flat(Infinity) })()`,
	"nested JSON":         `JSON.parse("[".repeat(1e6))`,
	"long index":          `(() => { const a = []; a[4294967294] = 1; return a })()`,
	"replaced by more":    `"x".repeat(1e4).replace(/x/g, "$&".repeat(1e5)).length`,
	"many arguments":      `Math.max(...Array(1e7))`,
	"sort without order":  `Array.from({length: 1e6}, (_, i) => i).sort(() => 1)`,
	"growing walk":        `(() => { const a = [1]; for (const x of a) { a.push(x) } return a })()`,
	"closures":            `(() => { const a = []; for (let i = 0; ; i++) { a.push(() => i) } })()`,
	"map of texts":        `(() => { const m = new Map(); for (let i = 0; ; i++) { m.set("k" + i, i) } })()`,
	"regex of counts":     `/((a{0,100}){0,100}){0,100}/.test("a")`,
	"regex walks":         `Array(1e5).fill("a").every(x => /^(a+)+$/.test("a".repeat(5000) + "!") || true)`,
	"arrows":              strings.Repeat("a=>", 20000) + "1",
	"brackets":            strings.Repeat("[", 5000) + strings.Repeat("]", 5000),
	"operators":           strings.Repeat("!", 20000) + "1",
	"conditions":          strings.Repeat("1?", 8000) + "1" + strings.Repeat(":1", 8000),
	"members":             "a" + strings.Repeat(".a", 20000),
	"unclosed templates":  strings.Repeat("`${", 5000),
	"pattern":             "(" + strings.Repeat("[", 60) + "a" + strings.Repeat("]", 60) + " => a)(1)",
}

// TestHostile bounds what any expression takes, also eight at once.
func TestHostile(t *testing.T) {
	const atOnce = 8
	for name, source := range hostile {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			var group sync.WaitGroup
			errs := make([]error, atOnce)
			start, used := time.Now(), processorTime()
			for i := range atOnce {
				group.Go(func() { _, errs[i] = run(t, source, eval.Given{}, nil) })
			}
			group.Wait()
			took := time.Since(start)
			used = processorTime() - used
			runtime.ReadMemStats(&after)
			for _, err := range errs {
				var wrong *eval.Error
				require.True(t, errors.As(err, &wrong), "%v", err)
				require.Contains(t, []eval.Code{eval.Limit, eval.Syntax, eval.Failed}, wrong.Code, wrong.Message)
			}
			made := (after.TotalAlloc - before.TotalAlloc) >> 20
			t.Logf("%v, %v of the processor, %d MiB made", took, used, made)
			require.Less(t, used, atOnce*150*time.Millisecond, "processor time of eight at once")
			require.Less(t, made, uint64(atOnce*32), "MiB of eight at once, with what growing buffers left behind")
			require.Less(t, took, 5*time.Second, "eight at once")
		})
	}
}
