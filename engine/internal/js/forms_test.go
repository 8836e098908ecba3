package js

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// formVars are what random expressions work on, as JSON.
const formVars = `{"n": 3, "f": -2.5, "s": "hello", "t": "a,b;C d", "u": "é😀x", "e": "", "z": null, "yes": true, "no": false,
	"xs": [3, 1, 2, 10, -4], "ws": ["b", "a", "C", "é"], "mixed": [1, "1", null, true, [2], {"a": 1}], "none": [],
	"items": [{"id": 1, "name": "Ann", "price": 9.5, "tags": ["x", "y"]}, {"id": 2, "name": "bob", "price": 10, "tags": []}, {"id": 3, "name": "Cy", "price": 0.25}],
	"user": {"name": "Ann", "age": 41, "address": {"city": "Bern", "zip": "3000"}, "10": "ten", "2": "two"}}`

// forms of random expressions: each kind is a list, in which N, S, B, A, O
// and V stand for a number, a string, a boolean, an array, an object and any value.
var forms = map[byte][]string{
	'N': {"n", "f", "0", "1", "2", "7", "0.1", "-1", "1e3", "NaN", "(N + N)", "(N - N)", "(N * N)", "(N / N)", "(N % N)", "(N ** 2)", "(-N)", "(+S)", "(~N)", "(N & N)", "(N | N)", "(N ^ N)", "(N << 1)", "(N >> 1)", "(N >>> 1)",
		"S.length", "A.length", "S.indexOf(S)", "A.indexOf(V)", "Math.max(N, N)", "Math.min(...xs)", "Math.floor(N)", "Math.round(N)", "Math.abs(N)", "Math.trunc(N)", "Math.sign(N)", "Number(V)", "parseInt(S)", "parseFloat(S)", "parseInt(S, 16)",
		"xs.reduce((a, b) => a + b, N)", "A.findIndex(x => x === V)", "(B ? N : N)", "S.charCodeAt(0)", "items[0].price", "user.age", "user?.nope?.x", "(V ?? N)", "new Date(0).getTime()", "S.localeCompare(S)", "xs.at(-1)", "items.map(i => i.price).reduce((a, b) => a + b)", "(() => { let t = 0; for (const x of A) { t += Number(x) || 1 } return t })()", "(() => { let i = 0; while (i < 5) { i++; if (i === N) break } return i })()", "new Set(A).size"},
	'S': {"s", "t", "u", "e", `""`, `"x"`, `"12"`, `" pad "`, "`${V}`", "`a${V}b${V}`", "(S + V)", "(V + S)", "S.toUpperCase()", "S.toLowerCase()", "S.trim()", "S.slice(N)", "S.slice(N, N)", "S.substring(N, N)", "S.replace(S, S)", "S.replaceAll(S, S)", `S.replace(/[a-z]/g, c => c + "-")`, "S.padStart(6, S)", `S.padEnd(6, "ab")`, "S.repeat(2)", "S.charAt(N)", "A.join(S)", "A.join()", "String(V)", "typeof V", "JSON.stringify(V)", "JSON.stringify(V, null, 2)", "N.toString()", "(N).toFixed(2)", "(N).toString(16)", "encodeURIComponent(S)", "(B ? S : S)", "ws[0]", "items[1].name", "user.address.city", "user[S]", "(V ?? S)", "(S || S)", "(S && S)", "S.at(-1)", "S[0]", "S.concat(V, N)", `S.normalize("NFD")`, "[...S].reverse().join(\"\")", "Object.keys(O).join()", "(N).toPrecision(3)", "new Date(86400000 * 3).toISOString()", `S.split("").sort().join("")`, "btoa(e)", "(({a = S, ...r}) => a + Object.keys(r))(O)"},
	'B': {"yes", "no", "true", "false", "!V", "!!V", "(V === V)", "(V !== V)", "(V == V)", "(V != V)", "(N < N)", "(N <= N)", "(S > S)", "(N >= S)", "(B && B)", "(B || B)", "S.includes(S)", "S.startsWith(S)", "S.endsWith(S)", "A.includes(V)", "A.some(x => x === V)", "A.every(x => x !== V)", "isNaN(V)", "Number.isInteger(V)", "Array.isArray(V)", "/[aeiou]/.test(S)", "/^\\d+$/.test(S)", "(S in O)", "Object.is(V, V)", "(B ? B : B)", "O.hasOwnProperty(S)", "(A instanceof Array)", "(V == null)", "Number.isFinite(N)"},
	'A': {"xs", "ws", "mixed", "none", "[]", "[V]", "[V, V]", "[...A, V]", "[...S]", "A.map(x => x)", "A.map((x, i) => i)", "A.map(x => V)", "A.filter(x => x)", "A.filter((x, i) => i % 2)", "A.slice(N)", "A.slice(N, N)", "A.concat(A)", "A.concat(V)", "[...A].reverse()", "[...A].sort()", "[...xs].sort((a, b) => a - b)", "A.flat()", "A.flatMap(x => [x, x])", "S.split(S)", "S.split(/[,;]/)", `S.split("")`, "Object.keys(O)", "Object.values(O)", "Object.entries(O)", "Array.from({length: 3}, (_, i) => i)", "Array.from(A)", "A.fill(V)", "items.map(i => i.name)", "items.map(({name, price}) => `${name}: ${price}`)", "items.filter(i => i.price > N)", "(B ? A : A)", "(V ?? A)", "A.toSorted()", "A.toReversed()", "A.with(0, V)", "[...new Set(A)]", "S.match(/[a-z]+/g)", "(([a, ...b]) => [b, a])(A)", "[...A.entries()]", "A.toSpliced(1, 1)", "items.map(i => i.tags?.length)"},
	'O': {"user", "items[0]", "{a: V}", "{a: V, b: V}", "{...O, c: V}", "{[S]: V}", "user.address", "Object.fromEntries([[S, V]])", "Object.assign({}, O)", "(B ? O : O)", "{s, n}", "items.find(i => i.id === 2)", "items.reduce((o, i) => { o[i.name] = i.price; return o }, {})", "{...A}", "{...S}", "JSON.parse(JSON.stringify(O))", "structuredClone(O)"},
	'V': {"N", "S", "B", "A", "O", "N", "S", "z", "null", "undefined", "items[5]", "user.nope", "(B ? V : V)", "(V || V)", "(V && V)", "(V ?? V)", "A[0]", "A[N]", "O.a", "O[S]", "(() => V)()", "(x => x)(V)", "((a, b = V) => b)(V)", "(() => { if (B) { return V } return V })()", "void V", "(V, V)", "A.at(N)", "A.find(x => x)", "[V, V][N]", "(() => { switch (N) { case 1: return V; default: return V } })()", "(() => { let x = V; x = V; return x })()", "(() => { const o = {...O}; o.k = V; o.k ??= V; return o })()", "A.reduce((a, b) => a + b, V)"},
}

