package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDocuments runs every console session that the documents show, against a
// server as `sotto serve` starts it, and compares what it prints. In a document
// `...` stands for any text, and a line of it for any lines.
func TestDocuments(t *testing.T) {
	for _, document := range []string{"README.md", "docs/operations.md"} {
		t.Run(document, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("..", "..", document))
			require.NoError(t, err)
			dir := t.TempDir()
			address := startServer(t, dir, "tok-4f9a8b2c7d")
			steps := sessions(string(text))
			require.NotEmpty(t, steps)
			for i, got := range runSteps(t, dir, address, steps) {
				want := strings.TrimRight(steps[i].output, "\n")
				if !pattern(want).MatchString(strings.TrimRight(got, "\n")) {
					t.Errorf("$ %s\ngot:\n%s\nwant:\n%s", steps[i].command, got, want)
				}
			}
		})
	}
}

// TestReadmeExample holds the README's snippet and the engine's example
// together.
func TestReadmeExample(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	source, err := os.ReadFile("../../engine/example_readme_test.go")
	require.NoError(t, err)
	_, body, _ := strings.Cut(string(source), "func Example() {\n")
	body, _, found := strings.Cut(body, "\n\t// Output:")
	require.True(t, found)
	snippet := fences(string(readme), "go")
	require.Len(t, snippet, 1)
	require.Equal(t, strings.ReplaceAll("\n"+body, "\n\t", "\n"), "\n"+snippet[0])
}

// step is a command of a session and what it prints.
type step struct{ command, output string }

// fences returns the fenced blocks of a language.
func fences(markdown, language string) []string {
	var blocks []string
	for _, block := range strings.Split(markdown, "```"+language+"\n")[1:] {
		text, _, _ := strings.Cut(block, "```")
		blocks = append(blocks, text)
	}
	return blocks
}

// sessions returns the steps of all console blocks.
func sessions(markdown string) []step {
	var steps []step
	for _, block := range fences(markdown, "console") {
		continued := false
		for line := range strings.Lines(block) {
			command, isCommand := strings.CutPrefix(line, "$ ")
			switch {
			case isCommand:
				steps = append(steps, step{command: command})
			case continued:
				steps[len(steps)-1].command += line
			default:
				steps[len(steps)-1].output += line
			}
			continued = strings.HasSuffix(line, "\\\n")
		}
	}
	return steps
}

// pattern is the output of a step as an expression for all of it.
func pattern(want string) *regexp.Regexp {
	quoted := regexp.QuoteMeta(want)
	quoted = regexp.MustCompile(`(?m)^\\.\\.\\.$`).ReplaceAllString(quoted, `(?s:.*)`)
	return regexp.MustCompile(`^` + strings.ReplaceAll(quoted, `\.\.\.`, `.*`) + `$`)
}

// runSteps runs steps in one shell and returns what each printed.
func runSteps(t *testing.T, dir, address string, steps []step) []string {
	_, err := exec.LookPath("curl")
	require.NoError(t, err, "the documents' sessions use curl: install it")
	const mark = "--8<-- end of step"
	var script strings.Builder
	for _, s := range steps {
		fmt.Fprintf(&script, "%s\necho '%s'\n", strings.TrimRight(s.command, "\n"), mark)
	}
	shell := exec.Command("bash", "-c", strings.ReplaceAll(script.String(), "localhost:8080", address))
	shell.Dir = dir
	shell.Env = append(os.Environ(), "HOME="+dir)
	output, err := shell.CombinedOutput()
	require.NoError(t, err, string(output))
	outputs := strings.Split(string(output), mark+"\n")
	require.Len(t, outputs, len(steps)+1)
	return outputs[:len(steps)]
}

// TestLinks follows every link of the documents that leads into the project.
func TestLinks(t *testing.T) {
	documents, err := filepath.Glob("../../*.md")
	require.NoError(t, err)
	for _, folder := range []string{"docs", "benchmarks"} {
		more, err := filepath.Glob("../../" + folder + "/*.md")
		require.NoError(t, err)
		documents = append(documents, more...)
	}
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	for _, document := range documents {
		text, err := os.ReadFile(document)
		require.NoError(t, err)
		for _, match := range link.FindAllStringSubmatch(string(text), -1) {
			_, err := os.Stat(filepath.Join(filepath.Dir(document), match[1]))
			require.NoError(t, err, document)
		}
	}
}

// TestConfigurationIsDocumented holds the table of docs/operations.md to the
// flags of `sotto serve`.
func TestConfigurationIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/operations.md")
	require.NoError(t, err)
	a, _, _ := testApp()
	for _, flag := range a.serveCommand().Flags {
		require.Contains(t, string(text), "`--"+flag.Names()[0]+"`")
	}
}
