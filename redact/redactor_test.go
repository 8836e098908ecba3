package redact_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
)

func secrets(values ...string) []redact.Secret {
	out := make([]redact.Secret, len(values))
	for i, v := range values {
		out[i] = redact.NewSecret(v)
	}
	return out
}

func TestRedactorMasksValues(t *testing.T) {
	const m = redact.Mask
	tests := map[string]struct {
		values     []string
		text, want string
	}{
		"alone":                  {[]string{"hunter2!"}, "hunter2!", m},
		"twice":                  {[]string{"hunter2!"}, "a hunter2! b hunter2! c", "a " + m + " b " + m + " c"},
		"adjacent become one":    {[]string{"the-first", "the-second"}, "the-firstthe-second the-firstthe-first", m + " " + m},
		"overlapping become one": {[]string{"abcdefgh", "defghijk"}, "-abcdefghijk-", "-" + m + "-"},
		"one inside the other":   {[]string{"cdef", "abcdefgh"}, "abcdefgh cdef", m + " " + m},
		"prefix of another":      {[]string{"token-01", "token-0123"}, "token-0123 token-012", m + " " + m + "2"},
		"overlapping itself":     {[]string{"abababab"}, "ababababab", m},
		"inside a longer one that does not match": {
			[]string{strings.Repeat("ab", 10), "zz" + strings.Repeat("ab", 20)},
			"zz" + strings.Repeat("ab", 12) + "!", "zz" + m + "!",
		},
		"an escaped line of a value": {[]string{"the first line\n\tthe \"second\" line"}, `the \"second\" line`, m},
		"short as whole word":        {[]string{"qzx7"}, "qzx7 xqzx7 qzx7x a_qzx7 (qzx7) qzx7", m + " xqzx7 qzx7x a_" + m + " (" + m + ") " + m},
		"short behind escapes":       {[]string{"qzx7"}, `\nqzx7 %3Dqzx7 \u00e9qzx7 =3Dqzx7 nqzx7`, `\n` + m + " %3D" + m + ` \u00e9` + m + " =3D" + m + " nqzx7"},
		"short behind a colour":      {[]string{"qzx7"}, "\x1b[0;31mqzx7\x1b[0m", "\x1b[0;31m" + m + "\x1b[0m"},
		"common behind a key":        {[]string{"7"}, "7 77 a7 7:7 pin=7 --token 7 {\"key\": \"7\"} <pwd>7</pwd> port=7", "7 77 a7 7:7 pin=" + m + " --token " + m + " {\"key\": \"" + m + "\"} <pwd>" + m + "</pwd> port=7"},
		"begun within an escape":     {[]string{"nabcdefg"}, `a\nabcdefg`, "a" + m},
		"ended within an escape":     {[]string{`abcdefg\`}, `abcdefg\n.`, m + "."},
		"empty is ignored":           {[]string{"", "  \n\t "}, "a  \n\t b", "a  \n\t b"},
		"no known value":             {nil, "text", "text"},
		"invalid UTF-8":              {[]string{"\xff\xfe\xfd\xfc"}, "\x80\xff\xfe\xfd\xfc\x80", "\x80" + m + "\x80"},
		"the mask is not a value":    {[]string{"REDACTED"}, "REDACTED", m},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := redact.New(secrets(tt.values...)...)
			require.Equal(t, tt.want, r.String(tt.text))
			require.Equal(t, "> "+tt.want, string(r.Append([]byte("> "), []byte(tt.text))))
		})
	}
}

func TestRedactorMasksEveryFieldOfASecret(t *testing.T) {
	tree, err := redact.NewJSON([]byte(`{"client": "client-one", "keys": ["key-one", {"deep": "key-two"}], "n": 1}`))
	require.NoError(t, err)
	r := redact.New(tree, redact.NewCredentials("svc-user", "s3cr3t!"))
	require.Equal(t, "[REDACTED] [REDACTED] [REDACTED] [REDACTED] [REDACTED] 1",
		r.String("client-one key-one key-two svc-user s3cr3t! 1"))
}

func TestCleanTextIsReturnedAsItIs(t *testing.T) {
	r := redact.New(secrets("a-long-enough-value")...)
	const line = "nothing to see"
	require.Equal(t, line, r.String(line))
}

func TestRetiredValuesAreForgottenAfterTheGraceTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		old, current := redact.NewSecret("old-value"), redact.NewSecret("new-value")
		old.Derive("made-of-old")
		r := redact.NewWithOptions(redact.Options{Grace: time.Hour}, old, current)
		r.Retire(old)
		time.Sleep(59 * time.Minute)
		require.Equal(t, "[REDACTED] [REDACTED] [REDACTED]", r.String("old-value new-value made-of-old"))
		time.Sleep(2 * time.Minute)
		require.Equal(t, "old-value [REDACTED] made-of-old", r.String("old-value new-value made-of-old"))

		r.Retire(current)
		time.Sleep(30 * time.Minute)
		r.Add(redact.NewSecret("new-value"))
		time.Sleep(2 * time.Hour)
		require.Equal(t, "[REDACTED]", r.String("new-value"), "added again, so not retired")
	})
}

func TestDeriveMakesValuesKnown(t *testing.T) {
	s := redact.NewSecret("the-signing-key")
	tenant, process := redact.New(s), redact.New(s)
	stranger := redact.New()

	d := s.Derive("the-signature")
	require.Equal(t, "the-signature", d.Reveal())
	d.Derive("THE-SIGNATURE")
	late := redact.New(s)
	for _, r := range []*redact.Redactor{tenant, process, late} {
		require.Equal(t, "[REDACTED] [REDACTED]", r.String("the-signature THE-SIGNATURE"))
	}
	require.Equal(t, "the-signature", stranger.String("the-signature"))

	require.Equal(t, "abc", s.Derive("abc").Reveal())
	require.Equal(t, "abc", tenant.String("abc"), "too short to be made known")
}

func TestDerivedValuesGoWithTheirSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := redact.NewSecret("the-signing-key")
		r := redact.NewWithOptions(redact.Options{Grace: time.Hour}, s)
		r.Retire(s)
		s.Derive("made-while-retired")
		require.Equal(t, "[REDACTED]", r.String("made-while-retired"))
		time.Sleep(2 * time.Hour)
		s.Derive("made-after-the-end")
		require.Equal(t, "made-while-retired made-after-the-end", r.String("made-while-retired made-after-the-end"))
		r.Add(s)
		require.Equal(t, "[REDACTED] [REDACTED]", r.String("made-while-retired made-after-the-end"))
	})
}

func TestDeriveForgetsTheOldest(t *testing.T) {
	s := redact.NewSecret("the-signing-key")
	r := redact.New(s)
	for i := range 5000 {
		s.Derive(fmt.Sprintf("signature-%04d", i))
		require.Equal(t, "[REDACTED]", r.String(fmt.Sprintf("signature-%04d", i)))
	}
	require.Equal(t, "signature-0000", r.String("signature-0000"))
	require.Equal(t, "[REDACTED]", r.String("signature-4000"))
	s.Derive("signature-0000")
	require.Equal(t, "[REDACTED]", r.String("signature-0000"), "a forgotten value becomes known again")
}

func TestHowAComparisonEndedIsNoSecret(t *testing.T) {
	secret := redact.NewSecret("tok-4f9a8b2c7d")
	r := redact.New(secret)
	for _, text := range []string{"true", "FALSE", "null ", `"true"`, "[true]", `"\"false\""`} {
		t.Run(text, func(t *testing.T) {
			secret.Derive(text)
			require.Equal(t, text, r.String(text))
		})
	}
	require.Equal(t, "true, false, null", r.String("true, false, null"))
	secret.Derive("untrueish")
	require.Equal(t, "[REDACTED]", r.String("untrueish"))
}
