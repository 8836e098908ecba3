package vault_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/resolvertest"
	"github.com/sotto-render/sotto/resolver/vault"
)

const rootToken = "root-of-the-tests"

// realServer is an OpenBao or a Vault that runs beside the test.
type realServer struct{ url string }

// startReal starts bao, or vault, whichever is installed.
func startReal(t *testing.T) *realServer {
	t.Helper()
	program := ""
	for _, name := range []string{"bao", "vault"} {
		if path, err := exec.LookPath(name); err == nil && program == "" {
			program = path
		}
	}
	if program == "" {
		t.Skip("NOT RUN: neither bao nor vault is installed; the same is tested with a fake server")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := l.Addr().String()
	require.NoError(t, l.Close())
	command := exec.Command(program, "server", "-dev", "-dev-no-store-token", "-dev-root-token-id="+rootToken, "-dev-listen-address="+address)
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait() // it was killed
	})
	s := &realServer{url: "http://" + address}
	require.Eventually(t, func() bool {
		status, _ := s.send(t, "", "GET", "sys/mounts", nil)
		return status == http.StatusOK
	}, 30*time.Second, 50*time.Millisecond)
	s.mount(t, "", "secret", "2")
	s.mount(t, "", "old", "1")
	return s
}

// send calls the server as root, in a namespace.
func (s *realServer) send(t *testing.T, namespace, method, path string, body any) (status int, answer map[string]any) {
	t.Helper()
	text, err := json.Marshal(body)
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+"/v1/"+path, bytes.NewReader(text))
	require.NoError(t, err)
	r.Header.Set("X-Vault-Token", rootToken)
	if namespace != "" {
		r.Header.Set("X-Vault-Namespace", namespace)
	}
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil // it does not listen yet
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer func() { _ = got.Body.Close() }()
	_ = json.NewDecoder(got.Body).Decode(&answer) // not all answers have a body
	return got.StatusCode, answer
}

func (s *realServer) must(t *testing.T, namespace, method, path string, body any) map[string]any {
	t.Helper()
	status, answer := s.send(t, namespace, method, path, body)
	require.Less(t, status, 300, "%s %s: %v", method, path, answer["errors"])
	return answer
}

// mount mounts a KV engine, which takes a moment to be ready. One is there from the start.
func (s *realServer) mount(t *testing.T, namespace, name, version string) {
	t.Helper()
	_, _ = s.send(t, namespace, "POST", "sys/mounts/"+name, map[string]any{"type": "kv", "options": map[string]string{"version": version}})
	require.Eventually(t, func() bool {
		status, _ := s.send(t, namespace, "POST", entryPath(name, version, "probe"), wrapped(version, map[string]any{"value": "x"}))
		return status < 300
	}, 30*time.Second, 50*time.Millisecond)
}

func entryPath(mount, version, path string) string {
	if version == "2" {
		return mount + "/data/" + path
	}
	return mount + "/" + path
}

func wrapped(version string, data any) any {
	if version == "2" {
		return map[string]any{"data": data}
	}
	return data
}

func (s *realServer) put(t *testing.T, namespace, mount, version, path string, data any) {
	t.Helper()
	s.must(t, namespace, "POST", entryPath(mount, version, path), wrapped(version, data))
}

func (s *realServer) open(t *testing.T, options string) resolver.Provider {
	t.Helper()
	return openAt(t, s.url, options)
}

func openAt(t *testing.T, at, options string) resolver.Provider {
	t.Helper()
	binding, err := resolver.ParseProvider("vault:"+at+"?"+options, vault.Spec())
	require.NoError(t, err)
	return binding.Provider
}

func TestConformsWithARealServer(t *testing.T) {
	s := startReal(t)
	t.Setenv("VAULT_TOKEN", rootToken)
	n := 0 // each fixture has a place of its own
	for version, mount := range map[string]string{"1": "old", "2": "secret"} {
		t.Run("version "+version, func(t *testing.T) {
			resolvertest.Run(t, func(t *testing.T) resolvertest.Fixture {
				n++
				base := fmt.Sprint("run-", n)
				target, err := url.Parse(s.url)
				require.NoError(t, err)
				proxy := httptest.NewServer(httputil.NewSingleHostReverseProxy(target))
				t.Cleanup(proxy.Close)
				return resolvertest.Fixture{
					Provider: openAt(t, proxy.URL, "mount="+mount+"&path="+url.QueryEscape(base+"/{scope}/{alias}")), Scopes: true, RewritesJSON: true,
					Put: func(tb testing.TB, scope resolver.Scope, alias string, secret redact.Secret) {
						s.put(t, "", mount, version, base+"/"+string(scope)+"/"+alias, data(tb, secret))
					},
					Break: func(testing.TB) { proxy.Close() },
				}
			})
		})
	}
}

