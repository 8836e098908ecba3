package redis

import (
	"context"
	_ "embed"
	"errors"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"github.com/sotto-render/sotto/resolver"
)

var (
	//go:embed probe.lua
	probeSource string
	probeScript = goredis.NewScript(probeSource)
)

// Ready implements [store.Backend]: the server answers, scripts run and may
// write, and what other nodes change is heard. What is not so is a
// [resolver.Condition] each.
func (b *Backend) Ready(ctx context.Context) error {
	if err := b.client.Ping(ctx).Err(); err != nil {
		return explain(err)
	}
	var deaf error
	if !b.Hearing() {
		deaf = &resolver.Condition{Reason: "deaf", Answers: true, Err: &failure{text: "changes by other nodes are not heard: what is cached may be out of date"}}
	}
	// "~" begins the name of no tenant's scope.
	_, err := probeScript.Run(ctx, b.client, []string{b.names.changed("~store")}).Result()
	return errors.Join(deaf, condition(err))
}

// condition is why a script that writes is refused. Without scripts a scope that
// is not known yet cannot be read; all else keeps from writing alone.
func condition(err error) error {
	var reply goredis.Error
	if err == nil || errors.Is(err, goredis.Nil) {
		return nil
	}
	explained := explain(err)
	if !errors.As(err, &reply) {
		return explained
	}
	word, _, _ := strings.Cut(reply.Error(), " ")
	switch word {
	case "OOM":
		return &resolver.Condition{Reason: "out_of_memory", Answers: true, Err: &failure{text: "redis has no memory to write: give it more"}}
	case "MISCONF":
		return &resolver.Condition{Reason: "disk_full", Answers: true, Err: &failure{text: "redis cannot write to its disk"}}
	case "READONLY":
		return &resolver.Condition{Reason: "read_only", Answers: true, Err: explained}
	case "NOREPLICAS":
		return &resolver.Condition{Reason: "too_few_replicas", Answers: true, Err: explained}
	case "NOPERM", "ERR":
		return &resolver.Condition{Reason: "scripts_refused", Err: explained}
	}
	return explained
}
