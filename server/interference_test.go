package server_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
)

// TestTenantsWithOtherValuesSeeTheSame renders, evaluates, previews and lints random
// templates and expressions for two tenants whose secrets have the same names and types
// and other values. What may be shown is the same: trace, preview, lint, problem, log, and
// the result where it does not depend on a secret.
func TestTenantsWithOtherValuesSeeTheSame(t *testing.T) {
	rounds := 200
	if n, err := strconv.Atoi(os.Getenv("SOTTO_TEST_ROUNDS")); err == nil {
		rounds = n
	}
	worlds := [2]*api{tenantWith(t, "tok-4f9a8b2c7d", "31", `{"n": 12, "s": "leaf-one-77", "list": ["u", "v"], "flag": true, "o": {"p": "deep-5"}}`),
		tenantWith(t, "another value, and a longer one", "977", `{"n": 3, "s": "z", "list": ["w", "x", "y", "z"], "flag": false, "o": {"p": "q"}}`)}
	kinds := map[string]int{}
	for seed := range rounds {
		a := &composer{Rand: rand.New(rand.NewPCG(uint64(seed), 13)), left: 16}
		for _, call := range a.calls() {
			var seen [2]view
			for i, w := range worlds {
				seen[i] = w.look(call.path, call.body)
			}
			kinds[seen[0].kind]++
			require.Equal(t, seen[0], seen[1], "seed %d: POST %s %s", seed, call.path, call.body)
		}
	}
	for _, kind := range []string{"result", "sensitive", "trace", "problem", "preview", "lint", "output"} {
		require.Greater(t, kinds[kind], rounds/50, "too few say anything: %v", kinds)
	}
}

func tenantWith(t *testing.T, token, number, object string) *api {
	a := start(t)
	config, err := redact.NewJSON([]byte(object))
	require.NoError(t, err)
	a.fake.Put("default", "a", redact.NewSecret(token))
	a.fake.Put("default", "b", redact.NewSecret(number))
	a.fake.Put("default", "c", redact.NewCredentials("user of "+token, "password of "+token))
	a.fake.Put("default", "cfg", config)
	return a
}

// view is what of a call may be shown.
type view struct {
	// kind says what the call came to.
	kind   string
	status int
	text   string
	log    string
}

var (
	// incidental is what two calls always differ in, and how long an answer was, which
	// the caller alone sees.
	incidental = regexp.MustCompile(`"(time|took|request_id|bytes|out|output_bytes)":("[^"]*"|[\d.]+)`)
)

// look makes a call without a network.
func (a *api) look(path, body string) view {
	a.log.take()
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+a.token)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	a.server.Handler().ServeHTTP(w, r)
	v := view{status: w.Code, log: incidental.ReplaceAllString(a.log.take(), "")}
	var got map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		return view{kind: "no JSON", text: w.Body.String()}
	}
	delete(got, "request_id")
	switch {
	case v.status != http.StatusOK:
		v.kind = "problem"
	case path == "/v1/lint":
		v.kind = "lint"
	case got["mode"] == "preview":
		v.kind = "preview"
	case path == "/v1/render":
		v.kind = "output"
		if len(got["secrets"].([]any)) > 0 {
			delete(got, "output")
		}
	case got["sensitive"] == true:
		v.kind = "sensitive"
		delete(got, "result")
	case got["trace"] != nil:
		v.kind = "trace"
	default:
		v.kind = "result"
	}
	text, _ := json.Marshal(got)
	v.text = string(text)
	return v
}

type composed struct{ path, body string }

// composer writes random templates and expressions of operations that succeed or fail
// whatever the values are, as each would for one that its author knows.
type composer struct {
	*rand.Rand
	left     int
	language string
	// nested is in how many tags the template stands.
	nested int
}

func (c *composer) pick(list ...string) string { return list[c.IntN(len(list))] }

// calls returns a send, a preview and lint of one template or expression.
func (c *composer) calls() []composed {
	const vars = `{"n": 3, "s": "hello", "list": [2, 1], "o": {"a": 1}, "guess": "tok-4f9a"}`
	if c.IntN(2) == 0 {
		context, source := c.pick("text", "text", "json", "html", "url", "header"), c.template()
		// A place where any value may stand, whichever branch a secret takes.
		switch context {
		case "url":
			source = "https://example.com/" + source
		case "json":
			source = `{"k": "` + source + `"}`
		}
		text, _ := json.Marshal(source)
		body := fmt.Sprintf(`"template": %s, "context": %q`, text, context)
		return []composed{
			{"/v1/render", `{` + body + `, "vars": ` + vars + `}`},
			{"/v1/render", `{` + body + `, "mode": "preview", "vars": ` + vars + `}`},
			{"/v1/lint", `{` + body + `}`},
		}
	}
	c.language = c.pick("cel", "js")
	text, _ := json.Marshal(c.expression())
	body := fmt.Sprintf(`"expression": %s, "language": %q`, text, c.language)
	trace := strconv.FormatBool(c.IntN(3) > 0)
	return []composed{
		{"/v1/evaluate", `{` + body + `, "trace": ` + trace + `, "vars": ` + vars + `}`},
		{"/v1/evaluate", `{` + body + `, "trace": true, "mode": "preview", "vars": ` + vars + `}`},
		{"/v1/lint", `{` + body + `}`},
	}
}