func TestRealServer(t *testing.T) {
	s := startReal(t)
	s.must(t, "", "PUT", "sys/policies/acl/reader", map[string]any{"policy": `path "secret/data/open/*" { capabilities = ["read"] }`})
	s.put(t, "", "secret", "2", "open/a", map[string]any{"value": canary})
	s.put(t, "", "secret", "2", "closed/a", map[string]any{"value": canary})
	t.Run("namespaces", func(t *testing.T) {
		t.Setenv("VAULT_TOKEN", rootToken)
		if status, _ := s.send(t, "", "POST", "sys/namespaces/team", nil); status >= 300 {
			t.Skip("NOT RUN: this server has no namespaces")
		}
		s.mount(t, "team", "secret", "2")
		s.put(t, "team", "secret", "2", "own", map[string]any{"value": "of-the-team"})
		require.Equal(t, "of-the-team", reveal(t, s.open(t, "path={alias}&namespace=team"), "own"))
		entries, err := fetch(t, s.open(t, "path={alias}"), "own")
		require.NoError(t, err)
		require.Equal(t, macros.Missing, entries[0].Status)
	})
	t.Run("deleted", func(t *testing.T) {
		t.Setenv("VAULT_TOKEN", rootToken)
		s.put(t, "", "secret", "2", "gone", map[string]any{"value": "x"})
		s.must(t, "", "DELETE", "secret/data/gone", nil)
		entries, err := fetch(t, s.open(t, "path={alias}"), "gone")
		require.NoError(t, err)
		require.Equal(t, macros.Missing, entries[0].Status)
	})
	t.Run("a mount that is not there is down", func(t *testing.T) {
		t.Setenv("VAULT_TOKEN", rootToken)
		for _, options := range []string{"mount=nowhere", "mount=nowhere&kv=1", "mount=nowhere&kv=2"} {
			_, err := fetch(t, s.open(t, options), "a")
			require.Error(t, err, options)
		}
	})
	logins := func(t *testing.T, options string) {
		t.Helper()
		t.Setenv("VAULT_TOKEN", "")
		require.Equal(t, canary, reveal(t, s.open(t, "path=open/{alias}&"+options), "a"))
		_, err := fetch(t, s.open(t, "path=closed/{alias}&"+options), "a")
		require.ErrorContains(t, err, "403")
	}
	t.Run("approle", func(t *testing.T) {
		s.must(t, "", "POST", "sys/auth/approle", map[string]any{"type": "approle"})
		s.must(t, "", "POST", "auth/approle/role/sotto", map[string]any{"token_policies": "reader", "token_ttl": "1h"})
		role := s.must(t, "", "GET", "auth/approle/role/sotto/role-id", nil)["data"].(map[string]any)["role_id"].(string)
		id := s.must(t, "", "POST", "auth/approle/role/sotto/secret-id", nil)["data"].(map[string]any)["secret_id"].(string)
		logins(t, "auth=approle&role_id="+role+"&secret_id_file="+url.QueryEscape(file(t, id)))
		_, err := fetch(t, s.open(t, "auth=approle&role_id="+role+"&secret_id_file="+url.QueryEscape(file(t, canary))), "a")
		require.Error(t, err)
	})
	t.Run("jwt", func(t *testing.T) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		require.NoError(t, err)
		public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
		require.NoError(t, err)
		s.must(t, "", "POST", "sys/auth/corporate", map[string]any{"type": "jwt"})
		s.must(t, "", "POST", "auth/corporate/config", map[string]any{
			"jwt_validation_pubkeys": []string{string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}))},
		})
		s.must(t, "", "POST", "auth/corporate/role/sotto", map[string]any{
			"role_type": "jwt", "user_claim": "sub", "bound_audiences": []string{"sotto"}, "token_policies": "reader",
		})
		signed, err := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
			"sub": "mailer", "aud": "sotto", "exp": time.Now().Add(time.Hour).Unix(), "nbf": time.Now().Add(-time.Minute).Unix(),
		}).SignedString(key)
		require.NoError(t, err)
		logins(t, "auth=jwt&auth_mount=corporate&role=sotto&jwt_file="+url.QueryEscape(file(t, signed)))
	})
}
