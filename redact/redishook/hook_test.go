package redishook_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/redact/redishook"
)

const canary = "canary-4f9a8b2c7d"

// talkative answers every command with an error that quotes it, as Redis does
// for commands that it does not know; GET finds nothing.
func talkative(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				in := bufio.NewReader(conn)
				for {
					var n int
					if _, err := fmt.Fscanf(in, "*%d\r\n", &n); err != nil {
						return
					}
					var words []string
					for range n {
						_, _ = in.ReadString('\n')
						word, _ := in.ReadString('\n')
						words = append(words, strings.TrimSpace(word))
					}
					if strings.EqualFold(words[0], "get") {
						fmt.Fprint(conn, "$-1\r\n")
						continue
					}
					fmt.Fprintf(conn, "-ERR unknown command '%s', with args beginning with: '%s'\r\n", words[0], strings.Join(words[1:], "' '"))
				}
			}()
		}
	}()
	return l.Addr().String()
}

func TestErrorsOfRedisAreRedacted(t *testing.T) {
	ctx := context.Background()
	client := redis.NewClient(&redis.Options{Addr: talkative(t), Protocol: 2, DisableIdentity: true})
	defer client.Close()
	client.AddHook(redishook.New(redact.New(redact.NewSecret(canary))))

	cmd := client.Do(ctx, "NOSUCH", canary)
	require.ErrorContains(t, cmd.Err(), "unknown command 'NOSUCH', with args beginning with: '[REDACTED]'")
	var reply redis.Error
	require.ErrorAs(t, cmd.Err(), &reply)
	require.NotContains(t, reply.Error(), canary)

	_, err := client.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.Do(ctx, "NOSUCH", canary)
		return nil
	})
	require.Error(t, err)
	for ; err != nil; err = errors.Unwrap(err) {
		require.NotContains(t, fmt.Sprintf("%v %+v %#v", err, err, err), canary)
	}
	require.Equal(t, redis.Nil, client.Get(ctx, "k").Err())
}

func TestErrorsOfConnectionsAreRedacted(t *testing.T) {
	client := redis.NewClient(&redis.Options{Addr: canary + ".invalid:1", MaxRetries: -1})
	defer client.Close()
	client.AddHook(redishook.New(redact.New(redact.NewSecret(canary))))
	err := client.Ping(context.Background()).Err()
	require.Error(t, err)
	require.NotContains(t, err.Error(), canary)
}
