package js

import (
	"bufio"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// suiteFolders are the parts of test262 that are about what the language has.
var suiteFolders = []string{
	"language/expressions", "language/literals", "built-ins/String", "built-ins/Array", "built-ins/Object", "built-ins/JSON",
	"built-ins/Math", "built-ins/Number", "built-ins/Date", "built-ins/RegExp", "built-ins/parseInt", "built-ins/parseFloat",
	"built-ins/isNaN", "built-ins/isFinite", "built-ins/encodeURI", "built-ins/encodeURIComponent", "built-ins/decodeURI",
	"built-ins/decodeURIComponent",
}

// suiteLeftOut are folders of what the language refuses as a whole.
var suiteLeftOut = regexp.MustCompile(`^language/expressions/(class|async[^/]*|generators|dynamic-import|import\.meta|import\.source|super|yield|await)/|^language/literals/bigint|/fromAsync/`)

const manifestFile = "testdata/test262.txt"

// manifest returns id -> reason for each script that does not pass. In the file a
// line that is not indented is the reason of those below it.
func manifest(t *testing.T) map[string]string {
	file, err := os.Open(manifestFile)
	require.NoError(t, err)
	defer file.Close()
	reasons, reason, folder := make(map[string]string), "", ""
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "#") || line == "":
		case !strings.HasPrefix(line, " "):
			reason = line
		case strings.HasPrefix(line, "  "):
			reasons[folder+"/"+strings.TrimSpace(line)] = reason
		default:
			folder = strings.TrimSpace(line)
		}
	}
	return reasons
}

// TestSuite runs test262 (https://github.com/tc39/test262), where the environment
// says where it is: every script passes, or stands in the manifest with a reason.
// With TEST262_WRITE the manifest is written anew.
func TestSuite(t *testing.T) {
	root := os.Getenv("TEST262")
	if root == "" {
		t.Skip("NOT RUN: TEST262 names no checkout of test262: make test262 TEST262=path")
	}
	addHarness(t)
	reasons := make(map[string]string)
	if os.Getenv("TEST262_WRITE") == "" {
		reasons = manifest(t)
	}
	passed, refusals, failed := 0, 0, make(map[string]string)
	for _, folder := range suiteFolders {
		err := filepath.WalkDir(filepath.Join(root, "test", folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".js") || strings.HasSuffix(path, "_FIXTURE.js") {
				return err
			}
			id, err := filepath.Rel(filepath.Join(root, "test"), path)
			if err != nil || suiteLeftOut.MatchString(id) {
				return err
			}
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			why := runScript(string(source))
			switch {
			case why == "" && reasons[id] != "":
				t.Errorf("%s passes: take it out of %s (%s)", id, manifestFile, reasons[id])
			case why == "":
			case reasons[id] == "":
				failed[id] = reasonFor(id, string(source), why)
				if os.Getenv("TEST262_WRITE") == "" {
					t.Errorf("%s fails: %s", id, why)
				}
			}
			if why == "" {
				passed++
				refusals += toInt(negative.Match(source))
			}
			return nil
		})
		require.NoError(t, err)
	}
	t.Logf("%d scripts pass, %d of them as mistakes that are found", passed, refusals)
	if os.Getenv("TEST262_WRITE") != "" {
		writeManifest(t, failed)
		return
	}
	require.GreaterOrEqual(t, passed, 3550)
}

func writeManifest(t *testing.T, failed map[string]string) {
	byReason := make(map[string][]string)
	for id, reason := range failed {
		byReason[reason] = append(byReason[reason], id)
	}
	var b strings.Builder
	b.WriteString("# Scripts of test262 that do not pass, each below its reason: the folder, then the files.\n# Written by TEST262_WRITE=1 make test262 TEST262=path; what is new in it is read before it is committed.\n")
	for _, reason := range slices.Sorted(maps.Keys(byReason)) {
		fmt.Fprintf(&b, "\n%s\n", reason)
		folder := ""
		for _, id := range slices.Sorted(slices.Values(byReason[reason])) {
			dir, file := filepath.Split(id)
			if dir = strings.TrimSuffix(dir, "/"); dir != folder {
				fmt.Fprintf(&b, " %s\n", dir)
				folder = dir
			}
			fmt.Fprintf(&b, "  %s\n", file)
		}
	}
	require.NoError(t, os.WriteFile(manifestFile, []byte(b.String()), 0o644))
	for _, reason := range slices.Sorted(maps.Keys(byReason)) {
		t.Logf("%5d %s", len(byReason[reason]), reason)
	}
}

var (
	frontMatter = regexp.MustCompile(`(?s)/\*---(.*?)---\*/`)
	negative    = regexp.MustCompile(`(?s)negative:\s*\n\s+phase:\s*(\w+)`)
	flagsLine   = regexp.MustCompile(`(?m)^flags:\s*\[(.*)\]`)
)

