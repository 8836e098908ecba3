package storetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

func quote(text string) string {
	raw, _ := json.Marshal(text) // a string always encodes
	return string(raw)
}

func testLife(t *testing.T, p Place) {
	s := open(t, p)
	ctx := t.Context()
	changes := &changes{}
	stop := s.Notify(changes.hear)

	made, err := s.Create(ctx, by, scope, store.Draft{Alias: "GitHub_Token", Type: store.Token, Value: store.Text("first-value"), Description: "for CI"})
	require.NoError(t, err)
	require.Equal(t, "GitHub_Token", made.Alias)
	require.Equal(t, store.Token, made.Type)
	require.Equal(t, scope, made.Scope)
	require.Equal(t, int64(1), made.Version)
	require.Equal(t, "for CI", made.Description)
	require.Empty(t, made.Fields)
	require.False(t, made.Archived)
	require.Nil(t, made.LastUsedAt)
	require.Equal(t, made.CreatedAt, made.UpdatedAt)
	require.Equal(t, "first-value", reveal(t, s, scope, "github_token"))

	got, err := s.Get(ctx, scope, "GITHUB_token")
	require.NoError(t, err)
	require.Equal(t, made, got)

	edited, err := s.Update(ctx, by, scope, "github_TOKEN", store.Patch{Value: store.Text("second-value")})
	require.NoError(t, err)
	require.Equal(t, int64(2), edited.Version)
	require.Equal(t, made.CreatedAt, edited.CreatedAt)
	require.Equal(t, "second-value", reveal(t, s, scope, "github_token"))

	archived, err := s.Archive(ctx, by, scope, "github_token", false)
	require.NoError(t, err)
	require.True(t, archived.Archived)
	e, err := fetch(t, s, scope, "github_token")
	require.NoError(t, err)
	require.Equal(t, macros.Archived, e.Status)
	_, err = s.Archive(ctx, by, scope, "github_token", false)
	want(t, store.NoChanges, err)
	_, err = s.Create(ctx, by, scope, store.Draft{Alias: "GITHUB_TOKEN", Type: store.Token, Value: store.Text("other")})
	want(t, store.AliasTaken, err)

	_, err = s.Restore(ctx, by, scope, "github_token")
	require.NoError(t, err)
	require.Equal(t, "second-value", reveal(t, s, scope, "github_token"))
	_, err = s.Restore(ctx, by, scope, "github_token")
	want(t, store.NoChanges, err)

	want(t, store.InvalidRequest, s.Delete(ctx, by, scope, "github_token", "", false))
	want(t, store.InvalidRequest, s.Delete(ctx, by, scope, "github_token", "github", false))
	require.NoError(t, s.Delete(ctx, by, scope, "github_token", "GitHub_Token", false))
	e, err = fetch(t, s, scope, "github_token")
	require.NoError(t, err)
	require.Equal(t, macros.Missing, e.Status)
	_, err = s.Get(ctx, scope, "github_token")
	want(t, store.NotFound, err)

	again := create(t, s, scope, "github_token", "third-value")
	require.Equal(t, int64(1), again.Version)
	require.Equal(t, "third-value", reveal(t, s, scope, "github_token"))

	heard := changes.heard()
	stop()
	create(t, s, scope, "unheard", "value")
	require.Subset(t, []resolver.Change{{Scope: scope, Alias: "github_token"}}, heard)
	if p.Shared {
		// A node hears of its own changes once more, over the network.
		require.GreaterOrEqual(t, len(heard), 6)
	} else {
		require.Len(t, heard, 6)
		require.Equal(t, heard, changes.heard())
	}
}

// changes are what a store told of.
type changes struct {
	mu   sync.Mutex
	list []resolver.Change
}

func (c *changes) hear(change resolver.Change) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = append(c.list, change)
}

func (c *changes) heard() []resolver.Change {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.list)
}

