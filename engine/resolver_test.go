package engine_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

const lateValue = "late-5d1f7b3e99"

// late is a resolver that gives up and writes what it finds afterwards.
type late struct {
	panics bool
	writes []func()
}

func (l *late) Resolve(_ context.Context, _ []string, status []macros.Status, values []redact.Secret) error {
	l.writes = append(l.writes, func() {
		for i := range status {
			status[i], values[i] = macros.Known, redact.NewSecret(lateValue)
		}
	})
	if l.panics {
		panic("the provider is broken")
	}
	return errors.New("the provider does not answer")
}

// lateBetween knows one alias and lets a late resolver write while it answers.
type lateBetween struct{ late *late }

func (r lateBetween) Resolve(_ context.Context, aliases []string, status []macros.Status, values []redact.Secret) error {
	for i, alias := range aliases {
		if status[i] = macros.Missing; alias == "own" {
			status[i], values[i] = macros.Known, redact.NewSecret("own-value")
		}
	}
	for _, write := range r.late.writes {
		write()
	}
	return nil
}

// TestLateResolver has one tenant's resolver fail and write later, and looks
// for what it wrote in what other tenants get.
func TestLateResolver(t *testing.T) {
	template, err := engine.Compile(`{{ secrets.own }}{{ secrets.other | default: "-" }}`, engine.TemplateOptions{})
	require.NoError(t, err)
	message := engine.NewMessage(map[string]*engine.Template{"body": template})
	expression, err := engine.CompileExpression(`secrets.own + secrets.?other.orValue("-")`, engine.ExpressionOptions{})
	require.NoError(t, err)
	flow := engine.NewFlow(map[string]*engine.Expression{"body": expression})

	ways := map[string]func(*engine.Request) (string, error){
		"template": func(req *engine.Request) (string, error) {
			out, err := template.Append(t.Context(), req, nil)
			return string(out), err
		},
		"message": func(req *engine.Request) (string, error) {
			out, err := message.Render(t.Context(), req)
			if err != nil {
				return "", err
			}
			return out["body"].Reveal(), nil
		},
		"expression": func(req *engine.Request) (string, error) {
			out, err := expression.Evaluate(t.Context(), req)
			if err != nil {
				return "", err
			}
			return out.Value.Reveal().(string), nil
		},
		"flow": func(req *engine.Request) (string, error) {
			out, err := flow.Evaluate(t.Context(), req)
			if err != nil {
				return "", err
			}
			return out["body"].Value.Reveal().(string), nil
		},
	}
	for failing, fail := range ways {
		for other, use := range ways {
			for _, panics := range []bool{false, true} {
				name := failing + " then " + other
				if panics {
					name += ", after a panic"
				}
				t.Run(name, func(t *testing.T) {
					// A pool gives back what it likes: often enough it is the
					// room of the call before.
					for range 50 {
						l := &late{panics: panics}
						func() {
							defer func() { require.Equal(t, panics, recover() != nil) }()
							_, err := fail(&engine.Request{Secrets: l})
							require.Error(t, err)
						}()
						got, err := use(&engine.Request{Secrets: lateBetween{l}})
						require.NoError(t, err)
						require.Equal(t, "own-value-", got)
					}
				})
			}
		}
	}
}

// TestLateResolverConcurrently is the same with the writes at any time.
func TestLateResolverConcurrently(t *testing.T) {
	template, err := engine.Compile(`{{ secrets.own }}`, engine.TemplateOptions{})
	require.NoError(t, err)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				l := &late{}
				_, err := template.Append(t.Context(), &engine.Request{Secrets: l}, nil)
				if err == nil {
					t.Error("a resolver that failed must fail the render")
				}
				wg.Go(func() { l.writes[0]() })
				out, err := template.Append(t.Context(), &engine.Request{
					Secrets: engine.Map{"own": redact.NewSecret("own-value")},
				}, nil)
				if err != nil || string(out) != "own-value" {
					t.Errorf("another tenant's render yields %d bytes and the error %v", len(out), err)
				}
			}
		})
	}
	wg.Wait()
}
