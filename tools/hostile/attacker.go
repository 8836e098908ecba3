package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// tally counts what was sent, and what came of it.
type tally struct {
	leaks atomic.Int64

	mu sync.Mutex
	// answers :: kind of request -> status, 0 for none -> how many
	answers map[string]map[int]int
}

func newTally() *tally { return &tally{answers: make(map[string]map[int]int)} }

func (t *tally) count(kind string, status int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.answers[kind] == nil {
		t.answers[kind] = make(map[int]int)
	}
	t.answers[kind][status]++
}

// String lists the kinds with the statuses of their answers.
func (t *tally) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var b strings.Builder
	for _, kind := range slices.Sorted(maps.Keys(t.answers)) {
		fmt.Fprintf(&b, "%s%v ", kind, t.answers[kind])
	}
	return strings.ReplaceAll(strings.TrimSpace(b.String()), "map", "")
}

// attacker is one connection of a hostile token.
type attacker struct {
	address, token string
	rand           *rand.Rand
	client         *http.Client
	sent           *tally
}

func newAttacker(s *server, token string, seed, number uint64, sent *tally) *attacker {
	return &attacker{
		address: s.address, token: token, rand: rand.New(rand.NewPCG(seed, number)), sent: sent,
		client: &http.Client{Timeout: 2 * patience, Transport: &http.Transport{}},
	}
}

// attack sends one request after the other until ctx ends.
func (a *attacker) attack(ctx context.Context) {
	defer a.client.CloseIdleConnections()
	for ctx.Err() == nil {
		switch a.rand.IntN(8) {
		case 0:
			a.dropped(ctx, "unread", a.wire(largeAnswer, len(largeAnswer)), 3*time.Second)
		case 1:
			a.slowly(ctx)
		default:
			r := requests[a.rand.IntN(len(requests))]
			path, body := r.make(a.rand)
			token := a.token
			if r.stranger {
				token = fmt.Sprintf("sotto_%016x_%x", a.rand.Uint64(), a.rand.Uint64())
			}
			a.send(ctx, r.kind, token, path, body)
		}
	}
}

// send sends a request and reads its answer.
func (a *attacker) send(ctx context.Context, kind, token, path, body string) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+a.address+path, strings.NewReader(body))
	if err != nil {
		panic(err) // the paths are ours
	}
	r.Header.Set("Authorization", "Bearer "+token)
	response, err := a.client.Do(r)
	if err != nil {
		a.sent.count(kind, 0)
		return
	}
	defer func() { _ = response.Body.Close() }()
	text, _ := io.ReadAll(response.Body)
	if bytes.Contains(text, []byte(secret)) {
		a.sent.leaks.Add(1)
	}
	a.sent.count(kind, response.StatusCode)
}

// wire is a render as it goes over the wire, of which length bytes are announced.
func (a *attacker) wire(body string, length int) string {
	return fmt.Sprintf("POST /v1/render HTTP/1.1\r\nHost: sotto\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s", a.token, length, body)
}

// dropped sends text, reads nothing, and is gone after a while, if not before.
func (a *attacker) dropped(ctx context.Context, kind, text string, most time.Duration) {
	conn, err := net.Dial("tcp", a.address)
	if err != nil {
		a.sent.count(kind, 0)
		return
	}
	defer func() { _ = conn.Close() }()
	_, _ = io.WriteString(conn, text) // the server may have had enough
	a.wait(ctx, most)
	a.sent.count(kind, 0)
}

// slowly sends a body bit by bit and not to its end.
func (a *attacker) slowly(ctx context.Context) {
	conn, err := net.Dial("tcp", a.address)
	if err != nil {
		a.sent.count("slow", 0)
		return
	}
	defer func() { _ = conn.Close() }()
	_, err = io.WriteString(conn, a.wire(`{"template":"`, 1+a.rand.IntN(4<<20)))
	for range a.rand.IntN(20) {
		if err != nil || ctx.Err() != nil {
			break
		}
		_, err = io.WriteString(conn, strings.Repeat("x", a.rand.IntN(64<<10)))
		a.wait(ctx, 300*time.Millisecond)
	}
	a.sent.count("slow", 0)
}

// wait waits for a random time up to most.
func (a *attacker) wait(ctx context.Context, most time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(time.Duration(a.rand.Int64N(int64(most)))):
	}
}
