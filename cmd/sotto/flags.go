package main

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"
)

// What the library says of a value that does not fit its flag. It quotes the
// value, which may be a secret that got into the wrong place.
var (
	wrongFlag     = regexp.MustCompile(`(?s)^invalid value ".*" for flag --?([a-z-]+): (.*)$`)
	wrongVariable = regexp.MustCompile(`(?s)^could not parse ".*" as .* value from environment variable "([A-Z_]+)" for flag [a-z-]+: (.*)$`)
)

// withoutValue says the same as an error of the library, without the value.
func withoutValue(err error) error {
	for pattern, dashes := range map[*regexp.Regexp]string{wrongFlag: "--", wrongVariable: ""} {
		match := pattern.FindStringSubmatch(err.Error())
		if match == nil {
			continue
		}
		advice := match[2]
		switch {
		case strings.HasPrefix(advice, "use "): // that of a Validator
		case strings.Contains(advice, "ParseInt"):
			advice = adviseCount
		case strings.Contains(advice, "time:"):
			advice = adviseTime
		default:
			advice = "use true or false"
		}
		return errors.New(dashes + match[1] + ": " + advice)
	}
	return err
}

// adviseTime is told of a value that is no time, or a negative one.
const adviseTime = "use a time such as 90s, 5m or 1h30m"

// ofOneCall :: flag -> whether it says what one call works on or confirms. A variable
// of it would reach calls that it was not meant for.
var ofOneCall = map[string]bool{
	"batch": true, "canary": true, "confirm": true, "connections": true, "description": true, "drop-others": true, "duration": true,
	"expires-in": true, "expression": true, "file": true, "force": true, "identity": true, "in-place": true, "mix": true, "new": true,
	"new-key-command": true, "new-key-file": true, "note": true, "of": true, "output": true, "partials": true, "passphrase-file": true,
	"plot": true, "purge": true, "rate": true, "recipient": true, "recipients": true, "role": true, "since": true, "suffix": true,
	"template": true, "text": true, "translations": true, "type": true, "value-file": true, "var": true, "vars": true,
}

// fromEnvironment names the variable of a flag that configures: --data-dir is
// SOTTO_DATA_DIR.
func fromEnvironment(flag string) cli.ValueSourceChain {
	if ofOneCall[flag] {
		return cli.ValueSourceChain{}
	}
	return cli.EnvVars("SOTTO_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_")))
}

func text(name, value, usage string, aliases ...string) *cli.StringFlag {
	return &cli.StringFlag{Name: name, Value: value, Usage: usage, Aliases: aliases, Sources: fromEnvironment(name)}
}

// choice is a flag with one of a few values, the first of which is its default: ""
// where none is chosen.
func choice(name, usage string, values ...string) *cli.StringFlag {
	flag := text(name, values[0], usage)
	flag.Validator = func(given string) error {
		if slices.Contains(values, given) {
			return nil
		}
		return errors.New("use one of " + strings.TrimPrefix(strings.Join(values, ", "), ", "))
	}
	return flag
}

func list(name, usage string) *cli.StringSliceFlag {
	return &cli.StringSliceFlag{Name: name, Usage: usage, Sources: fromEnvironment(name)}
}

func toggle(name, usage string, aliases ...string) *cli.BoolFlag {
	return &cli.BoolFlag{Name: name, Usage: usage, Aliases: aliases, Sources: fromEnvironment(name)}
}

func duration(name string, value time.Duration, usage string) *cli.DurationFlag {
	flag := &cli.DurationFlag{Name: name, Value: value, Usage: usage, Sources: fromEnvironment(name)}
	flag.Validator = func(given time.Duration) error {
		if given < 0 {
			return errors.New(adviseTime)
		}
		return nil
	}
	return flag
}
