package redis

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/sotto-render/sotto/resolver/store"
)

const (
	// beatInterval is how often a sign of life is sent.
	beatInterval = time.Second
	// maxSilence is how long a sign of life may be missing.
	maxSilence = 2500 * time.Millisecond
	// checkInterval is how often it is looked for.
	checkInterval = 100 * time.Millisecond
	// firstWait is how long Watch waits for its first subscription.
	firstWait = time.Second
	// resubscribePause keeps a server that is down from being stormed.
	resubscribePause = 200 * time.Millisecond
)

// watch hears what other nodes change. A subscription whose connection has
// gone silent looks like one on which nothing happens; so the node publishes
// signs of life, in the way and on the servers that changes are published, and
// counts on hearing them.
type watch struct {
	backend *Backend
	changed func(store.Key)

	mu sync.Mutex
	// subscribed says that the server has confirmed the subscription.
	subscribed bool
	// missed says that changes may have been missed before it.
	missed bool
	// confirmed is closed at the first confirmation.
	confirmed chan struct{}
	// heard :: address of a server -> when a sign of life last came through
	// it, or was first expected to
	heard map[string]time.Time
}

// Watch implements [store.Watcher]. It returns when changes are heard, or after
// a second. After each time that changes may have been missed, changed is called
// with the zero key as soon as they are heard again.
func (b *Backend) Watch(changed func(store.Key)) (stop func()) {
	w := &watch{backend: b, changed: changed, heard: make(map[string]time.Time), confirmed: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { w.beat(ctx) })
	running.Go(func() { w.listen(ctx) })
	b.watching.Store(w)
	select {
	case <-w.confirmed:
	case <-time.After(firstWait):
		w.late()
	}
	return func() {
		b.watching.CompareAndSwap(w, nil)
		cancel()
		running.Wait()
	}
}

// hearing reports whether all servers are heard.
func (w *watch) hearing() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.subscribed && !w.silent()
}

// silent reports whether a sign of life is overdue. It is called with the lock
// held.
func (w *watch) silent() bool {
	for _, at := range w.heard {
		if time.Since(at) > maxSilence {
			return true
		}
	}
	return false
}

// beat publishes signs of life until ctx ends.
func (w *watch) beat(ctx context.Context) {
	ticker := time.NewTicker(beatInterval)
	defer ticker.Stop()
	for {
		round, cancel := context.WithTimeout(ctx, beatInterval)
		w.publish(round)
		cancel()
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// publish sends one sign of life through every server that takes writes. One
// that cannot be sent is one that will not be heard.
func (w *watch) publish(ctx context.Context) {
	var mu sync.Mutex
	present := make(map[string]bool)
	err := w.backend.eachMaster(ctx, func(ctx context.Context, addr string, node goredis.Cmdable) error {
		mu.Lock()
		present[addr] = true
		mu.Unlock()
		w.expect(addr)
		_ = node.Publish(ctx, w.backend.names.channel(), news{Node: w.backend.node, Beat: &addr}.encode()).Err()
		return nil
	})
	if err == nil {
		w.expectOnly(present)
	}
}

// expect notes that signs of life are sent through addr.
func (w *watch) expect(addr string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.heard[addr]; !ok {
		w.heard[addr] = time.Now()
	}
}

// expectOnly forgets the servers that have left.
func (w *watch) expectOnly(present map[string]bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for addr := range w.heard {
		if !present[addr] {
			delete(w.heard, addr)
		}
	}
}

// listen subscribes, again and again, until ctx ends.
func (w *watch) listen(ctx context.Context) {
	for ctx.Err() == nil {
		w.listenOnce(ctx)
		select {
		case <-ctx.Done():
		case <-time.After(resubscribePause):
		}
	}
}

// listenOnce hears changes until the subscription ends, goes silent or makes a
// mistake of any kind. The client would mend the connection by itself, and lose
// without a word what was published meanwhile.
func (w *watch) listenOnce(ctx context.Context) {
	w.begin()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	subscription := w.backend.client.Subscribe(ctx, w.backend.names.channel())
	var guard sync.WaitGroup
	guard.Go(func() { w.guard(ctx, subscription) })
	defer guard.Wait()
	defer cancel()
	for {
		message, err := subscription.Receive(ctx)
		if err != nil {
			break
		}
		switch m := message.(type) {
		case *goredis.Subscription:
			if w.confirm() {
				w.changed(store.Key{})
			}
		case *goredis.Message:
			w.hear(m.Payload)
		}
	}
	w.miss()
}

// guard closes the subscription when it has gone silent or ctx ends, which ends
// the wait for the next message.
func (w *watch) guard(ctx context.Context, subscription *goredis.PubSub) {
	ticker := time.NewTicker(checkInterval)
	defer ticker.Stop()
	defer func() { _ = subscription.Close() }()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			w.mu.Lock()
			silent := w.silent()
			w.mu.Unlock()
			if silent {
				return
			}
		}
	}
}

// begin starts the time of all signs of life anew.
func (w *watch) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for addr := range w.heard {
		w.heard[addr] = time.Now()
	}
}

// confirm takes in that the server has confirmed the subscription, and reports
// whether changes may have been missed before.
func (w *watch) confirm() (missed bool) {
	w.begin()
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-w.confirmed:
	default:
		close(w.confirmed)
	}
	missed = w.missed
	w.subscribed, w.missed = true, false
	return missed
}

// miss notes that changes may be missed until the next confirmation.
func (w *watch) miss() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.subscribed, w.missed = false, true
}

// late notes that Watch has returned, unless the subscription was confirmed.
func (w *watch) late() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.missed = !w.subscribed
}

// hear takes in one message. One that cannot be read may have been a change.
func (w *watch) hear(payload string) {
	var n news
	if err := json.Unmarshal([]byte(payload), &n); err != nil {
		w.changed(store.Key{})
		return
	}
	switch {
	case n.Node == w.backend.node:
		if n.Beat != nil {
			w.alive(*n.Beat)
		}
	case n.Beat != nil:
	case n.All:
		w.changed(store.Key{})
	default:
		for _, k := range n.Keys {
			w.changed(store.Key{Table: k.Table, Scope: string(n.Scope), Key: string(k.Key)})
		}
	}
}

func (w *watch) alive(addr string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.heard[addr]; ok {
		w.heard[addr] = time.Now()
	}
}
