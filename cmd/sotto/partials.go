package main

import (
	"errors"
	"os"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/engine"
)

var errServerHasPartials = errors.New("--partials does not go with --server: a server calls its stored templates")

func partialsFlag(usage string) cli.Flag {
	return text("partials", "", "let templates call the files NAME.liquid in `DIR`, by render and include ("+usage+")")
}

// partials are the templates in the directory of --partials, which stays open
// until the command ends, or nil. No name and no link leads out of it.
func partials(cmd *cli.Command) (engine.Partials, error) {
	path := cmd.String("partials")
	if path == "" {
		return nil, nil
	}
	dir, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	return engine.PartialFS{FS: dir.FS(), Suffix: ".liquid"}, nil
}
