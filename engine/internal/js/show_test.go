package js

import (
	"bytes"
	"encoding/json"
	"errors"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// show spells a value as testdata/evaluate.mjs does.
func show(vm *machine, v Value, depth int) string {
	if depth > 40 {
		return "deep"
	}
	switch v.kind {
	case kindUndefined:
		return "undefined"
	case kindHole:
		return "hole"
	case kindString:
		return string(appendQuoted(nil, v.text))
	case kindNumber:
		if v.num == 0 && 1/v.num < 0 {
			return "-0"
		}
		return numberText(v.num)
	case kindNull, kindBool:
		s, _ := toText(vm, v)
		return s
	case kindFunction:
		return "function"
	case kindDate:
		return "Date(" + show(vm, number(dateOf(v.obj)), depth) + ")"
	case kindRegExp:
		s, _ := toText(vm, v)
		return s
	case kindSet, kindMap, kindIterator:
		prefix := map[kind]string{kindSet: "Set", kindMap: "Map", kindIterator: "iterator"}[v.kind]
		var parts []string
		err := vm.each(v, func(x Value) error {
			parts = append(parts, show(vm, x, depth+2))
			return nil
		})
		if err != nil {
			return "!" + err.Error()
		}
		return prefix + "[" + strings.Join(parts, ",") + "]"
	case kindURL, kindParams:
		s, _ := toText(vm, v)
		return map[kind]string{kindURL: "URL(", kindParams: "Params("}[v.kind] + s + ")"
	case kindError:
		return "Error"
	case kindArray:
		var parts []string
		for i := range v.obj.length() {
			if vm.isHole(v.obj, i) {
				parts = append(parts, "hole")
				continue
			}
			x, _ := vm.item(v.obj, i)
			parts = append(parts, show(vm, x, depth+1))
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	var parts []string
	err := vm.eachOwn(v, func(key string, x Value) error {
		parts = append(parts, string(appendQuoted(nil, key))+":"+show(vm, x, depth+1))
		return nil
	})
	if err != nil {
		return "!" + err.Error()
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// evaluated returns what an expression yields, spelled out; what it fails with
// behind an exclamation mark.
func evaluated(t testing.TB, source string, vars map[string]any) string {
	p, err := Compile(source, eval.Limits{}, nil)
	if err != nil {
		return "!" + err.Error()
	}
	in := new(eval.Prepared)
	p.Prepare(in, eval.Given{})
	vm := p.start(in, vars)
	defer release(vm)
	return shown(vm, p)
}

// shown keeps the exception that ended an evaluation.
func shown(vm *machine, p *Program) (out string) {
	defer func() {
		if e := recover(); e != nil {
			l, ok := e.(*located)
			if !ok {
				panic(e)
			}
			out = "!" + l.message
		}
	}()
	return show(vm, p.plan.run(vm.enter(&p.plan.code, nil)), 0)
}

// byNode evaluates expressions by Node.
func byNode(t testing.TB, vars map[string]any, expressions []string) []string {
	node := nodePath(t)
	input, err := json.Marshal(map[string]any{"vars": vars, "expressions": expressions})
	require.NoError(t, err)
	command := exec.Command(node, "--stack-size=900", "testdata/evaluate.mjs")
	command.Env = []string{"TZ=UTC", "LANG=en_US.UTF-8", "LC_ALL=en_US.UTF-8"}
	command.Stdin = bytes.NewReader(input)
	output, err := command.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		t.Fatal(string(failed.Stderr))
	}
	require.NoError(t, err)
	var all []string
	for line := range strings.Lines(string(output)) {
		s, err := strconv.Unquote(strings.TrimSpace(line))
		if err != nil {
			require.NoError(t, json.Unmarshal([]byte(line), &s), line)
		}
		all = append(all, s)
	}
	require.Len(t, all, len(expressions))
	return all
}
