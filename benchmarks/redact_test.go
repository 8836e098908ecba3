package benchmarks

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"strconv"
	"strings"
	"testing"

	bobu "github.com/BobuSumisu/aho-corasick"
	"github.com/cloudflare/ahocorasick"
	petar "github.com/petar-dambovaliev/aho-corasick"
	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
)

func redactor(values []string) *redact.Redactor {
	secrets := make([]redact.Secret, len(values))
	for i, v := range values {
		secrets[i] = redact.NewSecret(v)
	}
	r := redact.New(secrets...)
	r.String("so that the index is built")
	return r
}

// finder is a rival: make returns a function that looks for all phrases in a
// text. It is left out above most secrets, where its memory or its time to
// build would not let the others run.
type finder struct {
	name string
	most int
	make func(phrases []string) func(text string)
}

var finders = []finder{
	{"strings-replacer", 1000, func(phrases []string) func(string) {
		var pairs []string
		for _, p := range phrases {
			pairs = append(pairs, p, redact.Mask)
		}
		r := strings.NewReplacer(pairs...)
		return func(text string) { r.Replace(text) }
	}},
	{"bobusumisu", 100, func(phrases []string) func(string) {
		t := bobu.NewTrieBuilder().AddStrings(phrases).Build()
		return func(text string) { t.MatchString(text) }
	}},
	{"petar-dambovaliev", 1000, func(phrases []string) func(string) {
		builder := petar.NewAhoCorasickBuilder(petar.Opts{MatchKind: petar.LeftMostLongestMatch, DFA: len(phrases) < 1000})
		a := builder.Build(phrases)
		return func(text string) { a.FindAll(text) }
	}},
	// It tells which phrases occur, not where.
	{"cloudflare", 100, func(phrases []string) func(string) {
		m := ahocorasick.NewStringMatcher(phrases)
		return func(text string) { m.MatchThreadSafe([]byte(text)) }
	}},
}

// TestFindersAgree makes sure that the rivals are used as they are meant to be.
func TestFindersAgree(t *testing.T) {
	values := secretValues(50)
	all := phrases(values)
	text := logTexts(64<<10, values)[1].text
	want := redactor(values).String(text)
	require.Equal(t, 3, strings.Count(want, redact.Mask))
	require.Len(t, bobu.NewTrieBuilder().AddStrings(all).Build().MatchString(text), 3)
	builder := petar.NewAhoCorasickBuilder(petar.Opts{MatchKind: petar.LeftMostLongestMatch})
	a := builder.Build(all)
	require.Len(t, a.FindAll(text), 3)
}

func bench(b *testing.B, name string, size int, op func()) {
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(size))
		for b.Loop() {
			op()
		}
	})
}

// BenchmarkRedact scans 1 MiB of log text.
func BenchmarkRedact(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		values := secretValues(n)
		for _, t := range logTexts(1<<20, values) {
			b.Run(strconv.Itoa(n)+"/"+t.name, func(b *testing.B) {
				r := redactor(values)
				bench(b, "sotto", len(t.text), func() { r.String(t.text) })
				for _, f := range finders {
					if n <= f.most {
						find := f.make(phrases(values))
						bench(b, f.name, len(t.text), func() { find(t.text) })
					}
				}
			})
		}
	}
}

// BenchmarkRedactLimit compares with what the memory allows over the same text:
// JSON log lines, values of 16 bytes and more, all their forms. 64 MiB are in no
// cache, as the logs of a whole day; 4 MiB are in one that is far from the core,
// where bytes.IndexByte, which does nothing else, is nearly three times as fast.
func BenchmarkRedactLimit(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 10000} {
		values := secretValues(n)
		r := redactor(values)
		for _, size := range []int{64, 4} {
			for _, t := range logTexts(size<<20, values) {
				b.Run(fmt.Sprintf("%dMiB/%d/%s", size, n, t.name), func(b *testing.B) {
					target := make([]byte, len(t.text))
					bench(b, "sotto", len(t.text), func() { r.String(t.text) })
					bench(b, "copy", len(t.text), func() { copy(target, t.text) })
					bench(b, "index-byte", len(t.text), func() { strings.IndexByte(t.text, 0) })
				})
			}
		}
	}
}

// BenchmarkRedactWriter writes 4 MiB in pieces of 32 KiB, and compares with the
// matcher alone.
func BenchmarkRedactWriter(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 10000} {
		values := secretValues(n)
		r := redactor(values)
		for _, t := range logTexts(4<<20, values) {
			b.Run(strconv.Itoa(n)+"/"+t.name, func(b *testing.B) {
				text := []byte(t.text)
				_, _ = r.Writer(io.Discard).Write(text[:100]) // so that what streams need is built
				bench(b, "sotto", len(text), func() {
					w := r.Writer(io.Discard)
					for at := 0; at < len(text); at += 32 << 10 {
						_, _ = w.Write(text[at:min(at+32<<10, len(text))])
					}
					_ = w.Close()
				})
				bench(b, "matcher", len(text), func() { r.String(t.text) })
			})
		}
	}
}

