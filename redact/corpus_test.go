package redact_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
)

// corpusCase is one case of testdata/cases.json. Values are tokens; User and
// Password, or JSON, are a secret of that kind.
type corpusCase struct {
	Name     string          `json:"name"`
	Values   []string        `json:"values,omitempty"`
	User     string          `json:"user,omitempty"`
	Password string          `json:"password,omitempty"`
	JSON     json.RawMessage `json:"json,omitempty"`
	Text     string          `json:"text"`
	Want     string          `json:"want"`
}

func corpus(t *testing.T, file string) []corpusCase {
	t.Helper()
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	var cases []corpusCase
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	require.NoError(t, dec.Decode(&cases))
	return cases
}

func (c corpusCase) redactor(t *testing.T) *redact.Redactor {
	t.Helper()
	r := redact.New(secrets(c.Values...)...)
	if c.User != "" || c.Password != "" {
		r.Add(redact.NewCredentials(c.User, c.Password))
	}
	if c.JSON != nil {
		s, err := redact.NewJSON(c.JSON)
		require.NoError(t, err)
		r.Add(s)
	}
	return r
}

func TestCorpus(t *testing.T) {
	for _, c := range corpus(t, "testdata/cases.json") {
		t.Run(c.Name, func(t *testing.T) {
			r := c.redactor(t)
			require.Equal(t, c.Want, r.String(c.Text))
			var out bytes.Buffer
			w := r.Writer(&out)
			for i := range len(c.Text) {
				_, err := w.Write([]byte{c.Text[i]})
				require.NoError(t, err)
			}
			require.NoError(t, w.Close())
			require.Equal(t, c.Want, out.String(), "byte by byte")
		})
	}
}

// TestWhatIsNotFound documents today's behaviour. A case that starts to be
// masked moves to cases.json, and out of docs/threat-model.md.
func TestWhatIsNotFound(t *testing.T) {
	for _, c := range corpus(t, "testdata/notfound.json") {
		t.Run(c.Name, func(t *testing.T) {
			require.Equal(t, c.Want, c.redactor(t).String(c.Text))
		})
	}
}

func TestCompressedTextIsNotFound(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := z.Write([]byte("the value s3cr3t-v4lue"))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	r := redact.New(redact.NewSecret("s3cr3t-v4lue"))
	require.Equal(t, packed.Bytes(), r.Append(nil, packed.Bytes()))
}
