package redact_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
)

// TestBase64OfBase64IsFound has values from the length on from which they are decoded, at
// each place of either encoding.
func TestBase64OfBase64IsFound(t *testing.T) {
	w := world{rand.New(rand.NewPCG(5, 17))}
	for n := 20; n < 64; n++ {
		t.Run(fmt.Sprint(n, " bytes"), func(t *testing.T) {
			value := w.text(alphanumerics+"?>~", n-1) + "7"
			r := redact.New(redact.NewSecret(value))
			for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawURLEncoding} {
				for at := range 9 {
					inner := encoding.EncodeToString([]byte(":::"[:at%3] + value + `"}`))
					text := "a " + encoding.EncodeToString([]byte(`{"a`[:at/3]+inner+`"}`)) + ", b"
					masked := r.String(text)
					require.Contains(t, masked, redact.Mask, text)
					require.LessOrEqual(t, len(masked), len("a , b")+len(redact.Mask)+20, "%s: %s", text, masked)
					for most := 1; most < 40; most += 9 {
						w.requireSameInPieces(t, r, []byte(text), most)
					}
				}
				text := encoding.EncodeToString([]byte(encoding.EncodeToString([]byte(value))))
				require.Equal(t, "a "+redact.Mask+", b", r.String("a "+text+", b"))
				require.Equal(t, "a\n"+redact.Mask+"\nb", r.String("a\n"+wrapped(text, 20)+"\nb"))
			}
		})
	}
}

func TestBase64OfBase64IsFoundInALongText(t *testing.T) {
	value := "sk_live_4eC39HqLyjWDarjtT1zdp7dc"
	r := redact.New(redact.NewSecret(value))
	twice := base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte(value))))
	innocent := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("no secret, and long enough to be looked at. ", 3)))
	for size := 300 << 10; size < 300<<10+40; size++ {
		filling := strings.Repeat("x "+innocent+"\n", 1+size/len(innocent))[:size]
		require.Equal(t, filling+" "+redact.Mask+" "+filling, r.String(filling+" "+twice+" "+filling))
	}
}

// TestPEMIsFoundHoweverItIsEscaped has bodies of few signs and of many, which make its
// escaped forms others.
func TestPEMIsFoundHoweverItIsEscaped(t *testing.T) {
	w := world{rand.New(rand.NewPCG(23, 4))}
	for round := range 20 {
		alphabet := alphanumerics + "+/"
		if round%4 == 0 {
			alphabet += "+/+/+/"
		}
		body := w.text(alphabet, 64*3+36) + "=="
		pem := "-----BEGIN PRIVATE KEY-----\n" + wrapped(body, 64) + "\n-----END PRIVATE KEY-----\n"
		r := redact.New(redact.NewSecret(pem))
		for name, escape := range map[string]func(string) string{
			"as it is":                strings.TrimSpace,
			"regexp.QuoteMeta":        regexp.QuoteMeta,
			"url.QueryEscape":         url.QueryEscape,
			"url.QueryEscape, twice":  func(text string) string { return url.QueryEscape(url.QueryEscape(text)) },
			"url.PathEscape":          url.PathEscape,
			"HTML of html/template":   strings.NewReplacer("+", "&#43;").Replace,
			"Mustache":                strings.NewReplacer("/", "&#x2F;", "=", "&#x3D;").Replace,
			"JSON of PHP":             strings.NewReplacer("/", `\/`, "\n", `\n`).Replace,
			"JSON of System.Text":     strings.NewReplacer("+", `\u002B`, "\n", `\n`).Replace,
			"JSON in JSON":            strings.NewReplacer("\n", `\\n`).Replace,
			"Perl's quotemeta":        strings.NewReplacer("+", `\+`, "/", `\/`, "=", `\=`, "-", `\-`, " ", `\ `, "\n", "\\\n").Replace,
			"quoted-printable":        strings.NewReplacer("=", "=3D").Replace,
			"Python's re.escape":      strings.NewReplacer("+", `\+`, "-", `\-`, " ", `\ `, "\n", "\\\n").Replace,
			"lines of another length": func(text string) string { return strings.ReplaceAll(text, body[:40], body[:40]+"\n") },
		} {
			t.Run(fmt.Sprint(round, " ", name), func(t *testing.T) {
				text := "key=" + escape(pem) + ", next"
				masked := r.String(text)
				require.Empty(t, leak(escape(body), masked), masked)
				require.True(t, strings.HasSuffix(masked, ", next"), masked)
				w.requireSameInPieces(t, r, []byte(text), 60)
			})
		}
	}
}

// A line whose last letter may begin base64 of base64 of a value comes out with its end.
func TestWriterPassesLinesOn(t *testing.T) {
	var out bytes.Buffer
	w := redact.New(secrets("tok-4f9a8b2c7d")...).Writer(&out)
	for range 2 {
		out.Reset()
		_, err := io.WriteString(w, "a clean line\n")
		require.NoError(t, err)
		require.Equal(t, "a clean line\n", out.String())
	}
}

// Base64 of base64 that a line break cuts is masked from its first eight characters on, or
// from the break, if there are fewer before it: for a stream of lines as for the whole.
func TestBase64OfBase64CutEarly(t *testing.T) {
	const value = "canary-value-0815-and-more"
	r := redact.New(secrets(value)...)
	twice := base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte(value))))
	for cut := 1; cut < 16; cut++ {
		text := "data: " + twice[:cut] + "\n" + twice[cut:] + "\nend\n"
		want := "data: [REDACTED]\nend\n"
		if cut < 8 {
			want = "data: " + twice[:cut] + "\n[REDACTED]\nend\n"
		}
		require.Equal(t, want, r.String(text), "cut at %d", cut)
		var out bytes.Buffer
		w := r.Writer(&out)
		for line := range strings.Lines(text) {
			_, err := io.WriteString(w, line)
			require.NoError(t, err)
		}
		require.NoError(t, w.Close())
		require.Equal(t, want, out.String(), "cut at %d", cut)
	}
}
