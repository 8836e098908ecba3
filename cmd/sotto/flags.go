package main

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"
)

// fromEnvironment names the variable of a flag: --data-dir is SOTTO_DATA_DIR.
func fromEnvironment(flag string) cli.ValueSourceChain {
	return cli.EnvVars("SOTTO_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_")))
}

func text(name, value, usage string, aliases ...string) *cli.StringFlag {
	return &cli.StringFlag{Name: name, Value: value, Usage: usage, Aliases: aliases, Sources: fromEnvironment(name)}
}

// choice is a flag with one of a few values, the first of which is its default.
func choice(name, usage string, values ...string) *cli.StringFlag {
	flag := text(name, values[0], usage)
	flag.Validator = func(given string) error {
		if slices.Contains(values, given) {
			return nil
		}
		return errors.New("use one of " + strings.Join(values, ", "))
	}
	return flag
}

func list(name, usage string) *cli.StringSliceFlag {
	return &cli.StringSliceFlag{Name: name, Usage: usage, Sources: fromEnvironment(name)}
}

func toggle(name, usage string) *cli.BoolFlag {
	return &cli.BoolFlag{Name: name, Usage: usage, Sources: fromEnvironment(name)}
}

func duration(name string, value time.Duration, usage string) *cli.DurationFlag {
	return &cli.DurationFlag{Name: name, Value: value, Usage: usage, Sources: fromEnvironment(name)}
}