func testRefusals(t *testing.T, p Place) {
	s := open(t, p)
	ctx := t.Context()
	create(t, s, scope, "taken", "value")
	good := func(edit func(*store.Draft)) store.Draft {
		d := store.Draft{Alias: "fresh", Type: store.Token, Value: store.Text("value")}
		edit(&d)
		return d
	}
	for name, test := range map[string]struct {
		draft store.Draft
		code  store.Code
		field string
	}{
		"taken":            {good(func(d *store.Draft) { d.Alias = "TAKEN" }), store.AliasTaken, ""},
		"no alias":         {good(func(d *store.Draft) { d.Alias = "" }), store.InvalidAlias, "alias"},
		"alias with space": {good(func(d *store.Draft) { d.Alias = "a b" }), store.InvalidAlias, "alias"},
		"alias with dash":  {good(func(d *store.Draft) { d.Alias = "-a" }), store.InvalidAlias, "alias"},
		"alias not ASCII":  {good(func(d *store.Draft) { d.Alias = "schlüssel" }), store.InvalidAlias, "alias"},
		"no ASCII folding": {good(func(d *store.Draft) { d.Alias = "ta\u212aen" }), store.InvalidAlias, "alias"},
		"a lookalike":      {good(func(d *store.Draft) { d.Alias = "t\u0430ken" }), store.InvalidAlias, "alias"},
		"a full width":     {good(func(d *store.Draft) { d.Alias = "\uff54aken" }), store.InvalidAlias, "alias"},
		"long alias":       {good(func(d *store.Draft) { d.Alias = strings.Repeat("a", 129) }), store.InvalidAlias, "alias"},
		"unknown type":     {good(func(d *store.Draft) { d.Type = "string" }), store.InvalidRequest, "type"},
		"long description": {good(func(d *store.Draft) { d.Description = strings.Repeat("a", store.MaxDescriptionBytes+1) }), store.InvalidRequest, "description"},
		"no value":         {good(func(d *store.Draft) { d.Value = store.Value{} }), store.InvalidValue, "value"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.Create(ctx, by, scope, test.draft)
			want(t, test.code, err)
			var refused *store.Error
			require.ErrorAs(t, err, &refused)
			require.Equal(t, test.field, refused.Field)
		})
	}
	longest := strings.Repeat("aZ9_-", 25) + "abc"
	require.Len(t, longest, 128)
	create(t, s, scope, longest, "value-of-longest")
	require.Equal(t, "value-of-longest", reveal(t, s, scope, strings.ToLower(longest)))
	for _, in := range []resolver.Scope{"", "Acme", "acme//shop", "~store", "acme/"} {
		_, err := s.Create(ctx, by, in, good(func(*store.Draft) {}))
		want(t, store.InvalidRequest, err)
	}
	_, err := s.Update(ctx, by, scope, "missing", store.Patch{Value: store.Text("x")})
	want(t, store.NotFound, err)
	_, err = s.Archive(ctx, by, scope, "not an alias", false)
	want(t, store.NotFound, err)
	_, err = s.Get(ctx, "acme", "taken")
	want(t, store.NotFound, err)
}

// canary stands in values that must not come out.
const canary = "canary-7f3a9c41e6d2"

// keyOfCanary is the key of a JSON secret that is a value itself.
const keyOfCanary = "7f3a9c41e6d2 canary"

