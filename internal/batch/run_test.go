package batch_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/internal/batch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// line is one of the answers.
type line struct {
	ID     any
	Output *string
	Error  string
}

// run renders source for what from yields.
func run(ctx context.Context, t require.TestingT, source string, from batch.Source, change ...func(*batch.Options)) ([]line, batch.Tally, error) {
	template, err := engine.Compile(source, engine.TemplateOptions{})
	require.NoError(t, err)
	prepared, err := template.Prepare(ctx, &engine.Request{})
	require.NoError(t, err)
	var text strings.Builder
	o := batch.Options{
		Work: batch.NewTemplate(prepared),
		Problem: func(dst []byte, err error) []byte {
			quoted, _ := json.Marshal(err.Error())
			return append(dst, quoted...)
		},
		Write: func(p []byte) error { text.Write(p); return nil },
	}
	for _, f := range change {
		f(&o)
	}
	tally, err := batch.Run(ctx, from, o)
	var lines []line
	for d := json.NewDecoder(strings.NewReader(text.String())); ; {
		var l line
		if d.Decode(&l) != nil {
			return lines, tally, err
		}
		lines = append(lines, l)
	}
}

func stream(text string) *batch.Lines {
	return &batch.Lines{Reader: strings.NewReader(text), Max: 1 << 20}
}

// TestEveryRecipientInItsPlace: whatever stands in the lines, and however the stream
// is cut into reads, each line has its own answer in its own place.
func TestEveryRecipientInItsPlace(t *testing.T) {
	kinds := []struct{ in, want string }{
		{`{"id":%d,"vars":{"a":"x%d","b":"y"}}`, "x%dy"},
		{`{"id":%d,"vars":{"a":"x%d"}}`, "x%d"},
		{`{"id":%d,"vars":{"b":"\u00e9\n%d"}}`, "é\n%d"},
		{`{"vars":{"a":{"n":[%[2]d]}},"id":%[1]d}`, `{"n"=>[%d]}`},
		{`{"id":%d,"vars":{"a":%d,"b":true}}`, "%dtrue"},
		{`{"id":%d,"vars":{"a":"%d`, ""},
		{`{"id":%d,"vars":{"a":"%d"},"c":1}`, ""},
		{`{"id":%d,"vars":{"Secrets":"%d"}}`, ""},
		{`{"id":%d,"vars":null} `, ""},
	}
	rapid.Check(t, func(t *rapid.T) {
		var text strings.Builder
		picked := rapid.SliceOfN(rapid.IntRange(0, len(kinds)-1), 1, 60).Draw(t, "kinds")
		for i, kind := range picked {
			format := kinds[kind].in
			if kind == len(kinds)-1 {
				fmt.Fprintf(&text, format, i)
			} else {
				fmt.Fprintf(&text, format, i, i)
			}
			text.WriteString(rapid.SampledFrom([]string{"\n", "\n\n", "\r\n", " \n"}).Draw(t, "end"))
		}
		lines := stream(strings.TrimRight(text.String(), "\n"))
		if rapid.Bool().Draw(t, "bytewise") {
			lines.Reader = iotest.OneByteReader(lines.Reader)
		}
		got, tally, err := run(context.Background(), t, "{{ a }}{{ b }}", lines)
		require.NoError(t, err)
		require.Len(t, got, len(picked))
		failed := 0
		for i, kind := range picked {
			want := kinds[kind].want
			if strings.Contains(want, "%d") {
				want = fmt.Sprintf(want, i)
			}
			switch {
			case kind >= 5 && kind <= 7:
				failed++
				require.NotEmpty(t, got[i].Error, "kind %d", kind)
			default:
				require.Empty(t, got[i].Error, "kind %d", kind)
				require.EqualValues(t, i, got[i].ID)
				require.Equal(t, want, *got[i].Output)
			}
		}
		require.Equal(t, batch.Tally{OK: len(picked) - failed, Failed: failed}, tally)
	})
}