// BenchmarkRedactLine scans one log line of 220 bytes.
func BenchmarkRedactLine(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 10000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			values := secretValues(n)
			line := logLine(randomText(), "")
			r := redactor(values)
			bench(b, "sotto", len(line), func() { r.String(line) })
			w := r.Writer(io.Discard)
			text := []byte(line)
			_, _ = w.Write(text)
			bench(b, "sotto-writer", len(line), func() { _, _ = w.Write(text) })
			for _, f := range finders {
				if n <= f.most {
					find := f.make(phrases(values))
					bench(b, f.name, len(line), func() { find(line) })
				}
			}
		})
	}
}

// hostile are values and texts that are made to be slow.
func hostile() []struct {
	name   string
	values []string
	text   string
} {
	const size = 4 << 20
	r := random()
	body := letters(r, alphanumeric, 4000)
	var shared []string
	for i := range 2000 {
		at := i * 2
		shared = append(shared, body[:at]+strconv.Itoa(i)+body[at:])
	}
	var pem []string
	for range 1000 {
		pem = append(pem, "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC"+letters(r, alphanumeric, 600))
	}
	unit := strings.Repeat("a", 2000) + "XbXcXdXeXfXgXhXiXjXkXl"
	return []struct {
		name   string
		values []string
		text   string
	}{
		{"one-letter", []string{strings.Repeat("a", 16)}, strings.Repeat("a", size)},
		{"one-letter-near", []string{strings.Repeat("a", 4095) + "b"}, strings.Repeat("a", size)},
		{"periodic", []string{strings.Repeat("ab", 500) + "c", strings.Repeat("abc", 300) + "d"}, strings.Repeat("ab", size/2)},
		{"shared-body", shared, strings.Repeat(body, size/len(body))},
		{"shared-header", pem, strings.Repeat("-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC", size/60)},
		{"window-runs", []string{unit + strings.Repeat("a", 2000)}, strings.Repeat("a", 2000) + strings.Repeat("XbXcXdXeXfXgXhXiXjXkXl", size/22)},
		{"near", secretValues(1000), logTexts(size, secretValues(1000))[2].text},
	}
}

// BenchmarkRedactHostile shows that time stays linear, and how slow it gets.
func BenchmarkRedactHostile(b *testing.B) {
	for _, h := range hostile() {
		b.Run(h.name, func(b *testing.B) {
			r := redactor(h.values)
			bench(b, "sotto", len(h.text), func() { r.String(h.text) })
			text := []byte(h.text)
			bench(b, "index-byte", len(text), func() { bytes.IndexByte(text, 0) })
		})
	}
}

// BenchmarkRedactBuild makes the index of n secrets, and adds one more.
func BenchmarkRedactBuild(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 10000} {
		b.Run(strconv.Itoa(n)+"/sotto", func(b *testing.B) {
			values := secretValues(n)
			b.ReportAllocs()
			for b.Loop() {
				redactor(values)
			}
		})
	}
	// Up to three times as many secrets: an index that grows has room for so many,
	// so each of them bears its share of the time to grow.
	b.Run("add/sotto", func(b *testing.B) {
		source := rand.New(rand.NewPCG(3, 4))
		values := secretValues(1000)
		var r *redact.Redactor
		added := 0
		b.ReportAllocs()
		for b.Loop() {
			if added%2000 == 0 {
				b.StopTimer()
				r = redactor(values)
				b.StartTimer()
			}
			r.Add(redact.NewSecret(letters(source, alphanumeric, 32)))
			added++
		}
	})
}

// TestIndexMemory holds what is known of secrets of the usual mix to 6 MB for 1,000. Of
// more the tables are up to half empty, as they double.
func TestIndexMemory(t *testing.T) {
	for n, most := range map[int]uint64{1000: 6e6, 10000: 65e6} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			values := secretValues(n)
			before := heap()
			r := redactor(values)
			used := heap() - before
			runtime.KeepAlive(r)
			runtime.KeepAlive(values)
			t.Logf("%d secrets: %.1f MB", n, float64(used)/1e6)
			require.LessOrEqual(t, used, most)
		})
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkRedactHandler logs a record with five attributes.
func BenchmarkRedactHandler(b *testing.B) {
	r := redactor(secretValues(1000))
	for _, h := range []struct {
		name    string
		handler slog.Handler
	}{
		{"sotto", r.JSONHandler(io.Discard, nil)},
		{"sotto-attrs-only", r.Handler(slog.NewJSONHandler(io.Discard, nil))},
		{"bare", slog.NewJSONHandler(io.Discard, nil)},
	} {
		b.Run(h.name, func(b *testing.B) {
			log := slog.New(h.handler).With("service", "render", "node", "n1")
			b.ReportAllocs()
			for b.Loop() {
				log.Info("request served", "method", "POST", "path", "/v1/render", "status", 200,
					"request_id", "Zk3vT9sQ1pLw8nR5xYbC", "scope", "acme/shop")
			}
		})
	}
}
