package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestExpressionsLeakNothing evaluates the corpus of expressions that make
// evaluators print operands. What goes to stderr, traces included, and what a
// preview prints hold no value, nor six letters of one.
func TestExpressionsLeakNothing(t *testing.T) {
	text, err := os.ReadFile("../../engine/testdata/expressions/leaks.json")
	require.NoError(t, err)
	var corpus []string
	require.NoError(t, json.Unmarshal(text, &corpus))
	require.GreaterOrEqual(t, len(corpus), 60)

	values := []string{"Zq7Xv9Kj2Wp4Ym6T", "Hu3Rb8Lc5N", "Gd6Fs1Qe0Vx", "Jn4Tz7Bk9Rm", "73912846"}
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "login"), 0o700))
	for name, content := range map[string]string{
		"token": values[0], "login/username": values[1], "login/password": values[2],
		"cfg.json": `{"number":73912846,"text":"Jn4Tz7Bk9Rm","list":["Jn4Tz7Bk9Rm","Zq7Xv9Kj2Wp4Ym6T"],"mixed":["Jn4Tz7Bk9Rm",73912846]}`,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	evaluated := 0
	for _, source := range corpus {
		for _, flags := range [][]string{{}, {"--trace"}, {"--preview"}, {"--preview", "--trace"}} {
			a, stdout, stderr := testApp()
			args := append([]string{"sotto", "eval", "--provider", "dir:" + dir, "--var", "n=3"}, flags...)
			code := a.run(t.Context(), append(args, "--", source))
			shown := stderr.String()
			if code != exitDone || len(flags) > 0 && flags[0] == "--preview" {
				shown += stdout.String()
			} else {
				evaluated++
			}
			for _, value := range values {
				for i := range len(value) - 5 {
					piece := value[i : i+6]
					require.Falsef(t, strings.Contains(shown, piece) && !strings.Contains(source, piece),
						"%s shows %q in\n%s", source, piece, shown)
				}
			}
		}
	}
	require.NotZero(t, evaluated)
}
