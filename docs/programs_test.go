package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/providers"
)

// A row of operations.md with a command for a manager.
var managerRow = regexp.MustCompile("(?m)^\\| ([A-Za-z0-9 ]+) \\| (?:``(exec:.*)``|`(exec:[^`]*)`) \\|$")

// managers :: program -> a shell script that answers as the manager's command line
// does about the secret `present`, and about no other. All fail while the file `down` is there.
var managers = map[string]string{
	"sops": `test "$1 $2 $3" = "decrypt --output-type json" || exit 64
echo '{"present": "value"}'`,
	"vals": `test "$1 $2 $3" = "eval -o json" || exit 64
echo '{"present": "value"}'`,
	"aws": `case "$*" in "secretsmanager batch-get-secret-value --secret-id-list "*"--output json --query SecretValues"*) ;; *) exit 64;; esac
case $4 in present) echo '"value"';; denied) echo 0;; *) echo null;; esac`,
	"op": `case "$*" in
"item list --vault sotto --format json") echo '[{"id": "x", "title": "present"}]';;
"read op://sotto/present/password") echo value;;
*) exit 1;; esac`,
	"pass": `test "$*" = "show sotto/present" && echo value`,
	"gcloud": `case "$*" in
"secrets list --filter=name~/secrets/present$ --format=value(name)") echo present;;
"secrets list "*) ;;
"secrets versions access latest --secret=present") printf value;;
*) exit 1;; esac`,
	"az": `case "$*" in
"keyvault secret list --vault-name sotto --query [?name=='present'] | [0].id --output tsv") echo https://sotto.example/secrets/present;;
"keyvault secret list "*) ;;
"keyvault secret show --id https://sotto.example/secrets/present --query value --output json") echo '"value"';;
*) exit 1;; esac`,
}

// Each line of operations.md for a manager tells a secret from one that is not there,
// and both from a manager that is down, asked of programs that answer like theirs.
func TestManagersAreOneLine(t *testing.T) {
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("NOT RUN: the managers' programs are made of shell scripts")
	}
	bin, store := t.TempDir(), t.TempDir()
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	t.Setenv("PASSWORD_STORE_DIR", store)
	require.NoError(t, os.Mkdir(filepath.Join(store, "sotto"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(store, "sotto", "present.gpg"), nil, 0o600))
	for name, text := range managers {
		down := "test ! -e '" + bin + "/down' || exit 1\n"
		require.NoError(t, os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+down+text+"\n"), 0o700))
	}
	scripts, err := filepath.Abs("../examples/providers")
	require.NoError(t, err)

	text, err := os.ReadFile("operations.md")
	require.NoError(t, err)
	rows := managerRow.FindAllStringSubmatch(string(text), -1)
	require.Len(t, rows, len(managers))
	for _, row := range rows {
		t.Run(row[1], func(t *testing.T) {
			defer func() { _ = os.Remove(filepath.Join(bin, "down")) }()
			binding, err := providers.Parse(strings.ReplaceAll(row[2]+row[3], "/etc/sotto/", scripts+"/"))
			require.NoError(t, err)
			aliases, entries := []string{"absent", "present"}, make([]resolver.Entry, 2)
			require.NoError(t, binding.Provider.Fetch(t.Context(), "acme", aliases, true, entries))
			require.Equal(t, macros.Missing, entries[0].Status)
			require.Equal(t, "value", entries[1].Secret.Reveal())
			if strings.HasPrefix(row[1], "AWS") {
				for _, values := range []bool{true, false} {
					require.Error(t, binding.Provider.Fetch(t.Context(), "acme", []string{"denied"}, values, entries[:1]))
				}
			}
			require.NoError(t, os.WriteFile(filepath.Join(bin, "down"), nil, 0o600))
			for _, alias := range aliases {
				if row[1] == "pass" && alias == "absent" {
					continue // files tell that, whether or not they can be opened
				}
				require.Error(t, binding.Provider.Fetch(t.Context(), "acme", []string{alias}, true, make([]resolver.Entry, 1)), alias)
			}
		})
	}
}
