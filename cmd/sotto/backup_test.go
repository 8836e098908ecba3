package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"
)

// TestBackupOfARunningStore takes the copy that docs/operations.md shows while a
// server has the store open, and starts from it.
func TestBackupOfARunningStore(t *testing.T) {
	document, err := os.ReadFile("../../docs/operations.md")
	require.NoError(t, err)
	statement := regexp.MustCompile(`sqlite3 sotto-data/sotto.db "(VACUUM INTO 'backup/sotto.db')"`).FindSubmatch(document)
	require.NotNil(t, statement)

	dir := t.TempDir()
	t.Chdir(dir)
	manage := func(stdin string, args ...string) string {
		a, stdout, stderr := testApp()
		a.stdin = strings.NewReader(stdin)
		require.Zero(t, a.run(t.Context(), append([]string{"sotto"}, args...)), stderr)
		return stdout.String()
	}
	log, err := os.Create("server.log")
	require.NoError(t, err)
	defer func() { require.NoError(t, log.Close()) }()
	original, err := serve(dir, os.Environ(), log)
	require.NoError(t, err)
	server := []string{"--server", "http://" + original.address, "--token-file", "sotto-data/admin.token"}
	manage("k-8d1f22c07a", append([]string{"secrets", "create", "payments"}, server...)...)

	require.NoError(t, os.Mkdir("backup", 0o700))
	db, err := sql.Open("sqlite", "sotto-data/sotto.db")
	require.NoError(t, err)
	_, err = db.Exec(string(statement[1]))
	require.NoError(t, err)
	require.NoError(t, db.Close())
	manage("changed-later", append([]string{"secrets", "update", "payments"}, server...)...)
	require.NoError(t, original.stop())

	key, err := os.ReadFile(filepath.Join("sotto-data", masterKeyFile))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join("backup", masterKeyFile), key, 0o600))
	require.Contains(t, manage("", "secrets", "verify", "--data-dir", "backup"), "every record is as it was written")
	restored, err := serve(dir, os.Environ(), log, "--data-dir", "backup")
	require.NoError(t, err)
	require.Equal(t, "k-8d1f22c07a", manage("", "render", "<<Secrets.payments>>", "--server", "http://"+restored.address, "--token-file", "backup/admin.token"))
	require.NoError(t, restored.stop())
}
