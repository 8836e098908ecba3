package main

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/urfave/cli/v3"
)

// leaves are the commands that the helps show and that have none below them, as
// in "secrets list".
func leaves(t *testing.T) []string {
	a, _, _ := testApp()
	a.stdout = io.Discard
	root := a.root()
	// Only a run adds the commands of the library.
	require.NoError(t, root.Run(t.Context(), []string{"sotto", "--help"}))
	var names []string
	var walk func(command *cli.Command, path string)
	walk = func(command *cli.Command, path string) {
		below := command.VisibleCommands()
		if len(below) == 0 {
			names = append(names, path)
		}
		for _, sub := range below {
			walk(sub, strings.TrimSpace(path+" "+sub.Name))
		}
	}
	walk(root, "")
	require.Contains(t, names, "secrets list")
	return names
}

// shell is how the commands of a sweep are run.
type shell struct {
	*sweep
	env []string
}

func (s *sweep) shell(env ...string) shell { return shell{s, slices.Concat(s.env, env)} }

// run runs a command and collects what came out but the message: what render
// and eval write to stdout if they succeed, and the text of a token.
func (s shell) run(stdin string, args ...string) (stdout, stderr string, code int) {
	command := exec.CommandContext(context.WithoutCancel(s.t.Context()), "sotto", args...)
	var out, problems bytes.Buffer
	command.Dir, command.Env, command.Stdin, command.Stdout, command.Stderr = s.dir, s.env, strings.NewReader(stdin), &out, &problems
	err := command.Run()
	name := "sotto " + strings.Join(args, " ")
	s.see(name+": stderr", problems.String())
	require.NotContains(s.t, problems.String(), "goroutine ", name)
	preview := slices.Contains(args, "--preview")
	message := args[0] == "render" && !preview || args[0] == "eval" && !preview || strings.HasPrefix(name, "sotto tokens create")
	if err != nil || !message {
		s.see(name+": stdout", out.String())
	}
	if err == nil {
		for _, leaf := range s.commands {
			if strings.HasPrefix(name+" ", "sotto "+leaf+" ") {
				s.worked[leaf] = true
			}
		}
	}
	return out.String(), problems.String(), command.ProcessState.ExitCode()
}

// must is run for what has to succeed.
func (s shell) must(stdin string, args ...string) (stdout, stderr string) {
	stdout, stderr, code := s.run(stdin, args...)
	require.Zero(s.t, code, "sotto %s: %s", strings.Join(args, " "), stderr)
	return stdout, stderr
}

func (s *sweep) write(name, text string) {
	require.NoError(s.t, os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600))
}

// worksOnTheSpot runs what needs no server, and the same with the server.
func (s *sweep) worksOnTheSpot() {
	local := s.shell("SOTTO_TOKEN=" + s.token)
	local.must("", "version")
	for _, of := range []string{"bash", "zsh", "fish", "pwsh"} {
		local.must("", "completion", of)
	}
	onTheSpot, byTheServer := []string{"--provider", "dir:secrets,env:INTEGRATION_,exec:sh program.sh"}, []string{"--server", s.base}
	for alias, flags := range map[string][]string{
		"env_token": onTheSpot, "program": onTheSpot, "lines": onTheSpot, "db": onTheSpot, "kept": byTheServer, "gcp": byTheServer, "file_token": byTheServer,
	} {
		ref := reference(alias)
		s.write("mail.liquid", "<<"+ref+">> {{ "+ref+" | upcase }}")
		s.write("head.cel", `"Bearer " + `+ref)
		s.write("hook.flow.json", toJSON(map[string]string{"a": ref, "b": "int(" + ref + ")"}))
		local.must("", "lint", "--canary", "mail.liquid", "head.cel", "hook.flow.json")
		for _, args := range [][]string{
			{"render", "<<" + ref + ">>"}, {"render", "<<" + ref + ">> <<secrets.nope>>"}, {"render", "{{ " + ref + " | nope }}"},
			{"render", "--context", "header", "<<" + ref + ">>"}, {"render", "--preview", "<<" + ref + ">>"},
			{"render", "-o", "no/such/dir/out", "<<" + ref + ">>"},
			{"eval", "--trace", `"x" + ` + ref}, {"eval", "--trace", "int(" + ref + ")"}, {"eval", "--preview", "--trace", ref},
			{"explain", alias}, {"explain", alias, "--json"}, {"explain", "nope"}, {"lint", "-"}, {"lint", "mail.liquid", "head.cel", "hook.flow.json"}, {"redact"},
		} {
			local.run("<<"+ref+">> {{ x | nope }}", slices.Concat(args[:1], flags, args[1:])...)
		}
	}
	local.masksOnTheSpot()
}

