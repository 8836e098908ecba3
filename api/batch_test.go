package api_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/server"
)

func batchClient(t *testing.T) *api.Client {
	known, err := resolver.New(resolver.Options{})
	require.NoError(t, err)
	t.Cleanup(known.Close)
	s, err := server.New(server.Options{Resolver: known, AdminToken: redact.NewSecret("a-token-of-the-tests")})
	require.NoError(t, err)
	listener := httptest.NewServer(s.Handler())
	t.Cleanup(listener.Close)
	client, err := api.New(listener.URL, api.Options{Token: redact.NewSecret("a-token-of-the-tests")})
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return client
}

// TestBatchStreams sends more than anybody holds, and reads each answer while the
// rest is still to be made.
func TestBatchStreams(t *testing.T) {
	client := batchClient(t)
	template := "{{ name }}"
	const many = 50_000
	sent, read := 0, 0
	done, err := client.RenderBatch(t.Context(), api.RenderRequest{Template: &template}, func(yield func(api.Recipient) bool) {
		for ; sent < many; sent++ {
			if !yield(api.Recipient{ID: fmt.Sprint(sent), Vars: map[string]any{"name": strings.Repeat("x", 100)}}) {
				return
			}
		}
	}, func(one api.Rendered) error {
		require.Nil(t, one.Problem)
		require.Equal(t, fmt.Sprint(read), one.ID)
		require.Len(t, one.Output.Reveal(), 100)
		read++
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, &api.BatchDone{OK: many, Secrets: []string{}}, done)
	require.Equal(t, many, read)
}

func TestBatchFailsAsItShould(t *testing.T) {
	client := batchClient(t)
	broken, fine := "{{", "{{ n | divided_by: d }}"
	recipients := func(lines string) io.Reader { return strings.NewReader(lines) }
	none := func([]byte) error { return nil }

	var problem *api.Problem
	_, err := client.RenderLines(t.Context(), api.RenderRequest{Template: &broken}, recipients(""), none)
	require.ErrorAs(t, err, &problem)
	require.Equal(t, api.TemplateSyntax, problem.Code)

	enough := errors.New("enough")
	_, err = client.RenderLines(t.Context(), api.RenderRequest{Template: &fine}, recipients(strings.Repeat("{}\n", 100_000)), func([]byte) error { return enough })
	require.ErrorIs(t, err, enough)

	_, err = client.RenderLines(t.Context(), api.RenderRequest{Template: &fine}, recipients("{}\n"+strings.Repeat("\n", 5<<20)), none)
	require.ErrorIs(t, err, api.ErrCut)
	require.ErrorAs(t, err, &problem)
	require.Equal(t, api.TooLarge, problem.Code)

	source := "a + 1"
	var lines []string
	done, err := client.EvaluateLines(t.Context(), api.EvaluateRequest{Expression: &source}, recipients(`{"id":1,"vars":{"a":1}}`+"\n"+`{"id":2}`), func(line []byte) error {
		lines = append(lines, string(line))
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, 1, done.Failed)
	require.Equal(t, `{"id":1,"result":2,"sensitive":false}`, lines[0])
	require.Contains(t, lines[1], `"expression_failed"`)

	lines = nil
	id := `"a\",\"error\":{"`
	_, err = client.EvaluateLines(t.Context(), api.EvaluateRequest{Expression: &source}, recipients(`{"id":`+id+`,"vars":{"a":1}}`+"\n\n"+`{"id":`+id+`,"wars":1}`+"\n"), func(line []byte) error {
		lines = append(lines, string(line))
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, `{"id":`+id+`,"result":2,"sensitive":false}`, lines[0])
	require.Contains(t, lines[1], `"detail":"line 3, column 25: `, "as the caller counts them")
	require.Contains(t, lines[1], `"line":3,"column":25}`)
}

// TestAnswerThatEndsEarlyIsCut: an answer without its last line is never taken for a
// whole one.
func TestAnswerThatEndsEarlyIsCut(t *testing.T) {
	listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"id":1,"output":"x"}`+"\n")
	}))
	defer listener.Close()
	client, err := api.New(listener.URL, api.Options{})
	require.NoError(t, err)
	defer client.Close()
	template := "x"
	_, err = client.RenderLines(t.Context(), api.RenderRequest{Template: &template}, strings.NewReader("{}\n"), func([]byte) error { return nil })
	require.ErrorIs(t, err, api.ErrCut)
}
