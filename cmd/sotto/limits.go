package main

import (
	"errors"
	"log/slog"
	"math"
	"runtime/debug"
	"time"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/server"
)

func limitFlags() []cli.Flag {
	return []cli.Flag{
		count("limit-rate", 0, "answer at most `N` requests of one token in a second; 0: any number"),
		count("limit-concurrency", 0, "answer at most `N` requests of one token at once; 0: any number"),
		count("limit-bytes", 0, "hold at most `N` MiB of requests and answers of one token; 0: as much as is free"),
		count("limit-in-flight", 0, "hold at most `N` MiB of requests and answers; 0: a quarter of the memory limit, or 256"),
		count("limit-output", 10, "let all outputs and results of one request be `N` MiB together"),
		duration("limit-cpu", 2*time.Second, "let one request take this `TIME` of a processor"),
		count("limit-sign-ins", 60, "slow an address down after `N` failed sign-ins in a minute"),
	}
}

// count is a flag that takes a whole number from 0 on.
func count(name string, value int, usage string) *cli.IntFlag {
	flag := &cli.IntFlag{Name: name, Value: value, Usage: usage, Sources: fromEnvironment(name)}
	flag.Validator = func(given int) error {
		if given < 0 || given > maxCount {
			return errors.New(adviseCount)
		}
		return nil
	}
	return flag
}

// maxCount keeps MiB in bytes within 64 bits.
const maxCount = 1_000_000_000

// adviseCount is told of a value that is no number, or out of its range.
const adviseCount = "use a whole number from 0 to 1000000000"

// limits returns what the flags say. memory is how much the process may take, or
// 0 where nobody limits it.
func limits(cmd *cli.Command, memory int64) server.Limits {
	inFlight := int64(cmd.Int("limit-in-flight")) << 20
	if inFlight == 0 && memory > 0 {
		inFlight = max(memory/4, 1<<20)
	}
	return server.Limits{
		InFlightBytes: inFlight,
		OutputBytes:   cmd.Int("limit-output") << 20,
		CPU:           cmd.Duration("limit-cpu"),
		SignIns:       cmd.Int("limit-sign-ins"),
		Token: server.TokenLimits{
			Rate:        cmd.Int("limit-rate"),
			Concurrency: cmd.Int("limit-concurrency"),
			Bytes:       int64(cmd.Int("limit-bytes")) << 20,
		},
	}
}

// ofCgroup is the part of a container's memory that is Go's: the rest is for
// stacks of threads, sockets and the pages of the store.
const ofCgroup = .9

// limitMemory makes Go keep within the memory of the container that it runs in,
// unless GOMEMLIMIT says something else, and returns the limit, or 0 where there
// is none.
func limitMemory(logger *slog.Logger, ofContainer memlimit.Provider) int64 {
	_, err := memlimit.Set(memlimit.WithRatio(ofCgroup), memlimit.WithProvider(ofContainer))
	if err != nil && !errors.Is(err, memlimit.ErrNoLimit) && !errors.Is(err, memlimit.ErrNoCgroup) && !errors.Is(err, memlimit.ErrCgroupsNotSupported) {
		logger.Warn("the memory limit of the container cannot be read: set GOMEMLIMIT", "error", err)
	}
	if limit := debug.SetMemoryLimit(-1); limit != math.MaxInt64 {
		return limit
	}
	return 0
}
