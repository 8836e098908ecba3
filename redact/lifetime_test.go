package redact

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact/internal/index"
)

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func randomText(seed uint64, n int) string {
	random := rand.New(rand.NewPCG(seed, 2))
	out := make([]byte, n)
	for i := range out {
		out[i] = "abcdefghijklmnopqrstuvwxyz0123456789"[random.IntN(36)]
	}
	return string(out)
}

func TestMemoryReturnsAfterTheGraceTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewWithOptions(Options{Grace: time.Minute})
		before := heap()
		secrets := make([]Secret, 2000)
		for i := range secrets {
			secrets[i] = NewSecret(fmt.Sprintf("%032x", rand.Uint64()))
		}
		r.Add(secrets...)
		r.String("so that there is an index")
		full := heap() - before
		r.Retire(secrets...)
		clear(secrets)
		time.Sleep(2 * time.Minute)
		require.Less(t, heap()-before, full/20, "of %d bytes", full)
		runtime.KeepAlive(r)
	})
}

func TestManyTenantsAreCheap(t *testing.T) {
	const tenants = 10000
	before := heap()
	empty := make([]*Redactor, tenants)
	for i := range empty {
		empty[i] = New()
	}
	require.Less(t, heap()-before, int64(tenants*1024))

	shared := NewSecret("a value of the parent scope")
	process := New()
	before = heap()
	for i, r := range empty {
		own := []Secret{shared, NewSecret(fmt.Sprintf("own-%032d", i)), NewSecret(fmt.Sprintf("key-%032d", i))}
		process.Add(own...)
		r.Add(own...)
	}
	require.Less(t, heap()-before, int64(tenants*(16<<10)))
	require.Equal(t, "[REDACTED]", empty[7].String(fmt.Sprintf("own-%032d", 7)))
	require.Equal(t, fmt.Sprintf("own-%032d", 8), empty[7].String(fmt.Sprintf("own-%032d", 8)), "another tenant's")
	runtime.KeepAlive(process)
}

func TestDerivedValuesOfARedactorTakeBoundedMemory(t *testing.T) {
	r := NewWithOptions(Options{DerivedBytes: 64 << 10})
	for i := range 40 {
		s := NewSecret(fmt.Sprintf("signing-key-%02d", i))
		r.Add(s)
		for j := range 20 {
			s.Derive(randomText(uint64(i*100+j), 64))
		}
	}
	require.LessOrEqual(t, len(r.registry().secrets), 40+64<<10/200)
	require.Equal(t, Mask+" "+Mask, r.String("signing-key-00 "+randomText(39*100+19, 64)), "secrets stay")
	require.NotContains(t, r.String(randomText(0, 64)), Mask, "the oldest go")
}

func TestDerivedValuesTakeBoundedMemory(t *testing.T) {
	s := NewSecret("the-signing-key")
	r := New(s)
	r.String("so that there is an index")
	sign := func(n int) {
		for range n {
			s.Derive(fmt.Sprintf("%016x%016x%016x%016x", rand.Uint64(), rand.Uint64(), rand.Uint64(), rand.Uint64()))
		}
	}
	sign(4000)
	before := heap()
	sign(8000)
	require.Less(t, heap()-before, int64(2<<20))
	require.LessOrEqual(t, len(r.registry().secrets), maxDerivedForms/200)

	large := randomText(7, longestDerived+1)
	s.Derive(large)
	require.Equal(t, large, r.String(large))

	// One that holds another needs no entry of its own.
	known := len(r.registry().secrets)
	signature := randomText(8, 64)
	s.Derive(signature)
	for i := range 100 {
		s.Derive(fmt.Sprintf("mail %d with %s", i, signature))
	}
	require.LessOrEqual(t, len(r.registry().secrets), known+1)
	require.Equal(t, "mail 7 with "+Mask, r.String("mail 7 with "+signature))
}

