package resolver_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver"
)

func TestParseProvider(t *testing.T) {
	for spec, want := range map[string]struct {
		scope resolver.Scope
		name  string
	}{
		"env:INTEGRATION_":          {"", "env:INTEGRATION_"},
		"dir:/run/secrets":          {"", "dir:/run/secrets"},
		"dir:relative/path":         {"", "dir:relative/path"},
		"acme/shop=env:SHOP_":       {"acme/shop", "env:SHOP_"},
		"Acme=dir:/run/acme":        {"acme", "dir:/run/acme"},
		"dir:/run/a=b":              {"", "dir:/run/a=b"},
		"acme=dir:/run/a=b:c":       {"acme", "dir:/run/a=b:c"},
		"vec-1=dir:C:\\secrets\\it": {"vec-1", "dir:C:\\secrets\\it"},
	} {
		binding, err := resolver.ParseProvider(spec)
		require.NoError(t, err, spec)
		require.Equal(t, want.scope, binding.Scope, spec)
		require.Equal(t, want.name, binding.Provider.Name(), spec)
	}
	for _, spec := range []string{
		"", "env", "env:", "dir:", "file:/x", "=env:A_", "a b=env:A_", "../x=dir:/y", "https://user:canary@host",
	} {
		_, err := resolver.ParseProvider(spec)
		require.Error(t, err, "%q", spec)
		require.NotContains(t, err.Error(), "canary")
	}
}
