package engine_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sotto-render/sotto/engine"
)

var golden = flag.String("golden", os.Getenv("GOLDEN_LIQUID"),
	"folder or file of the golden-liquid suite; default ../shared/golden-liquid from the project's root")

// goldenCase is one case of golden_liquid.json.
type goldenCase struct {
	Name      string
	Template  string
	Data      json.RawMessage
	Templates map[string]string
	Result    *string
	Results   []string
	Invalid   bool
	Tags      []string
}

func goldenCases(t *testing.T) []goldenCase {
	path := *golden
	if path == "" {
		path = filepath.Join("..", "..", "shared", "golden-liquid")
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, "golden_liquid.json")
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("golden-liquid is not at %s: pass its folder with -golden or GOLDEN_LIQUID", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	var suite struct{ Tests []goldenCase }
	if err := json.Unmarshal(raw, &suite); err != nil {
		t.Fatal(err)
	}
	return suite.Tests
}

// TestConformance runs the golden-liquid suite and prints how many cases of
// each group pass.
func TestConformance(t *testing.T) {
	type score struct{ passed, failed int }
	groups := make(map[string]*score)
	var total score
	for _, c := range goldenCases(t) {
		group := strings.Join(strings.SplitN(c.Name, ", ", 3)[:min(2, strings.Count(c.Name, ", "))], ", ")
		if groups[group] == nil {
			groups[group] = &score{}
		}
		problem := c.run()
		if problem == "" {
			groups[group].passed++
			total.passed++
			continue
		}
		groups[group].failed++
		total.failed++
		t.Errorf("%s\n\ttemplate %q\n\t%s", c.Name, c.Template, problem)
	}
	names := make([]string, 0, len(groups))
	for name := range groups {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		t.Logf("%-40s %4d passed %4d failed", name, groups[name].passed, groups[name].failed)
	}
	t.Logf("%-40s %4d passed %4d failed", "all", total.passed, total.failed)
}

func (c goldenCase) run() string {
	vars := map[string]any{}
	if len(bytes.TrimSpace(c.Data)) > 0 && string(c.Data) != "null" {
		var err error
		if vars, err = engine.DecodeVars(c.Data); err != nil {
			return "the data does not decode"
		}
	}
	strict := slices.Contains(c.Tags, "strict2")
	got, err := render(c.Template, vars, engine.PartialMap(c.Templates), strict)
	switch {
	case c.Invalid && err == nil:
		return "rendered " + strconv.Quote(got) + ", want an error"
	case c.Invalid:
		return ""
	case err != nil:
		return "failed: " + err.Error()
	case c.Result != nil && got != *c.Result:
		return "rendered " + strconv.Quote(got) + ", want " + strconv.Quote(*c.Result)
	case c.Result == nil && !slices.Contains(c.Results, got):
		return "rendered " + strconv.Quote(got) + ", want one of " + strings.Join(c.Results, " | ")
	}
	return ""
}

func render(source string, vars map[string]any, partials engine.Partials, strict bool) (string, error) {
	compiled, err := engine.Compile(source, engine.TemplateOptions{Partials: partials})
	if err != nil {
		return "", err
	}
	out, err := compiled.Render(context.Background(), &engine.Request{Vars: vars, Strict: strict})
	return out.Reveal(), err
}
