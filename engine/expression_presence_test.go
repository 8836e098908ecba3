package engine_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// presenceSecrets has secrets of each kind, one that is archived, and fields of
// each value that says no.
func presenceSecrets(t *testing.T) engine.Resolver {
	cfg, err := redact.NewJSON([]byte(`{"on":true,"off":false,"none":null,"empty":"","zero":0,"text":"tok-5511","list":[],"object":{}}`))
	require.NoError(t, err)
	return archiving{engine.Map{"token": redact.NewSecret("tok-77aa88bb"), "smtp": redact.NewCredentials("mailer", "p@ss-0815"), "cfg": cfg,
		"name": redact.NewSecret("text"), "no_name": redact.NewSecret("texture")}}
}

// archiving is a resolver that knows the alias `old` as archived.
type archiving struct{ engine.Map }

func (a archiving) Resolve(ctx context.Context, aliases []string, status []macros.Status, values []redact.Secret) error {
	if err := a.Map.Resolve(ctx, aliases, status, values); err != nil {
		return err
	}
	for i, alias := range aliases {
		if alias == "old" {
			status[i] = macros.Archived
		}
	}
	return nil
}

// TestPresence asks for the truth of references in every form that does.
func TestPresence(t *testing.T) {
	tests := []struct {
		reference string
		// want is the answer of a send, and exists whether the record is there.
		want, exists bool
	}{
		{"secrets.token", true, true}, {"Secrets['TOKEN']", true, true}, {"<<Secrets.token>>", true, true}, {"secrets.?token", true, true},
		{"secrets.gone", false, false}, {"secrets.old", false, false}, {"secrets['no-such']", false, false}, {"secrets.gone.field", false, false},
		{"secrets.smtp", true, true}, {"secrets.smtp.Password", true, true}, {"secrets.smtp.nope", false, true}, {"secrets.token.nope", false, true},
		{"secrets.cfg", true, true}, {"secrets.cfg.on", true, true}, {"secrets.cfg.off", false, true}, {"secrets.cfg.none", false, true},
		{"secrets.cfg['empty']", false, true}, {"secrets.cfg.zero", true, true}, {"secrets.cfg.text", true, true}, {"secrets.cfg.list", true, true},
		{"secrets.cfg[field]", true, true}, {"secrets.cfg[secrets.name]", true, true}, {"secrets.cfg[field + 'x']", false, true},
		{"secrets.cfg[secrets.no_name]", false, true}, {"secrets.cfg.list[n]", false, true}, {"secrets.cfg[field][0].a", false, true},
		{"secrets.cfg['o' + 'ff']", false, true}, {"secrets.cfg['no' + 'ne']", false, true}, {"secrets.cfg['em' + 'pty']", false, true},
		{"secrets.gone[field]", false, false}, {"secrets.token[field]", false, true}, {"secrets.smtp[field]", false, true},
		{"secrets.?cfg[?field]", true, true}, {"secrets.cfg.object", true, true}, {"secrets.cfg.list[0]", false, true}, {"secrets.cfg.list[-1]", false, true}, {"secrets.cfg.object.a.b", false, true},
	}
	forms := map[string]func(bool) any{
		"!!%s": func(p bool) any { return p }, "!%s": func(p bool) any { return !p }, "%s ? 1 : 'x'": func(p bool) any {
			if p {
				return int64(1)
			}
			return "x"
		},
		"%s && n > 1": func(p bool) any { return p }, "n > 1 && %s": func(p bool) any { return p }, "n > 5 || %s": func(p bool) any { return p },
		"%s || %[1]s": func(p bool) any { return p }, "`${!(%s)}`": func(p bool) any { return fmt.Sprint(!p) }, "[2].map(x, !!%s)[0]": func(p bool) any { return p },
		"cel.bind(x, !!%s, x)": func(p bool) any { return p }, "size([1].filter(x, %s)) == 1": func(p bool) any { return p },
	}
	for _, test := range tests {
		t.Run(test.reference, func(t *testing.T) {
			for form, want := range forms {
				t.Run(form, func(t *testing.T) {
					source := fmt.Sprintf(form, test.reference)
					e, err := engine.CompileExpression(source, engine.ExpressionOptions{})
					require.NoError(t, err, source)
					for _, preview := range []bool{false, true} {
						present := test.want
						if preview {
							present = test.exists
						}
						req := &engine.Request{Vars: map[string]any{"n": int64(3), "field": "text"}, Secrets: presenceSecrets(t), Preview: preview}
						got, err := e.Evaluate(context.Background(), req)
						require.NoError(t, err, source)
						require.Equal(t, want(present), got.Value.Reveal(), "%s, preview: %t", source, preview)
						require.True(t, got.Sensitive, source)
						req.Trace = true
						got, err = e.Evaluate(context.Background(), req)
						require.NoError(t, err, source)
						require.Equal(t, want(present), got.Value.Reveal(), "%s, traced", source)
						require.NotEmpty(t, got.Trace, source)
						last := got.Trace[len(got.Trace)-1]
						require.True(t, last.Value.Masked(), "%s: %v", source, got.Trace)
					}
				})
			}
		})
	}
}

// TestPresenceIsNoExcuse holds the errors that only the truth of a reference does
// not cover.
func TestPresenceIsNoExcuse(t *testing.T) {
	down := errors.New("down")
	for source, want := range map[string]engine.Code{"!!secrets.token": engine.SecretNotDeclared, "secrets[a] ? 1 : 2": engine.SecretNotDeclared} {
		e, err := engine.CompileExpression(source, engine.ExpressionOptions{})
		require.NoError(t, err)
		for _, required := range [][]string{{"cfg"}, {}} {
			req := &engine.Request{Vars: map[string]any{"a": "token"}, Secrets: presenceSecrets(t), Required: required}
			_, err = e.Evaluate(context.Background(), req)
			var failed *engine.Error
			require.ErrorAs(t, err, &failed, source)
			require.Equal(t, want, failed.Code, source)
		}
		req := &engine.Request{Vars: map[string]any{"a": "token"}, Secrets: failing{down}, Required: []string{"token"}}
		_, err = e.Evaluate(context.Background(), req)
		var failed *engine.Error
		require.ErrorAs(t, err, &failed, source)
		require.Equal(t, engine.ResolverUnavailable, failed.Code, source)
		req.Secrets = presenceSecrets(t)
		got, err := e.Evaluate(context.Background(), req)
		require.NoError(t, err)
		require.Contains(t, []any{true, int64(1)}, got.Value.Reveal())
		require.True(t, got.Sensitive)
	}
}

type failing struct{ err error }

func (f failing) Resolve(context.Context, []string, []macros.Status, []redact.Secret) error {
	return f.err
}