func testValues(t *testing.T, p Place) {
	s := open(t, p)
	large := strings.Repeat("x", store.MaxValueBytes)
	for i, test := range []struct {
		kind  store.Type
		value string
		field string // where refused
		text  string // where taken
		names []string
	}{
		{kind: store.Token, value: `"` + canary + `"`, text: canary},
		{kind: store.Token, value: `"line\nbreak \u00e9 \ud83d\ude00"`, text: "line\nbreak é 😀"},
		{kind: store.Token, value: `"` + large + `"`, text: large},
		{kind: store.Token, value: `"` + large + `x"`, field: "value"},
		{kind: store.Token, value: `""`, field: "value"},
		{kind: store.Token, value: `null`, field: "value"},
		{kind: store.Token, value: `" \t\n "`, field: "value"},
		{kind: store.Token, value: `{"` + canary + `":1}`, field: "value"},
		{kind: store.Token, value: `12345`, field: "value"},
		{kind: store.Token, value: `"\ud800 ` + canary + `"`, field: "value"},
		{kind: store.Token, value: "\"\xff" + canary + `"`, field: "value"},
		{kind: store.Credentials, value: `{"username":"me","password":"` + canary + `"}`, names: []string{"username", "password"}},
		{kind: store.Credentials, value: `{"username":"me"}`, field: "value.password"},
		{kind: store.Credentials, value: `{"username":"","password":"` + canary + `"}`, field: "value.username"},
		{kind: store.Credentials, value: `{"username":"me","password":"  "}`, field: "value.password"},
		{kind: store.Credentials, value: `{"username":"me","password":1}`, field: "value"},
		{kind: store.Credentials, value: `{"username":"me","password":"` + canary + `","token":"x"}`, field: "value"},
		{kind: store.Credentials, value: `"` + canary + `"`, field: "value"},
		{kind: store.Credentials, value: `["` + canary + `"]`, field: "value"},
		{kind: store.JSON, value: ` { "b" : [1.50, {"c":null}] , "a" : "` + canary + `" } `, text: `{"b":[1.50,{"c":null}],"a":"` + canary + `"}`, names: []string{"b", "a"}},
		{kind: store.JSON, value: `{"b-1.c":1,"` + keyOfCanary + `":2,"two words":3}`, text: `{"b-1.c":1,"` + keyOfCanary + `":2,"two words":3}`, names: []string{"b-1.c"}},
		{kind: store.JSON, value: `["` + canary + `"]`, text: `["` + canary + `"]`},
		{kind: store.JSON, value: `"` + canary + `"`, field: "value"},
		{kind: store.JSON, value: `17`, field: "value"},
		{kind: store.JSON, value: `{"a":"` + canary + `"`, field: "value"},
		{kind: store.JSON, value: `{"a":"` + canary + `"}]`, field: "value"},
		{kind: store.JSON, value: `{"x":{"a":"` + canary + `","a":2}}`, field: "value"},
		{kind: store.JSON, value: strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000), field: "value"},
		{kind: store.JSON, value: `["` + large + `"]`, field: "value"},
	} {
		alias := fmt.Sprint("value", i)
		made, err := s.Create(t.Context(), by, scope, store.Draft{Alias: alias, Type: test.kind, Value: store.Raw([]byte(test.value))})
		if test.field != "" {
			want(t, store.InvalidValue, err)
			var refused *store.Error
			require.ErrorAs(t, err, &refused)
			require.Equal(t, test.field, refused.Field, alias)
			require.NotContains(t, err.Error(), canary)
			continue
		}
		require.NoError(t, err, alias)
		require.ElementsMatch(t, test.names, made.Fields)
		require.Equal(t, test.text, reveal(t, s, scope, alias))
	}
}

func testPatch(t *testing.T, p Place) {
	s := open(t, p)
	ctx := t.Context()
	create(t, s, scope, "alpha", "value")
	_, err := s.Create(ctx, by, scope, store.Draft{Alias: "smtp", Type: store.Credentials, Value: credentials("me", "first")})
	require.NoError(t, err)
	text := func(s string) *string { return &s }
	kind := func(k store.Type) *store.Type { return &k }
	for name, test := range map[string]struct {
		patch store.Patch
		code  store.Code
	}{
		"nothing":              {store.Patch{}, store.NoChanges},
		"the same value":       {store.Patch{Value: store.Text("value")}, store.NoChanges},
		"an empty value":       {store.Patch{Value: store.Text("")}, store.NoChanges},
		"null":                 {store.Patch{Value: store.Raw([]byte("null"))}, store.NoChanges},
		"the same description": {store.Patch{Description: text("")}, store.NoChanges},
		"the same alias":       {store.Patch{Alias: text("alpha")}, store.NoChanges},
		"another alias":        {store.Patch{Alias: text("beta"), Value: store.Text("new")}, store.LockedField},
		"another type":         {store.Patch{Type: kind(store.JSON)}, store.LockedField},
		"white space":          {store.Patch{Value: store.Text("  ")}, store.InvalidValue},
		"another shape":        {store.Patch{Value: store.Raw([]byte(`{"a":1}`))}, store.InvalidValue},
		"a long description":   {store.Patch{Description: text(strings.Repeat("d", 5000))}, store.InvalidRequest},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.Update(ctx, by, scope, "alpha", test.patch)
			want(t, test.code, err)
		})
	}
	m, err := s.Update(ctx, by, scope, "alpha", store.Patch{Description: text("new words")})
	require.NoError(t, err)
	require.Equal(t, int64(1), m.Version, "a description makes no version")
	require.Equal(t, "value", reveal(t, s, scope, "alpha"))

	m, err = s.Update(ctx, by, scope, "smtp", store.Patch{Value: credentials("", "second")})
	require.NoError(t, err)
	require.Equal(t, int64(2), m.Version)
	e, err := fetch(t, s, scope, "smtp")
	require.NoError(t, err)
	require.Equal(t, map[string]any{"username": "me", "password": "second"}, e.Secret.Tree(), "an empty field keeps what it held")
	_, err = s.Update(ctx, by, scope, "smtp", store.Patch{Value: credentials("", "")})
	want(t, store.NoChanges, err)
}

