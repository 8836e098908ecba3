package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// secret is the neighbour's: who else sees it has broken into its scope.
	secret   = "canary-of-the-neighbour-7f3a9c"
	pause    = 10 * time.Millisecond
	patience = 30 * time.Second
)

// neighbour renders beside the hostile tokens and measures how long it takes.
type neighbour struct {
	url, token string
	client     *http.Client

	mu   sync.Mutex
	took []time.Duration
	// wrong counts answers that were not what they should be; first is what was
	// wrong with the first one.
	wrong int
	first error
}

func newNeighbour(s *server) (*neighbour, error) {
	const scope = "neighbour"
	if _, err := s.admin("/v1/secrets", map[string]any{"alias": "key", "type": "token", "value": secret, "scope": scope}); err != nil {
		return nil, err
	}
	token, err := s.token("render", scope)
	return &neighbour{url: "http://" + s.address, token: token, client: &http.Client{Timeout: patience}}, err
}

func (n *neighbour) work(ctx context.Context) {
	for ctx.Err() == nil {
		start := time.Now()
		err := n.render(ctx)
		took := time.Since(start)
		if ctx.Err() != nil {
			return
		}
		n.mu.Lock()
		n.took = append(n.took, took)
		if err != nil {
			n.wrong++
			if n.first == nil {
				n.first = err
			}
		}
		n.mu.Unlock()
		time.Sleep(pause)
	}
}

func (n *neighbour) render(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, n.url+"/v1/render",
		strings.NewReader(`{"template":"Bearer <<Secrets.key>> for {{ name }}","vars":{"name":"Ann"}}`))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+n.token)
	response, err := n.client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", response.StatusCode)
	}
	if !strings.Contains(string(text), `"output":"Bearer `+secret+` for Ann"`) {
		return errors.New("another output than the right one")
	}
	return nil
}

// summary is of all that was measured since the start.
func (n *neighbour) summary() string {
	n.mu.Lock()
	took, wrong := slices.Clone(n.took), n.wrong
	n.mu.Unlock()
	slices.Sort(took)
	return fmt.Sprintf("n %d p50 %s p99 %s max %s wrong %d", len(took), quantile(took, .5), quantile(took, .99), quantile(took, 1), wrong)
}

// quantile returns the value of sorted below which the part q of them is.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[int(q*float64(len(sorted)-1))].Round(10 * time.Microsecond)
}

func (n *neighbour) verdict(sent *tally) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case sent.leaks.Load() > 0:
		return errors.New("a hostile token was shown the neighbour's secret")
	case n.wrong > 0:
		return fmt.Errorf("%d answers to the neighbour were wrong, the first one: %w", n.wrong, n.first)
	}
	return nil
}
