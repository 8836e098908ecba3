package resolver_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/resolvertest"
)

func TestEnvConforms(t *testing.T) {
	resolvertest.Run(t, func(t *testing.T) resolvertest.Fixture {
		const prefix = "CONFORMANCE_"
		env, err := resolver.NewEnv(prefix)
		require.NoError(t, err)
		return resolvertest.Fixture{
			Provider: env,
			NoJSON:   true,
			Put: func(t testing.TB, _ resolver.Scope, alias string, secret redact.Secret) {
				name := prefix + strings.ToUpper(alias)
				if secret.Kind() == redact.Credentials {
					pair := secret.Tree().(map[string]any)
					t.Setenv(name+"_USERNAME", pair["username"].(string))
					t.Setenv(name+"_PASSWORD", pair["password"].(string))
					return
				}
				t.Setenv(name, secret.Reveal())
			},
		}
	})
}

func TestEnvRules(t *testing.T) {
	env, err := resolver.NewEnv("INTEGRATION_")
	require.NoError(t, err)
	t.Setenv("INTEGRATION_GITHUB_TOKEN", "tok-1")
	t.Setenv("INTEGRATION_EMPTY", "")
	t.Setenv("INTEGRATION_BLANK", " \t\n")
	t.Setenv("INTEGRATION_lower", "not upper case")
	t.Setenv("INTEGRATION_HALF_USERNAME", "only a name")
	t.Setenv("INTEGRATION_SMTP_USERNAME", "user")
	t.Setenv("INTEGRATION_SMTP_PASSWORD", "pass word ")
	t.Setenv("INTEGRATION_BOTH", "the token wins")
	t.Setenv("INTEGRATION_BOTH_USERNAME", "user")
	t.Setenv("INTEGRATION_BOTH_PASSWORD", "pass")

	fetch := func(alias string) resolver.Entry {
		entries := make([]resolver.Entry, 1)
		require.NoError(t, env.Fetch(t.Context(), "default", []string{alias}, true, entries))
		return entries[0]
	}
	require.Equal(t, "tok-1", fetch("github_token").Secret.Reveal())
	for _, alias := range []string{"empty", "blank", "lower", "half", "github-token"} {
		t.Run(alias, func(t *testing.T) {
			require.Equal(t, macros.Missing, fetch(alias).Status, alias)
		})
	}
	require.Equal(t, map[string]any{"username": "user", "password": "pass word "}, fetch("smtp").Secret.Tree())
	require.Equal(t, "the token wins", fetch("both").Secret.Reveal())

	require.NoError(t, os.Unsetenv("INTEGRATION_GITHUB_TOKEN"))
	require.Equal(t, macros.Missing, fetch("github_token").Status, "the environment is read at each lookup")

	aliases, err := env.List(t.Context(), "default")
	require.NoError(t, err)
	require.ElementsMatch(t, []string{
		"half_username", "smtp", "smtp_username", "smtp_password", "both", "both_username", "both_password",
	}, aliases)
}

func TestEnvRefusesPrefixes(t *testing.T) {
	for _, prefix := range []string{"", "A-B", "A=B", "Ä", "SOTTO_", "SOTTO_ADMIN_", "SOT", "S"} {
		t.Run(prefix, func(t *testing.T) {
			_, err := resolver.NewEnv(prefix)
			require.Error(t, err, "%q", prefix)
		})
	}
}
