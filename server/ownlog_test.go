package server_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// varying is what two lines of the same requests differ in, and the alias, which a caller
// sent.
var varying = regexp.MustCompile(`"(time|took|request_id|bytes|alias)":("[^"]*"|\d+)`)

// ownLines returns what the server logs of a fixed row of requests of one tenant.
func ownLines(t *testing.T, a *api) string {
	t.Helper()
	before := len(a.log.String())
	for _, request := range [][3]string{
		{"POST", "/v1/render", `{"template":"{{ secrets.nope }}"}`},
		{"POST", "/v1/render", `{"template":"x","required_secrets":["nope"]}`},
		{"POST", "/v1/evaluate", `{"expression":"1 +"}`},
		{"POST", "/v1/lint", `{"template":"{{ x"}`},
		{"POST", "/v1/redact", `{"text":"x"}`},
		{"GET", "/v1/templates/none", ""},
		{"GET", "/nowhere", ""},
		{"DELETE", "/v1/render", ""},
	} {
		a.call(request[0], request[1], request[2])
	}
	return varying.ReplaceAllString(a.log.String()[before:], "")
}

// TestNoTenantChangesTheLinesOfAnother derives values that are made of what the log lines
// of another tenant consist of, and compares the lines before and after.
func TestNoTenantChangesTheLinesOfAnother(t *testing.T) {
	a := startWithStore(t)
	got := a.call("POST", "/v1/secrets", map[string]any{"alias": "k", "type": "token", "value": "Zq7Xv9Kj2Wp4", "scope": "evil"})
	require.Equal(t, 201, got.status, got.text)
	evil, good := a.as(a.tokenFor("render", "evil")), a.as(a.tokenFor("render", "good"))
	want := ownLines(t, good)
	require.Contains(t, want, `"route":"/v1/render"`)
	words := strings.FieldsFunc(want, func(r rune) bool { return strings.ContainsRune("{}\",\n", r) })

	const perTemplate = 50
	rounds := 1000 / perTemplate
	if n, err := strconv.Atoi(os.Getenv("SOTTO_TEST_ROUNDS")); err == nil {
		rounds = n
	}
	pick := rand.New(rand.NewPCG(4, 2))
	for range rounds {
		var template strings.Builder
		for i := range perTemplate {
			from := pick.IntN(len(words))
			text := strings.Join(words[from:min(from+1+pick.IntN(3), len(words))], "\n")
			if pick.IntN(2) == 0 {
				// Whole lines beside the value, as in a mail that is signed.
				fmt.Fprintf(&template, "{%% capture m%d %%}%s\n{{ secrets.k }}{%% endcapture %%}{{ m%d | size }}", i, text, i)
			} else {
				// A value that is the words alone.
				fmt.Fprintf(&template, "{%% capture m%d %%}{{ secrets.k }}%s{%% endcapture %%}{{ m%d | replace: 'Zq7Xv9Kj2Wp4', '' | upcase | downcase | size }}", i, text, i)
			}
		}
		got := evil.call("POST", "/v1/render", map[string]any{"template": template.String()})
		require.Equal(t, 200, got.status, got.text)
	}
	// And a secret for each word.
	for i, word := range words {
		if strings.TrimSpace(word) != "" {
			a.call("POST", "/v1/secrets", map[string]any{"alias": fmt.Sprint("w", i), "type": "token", "value": word, "scope": "evil"})
			require.Equal(t, 200, evil.call("POST", "/v1/render", fmt.Sprintf(`{"template":"{{ secrets.w%d }}"}`, i)).status)
		}
	}
	require.Equal(t, want, ownLines(t, good))
}