func testPages(t *testing.T, p Place) {
	s := open(t, p)
	for i := range 25 {
		create(t, s, scope, fmt.Sprintf("Alias%02d", i), "value")
	}
	create(t, s, "acme", "elsewhere", "value")
	create(t, s, "acme/shop/prod", "elsewhere", "value")
	var seen []string
	paging := store.Paging{Limit: 10}
	for {
		page, err := s.Secrets(t.Context(), scope, paging)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page.Items), 10)
		for _, m := range page.Items {
			seen = append(seen, m.Alias)
		}
		if page.Next == "" {
			break
		}
		paging.Cursor = page.Next
	}
	require.Len(t, seen, 25)
	require.IsIncreasing(t, seen)
	page, err := s.Secrets(t.Context(), "nowhere", store.Paging{})
	require.NoError(t, err)
	require.Equal(t, []store.Metadata{}, page.Items, "an empty list encodes as []")
	for _, cursor := range []string{"~~", "zzzz", "e30", "AAAA", "MTI", "AAAAAA", "%2e"} {
		_, err = s.Secrets(t.Context(), scope, store.Paging{Cursor: cursor})
		want(t, store.InvalidRequest, err)
		_, err = s.Audit(t.Context(), scope, store.AuditQuery{Paging: store.Paging{Cursor: cursor}})
		want(t, store.InvalidRequest, err)
	}
}

func testLookup(t *testing.T, p Place) {
	s := open(t, p)
	create(t, s, "acme", "shared", "from acme")
	create(t, s, "acme", "own", "from acme")
	create(t, s, scope, "own", "from shop")
	create(t, s, "acme/shopping", "own", "from a namesake")
	require.Equal(t, "from acme", reveal(t, s, "acme/shop/prod", "shared"))
	require.Equal(t, "from shop", reveal(t, s, "acme/shop/prod", "own"))
	_, err := s.Archive(t.Context(), by, scope, "own", false)
	require.NoError(t, err)
	visible, err := s.List(t.Context(), "acme/shop/prod")
	require.NoError(t, err)
	require.Equal(t, []string{"shared"}, visible, "an archived secret hides its parent's")
	visible, err = s.List(t.Context(), "")
	require.NoError(t, err)
	require.Empty(t, visible)
}

func testInUse(t *testing.T, p Place) {
	s := open(t, p)
	ctx := t.Context()
	create(t, s, "acme", "shared", "one")
	create(t, s, "acme", "free", "one")
	create(t, s, "acme/shop", "shared", "two")
	put := func(in resolver.Scope, id string) {
		t.Helper()
		_, err := s.PutDocument(ctx, by, store.TemplateKind, in, id, store.DocumentDraft{Definition: []byte(`{"template":"x"}`), Aliases: []string{"shared"}})
		require.NoError(t, err)
	}
	put("acme/web", "welcome")
	put("acme/shop/prod", "order")
	put("other", "foreign")

	used, err := s.Usage(ctx, "acme", "Shared")
	require.NoError(t, err)
	require.Equal(t, []store.DocumentRef{{Kind: store.TemplateKind, ID: "welcome", Scope: "acme/web"}}, used, "the nearer secret hides the one above")
	used, err = s.Usage(ctx, "acme/shop", "shared")
	require.NoError(t, err)
	require.Equal(t, []store.DocumentRef{{Kind: store.TemplateKind, ID: "order", Scope: "acme/shop/prod"}}, used)
	used, err = s.Usage(ctx, "acme", "free")
	require.NoError(t, err)
	require.Equal(t, []store.DocumentRef{}, used)
	_, err = s.Usage(ctx, "acme", "missing")
	want(t, store.NotFound, err)

	_, err = s.Archive(ctx, by, "acme", "shared", false)
	want(t, store.InUse, err)
	var refused *store.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, []store.DocumentRef{{Kind: store.TemplateKind, ID: "welcome", Scope: "acme/web"}}, refused.Documents)
	want(t, store.InUse, s.Delete(ctx, by, "acme", "shared", "shared", false))
	require.NoError(t, s.Delete(ctx, by, "acme", "shared", "shared", true))
	require.NoError(t, s.DeleteDocument(ctx, by, store.TemplateKind, "acme/shop/prod", "order", store.Condition{}))
	_, err = s.Archive(ctx, by, "acme/shop", "shared", false)
	require.NoError(t, err)
}
