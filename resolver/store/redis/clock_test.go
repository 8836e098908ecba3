package redis

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver/store"
)

// channel is a server that knows nothing but one channel. Its connections are
// pipes, so that it can stand in a bubble, whose clock proves the times that a
// watch keeps whatever the machine's speed. That a real server is heard alike
// is proved beside.
type channel struct {
	mu sync.Mutex
	// listeners are the connections that have subscribed.
	listeners []net.Conn
	// refuses says that the server takes no message.
	refuses bool
	// held is not nil while nothing passes: closed when things pass again.
	held chan struct{}
}

// dial implements the dialer of goredis.
func (c *channel) dial(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	go c.serve(far)
	return near, nil
}

func (c *channel) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	in := bufio.NewReader(conn)
	for {
		args, err := readCommand(in)
		if err != nil {
			return
		}
		reply := "-ERR unknown command\r\n"
		command := strings.ToLower(args[0])
		if command != "hello" {
			// Whoever waits for the handshake holds a mutex, and a bubble's
			// clock stands still while another waits for that.
			c.wait()
		}
		switch command {
		case "hello":
			reply = "%1\r\n$6\r\nserver\r\n$5\r\nredis\r\n"
		case "ping":
			reply = "+PONG\r\n"
		case "subscribe":
			c.mu.Lock()
			c.listeners = append(c.listeners, conn)
			c.mu.Unlock()
			reply = fmt.Sprintf("*3\r\n$9\r\nsubscribe\r\n$%d\r\n%s\r\n:1\r\n", len(args[1]), args[1])
		case "publish":
			reply = c.publish(args[1], args[2])
		}
		if _, err := io.WriteString(conn, reply); err != nil {
			return
		}
	}
}

// publish passes a message on, and returns the reply to who sent it.
func (c *channel) publish(name, message string) string {
	c.mu.Lock()
	refuses, listeners := c.refuses, slices.Clone(c.listeners)
	c.mu.Unlock()
	if refuses {
		return "-NOPERM no\r\n"
	}
	for _, conn := range listeners {
		_, _ = fmt.Fprintf(conn, "*3\r\n$7\r\nmessage\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n", len(name), name, len(message), message)
	}
	return ":1\r\n"
}

// hold lets nothing pass until the returned function is called.
func (c *channel) hold() (resume func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	held := make(chan struct{})
	c.held = held
	return func() {
		c.mu.Lock()
		c.held = nil
		c.mu.Unlock()
		close(held)
	}
}

func (c *channel) wait() {
	c.mu.Lock()
	held := c.held
	c.mu.Unlock()
	if held != nil {
		<-held
	}
}

func readCommand(in *bufio.Reader) ([]string, error) {
	var n int
	if _, err := fmt.Fscanf(in, "*%d\r\n", &n); err != nil {
		return nil, err
	}
	args := make([]string, n)
	for i := range args {
		var size int
		if _, err := fmt.Fscanf(in, "$%d\r\n", &size); err != nil {
			return nil, err
		}
		text := make([]byte, size+2)
		if _, err := io.ReadFull(in, text); err != nil {
			return nil, err
		}
		args[i] = string(text[:size])
	}
	return args, nil
}

// inBubble runs a test with a fake clock over two nodes, the second of which
// watches. heard counts what it is told.
func inBubble(t *testing.T, run func(t *testing.T, c *channel, writer, node *Backend, heard func(store.Key) int)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := &channel{}
		on := func() *Backend {
			config, err := ParseURL("redis://bubble:6379")
			require.NoError(t, err)
			config.Client.Dialer = c.dial
			return newBackend(config)
		}
		writer, node := on(), on()
		var mu sync.Mutex
		told := make(map[store.Key]int)
		stop := node.Watch(func(k store.Key) {
			mu.Lock()
			defer mu.Unlock()
			told[k]++
		})
		run(t, c, writer, node, func(k store.Key) int {
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			return told[k]
		})
		stop()
		require.NoError(t, writer.Close())
		require.NoError(t, node.Close())
	})
}

