package resolver

import (
	"hash/maphash"
	"strings"
	"sync"

	"github.com/sotto-render/sotto/redact"
)

// ledger knows for one redactor how many secrets hold each value now, so that
// a value which two secrets share is forgotten only when both have changed.
// It is safe for concurrent use.
type ledger struct {
	redactor *redact.Redactor

	mu sync.Mutex
	// holders :: fingerprint of a value -> how many secrets hold it. Two
	// values of one fingerprint are remembered too long, never too short.
	holders map[uint64]int
}

func newLedger(redactor *redact.Redactor) *ledger {
	return &ledger{redactor: redactor, holders: make(map[uint64]int)}
}

// hold tells the redactor of a value that one more secret holds. The redactor
// knows it when hold returns.
func (l *ledger) hold(secret redact.Secret) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.holders[fingerprint(secret)]++
	l.redactor.Add(secret)
}

// release says that a secret holds the value no more. The redactor retires it
// with the last holder.
func (l *ledger) release(secret redact.Secret) {
	l.mu.Lock()
	defer l.mu.Unlock()
	print := fingerprint(secret)
	if l.holders[print]--; l.holders[print] > 0 {
		return
	}
	delete(l.holders, print)
	l.redactor.Retire(secret)
}

var fingerprintSeed = maphash.MakeSeed()

func fingerprint(secret redact.Secret) uint64 {
	return maphash.String(fingerprintSeed, material(secret))
}

// same reports whether two secrets are of one kind and value.
func same(a, b redact.Secret) bool {
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
