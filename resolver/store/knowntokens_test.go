package store

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// backendOfTokens is what a look comes to, and how long it takes.
type backendOfTokens struct {
	mu    sync.Mutex
	token AccessToken
	err   error
	takes time.Duration
	looks int
}

func (b *backendOfTokens) find(ctx context.Context, _ string, _ tokenHash) (AccessToken, error) {
	b.mu.Lock()
	b.looks++
	token, err, takes := b.token, b.err, b.takes
	b.mu.Unlock()
	select {
	case <-time.After(takes):
	case <-ctx.Done():
	}
	return token, err
}

// tokensOf runs a test in a bubble of time, with tokens that are fresh for 2 s and
// honoured for 5 min.
func tokensOf(t *testing.T, test func(t *testing.T, k *knownTokens, b *backendOfTokens, log *bytes.Buffer)) {
	synctest.Test(t, func(t *testing.T) {
		log := new(bytes.Buffer)
		b := &backendOfTokens{token: AccessToken{ID: "a", Role: Render}}
		closing, stop := context.WithCancel(t.Context())
		k := newKnownTokens(closing, &Store{log: slog.New(slog.NewTextHandler(log, nil))}, 2*time.Second, DefaultTokenStaleTTL)
		k.find = b.find
		test(t, k, b, log)
		stop()
		k.close()
	})
}

var unreachable = unavailable(ErrUnreachable)

func (k *knownTokens) ask(t *testing.T) (took time.Duration, err error) {
	start := time.Now()
	_, err = k.get(t.Context(), tokenHash{}, "a")
	synctest.Wait()
	return time.Since(start), err
}

func TestATokenStaysTrueWhileTheStoreIsUnreachable(t *testing.T) {
	tokensOf(t, func(t *testing.T, k *knownTokens, b *backendOfTokens, log *bytes.Buffer) {
		_, err := k.ask(t)
		require.NoError(t, err)
		b.err = unreachable
		time.Sleep(2 * time.Second)
		for range 149 {
			_, err := k.ask(t)
			require.NoError(t, err)
			time.Sleep(2 * time.Second)
		}
		_, err = k.ask(t)
		require.ErrorIs(t, err, ErrUnreachable, "five minutes after the last look it is over")
		require.Equal(t, int64(149), k.staleUses())
		require.Equal(t, 5, strings.Count(log.String(), "\n"), "one line a minute:\n%s", log)
		require.False(t, k.answers(time.Now()))

		b.err = nil
		_, err = k.ask(t)
		require.NoError(t, err)
		require.True(t, k.answers(time.Now()))
		require.Contains(t, log.String(), "uses=28", "the last uses are logged when the store answers again")
	})
}

func TestASilentStoreHoldsNobodyUp(t *testing.T) {
	tokensOf(t, func(t *testing.T, k *knownTokens, b *backendOfTokens, _ *bytes.Buffer) {
		b.takes = time.Hour
		took, err := k.ask(t)
		require.ErrorIs(t, err, ErrUnreachable)
		require.Equal(t, tokenPatience, took, "a token never seen")
		time.Sleep(tokenLookTimeout)

		b.takes = 0
		_, err = k.ask(t)
		require.NoError(t, err)
		b.takes = time.Hour
		time.Sleep(2 * time.Second)
		took, err = k.ask(t)
		require.NoError(t, err)
		require.Equal(t, tokenPatience, took)
		looks := b.looks
		for range 100 {
			took, err = k.ask(t)
			require.NoError(t, err)
			require.Zero(t, took, "once it is known to be silent")
		}
		require.LessOrEqual(t, b.looks, looks+1)
	})
}

func TestASlowStoreAnswersTheNextCaller(t *testing.T) {
	tokensOf(t, func(t *testing.T, k *knownTokens, b *backendOfTokens, _ *bytes.Buffer) {
		b.takes = time.Second
		_, err := k.ask(t)
		require.Error(t, err)
		time.Sleep(time.Second)
		took, err := k.ask(t)
		require.NoError(t, err)
		require.Zero(t, took)
	})
}

