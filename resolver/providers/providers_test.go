package providers_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver/providers"
)

// Who misspells a provider is told of every kind there is, and each kind's
// example is one.
func TestEveryKindOfProviderIsToldOf(t *testing.T) {
	_, unknown := providers.Parse("file:/canary")
	require.NotContains(t, unknown.Error(), "canary")
	for _, spec := range providers.Specs() {
		t.Run(spec.Kind, func(t *testing.T) {
			require.ErrorContains(t, unknown, spec.Form)
			require.True(t, strings.HasPrefix(spec.Form, spec.Kind+":"), spec.Form)
			require.NotEmpty(t, spec.Secrets)
			require.NotEmpty(t, spec.Needs)
			for _, at := range []string{"", "acme/shop="} {
				binding, err := providers.Parse(at + spec.Example)
				require.NoError(t, err)
				require.EqualValues(t, strings.TrimSuffix(at, "="), binding.Scope)
				require.True(t, strings.HasPrefix(spec.Example, binding.Provider.Name()), binding.Provider.Name())
			}
		})
	}
}

func TestSplit(t *testing.T) {
	for _, test := range []struct {
		name, list string
		want       []string
	}{
		{"one", "env:A_", []string{"env:A_"}},
		{"two with a scope and spaces", " env:A_ , acme/shop=dir:/run/x,", []string{"env:A_", "acme/shop=dir:/run/x"}},
		{"a kind that is none, for its error", "env:A_,file:/x", []string{"env:A_", "file:/x"}},
		{"a comma inside of a command", "exec:env=A,B tool a,b,env:C_", []string{"exec:env=A,B tool a,b", "env:C_"}},
		{"in quotes nothing begins", `exec:tool 'a,env:b' "c,dir:d",env:C_`, []string{`exec:tool 'a,env:b' "c,dir:d"`, "env:C_"}},
		{"an escaped quote", `exec:tool it\'s,env:C_`, []string{`exec:tool it\'s`, "env:C_"}},
		{"a quote in a path", "dir:/it's,env:C_", []string{"dir:/it's", "env:C_"}},
		{"a Windows path", `dir:C:\x,dir:D:\y`, []string{`dir:C:\x`, `dir:D:\y`}},
		{"nothing", " , ", nil},
	} {
		t.Run(test.name, func(t *testing.T) { require.Equal(t, test.want, providers.Split(test.list)) })
	}
}
