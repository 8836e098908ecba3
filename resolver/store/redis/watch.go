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
	// heartbeatInterval is how often a heartbeat is sent.
	heartbeatInterval = time.Second
	// maxSilence is how long a heartbeat may be missing.
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
// heartbeats, in the way and on the servers that changes are published, and
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
	// liveness :: address of a server -> the heartbeats that come through it
	liveness map[string]heartbeat

	// heartbeatNow asks for a heartbeat before the next is due.
	heartbeatNow chan struct{}
}

// heartbeat is what came through one server.
type heartbeat struct {
	// at is when the last heartbeat came, or was first expected.
	at time.Time
	// awaited says that none has come since the subscription was made anew.
	awaited bool
}

func (p heartbeat) overdue() bool { return time.Since(p.at) > maxSilence }

// Watch implements [store.Watcher]. It returns when changes are heard, or after
// a second. After each time that changes may have been missed, changed is called
// with the zero key as soon as they are heard again.
func (b *Backend) Watch(changed func(store.Key)) (stop func()) {
	w := &watch{
		backend: b, changed: changed, liveness: make(map[string]heartbeat),
		confirmed: make(chan struct{}), heartbeatNow: make(chan struct{}, 1),
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { w.sendHeartbeats(ctx) })
	running.Go(func() { w.listen(ctx) })
	b.watching.Store(w)
	select {
	case <-w.confirmed:
	case <-time.After(firstWait):
		w.unconfirmed()
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
	for _, p := range w.liveness {
		if p.awaited || p.overdue() {
			return false
		}
	}
	return w.subscribed
}

// silent reports whether nothing comes through any server, which is what a
// subscription looks like whose connection is lost. Where something comes, the
// others are at fault, and a new subscription would only miss what comes.
func (w *watch) silent() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.liveness {
		if !p.overdue() {
			return false
		}
	}
	return len(w.liveness) > 0
}

// sendHeartbeats publishes heartbeats until ctx ends.
func (w *watch) sendHeartbeats(ctx context.Context) {
	ticker := time.NewTicker(heartbeatInterval)
	defer ticker.Stop()
	for {
		round, cancel := context.WithTimeout(context.WithValue(ctx, probe{}, true), heartbeatInterval)
		w.publish(round)
		cancel()
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-w.heartbeatNow:
		}
	}
}

// publish sends one heartbeat through every server that takes writes. One
// that cannot be sent is one that will not be heard.
func (w *watch) publish(ctx context.Context) {
	var mu sync.Mutex
	present := make(map[string]bool)
	err := w.backend.eachMaster(ctx, func(ctx context.Context, addr string, node goredis.Cmdable) error {
		mu.Lock()
		present[addr] = true
		mu.Unlock()
		w.expect(addr)
		_ = node.Publish(ctx, w.backend.names.channel(), message{Node: w.backend.node, Beat: &addr}.encode()).Err()
		return nil
	})
	if err == nil {
		w.expectOnly(present)
	}
}

// expect notes that heartbeats are sent through addr.
func (w *watch) expect(addr string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.liveness[addr]; !ok {
		w.liveness[addr] = heartbeat{at: time.Now()}
	}
}

// expectOnly forgets the servers that have left.
func (w *watch) expectOnly(present map[string]bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for addr := range w.liveness {
		if !present[addr] {
			delete(w.liveness, addr)
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
	ctx, cancel := context.WithCancel(context.WithValue(ctx, under{}, true))
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
			if w.silent() {
				return
			}
		}
	}
}

// begin gives all heartbeats time to come through a new subscription.
func (w *watch) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.expectAnew()
}

// expectAnew waits for heartbeats through the present subscription, if there
// was one before it: what came through that says nothing. It is called with the
// lock held.
func (w *watch) expectAnew() {
	for addr := range w.liveness {
		w.liveness[addr] = heartbeat{at: time.Now(), awaited: w.missed}
	}
}

// confirm takes in that the server has confirmed the subscription, and reports
// whether changes may have been missed before.
func (w *watch) confirm() (missed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.expectAnew()
	select {
	case <-w.confirmed:
	default:
		close(w.confirmed)
	}
	select {
	case w.heartbeatNow <- struct{}{}:
	default:
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

// unconfirmed notes that Watch has returned, unless the subscription was confirmed.
func (w *watch) unconfirmed() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.missed = !w.subscribed
}

// hear takes in one message. One that cannot be read may have been a change.
// The node's own changes count too: it may have lost the reply to one, and not
// know that it was made.
func (w *watch) hear(payload string) {
	var n message
	if err := json.Unmarshal([]byte(payload), &n); err != nil {
		w.changed(store.Key{})
		return
	}
	switch {
	case n.Beat != nil:
		if n.Node == w.backend.node && w.alive(*n.Beat) {
			w.changed(store.Key{})
		}
	case n.All:
		w.changed(store.Key{})
	default:
		for _, k := range n.Keys {
			w.changed(store.Key{Table: k.Table, Scope: string(n.Scope), Key: string(k.Key)})
		}
	}
}

// alive takes in a heartbeat, and reports whether it came so late that
// changes may have been missed which came by the same way.
func (w *watch) alive(addr string) (late bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, ok := w.liveness[addr]
	if ok {
		w.liveness[addr] = heartbeat{at: time.Now()}
	}
	return ok && p.overdue()
}
