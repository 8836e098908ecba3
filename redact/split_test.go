package redact_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
)

// world makes values and texts that provoke: few letters, so that values
// repeat, overlap and share their beginnings.
type world struct{ *rand.Rand }

func (w world) text(alphabet string, n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = alphabet[w.IntN(len(alphabet))]
	}
	return string(out)
}

func (w world) alphabet() string {
	list := []string{"a", "ab", "abc", "aA%/", "jk\n", "a b/?+<\"", "0123456789abcdef", "jJ\xff\u00e9", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"}
	return list[w.IntN(len(list))]
}

func (w world) values() []string {
	out := make([]string, 1+w.IntN(8))
	for i := range out {
		switch w.IntN(4) {
		case 0:
			out[i] = strings.Repeat(w.text(w.alphabet(), 1+w.IntN(12)), 1+w.IntN(12))
		case 1:
			out[i] = "shared-prefix-" + w.text("ab", w.IntN(8))
		case 2:
			out[i] = w.text("ab", w.IntN(5)) + strings.Repeat("common part of many values ", 2) + w.text("ab", w.IntN(9))
		default:
			out[i] = w.text(w.alphabet(), w.IntN(50))
		}
	}
	return out
}

// around returns a text of spellings of values, whole, cut and changed, with and
// without something between them.
func (w world) around(values []string) []byte {
	var out []byte
	for range w.IntN(12) {
		value := values[w.IntN(len(values))]
		piece := []byte([]string{value, url.QueryEscape(value), hex.EncodeToString([]byte(value)),
			base64.StdEncoding.EncodeToString([]byte(value)), base64Twice(w.text(w.alphabet(), w.IntN(3))+value, w.IntN(3)),
			w.text(w.alphabet()+" .\n", 1+w.IntN(30))}[w.IntN(6)])
		if len(piece) > 0 {
			switch w.IntN(5) {
			case 0:
				piece = piece[w.IntN(len(piece)):]
			case 1:
				piece = piece[:w.IntN(len(piece))]
			case 2:
				piece[w.IntN(len(piece))] ^= 1 << w.IntN(8)
			}
		}
		out = append(out, piece...)
	}
	return out
}

// base64Twice is base64 of base64 of value, which begins skip bytes within what is
// encoded last.
func base64Twice(value string, skip int) string {
	inner := base64.StdEncoding.EncodeToString([]byte(value))
	return base64.RawURLEncoding.EncodeToString([]byte("{:}"[:skip] + inner + "\"}"[:2*(skip%2)]))
}

// requireSameInPieces writes text in pieces of at most so many bytes, and
// requires what the redactor makes of the whole.
func (w world) requireSameInPieces(t *testing.T, r *redact.Redactor, text []byte, most int) {
	t.Helper()
	var out bytes.Buffer
	var stream io.WriteCloser = r.Writer(&out)
	var pieces []string
	for rest := text; len(rest) > 0; {
		n := 1 + w.IntN(min(len(rest), 1+w.IntN(most)))
		pieces = append(pieces, string(rest[:n]))
		written, err := stream.Write(rest[:n])
		require.NoError(t, err)
		require.Equal(t, n, written)
		rest = rest[n:]
	}
	require.NoError(t, stream.Close())
	if want := r.String(string(text)); want != out.String() {
		t.Fatalf("pieces %q\nwant %q\ngot  %q", pieces, want, out.String())
	}
}

func TestWriterAgreesWithTheWhole(t *testing.T) {
	rounds := uint64(800)
	if testing.Short() {
		rounds = 200
	}
	for seed := range rounds {
		w := world{rand.New(rand.NewPCG(seed, 1))}
		values := w.values()
		w.requireSameInPieces(t, redact.New(secrets(values...)...), w.around(values), 100)
	}
}

func TestWriterAgreesOnLargeWrites(t *testing.T) {
	for seed := range uint64(40) {
		w := world{rand.New(rand.NewPCG(seed, 5))}
		values := w.values()
		var text []byte
		for len(text) < 40<<10 {
			text = append(append(text, w.around(values)...), '\n')
		}
		w.requireSameInPieces(t, redact.New(secrets(values...)...), text, 9000)
	}
}

func FuzzWriter(f *testing.F) {
	f.Add("hunter2", "abcdef\x00%2f", []byte("see hunter2 and %2F"), uint64(7))
	f.Fuzz(func(t *testing.T, one, two string, text []byte, seed uint64) {
		w := world{rand.New(rand.NewPCG(seed, 0))}
		w.requireSameInPieces(t, redact.New(secrets(one, two)...), text, 100)
	})
}
