package vault_test

import (
	"encoding/pem"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/resolvertest"
	"github.com/sotto-render/sotto/resolver/vault"
)

// open returns a provider of f with options such as "kv=1&mount=old".
func (f *fakeServer) open(t testing.TB, options string) resolver.Provider {
	t.Helper()
	binding, err := resolver.ParseProvider("vault:"+f.URL+"?"+options, vault.Spec())
	require.NoError(t, err)
	return binding.Provider
}

func fetch(t testing.TB, p resolver.Provider, aliases ...string) ([]resolver.Entry, error) {
	t.Helper()
	entries := make([]resolver.Entry, len(aliases))
	err := p.Fetch(t.Context(), "acme/shop", aliases, true, entries)
	if err != nil {
		require.NotContains(t, err.Error(), "canary")
		require.NotContains(t, err.Error(), "hvs.")
	}
	return entries, err
}

func reveal(t testing.TB, p resolver.Provider, alias string) string {
	t.Helper()
	entries, err := fetch(t, p, alias)
	require.NoError(t, err)
	require.Equal(t, macros.Known, entries[0].Status)
	return entries[0].Secret.Reveal()
}

// data is a secret as an entry of the engine.
func data(t testing.TB, secret redact.Secret) any {
	if secret.Kind() == redact.Token {
		return map[string]string{"value": secret.Reveal()}
	}
	if secret.Kind() == redact.JSON {
		return rawJSON(secret.Reveal())
	}
	return secret.Tree()
}

type rawJSON string

func (r rawJSON) MarshalJSON() ([]byte, error) { return []byte(r), nil }

// The server of these tests is a fake that answers after the documentation of Vault and
// OpenBao, so that each failure can be had; real_test.go asks a real one, where there is one.
func TestConformsWithAFakeServer(t *testing.T) {
	t.Setenv("VAULT_TOKEN", "root")
	for _, mount := range []string{"secret", "old"} {
		t.Run("an entry for each secret in "+mount, func(t *testing.T) {
			resolvertest.Run(t, func(t *testing.T) resolvertest.Fixture {
				f := newFake(t)
				return resolvertest.Fixture{
					Provider: f.open(t, "mount="+mount), Scopes: true,
					Put: func(t testing.TB, scope resolver.Scope, alias string, secret redact.Secret) {
						f.put(t, mount, string(scope)+"/"+alias, data(t, secret))
					},
					Break: func(testing.TB) { f.Close() },
				}
			})
		})
		t.Run("one entry for all in "+mount, func(t *testing.T) {
			resolvertest.Run(t, func(t *testing.T) resolvertest.Fixture {
				f, all := newFake(t), map[resolver.Scope]map[string]any{}
				return resolvertest.Fixture{
					Provider: f.open(t, "mount="+mount+"&path=apps/{scope}"), Scopes: true,
					Put: func(t testing.TB, scope resolver.Scope, alias string, secret redact.Secret) {
						if all[scope] == nil {
							all[scope] = map[string]any{}
						}
						all[scope][alias] = secret.Tree()
						if secret.Kind() == redact.JSON {
							all[scope][alias] = rawJSON(secret.Reveal())
						}
						f.put(t, mount, "apps/"+string(scope), all[scope])
					},
					Break: func(testing.TB) { f.change(func() { f.sealed = true }) },
				}
			})
		})
	}
}

func TestAnEntryIsOneSecret(t *testing.T) {
	t.Setenv("VAULT_TOKEN", "root")
	f := newFake(t)
	p := f.open(t, "path={alias}")
	for alias, entry := range map[string]any{
		"token": map[string]any{"value": "tok-1"}, "json": map[string]any{"value": map[string]int{"a": 1}},
		"more": map[string]any{"value": "x", "other": "y"}, "smtp": map[string]any{"username": "u", "password": "p"},
	} {
		f.put(t, "secret", alias, entry)
	}
	require.Equal(t, "tok-1", reveal(t, p, "token"))
	require.Equal(t, `{"value":{"a":1}}`, reveal(t, p, "json"))
	require.Equal(t, `{"other":"y","value":"x"}`, reveal(t, p, "more"))
	entries, err := fetch(t, p, "smtp")
	require.NoError(t, err)
	require.Equal(t, redact.Credentials, entries[0].Secret.Kind())

	f.put(t, "secret", "token", map[string]any{"value": "tok-2"})
	entries, err = fetch(t, p, "token")
	require.NoError(t, err)
	require.EqualValues(t, 2, entries[0].Version)
	f.remove("secret", "token")
	entries, err = fetch(t, p, "token", "json")
	require.NoError(t, err)
	require.Equal(t, []macros.Status{macros.Missing, macros.Known}, []macros.Status{entries[0].Status, entries[1].Status}, "its newest version is deleted")
}

