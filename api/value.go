package api

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"github.com/sotto-render/sotto/redact"
)

// Value is the value of a secret on its way to the server. It prints masked, in
// every log and in JSON too; only the client sends it. The zero Value is none.
type Value struct {
	redact.Sensitive[json.RawMessage]
}

// TokenValue is the value of a secret of type [SecretToken].
func TokenValue(text string) Value {
	if !utf8.ValidString(text) {
		// What is no UTF-8 goes out as it is, to be refused: encoding/json would
		// store another value.
		return JSONValue([]byte{'"', 0xff, '"'})
	}
	return JSONValue(encode(text))
}

// CredentialsValue is the value of a secret of type [SecretCredentials].
func CredentialsValue(username, password string) Value {
	return JSONValue(encode(map[string]string{"username": username, "password": password}))
}

// JSONValue is a value that is JSON already: an object or an array for a secret of
// type [SecretJSON]. The server checks it.
func JSONValue(raw []byte) Value {
	return Value{redact.NewSensitive(json.RawMessage(bytes.Clone(raw)))}
}

// encode returns v as JSON that keeps <, > and & as they are.
func encode(v any) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil
	}
	return b.Bytes()
}