func TestWhatIsNotHonouredWhileTheStoreIsUnreachable(t *testing.T) {
	for name, test := range map[string]func(k *knownTokens, b *backendOfTokens){
		"a token of an admin":         func(_ *knownTokens, b *backendOfTokens) { b.token.Role = Admin },
		"one whose revocation came":   func(k *knownTokens, _ *backendOfTokens) { k.drop("a") },
		"any, where tokens fail fast": func(k *knownTokens, _ *backendOfTokens) { k.staleTTL = -1 },
		"any, after a repair":         func(k *knownTokens, _ *backendOfTokens) { k.forget() },
	} {
		t.Run(name, func(t *testing.T) {
			tokensOf(t, func(t *testing.T, k *knownTokens, b *backendOfTokens, _ *bytes.Buffer) {
				if strings.Contains(name, "admin") {
					test(k, b)
				}
				_, err := k.ask(t)
				require.NoError(t, err)
				test(k, b)
				b.err = unreachable
				time.Sleep(2 * time.Second)
				_, err = k.ask(t)
				require.ErrorIs(t, err, ErrUnreachable)
				require.False(t, k.answers(time.Now()))
			})
		})
	}
	t.Run("a store that says no", func(t *testing.T) {
		tokensOf(t, func(t *testing.T, k *knownTokens, b *backendOfTokens, _ *bytes.Buffer) {
			_, err := k.ask(t)
			require.NoError(t, err)
			b.err = unauthorized()
			time.Sleep(2 * time.Second)
			_, err = k.ask(t)
			require.Equal(t, Unauthorized, CodeOf(err))
			b.err = unreachable
			_, err = k.ask(t)
			require.ErrorIs(t, err, ErrUnreachable, "what was revoked stays so")
		})
	})
	t.Run("a revocation that comes while the store is asked", func(t *testing.T) {
		tokensOf(t, func(t *testing.T, k *knownTokens, b *backendOfTokens, _ *bytes.Buffer) {
			_, err := k.ask(t)
			require.NoError(t, err)
			b.takes, b.err = 100*time.Millisecond, unreachable
			time.Sleep(2 * time.Second)
			time.AfterFunc(50*time.Millisecond, func() { k.drop("a") })
			_, err = k.ask(t)
			require.ErrorIs(t, err, ErrUnreachable)
		})
	})
}

// What bounds how long a revoked token may work on a node that does not hear of it.
func TestALookFromBeforeARevocationIsNotRemembered(t *testing.T) {
	for name, change := range map[string]func(*knownTokens){
		"a revocation": func(k *knownTokens) { k.drop("a") }, "changes that were missed": (*knownTokens).doubt,
	} {
		t.Run(name, func(t *testing.T) {
			tokensOf(t, func(t *testing.T, k *knownTokens, b *backendOfTokens, _ *bytes.Buffer) {
				b.takes = 200 * time.Millisecond
				time.AfterFunc(100*time.Millisecond, func() {
					change(k)
					b.mu.Lock()
					defer b.mu.Unlock()
					b.err = errors.Join(unauthorized())
				})
				_, err := k.ask(t)
				require.NoError(t, err, "it was asked before")
				_, err = k.ask(t)
				require.Equal(t, Unauthorized, CodeOf(err))
			})
		})
	}
}

func TestAFullMemoryOfTokensLetsOthersGo(t *testing.T) {
	tokensOf(t, func(t *testing.T, k *knownTokens, b *backendOfTokens, _ *bytes.Buffer) {
		for i := range maxCachedTokens + 100 {
			k.remember(tokenHash{byte(i), byte(i >> 8)}, seenToken{looked: time.Now()})
		}
		require.Len(t, k.known, maxCachedTokens)
	})
}