// runScript runs a script as the body of an arrow function, and returns why it does
// not pass.
func runScript(source string) (why string) {
	front := frontMatter.FindString(source)
	if flags := flagsLine.FindStringSubmatch(front); flags != nil && regexp.MustCompile(`module|async|raw`).MatchString(flags[1]) {
		return "the script is no function's body: " + flags[1]
	}
	body := strings.ReplaceAll(strings.ReplaceAll(source, "new Test262Error(", "new Error("), "$DONOTEVALUATE()", "")
	p, err := Compile("(() => {\n"+body+"\n})()", eval.Limits{Source: 1 << 20, Tokens: 1 << 17, Nodes: 1 << 20}, nil)
	if phase := negative.FindStringSubmatch(front); phase != nil {
		if err != nil {
			return ""
		}
		return "a mistake is not found when the script is compiled"
	}
	if err != nil {
		return "refused: " + err.Error()
	}
	in := new(eval.Prepared)
	p.Prepare(in, eval.Given{})
	vm := p.start(in, nil)
	defer release(vm)
	vm.budget.Cost, vm.budget.Memory = 5_000_000, 64<<20
	_, why = attempt(vm, func() (Value, error) { return p.plan.run(vm.enter(&p.plan.code, nil)), nil })
	return why
}

// attempt runs something and returns what it threw, spelled out.
func attempt(vm *machine, run func() (Value, error)) (v Value, thrown string) {
	depth, deep, used, top := vm.depth, vm.deep, vm.used, vm.top
	defer func() {
		if e := recover(); e != nil {
			l, ok := e.(*located)
			if !ok {
				thrown = fmt.Sprint("panic: ", e)
			} else {
				thrown = l.message
			}
			vm.depth, vm.deep, vm.used, vm.top = depth, deep, used, top
		}
	}()
	v, err := run()
	if err != nil {
		return v, err.Error()
	}
	return v, ""
}

// addHarness adds assert and the classes of errors to the globals for a test.
func addHarness(t *testing.T) {
	before := maps.Clone(globals)
	t.Cleanup(func() { globals = before })
	globals = maps.Clone(globals)
	fail := func(what string) error { return typeError("assert: " + what) }
	check := func(name string, ok func(a, b Value) bool) *Func {
		return newFunc(name, 3, func(vm *machine, _ Value, args []Value) (Value, error) {
			if !ok(argument(args, 0), argument(args, 1)) {
				return undefined, fail(name + ": " + show(vm, argument(args, 0), 0) + " and " + show(vm, argument(args, 1), 0))
			}
			return undefined, nil
		})
	}
	same := func(a, b Value) bool { return sameValue(a, b, false) }
	alike := func(a, b Value) bool {
		if a.kind != kindArray || b.kind != kindArray || a.obj.length() != b.obj.length() {
			return false
		}
		vm := new(machine)
		for i := range a.obj.length() {
			x, _ := vm.item(a.obj, i)
			y, _ := vm.item(b.obj, i)
			if !same(x, y) {
				return false
			}
		}
		return true
	}
	throws := newFunc("throws", 3, func(vm *machine, _ Value, args []Value) (Value, error) {
		_, thrown := attempt(vm, func() (Value, error) { return vm.call(argument(args, 1), undefined, nil) })
		if thrown == "" {
			return undefined, fail("nothing is thrown")
		}
		if strings.HasPrefix(thrown, "assert: ") || strings.HasPrefix(thrown, "panic") {
			return undefined, fail("throws: " + thrown)
		}
		return undefined, nil
	})
	truth := func(_ *machine, _ Value, args []Value) (Value, error) {
		if argument(args, 0) != trueV {
			return undefined, fail("is not true")
		}
		return undefined, nil
	}
	addClass("assert", 1, kindUndefined, truth, nil, nil, []*Func{
		check("sameValue", same), check("notSameValue", func(a, b Value) bool { return !same(a, b) }), check("compareArray", alike), throws,
	})
	addClass("compareArray", 2, kindUndefined, func(_ *machine, _ Value, args []Value) (Value, error) {
		return boolean(alike(argument(args, 0), argument(args, 1))), nil
	}, nil, nil, nil)
	for _, name := range []string{"TypeError", "RangeError", "SyntaxError", "ReferenceError", "URIError", "EvalError", "Test262Error"} {
		addClass(name, 1, kindError, makeError, nil, nil, nil)
	}
}

