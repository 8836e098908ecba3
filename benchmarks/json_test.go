package benchmarks

import (
	"bytes"
	"encoding/json"
	"testing"
	"text/template"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
)

// payload is a JSON body of about 1 KiB with the notification's variables and
// secrets inside its strings.
const payload = `{
  "channel": "push",
  "auth": {"token": "%!push_token%", "key": "%!api_key%"},
  "recipient": {"first_name": "%first_name%", "last_name": "%last_name%", "locale": "en-GB", "consent": true},
  "title": "Your order %order_id% is on its way",
  "body": "It left our warehouse this morning. You can follow the parcel at any time; the page is kept up to date by the carrier.",
  "link": "https://parcels.example.com/%carrier%/%tracking_id%?signature=%!link_key%",
  "facts": [
    {"label": "Expected", "value": "%delivery_date%", "hint": "between eight in the morning and six in the evening"},
    {"label": "Amount", "value": "%amount%", "hint": "charged to the card that you gave us"},
    {"label": "Shop", "value": "%city%", "hint": "see you soon"}
  ],
  "footer": "You may return what you do not like within thirty days, free of charge, with the label that lies in the parcel.",
  "ttl": 86400, "priority": "normal", "collapse": false
}
`

// payloadVars are the notification's, with something to escape.
func payloadVars() map[string]any {
	vars := map[string]any{}
	for name, v := range notificationVars {
		vars[name] = v
	}
	vars["last_name"], vars["city"] = `Hamilton "Peggy"`, "Cambridge\nMA"
	return vars
}

func payloadRenderers() []rival {
	vars, secrets := payloadVars(), notificationSecrets
	all := flat(vars, secrets)
	return []rival{
		{"sotto", func() (renderer, error) {
			t, err := engine.Compile(spell(payload, "{{ %s }}", "<<Secrets.%s>>"), engine.TemplateOptions{Context: engine.JSONContext})
			if err != nil {
				return nil, err
			}
			return prepared(t, vars, secrets)
		}},
		{"loop", func() (renderer, error) { return escapingLoop(pieces(payload), vars, secrets), nil }},
		{"text-template", func() (renderer, error) {
			t, err := template.New("").Funcs(template.FuncMap{"json": jsonText}).Parse(spell(payload, "{{json .%s}}", "{{json .%s}}"))
			if err != nil {
				return nil, err
			}
			return func(dst []byte) ([]byte, error) {
				w := bytes.NewBuffer(dst)
				err := t.Execute(w, all)
				return w.Bytes(), err
			}, nil
		}},
	}
}

// jsonText is what one writes for text/template: encode, and cut the quotes off.
func jsonText(s string) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(s)
	return b.String()[1 : b.Len()-2], err
}

// escapingLoop is the limit: the loop over pieces, escaping each value.
func escapingLoop(list []piece, vars map[string]any, secrets map[string]string) renderer {
	return func(dst []byte) ([]byte, error) {
		for _, p := range list {
			dst = append(dst, p.literal...)
			switch {
			case p.secret:
				dst = escapeLoop(dst, secrets[p.name])
			case p.name != "":
				dst = escapeLoop(dst, vars[p.name].(string))
			}
		}
		return dst, nil
	}
}

// escapeLoop is the plain loop that one would write by hand.
func escapeLoop(dst []byte, s string) []byte {
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' && c < utf8.RuneSelf {
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, s[from:i]...), "\ufffd"...)
				from = i + 1
			}
			i += size - 1
			continue
		}
		dst = append(dst, s[from:i]...)
		from = i + 1
		switch c {
		case '\n':
			dst = append(dst, `\n`...)
		case '"', '\\':
			dst = append(dst, '\\', c)
		default:
			dst = append(dst, '\\', 'u', '0', '0', "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		}
	}
	return append(dst, s[from:]...)
}

func TestPayloadsAgree(t *testing.T) {
	want := ""
	for _, c := range payloadRenderers() {
		render, err := c.make()
		require.NoError(t, err)
		got, err := render(nil)
		require.NoError(t, err)
		require.True(t, json.Valid(got))
		if want == "" {
			want = string(got)
		}
		require.Equal(t, want, string(got), c.name)
	}
}

func BenchmarkJSON(b *testing.B) {
	for _, c := range payloadRenderers() {
		render, err := c.make()
		require.NoError(b, err)
		b.Run("1KiB/"+c.name, func(b *testing.B) { measure(b, render) })
	}
}
