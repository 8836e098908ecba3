package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

const (
	token    = "tok-4f9a8b2c7d"
	password = "p@ss/w0rd+9"
)

// vault is a resolver that counts its calls and knows archived secrets.
type vault struct {
	secrets  engine.Map
	archived map[string]bool
	down     error
	calls    int
	opened   int
}

func (v *vault) Resolve(ctx context.Context, aliases []string, status []macros.Status, values []redact.Secret) error {
	v.calls++
	if v.down != nil {
		return v.down
	}
	if values != nil {
		v.opened++
	}
	err := v.secrets.Resolve(ctx, aliases, status, values)
	for i, alias := range aliases {
		if v.archived[alias] {
			status[i] = macros.Archived
		}
	}
	return err
}

func newVault(t testing.TB) *vault {
	cfg, err := redact.NewJSON([]byte(`{"db": {"host": "db-7f3a.internal", "port": 5432}, "api key": "ak-99887766",
		"hosts": ["h1-aaaa", "h2-bbbb"], "big": 12345678901234567890, "nothing": null}`))
	require.NoError(t, err)
	return &vault{
		secrets: engine.Map{
			"weather_fx": redact.NewSecret(token), "weather-fx": redact.NewSecret("hy-1234567"),
			"smtp": redact.NewCredentials("mailer-user", password), "cfg": cfg, "old": redact.NewSecret("old-value-1"),
			"crlf": redact.NewSecret("abcd1234\r\nX-Admin: yes"), "number": redact.NewSecret("20260101"), "encoding": redact.NewSecret("base64"),
		},
		archived: map[string]bool{"old": true},
	}
}

