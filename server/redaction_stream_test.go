package server_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
)

// stream begins a POST /v1/redact of any bytes.
func (a *api) stream(path string, body io.Reader) *http.Response {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.t.Context(), "POST", a.url+path, body)
	require.NoError(a.t, err)
	r.Header.Set("Authorization", "Bearer "+a.token)
	r.Header.Set("Content-Type", "application/octet-stream")
	response, err := a.client.Do(r)
	require.NoError(a.t, err)
	a.t.Cleanup(func() { _ = response.Body.Close() })
	return response
}

// tokenFor makes a token, as an admin, and returns its text.
func (a *api) tokenFor(role, scope string) string {
	a.t.Helper()
	made := a.call("POST", "/v1/tokens", map[string]any{"role": role, "scope": scope})
	require.Equal(a.t, 201, made.status, made.text)
	return made.json["token"].(string)
}

func TestRedactStreamsBothWays(t *testing.T) {
	a := start(t)
	a.fake.Put("default", "k", redact.NewSecret(canary))
	in, send := io.Pipe()
	t.Cleanup(func() { _ = send.Close() })
	say := func(text string) {
		_, err := io.WriteString(send, text)
		require.NoError(t, err)
	}
	go say("first " + canary + " line\n")
	lines := bufio.NewReader(a.stream("/v1/redact", in).Body)
	next := func() string {
		line, err := lines.ReadString('\n')
		require.NoError(t, err)
		return line
	}
	require.Equal(t, "first [REDACTED] line\n", next(), "before the body ends")

	// A value that is new, and the one that it replaced.
	a.fake.Put("default", "k", redact.NewSecret("brand-new-value-0815"))
	go say("now brand-new-value-0815 and " + canary + " line\n")
	require.Equal(t, "now [REDACTED] and [REDACTED] line\n", next())

	// Split over two pieces.
	go func() {
		say("brand-new-")
		say("value-0815 line\n")
		_ = send.Close()
	}()
	require.Equal(t, "[REDACTED] line\n", next())
	_, err := lines.ReadByte()
	require.ErrorIs(t, err, io.EOF)
}

func TestRedactStreamsAnyBytesOfAnyLength(t *testing.T) {
	a := start(t)
	a.fake.Put("default", "k", redact.NewSecret(canary))
	block := append(bytes.Repeat([]byte{0, 0xff, 0xfe, '\n', 0x80}, 20_000), canary...)
	const blocks = 60 // more than a body may have that is JSON
	response := a.stream("/v1/redact", bytes.NewReader(bytes.Repeat(block, blocks)))
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.Equal(t, "application/octet-stream", response.Header.Get("Content-Type"))
	got, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	want := bytes.Repeat(bytes.Replace(block, []byte(canary), []byte(redact.Mask), 1), blocks)
	require.True(t, bytes.Equal(want, got))
}

func TestRedactBelowAScope(t *testing.T) {
	a := startWithStore(t)
	for scope, value := range map[string]string{"acme": "value-of-acme", "acme/shop": "value-of-shop", "bank": "value-of-bank"} {
		got := a.call("POST", "/v1/secrets", map[string]any{"alias": "k", "type": "token", "value": value, "scope": scope})
		require.Equal(t, 201, got.status, got.text)
	}
	const text = "value-of-acme value-of-shop value-of-bank"
	masked := func(a *api, path string) string {
		got := a.call("POST", path, map[string]any{"text": text})
		require.Equal(t, 200, got.status, got.text)
		return got.json["text"].(string)
	}
	require.Equal(t, "[REDACTED] value-of-shop value-of-bank", masked(a, "/v1/redact?scope=acme"))
	require.Equal(t, "[REDACTED] [REDACTED] value-of-bank", masked(a, "/v1/redact?scope=acme&below=true"))
	require.Equal(t, "[REDACTED] [REDACTED] [REDACTED]", masked(a, "/v1/redact?below=true&scope=/"))
	stream, err := io.ReadAll(a.stream("/v1/redact?scope=acme&below=true", strings.NewReader(text)).Body)
	require.NoError(t, err)
	require.Equal(t, "[REDACTED] [REDACTED] value-of-bank", string(stream))

	mine := a.as(a.tokenFor("admin", "acme"))
	require.Equal(t, "[REDACTED] [REDACTED] value-of-bank", masked(mine, "/v1/redact?below=true"), "its own scope and below")
	requireProblem(t, mine.call("POST", "/v1/redact?below=true&scope=bank", map[string]any{"text": text}), 403, "forbidden")
	requireProblem(t, mine.call("POST", "/v1/redact?below=true&scope=/", map[string]any{"text": text}), 403, "forbidden")
	renderer := a.as(a.tokenFor("render", "acme"))
	requireProblem(t, renderer.call("POST", "/v1/redact?below=true", map[string]any{"text": text}), 403, "forbidden")
}
