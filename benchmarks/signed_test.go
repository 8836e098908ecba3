package benchmarks

import (
	"context"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/redact"
)

// signedMail is a mail of 4 KB with a signature of what is the recipient's, and the same
// inside a capture: its text holds the signature, and is made of the secret too.
func signedMail(capture bool) string {
	body := strings.Repeat("We thank you for your order and will tell you when it is sent. ", 62)
	text := "Dear {{ name }},\n" + body + "\nYour link: https://shop.example/o/{{ order }}?sig={{ order | hmac_sha256: secrets.key }}\n"
	if capture {
		return "{% capture mail %}" + text + "{% endcapture %}{{ mail }}"
	}
	return text
}

// BenchmarkSignedMail renders a mail for as many recipients as it is told to, one after the
// other with and without the capture, in turns, and tells the ratio of the median times and by
// how much the memory of the process has grown.
//
//	cd benchmarks && go test -run '^$' -bench SignedMail -benchtime 100000x .
func BenchmarkSignedMail(b *testing.B) {
	secret := redact.NewSecret("canary-signing-key-4f9a8b2c7d")
	redactor := redact.New(secret)
	secrets := engine.Map{"key": secret}
	var templates [2]*engine.Template
	for i := range templates {
		t, err := engine.Compile(signedMail(i == 1), engine.TemplateOptions{})
		require.NoError(b, err)
		templates[i] = t
	}
	var took [2][]time.Duration
	for i := range took {
		took[i] = make([]time.Duration, 0, 1<<17)
	}
	var out [2][]byte
	before := resident(b)
	number := 0
	for b.Loop() {
		number++
		for i, t := range templates {
			// No signature comes twice: one that is known already costs less.
			vars := map[string]any{"name": "Ada", "order": "order-" + strconv.Itoa(2*number+i)}
			start := time.Now()
			var err error
			out[i], err = t.Append(context.Background(), &engine.Request{Vars: vars, Secrets: secrets}, out[i][:0])
			took[i] = append(took[i], time.Since(start))
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.StopTimer()
	for _, mail := range out {
		require.NotContains(b, redactor.String(string(mail)), string(mail[len(mail)-40:]), "the signature is to be known")
	}
	for i := range took {
		slices.Sort(took[i])
	}
	// The median: what else the machine does hits few mails, and those much.
	without, with := took[0][number/2], took[1][number/2]
	b.ReportMetric(float64(with)/float64(without), "capture/without")
	b.ReportMetric(float64(with), "capture-ns/mail")
	b.ReportMetric(float64(resident(b)-before)/(1<<20), "grown-MiB")
}

// resident is how many bytes of memory the process has, once what is garbage was given back.
func resident(b *testing.B) int64 {
	debug.FreeOSMemory()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		b.Skip("NOT RUN: only Linux tells what memory a process has")
	}
	pages, err := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	require.NoError(b, err)
	return pages * int64(os.Getpagesize())
}
