package redis

import (
	"context"
	_ "embed"
	"math"
	"slices"
	"strconv"

	goredis "github.com/redis/go-redis/v9"

	"github.com/sotto-render/sotto/resolver/store"
)

var (
	//go:embed scan.lua
	scanSource string
	scanScript = goredis.NewScript(scanSource)
)

// Fields of a hash of rows: what stands before the key.
const (
	packedField = "m"
	valueField  = "v"
)

// Find implements [store.Backend]. A row and its value are read by one
// command, so they always belong together.
func (b *Backend) Find(ctx context.Context, keys []store.Key, values bool) ([]*store.Row, error) {
	if err := ctx.Err(); err != nil {
		return nil, explain(err)
	}
	// fields :: hash -> the fields wanted of it; at :: hash -> the index in
	// keys of each row in turn
	fields := make(map[string][]string)
	at := make(map[string][]int)
	var hashes []string
	for i, key := range keys {
		hash := b.names.rows(key.Table, key.Scope)
		if at[hash] == nil {
			hashes = append(hashes, hash)
		}
		at[hash] = append(at[hash], i)
		fields[hash] = append(fields[hash], packedField+key.Key)
		if values {
			fields[hash] = append(fields[hash], valueField+key.Key)
		}
	}
	if len(hashes) == 0 {
		return nil, nil
	}
	replies := make([]*goredis.SliceCmd, len(hashes))
	_, err := b.client.Pipelined(ctx, func(pipe goredis.Pipeliner) error {
		for i, hash := range hashes {
			replies[i] = pipe.HMGet(ctx, hash, fields[hash]...)
		}
		return nil
	})
	if err != nil {
		return nil, explain(err)
	}
	rows := make([]*store.Row, len(keys))
	for i, hash := range hashes {
		found := replies[i].Val()
		width := len(found) / len(at[hash])
		for n, index := range at[hash] {
			packed, ok := found[n*width].(string)
			if !ok {
				continue
			}
			rows[index] = unpack(keys[index], packed)
			if values {
				if value, ok := found[n*width+1].(string); ok {
					rows[index].Value = []byte(value)
				}
			}
		}
	}
	return rows, nil
}

// Scan implements [store.Backend].
func (b *Backend) Scan(ctx context.Context, r store.Range) ([]store.Row, error) {
	pairs, err := b.scan(ctx, r, b.names.keys(r.Table, r.Scope), b.names.rows(r.Table, r.Scope), packedField)
	if err != nil {
		return nil, err
	}
	rows := make([]store.Row, 0, len(pairs)/2)
	for pair := range slices.Chunk(pairs, 2) {
		rows = append(rows, *unpack(store.Key{Table: r.Table, Scope: r.Scope, Key: pair[0]}, pair[1]))
	}
	return rows, nil
}

// Counters implements [store.Backend].
func (b *Backend) Counters(ctx context.Context, r store.Range) ([]store.Counter, error) {
	pairs, err := b.scan(ctx, r, b.names.counted(r.Table, r.Scope), b.names.counts(r.Table, r.Scope), "")
	if err != nil {
		return nil, err
	}
	counters := make([]store.Counter, 0, len(pairs)/2)
	for pair := range slices.Chunk(pairs, 2) {
		n, err := strconv.ParseInt(pair[1], 10, 64)
		if err != nil {
			return nil, &failure{text: "a counter in redis is not a number: the data was changed from outside"}
		}
		counters = append(counters, store.Counter{
			Key: store.Key{Table: r.Table, Scope: r.Scope, Key: pair[0]}, N: n,
		})
	}
	return counters, nil
}

// scan returns the keys in a range, each followed by what the hash has for it.
func (b *Backend) scan(ctx context.Context, r store.Range, keys, hash, field string) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, explain(err)
	}
	low, high := bounds(r)
	command, first, last := "ZRANGEBYLEX", low, high
	if r.Reverse {
		command, first, last = "ZREVRANGEBYLEX", high, low
	}
	pairs, err := scanScript.Run(ctx, b.client, []string{keys, hash}, command, first, last, r.Limit, field).StringSlice()
	return pairs, explain(err)
}

// bounds returns the least and the greatest key of a range, as the commands of
// Redis spell them: "[" includes, "(" excludes, "-" and "+" are the ends.
func bounds(r store.Range) (low, high string) {
	low, high = "-", "+"
	if r.Prefix != "" {
		low = "[" + r.Prefix
	}
	end, ended := following(r.Prefix)
	if ended {
		high = "(" + end
	}
	switch {
	case r.After == "":
	case r.Reverse && (!ended || r.After < end):
		high = "(" + r.After
	case !r.Reverse && r.After >= r.Prefix:
		low = "(" + r.After
	}
	return low, high
}

// following returns the least text that is greater than all that start with
// prefix, if there is one.
func following(prefix string) (string, bool) {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] < math.MaxUint8 {
			return prefix[:i] + string([]byte{prefix[i] + 1}), true
		}
	}
	return "", false
}

// Head implements [store.Backend].
func (b *Backend) Head(ctx context.Context, scope string) (store.Head, error) {
	if err := ctx.Err(); err != nil {
		return store.Head{}, explain(err)
	}
	found, err := b.client.HMGet(ctx, b.names.head(scope), "epoch", "data").Result()
	if err != nil {
		return store.Head{}, explain(err)
	}
	return head(found[0], found[1]), nil
}

// head reads the fields of a head. An epoch that is no number is 0, under which
// the data does not open.
func head(epoch, data any) store.Head {
	number, _ := epoch.(string)
	text, _ := data.(string)
	var h store.Head
	h.Epoch, _ = strconv.ParseInt(number, 10, 64)
	if text != "" {
		h.Data = []byte(text)
	}
	return h
}

// Scopes implements [store.Backend].
func (b *Backend) Scopes(ctx context.Context) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, explain(err)
	}
	candidates, err := b.client.SMembers(ctx, b.names.scopes()).Result()
	if err != nil || len(candidates) == 0 {
		return nil, explain(err)
	}
	// A scope is noted before its first batch, which may then have failed.
	exists := make([]*goredis.IntCmd, len(candidates))
	_, err = b.client.Pipelined(ctx, func(pipe goredis.Pipeliner) error {
		for i, scope := range candidates {
			exists[i] = pipe.Exists(ctx, b.names.head(scope))
		}
		return nil
	})
	if err != nil {
		return nil, explain(err)
	}
	var scopes []string
	for i, scope := range candidates {
		if exists[i].Val() == 1 {
			scopes = append(scopes, scope)
		}
	}
	slices.Sort(scopes)
	return scopes, nil
}