func TestWhatIsDownIsNeverMissing(t *testing.T) {
	f := newFake(t)
	f.put(t, "secret", "a", map[string]any{"value": ""})
	f.put(t, "secret", "all", map[string]any{"A": canary, "a": canary, "b": 4711})
	for _, test := range []struct{ name, options, alias, says string }{
		{"a mount that is not there", "mount=nope", "a", "status 403"},
		{"a mount that is not there, of a version that is said", "mount=nope&kv=2", "a", "mount="},
		{"another namespace", "namespace=team/", "a", "status 403"},
		{"a policy", "path=forbidden/{alias}", "a", "policies"},
		{"an empty value", "path={alias}", "a", "empty"},
		{"two spellings", "path=all", "a", "letter case"},
		{"a number", "path=all", "b", "in quotes"},
		{"no file", "auth=jwt&role=x&jwt_file=/nowhere/" + canary, "a", "jwt_file="},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("VAULT_TOKEN", "root")
			_, err := fetch(t, f.open(t, test.options), test.alias)
			require.ErrorContains(t, err, test.says)
		})
	}
	for _, token := range []string{"", canary} {
		t.Run("the token "+token, func(t *testing.T) {
			t.Setenv("VAULT_TOKEN", token)
			p := f.open(t, "")
			_, err := fetch(t, p, "a")
			require.Error(t, err)
			require.Error(t, p.(resolver.Checker).Ready(t.Context()))
		})
	}
	t.Run("a wrong version says nothing of what is there", func(t *testing.T) {
		t.Setenv("VAULT_TOKEN", "root")
		f.put(t, "old", "a", map[string]any{"value": "v1"})
		require.Equal(t, "v1", reveal(t, f.open(t, "mount=old&path={alias}"), "a"), "so it is asked")
	})
	t.Run("sealed", func(t *testing.T) {
		t.Setenv("VAULT_TOKEN", "root")
		p := f.open(t, "path={alias}")
		require.NoError(t, p.(resolver.Checker).Ready(t.Context()))
		f.change(func() { f.sealed = true })
		require.ErrorContains(t, p.(resolver.Checker).Ready(t.Context()), "sealed")
		_, err := fetch(t, p, "a")
		require.ErrorContains(t, err, "sealed")
	})
}

// file writes a credential.
func file(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "credential")
	require.NoError(t, os.WriteFile(path, []byte(text+"\n"), 0o600))
	return path
}

func TestLogins(t *testing.T) {
	t.Setenv("VAULT_TOKEN", "")
	for _, test := range []struct{ name, options, credential, path string }{
		{"token", "token_file=", "root", "auth/token/lookup-self"},
		{"approle", "auth=approle&role_id=sotto&secret_id_file=", canary + "-secret-id", "auth/approle/login"},
		{"kubernetes", "auth=kubernetes&role=sotto&jwt_file=", canary + "-pod", "auth/kubernetes/login"},
		{"jwt of another mount", "auth=jwt&auth_mount=corporate&role=sotto&jwt_file=", canary + "-jwt", "auth/corporate/login"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t)
			f.put(t, "secret", "acme/a", map[string]any{"value": "of-acme"})
			good := file(t, test.credential)
			p := f.open(t, test.options+url.QueryEscape(good))
			for range 3 {
				require.Equal(t, "of-acme", reveal(t, p, "a"))
			}
			require.Equal(t, 1, f.called(test.path), "one login for all")
			_, err := fetch(t, f.open(t, test.options+url.QueryEscape(file(t, "wrong-"+canary))), "a")
			require.Error(t, err)
			require.NoError(t, os.WriteFile(good, nil, 0o600))
			_, err = fetch(t, f.open(t, test.options+url.QueryEscape(good)), "a")
			require.ErrorContains(t, err, "empty")
		})
	}
}

