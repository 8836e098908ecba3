package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver/store/redis/redistest"
)

// canaries are planted in every kind of provider and of secret; each value has
// what escapes and encodings change. alias -> value.
var canaries = map[string]string{
	"env_token":  `canary-env/8d+1f "22" <c07a>`,
	"program":    `canary-program "2b3c" <&>`,
	"file_token": "canary-file 51b6&e9d3=f4?#%",
	"lines":      "canary-line-one-77aa\r\ncanary-line-two-88bb",
	"number":     "90071992547409931",
	"db":         "canary-password-3c2b1a",
	"kept":       `canary-store\4f9a8b2c7d`,
	"smtp":       "canary-smtp-6a5b4c3d",
	"gcp":        "canary-json-19e8f7",
}

// reference is how a template or an expression mentions a canary.
func reference(alias string) string {
	switch alias {
	case "db", "smtp":
		return "secrets." + alias + ".password"
	case "gcp":
		return "secrets.gcp.key.id"
	}
	return "secrets." + alias
}

// sweep collects everything that came out of sotto but the messages.
type sweep struct {
	t *testing.T
	// dir is where every process works, and env its environment.
	dir string
	env []string
	// base is where the server listens, and token the one that opens it.
	base, token string
	// private :: what it is -> a value that may show nowhere: the canaries, and
	// the tokens, keys and passphrases that come up.
	private map[string]string
	seen    []output
	contract
	// worked are the operations of openapi.yaml and the commands of the help
	// that succeeded at least once, as in "POST /v1/render" and "secrets list".
	worked map[string]bool
}

// output is a text that came out somewhere.
type output struct{ where, text string }

func (s *sweep) see(where, text string) { s.seen = append(s.seen, output{where, text}) }

// TestNothingLeaks plants canaries in every provider, calls every operation of
// openapi.yaml and every command of the help with valid and with broken input
// while the server logs all it can, and looks for the canaries in whatever came
// out. An operation or a command that is new fails it until it is called here.
func TestNothingLeaks(t *testing.T) {
	if raceEnabled {
		t.Skip("NOT RUN: it makes one call after the other, which make test does")
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		s := newSweep(t)
		s.run()
		s.judge()
	})
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		const password = "canary-redis-password-5e4d"
		redis := redistest.Start(t, redistest.Options{Password: password, Durable: true})
		monitor := redistest.NewMonitor(t, redis)
		s := newSweep(t, "SOTTO_STORE="+redis.URL)
		s.private["the password of Redis"] = password
		s.run()
		require.NoError(t, redis.Client(t).Save(t.Context()).Err())
		heard := monitor.Heard(t)
		require.Contains(t, heard, "smtp", "MONITOR heard nothing to look at")
		s.see("MONITOR", heard)
		require.FileExists(t, filepath.Join(redis.Dir, "dump.rdb"))
		require.DirExists(t, filepath.Join(redis.Dir, "appendonlydir"))
		s.files(redis.Dir, "redis.conf")
		s.judge()
	})
}

func newSweep(t *testing.T, env ...string) *sweep {
	s := &sweep{t: t, dir: t.TempDir(), private: map[string]string{}, worked: map[string]bool{}, contract: newContract(t)}
	for alias, value := range canaries {
		s.private[alias] = value
	}
	s.env = append(s.plant(), env...)
	return s
}

// plant writes the canaries of the providers and returns the environment of
// the processes.
func (s *sweep) plant() []string {
	secrets := filepath.Join(s.dir, "secrets")
	require.NoError(s.t, os.MkdirAll(filepath.Join(secrets, "db"), 0o700))
	for name, text := range map[string]string{
		"file_token": canaries["file_token"], "lines": canaries["lines"],
		"db/username": "app", "db/password": canaries["db"],
		"../program.json": toJSON(map[string]string{"program": canaries["program"]}),
		// It tells on stderr what it was given, as such programs do.
		"../program.sh": "cat program.json >&2\ncat program.json\n",
	} {
		require.NoError(s.t, os.WriteFile(filepath.Join(secrets, name), []byte(text), 0o600))
	}
	return append(os.Environ(),
		"INTEGRATION_ENV_TOKEN="+canaries["env_token"], "INTEGRATION_NUMBER="+canaries["number"])
}

