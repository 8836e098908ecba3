package exec

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/sotto-render/sotto/internal/program"
	"github.com/sotto-render/sotto/resolver"
)

// Spec is the row of this kind for [resolver.ParseProvider].
func Spec() resolver.Spec {
	return resolver.Spec{
		Kind: "exec", Form: "exec:COMMAND", Example: "exec:sops decrypt --output-type json /etc/sotto/secrets.yaml",
		Secrets: "the command prints a JSON object of aliases and values; with `{alias}` among its arguments, the value of that alias; `null` is one that it lacks",
		Needs:   "a program that ends with status 0; whatever else goes wrong is a provider that is down",
		Open: func(command string) (resolver.Provider, error) {
			p, err := parse(command)
			if err != nil {
				return nil, err
			}
			return p, nil
		},
	}
}

// parse reads a command, with options such as `env=AWS_*,HTTPS_PROXY timeout=10s
// parallel=8` before it.
func parse(command string) (*Provider, error) {
	argv, err := program.Words(command)
	if err != nil {
		return nil, fmt.Errorf("provider exec: %w", err)
	}
	var o Options
	for len(argv) > 0 {
		name, value, ok := strings.Cut(argv[0], "=")
		if !ok {
			break
		}
		switch name {
		case "env":
			o.Environment = append(o.Environment, strings.Split(value, ",")...)
		case "timeout":
			if o.Timeout, err = time.ParseDuration(value); err != nil || o.Timeout <= 0 {
				return nil, errors.New("provider exec: timeout= takes a time such as 10s")
			}
		case "parallel":
			if o.Parallel, err = strconv.Atoi(value); err != nil || o.Parallel <= 0 {
				return nil, errors.New("provider exec: parallel= takes a count of at least 1")
			}
		default:
			return nil, errors.New("provider exec: the options before the program are env=, timeout= and parallel=")
		}
		argv = argv[1:]
	}
	return New(argv, o)
}