// masksOnTheSpot masks with providers that can list what they have; with others nothing is.
func (s shell) masksOnTheSpot() {
	const listed = "dir:secrets,env:INTEGRATION_"
	for _, alias := range []string{"env_token", "lines", "db"} {
		s.must("a log line with "+canaries[alias], "redact", "--provider", listed)
		s.run("a log line with "+canaries[alias], "redact", "--provider", listed+",exec:sh program.sh")
	}
}

// worksAsClient manages secrets and tokens, with a value on stdin.
func (s *sweep) worksAsClient() {
	client := s.shell("SOTTO_TOKEN="+s.token, "SOTTO_SERVER="+s.base)
	for _, alias := range []string{"env_token", "kept", "lines"} {
		value := canaries[alias]
		client.must(value, "secrets", "create", "short")
		client.run(value, "secrets", "create", "short")
		client.run(value, "secrets", "create", "no alias at all")
		client.run(value, "secrets", "create", "other", "--type", "json")
		client.run(value, "secrets", "create", "other", "--type", "username_password", "--value-file", "-")
		client.must("next "+value, "secrets", "update", "short")
		client.must("", "secrets", "update", "short", "--description", "anew")
		client.run(value, "secrets", "update", "smtp")
		client.must("", "secrets", "archive", "short")
		client.run("", "render", "<<secrets.short>>")
		client.must("", "secrets", "restore", "short")
		client.must("", "secrets", "usage", "short", "--json")
		client.run("", "secrets", "delete", "short", "--confirm", "other")
		client.must("", "secrets", "delete", "short", "--confirm", "short")
		client.run("a log line with "+value, "redact")
	}
	client.must("", "secrets", "list", "--json")
	client.keepsFiles("templates", "<<secrets.kept>>", "<<secrets.kept>>!", func(value string) string { return "{{ '" + value + "' | nope }}" })
	client.keepsFiles("flows", `{"expressions": {"a": "secrets.kept"}}`, `{"expressions": {"a": "secrets.kept + \"!\""}}`, func(value string) string {
		return `{"expressions": {"a": "nope('` + value + `')"}}`
	})
	_, told := client.must("", "tokens", "create", "--role", "preview", "-o", "made.token")
	text, err := os.ReadFile(filepath.Join(s.dir, "made.token"))
	require.NoError(s.t, err)
	s.private["the token of tokens create"] = strings.TrimSpace(string(text))
	client.must("", "tokens", "list")
	editor := s.shell("SOTTO_TOKEN_FILE=made.token", "SOTTO_SERVER="+s.base)
	editor.must("", "render", "--preview", "<<secrets.kept>>")
	editor.run("", "render", "<<secrets.kept>>")
	client.must("", "tokens", "revoke", strings.Fields(told)[1])
	editor.run("", "render", "--preview", "<<secrets.kept>>")
	client.run("", "tokens", "create", "-o", "no/such/dir/token")
	client.must("", "bench", "--duration", "100ms", "--mix", "preview,render,batch,evaluate,redact", "--recipients", "2", "--template", "<<secrets.kept>>", "--plot", "bench.svg")
	client.run("", "bench", "--duration", "10ms", "--template", "<<secrets.nope>>{{", "--json")
	client.must("", "audit")
	client.must("", "audit", "--json")
}

