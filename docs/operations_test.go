package docs_test

import (
	"os"
	"strings"
	"testing"

	"github.com/sotto-render/sotto/resolver/providers"
)

// TestProviders looks for a row of each kind of provider in operations.md, in
// the words of the code.
func TestProviders(t *testing.T) {
	text, err := os.ReadFile("operations.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range providers.Specs() {
		t.Run(spec.Kind, func(t *testing.T) {
			row := "| `" + spec.Form + "` | `" + spec.Example + "` | " + spec.Secrets + " | " + spec.Needs + " |\n"
			if !strings.Contains(string(text), row) {
				t.Errorf("operations.md lacks this row of its table of providers:\n%s", row)
			}
		})
	}
}
