package redis

import (
	"strings"

	"github.com/sotto-render/sotto/resolver/store"
)

// names spells keys. What is between the braces decides the hash slot, so all
// of one scope is in one.
//
//	PREFIX:{s:SCOPE}:head          hash: epoch, data, and batch: the names of the last 16;
//	                               tracked, since: the epochs that changed covers
//	PREFIX:{s:SCOPE}:changed       sorted set of TABLE:<key>, by the epoch of its last change
//	PREFIX:{s:SCOPE}:TABLE:rows    hash: m<key> is a packed row, v<key> its value
//	PREFIX:{s:SCOPE}:TABLE:keys    sorted set of the keys of rows, by bytes
//	PREFIX:{s:SCOPE}:TABLE:counts  hash: <key> is a counter
//	PREFIX:{s:SCOPE}:TABLE:counted sorted set of the keys of counts
//	PREFIX:{s:}:lease:NAME         hash: holder, until
//	PREFIX:scopes                  set of scopes that may have a head
//	PREFIX:changes                 the channel
type names struct{ prefix string }

// escaper keeps a scope from closing the braces.
var escaper = strings.NewReplacer("%", "%25", "{", "%7B", "}", "%7D")

func (n names) scope(scope string) string { return n.prefix + ":{s:" + escaper.Replace(scope) + "}:" }

func (n names) head(scope string) string { return n.scope(scope) + "head" }

func (n names) changed(scope string) string { return n.scope(scope) + "changed" }

// member is what a row is called in the set of changes.
func member(key store.Key) string { return string(key.Table) + ":" + key.Key }

func (n names) rows(t store.Table, scope string) string {
	return n.scope(scope) + string(t) + ":rows"
}

func (n names) keys(t store.Table, scope string) string {
	return n.scope(scope) + string(t) + ":keys"
}

func (n names) counts(t store.Table, scope string) string {
	return n.scope(scope) + string(t) + ":counts"
}

func (n names) counted(t store.Table, scope string) string {
	return n.scope(scope) + string(t) + ":counted"
}

func (n names) lease(name string) string { return n.scope("") + "lease:" + name }

func (n names) scopes() string { return n.prefix + ":scopes" }

func (n names) channel() string { return n.prefix + ":changes" }
