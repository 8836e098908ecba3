package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/sotto-render/sotto/redact"
)

// MaxValueBytes is the size of the largest value, as JSON text for type json.
const MaxValueBytes = 1 << 20

// maxFields bounds what is listed as the fields of a JSON secret.
const maxFields = 256

// Value is a value on its way into the store: any JSON value, not yet checked
// against a type. It prints masked, and can be decoded from JSON but is
// encoded as the mask. The zero Value is empty.
type Value struct{ redact.Sensitive[[]byte] }

// Text returns the value of a token.
func Text(text string) Value {
	// Bytes that are no UTF-8 are kept, to be refused: encoding/json would
	// replace them.
	if !utf8.ValidString(text) {
		return Raw([]byte{'"', 0xff, '"'})
	}
	var raw bytes.Buffer
	enc := json.NewEncoder(&raw)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text) // a string always encodes
	return Raw(raw.Bytes())
}

// Raw returns a value from its JSON form in the HTTP API: a string for a
// token, {"username","password"}, or any object or array. It keeps raw.
func Raw(raw []byte) Value { return Value{redact.NewSensitive(raw)} }

// UnmarshalJSON takes any JSON value.
func (v *Value) UnmarshalJSON(raw []byte) error {
	*v = Raw(bytes.Clone(raw))
	return nil
}

// content is a value checked against its type.
type content struct {
	// plain is what is encrypted: the text of a token or a JSON value, or
	// two encoded strings.
	plain []byte
	// fields are the names that a reference may have behind the alias.
	fields []string
}

// credentials is the JSON form of a value of type username_password.
type credentials struct {
	Username *string `json:"username"`
	Password *string `json:"password"`
}

// empty reports whether v asks for no change: no value, null, "" or white
// space, or credentials whose fields are all empty.
func (v Value) empty(t Type) bool {
	raw := bytes.TrimSpace(v.Reveal())
	if len(raw) == 0 || string(raw) == "null" {
		return true
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text == ""
	}
	if t != Credentials {
		return false
	}
	c, err := decodeCredentials(raw)
	return err == nil && (c.Username == nil || *c.Username == "") && (c.Password == nil || *c.Password == "")
}

// check returns v as a value of type t. The present value of credentials fills
// the fields that v leaves empty; nil fills none.
func (v Value) check(t Type, present *credentials) (content, error) {
	raw := bytes.TrimSpace(v.Reveal())
	if len(raw) == 0 || string(raw) == "null" {
		return content{}, valueRequired("value", "it is empty")
	}
	// A JSON string of a text within the limit may be six times as long.
	if len(raw) > 6*MaxValueBytes+2 {
		return content{}, tooLong("value")
	}
	if !utf8.Valid(raw) {
		return content{}, invalidValue("value", "the value is not UTF-8 text: encode it, for example as base64")
	}
	switch t {
	case Token:
		return checkToken(raw)
	case Credentials:
		return checkCredentials(raw, present)
	}
	return checkJSON(raw)
}

func checkToken(raw []byte) (content, error) {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return content{}, invalidValue("value", "the value of a token must be a string")
	}
	if err := checkText("value", raw, text); err != nil {
		return content{}, err
	}
	return content{plain: []byte(text)}, nil
}

func checkCredentials(raw []byte, present *credentials) (content, error) {
	c, err := decodeCredentials(raw)
	if err != nil {
		return content{}, err
	}
	if present != nil {
		if c.Username == nil || *c.Username == "" {
			c.Username = present.Username
		}
		if c.Password == nil || *c.Password == "" {
			c.Password = present.Password
		}
	}
	var e encoder
	for _, f := range []struct {
		name string
		text *string
	}{{"username", c.Username}, {"password", c.Password}} {
		if f.text == nil {
			return content{}, valueRequired("value."+f.name, "it lacks "+f.name+", give an object with username and password")
		}
		if err := checkText("value."+f.name, raw, *f.text); err != nil {
			return content{}, err
		}
		e.string(*f.text)
	}
	if len(e.buf) > MaxValueBytes {
		return content{}, tooLong("value")
	}
	return content{plain: e.buf, fields: []string{"username", "password"}}, nil
}

func decodeCredentials(raw []byte) (credentials, error) {
	var c credentials
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if dec.Decode(&c) != nil || raw[0] != '{' {
		return c, invalidValue("value", "the value must be an object with username and password, both strings, and nothing else")
	}
	return c, nil
}