// suiteReasons are why scripts do not pass, by what is in them: the first that fits.
var suiteReasons = []struct{ word, reason string }{
	{`\bclass\b`, "there are no classes"},
	{`\basync\b|\bawait\b|\bPromise\b`, "nothing waits"},
	{`function\s*\*|\byield\b|[{,]\s*\*\s*\w+\s*\(`, "there are no generators"},
	{`\bSymbol\b`, "there are no symbols"},
	{`\bBigInt\b|\b\d+n\b`, "there are no BigInts"},
	{`\bProxy\b|\bReflect\b|\$262|\b\w*Array(Buffer)?\.(BYTES)|Int8Array|Uint8Array|Float\d+Array|ArrayBuffer|DataView|testWithTypedArray|WeakMap|WeakSet|WeakRef|globalThis|Intl\.\w+`, "the name is not of the library"},
	{`\bdefineProperty\b|\bdefineProperties\b|getOwnPropertyDescriptor|verifyProperty|verifyPrimordial|verifyNot|verifyWritable|verifyEnumerable|verifyConfigurable|verifyCallable|verifyEqualTo|isWritable|isEnumerable|isConfigurable`, "properties have no attributes"},
	{`\bget\s+[\w\[]+\s*\(|\bset\s+[\w\[]+\s*\(|__define[GS]etter__|__lookup[GS]etter__`, "there are no getters and setters"},
	{`\.prototype\b|\.constructor\b|getPrototypeOf|setPrototypeOf|__proto__|isPrototypeOf|Object\.create|isConstructor|\["?prototype`, "there are no prototypes"},
	{`\bthis\b`, "there is no this"},
	{`\barguments\b`, "there is no arguments"},
	{`\bdelete\b`, "there is no delete"},
	{`\btry\b`, "there is no try"},
	{`\beval\b|\bFunction\s*\(|\bFunction\b|new\.target|\bwith\s*\(|\bimport\b`, "no code is made of text, and there is no with, import or new.target"},
	{`\bfor\s*\((var|let|const)?\s*\w+\s+in\b`, "there is no for-in"},
	{`new\s+(String|Number|Boolean|Object|\w*Error)\b|\bnew\s+[a-z_]\w*\b|\bnew\s+\(|\bObject\((true|false|\d|"|')|new\s+function|new\s+[A-Z]\w*[^(\w]`, "new makes objects of the library alone, none around primitives"},
	{`\(\?<?[=!]`, "there is no look-around"},
	{`\\\\?[1-9k]`, "there are no back references"},
	{`\w\s*` + "`", "a function stands before no template but String.raw"},
	{`^\s*\w+:\s*(for|while|do|\{)|\b(break|continue)\s+[a-z]\w*`, "there are no labels"},
	{`Math\.(random|f16round|sumPrecise)|RegExp\.(escape|\$|input|lastMatch|last)|JSON\.(rawJSON|isRawJSON)|Error\.isError|Array\.fromAsync|\.anchor\(|\.big\(|Object\.getOwnPropertySymbols`, "the function is younger than ES2023 or not of the library"},
}

// failureReasons are why scripts do not pass, by their id and what they failed with:
// the first that fits, after those of their words.
var failureReasons = []struct{ word, reason string }{
	{`modifiers|duplicate-name|unicodeSets|testExtendedCharacterClass|testPropertyOfStrings|generated/strings`, "the syntax of the regular expression is younger than ES2023"},
	{`buildString|property-escapes|unicode_full_case_folding|special_casing_conditional`, "properties and cases of letters are those of the Unicode that Go has"},
	{`takes too long or too much memory|nested too deeply|too large|quantifier-integer-limit|MAX_ITERATIONS`, "limits of time, memory and size"},
	{`isFrozen|isSealed|isExtensible|object is frozen|15\.9\.4|15\.7\.3|15\.2\.3|prototype/S15\.10\.5`, "the library itself is frozen, and its names are not listed"},
	{`Object\.assign changes|another kind|compareIterator|assertRelativeDateMs|NaNs|\$262`, "no objects around primitives, no methods of arrays on other objects, or a part of the suite's harness that is not here"},
	{`S15\.10\.2\.5_A1_T4|S15\.10\.6\.2_A1_T6|nullable-quantifier`, "a group in a repeated group keeps its last text, as in RE2"},
	{`BigInt`, "there are no BigInts"},
	{`getters and setters`, "there are no getters and setters"},
	{`refused: .new. takes`, "new makes objects of the library alone, none around primitives"},
	{`String\.raw`, "a function stands before no template but String.raw"},
	{`is no name of the expression's own`, "names outside the expression are not made by setting them"},
	{`octal|declared twice|cannot be declared|inside of it`, "the script is not of strict mode"},
	{`copyWithin/coerced`, "a method reads the length of an array once its arguments are read"},
	{`dflt-params-ref|name-cover|S11\.(13\.2_A7|3\.\d_A6|4\.\d_A6)`, "an order that no expression should count on: defaults before they are set, keys with side effects, names of functions in brackets"},
	{`strict|NSPL|rest-params-trailing|obj-rest-before|invalid-|regexp-builtin-exec-v-u`, "the script is taken though the standard refuses it"},
	{`Array/of/`, "a constructor is not taken from what a method is called on"},
}

// reasonFor returns why a script that is not passed is not.
func reasonFor(id, source, why string) string {
	code := comments.ReplaceAllString(frontMatter.ReplaceAllString(source, ""), "")
	for _, r := range suiteReasons {
		if regexp.MustCompile(`(?m)` + r.word).MatchString(code) {
			return r.reason
		}
	}
	for _, r := range failureReasons {
		if regexp.MustCompile(r.word).MatchString(id + " " + why) {
			return r.reason
		}
	}
	return "UNEXPLAINED: " + why
}

var comments = regexp.MustCompile(`(?m)//.*$|(?s:/\*.*?\*/)`)
