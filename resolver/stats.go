package resolver

import (
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// Stats counts what a [Resolver] has done since it was made.
type Stats struct {
	// Hits are the secrets answered from the cache, the stale ones too;
	// Misses are those that a provider had to be asked for.
	Hits, Misses uint64
	// Stale are the secrets answered with a value older than CacheTTL.
	Stale uint64
	// Absent are those of the Hits that told that there is no such secret, or an
	// archived one.
	Absent uint64
	// Entries is about how many answers the cache holds.
	Entries int
	// Providers are in the order of [Options]; two of one name are two.
	Providers []ProviderStats
}

// ProviderStats counts the calls of one provider.
type ProviderStats struct {
	// Name is the provider's name.
	Name string
	// Calls are all calls; Failures those that could not tell, including
	// those cut off because they took too long.
	Calls, Failures uint64
	// Aliases are the secrets asked for in all calls together.
	Aliases uint64
	// Deaf says that changes by others are not heard now, so that what is
	// cached may be out of date for CacheTTL.
	Deaf bool
	// Open says that the provider left calls without an answer, and is left alone for
	// now but for one that tries it.
	Open bool
	// Time is the time spent in all calls together.
	Time time.Duration
}

// counter is a number that many processors add to. It is spread over cache
// lines, so that a hot secret does not make them wait for each other.
type counter [8]struct {
	n atomic.Uint64
	_ [56]byte
}

func (c *counter) add(n uint64) { c[rand.Uint32()%uint32(len(c))].n.Add(n) }

func (c *counter) load() uint64 {
	var sum uint64
	for i := range c {
		sum += c[i].n.Load()
	}
	return sum
}
