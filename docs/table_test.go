package docs_test

import (
	"os"
	"strings"
	"testing"

	"github.com/sotto-render/sotto/macros"
)

// called returns the names of all tags and filters in the examples of a document.
func called(t *testing.T, file string) (tags, filters map[string]bool) {
	t.Helper()
	tags, filters = map[string]bool{}, map[string]bool{}
	for _, b := range blocks(t, file) {
		if b.kind != "liquid" {
			continue
		}
		for _, tag := range macros.Tags() {
			if strings.Contains(b.text, "{% "+tag+" ") || strings.Contains(b.text, "{% "+tag+"\n") || strings.Contains(b.text, "\n  "+tag+" ") {
				tags[tag] = true
			}
		}
		for _, row := range macros.Filters() {
			_, found, _ := strings.Cut(b.text+"\n", "| "+row.Name)
			for found != "" && !strings.ContainsAny(found[:1], ": }") {
				_, found, _ = strings.Cut(found, "| "+row.Name)
			}
			filters[row.Name] = filters[row.Name] || found != ""
		}
	}
	return tags, filters
}

// TestSyntaxHasEveryTagAndFilter: the document has a line in the words of the
// table for each, and an example that is run.
func TestSyntaxHasEveryTagAndFilter(t *testing.T) {
	text, err := os.ReadFile("syntax.md")
	if err != nil {
		t.Fatal(err)
	}
	tags, filters := called(t, "syntax.md")
	check := func(t *testing.T, row string, shown bool) {
		t.Helper()
		if !strings.Contains(string(text), "\n"+row+"\n") {
			t.Errorf("syntax.md has not this line:\n%s", row)
		}
		if !shown {
			t.Error("syntax.md has no example of it")
		}
	}
	for _, row := range macros.TagSignatures() {
		t.Run("tag "+row.Name, func(t *testing.T) {
			check(t, "| `"+row.Name+"` | "+row.Description+" |", tags[row.Name])
		})
	}
	for _, row := range macros.Filters() {
		t.Run("filter "+row.Name, func(t *testing.T) {
			check(t, "| `"+row.String()+"` | "+row.Description+" |", filters[row.Name])
		})
	}
}