// A token is renewed before it ends; one that cannot be is replaced by a login.
func TestTokensAreRenewed(t *testing.T) {
	for _, renewable := range []bool{true, false} {
		t.Run(fmt.Sprint("renewable ", renewable), func(t *testing.T) {
			f := newFake(t)
			f.lease, f.renewable = 1, renewable
			f.put(t, "secret", "a", map[string]any{"value": "value-of-a"})
			p := f.open(t, "path={alias}&auth=approle&role_id=sotto&secret_id_file="+url.QueryEscape(file(t, canary+"-secret-id")))
			for start := time.Now(); time.Since(start) < 2500*time.Millisecond; time.Sleep(100 * time.Millisecond) {
				require.Equal(t, "value-of-a", reveal(t, p, "a"))
			}
			logins, renewals := f.called("auth/approle/login"), f.called("auth/token/renew-self")
			if renewable {
				require.Equal(t, 1, logins)
				require.Positive(t, renewals)
			} else {
				require.Greater(t, logins, 1)
			}
		})
	}
}

func TestNamespacesAndTheEnvironment(t *testing.T) {
	f := newFake(t)
	f.mounts["team/secret"] = 2
	f.put(t, "team/secret", "a", map[string]any{"value": "of-team"})
	f.put(t, "secret", "a", map[string]any{"value": "of-root"})
	t.Setenv("VAULT_TOKEN", "root")
	t.Setenv("VAULT_NAMESPACE", "team/")
	t.Setenv("VAULT_ADDR", "http://127.0.0.1:1")
	require.Equal(t, "of-root", reveal(t, f.open(t, "path={alias}"), "a"), "options count, not variables")
	require.Equal(t, "of-team", reveal(t, f.open(t, "path={alias}&namespace=team/"), "a"))
}

func TestTLSIsChecked(t *testing.T) {
	t.Setenv("VAULT_TOKEN", "root")
	t.Setenv("VAULT_SKIP_VERIFY", "true")
	f := newFake(t)
	f.Close()
	f.Server = newTLS(t, f)
	f.put(t, "secret", "a", map[string]any{"value": "over-tls"})
	_, err := fetch(t, f.open(t, "path={alias}"), "a")
	require.ErrorContains(t, err, "certificate")
	ca := file(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: f.Certificate().Raw})))
	require.Equal(t, "over-tls", reveal(t, f.open(t, "path={alias}&ca="+url.QueryEscape(ca)), "a"))
}

// Aliases are read side by side, and those of one entry in one read.
func TestReadsAreBatched(t *testing.T) {
	t.Setenv("VAULT_TOKEN", "root")
	f := newFake(t)
	f.put(t, "secret", "all", map[string]any{"a": "1-a", "b": "1-b", "C": "1-c"})
	p := f.open(t, "path=all")
	entries, err := fetch(t, p, "a", "b", "c", "d")
	require.NoError(t, err)
	require.Equal(t, "1-c", entries[2].Secret.Reveal())
	require.Equal(t, macros.Missing, entries[3].Status)
	require.Equal(t, 1, f.called("secret/data/all"))
}

func TestURLsThatAreNone(t *testing.T) {
	for _, text := range []string{
		"", "vault.internal", "https://", "https://user:canary@host", "ftp://host", "https://host?nope=canary", "https://host?kv=3", "https://host?auth=canary",
		"https://host?auth=approle", "https://host?auth=approle&role_id=x", "https://host?auth=jwt&role=x", "https://host?auth=kubernetes", "https://host?mount=a&mount=b",
		"https://host?timeout=canary", "https://host?parallel=0", "https://host?path=../{alias}", "https://host?path=a%3Fb", "https://host/path", "https://host?ca=/nowhere/canary",
	} {
		t.Run(text, func(t *testing.T) {
			_, err := resolver.ParseProvider("vault:"+text, vault.Spec())
			require.Error(t, err)
			require.NotContains(t, err.Error(), "canary")
		})
	}
	p := newFake(t).open(t, "auth=approle&role_id=canary&secret_id_file=/canary")
	require.True(t, strings.HasPrefix(p.Name(), "vault:http://127.0.0.1:"), p.Name())
	require.NotContains(t, p.Name(), "canary")
}
