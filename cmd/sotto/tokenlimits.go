package main

import (
	"strconv"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/api"
)

// tokenLimitFlags are named as those of serve are. Their variables are not: those
// of a server that is started from the same environment are for all its tokens.
func tokenLimitFlags() []cli.Flag {
	flags := []*cli.IntFlag{
		count("limit-rate", 0, "answer at most `N` requests of the token in a second; 0: what the server gives each"),
		count("limit-concurrency", 0, "answer at most `N` requests of the token at once; 0: what the server gives each"),
		count("limit-bytes", 0, "hold at most `N` MiB of requests and answers of the token; 0: what the server gives each"),
	}
	list := make([]cli.Flag, len(flags))
	for i, flag := range flags {
		flag.Sources = fromEnvironment("tokens-" + flag.Name)
		list[i] = flag
	}
	return list
}

// tokenLimits returns what the flags say, or nil where they say nothing.
func tokenLimits(cmd *cli.Command) *api.TokenLimits {
	limits := api.TokenLimits{
		Rate:        int64(cmd.Int("limit-rate")),
		Concurrency: int64(cmd.Int("limit-concurrency")),
		Bytes:       int64(cmd.Int("limit-bytes")) << 20,
	}
	if limits == (api.TokenLimits{}) {
		return nil
	}
	return &limits
}

// limitsText is what a list shows of a token's own limits.
func limitsText(l *api.TokenLimits) string {
	if l == nil {
		return "-"
	}
	var parts []string
	for _, of := range []struct {
		n    int64
		unit string
	}{{l.Rate, "/s"}, {l.Concurrency, " at once"}, {l.Bytes, " B"}} {
		if of.n > 0 {
			parts = append(parts, strconv.FormatInt(of.n, 10)+of.unit)
		}
	}
	return strings.Join(parts, ", ")
}
