package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// reader takes a log when it is let.
type reader struct {
	let  chan struct{}
	took bytes.Buffer
	err  error
}

func (r *reader) Write(p []byte) (int, error) {
	<-r.let
	r.took.Write(p)
	return len(p), r.err
}

func notice(dropped uint64) []byte { return fmt.Appendf(nil, "lost %d\n", dropped) }

func TestALogThatNobodyTakesStopsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{let: make(chan struct{})}
		q := newLogQueue(r, notice)
		record := []byte(strings.Repeat("x", 1023) + "\n")
		const records = 3 * maxQueuedLog / 1024
		for range records {
			n, err := q.Write(record)
			require.NoError(t, err)
			require.Equal(t, len(record), n)
		}
		synctest.Wait()
		start := time.Now()
		require.Error(t, q.Close(), "it ends all the same")
		require.Equal(t, lastLogPatience, time.Since(start))
		dropped := q.Dropped()
		require.NotZero(t, dropped)

		close(r.let)
		synctest.Wait()
		require.Equal(t, records, strings.Count(r.took.String(), string(record))+int(dropped), "each is written or counted")
		require.Contains(t, r.took.String(), fmt.Sprintf("lost %d\n", dropped))
	})
}

func TestALogIsWrittenInItsOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{let: make(chan struct{}), err: errors.New("broken pipe")}
		close(r.let)
		q := newLogQueue(r, notice)
		var want strings.Builder
		for i := range 1000 {
			_, err := fmt.Fprintf(q, "%d\n", i)
			require.NoError(t, err)
			fmt.Fprintf(&want, "%d\n", i)
		}
		require.NoError(t, q.Close())
		require.Equal(t, want.String(), r.took.String())
		require.Zero(t, q.Dropped())
		_, _ = q.Write([]byte("late\n"))
		require.Equal(t, uint64(1), q.Dropped())
	})
}
