package docs_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/sqlite"
	"github.com/sotto-render/sotto/server"
)

var update = flag.Bool("update", false, "write the answers of the API into api.md")

// TestAPI runs each curl command of api.md, in order, against a server with an
// empty store, and compares the answer with the block behind the command.
func TestAPI(t *testing.T) {
	s := &session{t: t, url: startAPI(t), names: map[string]string{}}
	all := blocks(t, "api.md")
	answers := make(map[int]string)
	for i, b := range all {
		if b.kind != "sh" || !strings.HasPrefix(b.text, "curl ") {
			continue
		}
		got := s.run(b.text)
		answers[b.line] = got
		want := ""
		if i+1 < len(all) && all[i+1].kind == "json" {
			want = all[i+1].text
		}
		if !*update && masked(got) != masked(want) {
			t.Errorf("api.md:%d: the answer is\n%s\nwant\n%s", b.line, got, want)
		}
	}
	if len(answers) < 20 {
		t.Fatalf("api.md has %d examples only", len(answers))
	}
	if *update {
		writeAnswers(t, answers)
	}
}

func startAPI(t *testing.T) string {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	backend, err := sqlite.Open(filepath.Join(t.TempDir(), "sotto.db"))
	must(err)
	kept, err := store.Open(t.Context(), store.Options{Backend: backend, Key: store.KeyFile(filepath.Join(t.TempDir(), "key"))})
	must(err)
	t.Cleanup(func() { _ = kept.Close() })
	redactor := redact.New()
	known, err := resolver.New(resolver.Options{Providers: []resolver.Binding{{Provider: kept}}, Redactor: redactor})
	must(err)
	t.Cleanup(known.Close)
	api, err := server.New(server.Options{
		Resolver: known, Redactor: redactor, Store: kept, AdminToken: redact.NewSecret(adminToken),
		Logger: slog.New(slog.DiscardHandler),
	})
	must(err)
	listener := httptest.NewServer(api.Handler())
	t.Cleanup(listener.Close)
	return listener.URL
}

const adminToken = "admin-token-of-the-examples"

// session is a shell that knows curl alone.
type session struct {
	t   *testing.T
	url string
	// names :: variable of the examples -> its value
	names map[string]string
}

// words are the arguments of a command: bare, in single or in double quotes.
var words = regexp.MustCompile(`'[^']*'|"[^"]*"|[^\s'"]+`)

// run sends the request that a curl command makes, and returns the status and
// the answer as api.md shows it.
func (s *session) run(command string) string {
	s.t.Helper()
	method, path, body := "GET", "", ""
	header := http.Header{}
	args := words.FindAllString(command, -1)
	for i := 1; i < len(args); i++ {
		switch arg := strings.Trim(args[i], `'"`); arg {
		case "-s":
		case "-X", "-H", "-d":
			i++
			value := args[i][1 : len(args[i])-1]
			if !strings.ContainsAny(args[i][:1], `'"`) {
				value = args[i]
			}
			switch arg {
			case "-H":
				if name, text, ok := strings.Cut(value, ": "); ok {
					header.Set(name, text)
				}
			case "-X":
				method = value
			case "-d":
				body = value
				if method == "GET" {
					method = "POST"
				}
			}
		default:
			path = strings.TrimPrefix(strings.ReplaceAll(arg, "$ID", s.names["id"]), "$URL")
		}
	}
	request, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header = header
	request.Header.Set("Authorization", "Bearer "+adminToken)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	var made struct{ ID, Token string }
	if json.Unmarshal(answer, &made) == nil && made.Token != "" {
		s.names["id"] = made.ID
	}
	if len(answer) == 0 {
		return ""
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, answer, "", "  "); err != nil {
		s.t.Fatal(err)
	}
	return strings.TrimSpace(pretty.String())
}

// changing is what differs from run to run.
var changing = []*regexp.Regexp{
	regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:.]+Z`),
	regexp.MustCompile(`"request_id": "[^"]*"`),
	regexp.MustCompile(`"(id|token)": "[^"]*"`),
	regexp.MustCompile(`"(next|alias)": "[^"]{16,}"`),
}

func masked(text string) string {
	for _, r := range changing {
		text = r.ReplaceAllString(text, "...")
	}
	return text
}

// writeAnswers puts each answer behind its command.
func writeAnswers(t *testing.T, answers map[int]string) {
	t.Helper()
	data, err := os.ReadFile("api.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(data), "\n")
	var out []string
	for i := 0; i < len(lines); i++ {
		out = append(out, lines[i])
		answer, ok := answers[i+1]
		if !ok {
			continue
		}
		for lines[i+1] != "```" {
			i++
			out = append(out, lines[i])
		}
		i++
		out = append(out, "```")
		if i+2 < len(lines) && lines[i+1] == "" && lines[i+2] == "```json" {
			for i += 2; lines[i] != "```"; i++ {
			}
		}
		if answer != "" {
			out = append(out, "", "```json", answer, "```")
		}
	}
	if err := os.WriteFile("api.md", []byte(strings.Join(out, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
}
