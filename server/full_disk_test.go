package server_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver/store/sqlite/disktest"
)

// What cannot be written on a full disk says why, and all else goes on.
func TestAnswersOnAFullDisk(t *testing.T) { disktest.Run(t, answersOnAFullDisk) }

func answersOnAFullDisk(t *testing.T, disk string) {
	t.Setenv("TMPDIR", disk) // the store's directory is made below it
	a := startWithStore(t)
	require.Equal(t, 201, a.create("known", "token", canary, "acme").status)
	require.Equal(t, 201, a.call("PUT", "/v1/templates/mail?scope=acme", `{"template":"<<Secrets.known>>"}`).status)
	token := a.call("POST", "/v1/tokens", `{"role":"preview","scope":"acme"}`).json["id"].(string)
	filler := filepath.Join(disk, "filler")
	disktest.Fill(t, filler)

	var refused answer
	for i := 0; refused.status != 503; i++ {
		require.Less(t, i, 1000)
		refused = a.create(fmt.Sprint("new", i), "token", strings.Repeat("v", 5000), "acme")
	}
	requireProblem(t, refused, 503, "resolver_unavailable")
	require.Contains(t, refused.text, "the disk is full")
	for name, call := range map[string]func() answer{
		"a rotation": func() answer {
			return a.call("PATCH", "/v1/secrets/known?scope=acme", `{"value":"`+strings.Repeat("w", 5000)+`"}`)
		},
		"a template": func() answer {
			return a.call("PUT", "/v1/templates/other?scope=acme", `{"template":"`+strings.Repeat("x", 5000)+`"}`)
		},
		"a token": func() answer {
			return a.call("POST", "/v1/tokens", `{"role":"preview","scope":"acme","description":"`+strings.Repeat("d", 200)+`"}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := call()
			requireProblem(t, got, 503, "resolver_unavailable")
			require.Contains(t, got.text, "the disk is full")
			require.NotEmpty(t, got.header.Get("Retry-After"))
		})
	}
	got := a.call("POST", "/v1/render", `{"template_id":"mail","scope":"acme"}`)
	require.Equal(t, canary, got.json["output"], got.text)
	require.Equal(t, 200, a.call("GET", "/v1/secrets?scope=acme", nil).status)
	require.Equal(t, 204, a.call("DELETE", "/v1/tokens/"+token+"?scope=acme", nil).status, "what has to go goes")
	ready := a.call("GET", "/readyz", nil)
	require.Equal(t, 200, ready.status)
	require.Contains(t, ready.text, `{"reason":"disk_full","detail":"the disk is full"}`)

	require.NoError(t, os.Remove(filler))
	require.Eventually(t, func() bool { return a.create("again", "token", canary, "acme").status == 201 }, 10*time.Second, 50*time.Millisecond)
}
