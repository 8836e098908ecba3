// Command hostile starts a server and has three tokens of little power send what
// hurts most, at random, for a long time: bombs, large parts, bodies that do not
// end, answers that nobody reads, scopes and tokens that do not exist. A fourth
// token works beside them. It tells the fourth one's latencies and the server's
// memory, and exits 1 where the server ends, refuses the fourth token, answers it
// wrongly, or shows its secret to another. All of it is on loopback.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"time"
)

type options struct {
	binary  string
	length  time.Duration
	report  time.Duration
	seed    uint64
	workers int
}

func main() {
	var o options
	flag.StringVar(&o.binary, "sotto", "bin/sotto", "the binary to start")
	flag.DurationVar(&o.length, "for", time.Hour, "how long")
	flag.DurationVar(&o.report, "report", 30*time.Second, "report this often")
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()), "what the choices come from")
	flag.IntVar(&o.workers, "workers", 8, "connections of each hostile token")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "hostile:", err)
		os.Exit(1)
	}
}

// enemies are the roles of the hostile tokens.
var enemies = []string{"render", "render", "preview"}

func run(ctx context.Context, o options, out io.Writer) (err error) {
	s, err := startServer(ctx, o.binary)
	if err != nil {
		return err
	}
	defer func() {
		if ended := s.stop(); err == nil {
			err = ended
		}
	}()
	beside, err := newNeighbour(s)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "seed %d\n", o.seed); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, o.length)
	defer cancel()
	sent := newTally()
	var all sync.WaitGroup
	for i, role := range enemies {
		token, err := s.token(role, fmt.Sprintf("enemy%d", i))
		if err != nil {
			return err
		}
		for w := range o.workers {
			a := newAttacker(s, token, o.seed, uint64(i*o.workers+w), sent)
			all.Go(func() { a.attack(ctx) })
		}
	}
	all.Go(func() { beside.work(ctx) })
	defer all.Wait()
	start, tick := time.Now(), time.NewTicker(o.report)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-s.ended:
			cancel()
			return fmt.Errorf("the server ended: %w", s.err)
		case <-ctx.Done():
			all.Wait()
		}
		now, peak := s.memory()
		_, err := fmt.Fprintf(out, "%s  rss %d MiB, peak %d  neighbour %s  hostile %s\n",
			time.Since(start).Round(time.Second), now>>20, peak>>20, beside.summary(), sent)
		if err == nil {
			err = beside.verdict(sent)
		}
		if err != nil {
			cancel()
			return err
		}
		if ctx.Err() != nil {
			return nil
		}
	}
}
