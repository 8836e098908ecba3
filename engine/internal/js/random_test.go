package js

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// randomRuns returns how many random expressions a test takes: what JS_RANDOM says, as
// `make random-js` does.
func randomRuns(t testing.TB, usual uint64) uint64 {
	t.Helper()
	text := os.Getenv("JS_RANDOM")
	if text == "" {
		return usual
	}
	n, err := strconv.ParseUint(text, 10, 64)
	require.NoError(t, err)
	return n
}

// author writes random expressions.
type author struct {
	*rand.Rand
	// names are those that the expression declared, with what they hold.
	names []string
	left  int
	// secrets says that references are among the operands.
	secrets bool
}

func newAuthor(seed uint64, secrets bool) *author {
	return &author{Rand: rand.New(rand.NewPCG(seed, 1)), left: 24, secrets: secrets}
}

func (a *author) pick(list ...string) string { return list[a.IntN(len(list))] }

func (a *author) leaf() string {
	if a.secrets && a.IntN(3) == 0 {
		return a.pick("secrets.a", "secrets.b", "secrets.cfg.n", "secrets.cfg.s", "secrets.cfg.list", "secrets?.nope", "secrets.cfg", "secrets.cfg.flag")
	}
	if len(a.names) > 0 && a.IntN(3) == 0 {
		return a.names[a.IntN(len(a.names))]
	}
	return a.pick("0", "1", "-3", "2.5", "1e21", "'ab'", "''", "'3'", "'é😀'", "true", "false", "null", "undefined", "NaN",
		"[]", "[1, 2, 3]", "['b', 'a', 'c']", "{}", "{a: 1, b: 'x'}", "n", "s", "list", "obj", "/a/g")
}

func (a *author) operand() string { return "(" + a.expression() + ")" }

// expression writes one expression.
func (a *author) expression() string {
	if a.left--; a.left < 0 {
		return a.leaf()
	}
	switch a.IntN(22) {
	case 0, 1:
		return a.operand() + a.pick(" + ", " - ", " * ", " / ", " % ", " ** ", " & ", " | ", " ^ ", " << ", " >> ", " >>> ") + a.operand()
	case 2, 3:
		return a.operand() + a.pick(" < ", " > ", " <= ", " >= ", " == ", " != ", " === ", " !== ") + a.operand()
	case 4:
		return a.operand() + a.pick(" && ", " || ", " ?? ") + a.operand()
	case 5, 6:
		return a.operand() + " ? " + a.operand() + " : " + a.operand()
	case 7:
		return a.pick("!", "-", "+", "~", "typeof ", "void ") + a.operand()
	case 8:
		return "`x${" + a.expression() + "}y${" + a.expression() + "}`"
	case 9:
		return "[" + a.expression() + ", " + a.pick("...[", "[") + a.expression() + "]]"
	case 10:
		return "({" + a.pick("a", "b", "7") + ": " + a.expression() + ", [" + a.expression() + "]: " + a.expression() + "})"
	case 11:
		return a.operand() + a.pick("?.a", "?.length", "?.[0]", "?.[1]?.a", ".a", ".length")
	case 12:
		return a.operand() + "[" + a.expression() + "]"
	case 13, 14:
		return "String(" + a.expression() + ")" + a.pick(".toUpperCase()", ".slice(1)", ".split('')", ".indexOf('a')", ".charCodeAt(0)", ".length",
			".includes('a')", ".trim()", ".replace('a', 'b')", ".padStart(5, '*')", ".at(-1)", ".concat('z')", ".startsWith('t')", ".repeat(2)")
	case 15:
		return a.pick("Number", "Math.abs", "Math.floor", "parseInt", "Boolean", "JSON.stringify", "isNaN", "Object.keys", "Array.isArray", "encodeURIComponent") +
			"(" + a.expression() + ")"
	case 16, 17:
		return a.callback()
	case 18:
		return "(" + a.pick("([x]", "({a: x}", "(x = 5", "(x, ...y", "({a: x = 1, ...y}") + ") => x)(" + a.expression() + ")"
	case 19, 20:
		return a.function()
	}
	return a.leaf()
}

func (a *author) callback() string {
	list := a.pick("[1, 2, 3]", "list", "['b', 'a']", "["+a.expression()+", 1]")
	before := len(a.names)
	a.names = append(a.names, "x")
	body := a.expression()
	a.names = a.names[:before]
	return list + a.pick(".map", ".filter", ".find", ".some", ".every", ".flatMap", ".findIndex", ".toSorted") + "(x => " + body + ")"
}

// function writes a function with statements, which is called at once.
func (a *author) function() string {
	before := len(a.names)
	defer func() { a.names = a.names[:before] }()
	name := fmt.Sprintf("v%d", before)
	var b strings.Builder
	b.WriteString("(() => { let " + name + " = " + a.expression() + "; ")
	a.names = append(a.names, name)
	switch a.IntN(5) {
	case 0:
		b.WriteString("if (" + a.expression() + ") { " + name + " = " + a.expression() + " } ")
	case 1:
		b.WriteString("for (const c of [1, " + a.expression() + "]) { if (c) { " + name + " = c; " + a.pick("break", "continue") + " } } ")
	case 2:
		b.WriteString("for (let i = 0; i < 3; i++) { " + name + " += " + a.expression() + " } ")
	case 3:
		b.WriteString("const f = () => { " + name + "++; return " + a.expression() + " }; " + a.operand() + " ? f() : 0; ")
	case 4:
		b.WriteString("switch (" + a.expression() + ") { case 1: " + name + " = 1; break; default: " + name + " = " + a.expression() + " } ")
	}
	b.WriteString("return " + a.pick(name, a.expression(), "["+name+", 1]") + " })()")
	return b.String()
}
