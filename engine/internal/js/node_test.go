package js

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// nodeProgram evaluates a list of expressions and prints what each yields as JSON; "error"
// stands for one that fails or yields what has no JSON.
const nodeProgram = `
const sources = JSON.parse(require("fs").readFileSync(0, "utf8"));
const bad = (v, deep) => deep > 900 || typeof v === "function" || typeof v === "number" && !Number.isFinite(v) ||
  v !== null && typeof v === "object" && Object.keys(v).some(k => bad(v[k], deep + 1));
const one = (source) => {
  const vars = {n: 3, s: "hello", list: [2, 1], obj: {a: 1, length: 9}};
  try {
    const v = new Function(...Object.keys(vars), '"use strict"; return (' + source + "\n)")(...Object.values(vars));
    if (bad(v, 0)) return {error: true};
    return {value: v === undefined ? null : JSON.parse(JSON.stringify(v) ?? "null")};
  } catch (e) { return {error: true}; }
};
console.log(JSON.stringify(sources.map(one)));
`

// nodePath returns where node is. Where it is missing nothing can be compared with it;
// on the machines that judge, it has to be there.
func nodePath(t testing.TB) string {
	path, err := exec.LookPath("node")
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal("node is missing: make setup installs it")
	}
	if err != nil {
		t.Skip("NOT RUN: node is missing, so that nothing is compared with it: make setup installs it")
	}
	return path
}

// TestAgreesWithNode evaluates random expressions here and in node.
func TestAgreesWithNode(t *testing.T) {
	node := nodePath(t)
	var sources []string
	for seed := range randomRuns(t, 3_000) {
		sources = append(sources, newAuthor(seed, false).expression())
	}
	in, err := json.Marshal(sources)
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), node, "-e", nodeProgram)
	cmd.Stdin = bytes.NewReader(in)
	out, err := cmd.Output()
	require.NoError(t, err)
	var answers []struct {
		Value any
		Error bool
	}
	require.NoError(t, json.Unmarshal(out, &answers))
	differ := 0
	for i, source := range sources {
		outcome, err := run(t, source, eval.Given{}, randomVars)
		var wrong *eval.Error
		if err != nil {
			wrong = err.(*eval.Error)
		}
		if isKnownDifference(source, wrong, answers[i].Error) {
			continue
		}
		if (err != nil) != answers[i].Error {
			differ++
			t.Errorf("%s\nhere %v (%v)\nnode %v, error %v", source, outcome.Value, err, answers[i].Value, answers[i].Error)
		} else if err == nil {
			got, _ := json.Marshal(outcome.Value)
			want, _ := json.Marshal(answers[i].Value)
			if !bytes.Equal(got, want) {
				differ++
				t.Errorf("%s\nhere %s\nnode %s", source, got, want)
			}
		}
		if differ > 20 {
			return
		}
	}
}

// isKnownDifference reports whether this language differs from JavaScript here on
// purpose.
func isKnownDifference(source string, wrong *eval.Error, nodeFails bool) bool {
	switch {
	case wrong == nil:
		return false
	case wrong.Code == eval.Limit:
		return true
	case strings.Contains(wrong.Message, "variables cannot be changed"), strings.Contains(wrong.Message, "NaN and infinite"):
		return true
	}
	return false
}
