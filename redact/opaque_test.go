package redact_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"text/template"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
)

// canary is found in the output of a test only if something leaks.
const canary = "canary-4f9a8b2c7d"

type holder struct {
	Exported   redact.Secret
	unexported redact.Secret
	Output     redact.Sensitive[string]
	output     redact.Sensitive[map[string]any]
	Pointer    *redact.Secret
	Redactor   *redact.Redactor
	redactor   *redact.Redactor
	Writer     *redact.Writer
	Handler    *redact.Handler
	Error      error
	err        error
}

// opaqueValues are all opaque types, holding the canary, in every position.
func opaqueValues(t *testing.T) map[string]any {
	t.Helper()
	token := redact.NewSecret(canary)
	tree, err := redact.NewJSON([]byte(`{"key":["` + canary + `"]}`))
	require.NoError(t, err)
	derived := token.Derive("derived-" + canary)
	r := redact.New(token, tree, redact.NewCredentials(canary, canary))
	r.String("so that its index is built: " + canary)
	w := r.Writer(new(bytes.Buffer))
	_, err = w.Write([]byte("held back: " + canary[:10]))
	require.NoError(t, err)
	h := r.Handler(slog.NewTextHandler(new(bytes.Buffer), nil)).
		WithAttrs([]slog.Attr{slog.String("k", canary)}).WithGroup(canary).(*redact.Handler)
	clean := r.Error(fmt.Errorf("outer: %w", errors.New(canary)))
	all := holder{
		Exported: token, unexported: token, Pointer: &token,
		Output: redact.NewSensitive(canary), output: redact.NewSensitive(map[string]any{"a": canary}),
		Redactor: r, redactor: r, Writer: w, Handler: h, Error: clean, err: clean,
	}
	return map[string]any{
		"token": token, "token pointer": &token, "json": tree, "derived": derived,
		"credentials":       redact.NewCredentials(canary, canary),
		"sensitive":         redact.NewSensitive(canary),
		"sensitive pointer": new(redact.NewSensitive(canary)),
		"sensitive bytes":   redact.NewSensitive([]byte(canary)),
		"redactor":          r, "redactor value": *r, "writer": w, "handler": h, "error": clean,
		"struct": all, "struct pointer": &all,
		"slice": []redact.Secret{token}, "any slice": []any{token, &all},
		"array":     [1]redact.Secret{token},
		"map value": map[string]redact.Secret{"k": token},
		"map key":   map[redact.Secret]int{token: 1},
		"in an error": fmt.Errorf("failed with %v, %s, %q, %#v, %d, %x: %w",
			token, token, token, token, token, token, clean),
	}
}

func requireNoCanary(t *testing.T, out string, how ...any) {
	t.Helper()
	hex := fmt.Sprintf("%x", canary)
	for _, form := range []string{canary, hex, strings.ToUpper(hex), fmt.Sprint([]byte(canary)), "Y2FuYXJ5LTRmOWE4YjJjN2"} {
		require.NotContains(t, out, strings.Trim(form, "[]"), how...)
	}
}

func TestOpaqueValuesAreMaskedByEveryVerb(t *testing.T) {
	verbs := "vTtbcoOqxXUeEfFgGspdw"
	flags := []string{"", "+", "#", "-", " ", "0", "20", ".3", "+#", "# ", "-020.40"}
	for name, v := range opaqueValues(t) {
		t.Run(name, func(t *testing.T) {
			for _, verb := range verbs {
				for _, flag := range flags {
					format := "%" + flag + string(verb)
					requireNoCanary(t, fmt.Sprintf(format, v), format)
				}
			}
			requireNoCanary(t, fmt.Sprint(v)+fmt.Sprintln(v))
		})
	}
}

func TestOpaqueValuesAreMaskedByEncoders(t *testing.T) {
	for name, v := range opaqueValues(t) {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if text, err := json.Marshal(v); err == nil {
				out.Write(text)
			} else {
				fmt.Fprint(&out, err)
			}
			if text, err := xml.Marshal(v); err == nil {
				out.Write(text)
			} else {
				fmt.Fprint(&out, err)
			}
			if err := gob.NewEncoder(&out).Encode(v); err != nil {
				fmt.Fprint(&out, err)
			}
			tpl := template.Must(template.New("").Parse(`{{ . }} {{ printf "%v %s" . . }}`))
			if err := tpl.Execute(&out, v); err != nil {
				fmt.Fprint(&out, err)
			}
			for _, h := range []slog.Handler{
				slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil),
			} {
				l := slog.New(h)
				l.Info("direct", "v", v)
				l.With("v", v).WithGroup("g").Info("with", slog.Group("g2", "v", v), "list", []any{v})
			}
			requireNoCanary(t, out.String())
		})
	}
}

func TestSecretEncodesAsMask(t *testing.T) {
	text, err := json.Marshal(map[string]any{
		"s": redact.NewSecret(canary), "o": redact.NewSensitive(canary),
		"m": map[redact.Secret]int{redact.NewSecret(canary): 1},
	})
	require.NoError(t, err)
	require.JSONEq(t, `{"s":"[REDACTED]","o":"[REDACTED]","m":{"[REDACTED]":1}}`, string(text))
}

// TestReflectionFindsNothing walks values as debug printers such as spew do:
// through pointers, interfaces and unexported fields, raw bytes included.
func TestReflectionFindsNothing(t *testing.T) {
	for name, v := range opaqueValues(t) {
		t.Run(name, func(t *testing.T) {
			walker := reflectWalker{seen: make(map[unsafe.Pointer]bool)}
			walker.walk(reflect.ValueOf(v), 0)
			requireNoCanary(t, walker.out.String())
			require.NotContains(t, walker.out.String(), canary[:8])
		})
	}
}

type reflectWalker struct {
	out  strings.Builder
	seen map[unsafe.Pointer]bool
}

func (w *reflectWalker) walk(v reflect.Value, depth int) {
	if depth > 40 {
		return
	}
	switch v.Kind() {
	case reflect.String:
		w.out.WriteString(v.String() + "\n")
	case reflect.Pointer:
		if p := v.UnsafePointer(); p != nil && !w.seen[p] {
			w.seen[p] = true
			w.walk(v.Elem(), depth+1)
		}
	case reflect.Interface:
		if !v.IsNil() {
			w.walk(v.Elem(), depth+1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			w.walk(v.Field(i), depth+1)
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			for i := range v.Len() {
				w.out.WriteByte(byte(v.Index(i).Uint()))
			}
			return
		}
		for i := range min(v.Len(), 1000) {
			w.walk(v.Index(i), depth+1)
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			w.walk(it.Key(), depth+1)
			w.walk(it.Value(), depth+1)
		}
	}
}
