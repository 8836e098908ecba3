package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/redact"
)

// TestWordsAreTheSameInBothLanguages renders a filter and evaluates the function of
// its name.
func TestWordsAreTheSameInBothLanguages(t *testing.T) {
	now := func() time.Time { return time.Date(2026, 3, 14, 15, 0, 0, 0, time.UTC) }
	vars := map[string]any{"at": "2026-03-14T15:00:00Z", "n": 1234567.891, "text": "soon", "whole": int64(1), "list": []any{"a", int64(2), "c"}, "spelled": "-1234.5", "tiny": -0.001, "long": "12345678901234567890123456789", "json": `{"b":1,"a":[2]}`}
	for _, test := range []struct{ filter, call, want string }{
		{`at | date: "%d.%m.%Y"`, `date(at, "%d.%m.%Y")`, "14.03.2026"},
		{`at | date: "%H:%M %z", "America/New_York"`, `date(at, "%H:%M %z", "America/New_York")`, "11:00 -0400"},
		{`at | date: "%A, %-d. %B %Y", "UTC", locale: "de-AT"`, `date(at, "%A, %-d. %B %Y", "UTC", "de-AT")`, "Samstag, 14. März 2026"},
		{`"2026-01-02" | date: "%B|%^b|%10a", locale: "de-AT"`, `date("2026-01-02", "%B|%^b|%10a", "UTC", "de-AT")`, "Jänner|JÄN.|       Fr."},
		{`at | date: "%A %B", locale: "ru"`, `date(at, "%A %B", "UTC", "ru")`, "суббота марта"},
		{`at | date: "%c", locale: "fr"`, `date(at, "%c", "UTC", "fr")`, "sam. mars 14 15:00:00 2026"},
		{`at | date: "%B", locale: "zh-TW"`, `date(at, "%B", "UTC", "zh-TW")`, "3月"},
		{`at | date: "%b", locale: "no"`, `date(at, "%b", "UTC", "no")`, "mar."},
		{`text | date: "%Y"`, `date(text, "%Y")`, "soon"},
		{`"now" | date: "%F"`, `date("now", "%F")`, "2026-03-14"},
		{`"4 Mar" | date: "%F"`, `date("4 Mar", "%F")`, "2026-03-04"},
		{`n | number_with_delimiter`, `number_with_delimiter(n)`, "1,234,567.891"},
		{`spelled | number_with_delimiter: " ", ","`, `number_with_delimiter(spelled, " ", ",")`, "-1 234,5"},
		{`text | number_with_delimiter`, `number_with_delimiter(text)`, "soon"},
		{`n | number_with_precision`, `number_with_precision(n)`, "1234567.891"},
		{`n | number_with_precision: 1, ","`, `number_with_precision(n, 1, ",")`, "1234567,9"},
		{`n | currency: "JPY", "ja"`, `currency(n, "JPY", "ja")`, "￥1,234,568"},
		{`spelled | currency: "USD"`, `currency(spelled, "USD")`, "-$1,234.50"},
		{`tiny | currency: "USD"`, `currency(tiny, "USD")`, "$0.00"},
		{`long | currency: "USD"`, `currency(long, "USD")`, "$12,345,678,901,234,567,890,123,456,789.00"},
		{`whole | pluralize: "item", "items"`, `pluralize(whole, "item", "items")`, "item"},
		{`n | pluralize: "item", "items"`, `pluralize(n, "item", "items")`, "items"},
		{`list | to_sentence`, `to_sentence(list)`, "a, 2, and c"},
		{`list | slice: 0, 2 | to_sentence: "", " et "`, `to_sentence(list.slice(0, 2), "", " et ")`, "a et 2"},
		{`json | from_json | json`, "`${json_encode(from_json(json).a)}`", ""},
		{`list | json: 1`, `json_encode(list, 1)`, "[\n \"a\",\n 2,\n \"c\"\n]"},
	} {
		t.Run(test.call, func(t *testing.T) {
			req := &engine.Request{Vars: vars, Now: now}
			out, err := rendered("{{ "+test.filter+" }}", engine.TemplateOptions{}, req)
			require.NoError(t, err)
			result, err := evaluated(t, test.call, req)
			require.NoError(t, err)
			if test.want == "" {
				require.Equal(t, `{"b":1,"a":[2]}`, out, "objects keep their order")
				require.Equal(t, "[2]", result.Value.Reveal())
				return
			}
			require.Equal(t, test.want, out)
			require.Equal(t, test.want, result.Value.Reveal())
		})
	}
}

