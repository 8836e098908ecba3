package admission

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// signIns slows failed sign-ins down by address. It never refuses one that
// succeeds, so that nobody can lock others out.
type signIns struct {
	perMinute int

	mu sync.Mutex
	// failed :: address, or /64 of IPv6 -> its failures
	failed map[netip.Prefix]*rate.Limiter
	// rest is for all addresses that found no place in failed.
	rest *rate.Limiter
	// swept is when those were forgotten that had not failed for a while.
	swept time.Time
}

// maxAddresses bounds the addresses that are told apart.
const maxAddresses = 10_000

// FailSignIn counts a sign-in that failed, and returns a *[Refusal] where there
// have been too many from its address.
func (c *Controller) FailSignIn(remote string) error {
	s := &c.signIns
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.of(prefixOf(remote))
	if l.Allow() {
		return nil
	}
	return &Refusal{Reason: SignIn, After: untilNext(l)}
}

func (s *signIns) of(from netip.Prefix) *rate.Limiter {
	if l := s.failed[from]; l != nil {
		return l
	}
	if s.failed == nil {
		s.failed, s.rest = make(map[netip.Prefix]*rate.Limiter), s.limiter()
	}
	if now := time.Now(); len(s.failed) >= maxAddresses && now.Sub(s.swept) > time.Second {
		s.swept = now
		for other, l := range s.failed {
			if l.Tokens() >= float64(s.perMinute) {
				delete(s.failed, other)
			}
		}
	}
	if len(s.failed) >= maxAddresses {
		return s.rest
	}
	l := s.limiter()
	s.failed[from] = l
	return l
}

func (s *signIns) limiter() *rate.Limiter {
	return rate.NewLimiter(rate.Limit(float64(s.perMinute)/60), s.perMinute)
}

// prefixOf returns who an address belongs to: in IPv6, one customer has at least
// a /64. What is no address is nobody's, and counted together.
func prefixOf(remote string) netip.Prefix {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Prefix{}
	}
	ip, bits := at.Addr().Unmap().WithZone(""), 32
	if ip.Is6() {
		bits = 64
	}
	p, _ := ip.Prefix(bits) // the lengths fit their families
	return p
}
