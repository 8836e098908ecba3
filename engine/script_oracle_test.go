package engine_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/sotto-render/sotto/engine"
)

// judgeScripts reads a JSON array of {script, want} and prints those that node cannot
// parse, or that do anything but call f with what is wanted.
const judgeScripts = `
const vm = require('vm')
const cases = JSON.parse(require('fs').readFileSync(0, 'utf8'))
const wrong = []
cases.forEach(({script, want}, i) => {
  const got = []
  try { new vm.Script(script).runInNewContext({f: (...a) => { got.push(JSON.stringify(a)) }}) } catch (e) { got.push(e.name) }
  if (got.join() !== JSON.stringify(want)) wrong.push([i, got.join()])
})
console.log(JSON.stringify(wrong))`

// TestValuesInScriptsStayValues lets random values stand in scripts: a parser of HTML
// finds the script as it was written, and node calls f with the value and does nothing
// else.
func TestValuesInScriptsStayValues(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("node is missing: make setup installs it")
		}
		t.Skip("NOT RUN: node is missing, so that no script is judged: make setup installs it")
	}
	type judged struct {
		Script string `json:"script"`
		Want   []any  `json:"want"`
	}
	var cases []judged
	pieces := []string{
		`"`, `'`, "`", `\`, `</script>`, `<!--`, `-->`, `<script>`, `]]>`, "\n", "\r", "\u2028", "\u2029", `${f(1)}`, `);f(2`, `*/`, `//`, `a`, `0`, ` `, `&quot;`, `é`, `😀`, "\x01", `{"k":1}`, `null`,
	}
	places := []string{
		`<script>f({{ v | json }})</script>`, `<script type="module">f( {{v|json}} );</script>`, "<p>x</p><script>\nvar x = {{ v | json }}\nf(x)</script>",
		`<script>f([{{ v | json }}][0]) // '` + "\n</script>", `<SCRIPT>f({{ h | json }}.k)</SCRIPT>`,
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		var v strings.Builder
		for range r.IntN(6) {
			v.WriteString(pieces[r.IntN(len(pieces))])
		}
		place := places[r.IntN(len(places))]
		out, err := rendered(place, engine.TemplateOptions{Context: engine.HTMLContext},
			&engine.Request{Vars: map[string]any{"v": v.String(), "h": map[string]any{"k": v.String()}}})
		require.NoError(t, err, place)
		script := onlyScript(t, out)
		cases = append(cases, judged{script, []any{v.String()}})
	}
	input, err := json.Marshal(cases)
	require.NoError(t, err)
	command := exec.Command(node, "-e", judgeScripts)
	command.Stdin = bytes.NewReader(input)
	told, err := command.Output()
	require.NoError(t, err)
	var wrong [][2]any
	require.NoError(t, json.Unmarshal(told, &wrong))
	for _, w := range wrong {
		t.Errorf("%s: node: %s", cases[int(w[0].(float64))].Script, w[1])
	}
}

// onlyScript is the text of the one script of a document.
func onlyScript(t *testing.T, document string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(document))
	require.NoError(t, err)
	var scripts []string
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "script" {
			require.NotNil(t, n.FirstChild, document)
			scripts = append(scripts, n.FirstChild.Data)
		}
	}
	require.Len(t, scripts, 1, document)
	return scripts[0]
}

// TestLinksStayLinks lets random values stand where HTML reads an address: none leads to a
// scheme that runs something, and none gets out of its attribute.
func TestLinksStayLinks(t *testing.T) {
	pieces := []string{
		"javascript:", "JaVaScRiPt:", "java\tscript:", "data:text/html,", "vbscript:", "//h", "https://h/", "mailto:a@b", "tel:+1", "/p?a=b", "#x", " ", "\n", "\t", "\x01", "&#106;avascript:", "%6a", `"`, `'`, `>`, "alert(1)", ",", ";url=", " 2x", "0;",
	}
	places := []string{
		`<a href="{{ v }}">x</a>`, `<a href='{{ v }}'>x</a>`, `<img src="{{ v }}">`, `<img srcset="{{ v }}">`, `<img srcset="/a 1x, {{ v }} 2x">`, `<form action="{{ v }}"></form>`,
		`<meta http-equiv="refresh" content="0;url={{ v }}">`, `<meta http-equiv="refresh" content="{{ v }}">`, `<iframe src="{{ v }}"></iframe>`, `<a href="/x?q={{ v }}">x</a>`, `<p style="{{ v }}">x</p>`, `<iframe srcdoc="{{ v }}"></iframe>`,
	}
	r := rand.New(rand.NewPCG(3, 4))
	written := map[string]int{}
	for range 6000 {
		var v strings.Builder
		for range 1 + r.IntN(4) {
			v.WriteString(pieces[r.IntN(len(pieces))])
		}
		place := places[r.IntN(len(places))]
		out, err := rendered(place, engine.TemplateOptions{Context: engine.HTMLContext}, &engine.Request{Vars: map[string]any{"v": v.String()}})
		if err != nil {
			continue // refused is safe
		}
		written[place]++
		root, err := html.Parse(strings.NewReader(out))
		require.NoError(t, err)
		for n := range root.Descendants() {
			for _, a := range n.Attr {
				require.Contains(t, []string{"href", "src", "srcset", "action", "http-equiv", "content", "style"}, a.Key, "%q in %s", v.String(), place)
				if a.Key == "style" || a.Key == "http-equiv" {
					continue
				}
				requireHarmless(t, addresses(a), fmt.Sprintf("%q in %s: %s", v.String(), place, out))
			}
		}
	}
	for _, place := range places[:4] {
		require.NotZero(t, written[place], place)
	}
}

// addresses are those in an attribute.
func addresses(a html.Attribute) []string {
	switch a.Key {
	case "srcset":
		return candidates(a.Val)
	case "content":
		_, address, _ := strings.Cut(strings.ToLower(a.Val), "url")
		return []string{strings.TrimLeft(address, "= \t\n\f\r'\"")}
	}
	return []string{a.Val}
}

// candidates are the addresses of a srcset, which white space ends, and commas behind them.
func candidates(text string) (all []string) {
	const space = " \t\n\f\r"
	for {
		text = strings.TrimLeft(text, space+",")
		if text == "" {
			return all
		}
		end := strings.IndexAny(text, space)
		if end < 0 {
			end = len(text)
		}
		address := text[:end]
		all, text = append(all, strings.TrimRight(address, ",")), text[end:]
		if !strings.HasSuffix(address, ",") {
			_, text, _ = strings.Cut(text, ",")
		}
	}
}

// requireHarmless reads addresses as browsers do, which drop white space and control
// characters before and within a scheme.
func requireHarmless(t *testing.T, addresses []string, told string) {
	t.Helper()
	for _, address := range addresses {
		plain := strings.Map(func(c rune) rune {
			if c <= ' ' {
				return -1
			}
			return c
		}, strings.ToLower(address))
		scheme, _, found := strings.Cut(plain, ":")
		if found && !strings.ContainsAny(scheme, "/?#%") {
			require.False(t, slices.Contains([]string{"javascript", "data", "vbscript"}, scheme), told)
		}
	}
}
