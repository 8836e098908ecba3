package engine_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/redact"
)

const derivingKey = "Zq7Xv9Kj2Wp4-Hb6Nm1Ls8"

// deriving sends source, which computes with the secret k and the variable v, and returns
// a redactor that knew the secret before.
func deriving(t *testing.T, language engine.Language, source string) *redact.Redactor {
	t.Helper()
	k := redact.NewSecret(derivingKey)
	redactor := redact.New(k)
	in := &engine.Request{Secrets: engine.Map{"k": k}, Vars: map[string]any{"v": "variable-text", "o": map[string]any{"list": []any{"deep-in-vars"}}}}
	if language == engine.Liquid {
		template, err := engine.Compile(source, engine.TemplateOptions{})
		require.NoError(t, err)
		_, err = template.Render(t.Context(), in)
		require.NoError(t, err)
		return redactor
	}
	e, err := engine.CompileExpression(source, engine.ExpressionOptions{Language: language})
	require.NoError(t, err)
	_, err = e.Evaluate(t.Context(), in)
	require.NoError(t, err)
	return redactor
}

func TestWhatIsMadeOfASecretIsRedacted(t *testing.T) {
	sum := sha256.Sum256([]byte(derivingKey))
	hash, reversed := hex.EncodeToString(sum[:]), "8sL1mN6bH-4pW2jK9vX7qZ"
	for _, test := range []struct {
		name     string
		language engine.Language
		source   string
		made     string
	}{
		{"hash in a template", engine.Liquid, `{{ secrets.k | sha256 }}`, hash},
		{"hash in CEL", engine.CEL, `sha256(secrets.k)`, hash},
		{"hash in JavaScript", engine.JavaScript, `sha256(secrets.k)`, hash},
		{"hash that a condition looks at alone", engine.JavaScript, `sha256(secrets.k).length > 3`, hash},
		{"text that a function made", engine.JavaScript, `secrets.k.split("").reverse().join("")`, reversed},
		{"half of a template's list", engine.Liquid, `{{ secrets.k | split: "-" | last }}`, "Hb6Nm1Ls8"},
		{"half of a list in CEL", engine.CEL, `secrets.k.split("-")[1]`, "Hb6Nm1Ls8"},
		{"half of a list in JavaScript", engine.JavaScript, `secrets.k.split("-")[1]`, "Hb6Nm1Ls8"},
		{"slice", engine.JavaScript, `secrets.k.slice(13)`, "Hb6Nm1Ls8"},
	} {
		t.Run(test.name, func(t *testing.T) {
			redactor := deriving(t, test.language, test.source)
			require.Equal(t, "a "+redact.Mask+" b", redactor.String("a "+test.made+" b"))
		})
	}
}

// TestWhatWasWrittenIsNotDerived holds that what a secret chooses among, or cuts out of a
// text together with it, stays innocent.
func TestWhatWasWrittenIsNotDerived(t *testing.T) {
	for _, test := range []struct {
		name     string
		language engine.Language
		source   string
		innocent string
	}{
		{"literal that CEL chose", engine.CEL, `(secrets.k == "x" ? "service-down" : "service-ok-now").trim()`, "service-ok-now"},
		{"literal that JavaScript chose", engine.JavaScript, `(secrets.k == "x" ? "service-down" : "service-ok-now").trim()`, "service-ok-now"},
		{"variable that CEL chose", engine.CEL, `[v, "other-thing"].filter(x, x != secrets.k)[0].trim()`, "variable-text"},
		{"variable beside the secret", engine.JavaScript, `(secrets.k + "|" + v).split("|")[1]`, "variable-text"},
		{"variable far below", engine.CEL, `(secrets.k + "|" + vars.o.list[0]).split("|")[1]`, "deep-in-vars"},
		{"literal beside the secret", engine.CEL, `(secrets.k + "|service-ok-now").split("|")[1]`, "service-ok-now"},
		{"line of a capture", engine.Liquid, "{% capture m %}service-ok-now\n{{ secrets.k }}{% endcapture %}{{ m | newline_to_br | split: '<br />' | first | strip }}", "service-ok-now"},
		{"variable in a template", engine.Liquid, `{{ secrets.k | append: "|" | append: v | split: "|" | last }}`, "variable-text"},
		{"literal that replaces", engine.Liquid, `{{ secrets.k | replace: secrets.k, "service-ok-now" }}`, "service-ok-now"},
	} {
		t.Run(test.name, func(t *testing.T) {
			redactor := deriving(t, test.language, test.source)
			require.Equal(t, "a "+test.innocent+" b", redactor.String("a "+test.innocent+" b"))
			require.Equal(t, redact.Mask, redactor.String(derivingKey))
		})
	}
}
