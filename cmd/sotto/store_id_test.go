package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver/store/redis/redistest"
)

// A data directory belongs to the store that its first start found or made, and
// nothing but such a start makes one.
func TestADataDirectoryBelongsToItsStore(t *testing.T) {
	redis, dir := redistest.Start(t, redistest.Options{}), t.TempDir()
	env := append(os.Environ(), "SOTTO_STORE="+redis.URL, "SOTTO_ADMIN_TOKEN=an-admin-token-of-this-test")
	run := func(args ...string) (string, error) {
		command := exec.Command("sotto", args...)
		command.Dir, command.Env = dir, env
		said, err := command.CombinedOutput()
		return string(said), err
	}
	keys := func() []string { return redis.Client(t).Keys(t.Context(), "*").Val() }
	out, err := os.Create(filepath.Join(dir, "log"))
	require.NoError(t, err)
	defer func() { _ = out.Close() }()

	for _, args := range [][]string{{"secrets", "verify"}, {"secrets", "repair", "--scope", "acme"}, {"keys", "rotate"}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			said, err := run(args...)
			require.Error(t, err, args)
			require.Contains(t, said, "holds no store", args)
			require.Empty(t, keys(), args)
		})
	}
	const foreign = "00112233445566778899aabbccddeeff"
	said, err := run("serve", "--listen", "127.0.0.1:0", "--store-id", foreign)
	require.Error(t, err)
	require.Contains(t, said, "belongs to store "+foreign)
	require.Empty(t, keys())

	node, err := serve(dir, env, out)
	require.NoError(t, err)
	require.NoError(t, node.stop())
	id, err := os.ReadFile(filepath.Join(dir, "sotto-data", "store.id"))
	require.NoError(t, err)
	said, err = run("secrets", "verify", "--store-id", strings.TrimSpace(string(id)))
	require.NoError(t, err, said)
	said, err = run("secrets", "verify", "--store-id", "mistyped")
	require.Error(t, err)
	require.Contains(t, said, "32 hexadecimal digits")

	require.NoError(t, redis.Client(t).FlushAll(t.Context()).Err())
	said, err = run("serve", "--listen", "127.0.0.1:0")
	require.Error(t, err)
	require.Contains(t, said, "belongs to store "+strings.TrimSpace(string(id)))
	require.Empty(t, keys())

	// With its id and its key given, a node writes nothing.
	env = append(env, "SOTTO_MASTER_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	said, err = run("serve", "--listen", "127.0.0.1:0", "--store-id", foreign, "--data-dir", "never-made")
	require.Error(t, err)
	require.Contains(t, said, "belongs to store "+foreign)
	require.NoDirExists(t, filepath.Join(dir, "never-made"))
}
