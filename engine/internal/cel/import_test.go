package cel

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNoOtherPackageImportsCELGo keeps cel-go behind one door: its import path
// and its API change, and a second language must not need it.
func TestNoOtherPackageImportsCELGo(t *testing.T) {
	const module = "github.com/sotto-render/sotto"
	list := exec.Command("go", "list", "-test", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"/...")
	out, err := list.Output()
	require.NoError(t, err)
	found := false
	for line := range strings.Lines(string(out)) {
		importer, imports, _ := strings.Cut(line, " ")
		importer, _, _ = strings.Cut(strings.TrimSpace(importer), ".test")
		if !strings.Contains(imports, "google/cel-go") {
			continue
		}
		found = true
		require.Equal(t, module+"/engine/internal/cel", importer)
	}
	require.True(t, found, "the list has no imports")
}
