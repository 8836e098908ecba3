package redis

import (
	"context"
	"errors"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"github.com/sotto-render/sotto/resolver/store"
)

// failure is what went wrong, in words of our own: those of the server and of
// the client may quote arguments or addresses.
type failure struct {
	text  string
	cause error
}

func (e *failure) Error() string { return e.text }

// Unwrap returns why, where that is one of a few errors whose text is known.
func (e *failure) Unwrap() error { return e.cause }

// replies :: first word of an error reply -> what it means
var replies = map[string]string{
	"NOAUTH":      "redis asks for a password",
	"WRONGPASS":   "redis refuses the user and password",
	"NOPERM":      "the redis user may not do what the store needs: see the documentation of --store",
	"READONLY":    "redis is a replica that takes no writes",
	"LOADING":     "redis is still loading its data",
	"CLUSTERDOWN": "the redis cluster is down",
	"MASTERDOWN":  "the redis master is down",
	"BUSY":        "redis is busy with a script",
	"TRYAGAIN":    "the redis cluster is moving data",
	"ASK":         "the redis cluster is moving data",
	"NOREPLICAS":  "redis has too few replicas to take a write",
	"WRONGTYPE":   "a key in redis is not what the store made it: the data was changed from outside",
	"CROSSSLOT":   "this redis is a cluster: add cluster=true to its URL",
	"MOVED":       "this redis is a cluster: add cluster=true to its URL",
}

// outcome is explain for a call that changes something. What the server refused it
// did not do. Where no answer came, or one that an earlier try of the same call
// may have been lost to, it may have been done.
func outcome(err error) error {
	explained := explain(err)
	var reply goredis.Error
	answered := errors.As(err, &reply)
	for _, word := range []string{"LOADING", "MASTERDOWN", "CLUSTERDOWN"} {
		answered = answered && !goredis.HasErrorPrefix(err, word)
	}
	if answered || errors.Is(err, errSilent) {
		return explained
	}
	return &failure{explained.Error(), errors.Join(store.ErrUnknown, errors.Unwrap(explained))}
}

// explain turns an error of go-redis into one whose text is safe.
func explain(err error) error {
	var reply goredis.Error
	var known *failure
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return known
	case errors.Is(err, context.Canceled):
		return &failure{"redis did not answer in time", errors.Join(context.Canceled, store.ErrUnreachable)}
	case errors.Is(err, context.DeadlineExceeded):
		return &failure{"redis did not answer in time", errors.Join(context.DeadlineExceeded, store.ErrUnreachable)}
	case errors.Is(err, goredis.ErrClosed):
		return &failure{text: "the connection to redis is closed"}
	case errors.As(err, &reply):
		word, _, _ := strings.Cut(reply.Error(), " ")
		if word == "OOM" || word == "MISCONF" {
			return &failure{"redis has no room to write", store.ErrFull}
		}
		if text, ok := replies[word]; ok {
			return &failure{text, unreadable(word)}
		}
		if strings.Contains(strings.ToLower(reply.Error()), "unknown redis command") || strings.Contains(reply.Error(), "unknown command") {
			return &failure{text: "redis lacks a command that the store needs: see the documentation of --store"}
		}
		return &failure{text: "redis refused a command of the store"}
	}
	return &failure{"redis cannot be reached", store.ErrUnreachable}
}

// unreadable returns [store.ErrUnreachable] for the replies of a server that cannot
// tell yet what it holds, or whose part of the data is elsewhere.
func unreadable(word string) error {
	switch word {
	case "LOADING", "MASTERDOWN", "CLUSTERDOWN", "BUSY", "TRYAGAIN":
		return store.ErrUnreachable
	}
	return nil
}
