package redis

import (
	"encoding/json"

	"github.com/sotto-render/sotto/resolver/store"
)

// maxMessageKeys is how many keys a message names; of more, it says that anything may
// have changed.
const maxMessageKeys = 256

// message is a message on the channel. It holds names, and no part of a row. Names
// are bytes, so that those that are not UTF-8 arrive as they are.
type message struct {
	// Node is who sent it.
	Node string `json:"node"`
	// Beat, if not nil, says that this is only a heartbeat, sent through
	// the server of that address.
	Beat *string `json:"beat,omitempty"`
	// All says that anything may have changed.
	All   bool         `json:"all,omitempty"`
	Scope []byte       `json:"scope,omitempty"`
	Keys  []messageKey `json:"keys,omitempty"`
}

type messageKey struct {
	Table store.Table `json:"table"`
	Key   []byte      `json:"key"`
}

// invalidation returns the message about a batch, or nil where it touches nothing
// that other nodes cache.
func invalidation(node string, batch store.Batch) []byte {
	n := message{Node: node, Scope: []byte(batch.Scope)}
	keys := sealed(batch)
	for i := range batch.Put {
		// The store's own words to all nodes; the keyring's are read regularly.
		if k := batch.Put[i].Key; k.Table == store.TableMeta && len(batch.Put) == 1 {
			keys = append(keys, k)
		}
	}
	for _, k := range keys {
		n.Keys = append(n.Keys, messageKey{k.Table, []byte(k.Key)})
	}
	switch {
	case len(n.Keys) == 0:
		return nil
	case len(n.Keys) > maxMessageKeys:
		n = message{Node: node, All: true}
	}
	return n.encode()
}

func (n message) encode() []byte {
	text, _ := json.Marshal(n) // strings and bytes cannot fail
	return text
}
