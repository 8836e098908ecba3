package api_test

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/redact"
)

// TestCodesAreDocumented compares the table with what the documentation and
// openapi.yaml say.
func TestCodesAreDocumented(t *testing.T) {
	var table []string
	for _, code := range api.Codes() {
		require.NotEmpty(t, code.Title(), code)
		table = append(table, fmt.Sprint(code.Status(), " ", code))
	}
	page, err := os.ReadFile("../docs/api.md")
	require.NoError(t, err)
	var documented []string
	for _, row := range regexp.MustCompile("(?m)^\\| (\\d{3}) \\| <a id=\"(\\w+)\"></a>`(\\w+)` \\|").FindAllStringSubmatch(string(page), -1) {
		require.Equal(t, row[2], row[3], "the anchor is what a problem's type leads to")
		documented = append(documented, row[1]+" "+row[3])
	}
	require.Equal(t, documented, table)

	contract, err := openapi3.NewLoader().LoadFromFile("../server/openapi.yaml")
	require.NoError(t, err)
	var described []string
	for _, code := range contract.Components.Schemas["Problem"].Value.Properties["code"].Value.Extensions["x-extensible-enum"].([]any) {
		described = append(described, code.(string))
	}
	var names []string
	for _, code := range api.Codes() {
		names = append(names, string(code))
	}
	slices.Sort(described)
	slices.Sort(names)
	require.Equal(t, described, names)
}

// TestNothingPrintsAValue puts values into all that may hold one.
func TestNothingPrintsAValue(t *testing.T) {
	const canary = "tok-4f9a8b2c7d"
	for name, value := range map[string]any{
		"options":     api.Options{Token: redact.NewSecret(canary)},
		"new token":   api.NewToken{Text: redact.NewSecret(canary)},
		"token draft": api.SecretDraft{Value: api.TokenValue(canary)},
		"credentials": api.SecretDraft{Value: api.CredentialsValue("mailer", canary)},
		"JSON patch":  api.SecretPatch{Value: api.JSONValue([]byte(`{"k":"` + canary + `"}`))},
		"message":     api.RenderResponse{Output: redact.NewSensitive(canary)},
		"result":      api.EvaluateResponse{Result: redact.NewSensitive[any](canary)},
	} {
		t.Run(name, func(t *testing.T) {
			text := fmt.Sprintf("%v %+v %#v %s %q %x", value, value, value, value, value, value)
			encoded, err := json.Marshal(value)
			require.NoError(t, err)
			require.NotContains(t, text+string(encoded), canary)
			require.NotContains(t, text, fmt.Sprintf("%x", canary))
		})
	}
}

// TestWhatIsTriedAgain answers each call with a refusal first, and counts.
func TestWhatIsTriedAgain(t *testing.T) {
	const busy, down = http.StatusTooManyRequests, http.StatusServiceUnavailable
	read := func(c *api.Client) error { _, err := c.Secret(t.Context(), "x"); return err }
	render := func(c *api.Client) error {
		source := "x"
		_, err := c.Render(t.Context(), api.RenderRequest{Template: &source})
		return err
	}
	create := func(c *api.Client) error {
		_, err := c.CreateSecret(t.Context(), api.SecretDraft{Alias: "x"})
		return err
	}
	for _, c := range []struct {
		name   string
		call   func(*api.Client) error
		status int
		after  string
		tries  int32
	}{
		{"a read that is told to wait", read, down, "0", 2},
		{"a read without a time", read, down, "", 2},
		{"a read that would wait too long", read, down, "3600", 1},
		{"a render that is told to wait", render, down, "0", 2},
		{"a render without a time", render, down, "", 1},
		{"a change that comes too often", create, busy, "0", 2},
		{"a change that may have been carried out", create, down, "0", 1},
		{"a change that failed", create, http.StatusInternalServerError, "0", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var tries atomic.Int32
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if tries.Add(1) == 1 {
					if c.after != "" {
						w.Header().Set("Retry-After", c.after)
					}
					w.WriteHeader(c.status)
					_, _ = w.Write([]byte(`{"code":"resolver_unavailable","detail":"down"}`))
					return
				}
				_, _ = w.Write([]byte(`{"output":"x","version":1,"type":"token"}`))
			}))
			t.Cleanup(s.Close)
			err := c.call(client(t, s.URL))
			require.Equal(t, c.tries, tries.Load())
			if c.tries > 1 {
				require.NoError(t, err)
				return
			}
			var refused *api.Problem
			require.ErrorAs(t, err, &refused)
		})
	}
}

// TestABrokenChangeIsMadeOnce drops the connection when the request is there: the
// server may have done the work.
func TestABrokenChangeIsMadeOnce(t *testing.T) {
	var tries atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		tries.Add(1)
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(s.Close)
	_, err := client(t, s.URL).CreateToken(t.Context(), api.TokenDraft{Role: api.Preview})
	require.Error(t, err)
	require.EqualValues(t, 1, tries.Load())
}

// TestNothingListens starts the server after the first attempt.
func TestNothingListens(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := free.Addr().String()
	require.NoError(t, free.Close())
	refused := make(chan struct{}, 8)
	c, err := api.New("http://"+address, api.Options{Attempts: 8, HTTP: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			refused <- struct{}{}
		}
		return answer, err
	})}})
	require.NoError(t, err)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	go func() {
		<-refused
		if s.Listener, err = net.Listen("tcp", address); err == nil {
			s.Start()
		}
	}()
	require.NoError(t, c.RevokeToken(t.Context(), "x"))
	s.Close()
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestTextThatJSONCannotCarry is refused before it is sent.
func TestTextThatJSONCannotCarry(t *testing.T) {
	c := client(t, "http://127.0.0.1:1")
	_, err := c.Redact(t.Context(), "tok-4f9a8b2c7d\xff")
	require.ErrorContains(t, err, "not UTF-8")
	require.NotContains(t, err.Error(), "tok-")
}

// TestAnswersOfNoServer come from a proxy that leads elsewhere.
func TestAnswersOfNoServer(t *testing.T) {
	for name, body := range map[string]string{"an empty object": "{}", "a page": "<html>tok-4f9a8b2c7d", "nothing": ""} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
			t.Cleanup(s.Close)
			_, err := client(t, s.URL).Secret(t.Context(), "x")
			require.ErrorIs(t, err, api.ErrAnswer)
			require.False(t, strings.Contains(err.Error(), "tok-"))
		})
	}
}

func client(t *testing.T, address string) *api.Client {
	t.Helper()
	c, err := api.New(address, api.Options{Token: redact.NewSecret(adminToken), MaxWait: time.Minute})
	require.NoError(t, err)
	return c
}

// TestAnswersAreNotQuoted: what a foreign server writes behind the status shows in
// no error.
func TestAnswersAreNotQuoted(t *testing.T) {
	for status, want := range map[string]string{"502": "502 Bad Gateway", "299": "299", "799": "799"} {
		t.Run(status, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			defer func() { _ = l.Close() }()
			go func() {
				c, err := l.Accept()
				if err != nil {
					return
				}
				_, _ = c.Read(make([]byte, 4096))
				_, _ = fmt.Fprintf(c, "HTTP/1.1 %s canary \x1b[31m\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status)
				_ = c.Close()
			}()
			client, err := api.New("http://"+l.Addr().String(), api.Options{Attempts: 1})
			require.NoError(t, err)
			err = client.DeleteSecret(t.Context(), "a", "a", false)
			require.ErrorIs(t, err, api.ErrAnswer)
			require.ErrorContains(t, err, "answered "+want)
			require.NotContains(t, err.Error(), "canary")
		})
	}
}