// randomExpression writes an expression of a kind.
func randomExpression(r *rand.Rand, kind byte, depth int) string {
	list := forms[kind]
	form := list[r.IntN(len(list))]
	for tries := 0; depth <= 0 && hasHole(form) && tries < 200; tries++ {
		form = list[r.IntN(len(list))]
	}
	var b strings.Builder
	for i := 0; i < len(form); i++ {
		c := form[i]
		if forms[c] != nil && isHole(form, i) {
			part := randomExpression(r, c, depth-1)
			if c == 'O' && strings.HasPrefix(part, "{") {
				part = "(" + part + ")"
			}
			if c == 'N' && i+1 < len(form) && form[i+1] == '.' {
				part = "(" + part + ")"
			}
			b.WriteString(part)
			continue
		}
		b.WriteByte(c)
	}
	out := b.String()
	if kind == 'O' && strings.HasPrefix(out, "{") {
		out = "(" + out + ")"
	}
	return out
}

// isHole reports whether the capital at i stands for an expression and is no part of
// a word.
func isHole(form string, i int) bool {
	word := func(c byte) bool { return isWord(c) || c == '"' }
	return !(i > 0 && word(form[i-1]) || i+1 < len(form) && word(form[i+1]))
}

func hasHole(form string) bool {
	for i := range len(form) {
		if forms[form[i]] != nil && isHole(form, i) {
			return true
		}
	}
	return false
}

// TestRandomExpressionsAreNodes compares random expressions with Node.
func TestRandomExpressionsAreNodes(t *testing.T) {
	count := int(randomRuns(t, 2_000))
	var vars map[string]any
	decoder := json.NewDecoder(strings.NewReader(formVars))
	decoder.UseNumber()
	require.NoError(t, decoder.Decode(&vars))
	r := rand.New(rand.NewPCG(1, 11))
	for count > 0 {
		n := min(count, 10_000)
		count -= n
		all := make([]string, n)
		for i := range all {
			all[i] = randomExpression(r, 'V', 1+r.IntN(4))
		}
		comparedWith(t, vars, all)
	}
}
