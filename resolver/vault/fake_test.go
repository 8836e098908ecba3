package vault_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// canary stands in every error that the fake answers with, and in what it was sent.
const canary = "canary-5d41402abc4b2a76"

// fakeServer answers as Vault and OpenBao do, as far as the provider asks: the KV
// engine in both versions, tokens and their renewal, three methods to log in,
// namespaces, and the state of the server. It is made after their documentation.
type fakeServer struct {
	*httptest.Server

	mu sync.Mutex
	// mounts :: name, with its namespace before it -> version
	mounts map[string]int
	// entries :: mount and path -> what was written there, the newest last; nil for
	// a deletion
	entries map[string][]json.RawMessage
	// tokens :: token -> until when it is good; zero for ever
	tokens map[string]time.Time
	// lease is how long the tokens of a login last, in seconds.
	lease int
	// renewable says whether they can be renewed.
	renewable bool
	// sealed makes the server answer nothing.
	sealed bool
	calls  map[string]int
}

func newFake(t testing.TB) *fakeServer {
	t.Helper()
	f := &fakeServer{
		mounts: map[string]int{"secret": 2, "old": 1}, entries: map[string][]json.RawMessage{},
		tokens: map[string]time.Time{"root": {}}, lease: 3600, renewable: true, calls: map[string]int{},
	}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.Close)
	return f
}

// newTLS serves f with a certificate of its own.
func newTLS(t testing.TB, f *fakeServer) *httptest.Server {
	t.Helper()
	s := httptest.NewTLSServer(http.HandlerFunc(f.serve))
	t.Cleanup(s.Close)
	return s
}

// put writes an entry.
func (f *fakeServer) put(t testing.TB, mount, path string, data any) {
	t.Helper()
	text, err := json.Marshal(data)
	require.NoError(t, err)
	f.mu.Lock()
	defer f.mu.Unlock()
	at := mount + "/" + path
	f.entries[at] = append(f.entries[at], text)
}

// remove deletes the newest version of an entry.
func (f *fakeServer) remove(mount, path string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := mount + "/" + path
	f.entries[at] = append(f.entries[at], nil)
}

// change changes the server's state.
func (f *fakeServer) change(do func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	do()
}

// called returns how often a path was called, and forgets it.
func (f *fakeServer) called(path string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.calls[path]
	f.calls[path] = 0
	return n
}

func (f *fakeServer) serve(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, "/v1/")
	f.calls[path]++
	fail := func(status int, errors ...string) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{"errors": append([]string{}, errors...)})
	}
	reply := func(body map[string]any) { _ = json.NewEncoder(w).Encode(body) }
	token := r.Header.Get("X-Vault-Token")
	until, good := f.tokens[token]
	good = good && (until.IsZero() || time.Now().Before(until))
	body, _ := io.ReadAll(r.Body)
	method, isLogin := strings.CutSuffix(strings.TrimPrefix(path, "auth/"), "/login")
	switch {
	case f.sealed:
		fail(503, "Vault is sealed "+canary)
	case path == "sys/health":
		reply(map[string]any{"sealed": false})
	case isLogin && r.Method == http.MethodPut:
		f.login(method, body, fail, reply)
	case !good:
		fail(403, "permission denied "+canary+token)
	case path == "auth/token/lookup-self":
		ttl := 0
		if !until.IsZero() {
			ttl = int(time.Until(until).Seconds())
		}
		reply(map[string]any{"data": map[string]any{"id": token, "ttl": ttl, "renewable": f.renewable && ttl > 0}})
	case path == "auth/token/renew-self" && r.Method == http.MethodPut:
		if !f.renewable {
			fail(400, "lease is not renewable "+canary)
			return
		}
		f.tokens[token] = time.Now().Add(time.Duration(f.lease) * time.Second)
		reply(map[string]any{"auth": map[string]any{"client_token": token, "lease_duration": f.lease, "renewable": true}})
	default:
		f.read(w, r.Header.Get("X-Vault-Namespace"), path, fail, reply)
	}
}

// credentials :: method -> the body of a login that is right
var credentials = map[string]string{
	"approle":    `{"role_id":"sotto","secret_id":"` + canary + `-secret-id"}`,
	"kubernetes": `{"jwt":"` + canary + `-pod","role":"sotto"}`,
	"corporate":  `{"jwt":"` + canary + `-jwt","role":"sotto"}`,
}

func (f *fakeServer) login(method string, body []byte, fail func(int, ...string), reply func(map[string]any)) {
	if credentials[method] == "" || credentials[method] != string(body) {
		fail(400, "invalid credentials "+canary+string(body))
		return
	}
	token := fmt.Sprint("hvs.", canary, len(f.tokens))
	f.tokens[token] = time.Now().Add(time.Duration(f.lease) * time.Second)
	reply(map[string]any{"auth": map[string]any{"client_token": token, "lease_duration": f.lease, "renewable": f.renewable}})
}

// read answers for an engine.
func (f *fakeServer) read(w http.ResponseWriter, namespace, path string, fail func(int, ...string), reply func(map[string]any)) {
	if asked, ok := strings.CutPrefix(path, "sys/internal/ui/mounts/"); ok {
		version, mounted := f.mounts[namespace+asked]
		if !mounted {
			fail(403, "preflight capability check returned 403, please ensure client's policies grant access to path "+asked)
			return
		}
		reply(map[string]any{"data": map[string]any{"type": "kv", "options": map[string]string{"version": fmt.Sprint(version)}}})
		return
	}
	mount, rest, _ := strings.Cut(path, "/")
	version, mounted := f.mounts[namespace+mount]
	if !mounted {
		fail(404, "no handler for route \""+path+"\". route entry not found. "+canary)
		return
	}
	if version == 2 {
		inner, ok := strings.CutPrefix(rest, "data/")
		if !ok {
			fail(404)
			return
		}
		rest = inner
	}
	if strings.HasPrefix(rest, "forbidden") {
		fail(403, "1 error occurred: permission denied "+canary)
		return
	}
	versions := f.entries[namespace+mount+"/"+rest]
	if len(versions) == 0 || version == 1 && versions[len(versions)-1] == nil {
		fail(404)
		return
	}
	data := versions[len(versions)-1]
	if version == 1 {
		reply(map[string]any{"lease_duration": 2764800, "data": data})
		return
	}
	metadata := map[string]any{"version": len(versions), "destroyed": false, "deletion_time": ""}
	if data == nil {
		metadata["deletion_time"] = time.Now().Format(time.RFC3339Nano)
		w.WriteHeader(404)
	}
	reply(map[string]any{"data": map[string]any{"data": data, "metadata": metadata}})
}
