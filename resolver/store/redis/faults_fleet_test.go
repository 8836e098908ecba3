package redis_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/redis"
)

const (
	// faultStale is the hard limit of the nodes under test, and faultFresh for how
	// long they do not ask again.
	faultStale = 6 * time.Second
	faultFresh = 500 * time.Millisecond
	// faultPatience is how long a request may take.
	faultPatience = 2 * time.Second
	faultAliases  = 5
)

// node is one of three that serve while something is wrong with their Redis.
type node struct {
	*store.Store
	resolver *resolver.Resolver
}

// edits are those of one alias, by their numbers.
type edits struct {
	// acked :: number -> when it was acknowledged, zero for one that was not
	acked []time.Time
}

// fleetUnderFault counts what its clients see.
type fleetUnderFault struct {
	nodes []*node
	token string

	mu sync.Mutex
	// made are the edits of each alias.
	made [faultAliases]edits
	// wrong are answers that must never be given, the first of each kind.
	wrong map[string]string
	// slowest is the longest request, and slowestEdit the longest edit.
	slowest, slowestEdit time.Duration
	oldest               time.Duration

	answered, refused, acked, failed atomic.Int64
}

// newFleet starts a node at each URL over a store with a few secrets.
func newFleet(t *testing.T, urls ...string) *fleetUnderFault {
	t.Helper()
	f, key := &fleetUnderFault{wrong: map[string]string{}}, store.NewKeyText()
	for _, url := range urls {
		backend, err := redis.Open(t.Context(), url)
		require.NoError(t, err)
		s, err := store.Open(t.Context(), store.Options{Backend: backend, Key: store.KeyText(key), TokenStaleTTL: faultStale})
		require.NoError(t, err)
		r, err := resolver.New(resolver.Options{
			Providers: []resolver.Binding{{Provider: s}}, CacheTTL: faultFresh, StaleTTL: faultStale,
		})
		require.NoError(t, err)
		t.Cleanup(func() {
			r.Close()
			_ = s.Close() // counts of uses may not reach a Redis that is gone
		})
		f.nodes = append(f.nodes, &node{s, r})
	}
	for i := range faultAliases {
		create(t, f.nodes[0].Store, "acme", alias(i), numbered(i, 0))
		f.made[i].acked = []time.Time{time.Now()}
	}
	f.token = newToken(t, f.nodes[0].Store, store.Render)
	eventually(t, "all nodes answer", f.well)
	return f
}

func alias(i int) string { return fmt.Sprint("alias-", i) }

func numbered(i, n int) string { return fmt.Sprint("value-of-", i, "-number-", n) }

// well reports whether each node answers with the last acknowledged edits, or newer
// ones, and hears of others.
func (f *fleetUnderFault) well() bool {
	for _, n := range f.nodes {
		for i := range faultAliases {
			value, err := n.ask(f.token, i)
			if err != nil || !n.Hearing() {
				return false
			}
			number, ok := f.numberOf(i, value)
			if !ok || number < f.lastAcked(i) {
				return false
			}
		}
	}
	return true
}

// ask is what a request does: who is it, and what is the secret?
func (n *node) ask(token string, i int) (redact.Secret, error) {
	ctx := context.Background()
	if _, err := n.Authenticate(ctx, token); err != nil {
		return redact.Secret{}, err
	}
	status, values := make([]macros.Status, 1), make([]redact.Secret, 1)
	if err := n.resolver.Scoped("acme/shop").Resolve(ctx, []string{alias(i)}, status, values); err != nil {
		return redact.Secret{}, err
	}
	if status[0] != macros.Known {
		return redact.Secret{}, errAbsent
	}
	return values[0], nil
}

var errAbsent = errors.New("a secret that is there was said to be missing")

func (f *fleetUnderFault) numberOf(i int, value redact.Secret) (int, bool) {
	text, ours := strings.CutPrefix(value.Reveal(), fmt.Sprint("value-of-", i, "-number-"))
	number, err := strconv.Atoi(text)
	f.mu.Lock()
	defer f.mu.Unlock()
	return number, ours && err == nil && number < len(f.made[i].acked)
}

func (f *fleetUnderFault) lastAcked(i int) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	for n := len(f.made[i].acked) - 1; n > 0; n-- {
		if !f.made[i].acked[n].IsZero() {
			return n
		}
	}
	return 0
}

// complain notes what must never happen.
func (f *fleetUnderFault) complain(kind, format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.wrong[kind] == "" {
		f.wrong[kind] = fmt.Sprintf(format, args...)
	}
}

// judge checks one answer.
func (f *fleetUnderFault) judge(i int, value redact.Secret, start time.Time) {
	number, ok := f.numberOf(i, value)
	if !ok {
		f.complain("a wrong value", "%s has the value of another secret or edit", alias(i))
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	// The first acknowledged edit after this one is since when it is out of date.
	for _, at := range f.made[i].acked[number+1:] {
		if at.IsZero() || !at.Before(start) {
			continue
		}
		if age := start.Sub(at); age > f.oldest {
			f.oldest = age
		}
		return
	}
}

// serve has clients ask all nodes, and an editor edit by the first, until ctx ends.
func (f *fleetUnderFault) serve(ctx context.Context) {
	var clients sync.WaitGroup
	for _, n := range f.nodes {
		clients.Go(func() {
			for i := 0; ctx.Err() == nil; i = (i + 1) % faultAliases {
				start := time.Now()
				value, err := n.ask(f.token, i)
				f.took(&f.slowest, time.Since(start))
				switch {
				case err == nil:
					f.answered.Add(1)
					f.judge(i, value, start)
				case errors.Is(err, errAbsent):
					f.complain("absence", "%v", err)
				case store.CodeOf(err) == store.Unauthorized:
					f.complain("a token", "a good token was refused")
				default:
					f.refused.Add(1)
				}
				time.Sleep(2 * time.Millisecond) // clients leave the other nodes some of the processor
			}
		})
	}
	clients.Go(func() {
		for i := 0; ctx.Err() == nil; i = (i + 1) % faultAliases {
			f.edit(i)
			time.Sleep(2 * time.Millisecond)
		}
	})
	clients.Wait()
}

func (f *fleetUnderFault) edit(i int) {
	f.mu.Lock()
	number := len(f.made[i].acked)
	f.made[i].acked = append(f.made[i].acked, time.Time{})
	f.mu.Unlock()
	start := time.Now()
	_, err := f.nodes[0].Update(context.Background(), by, "acme", alias(i), store.Patch{Value: store.Text(numbered(i, number))})
	f.took(&f.slowestEdit, time.Since(start))
	if err != nil {
		f.failed.Add(1)
		return
	}
	f.acked.Add(1)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.made[i].acked[number] = time.Now()
}

func (f *fleetUnderFault) took(slowest *time.Duration, this time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	*slowest = max(*slowest, this)
}

// report states what clients saw.
func (f *fleetUnderFault) report(recovery time.Duration) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return fmt.Sprintf("%d answered, %d refused, slowest %s; oldest value %s after its edit; %d edits acknowledged, %d refused, slowest %s; well again after %s",
		f.answered.Load(), f.refused.Load(), f.slowest.Round(time.Millisecond), f.oldest.Round(time.Millisecond), f.acked.Load(), f.failed.Load(),
		f.slowestEdit.Round(time.Millisecond), recovery.Round(time.Millisecond))
}
