package resolver

import (
	"hash/maphash"
	"strings"
	"sync"

	"github.com/sotto-render/sotto/redact"
)

// refcounts knows for one redactor how many secrets hold each value now, so that
// a value which two secrets share is forgotten only when both have changed.
// It is safe for concurrent use.
type refcounts struct {
	redactor *redact.Redactor
	// derived knows what is derived from the values, apart from them; nil where
	// redactor itself does.
	derived *redact.Redactor

	mu sync.Mutex
	// counts :: fingerprint of a value -> who holds it. Two
	// values of one fingerprint are remembered too long, never too short.
	counts map[uint64]holders
}

// holders says how many secrets hold a value, and for how many it is kept that held it
// until a while ago.
type holders struct{ now, kept int }

func newRefcounts(redactor, derived *redact.Redactor) *refcounts {
	return &refcounts{redactor: redactor, derived: derived, counts: make(map[uint64]holders)}
}

// retain tells the redactor of a value that one more secret holds. The redactor
// knows it when hold returns.
func (c *refcounts) retain(secret redact.Secret) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count(secret, 1, 0)
	if c.derived == nil {
		c.redactor.Add(secret)
		return
	}
	c.redactor.Know(secret)
	c.derived.Follow(secret)
}

// release says that a secret holds the value no more. The redactor retires it
// with the last holder.
func (c *refcounts) release(secret redact.Secret) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.retire(secret, c.count(secret, -1, 0))
}

// retire says that nobody holds the value now who did.
func (c *refcounts) retire(secret redact.Secret, left holders) {
	if left.now > 0 {
		return
	}
	c.redactor.Retire(secret)
	if left.kept > 0 {
		c.redactor.Keep(secret)
	}
	if c.derived != nil {
		c.derived.Retire(secret)
	}
}

// count adds to the holders of a value, and returns those that there are then.
func (c *refcounts) count(secret redact.Secret, now, kept int) holders {
	print := fingerprint(secret)
	h := c.counts[print]
	if h = (holders{h.now + now, h.kept + kept}); h == (holders{}) {
		delete(c.counts, print)
	} else {
		c.counts[print] = h
	}
	return h
}

// know is retain without what is derived: for a value that nobody is given.
func (c *refcounts) know(secret redact.Secret) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count(secret, 1, 0)
	c.redactor.Know(secret)
}

// keep is know for a value that no secret holds now.
func (c *refcounts) keep(secret redact.Secret) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count(secret, 0, 1)
	c.redactor.Keep(secret)
}

// letGo is release for a value that was kept.
func (c *refcounts) letGo(secret redact.Secret) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if left := c.count(secret, 0, -1); left.kept == 0 {
		c.retire(secret, left)
	}
}

// forget is release without a grace time.
func (c *refcounts) forget(secret redact.Secret) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if left := c.count(secret, -1, 0); left == (holders{}) {
		c.drop(secret)
	} else {
		c.retire(secret, left)
	}
}

// forgetKept is letGo without a grace time.
func (c *refcounts) forgetKept(secret redact.Secret) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.count(secret, 0, -1) == (holders{}) {
		c.drop(secret)
	}
}

// purge makes the redactor forget a value that is retired, unless a secret holds it.
func (c *refcounts) purge(secret redact.Secret) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts[fingerprint(secret)] == (holders{}) {
		c.drop(secret)
	}
}

// drop makes the redactors forget a value at once.
func (c *refcounts) drop(secret redact.Secret) {
	c.redactor.Forget(secret)
	if c.derived != nil {
		c.derived.Forget(secret)
	}
}

var fingerprintSeed = maphash.MakeSeed()

func fingerprint(secret redact.Secret) uint64 {
	return secret.Hash(fingerprintSeed)
}

// same reports whether a redactor takes two secrets for one.
func same(a, b redact.Secret) bool { return sameValue(a, b) && fingerprint(a) == fingerprint(b) }

// sameValue reports whether two secrets are of one kind and value.
func sameValue(a, b redact.Secret) bool {
	return a.Kind() == b.Kind() && material(a) == material(b)
}

// material is everything that a secret of its kind holds, as one text.
func material(secret redact.Secret) string {
	if secret.Kind() != redact.Credentials {
		return secret.Reveal()
	}
	pair, _ := secret.Tree().(map[string]any)
	username, _ := pair["username"].(string)
	password, _ := pair["password"].(string)
	return strings.Join([]string{username, password}, "\x00")
}
