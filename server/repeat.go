package server

import (
	"github.com/sotto-render/sotto/api"
)

// maxKeyBytes is the length of the longest Idempotency-Key.
const maxKeyBytes = 255

// headerTrue is the value of Idempotency-Replayed: the request was carried out before, and
// this is what it was answered then.
var headerTrue = []string{"true"}

// readKey reads the Idempotency-Key of a request with this body, if it has one.
func (x *exchange) readKey(body []byte) error {
	given := x.r.Header["Idempotency-Key"]
	if len(given) == 0 {
		return nil
	}
	if len(given) != 1 || !isKey(given[0]) {
		return fail(api.InvalidRequest, "Idempotency-Key must be one text of 1 to 255 ASCII characters, such as a UUID")
	}
	x.repeat = x.server.store.NewRequest(x.caller.id, given[0], []byte(x.r.Method), []byte(x.r.URL.RequestURI()), body)
	return nil
}

func isKey(key string) bool {
	for i := range len(key) {
		if key[i] < ' ' || key[i] > '~' {
			return false
		}
	}
	return key != "" && len(key) <= maxKeyBytes
}
