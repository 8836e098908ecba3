package request_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// resolved returns a request that mentions refs of a fixed set of secrets.
func resolved(t *testing.T, preview bool, refs ...*macros.Reference) (*request.Secrets, *request.Error) {
	cfg, err := redact.NewJSON([]byte(`{"hosts": ["h1-aaaa", "h2-bbbb"], "api key": "ak-99887766"}`))
	require.NoError(t, err)
	sources := []request.Source{{Part: "body", Text: "text", References: refs}}
	s := new(request.Secrets)
	return s, s.Resolve(t.Context(), request.Options{
		Resolver: engine.Map{"cfg": cfg, "smtp": redact.NewCredentials("mailer", "p@ss-0815")},
		Preview:  preview,
	}, sources, request.AliasesOf(sources))
}

func index(n int64) macros.Segment { return macros.Segment{Index: &macros.Literal{Value: n}} }

func TestPin(t *testing.T) {
	for _, c := range []struct {
		name        string
		ref         macros.Reference
		want        any
		placeholder string
		fromEnd     bool
	}{
		{"index", macros.Reference{Alias: "cfg", Path: []macros.Segment{{Key: "hosts"}, index(0)}}, "h1-aaaa", "[secrets.cfg.hosts[0]]", false},
		{"index from the end", macros.Reference{Alias: "cfg", Path: []macros.Segment{{Key: "hosts"}, index(-1)}}, "h2-bbbb", "[secrets.cfg.hosts[-1]]", true},
		{"any key", macros.Reference{Alias: "cfg", Path: []macros.Segment{{Key: "api key"}}}, "ak-99887766", "[secrets.cfg.api key]", false},
		{"username in any case", macros.Reference{Alias: "smtp", Path: []macros.Segment{{Key: "USERNAME"}}}, "mailer", "[secrets.smtp.USERNAME]", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := resolved(t, false, &c.ref)
			require.Nil(t, err)
			require.Equal(t, c.want, s.Pin(&c.ref).Value)
			require.Equal(t, c.fromEnd, request.CountsFromEnd(c.ref.Path))

			s, err = resolved(t, true, &c.ref)
			require.Nil(t, err)
			require.Equal(t, c.placeholder, s.Pin(&c.ref).Value)
			require.Empty(t, s.Values(), "a preview resolves nothing")
		})
	}
}

func TestProblems(t *testing.T) {
	whole := &macros.Reference{Alias: "smtp", Pos: 3}
	lost := &macros.Reference{Alias: "cfg", Pos: 7, Path: []macros.Segment{{Key: "hosts"}, index(2)}}
	_, err := resolved(t, false, whole, lost)
	require.NotNil(t, err)
	require.Len(t, err.Problems, 2)
	require.Equal(t, request.FieldRequired, err.Problems[0].Code)
	require.Equal(t, macros.Place{Line: 1, Column: 4}, err.Problems[0].Place)
	require.Equal(t, request.FieldMissing, err.Problems[1].Code)
	require.Equal(t, "hosts[2]", err.Problems[1].Field)
	require.Equal(t, "body", err.Problems[1].Part)

	gone := &macros.Reference{Alias: "gone"}
	_, err = resolved(t, false, whole, gone)
	require.Len(t, err.Problems, 1, "existence is checked before fields")
	require.Equal(t, request.SecretMissing, err.Problems[0].Code)
}
