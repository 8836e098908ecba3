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
	"folder or file of the golden-liquid suite; default ../shared/golden-liquid or what `make golden` brought, from the project's root")

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

// goldenPath returns where the suite is. Beside a folder ../shared it is there
// or the test fails; in a clone elsewhere it is what `make golden` brought.
func goldenPath(t *testing.T) string {
	if *golden != "" {
		return *golden
	}
	shared := filepath.Join("..", "..", "shared")
	if _, err := os.Stat(shared); err == nil {
		return filepath.Join(shared, "golden-liquid")
	}
	brought := filepath.Join("..", ".golden", "golden-liquid", "golden_liquid.json")
	if _, err := os.Stat(brought); errors.Is(err, fs.ErrNotExist) {
		t.Skip("NOT RUN: the golden-liquid suite is not here; `make golden` brings it")
	}
	return brought
}

func goldenCases(t *testing.T) []goldenCase {
	path := goldenPath(t)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, "golden_liquid.json")
	}
	raw, err := os.ReadFile(path)
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
	cases := goldenCases(t)
	if len(cases) < 700 {
		t.Fatalf("only %d cases: this is not the suite", len(cases))
	}
	for _, c := range cases {
		group := strings.Join(strings.SplitN(c.Name, ", ", 3)[:min(2, strings.Count(c.Name, ", "))], ", ")
		if groups[group] == nil {
			groups[group] = &score{}
		}
		passed := t.Run(c.Name, func(t *testing.T) {
			if problem := c.run(); problem != "" {
				t.Errorf("template %q\n\t%s", c.Template, problem)
			}
		})
		if passed {
			groups[group].passed++
			total.passed++
		} else {
			groups[group].failed++
			total.failed++
		}
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
