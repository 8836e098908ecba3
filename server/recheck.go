package server

import (
	"io"
	"strings"
	"time"
)

// recheckEvery is how long a stream goes on before its caller is looked at again. The
// store knows at once what this node revoked, and asks its backend for others more rarely.
const recheckEvery = 50 * time.Millisecond

// recheck looks now and then whether the caller of a stream still is who it was: a
// token that is revoked, or that expired, gets nothing any more of what is open.
type recheck struct {
	x    *exchange
	last time.Time
}

// still returns why the stream is to end, or nil. A store that cannot be asked ends none.
func (r *recheck) still() error {
	now := time.Now()
	if now.Sub(r.last) < recheckEvery {
		return nil
	}
	r.last = now
	x := r.x
	if x.caller.id == adminCaller.id || strings.HasPrefix(x.caller.id, certificatePrefix) {
		return nil
	}
	known, err := x.server.known(x)
	switch {
	case err == errUnauthorized, err == errNoSession:
		return errRevoked
	case err == nil && (known.id != x.caller.id || known.role != x.caller.role || known.scope != x.caller.scope):
		return errRevoked
	}
	return nil
}

// rechecked reads a body for as long as its caller may send it.
type rechecked struct {
	io.ReadCloser
	recheck
}

// Read implements [io.Reader].
func (r *rechecked) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if n > 0 {
		if revoked := r.still(); revoked != nil {
			return 0, revoked
		}
	}
	return n, err
}
