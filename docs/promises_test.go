package docs_test

import (
	"bytes"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

var testName = regexp.MustCompile("`(Test[A-Za-z0-9_]+)`")

// TestPromisesHaveTheirTests: each test that operations.md names as the one that holds
// a promise is there.
func TestPromisesHaveTheirTests(t *testing.T) {
	text, err := os.ReadFile("operations.md")
	if err != nil {
		t.Fatal(err)
	}
	var sources [][]byte
	root := os.DirFS("..")
	err = fs.WalkDir(root, ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := fs.ReadFile(root, path)
		sources = append(sources, source)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := testName.FindAllStringSubmatch(string(text), -1)
	if len(named) == 0 {
		t.Fatal("operations.md names no test")
	}
	for _, match := range named {
		found := false
		for _, source := range sources {
			found = found || bytes.Contains(source, []byte("\nfunc "+match[1]+"("))
		}
		if !found {
			t.Errorf("operations.md names %s, which is no test", match[1])
		}
	}
}
