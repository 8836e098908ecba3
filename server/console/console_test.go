package console_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/server/console"
)

// maxFirstPage is what the first page may take, packed, editor included.
const maxFirstPage = 250 << 10

func TestFirstPageIsSmall(t *testing.T) {
	assets, err := filepath.Glob("dist/assets/*")
	require.NoError(t, err)
	require.NotEmpty(t, assets)
	total := 0
	for _, asset := range assets {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "/console/", nil)
		r.Header.Set("Accept-Encoding", "gzip, br")
		require.True(t, console.Built().Serve(w, r, "assets/"+filepath.Base(asset)))
		require.Equal(t, "gzip", w.Header().Get("Content-Encoding"))
		require.Equal(t, "public, max-age=31536000, immutable", w.Header().Get("Cache-Control"))
		total += w.Body.Len()
		unpacked, err := gzip.NewReader(w.Body)
		require.NoError(t, err)
		got, err := io.ReadAll(unpacked)
		require.NoError(t, err)
		want, err := os.ReadFile(asset)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
	}
	t.Logf("%d bytes, packed", total)
	require.Less(t, total, maxFirstPage)
}

func TestFilesThatDidNotChange(t *testing.T) {
	assets, err := filepath.Glob("dist/assets/*.js")
	require.NoError(t, err)
	name := "assets/" + filepath.Base(assets[0])
	w := httptest.NewRecorder()
	require.True(t, console.Built().Serve(w, httptest.NewRequest(http.MethodGet, "/", nil), name))
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("If-None-Match", w.Header().Get("Etag"))
	w = httptest.NewRecorder()
	require.True(t, console.Built().Serve(w, r, name))
	require.Equal(t, http.StatusNotModified, w.Code)
	require.Zero(t, w.Body.Len())
	require.False(t, console.Built().Serve(w, r, "../console.go"))
}