func TestBrokenLineIsNamed(t *testing.T) {
	short := func(text string) *batch.Lines { return &batch.Lines{Reader: strings.NewReader(text), Max: 40} }
	long := `{"id":9,"vars":{"a":"` + strings.Repeat("x", 60) + `"}}`
	endless := strings.Repeat("x", 200<<10)
	for _, c := range []struct{ name, text, want string }{
		{"syntax", "\n{\"id\":1}\n{\"id\":2,}\n{\"id\":3}\n", "line 3, column 9: "},
		{"unknown field", "{\"id\":1}\n{\"id\":2, \"to\":\"x\"}\n{\"id\":3}\n", "line 2, column 10: field \"to\" is unknown"},
		{"an id that is none", "{\"id\":1}\n{\"id\":true}\n{\"id\":3}", "line 2, column 11: field \"id\" must be a string or a number"},
		{"a variable that no template reads", "{\"id\":1}\n{\"id\":2,\"vars\":{\"Secrets\":1}}\n{\"id\":3}", "line 2: a variable must not be called `secrets`"},
		{"too long", "{\"id\":1}\n" + long + "\n{\"id\":3}\n", "line 2 is longer than 40 bytes"},
		{"longer than a read", "{\"id\":1}\n" + endless + "\n{\"id\":3}\n", "line 2 is longer than 40 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, tally, err := run(t.Context(), t, "", short(c.text))
			require.NoError(t, err)
			require.Equal(t, batch.Tally{OK: 2, Failed: 1}, tally)
			require.Len(t, got, 3)
			require.Contains(t, got[1].Error, c.want)
			require.EqualValues(t, 3, got[2].ID)
		})
	}
}

// TestCutStreamSaysSo: what came whole is answered, the line that was cut is not.
func TestCutStreamSaysSo(t *testing.T) {
	cut := errors.New("cut")
	text := "{\"id\":1}\n{\"id\":2}\n{\"id\":3}"
	lines := &batch.Lines{Reader: io.MultiReader(strings.NewReader(text), iotest.ErrReader(cut)), Max: 1000}
	got, tally, err := run(t.Context(), t, "", lines)
	require.ErrorIs(t, err, cut)
	require.Len(t, got, 2)
	require.Equal(t, batch.Tally{OK: 2}, tally)
}

// TestListedAreElements: the recipients of a document.
func TestListedAreElements(t *testing.T) {
	var list batch.List
	for i := range 100 {
		list.Records = append(list.Records, "{\n\"id\":"+strconv.Itoa(i)+"}")
	}
	list.Records[7] = `{"id":7,"what":1}`
	list.Records[8] = `8`
	var text strings.Builder
	_, tally, err := run(t.Context(), t, "x", &list, func(o *batch.Options) {
		o.Listed = true
		o.Write = func(p []byte) error { text.Write(p); return nil }
	})
	require.NoError(t, err)
	require.Equal(t, batch.Tally{OK: 98, Failed: 2}, tally)
	var got []line
	require.NoError(t, json.Unmarshal([]byte("["+text.String()[1:]+"]"), &got))
	require.Contains(t, got[7].Error, `recipients[7]: field "what" is unknown`)
	require.Contains(t, got[8].Error, `recipients[8]: a recipient must be one JSON object`)
	require.EqualValues(t, 99, got[99].ID)
}

// endless yields the same line for ever, and counts what was read.
type endless struct {
	line string
	read atomic.Int64
}

func (e *endless) Read(p []byte) (int, error) {
	n := 0
	for len(p)-n >= len(e.line) {
		n += copy(p[n:], e.line)
	}
	e.read.Add(int64(n))
	return n, nil
}