// TestWordsRefuseWithoutValues: what a secret holds is in no error of theirs, and
// what they make of one is sensitive.
func TestWordsRefuseWithoutValues(t *testing.T) {
	secrets := engine.Map{"s": redact.NewSecret("canary-4711")}
	for _, call := range []string{
		`date("2026-03-14", "%F", secrets.s)`, `date("2026-03-14", "%F", "UTC", secrets.s)`, `timezone("2026-03-14", secrets.s)`,
		`currency(1, secrets.s)`, `currency(1, "EUR", secrets.s + "!")`, `from_json(secrets.s)`, `number_with_precision(1, size(secrets.s) + 900)`,
		`json_encode(1, size(secrets.s) + 9)`, `to_sentence(secrets.s)`, `from_json(1 == 1)`,
	} {
		t.Run(call, func(t *testing.T) {
			result, err := evaluated(t, call, &engine.Request{Secrets: secrets, Trace: true})
			require.Error(t, err)
			require.NotContains(t, fmt.Sprintf("%v %+v %+v", err, result, result.Trace), "4711")
		})
	}
	result, err := evaluated(t, `to_sentence([secrets.s, "b"])`, &engine.Request{Secrets: secrets})
	require.NoError(t, err)
	require.True(t, result.Sensitive)
	result, err = evaluated(t, `[timezone(secrets.s, "UTC"), date(secrets.s, "%F"), currency(secrets.s, "EUR")].map(x, x.contains("[secrets.s]"))`, &engine.Request{Secrets: secrets, Preview: true})
	require.NoError(t, err)
	require.Equal(t, []any{true, true, true}, result.Value.Reveal())
}

// TestWordsAreLimited: nothing that a call makes out of little gets past the
// limits.
func TestWordsAreLimited(t *testing.T) {
	for _, call := range []string{
		`lists.range(90000).map(i, date("2026-03-14", "%1024d")).size()`,
		`lists.range(90000).map(i, currency(i, "EUR", "de")).size()`,
		`lists.range(90000).map(i, number_with_precision(i, 400)).size()`,
		`lists.range(90000).map(i, json_encode([[[[[[i]]]]]], 16)).size()`,
		`to_sentence(lists.range(90000), "` + string(make([]byte, 1000)) + `").size()`,
	} {
		t.Run(call[:40], func(t *testing.T) {
			began := time.Now()
			_, err := evaluated(t, call, &engine.Request{})
			require.Equal(t, engine.LimitExceeded, err.(*engine.Error).Code)
			require.Less(t, time.Since(began), time.Second)
		})
	}
}

// TestWhatIsUnknownIsRejectedInAllLanguages: a zone, a locale, a currency, an
// algorithm or an encoding that does not exist, and broken JSON, as a literal or not.
func TestWhatIsUnknownIsRejectedInAllLanguages(t *testing.T) {
	for _, test := range []struct{ name, filter, call, wrong string }{
		{"a zone", `0 | date: "%H", %s`, `date(0, "%%H", %s)`, "Mars/Base"},
		{"a zone to be moved to", `"2026-01-02" | timezone: %s`, `timezone("2026-01-02", %s)`, "Mars/Base"},
		{"a locale", `0 | date: "%A", "UTC", locale: %s`, `date(0, "%%A", "UTC", %s)`, "q!"},
		{"a locale of money", `1 | currency: "EUR", %s`, `currency(1, "EUR", %s)`, "q!"},
		{"a currency", `1 | currency: %s`, `currency(1, %s)`, "XXQ"},
		{"more money than can be counted", `%s | currency: "USD"`, `currency(%s, "USD")`, "1234567890123456789012345678901234"},
		{"an algorithm", `"m" | hmac: "k", %s`, `hmac("m", "k", %s)`, "sha99"},
		{"an encoding", `"m" | hmac: "k", "sha1", %s`, `hmac("m", "k", "sha1", %s)`, "base99"},
		{"an algorithm of tokens", `"{}" | jwt: "k", %s`, `jwt("{}", "k", %s)`, "HS99"},
		{"broken JSON", `%s | from_json`, `from_json(%s)`, "{a"},
	} {
		t.Run(test.name, func(t *testing.T) {
			rejected := func(err error) {
				t.Helper()
				var failed *engine.Error
				require.ErrorAs(t, err, &failed)
				require.Equal(t, engine.ValueRejected, failed.Code)
				require.NotContains(t, err.Error(), test.wrong)
			}
			req := &engine.Request{Vars: map[string]any{"x": test.wrong}}
			for _, written := range []string{"x", `"` + test.wrong + `"`} {
				_, err := rendered("{{ "+strings.ReplaceAll(test.filter, "%s", written)+" }}", engine.TemplateOptions{}, req)
				rejected(err)
				for _, language := range []engine.Language{engine.CEL, engine.JavaScript} {
					if language == engine.JavaScript && test.name == "broken JSON" {
						continue // it is JSON.parse, which throws as in JavaScript
					}
					e, err := engine.CompileExpression(fmt.Sprintf(test.call, written), engine.ExpressionOptions{Language: language})
					require.NoError(t, err)
					_, err = e.Evaluate(t.Context(), req)
					rejected(err)
				}
			}
		})
	}
}
