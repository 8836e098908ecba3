package redact_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
)

func TestWriterFindsValuesHoweverTheyAreSplit(t *testing.T) {
	r := redact.New(secrets("abcdefgh", "defghijk", "xyz7", "aaaaaaaa")...)
	for _, text := range []string{
		"abcdefghijk", "-abcdefgh-defghijk-", "abcdeabcdefgh", "abcdefghdefghijk", "xyz7 xyz77 xxyz7 xyz7", "aaaaaaaaaaaaa", "aaa", "xyz", "abcde",
	} {
		t.Run(text, func(t *testing.T) {
			want := r.String(text)
			for i := range len(text) + 1 {
				for j := i; j <= len(text); j++ {
					var out bytes.Buffer
					w := r.Writer(&out)
					for _, piece := range []string{text[:i], text[i:j], text[j:]} {
						n, err := io.WriteString(w, piece)
						require.NoError(t, err)
						require.Equal(t, len(piece), n)
					}
					require.NoError(t, w.Close())
					require.Equal(t, want, out.String(), "%q | %q | %q", text[:i], text[i:j], text[j:])
				}
			}
		})
	}
}

func TestWriterHoldsBackOnlyWhatMayMatch(t *testing.T) {
	var out bytes.Buffer
	w := redact.New(secrets("hunter22")...).Writer(&out)
	for _, step := range []struct{ in, out string }{
		{"clean ", "clean "}, {"a hunt", "clean a "}, {"ed house\n", "clean a hunted house\n"},
		{"h", "clean a hunted house\n"}, {"unter22", "clean a hunted house\n[REDACTED]"},
	} {
		_, err := io.WriteString(w, step.in)
		require.NoError(t, err)
		require.Equal(t, step.out, out.String())
	}
}

func TestWriterFindsAValueAddedWhileTextIsHeld(t *testing.T) {
	var out bytes.Buffer
	r := redact.New(secrets("hunter22")...)
	w := r.Writer(&out)
	_, err := io.WriteString(w, "see hunte")
	require.NoError(t, err)
	r.Add(secrets("hunted-!")...)
	_, err = io.WriteString(w, "d-!")
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.Equal(t, "see [REDACTED]", out.String())
}

func TestWriterFlushEndsTheStream(t *testing.T) {
	var out bytes.Buffer
	w := redact.New(secrets("hunter22", "qz7x")...).Writer(&out)
	_, err := io.WriteString(w, "hunter qz7x")
	require.NoError(t, err)
	require.NoError(t, w.Flush())
	require.Equal(t, "hunter [REDACTED]", out.String())
	require.NoError(t, w.Close())
	require.NoError(t, w.Close())
	_, err = w.Write([]byte("x"))
	require.ErrorIs(t, err, redact.ErrClosed)
}

// limited accepts so many bytes and then fails.
type limited struct {
	bytes.Buffer
	left int
	err  error
}

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.left -= n
	l.Buffer.Write(p[:n])
	if n < len(p) {
		return n, l.err
	}
	return n, nil
}

func TestWriterCountsWhatWasWritten(t *testing.T) {
	boom := errors.New("boom")
	tests := map[string]struct {
		limit, n int
		err      error
		want     error
	}{
		"before the value":    {limit: 2, n: 2, err: boom, want: boom},
		"in the mask":         {limit: 7, n: 4, err: boom, want: boom},
		"after the value":     {limit: 16, n: 14, err: boom, want: boom},
		"short without error": {limit: 2, n: 2, want: io.ErrShortWrite},
		"everything":          {limit: 100, n: 16},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			sink := &limited{left: tt.limit, err: tt.err}
			w := redact.New(secrets("hunter22")...).Writer(sink)
			n, err := io.WriteString(w, "1234hunter22 789")
			require.Equal(t, tt.n, n)
			require.ErrorIs(t, err, tt.want)
			if tt.want != nil {
				_, err = io.WriteString(w, "more")
				require.ErrorIs(t, err, tt.want, "errors stay")
			}
		})
	}
}