func TestSilenceIsKnownWithinThreeSeconds(t *testing.T) {
	// Whenever between two heartbeats it begins.
	for since := time.Duration(0); since < heartbeatInterval; since += 100 * time.Millisecond {
		t.Run(since.String(), func(t *testing.T) {
			inBubble(t, func(t *testing.T, c *channel, _, node *Backend, heard func(store.Key) int) {
				time.Sleep(time.Minute + since)
				require.True(t, node.Hearing())
				resume, start := c.hold(), time.Now()
				for node.Hearing() {
					time.Sleep(time.Millisecond)
				}
				require.Less(t, time.Since(start), 3*time.Second)
				require.Greater(t, time.Since(start), heartbeatInterval, "one late heartbeat is no alarm")
				for range 600 {
					time.Sleep(100 * time.Millisecond)
					require.False(t, node.Hearing(), "it stays so")
				}
				require.Zero(t, heard(store.Key{}))
				resume()
				start = time.Now()
				for !node.Hearing() {
					time.Sleep(time.Millisecond)
				}
				require.Less(t, time.Since(start), 10*time.Second)
				require.Positive(t, heard(store.Key{}), "all is asked again")
			})
		})
	}
}

func TestALateSignOfLifeIsNoAlarm(t *testing.T) {
	inBubble(t, func(t *testing.T, c *channel, _, node *Backend, heard func(store.Key) int) {
		for range 20 {
			time.Sleep(2300 * time.Millisecond)
			resume := c.hold()
			time.Sleep(time.Second)
			require.True(t, node.Hearing())
			resume()
		}
		require.Zero(t, heard(store.Key{}))
	})
}

func TestAChangeIsHeardWithoutDelay(t *testing.T) {
	inBubble(t, func(t *testing.T, _ *channel, writer, node *Backend, heard func(store.Key) int) {
		require.True(t, node.Hearing())
		for i := range 50 {
			time.Sleep(377 * time.Millisecond)
			key := store.Key{Table: store.TableSecrets, Scope: "acme", Key: fmt.Sprint("alias-", i)}
			message := invalidation(writer.node, store.Batch{Scope: "acme", Delete: []store.Key{key}})
			start := time.Now()
			require.NoError(t, writer.client.Publish(t.Context(), writer.names.channel(), message).Err())
			require.Equal(t, 1, heard(key))
			require.Zero(t, time.Since(start))
		}
	})
}

// A server that takes subscriptions and passes no messages on is as bad as one
// that cannot be reached.
func TestASubscriptionAloneIsNoHearing(t *testing.T) {
	inBubble(t, func(t *testing.T, c *channel, _, node *Backend, heard func(store.Key) int) {
		time.Sleep(10 * time.Second)
		c.mu.Lock()
		c.refuses = true
		c.mu.Unlock()
		time.Sleep(3 * time.Second)
		for range 600 {
			require.False(t, node.Hearing())
			time.Sleep(100 * time.Millisecond)
		}
		c.mu.Lock()
		c.refuses = false
		c.mu.Unlock()
		time.Sleep(maxSilence + time.Second)
		require.True(t, node.Hearing())
		require.Positive(t, heard(store.Key{}))
	})
}

// Calls to a server that does not answer wait a while, and then no more, until
// it answers again.
func TestASilentServerIsNotWaitedFor(t *testing.T) {
	inBubble(t, func(t *testing.T, c *channel, _, node *Backend, _ func(store.Key) int) {
		took := func() (time.Duration, error) {
			start := time.Now()
			_, err := node.Head(t.Context(), "acme")
			return time.Since(start), err
		}
		time.Sleep(time.Minute)
		resume := c.hold()
		start := time.Now()
		var waiting sync.WaitGroup
		for range 100 {
			waiting.Go(func() {
				d, err := took()
				require.Error(t, err)
				require.LessOrEqual(t, d, callPatience)
			})
			time.Sleep(100 * time.Millisecond)
			if time.Since(start) > 3500*time.Millisecond {
				d, err := took()
				require.ErrorContains(t, err, "does not answer")
				require.Zero(t, d)
			}
		}
		waiting.Wait()
		require.Error(t, node.Ready(t.Context()))
		resume()
		time.Sleep(heartbeatInterval + heartbeatInterval/2)
		_, err := took()
		require.ErrorContains(t, err, "lacks a command", "the server of this test knows nothing but its channel")
	})
}

// Callers who have little time, and servers that refuse, say nothing against
// the server.
func TestHastyCallersBreakNothing(t *testing.T) {
	inBubble(t, func(t *testing.T, c *channel, _, node *Backend, _ func(store.Key) int) {
		time.Sleep(heartbeatInterval / 4)
		for range 50 {
			resume := c.hold()
			ctx, cancel := context.WithTimeout(t.Context(), heartbeatInterval/2)
			_, err := node.Head(ctx, "acme")
			cancel()
			require.ErrorIs(t, err, context.DeadlineExceeded)
			resume()
			time.Sleep(heartbeatInterval / 2)
			_, err = node.Head(t.Context(), "acme")
			require.ErrorContains(t, err, "lacks a command")
		}
	})
}