func checkJSON(raw []byte) (content, error) {
	if raw[0] != '{' && raw[0] != '[' {
		return content{}, invalidValue("value", "the value of type json must be an object or an array")
	}
	var compact bytes.Buffer
	if json.Compact(&compact, raw) != nil {
		return content{}, invalidValue("value", "the value is not JSON")
	}
	if compact.Len() > MaxValueBytes {
		return content{}, tooLong("value")
	}
	fields, err := fieldsOf(compact.Bytes())
	if err != nil {
		return content{}, err
	}
	return content{plain: compact.Bytes(), fields: fields}, nil
}

// checkText refuses what cannot be kept out of logs (white space alone) and
// what would not arrive as it was sent. Raw is the JSON that text came from.
func checkText(field string, raw []byte, text string) error {
	switch {
	case text == "":
		return valueRequired(field, "it is empty")
	case strings.TrimSpace(text) == "":
		return valueRequired(field, "it is white space only")
	case len(text) > MaxValueBytes:
		return tooLong(field)
	case strings.ContainsRune(text, utf8.RuneError) && !bytes.ContainsRune(raw, utf8.RuneError) && !bytes.Contains(bytes.ToLower(raw), []byte(`\ufffd`)):
		return invalidValue(field, "the value holds half of a surrogate pair: send it as UTF-8")
	}
	return nil
}

// fieldsOf returns the keys of the object that raw is, none for an array. A key
// that stands twice in one object is refused, on every level: the redactor and
// the reader of the JSON could each see another of its values.
func fieldsOf(raw []byte) ([]string, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	w := walk{dec: dec}
	if err := w.value(0); err != nil {
		if errors.Is(err, errTwice) {
			return nil, invalidValue("value", "a key stands twice in one object of the value: keep one of them")
		}
		return nil, invalidValue("value", "the value is not JSON, or is nested too deeply")
	}
	return w.fields, nil
}

var errTwice = errors.New("store: a key stands twice")

// maxDepth is far above what a secret needs and far below what exhausts the
// stack.
const maxDepth = 100

// walk reads one JSON value and collects the keys of the outermost object that are
// names. Any other key is a value: it is stored nowhere but encrypted.
type walk struct {
	dec    *json.Decoder
	fields []string
}

func (w *walk) value(depth int) error {
	token, err := w.dec.Token()
	if err != nil {
		return err
	}
	open, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	if depth == maxDepth {
		return errEncoding
	}
	seen := make(map[string]bool)
	for w.dec.More() {
		if open == '{' {
			if err := w.key(depth, seen); err != nil {
				return err
			}
		}
		if err := w.value(depth + 1); err != nil {
			return err
		}
	}
	_, err = w.dec.Token()
	return err
}

func (w *walk) key(depth int, seen map[string]bool) error {
	token, err := w.dec.Token()
	if err != nil {
		return err
	}
	key, _ := token.(string)
	if seen[key] {
		return errTwice
	}
	seen[key] = true
	if depth == 0 && len(w.fields) < maxFields && redact.IsFieldName(key) {
		w.fields = append(w.fields, key)
	}
	return nil
}

// valueRequired says in which way a value is none, behind words that users know.
func valueRequired(field, why string) *Error {
	return invalidValue(field, "Secret value is required: "+why)
}

func invalidValue(field, message string) *Error {
	return refusal(InvalidValue, "%s", message).field(field)
}

func tooLong(field string) *Error {
	return refusal(InvalidValue, "the value is longer than %d bytes: keep large data elsewhere and its key here", MaxValueBytes).field(field)
}

// secret returns what was checked as an opaque value, from its plain form.
func (t Type) secret(plain []byte) (redact.Secret, error) {
	switch t {
	case Credentials:
		c, err := credentialsOf(plain)
		if err != nil {
			return redact.Secret{}, err
		}
		return redact.NewCredentials(*c.Username, *c.Password), nil
	case JSON:
		return redact.NewJSON(plain)
	}
	return redact.NewSecret(string(plain)), nil
}

func credentialsOf(plain []byte) (*credentials, error) {
	d := decoder{buf: plain}
	username, password := d.string(), d.string()
	return &credentials{&username, &password}, d.end()
}
