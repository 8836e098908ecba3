package exec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/internal/shape"
)

var (
	errNotJSON   = errors.New("what the program prints is not one JSON value")
	errNotObject = errors.New("what the program prints is not a JSON object of aliases and values")
)

// answers reads what a program printed that was asked for all aliases at once.
// What it prints besides them is left alone.
func answers(output []byte, aliases []string, values bool) ([]resolver.Entry, error) {
	if !json.Valid(output) {
		return nil, errNotJSON
	}
	entries := make([]resolver.Entry, len(aliases))
	if isNull(output) {
		return entries, nil
	}
	if bytes.TrimSpace(output)[0] != '{' {
		return nil, errNotObject
	}
	asked := make(map[string]int, len(aliases))
	for i, alias := range aliases {
		asked[alias] = i
	}
	// It is valid, so that no step of the decoder fails.
	decoder := json.NewDecoder(bytes.NewReader(output))
	_, _ = decoder.Token()
	seen := make(map[int]bool)
	for decoder.More() {
		name, _ := decoder.Token()
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, errNotJSON
		}
		alias, ok := macros.Canonical(name.(string))
		i, ok := at(asked, alias, ok)
		if !ok {
			continue
		}
		if seen[i] {
			return nil, fmt.Errorf("secret %q: it is printed twice, because letter case does not count", alias)
		}
		seen[i] = true
		var err error
		if entries[i], err = entry(value, values); err != nil {
			return nil, fmt.Errorf("secret %q: %w", alias, err)
		}
	}
	return entries, nil
}

func at(asked map[string]int, alias string, valid bool) (int, bool) {
	i, ok := asked[alias]
	return i, ok && valid
}

// answer reads what a program printed about one alias.
func answer(output []byte, values bool) (resolver.Entry, error) {
	if !json.Valid(output) {
		return resolver.Entry{}, errNotJSON
	}
	return entry(output, values)
}

// entry is what a JSON value says of one alias. Without values `true` is a secret.
func entry(value []byte, values bool) (resolver.Entry, error) {
	switch {
	case isNull(value):
		return resolver.Entry{}, nil
	case !values && bytes.ContainsAny(bytes.TrimSpace(value)[:1], `"{[t`):
		return resolver.Entry{Status: macros.Known}, nil
	}
	secret, err := shape.Secret(value)
	if err != nil {
		return resolver.Entry{}, fmt.Errorf("what the program prints %w", err)
	}
	return resolver.Entry{Status: macros.Known, Secret: secret}, nil
}

func isNull(output []byte) bool { return string(bytes.TrimSpace(output)) == "null" }
