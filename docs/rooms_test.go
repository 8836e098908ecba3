package docs_test

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/sotto-render/sotto/"

// TestRoomsImportDownwards holds the walls that ARCHITECTURE.md draws and the
// compiler does not: what each room may import of sotto, tests left out.
func TestRoomsImportDownwards(t *testing.T) {
	// allowed :: room -> the rooms that it may import, with all that is in them
	allowed := map[string][]string{
		"macros": {"internal/jsontext"},
		"redact": {"internal/jsonlog", "internal/jsontext", "internal/jsonobject", "redact"},
		// A module of its own, over the rooms that know values.
		"redact/otelcollector": {"redact", "resolver", "api"},

		"engine":   {"internal", "macros", "redact", "engine"},
		"resolver": {"internal", "macros", "redact", "resolver"},
		"api":      {"internal", "redact"},
		"server":   {"internal", "macros", "redact", "engine", "resolver", "api", "server"},
	}
	for room, rooms := range allowed {
		t.Run(room, func(t *testing.T) {
			require.NoError(t, filepath.WalkDir(filepath.Join("..", room), func(path string, d os.DirEntry, err error) error {
				if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "surfacetest") {
					return err
				}
				if inside, err := filepath.Rel("..", filepath.Dir(path)); err == nil && inside != room && allowed[filepath.ToSlash(inside)] != nil {
					return nil // a room inside of this one
				}
				file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
				if err != nil {
					return err
				}
				for _, spec := range file.Imports {
					imported, err := strconv.Unquote(spec.Path.Value)
					require.NoError(t, err)
					inner, ours := strings.CutPrefix(imported, module)
					if ours && !slices.ContainsFunc(rooms, func(r string) bool { return inner == r || strings.HasPrefix(inner, r+"/") }) {
						t.Errorf("%s imports %s: %s may import %v", path, inner, room, rooms)
					}
				}
				return nil
			}))
		})
	}
}
