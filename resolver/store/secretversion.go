package store

import (
	"context"
	"strings"
	"time"

	"github.com/sotto-render/sotto/resolver"
)

// SecretVersion says who gave a secret a value, and when.
type SecretVersion struct {
	Version   int64     `json:"version"`
	CreatedAt time.Time `json:"created_at"`
	// By is the id of a token, or a word such as "cli".
	By string `json:"by"`
}

// What bounds [Store.SecretVersions].
const (
	maxVersionsShown  = 100
	maxVersionsEvents = 10_000
)

// SecretVersions returns the versions of a secret, the newest first, as far as the
// audit trail tells of them: up to 100, from the newest 10,000 events of the scope.
func (s *Store) SecretVersions(ctx context.Context, scope resolver.Scope, alias string) ([]SecretVersion, error) {
	key, err := address(scope, alias)
	if err != nil {
		return nil, err
	}
	found := []SecretVersion{}
	before := ""
	for read := 0; read < maxVersionsEvents; {
		events, err := s.events(ctx, key.Scope, before, MaxLimit, time.Time{}, scope)
		if err != nil {
			return nil, err
		}
		for i := range events {
			e := &events[i].event
			before = events[i].key
			if e.Alias != key.Key || e.Outcome != outcomeOK || !strings.HasPrefix(e.What, "secret.") {
				continue
			}
			switch e.What {
			case "secret.create", "secret.update", "secret.import":
				v := SecretVersion{Version: e.Version, CreatedAt: e.Time, By: e.Who}
				if last := len(found) - 1; last >= 0 && found[last].Version == v.Version {
					// The later one described it anew.
					found[last] = v
				} else if len(found) == maxVersionsShown {
					return found, nil
				} else {
					found = append(found, v)
				}
				if e.What != "secret.update" {
					return found, nil
				}
			case "secret.delete", "secret.purge":
				return found, nil
			}
		}
		if len(events) < MaxLimit {
			return found, nil
		}
		read += len(events)
	}
	return found, nil
}
