package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
)

var lintSeeds = []string{
	"Hi {{ name | default: 'you', allow_false: true }}, <<Secrets.a-b.c[\"d e\"][0]>>",
	"{% if a == 1 and b contains 'x' or c %} {% elsif d <> e %}x{% else %} {% endif %}",
	"{% case a %} {% when 1, 'b' or c %}x{% else %}y{% when blank and z %}{% endcase %}",
	"{% for i in (1 .. n) reversed, limit: 2 offset: continue %}{{ forloop.index }}{% else %}<{% endfor %}",
	"{% tablerow i in a['b c'] cols: 2, limit: 3 %}{{ i }}{% endtablerow %}{% cycle 'g': \"a\", 'b', 1.50 %}",
	"{% capture 'a b' %} {% endcapture %}{% assign c = [d][-1].e | replace: g, 1 | date: '%Y' %}",
	"{% liquid\n if a\n echo 'b' | upcase\n endif\n # x\n%}{% ifchanged %} {% break %}{% endifchanged %}",
	"{% render 'p' for list as x, y: (1..2) %}{% include 'q' with secrets[n].z %}{% render 'none' %}",
	`{"to":"{{ name }}","n":{{ n | json }},"l":[{% for i in l %}{{ i }}{% unless forloop.last %},{% endunless %}{% endfor %}]}`,
	"https://{{ host }}/{{ path | split: '/' | join: '-' }}?q={{ q }}&t=<<secrets.token>>",
	`<p class="{{ a }}">{{ b | raw }}</p><script>var x = {{ c | json }};</script>`,
	"`Bearer ${secrets.token}` + [1, 2].map(x, x + n)[0]", "has(u.n) ? u.n : 'friend'", "size(a) > 1 && secrets['a-b'].c != ''",
	"{'a': <<secrets.x>>, 'b': \"<<secrets.y.z>>\"}.b.replace('a', 'b')", "secrets.?nope.orValue('x') + string(now())",
}

// goldenTemplates are the templates of the golden-liquid suite, where it is.
func goldenTemplates(t testing.TB) []string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "shared", "golden-liquid", "golden_liquid.json"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Log("golden-liquid is not in ../shared: its templates are no seeds")
		return nil
	}
	var suite struct{ Tests []struct{ Template string } }
	if err != nil || json.Unmarshal(raw, &suite) != nil {
		t.Fatal("golden-liquid cannot be read")
	}
	var all []string
	for _, c := range suite.Tests {
		all = append(all, c.Template)
	}
	return all
}

var lintPartials = engine.PartialMap{"p": "{{ x }}{% include 'q' %}", "q": "<<secrets.q>>{% render 'bad' %}", "bad": "{{ | }}{{ a | b }}"}

// checkLint asserts that Lint has an error for source exactly where compiling
// refuses it: no resolver is given, so that nothing is said of references.
func checkLint(t *testing.T, source string, options uint8) (compiles bool) {
	t.Helper()
	s := engine.Source{Text: source}
	var err error
	if options%16 < 3 {
		s.Language = engine.CEL
		_, err = engine.CompileExpression(source, s.Expression)
	} else {
		s.Template = engine.TemplateOptions{Context: engine.Context(options % 5), Syntax: macros.Syntax(options / 5 % 3)}
		if options%2 == 0 {
			s.Template.Partials = lintPartials
		}
		_, err = engine.Compile(source, s.Template)
	}
	report, lintErr := engine.Lint(context.Background(), []engine.Source{s}, engine.LintOptions{})
	if lintErr != nil {
		t.Fatal(lintErr)
	}
	wrong, missing := 0, 0
	lines := strings.Split(source, "\n")
	for _, d := range report.Diagnostics {
		if d.Severity == macros.SeverityError && d.Code != string(engine.SecretNotDeclared) {
			wrong++
			if strings.Contains(d.Message, "there is no partial ") || strings.Contains(d.Message, "there are no partials here") {
				missing++
			}
		}
		if d.Severity == macros.SeverityError && !strings.Contains(d.Message, "in partial ") && d.Line > len(lines) {
			t.Fatalf("%q: %+v is outside of the source", source, d)
		}
	}
	// A partial that is missing in a branch is told always, and refused where it
	// is reached.
	if (err != nil) != (wrong > 0) && !(err == nil && wrong == missing) {
		t.Fatalf("%q (language %d, %+v):\ncompiling says %v\nlint says %+v", source, s.Language, s.Template, err, report.Diagnostics)
	}
	return err == nil
}

func TestLintAgreesWithCompile(t *testing.T) {
	seeds := append(goldenTemplates(t), lintSeeds...)
	random := rand.New(rand.NewPCG(20, 25))
	compile := 0
	const rounds = 20_000
	for range rounds {
		if checkLint(t, mutated(random, seeds), uint8(random.UintN(256))) {
			compile++
		}
	}
	t.Logf("%d of %d compile", compile, rounds)
	if compile < rounds/20 || compile > rounds*19/20 {
		t.Errorf("%d of %d compile: the sources say little", compile, rounds)
	}
}

// mutated returns one of seeds, or parts of two, with a few changes.
func mutated(random *rand.Rand, seeds []string) string {
	pick := func() string { return seeds[random.IntN(len(seeds))] }
	// Half of the sources come from the short list, which has every tag.
	if random.IntN(2) == 0 {
		pick = func() string { return lintSeeds[random.IntN(len(lintSeeds))] }
	}
	source := pick()
	if len(source) > 2000 {
		source = source[:2000]
	}
	for range random.IntN(4) {
		at := random.IntN(len(source) + 1)
		switch random.IntN(4) {
		case 0:
			end := min(len(source), at+random.IntN(8))
			source = source[:at] + source[end:]
		case 1:
			other := pick()
			from := random.IntN(len(other) + 1)
			source = source[:at] + other[from:min(len(other), from+30)] + source[at:]
		case 2:
			source = source[:at] + []string{"|", "}}", "{{", "{%", "%}", "'", "<<", ">>", " ", "(", "]", ".", ":", ",", "\xff", "{% endif %}", "| nosuch", "| date", "secrets"}[random.IntN(19)] + source[at:]
		case 3:
			source = source[:at] + pick()
		}
	}
	return source
}

func FuzzLint(f *testing.F) {
	for i, seed := range lintSeeds {
		f.Add(seed, uint8(i))
	}
	f.Fuzz(func(t *testing.T, source string, options uint8) { checkLint(t, source, options) })
}
