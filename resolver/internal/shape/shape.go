// Package shape makes secrets of JSON, for the providers that are given it.
package shape

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"github.com/sotto-render/sotto/internal/jsonread"
	"github.com/sotto-render/sotto/redact"
)

// Errors of [Secret]. None quotes what it was given.
var (
	errNotJSON = errors.New("is not JSON")
	errBlank   = errors.New("is empty or white space: no secret is")
	errScalar  = errors.New("is a number or a boolean: write it in quotes, or it may change on its way")
)

// Secret returns the secret that raw spells: a text is a token, an object of
// `username` and `password` with two texts and nothing else are credentials, and
// any other object or array is a JSON secret.
func Secret(raw []byte) (redact.Secret, error) {
	raw = bytes.TrimSpace(raw)
	// Stricter than encoding/json, which takes a broken text for another one.
	if new(jsonread.Decoder).Check(string(raw)) != nil {
		return redact.Secret{}, errNotJSON
	}
	switch raw[0] {
	case '"':
		var text string
		if json.Unmarshal(raw, &text) != nil {
			return redact.Secret{}, errNotJSON // the decoder's error quotes its input
		}
		if blank(text) {
			return redact.Secret{}, errBlank
		}
		return redact.NewSecret(text), nil
	case '{':
		if username, password, ok := credentials(raw); ok {
			if blank(username) || blank(password) {
				return redact.Secret{}, errBlank
			}
			return redact.NewCredentials(username, password), nil
		}
		return redact.NewJSON(raw)
	case '[':
		return redact.NewJSON(raw)
	}
	return redact.Secret{}, errScalar
}

func credentials(raw []byte) (username, password string, ok bool) {
	var parts map[string]any
	if json.Unmarshal(raw, &parts) != nil || len(parts) != 2 {
		return "", "", false
	}
	username, named := parts["username"].(string)
	password, guarded := parts["password"].(string)
	return username, password, named && guarded
}

func blank(text string) bool { return strings.TrimSpace(text) == "" }
