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
		t.Run(spec, func(t *testing.T) {
			binding, err := resolver.ParseProvider(spec)
			require.NoError(t, err)
			require.Equal(t, want.scope, binding.Scope)
			require.Equal(t, want.name, binding.Provider.Name())
		})
	}
	for _, spec := range []string{
		"", "env", "env:", "dir:", "file:/x", "=env:A_", "a b=env:A_", "../x=dir:/y", "https://user:canary@host",
	} {
		t.Run("refused "+spec, func(t *testing.T) {
			_, err := resolver.ParseProvider(spec)
			require.Error(t, err)
			require.NotContains(t, err.Error(), "canary")
		})
	}
}