func TestSecretsInTemplates(t *testing.T) {
	for _, c := range []struct{ template, want string }{
		{`Bearer <<Secrets.weather_fx>>`, "Bearer " + token},
		{`{{ secrets["weather-fx"] }} <<SECRETS.Weather-FX>>`, "hy-1234567 hy-1234567"},
		{`{{ secrets.smtp.USERNAME }}:<<secrets.smtp.password>>`, "mailer-user:" + password},
		{`{{ secrets.smtp | basic_auth }}`, "bWFpbGVyLXVzZXI6cEBzcy93MHJkKzk="},
		{`{{ "mailer-user" | basic_auth: secrets.smtp.password }}`, "bWFpbGVyLXVzZXI6cEBzcy93MHJkKzk="},
		{`{{ secrets.cfg.db }} {{ secrets.cfg.hosts }}`, `{"host":"db-7f3a.internal","port":5432} ["h1-aaaa","h2-bbbb"]`},
		{`{{ secrets.cfg.hosts[-1] }} {{ secrets.cfg["api key"] }} {{ secrets.cfg.big }}`, "h2-bbbb ak-99887766 12345678901234567890"},
		{`{% for h in secrets.cfg.hosts %}{{ h }};{% endfor %}`, "h1-aaaa;h2-bbbb;"},
		{`{% for p in secrets.cfg.db %}{{ p[0] }}={{ p[1] }};{% endfor %}`, "host=db-7f3a.internal;port=5432;"},
		{`{% assign i = 1 %}{{ secrets.cfg.hosts[i] }}`, "h2-bbbb"},
		{`{% assign k = "db" %}{{ secrets.cfg[k].host }}`, "db-7f3a.internal"},
		{`{{ secrets.nope | default: secrets.weather_fx }}`, token},
		{`{{ secrets.old | default: "none" }}`, "none"},
		{`{{ secrets.cfg.nope | default: "none" }}`, "none"},
		{`{{ secrets.nope | upcase | default: "none" }}`, "none"},
		{`{% if no %}{{ secrets.nope }}{% endif %}ok`, "ok"},
		{`{% if secrets.weather_fx contains "tok" %}yes{% endif %}`, "yes"},
		{`{{ "x" | append: secrets.weather_fx | size }}`, "15"},
		{`{% capture c %}a {{ secrets.weather_fx }}{% endcapture %}{{ c }}`, "a " + token},
		{`{{ payload | hmac_sha256: secrets.weather_fx }}`, "87344ee944309337319436b21ca6048664861ed1c465e9e10e25cdc0c231a6a0"},
		{`{{ secrets.weather_fx | base64_encode }} {{ secrets.weather_fx | hex }}`, "dG9rLTRmOWE4YjJjN2Q= 746f6b2d34663961386232633764"},
		{`{{ "<<secrets.weather_fx>>" | append: data }}`, "<<secrets.weather_fx>>{{ secrets.weather_fx }}"},
	} {
		t.Run(c.template, func(t *testing.T) {
			got, err := rendered(c.template, engine.TemplateOptions{}, &engine.Request{
				Secrets: newVault(t), Vars: map[string]any{"payload": "hello", "data": "{{ secrets.weather_fx }}"},
			})
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestSecretErrors(t *testing.T) {
	for _, c := range []struct {
		name, template string
		required       []string
		want           string // code, then line:column of each detail
	}{
		{"all missing at once", "{{ secrets.a }}\n <<secrets.b>> {{ secrets.weather_fx }}", nil, "secret_missing 1:4 2:4"},
		{"archived", "{{ secrets.old }}", nil, "secret_archived 1:4"},
		{"missing when reached", "{% if true %}{{ secrets.nope }}{% endif %}", nil, "secret_missing 1:17"},
		{"missing fallback", "{{ secrets.nope | default: secrets.gone }}", nil, "secret_missing 1:28"},
		{"field required", "{{ secrets.smtp }}", nil, "field_required 1:4"},
		{"field required by a filter", "{{ secrets.smtp | upcase }}", nil, "field_required 1:4"},
		{"field missing", "{{ secrets.cfg.db.nope }}", nil, "field_missing 1:4"},
		{"field of a token", "{{ secrets.weather_fx.size }}", nil, "field_missing 1:4"},
		{"index out of range", "{{ secrets.cfg.hosts[2] }}", nil, "field_missing 1:4"},
		{"computed index out of range", "{% assign i = 9 %}{{ secrets.cfg.hosts[i] }}", nil, "field_missing 1:22"},
		{"declared before missing", "{{ secrets.nope }} {{ secrets.weather_fx }}", []string{"nope"}, "secret_not_declared 1:23"},
		{"missing before fields", "{{ secrets.smtp }} {{ secrets.nope }}", nil, "secret_missing 1:23"},
		{"computed needs a declaration", "{% assign a = 'smtp' %}{{ secrets[a] }}", nil, "secret_not_declared 1:27"},
		{"computed outside the declaration", "{% assign a = 'smtp' %}{{ secrets[a] }}", []string{"weather_fx"}, "secret_not_declared 1:27"},
		{"required is missing", "x", []string{"GONE"}, "secret_missing"},
		{"required is no alias", "x", []string{"a b"}, "invalid_request"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := rendered(c.template, engine.TemplateOptions{}, &engine.Request{Secrets: newVault(t), Required: c.required})
			var e *engine.Error
			require.ErrorAs(t, err, &e)
			got := string(e.Code)
			for _, d := range e.Details {
				require.Equal(t, e.Code, d.Code)
				if d.Line > 0 {
					got += fmt.Sprintf(" %d:%d", d.Line, d.Column)
				}
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestComputedAliasWithinTheDeclaration(t *testing.T) {
	got, err := rendered("{% assign a = 'WEATHER_fx' %}{{ secrets[a] }}", engine.TemplateOptions{},
		&engine.Request{Secrets: newVault(t), Required: []string{"weather_fx"}})
	require.NoError(t, err)
	require.Equal(t, token, got)
}

// What data may choose among counts as used: else a secret could be read without
// leaving a trace.
func TestWhatDataChoosesAmongIsUsed(t *testing.T) {
	req := &engine.Request{Required: []string{"SMTP", "weather_fx"}}
	partials := engine.TemplateOptions{Partials: engine.PartialMap{"p": "{{ secrets[a] }}"}}
	for source, want := range map[string][]string{
		"{{ secrets.cfg }}":               {"cfg"},
		"{{ secrets.cfg.hosts[i] }}":      {"cfg"},
		"{{ secrets[a] }}":                {"smtp", "weather_fx"},
		"{{ secrets[a] }}{{ secrets.b }}": {"b", "smtp", "weather_fx"},
		"{% render 'p', a: a %}":          {"smtp", "weather_fx"},
		"{% include name %}":              {"smtp", "weather_fx"},
	} {
		t.Run(source, func(t *testing.T) {
			template, err := engine.Compile(source, partials)
			require.NoError(t, err, source)
			require.Equal(t, want, template.Uses(req), source)
			require.Equal(t, want, engine.NewMessage(map[string]*engine.Template{"x": template}).Uses(req), source)
		})
	}
	expression, err := engine.CompileExpression("secrets[a]", engine.ExpressionOptions{})
	require.NoError(t, err)
	require.Equal(t, []string{"smtp", "weather_fx"}, expression.Uses(req))
	require.Equal(t, []string{"smtp", "weather_fx"}, engine.NewFlow(map[string]*engine.Expression{"x": expression}).Uses(req))
}

func TestOneResolveForAll(t *testing.T) {
	v := newVault(t)
	parts := make(map[string]*engine.Template)
	for name, source := range map[string]string{"title": "{{ secrets.weather_fx }}", "body": "{{ secrets.cfg.db.host }}{% if true %}{{ secrets.smtp.password }}{% endif %}"} {
		part, err := engine.Compile(source, engine.TemplateOptions{})
		require.NoError(t, err)
		parts[name] = part
	}
	m := engine.NewMessage(parts)
	require.Equal(t, []string{"cfg", "smtp", "weather_fx"}, m.Aliases())
	out, err := m.Render(t.Context(), &engine.Request{Secrets: v})
	require.NoError(t, err)
	require.Equal(t, token, out["title"].Reveal())
	require.Equal(t, "db-7f3a.internal"+password, out["body"].Reveal())
	require.Equal(t, 1, v.calls)
}

func TestMessageFailsAsAWhole(t *testing.T) {
	parts := make(map[string]*engine.Template)
	for name, source := range map[string]string{"a": "{{ secrets.gone }}", "b": "ok", "c": "\n{{ secrets.lost }}"} {
		part, err := engine.Compile(source, engine.TemplateOptions{})
		require.NoError(t, err)
		parts[name] = part
	}
	out, err := engine.NewMessage(parts).Render(t.Context(), &engine.Request{Secrets: newVault(t)})
	require.Nil(t, out)
	require.EqualError(t, err, `a:1:4: secret "gone" does not exist in this scope: create it or correct the name`+"\n"+
		`c:2:4: secret "lost" does not exist in this scope: create it or correct the name`)
}

func TestProviderDown(t *testing.T) {
	v := newVault(t)
	v.down = errors.New("dial " + token)
	_, err := rendered("{{ secrets.weather_fx | default: 'x' }}", engine.TemplateOptions{}, &engine.Request{Secrets: v})
	var e *engine.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, engine.ResolverUnavailable, e.Code)
	require.NotContains(t, fmt.Sprintf("%v %+v %#v", err, err, e), token)
}

func TestVariableCalledSecretsIsRefused(t *testing.T) {
	for _, name := range []string{"secrets", "Secrets", "SECRETS"} {
		_, err := rendered("x", engine.TemplateOptions{}, &engine.Request{Vars: map[string]any{name: 1}})
		var e *engine.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, engine.InvalidRequest, e.Code)
	}
}

func TestPreviewOpensNothing(t *testing.T) {
	for _, c := range []struct{ template, want string }{
		{"Bearer <<Secrets.Weather_FX>> {{ secrets.smtp.password }}", "Bearer [secrets.weather_fx] [secrets.smtp.password]"},
		{`{% if secrets.weather_fx == "` + token + `" %}yes{% else %}no{% endif %}`, "no"},
		{"{{ secrets.weather_fx | size }}", "20"},
		{"{{ secrets.cfg.hosts[0] }}{{ secrets.cfg.nope }}", "[secrets.cfg.hosts[0]][secrets.cfg.nope]"},
		{"{{ secrets.nope | default: secrets.weather_fx }}", "[secrets.weather_fx]"},
		{"{{ secrets.smtp | basic_auth | base64_decode }}", "[secrets.smtp]"},
		{"{% for h in secrets.cfg.hosts %}{{ h }};{% endfor %}", "[secrets.cfg.hosts];"},
		{"{{ 'x' | hmac_sha256: secrets.weather_fx }}", "6d48f5e8dc0a94ff1b6c3c4a7d2b0ae3"},
	} {
		t.Run(c.template, func(t *testing.T) {
			v := newVault(t)
			got, err := rendered(c.template, engine.TemplateOptions{}, &engine.Request{Secrets: v, Preview: true})
			require.NoError(t, err)
			require.Zero(t, v.opened)
			if strings.Contains(c.template, "hmac") {
				require.Len(t, got, 64)
				return
			}
			require.Equal(t, c.want, got)
		})
	}
	_, err := rendered("{{ secrets.gone }}", engine.TemplateOptions{}, &engine.Request{Secrets: newVault(t), Preview: true})
	require.ErrorContains(t, err, "does not exist")
}

// TestDerivedValuesAreRedacted: what filters, captures and joins make of a
// secret is known to its redactors before the render returns.
func TestDerivedValuesAreRedacted(t *testing.T) {
	v := newVault(t)
	r := redact.New()
	for _, secret := range v.secrets {
		r.Add(secret)
	}
	for _, template := range []string{
		`{{ secrets.weather_fx | upcase }}`,
		`{% assign x = secrets.weather_fx | reverse | first | upcase %}{{ x }}`,
		`{% assign x = secrets.weather_fx | replace: "4f9a", "ZZZZ" %}{% assign y = x | capitalize %}{{ y }}`,
		`{% assign x = secrets.weather_fx | split: "-" %}{{ x[1] | upcase }}`,
		`{% assign x = secrets.weather_fx | split: "-" %}{{ x[1] }}`,
		`{{ secrets.cfg["api key"] | truncate: 9, "" | upcase }}`,
		`{% capture c %}{{ secrets.weather_fx | slice: 0, 4 }}{{ secrets.weather_fx | slice: 8, 6 }}{% endcapture %}{{ c | downcase }}`,
		`{{ "payload" | hmac_sha256: secrets.weather_fx }}`,
		`{{ "payload" | hmac: secrets.weather_fx, "sha512", "base64" }}`,
		`{{ "SmVmZQ==" | hmac: "SmVmZQ==", "sha1", "hex", key: secrets.encoding }}`,
		`{{ '{"sub":"1"}' | jwt: secrets.weather_fx, "HS256" }}`,
		`{{ secrets.weather_fx | md5 }}`,
		`{{ secrets.weather_fx | sha256 }}`,
		`{{ secrets.smtp | basic_auth }}`,
		`{{ secrets.number | plus: 1 }}`,
		`{{ secrets.number | times: 1.5 }}`,
		`{{ secrets.cfg.db | json | upcase }}`,
		`{{ secrets.weather_fx | base64_encode | downcase }}`,
		`{% render "p", v: secrets.weather_fx %}`,
		`{% assign l = "a-list" | split: "," %}{% assign s = secrets.weather_fx | upcase | split: "," %}{{ l | concat: s | last }}`,
	} {
		t.Run(template, func(t *testing.T) {
			got, err := rendered(template, engine.TemplateOptions{Partials: engine.PartialMap{"p": "{{ v | upcase }}"}}, &engine.Request{Secrets: v})
			require.NoError(t, err, template)
			require.Equal(t, redact.Mask, r.String(got), template)
		})
	}
	got, err := rendered(`{{ secrets.cfg.hosts | join: "+" }}`, engine.TemplateOptions{}, &engine.Request{Secrets: v})
	require.NoError(t, err)
	require.Equal(t, redact.Mask+"+"+redact.Mask, r.String(got), "a text of known values needs no entry of its own")
	got, err = rendered(`{{ x | upcase }}{{ secrets.weather_fx | size }}`, engine.TemplateOptions{}, &engine.Request{Secrets: v, Vars: map[string]any{"x": "harmless"}})
	require.NoError(t, err)
	require.Equal(t, got, r.String(got), "what no secret is part of stays readable")
}

// TestErrorsHoldNoValue renders templates that fail on secrets and on private
// data, and looks for either in all that an error prints.
func TestErrorsHoldNoValue(t *testing.T) {
	const private = "private-55221"
	partials := engine.PartialMap{private: "{{ 1 | divided_by: 0 }}", token: "{{ 1 | divided_by: 0 }}"}
	for _, context := range []engine.Context{engine.TextContext, engine.JSONContext, engine.HTMLContext, engine.URLContext, engine.HeaderContext} {
		t.Run(context.String(), func(t *testing.T) {
			for _, template := range []string{
				`{{ secrets.weather_fx | divided_by: 0 }}`, `{{ 1 | divided_by: secrets.weather_fx }}`,
				`{{ secrets.weather_fx | base64_decode }}`, `{{ "%zz" | append: secrets.weather_fx | url_decode }}`,
				`{{ "x" | slice: secrets.weather_fx }}`, `{{ "x" | truncate: secrets.weather_fx }}`,
				`{{ secrets.cfg.hosts | map: x | sort: secrets.weather_fx }}`, `{{ secrets.cfg.hosts | concat: secrets.weather_fx }}`,
				`{% if secrets.weather_fx > 1 %}{% endif %}`, `{% if x < 1 %}{% endif %}`,
				`{% for i in (1..3) limit: secrets.weather_fx %}{% endfor %}`, `{% for i in (1..3) offset: x %}{% endfor %}`,
				`{% for i in (1..secrets.number) %}{{ i }}{% endfor %}`, `{% tablerow i in (1..3) cols: secrets.weather_fx %}{% endtablerow %}`,
				`{{ list[secrets.weather_fx].a | divided_by: 0 }}`, `{{ secrets.cfg[secrets.weather_fx] }}`, `{{ secrets.cfg[x] }}`,
				`{{ secrets[secrets.weather_fx] }}`, `{{ secrets[x] }}`, `{{ [x] }}{{ [secrets.weather_fx].y }}`,
				`{% include secrets.weather_fx %}`, `{% include x %}`, `{% assign n = secrets.weather_fx | append: "x" %}{% render "p", a: n %}`,
				`{{ secrets.crlf }}`, `{{ secrets.weather_fx | raw }}`, `{"a":{{ secrets.weather_fx | raw }}}`, `https://{{ secrets.crlf }}/`,
				`{{ secrets.smtp | upcase }}`, `{{ secrets.weather_fx | basic_auth }}`, `{{ x | hmac_sha256: "" }}`,
				`{{ x | hmac: secrets.weather_fx, x }}`, `{{ x | hmac: "k", "sha1", secrets.weather_fx }}`, `{{ x | hmac: secrets.weather_fx, key: "hex" }}`,
				`{{ x | jwt: secrets.weather_fx, "HS256" }}`, `{{ '{"a":1}' | jwt: secrets.weather_fx, "RS256" }}`, `{{ secrets.cfg.db | jwt: x, "ES256", secrets.cfg.db }}`,
				`{{ secrets.cfg.hosts | where: secrets.weather_fx, x }}{{ 3 | map: secrets.weather_fx }}`, `{{ drop.boom }}`, `{{ drop }}`,
				`{{ x }}{{ missing[x] }}{{ list[x] }}`,
			} {
				t.Run(template, func(t *testing.T) {
					_, err := rendered(template, engine.TemplateOptions{Context: context, Partials: partials}, &engine.Request{
						Secrets: newVault(t), Strict: true, Required: nil,
						Vars: map[string]any{"x": private, "list": []any{private}, "drop": bomb{private}},
					})
					if err == nil {
						return
					}
					var e *engine.Error
					require.ErrorAs(t, err, &e, template)
					text := fmt.Sprintf("%v %+v %#v %q", err, err, e.Details, e.Details)
					raw, jsonErr := json.Marshal(e)
					require.NoError(t, jsonErr)
					for _, value := range []string{token, private, "20260101", "X-Admin", "h1-aaaa", password} {
						require.NotContains(t, text+string(raw), value, template)
					}
				})
			}
		})
	}
}

// bomb is a drop whose own method fails with its data.
type bomb struct{ text string }

func (b bomb) String() string { panic(b.text) }

func TestPanicOfADropStaysInside(t *testing.T) {
	for _, strict := range []bool{false, true} {
		_, err := rendered("{{ drop }}", engine.TemplateOptions{}, &engine.Request{Strict: strict, Vars: map[string]any{"drop": bomb{"boom"}}})
		var e *engine.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, engine.Internal, e.Code)
	}
}

func TestOutputPrintsMasked(t *testing.T) {
	compiled, err := engine.Compile("Bearer <<secrets.weather_fx>>", engine.TemplateOptions{})
	require.NoError(t, err)
	p, err := compiled.Prepare(t.Context(), &engine.Request{Secrets: newVault(t)})
	require.NoError(t, err)
	out, err := compiled.Render(t.Context(), &engine.Request{Secrets: newVault(t)})
	require.NoError(t, err)
	raw, err := json.Marshal(out)
	require.NoError(t, err)
	require.NotContains(t, fmt.Sprintf("%v %+v %#v %s %d %x", out, out, out, out, out, out)+string(raw), token)
	require.NotContains(t, fmt.Sprintf("%v %+v %#v", compiled, compiled, compiled), token)
	require.NotContains(t, fmt.Sprintf("%v %+v %#v %v %#v", p, p, p, *p, *p), token, "a prepared template holds values, so it prints masked too")
}

func TestSecretsAmongTheVariables(t *testing.T) {
	secret := redact.NewSecret(token)
	r := redact.New(secret)
	got, err := rendered(`{{ list | join: "+" | upcase }}`, engine.TemplateOptions{}, &engine.Request{Vars: map[string]any{"list": []any{secret}}})
	require.NoError(t, err)
	require.Equal(t, strings.ToUpper(token), got)
	require.Equal(t, redact.Mask, r.String(got))
}
