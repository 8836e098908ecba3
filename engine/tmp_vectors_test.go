package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

type archived struct {
	engine.Map
	gone map[string]bool
}

func (a archived) Resolve(ctx context.Context, aliases []string, status []macros.Status, values []redact.Secret) error {
	a.Map.Resolve(ctx, aliases, status, values)
	for i, x := range aliases {
		if a.gone[x] {
			status[i] = macros.Archived
		}
	}
	return nil
}

func TestTmpVectors(t *testing.T) {
	for _, f := range []string{"language", "context", "errors", "preview"} {
		raw, _ := os.ReadFile("/work/shared/vectors/" + f + ".json")
		var vs []struct {
			Name, Call string
			Secrets    []struct {
				Alias, Type string
				Value       json.RawMessage
				Archived    bool
			}
			Request struct {
				Template, Context, Syntax, Mode string
				Vars                            json.RawMessage
				Required                        []string `json:"required_secrets"`
				Strict                          bool     `json:"strict_variables"`
			}
			Want struct {
				Output *string
				Code   string
				Errors []map[string]any
			}
		}
		if err := json.Unmarshal(raw, &vs); err != nil {
			t.Fatal(err)
		}
		for _, v := range vs {
			if v.Call != "render" || v.Request.Template == "" {
				continue
			}
			m := archived{engine.Map{}, map[string]bool{}}
			for _, s := range v.Secrets {
				var sec redact.Secret
				switch s.Type {
				case "json":
					sec, _ = redact.NewJSON(s.Value)
				case "username_password":
					var c struct{ Username, Password string }
					json.Unmarshal(s.Value, &c)
					sec = redact.NewCredentials(c.Username, c.Password)
				default:
					var x string
					json.Unmarshal(s.Value, &x)
					sec = redact.NewSecret(x)
				}
				m.Map[strings.ToLower(s.Alias)] = sec
				m.gone[strings.ToLower(s.Alias)] = s.Archived
			}
			cx, _ := engine.ParseContext(v.Request.Context)
			sx, _ := macros.ParseSyntax(v.Request.Syntax)
			vars := map[string]any{}
			if len(v.Request.Vars) > 0 {
				vars, _ = engine.DecodeVars(v.Request.Vars)
			}
			out, err := func() (engine.Output, error) {
				c, err := engine.Compile(v.Request.Template, engine.TemplateOptions{Context: cx, Syntax: sx})
				if err != nil {
					return engine.Output{}, err
				}
				return c.Render(context.Background(), &engine.Request{Vars: vars, Secrets: m, Preview: v.Request.Mode == "preview", Strict: v.Request.Strict, Required: v.Request.Required})
			}()
			if v.Want.Output != nil {
				if err != nil || out.Reveal() != *v.Want.Output {
					t.Errorf("%s: got %q, %v want %q", v.Name, out.Reveal(), err, *v.Want.Output)
				}
				continue
			}
			var e *engine.Error
			if !errors.As(err, &e) || string(e.Code) != v.Want.Code {
				t.Errorf("%s: got %q %v, want %s", v.Name, out.Reveal(), err, v.Want.Code)
				continue
			}
			for i, w := range v.Want.Errors {
				if i >= len(e.Details) {
					t.Errorf("%s: details %v", v.Name, e.Details)
					break
				}
				d, _ := json.Marshal(e.Details[i])
				var g map[string]any
				json.Unmarshal(d, &g)
				for k, x := range w {
					if g[k] != x {
						t.Errorf("%s: %s got %v want %v", v.Name, k, g[k], x)
					}
				}
			}
		}
	}
}
