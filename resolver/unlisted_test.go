package resolver_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/exec"
	"github.com/sotto-render/sotto/resolver/resolvertest"
)

func TestUnlistedNamesWhatCannotBeListed(t *testing.T) {
	program, err := exec.New([]string{"cat", "secrets.json"}, exec.Options{})
	require.NoError(t, err)
	files, err := resolver.NewDir(t.TempDir())
	require.NoError(t, err)
	variables, err := resolver.NewEnv("INTEGRATION_")
	require.NoError(t, err)
	r, err := resolver.New(resolver.Options{Providers: []resolver.Binding{
		{Provider: variables}, {Provider: files},
		{Provider: resolvertest.NewFake("fake")}, {Scope: "acme", Provider: program},
	}})
	require.NoError(t, err)
	defer r.Close()
	require.Empty(t, r.Unlisted("default"))
	require.Equal(t, []string{"exec:cat"}, r.Unlisted("acme/shop"))
}
