package server

import (
	"crypto/rand"
	"encoding/base32"
	"strconv"
	"strings"
	"sync/atomic"
)

// requestIDs makes ids that are unique without a lookup in the source of
// randomness for each: a random prefix of the process and a count.
type requestIDs struct {
	prefix string
	count  atomic.Uint64
}

func newRequestIDs() *requestIDs {
	var seed [5]byte
	_, _ = rand.Read(seed[:]) // never fails, as crypto/rand says
	return &requestIDs{prefix: strings.ToLower(base32.StdEncoding.EncodeToString(seed[:])) + "-"}
}

func (ids *requestIDs) next() string {
	var id [32]byte
	n := append(id[:0], ids.prefix...)
	return string(strconv.AppendUint(n, ids.count.Add(1), 36))
}
