package store

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/sotto-render/sotto/resolver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestWire checks that what is decoded is what was encoded, and that two
// different records never have the same form.
func TestWire(t *testing.T) {
	when := rapid.Custom(func(t *rapid.T) time.Time {
		return time.UnixMilli(rapid.Int64Range(1, 1<<42).Draw(t, "ms")).UTC()
	})
	record := rapid.Custom(func(t *rapid.T) secretRecord {
		return secretRecord{
			id:      [8]byte(rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "id")),
			display: rapid.String().Draw(t, "display"), kind: Type(rapid.String().Draw(t, "kind")),
			description: rapid.String().Draw(t, "description"), version: rapid.Int64().Draw(t, "version"),
			fields:  rapid.SliceOf(rapid.String()).Draw(t, "fields"),
			created: when.Draw(t, "created"), updated: when.Draw(t, "updated"), archived: rapid.Bool().Draw(t, "archived"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := record.Draw(t, "a"), record.Draw(t, "b")
		decoded, err := decodeSecret(&Row{Meta: a.encode()})
		require.NoError(t, err)
		require.Equal(t, a, decoded)
		require.Equal(t, bytes.Equal(a.encode(), b.encode()), a.display == b.display && equalRecords(a, b))
	})
}

func equalRecords(a, b secretRecord) bool {
	x, err := json.Marshal([]any{a.id, a.display, a.kind, a.description, a.version, a.fields, a.created, a.updated, a.archived})
	if err != nil {
		return false
	}
	y, err := json.Marshal([]any{b.id, b.display, b.kind, b.description, b.version, b.fields, b.created, b.updated, b.archived})
	return err == nil && bytes.Equal(x, y)
}

// FuzzDecode decodes rows that somebody made up: an error, never a panic.
func FuzzDecode(f *testing.F) {
	secret := secretRecord{display: "Alias", kind: Token, version: 3, fields: []string{"a", "b"}, created: time.Unix(1, 0)}
	token := tokenRecord{AccessToken: AccessToken{Role: Admin, Scope: "acme", CreatedAt: time.Unix(1, 0)}}
	template := Document{Version: 2, Aliases: []string{"a"}}
	f.Add(secret.encode())
	f.Add(token.encode())
	token.Limits = &TokenLimits{Rate: 1, Concurrency: 2, Bytes: 3}
	f.Add(token.encode())
	f.Add(template.encode())
	f.Add(Event{Who: "cli", What: "secret.create", Scope: resolver.Scope("acme"), Time: time.Unix(1, 0)}.encode())
	f.Add([]byte{2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f})
	f.Fuzz(func(_ *testing.T, meta []byte) {
		row := &Row{Meta: meta}
		_, _ = decodeSecret(row)
		_, _ = decodeToken(row)
		_, _ = decodeDocument(row)
		_, _ = decodeEvent(row)
		_, _ = readKeyringNeeds(row)
		_, _ = credentialsOf(meta)
	})
}

// FuzzValue checks values of every type: what is taken opens as it was given,
// and what is refused says so without quoting it.
func FuzzValue(f *testing.F) {
	for _, seed := range []string{`"text"`, `{"username":"a","password":"b"}`, `{"a":[1,{"b":null}]}`, `[`, `"\ud800"`, `{"a":1,"a":2}`, ` " "`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, kind := range []Type{Token, Credentials, JSON} {
			v := Raw(raw)
			_ = v.empty(kind)
			checked, err := v.check(kind, nil)
			if err != nil {
				if CodeOf(err) != InvalidValue {
					t.Fatal(err)
				}
				continue
			}
			secret, err := kind.secret(checked.plain)
			if err != nil {
				t.Fatalf("what was taken as %s does not open", kind)
			}
			if secret.Kind().String() != string(kind) {
				t.Fatal("another type")
			}
			again, err := kind.external(checked.plain)
			if err != nil {
				t.Fatal(err)
			}
			same, err := Raw(again).check(kind, nil)
			if err != nil || !bytes.Equal(same.plain, checked.plain) {
				t.Fatalf("an exported %s is another one", kind)
			}
		}
	})
}

func TestLately(t *testing.T) {
	reads := 0
	read := func() (int, error) { reads++; return reads, nil }
	l := newCache[string, int](time.Hour, 2)
	get := func(key string) int {
		v, err := l.get(key, read)
		require.NoError(t, err)
		return v
	}
	require.Equal(t, 1, get("a"))
	require.Equal(t, 1, get("a"))
	l.drop("a")
	require.Equal(t, 2, get("a"))
	require.Equal(t, 3, get("b"))
	require.Equal(t, 4, get("c"), "a full cache starts anew")
	require.Equal(t, 5, get("a"))

	_, err := l.get("d", func() (int, error) { l.clear(); return 100, nil })
	require.NoError(t, err)
	require.Equal(t, 6, get("d"), "what was read before a clear is not kept")

	brief := newCache[string, int](time.Nanosecond, 2)
	first, err := brief.get("a", read)
	require.NoError(t, err)
	time.Sleep(time.Microsecond)
	second, err := brief.get("a", read)
	require.NoError(t, err)
	require.NotEqual(t, first, second)
}

// TestTokensOfEarlierVersionsAreRead decodes a record as it was written before
// tokens had limits, and holds that one without them is still written so.
func TestTokensOfEarlierVersionsAreRead(t *testing.T) {
	earlier, err := hex.DecodeString("02" + "0672656e646572" + "0461636d65" + "026369" + "d00f" + "00" + "20" + strings.Repeat("ab", 32))
	require.NoError(t, err)
	r, err := decodeToken(&Row{Meta: earlier})
	require.NoError(t, err)
	require.Equal(t, AccessToken{Role: Render, Scope: "acme", Description: "ci", CreatedAt: time.Unix(1, 0).UTC()}, r.AccessToken)
	require.Equal(t, earlier, r.encode())

	r.Limits = &TokenLimits{Rate: 1, Concurrency: 2, Bytes: 3}
	again, err := decodeToken(&Row{Meta: r.encode()})
	require.NoError(t, err)
	require.Equal(t, r, again)
	_, err = decodeToken(&Row{Meta: r.encode()[:len(r.encode())-1]})
	require.Error(t, err)
}
