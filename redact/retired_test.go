package redact

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func encoded(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func TestRetiredValuesDropTheirFormsOldestFirst(t *testing.T) {
	value := func(i int) Secret { return NewSecret(fmt.Sprintf("rotated-%02d-0123456789abcdef", i)) }
	r := NewWithOptions(Options{RetiredBytes: 64 << 10})
	for i := range 50 {
		r.Add(value(i))
		require.Equal(t, Mask, r.String(encoded(value(i).Reveal())))
		r.Retire(value(i))
	}
	require.LessOrEqual(t, r.registry().retired.bytes, 64<<10)
	for i := range 50 {
		text := value(i).Reveal()
		require.Equal(t, Mask, r.String(text), "a value goes with its grace time alone")
		if i == 49 {
			require.Equal(t, Mask, r.String(encoded(text)))
		}
	}
	require.Equal(t, encoded(value(0).Reveal()), r.String(encoded(value(0).Reveal())))
	r.Add(value(0))
	require.Equal(t, Mask, r.String(encoded(value(0).Reveal())), "what is in use again is known in every form")
}

func TestALargeRetiredValueTakesLittle(t *testing.T) {
	r := New()
	large := func(round int) string {
		var b strings.Builder
		for i := range 60_000 {
			fmt.Fprintf(&b, "%d%07d\n", round, i)
		}
		return b.String()
	}
	var all []string
	before := heap()
	for i := range 3 {
		s := NewSecret(large(i))
		r.Add(s)
		require.Equal(t, "x "+Mask, r.String("x "+s.Reveal()))
		r.Retire(s)
		all = append(all, s.Reveal())
	}
	require.Less(t, heap()-before, int64(48<<20))
	for _, text := range all {
		require.Equal(t, "x "+Mask, r.String("x "+text))
	}
}

func TestKeep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewWithOptions(Options{Grace: time.Minute, RetiredBytes: 1})
		gone, current := NewSecret("a-value-of-yesterday"), NewSecret("a-value-of-today")
		r.Add(current)
		r.Keep(gone, current)
		require.Equal(t, Mask+" "+Mask+" "+Mask, r.String("a-value-of-yesterday a-value-of-today "+encoded("a-value-of-today")))
		require.Equal(t, encoded("a-value-of-yesterday"), r.String(encoded("a-value-of-yesterday")), "past the bound")
		r.Retire(gone)
		time.Sleep(2 * time.Minute)
		require.Equal(t, "a-value-of-yesterday "+Mask, r.String("a-value-of-yesterday a-value-of-today"))
		r.Keep(gone)
		time.Sleep(2 * time.Minute)
		require.Equal(t, Mask, r.String("a-value-of-yesterday"))
		r.Forget(gone)
		require.Equal(t, "a-value-of-yesterday", r.String("a-value-of-yesterday"))
	})
}
