package cel

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// someSecrets has secrets of each kind.
type someSecrets map[string]redact.Secret

func (s someSecrets) Status(alias string) macros.Status {
	if _, ok := s[alias]; ok {
		return macros.Known
	}
	return macros.Missing
}

func (s someSecrets) Secret(alias string) redact.Secret { return s[alias] }

// TestOddSourcesEndInOrder puts the pieces of the language together as they
// come: no panic, no error without a place in the source, no step outside it.
func TestOddSourcesEndInOrder(t *testing.T) {
	cfg, err := redact.NewJSON([]byte(`{"a":{"b":["x",1,null]}}`))
	require.NoError(t, err)
	secrets := someSecrets{"t": redact.NewSecret("tok-value"), "l": redact.NewCredentials("user", "pass"), "c": cfg}
	piece := rapid.SampledFrom([]string{
		"`", "${", "}", "`a${", "}`", "{", "(", ")", "[", "]", "<<", ">>", "<<Secrets.t>>", "<<secrets.c.a['b'][0]>>", "'<<secrets.c[\\'a\\']>>'", "'", "\"", "'''",
		"\\", "\n", "\r\n", " ", "//", "é", "😀", "secrets", "secrets.", "Secrets.t", "secrets.l", "secrets.c", "secrets.?", "secrets[", "secrets.c.a.b[0]", "secrets.weather-fx",
		".a", ".b", "[0]", "[?0]", ".?a", "['a']", ".`a`", "has(", "has(secrets.c.a)", "basic_auth(secrets.l)", ".map(x, x)", ".map(x, ", ".all(i, v, ", ".exists(", "cel.bind(x, ", "x", "n", "s", "user",
		"vars", "now()", "optional.of(", ".optMap(v, ", ".orValue(", ".size()", "matches(", "size(", "json_encode(", "json_decode('[1]')", "b'x'", "r'\\'", "1", "-1", "1u", "1.5", "true", "null", "+", "-", "*", "/", "%", "==", "&&", "||", "?", ":", ",", "!", "in", "{'a': ", "[1, 2]", "{b'x': 1}",
		"int", "type(", "google.protobuf.Timestamp{}", "timestamp(", "duration('1h')", ".format([", "@vars", "__sotto_text(", "__sotto_alias0", "$", ";", "=", "\x00", "\xff",
	})
	compiled := 0
	rapid.Check(t, func(t *rapid.T) {
		source := ""
		for _, p := range rapid.SliceOfN(piece, 1, 12).Draw(t, "pieces") {
			source += p
		}
		requireError := func(err error) {
			var failed *eval.Error
			require.True(t, errors.As(err, &failed), "%q", source)
			require.NotEqual(t, eval.Internal, failed.Code, "%q: %s", source, failed.Message)
			require.NotEmpty(t, failed.Message, "%q", source)
			require.LessOrEqual(t, failed.Pos, len(source), "%q", source)
			require.GreaterOrEqual(t, failed.Pos, 0, "%q", source)
			for _, ours := range []string{"sotto_", "@"} {
				require.True(t, !strings.Contains(failed.Message, ours) || strings.Contains(source, ours), "%q: %s", source, failed.Message)
			}
		}
		program, err := Compile(source, eval.Limits{}, nil)
		if err != nil {
			requireError(err)
			return
		}
		compiled++
		for _, given := range []eval.Given{{}, {Trace: true}, {Preview: true}, {Preview: true, Trace: true}} {
			given.Secrets = secrets
			out, err := evaluate(program, given, sampleVars())
			if err != nil {
				requireError(err)
			}
			for _, s := range out.Steps {
				require.True(t, 0 <= s.Pos && s.Pos < s.End && s.End <= len(source), "%q: %d to %d", source, s.Pos, s.End)
			}
		}
	})
	require.Positive(t, compiled)
}