func (c *composer) leaf() string {
	if c.IntN(5) < 2 {
		return c.pick("secrets.a", "secrets.b", "secrets.cfg.s", "secrets.cfg.o.p", "secrets.c.password", "secrets.c.username")
	}
	return c.pick("'tok-'", "'ab'", "'31'", "s", "guess", "'a longer literal'", "''")
}

// expression writes an expression that yields a text.
func (c *composer) expression() string {
	if c.left--; c.left < 0 {
		return c.leaf()
	}
	js := c.language == "js"
	switch c.IntN(12) {
	case 0, 1:
		return "(" + c.expression() + " + " + c.expression() + ")"
	case 2, 3:
		return "(" + c.test() + " ? " + c.expression() + " : " + c.expression() + ")"
	case 4:
		return "`x${" + c.expression() + "}y${" + c.leaf() + "}`"
	case 5:
		if js {
			return c.expression() + c.pick(".toUpperCase()", ".trim()", ".slice(0, 2)", ".repeat(2)", ".padEnd(40, '=')", ".replace('a', 'b')", ".split('o').join('0')")
		}
		return "(" + c.expression() + ")" + c.pick(".upperAscii()", ".trim()", ".replace('a', 'b')", ".split('o').join('0')", ".reverse()")
	case 6:
		if js {
			return "[" + c.expression() + ", " + c.expression() + "].filter(x => x !== " + c.leaf() + ").map(x => x + '!').join(',')"
		}
		return "[" + c.expression() + ", " + c.expression() + "].filter(x, x != " + c.leaf() + ").map(x, x + '!').join(',')"
	case 7:
		if js {
			return "String(" + c.test() + ")"
		}
		return "string(" + c.test() + ")"
	case 8:
		if js {
			return "encodeURIComponent(" + c.expression() + ")"
		}
		return "url_encode(" + c.expression() + ")"
	case 9:
		return c.pick("sha256("+c.expression()+")", "hmac_sha256("+c.expression()+", secrets.a)")
	case 10:
		if js {
			return "(() => { let r = " + c.expression() + "; if (" + c.test() + ") { r = r + 'long literal' } return r })()"
		}
		return "{'k': " + c.expression() + "}['k']"
	}
	return c.leaf()
}

// test writes an expression that yields a boolean.
func (c *composer) test() string {
	switch c.IntN(6) {
	case 0:
		return "!(" + c.expression() + c.pick(" == ", " != ", " < ") + c.leaf() + ")"
	case 1:
		return "(" + c.expression() + " == " + c.leaf() + c.pick(" && ", " || ") + "n > 2)"
	case 2:
		return "n > 5"
	case 3:
		if c.language == "js" {
			return "(" + c.expression() + ").length > 8"
		}
		return "size(" + c.expression() + ") > 8"
	case 4:
		return "!" + c.pick("secrets.a", "secrets.cfg.flag", "secrets.nope")
	}
	return c.expression() + c.pick(" == ", " != ") + c.leaf()
}

// template writes a template.
func (c *composer) template() string {
	var b strings.Builder
	for range 1 + c.IntN(3) {
		if c.left--; c.left < 0 {
			return b.String() + "."
		}
		switch c.IntN(10) {
		case 0, 1, 2:
			b.WriteString("{{ " + c.leaf() + c.filters() + " }}")
		case 3:
			b.WriteString("<<Secrets." + c.pick("a", "b", "cfg.s") + c.pick("", " | upcase", " | default: 'x'") + ">>")
		case 4:
			b.WriteString("{% if " + c.leaf() + c.pick(" == ", " != ", " contains ") + c.leaf() + " %}" + c.inner() + "{% else %}" + c.inner() + "{% endif %}")
		case 5:
			b.WriteString("{% capture m %}" + c.inner() + "{% endcapture %}{{ m" + c.filters() + " }}")
		case 6:
			b.WriteString("{% for x in secrets.cfg.list %}{{ x }}-{{ forloop.index }}{% endfor %}")
		case 7:
			b.WriteString("{% assign v = " + c.leaf() + c.filters() + " %}{% unless v == 'x' %}{{ v }}{% endunless %}")
		case 8:
			if c.nested > 0 {
				break // which of two branches fails is up to the values
			}
			b.WriteString("{{ " + c.pick("secrets.c", "secrets.nope", "secrets.cfg.nope", "secrets.c | basic_auth", "secrets.cfg | json") + " }}")
		case 9:
			b.WriteString("plain ")
		}
	}
	return b.String()
}

func (c *composer) inner() string {
	c.nested++
	defer func() { c.nested-- }()
	return c.template()
}

func (c *composer) filters() string {
	filters := ""
	for range c.IntN(3) {
		filters += c.pick(" | upcase", " | append: '/v1/render'", " | prepend: s", " | replace: 'a', 'b'", " | sha256", " | base64_encode", " | size",
			" | split: 'o' | join: '0'", " | url_encode", " | escape", " | json", " | truncate: 9", " | slice: 0, 2", " | hmac_sha256: secrets.a", " | default: 'none'")
	}
	return filters
}
