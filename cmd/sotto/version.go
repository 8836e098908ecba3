package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/urfave/cli/v3"
)

// build says which sotto this is.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func thisBuild() build {
	b := build{Version: "devel", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.Version = v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			b.Revision = s.Value
		}
	}
	return b
}

func (a *app) versionCommand() *cli.Command {
	return &cli.Command{
		Name:  "version",
		Usage: "Print the version",
		Flags: []cli.Flag{toggle("json", "print JSON")},
		Action: func(_ context.Context, cmd *cli.Command) error {
			b := thisBuild()
			if cmd.Bool("json") {
				return json.NewEncoder(a.stdout).Encode(b)
			}
			revision := b.Revision
			if revision != "" {
				revision = " " + revision
			}
			_, err := fmt.Fprintf(a.stdout, "sotto %s%s (%s, %s)\n", b.Version, revision, b.Go, b.Platform)
			return err
		},
	}
}