// run makes every call and runs every command.
func (s *sweep) run() {
	s.whileServing("sotto-data", s.env, func() {
		s.keepSecrets()
		s.neverUsed()
		s.sends()
		s.brokenTemplates()
		s.brokenExpressions()
		s.manage()
		s.brokenCalls()
		s.worksOnTheSpot()
		s.worksAsClient()
	})
	s.worksOnTheStore()
	s.brokenCommands()
	s.whileServing("second", slices.Concat(s.env, []string{"SOTTO_STORE=sqlite"}), s.wasImported)
	for _, dir := range []string{"sotto-data", "second"} {
		s.files(filepath.Join(s.dir, dir), adminTokenFile, masterKeyFile)
	}
	for _, operation := range s.operations {
		if operation.String() == "POST /console/sign-in" {
			continue // a code is printed to a terminal alone: the sweep tries one that opens nothing
		}
		require.True(s.t, s.worked[operation.String()], "%s is in openapi.yaml and was never called with success", operation)
	}
	for _, name := range s.commands {
		require.True(s.t, s.worked[name], "sotto %s is in the help and never ran with success", name)
	}
}

// whileServing runs f while a server works on the data directory dir, and
// collects its log.
func (s *sweep) whileServing(dir string, env []string, f func()) {
	log, err := os.Create(filepath.Join(s.dir, dir+".log"))
	require.NoError(s.t, err)
	running, err := serve(s.dir, env, log, "--log-level", "debug", "--log-format", "json", "--data-dir", dir, "--provider", "dir:secrets,env:INTEGRATION_,exec:sh program.sh")
	require.NoError(s.t, err)
	defer func() {
		require.NoError(s.t, running.stop())
		s.worked["serve"] = true
		logged, err := os.ReadFile(log.Name())
		require.NoError(s.t, err)
		require.Contains(s.t, string(logged), "/v1/render", "the server logged nothing to look at")
		s.see("the server's log", string(logged))
	}()
	token, err := os.ReadFile(filepath.Join(s.dir, dir, adminTokenFile))
	require.NoError(s.t, err)
	s.base, s.token = "http://"+running.address, strings.TrimSpace(string(token))
	s.private["the admin token of "+dir] = s.token
	key, err := os.ReadFile(filepath.Join(s.dir, dir, masterKeyFile))
	require.NoError(s.t, err)
	s.private["the master key of "+dir] = strings.TrimSpace(string(key))
	f()
}

// files collects what stands in dir, but for the files that must hold what is
// private.
func (s *sweep) files(dir string, except ...string) {
	require.NoError(s.t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || slices.Contains(except, entry.Name()) {
			return err
		}
		content, err := os.ReadFile(path)
		s.see("the file "+entry.Name(), string(content))
		return err
	}))
}

// judge looks for everything private in everything that came out, in the plain
// forms by itself and in all others with a redactor.
func (s *sweep) judge() {
	require.Greater(s.t, len(s.seen), 1500)
	redactor := redact.New()
	var all []output
	for name, value := range s.private {
		redactor.Add(redact.NewSecret(value))
		for _, form := range forms(value) {
			all = append(all, output{name, form})
		}
	}
	for _, seen := range s.seen {
		for _, form := range all {
			if strings.Contains(seen.text, form.text) {
				s.t.Errorf("%s: %s shows", seen.where, form.where)
			}
		}
		if redactor.String(seen.text) != seen.text {
			s.t.Errorf("%s: a form of something private shows", seen.where)
		}
	}
}

// forms are the ways in which a value most often gets away.
func forms(value string) []string {
	quoted, _ := json.Marshal(value)
	list := []string{
		value, string(quoted[1 : len(quoted)-1]), strings.Trim(fmt.Sprintf("%q", value), `"`), strings.ToUpper(value),
		url.QueryEscape(value), url.PathEscape(value), hex.EncodeToString([]byte(value)),
		base64.StdEncoding.EncodeToString([]byte(value)), base64.RawURLEncoding.EncodeToString([]byte(value)),
	}
	return append(list, strings.Split(value, "\r\n")...)
}

// contract is all that has to be called: the operations of openapi.yaml and the
// commands of the help.
type contract struct {
	operations []operation
	commands   []string
}

// operation is a method and a path of openapi.yaml.
type operation struct {
	method, path string
	// parameters are the names of those that stand in the query.
	parameters []string
}

func (o operation) String() string { return o.method + " " + o.path }

func newContract(t *testing.T) contract {
	document, err := openapi3.NewLoader().LoadFromFile("../../server/openapi.yaml")
	require.NoError(t, err)
	var c contract
	for path, item := range document.Paths.Map() {
		for method, described := range item.Operations() {
			o := operation{method: method, path: path}
			for _, p := range append(item.Parameters, described.Parameters...) {
				if p.Value.In == openapi3.ParameterInQuery {
					o.parameters = append(o.parameters, p.Value.Name)
				}
			}
			c.operations = append(c.operations, o)
		}
	}
	require.NotEmpty(t, c.operations)
	c.commands = leaves(t)
	return c
}