// TestReadsNoFurtherThanItMayHold: who takes no answers gets no more work done.
func TestReadsNoFurtherThanItMayHold(t *testing.T) {
	from := &endless{line: `{"id":1,"vars":{"a":"x"}}` + "\n"}
	ctx, cancel := context.WithCancel(t.Context())
	var held atomic.Int64
	stuck := make(chan struct{})
	done := make(chan error)
	go func() {
		_, _, err := run(ctx, t, strings.Repeat("y", 1000), &batch.Lines{Reader: from, Max: 1 << 20}, func(o *batch.Options) {
			o.Write = func([]byte) error { close(stuck); <-ctx.Done(); return ctx.Err() }
			o.Hold = func(n int) error { held.Add(int64(n)); return nil }
			o.Free = func(n int) { held.Add(-int64(n)) }
		})
		done <- err
	}()
	<-stuck
	// It reads on until what may wait is there, and then no more.
	settled := from.read.Load()
	require.Eventually(t, func() bool {
		before := settled
		settled = from.read.Load()
		return before == settled
	}, 5*time.Second, 50*time.Millisecond)
	require.Less(t, settled, int64(2<<20))
	require.Less(t, held.Load(), int64(8<<20))
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
}

// TestEndsWithItsCaller: a caller who gives up waits for no line.
func TestEndsWithItsCaller(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	in, out := io.Pipe()
	defer func() { _ = out.Close() }()
	done := make(chan error)
	go func() {
		_, _, err := run(ctx, t, "", &batch.Lines{Reader: in, Max: 1 << 20}, func(o *batch.Options) {
			o.Interrupt = func() { _ = in.CloseWithError(errors.New("interrupted")) }
		})
		done <- err
	}()
	_, err := io.WriteString(out, "{\"id\":1}\n")
	require.NoError(t, err)
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
}

// TestAnswersWhatHasArrived: a client may wait for an answer before it sends on.
func TestAnswersWhatHasArrived(t *testing.T) {
	in, out := io.Pipe()
	answered := make(chan string)
	done := make(chan error)
	go func() {
		_, _, err := run(t.Context(), t, "{{ a }}", &batch.Lines{Reader: in, Max: 1 << 20}, func(o *batch.Options) {
			o.Write = func(p []byte) error { answered <- string(p); return nil }
		})
		done <- err
	}()
	for i := range 20 {
		_, err := fmt.Fprintf(out, "{\"id\":%d,\"vars\":{\"a\":\"b\"}}\n", i)
		require.NoError(t, err)
		require.Equal(t, fmt.Sprintf("{\"id\":%d,\"output\":\"b\"}\n", i), <-answered)
	}
	require.NoError(t, out.Close())
	require.NoError(t, <-done)
}

// TestPanicEndsTheBatch: it is told to the caller and ends no process.
func TestPanicEndsTheBatch(t *testing.T) {
	_, _, err := run(t.Context(), t, "", stream("{\"id\":1}\n"), func(o *batch.Options) {
		o.Write = func([]byte) error { panic("a value") }
	})
	var panicked *batch.PanicError
	require.ErrorAs(t, err, &panicked)
	require.NotContains(t, err.Error(), "a value")
}

// A broken number is not answered under the id of another recipient.
func TestBrokenIDs(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want any
	}{
		"cut":                  {`{"id":12`, nil},
		"cut behind a space":   {`{"id":12 `, nil},
		"a leading zero":       {`{"id":01}`, nil},
		"letters behind":       {`{"id":1x}`, nil},
		"two points":           {`{"id":1.5.6}`, nil},
		"two numbers":          {`{"id":1 2}`, nil},
		"a string that is cut": {`{"id":"ab`, nil},
		"whole":                {`{"id":12,`, 12.0},
		"whole behind a space": {`{"id":12 ,"vars":{`, 12.0},
	} {
		t.Run(name, func(t *testing.T) {
			from := &batch.Lines{Reader: strings.NewReader(c.text + "\n"), Max: 1 << 16}
			defer from.Close()
			lines, tally, err := run(t.Context(), t, "x", from)
			require.NoError(t, err)
			require.Equal(t, 1, tally.Failed)
			require.Len(t, lines, 1)
			require.Equal(t, c.want, lines[0].ID)
			require.NotEmpty(t, lines[0].Error)
		})
	}
}