// keepsFiles runs the commands about what authors store of one group, with canaries where a
// source is broken.
func (s shell) keepsFiles(group, source, edited string, broken func(value string) string) {
	s.must(source, group, "put", "note", "-")
	s.must(edited, group, "put", "note", "-", "--note", "louder")
	s.must("", group, "list")
	s.must("", group, "get", "note")
	s.must("", group, "versions", "note")
	s.must("", group, "restore", "note", "1")
	s.must("", group, "pull", group)
	s.must("", group, "diff", group)
	s.must("", group, "push", group)
	for _, value := range canaries {
		s.run(broken(value), group, "put", "note", "-")
		s.write(group+"/note.json", `{"template": "x", "`+value+`": 1}`)
		s.run("", group, "diff", group)
		s.run("", group, "push", group)
	}
}

// worksOnTheStore runs the commands that open the store themselves, once the
// server has stopped.
func (s *sweep) worksOnTheStore() {
	// A key pair of age that opens nothing else.
	const (
		recipient = "age1mxw5tdf283axqugdyn6535edpsfjwmgyrqz35mlf4tpkg42phd3qz3ds8n"
		identity  = "AGE-SECRET-KEY-15K3C9Y2M9RJ8CTN3MJ8Q5CUYCNZ6CKEMHKGTZLG7MVZV7MVFU8US2KPPPF"
	)
	s.private["the age identity"], s.private["the passphrase"] = identity, "canary passphrase staple"
	s.write("key.txt", identity+"\n")
	s.write("pass.txt", s.private["the passphrase"]+"\n")
	operator := s.shell()
	operator.must("", "secrets", "verify")
	operator.must("", "keys", "rotate")
	operator.must("", "keys", "rewrap", "--new-key-file", "next.key")
	operator.must("", "keys", "rewrap", "--drop-others")
	operator.run("", "keys", "rewrap", "--new-key-command", "cat secrets/file_token")
	operator.run("", "doctor", "--listen", "127.0.0.1:0")
	operator.run("", "doctor", "--listen", "127.0.0.1:0", "--json", "--key-command", "cat secrets/file_token")
	operator.must("", "secrets", "export", "--passphrase-file", "pass.txt", "-o", "all.age")
	operator.must("", "secrets", "export", "--recipient", recipient)
	operator.must("", "secrets", "export", "--recipient", recipient, "-o", "sealed.age")
	operator.run("", "secrets", "export", "--recipient", identity, "-o", "never.age")
	operator.run("", "secrets", "import", "--identity", "pass.txt", "all.age")
	operator.run("", "secrets", "import", "--passphrase-file", "pass.txt", "secrets/file_token")
	operator.must("", "secrets", "import", "--identity", "key.txt", "sealed.age")
	operator.must("", "secrets", "repair", "--scope", "default")
	operator.must("", "secrets", "verify")
	for _, archive := range []string{"all.age", "sealed.age"} {
		content, err := os.ReadFile(filepath.Join(s.dir, archive))
		require.NoError(s.t, err)
		s.see(archive, string(content))
	}
	// The other store is an embedded one, also where the first is on Redis.
	second := s.shell("SOTTO_STORE=sqlite", "SOTTO_DATA_DIR=second")
	second.must("", "secrets", "import", "--identity", "key.txt", "sealed.age")
}

// brokenCommands gives canaries to every command where none belongs: as a flag
// that there is not, on stdin, and as the token, the key and the password of
// Redis.
func (s *sweep) brokenCommands() {
	aliases := slices.Sorted(maps.Keys(canaries))
	for i, leaf := range s.commands {
		words := strings.Fields(leaf)
		// Each canary comes to some command, and two to each.
		for j := range 2 {
			value := canaries[aliases[(i+j)%len(aliases)]]
			poisoned := s.shell("SOTTO_SERVER=http://127.0.0.1:1", "SOTTO_TOKEN="+value, "SOTTO_ADMIN_TOKEN=short", "SOTTO_MASTER_KEY="+value,
				"SOTTO_STORE=redis://sotto:"+url.QueryEscape(value)+"@127.0.0.1:1?dial_timeout=1s", "SOTTO_LISTEN=127.0.0.1:0", "SOTTO_DATA_DIR=third")
			_, _, code := poisoned.run(value, append(words, "--no-such-flag="+value)...)
			require.Equal(s.t, exitUsage, code, leaf)
			poisoned.run(value, words...)
			poisoned.run(value, append(words, "one")...)
		}
	}
}
