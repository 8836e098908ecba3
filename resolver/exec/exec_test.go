package exec_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/exec"
)

// open parses a command.
func open(t testing.TB, command string) resolver.Provider {
	t.Helper()
	binding, err := resolver.ParseProvider("exec:"+command, exec.Spec())
	require.NoError(t, err)
	return binding.Provider
}

func fetch(t testing.TB, p resolver.Provider, scope resolver.Scope, aliases ...string) ([]resolver.Entry, error) {
	t.Helper()
	entries := make([]resolver.Entry, len(aliases))
	err := p.Fetch(t.Context(), scope, aliases, true, entries)
	return entries, err
}

func reveal(t testing.TB, p resolver.Provider, alias string) string {
	t.Helper()
	entries, err := fetch(t, p, "acme/shop", alias)
	require.NoError(t, err)
	require.Equal(t, macros.Known, entries[0].Status)
	return entries[0].Secret.Reveal()
}

func TestTheProgramIsAskedInJSON(t *testing.T) {
	p := open(t, script(t, `request=$(cat); printf '{"a":["%s"],"other":7}' "$(printf %s "$request" | sed 's/"/\\"/g')"`))
	require.Equal(t, `["{\"aliases\":[\"a\",\"b\"],\"values\":true}"]`, func() string {
		entries, err := fetch(t, p, "acme", "a", "b")
		require.NoError(t, err)
		require.Equal(t, macros.Missing, entries[1].Status)
		return entries[0].Secret.Reveal()
	}())
	p = open(t, script(t, `cat >/dev/null; echo '{"A":true}'`))
	entries := make([]resolver.Entry, 1)
	require.NoError(t, p.Fetch(t.Context(), "acme", []string{"a"}, false, entries))
	require.Equal(t, macros.Known, entries[0].Status, "who is asked for existence alone need not print the value")
	_, err := fetch(t, p, "acme", "a")
	require.ErrorContains(t, err, `secret "a"`)
}

// What stands in the arguments reaches the program as it is: there is no shell.
func TestArgumentsAreNoShell(t *testing.T) {
	show := script(t, `printf '['; for a; do printf '%s"%s"' "$c" "$a"; c=,; done; printf ']'`)
	p := open(t, show+` {alias} $HOME * ; "a 'b" 'a  b' it\'s "" "x{alias}" \'{scope}:y`)
	require.Equal(t, `["weather-fx","$HOME","*",";","a 'b","a  b","it's","","xweather-fx","'acme/shop:y"]`, reveal(t, p, "weather-fx"))
}

func TestWhatIsDownIsNeverMissing(t *testing.T) {
	for _, test := range []struct{ name, program, says string }{
		{"a status", "echo '\"canary\"'; echo canary >&2; exit 3", "exit status 3"},
		{"null and a status", "echo null; exit 1", "exit status 1"},
		{"a signal", "kill -9 $$", "signal: killed"},
		{"nothing", "", "not one JSON value"},
		{"no JSON", "echo canary", "not one JSON value"},
		{"half of it", `printf '"canary'`, "not one JSON value"},
		{"two values", `echo '"canary" null'`, "not one JSON value"},
		{"a number", "echo 4711", "in quotes"},
		{"an empty text", `echo '""'`, "empty"},
		{"too much", "while :; do echo canarycanarycanary; done", "more than a secret can be"},
		{"never", "sleep 100", "in time"},
	} {
		for _, mode := range []string{"for each", "for all"} {
			t.Run(test.name+" "+mode, func(t *testing.T) {
				// Written before others fork, who would hold it open.
				program := script(t, test.program)
				t.Parallel()
				argv, says := []string{program, "{alias}"}, test.says
				if mode == "for all" {
					argv = argv[:1]
					if test.name == "a number" || test.name == "an empty text" {
						says = "not a JSON object"
					}
				}
				o := exec.Options{Timeout: 30 * time.Second, MaxBytes: 1000}
				if test.name == "never" {
					o.Timeout = 300 * time.Millisecond
				}
				p, err := exec.New(argv, o)
				require.NoError(t, err)
				_, err = fetch(t, p, "acme", "a")
				require.ErrorContains(t, err, says)
				require.NotContains(t, err.Error(), "canary")
				require.NotContains(t, err.Error(), program, "its name is the provider's")
			})
		}
	}
	t.Run("two spellings", func(t *testing.T) {
		_, err := fetch(t, open(t, script(t, `echo '{"A":"canary","a":"canary"}'`)), "acme", "a")
		require.ErrorContains(t, err, `"a"`)
		require.NotContains(t, err.Error(), "canary")
	})
	t.Run("no program", func(t *testing.T) {
		p := open(t, "/nowhere/at-all")
		_, err := fetch(t, p, "acme", "a")
		require.ErrorIs(t, err, os.ErrNotExist)
		require.ErrorIs(t, p.(resolver.Checker).Ready(t.Context()), os.ErrNotExist)
	})
}