// Several tenants hold a value of their parent as secrets of their own. A
// process-wide redactor hears of the last one's end only.
func TestDerivedValuesGoWithWhateverHeldTheirValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewWithOptions(Options{Grace: time.Minute})
		one, two := NewSecret("the-signing-key"), NewSecret("the-signing-key")
		r.Add(one, two)
		one.Derive("made-of-one")
		two.Derive("made-of-two")
		r.Retire(two)
		time.Sleep(30 * time.Second)
		one.Derive("made-late")
		require.Equal(t, strings.Repeat(Mask+" ", 3), r.String("made-of-one made-of-two made-late "))
		time.Sleep(2 * time.Minute)
		require.Equal(t, "the-signing-key made-of-one made-of-two made-late", r.String("the-signing-key made-of-one made-of-two made-late"))
		require.Empty(t, r.registry().secrets)
		r.Add(one)
		require.Equal(t, strings.Repeat(Mask+" ", 2), r.String("made-of-one made-late "))
	})
}

func TestADerivedValueGivenByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		derived := NewSecret("the-signing-key").Derive("made-of-the-key")
		r := NewWithOptions(Options{Grace: time.Minute}, derived)
		require.Equal(t, "the-signing-key "+Mask, r.String("the-signing-key made-of-the-key"))
		r.Retire(derived)
		time.Sleep(2 * time.Minute)
		require.Equal(t, "made-of-the-key", r.String("made-of-the-key"))
	})
}

func TestAWriterGivesBackTheMemoryOfALargeWrite(t *testing.T) {
	r := New(NewSecret("a-value-of-some-length"))
	w := r.Writer(io.Discard)
	_, err := io.WriteString(w, "a-value-of") // which is held back
	require.NoError(t, err)
	before := heap()
	_, err = w.Write(bytes.Repeat([]byte(" a-value-of-some-length"), 1<<19))
	require.NoError(t, err)
	require.Less(t, heap()-before, int64(4<<20))
	require.NoError(t, w.Close())
}

func TestAddWhileOthersRead(t *testing.T) {
	r := New(NewSecret("known-from-the-start"))
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			w := r.Writer(io.Discard)
			for {
				select {
				case <-done:
					return
				default:
				}
				if got := r.String("is known-from-the-start here"); got != "is [REDACTED] here" {
					t.Errorf("got %q", got)
					return
				}
				_, _ = io.WriteString(w, "a line with value-0001 and known-fr")
			}
		})
	}
	for i := range 300 {
		value := fmt.Sprintf("value-%04d-%s", i, strings.Repeat("x", i%40))
		s := NewSecret(value)
		r.Add(s)
		if got := r.String("<" + value + ">"); got != "<[REDACTED]>" {
			t.Fatalf("%q is not masked right after Add", value)
		}
		if i%3 == 0 {
			r.Retire(s)
		}
	}
	close(done)
	readers.Wait()
}

// broken makes every scan of r panic: an empty pattern has no place in an index.
func broken(r *Redactor) *Redactor {
	r.registry().matcher.Add([]index.Pattern{{}})
	return r
}

func TestAFailingRedactorFailsClosed(t *testing.T) {
	const secret = "a-value-that-must-not-leak"
	r := broken(New(NewSecret(secret)))
	require.Equal(t, Mask, r.String(secret))
	require.Equal(t, "x"+Mask, string(r.Append([]byte("x"), []byte(secret))))
	require.Equal(t, Mask, r.Error(fmt.Errorf("e %s", secret)).Error())

	var out bytes.Buffer
	w := r.Writer(&out)
	n, err := io.WriteString(w, secret)
	require.NoError(t, err)
	require.Equal(t, len(secret), n)
	require.NoError(t, w.Close())
	_, err = r.LineWriter(&out).Write([]byte(secret))
	require.NoError(t, err)
	require.NotContains(t, out.String(), "value")
	require.Contains(t, out.String(), Mask)
}

func TestLargeValues(t *testing.T) {
	large := "a line\n" + randomText(1, 1<<20)
	r := New(NewSecret(large), NewSecret(strings.Repeat("ab", 1<<16)))
	text := "before " + large + " after " + strings.Repeat("ab", 1<<16) + "!" + large[:1<<19] + "?"
	require.Equal(t, "before [REDACTED] after [REDACTED]!", strings.SplitAfter(r.String(text), "!")[0])
	want := r.String(text)
	var out bytes.Buffer
	w := r.Writer(&out)
	start := time.Now()
	for i := 0; i < len(text); i += 100 {
		_, err := io.WriteString(w, text[i:min(i+100, len(text))])
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.True(t, want == out.String(), "the stream differs from the whole")
	require.Less(t, time.Since(start), 20*time.Second)
}
