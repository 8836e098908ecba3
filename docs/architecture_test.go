package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fileNamed finds the Go files that the map names; a word with a star names a
// family of files.
var fileNamed = regexp.MustCompile("`([a-z_./*]+\\.go)`")

// TestArchitectureNamesFilesThatExist holds the map against the tree: a file
// that was moved or renamed makes a trip lead nowhere. A name without a folder
// may stand in any room.
func TestArchitectureNamesFilesThatExist(t *testing.T) {
	page, err := os.ReadFile("../ARCHITECTURE.md")
	require.NoError(t, err)
	require.LessOrEqual(t, strings.Count(string(page), "\n"), 300, "the map is read as a whole: keep it short")
	// known :: path from the root of the project
	var known []string
	require.NoError(t, filepath.WalkDir("..", func(path string, d os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".go") {
			known = append(known, strings.TrimPrefix(filepath.ToSlash(path), "../"))
		}
		return err
	}))
	named := fileNamed.FindAllStringSubmatch(string(page), -1)
	require.NotEmpty(t, named)
	for _, m := range named {
		want := "/" + m[1]
		found := false
		for _, path := range known {
			tail := "/" + path
			if strings.Contains(want, "*") {
				dir, pattern := filepath.Split(want)
				ok, err := filepath.Match(pattern, filepath.Base(path))
				require.NoError(t, err)
				found = found || ok && strings.HasSuffix(filepath.Dir(tail)+"/", dir)
				continue
			}
			found = found || strings.HasSuffix(tail, want)
		}
		if !found {
			t.Errorf("ARCHITECTURE.md names %s, which is nowhere", m[1])
		}
	}
}