// alive reports whether a process that wrote its id into file runs.
func alive(t testing.TB, file string) bool {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	require.NoError(t, err)
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ") && syscall.Kill(pid, 0) == nil
}

// What a program has started ends with it when its time is up, when the caller
// goes, and when it leaves its output open.
func TestTheProcessGroupIsKilled(t *testing.T) {
	for _, test := range []struct {
		name, then string
		cancel     bool
	}{
		{"the time is up", "wait", false},
		{"the caller is gone", "wait", true},
		{"the output is held", `echo '"value"'`, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "child")
			program := script(t, `trap "" TERM; sleep 100 & echo $! >"$1.new"; mv "$1.new" "$1"; `+test.then)
			t.Parallel()
			p, err := exec.New([]string{program, file, "{alias}"}, exec.Options{Timeout: time.Second})
			require.NoError(t, err)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			done := make(chan error, 1)
			go func() { done <- p.Fetch(ctx, "acme", []string{"a"}, true, make([]resolver.Entry, 1)) }()
			if test.cancel {
				require.Eventually(t, func() bool { _, err := os.Stat(file); return err == nil }, time.Minute, 5*time.Millisecond)
				cancel()
			}
			start := time.Now()
			require.Error(t, <-done)
			require.Less(t, time.Since(start), 30*time.Second)
			require.Eventually(t, func() bool { return !alive(t, file) }, 10*time.Second, 5*time.Millisecond)
		})
	}
}

func TestTheEnvironmentIsAListOfNames(t *testing.T) {
	t.Setenv("SOTTO_MASTER_KEY", "canary")
	t.Setenv("INTEGRATION_TOKEN", "canary")
	t.Setenv("VAULT_A", "one")
	t.Setenv("VAULT_B", "two")
	t.Setenv("TZ", "UTC")
	program := script(t, `test -n "$PATH" || exit 1; printf '"%s.%s.%s.%s.%s"' "$SOTTO_MASTER_KEY" "$INTEGRATION_TOKEN" "$VAULT_A" "$VAULT_B" "$TZ"`)
	require.Equal(t, "....UTC", reveal(t, open(t, program+" {alias}"), "a"))
	require.Equal(t, "..one..UTC", reveal(t, open(t, "env=VAULT_A "+program+" {alias}"), "a"))
	require.Equal(t, ".canary.one.two.UTC", reveal(t, open(t, "env=VAULT_*,INTEGRATION_TOKEN "+program+" {alias}"), "a"))
	require.Equal(t, "..one.two.UTC", reveal(t, open(t, "env=V* env=S* "+program+" {alias}"), "a"), "never what is sotto's own")
}

// No more programs run at once than is allowed, however many secrets are asked for.
func TestRunsAreBounded(t *testing.T) {
	dir := t.TempDir()
	counting := script(t, `mkdir "$1/$2" && n=$(ls "$1" | wc -l) && sleep 0.05 && rmdir "$1/$2" && printf '"at once: %d"' "$n"`)
	p := open(t, "parallel=2 "+counting+" "+dir+" {alias}")
	done := make(chan error, 3)
	for i := range cap(done) {
		go func() {
			mine := []string{fmt.Sprint("b", i), fmt.Sprint("c", i), fmt.Sprint("d", i)}
			entries := make([]resolver.Entry, len(mine))
			err := p.Fetch(t.Context(), "acme", mine, true, entries)
			for _, e := range entries {
				if n := strings.TrimPrefix(e.Secret.Reveal(), "at once: "); err == nil && n != "1" && n != "2" {
					err = fmt.Errorf("%s ran at once", n)
				}
			}
			done <- err
		}()
	}
	for range cap(done) {
		require.NoError(t, <-done)
	}
}

func TestCommandsThatAreNone(t *testing.T) {
	for _, command := range []string{
		"", "  ", "'open", `"open`, "canary=1 tool", "timeout=canary tool", "timeout=-1s tool", "parallel=0 tool", "env= tool", "env=* tool",
		"env=SOTTO_MASTER_KEY tool", "env=sotto_* tool", "env=a-b tool", "timeout=1s", "{alias}", "tool \x00",
	} {
		t.Run(command, func(t *testing.T) {
			_, err := resolver.ParseProvider("exec:"+command, exec.Spec())
			require.Error(t, err)
			require.NotContains(t, err.Error(), "canary")
		})
	}
	require.Equal(t, "exec:tool", open(t, "timeout=1m parallel=9 tool --password canary {alias}").Name(), "arguments may be credentials")
}
