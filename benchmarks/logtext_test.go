package benchmarks

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
)

// random draws the same values, and others the same texts, in every run.
func random() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

func randomText() *rand.Rand { return rand.New(rand.NewPCG(3, 4)) }

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

func letters(r *rand.Rand, alphabet string, n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(out)
}

// secretValues are n values as one finds them, the usual mix: 1 in a hundred is a private
// key, 5 are JSON, 8 JWTs, 8 database addresses, the others tokens of 16 to 64 bytes.
func secretValues(n int) []string {
	r := random()
	out := make([]string, n)
	for i := range out {
		switch k := r.IntN(100); {
		case k == 0:
			var b strings.Builder
			b.WriteString("-----BEGIN PRIVATE KEY-----\n")
			for range 8 + r.IntN(40) {
				b.WriteString(letters(r, alphanumeric+"+/", 64) + "\n")
			}
			out[i] = b.String() + "-----END PRIVATE KEY-----\n"
		case k < 6:
			out[i] = `{"username":"app_` + letters(r, "abcdef", 4) + `","password":"` + letters(r, alphanumeric+"!#%&*+-=?@_", 20) +
				`","host":"db-` + letters(r, "abcdef", 4) + `.internal","port":5432,"apiKey":"sk_` + letters(r, alphanumeric, 32) + `"}`
		case k < 14:
			out[i] = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + letters(r, alphanumeric, 90) + "." + letters(r, alphanumeric, 43)
		case k < 22:
			out[i] = "postgres://app:" + letters(r, alphanumeric, 20) + "@db-" + letters(r, "abcdef", 4) + ".internal:5432/orders?sslmode=require"
		case k < 42:
			out[i] = "sk_live_" + letters(r, alphanumeric, 24)
		default:
			out[i] = letters(r, alphanumeric, 16+r.IntN(49))
		}
	}
	return out
}

// phrases are the forms of values that a rival is given: far fewer than sotto
// looks for.
func phrases(values []string) []string {
	seen := make(map[string]bool)
	var out []string
	add := func(s string) {
		if len(s) >= 4 && !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	for _, v := range values {
		add(v)
		add(url.QueryEscape(v))
		add(hex.EncodeToString([]byte(v)))
		for shift := range 3 {
			encoded := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), v...))
			add(encoded[(shift*8+5)/6 : (len(v)+shift)*8/6])
		}
	}
	return out
}

// logLine is a JSON log line of 220 bytes or so, with extra in it.
func logLine(r *rand.Rand, extra string) string {
	paths := []string{"/v1/render", "/v1/templates/welcome", "/healthz", "/v1/evaluate", "/console/assets/app.css"}
	return fmt.Sprintf(`{"time":"2026-07-%02dT%02d:%02d:%02d.%09dZ","level":"INFO","msg":"request served","method":"POST","path":"%s","status":%d,"request_id":"%s","duration_ms":%d.%03d,"bytes":%d,"scope":"acme/shop"%s}`+"\n",
		1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60), r.IntN(1e9), paths[r.IntN(len(paths))], 200+r.IntN(300),
		letters(r, alphanumeric, 20), r.IntN(90), r.IntN(1000), r.IntN(1e5), extra)
}

// logText is about size bytes of log lines. extra, if not nil, is asked for
// something more to put into each line.
func logText(size int, extra func(r *rand.Rand, line int) string) string {
	r := randomText()
	var b strings.Builder
	for line := 0; b.Len() < size; line++ {
		more := ""
		if extra != nil {
			more = extra(r, line)
		}
		b.WriteString(logLine(r, more))
	}
	return b.String()
}

// logTexts are the texts that redactors are measured on.
func logTexts(size int, values []string) []struct{ name, text string } {
	return []struct{ name, text string }{
		{"clean", logText(size, nil)},
		{"hits", logText(size, func(r *rand.Rand, line int) string {
			if line%100 != 0 {
				return ""
			}
			return `,"error":"denied for ` + values[r.IntN(len(values))] + `"`
		})},
		{"near", logText(size, func(r *rand.Rand, line int) string {
			v := []byte(values[r.IntN(len(values))])
			for bytes.Contains(v, []byte("\n")) { // whose lines are found
				v = []byte(values[r.IntN(len(values))])
			}
			if line%2 == 0 { // all but the last bytes
				return `,"near":"` + string(v[:len(v)-1]) + `~"`
			}
			for i := range 8 { // all but the middle
				v[len(v)/2-4+i] = '~'
			}
			return `,"near":"` + string(v) + `"`
		})},
	}
}
