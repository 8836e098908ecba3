package api

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"time"
)

// SecretType says what the value of a secret is.
type SecretType string

// The types of secrets.
const (
	// SecretToken is one text.
	SecretToken SecretType = "token"
	// SecretCredentials is a username and a password.
	SecretCredentials SecretType = "username_password"
	// SecretJSON is a JSON object or array.
	SecretJSON SecretType = "json"
)

// Secret is what is told of a secret. No call tells a value.
type Secret struct {
	// Alias is the alias as it was created.
	Alias       string     `json:"alias"`
	Type        SecretType `json:"type"`
	Description string     `json:"description"`
	Scope       string     `json:"scope"`
	// Version counts the values: 1 at creation.
	Version int64 `json:"version"`
	// Fields are the names behind the alias: username and password, or the first
	// 256 keys of a JSON object that are names: letters, digits, `_ - .`, up to 40,
	// beginning with a letter, and not made as a key or UUID is. Empty for a token.
	Fields    []string  `json:"fields"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	// LastUsedAt is nil for a secret that was never used.
	LastUsedAt *time.Time `json:"last_used_at"`
	Archived   bool       `json:"archived"`
	// Unmasked are the fields of a JSON secret or of credentials that free text, such as
	// a log, shows. Told to admins alone, and nil to others.
	Unmasked []string `json:"unmasked,omitzero"`
	// Warnings say which parts of the value are masked less than others. Told to admins
	// alone.
	Warnings []SecretWarning `json:"warnings,omitempty"`
}

// SecretWarning says that a value is masked less than others are.
type SecretWarning struct {
	Code    WarningCode `json:"code"`
	Message string      `json:"message"`
	// Field is that of credentials or JSON; "" for the value itself.
	Field string `json:"field,omitempty"`
}

// WarningCode is the kind of a [SecretWarning].
type WarningCode string

// The kinds of warnings.
const (
	// CommonValue is a word that half of all logs hold, or under 4 bytes: it is masked
	// behind a key that names a secret alone.
	CommonValue WarningCode = "common_value"
	// ShortValue is under 8 bytes: it is masked at the boundaries of words alone.
	ShortValue WarningCode = "short_value"
)

// SecretDraft is a secret to be created.
type SecretDraft struct {
	Alias string
	// Type is [SecretToken] where it is "".
	Type        SecretType
	Value       Value
	Description string
	// Unmasked are the fields that free text shows; nil means the default: hosts, ports,
	// regions, user names and flags of JSON that do not look like keys.
	Unmasked []string
}

// SecretPatch is an edit. The zero Value, and what is nil, leave what is there.
type SecretPatch struct {
	Value       Value
	Description *string
	// Unmasked replaces the fields that free text shows; a nil list means the default.
	Unmasked *[]string
}

// SecretUsage says who uses a secret.
type SecretUsage struct {
	// Versions are those whose making the server still knows, newest first.
	Versions []SecretVersion `json:"versions"`
	// Templates and Flows are the stored ones that mention it.
	Templates []DocumentRef `json:"templates"`
	Flows     []DocumentRef `json:"flows"`
	// Uses are in the order of time, one page of them.
	Uses []SecretUse `json:"uses"`
	// Next is the cursor of the next page of uses; "" after the last.
	Next string `json:"next,omitempty"`
}

// SecretVersion says who gave a secret a value, and when.
type SecretVersion struct {
	Version   int64     `json:"version"`
	CreatedAt time.Time `json:"created_at"`
	// By is the id of a token, or a word such as "cli".
	By string `json:"by"`
}

// DocumentRef names a stored template or flow.
type DocumentRef struct {
	ID    string `json:"id"`
	Scope string `json:"scope"`
}

// SecretUse says how often a token used a secret within one minute, or one day.
type SecretUse struct {
	Token string `json:"token"`
	// Minute is when the minute began, or the hour or the day.
	Minute time.Time `json:"minute"`
	Count  int64     `json:"count"`
	// Hour says that Count is of the whole hour.
	Hour bool `json:"hour,omitempty"`
	// Day says that Count is of the whole day (UTC).
	Day bool `json:"day,omitempty"`
}

// SecretQuery selects secrets. The zero value selects all that are not archived.
type SecretQuery struct {
	// Text stands in the alias or in the description, in any letter case.
	Text string
	// Type is that of the secrets; "" is any.
	Type SecretType
	// Archived adds the archived ones.
	Archived bool
	// Unused leaves out what was ever used.
	Unused bool
}

// Secrets are those of the client's scope that are not archived, in the order of
// their aliases. They are read page by page while the loop runs; after an error it
// ends.
func (c *Client) Secrets(ctx context.Context) iter.Seq2[Secret, error] {
	return c.FindSecrets(ctx, SecretQuery{})
}

// FindSecrets is Secrets for those that q selects.
func (c *Client) FindSecrets(ctx context.Context, q SecretQuery) iter.Seq2[Secret, error] {
	query := c.query()
	for name, text := range map[string]string{"q": q.Text, "type": string(q.Type)} {
		if text != "" {
			query.Set(name, text)
		}
	}
	for name, set := range map[string]bool{"archived": q.Archived, "unused": q.Unused} {
		if set {
			query.Set(name, "true")
		}
	}
	return all[Secret](ctx, c, "/v1/secrets", query)
}

// Secret returns what is told of the secret called alias.
func (c *Client) Secret(ctx context.Context, alias string) (*Secret, error) {
	return c.secret(ctx, call{method: http.MethodGet, path: secretPath(alias), query: c.query()})
}

// CreateSecret creates a secret in the client's scope. It needs the role [Admin],
// as all calls do that change something.
func (c *Client) CreateSecret(ctx context.Context, draft SecretDraft) (*Secret, error) {
	return c.secret(ctx, call{method: http.MethodPost, path: "/v1/secrets", changes: true, in: struct {
		Alias       string          `json:"alias"`
		Type        SecretType      `json:"type,omitempty"`
		Value       json.RawMessage `json:"value"`
		Description string          `json:"description,omitempty"`
		Unmasked    []string        `json:"unmasked,omitzero"`
		Scope       string          `json:"scope,omitempty"`
	}{draft.Alias, draft.Type, draft.Value.Reveal(), draft.Description, draft.Unmasked, c.scope}})
}

// UpdateSecret gives a secret a new value or description, with effect at once.
func (c *Client) UpdateSecret(ctx context.Context, alias string, patch SecretPatch) (*Secret, error) {
	return c.secret(ctx, call{method: http.MethodPatch, path: secretPath(alias), changes: true, in: struct {
		Value       json.RawMessage `json:"value,omitempty"`
		Description *string         `json:"description,omitempty"`
		Unmasked    *[]string       `json:"unmasked,omitempty"`
		Scope       string          `json:"scope,omitempty"`
	}{patch.Value.Reveal(), patch.Description, patch.Unmasked, c.scope}})
}

// ArchiveSecret makes a secret unusable and keeps it. One that stored templates
// mention is [InUse] unless force is set.
func (c *Client) ArchiveSecret(ctx context.Context, alias string, force bool) (*Secret, error) {
	return c.secret(ctx, call{method: http.MethodPost, path: secretPath(alias) + "/archive", query: c.forced(force), changes: true})
}

// RestoreSecret makes an archived secret usable again.
func (c *Client) RestoreSecret(ctx context.Context, alias string) (*Secret, error) {
	return c.secret(ctx, call{method: http.MethodPost, path: secretPath(alias) + "/restore", query: c.query(), changes: true})
}

// DeleteSecret deletes a secret for ever. The server masks what it held for the grace time. confirm is the alias once more. One that
// stored templates mention is [InUse] unless force is set.
func (c *Client) DeleteSecret(ctx context.Context, alias, confirm string, force bool) error {
	query := c.forced(force)
	query.Set("confirm", confirm)
	return c.do(ctx, call{method: http.MethodDelete, path: secretPath(alias), query: query, changes: true}, nil)
}

// PurgeSecret is DeleteSecret, and makes the server forget at once what the secret holds
// and held: from then on it is masked nowhere. It takes a secret that is deleted already too.
func (c *Client) PurgeSecret(ctx context.Context, alias, confirm string, force bool) error {
	query := c.forced(force)
	query.Set("confirm", confirm)
	query.Set("purge", "true")
	return c.do(ctx, call{method: http.MethodDelete, path: secretPath(alias), query: query, changes: true}, nil)
}

// SecretUsage says which stored templates mention a secret, and which tokens used
// it when: one page of uses, the first for the cursor "".
func (c *Client) SecretUsage(ctx context.Context, alias, cursor string) (*SecretUsage, error) {
	query := c.query()
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	var usage SecretUsage
	if err := c.do(ctx, call{method: http.MethodGet, path: secretPath(alias) + "/usage", query: query}, &usage); err != nil {
		return nil, err
	}
	if usage.Templates == nil {
		return nil, c.lacks("templates")
	}
	return &usage, nil
}

// secret is do for an answer that is what is told of a secret.
func (c *Client) secret(ctx context.Context, call call) (*Secret, error) {
	return one(ctx, c, call, func(s *Secret) int64 { return s.Version })
}

func secretPath(alias string) string { return "/v1/secrets/" + url.PathEscape(alias) }

func (c *Client) forced(force bool) url.Values {
	query := c.query()
	if force {
		query.Set("force", "true")
	}
	return query
}
