package redact

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"sync"

	"github.com/sotto-render/sotto/internal/jsonobject"
	"github.com/sotto-render/sotto/redact/internal/index"
)

// Kind is the type of a secret.
type Kind uint8

const (
	// Token is a secret that is one string.
	Token Kind = iota
	// Credentials is a secret of a username and a password.
	Credentials
	// JSON is a secret that is a JSON object or array.
	JSON
)

// String returns the kind's name in the HTTP API.
func (k Kind) String() string {
	switch k {
	case Credentials:
		return "username_password"
	case JSON:
		return "json"
	}
	return "token"
}

// Secret is a resolved value. It prints as [Mask] by every verb of fmt, log/slog
// and the encoders of the standard library, also inside other values. The ways
// out are [Secret.Reveal], [Secret.Tree] and [Secret.Ordered]; search for them to see all places
// that touch a value. The zero Secret is an empty token. A Secret is immutable,
// comparable by identity and safe for concurrent use.
type Secret struct {
	masked
	payload *payload
}

// payload keeps the value behind a closure: a printer that follows pointers and
// unexported fields by reflection finds the address of a function.
type payload struct {
	open func() *content
	// root is the secret that this one was derived from, or nil.
	root        *payload
	derivations func() *derivations
	// forms returns the patterns of the value, made once for all redactors until
	// dropForms; bareForms those of the value as it is.
	forms, bareForms func() []index.Pattern
	dropForms        func()
}

type content struct {
	kind Kind
	text string
	tree any
	// ordered makes what Ordered returns; nil where that is the tree.
	ordered func() any
	// raw is the text that a JSON secret was made of, where it has white space.
	raw string
	// names are the keys behind which a common value is masked: its aliases.
	names string
	// unmasked are the fields that free text shows; nil for what unmaskedFields says.
	unmasked []string
}

func newSecret(c content) Secret { return Secret{payload: newPayload(c, nil)} }

func newPayload(c content, root *payload) *payload {
	made := new(derivations)
	cache := new(formsCache)
	return &payload{
		root:        root,
		derivations: func() *derivations { return made },
		open:        func() *content { return &c },
		forms:       func() []index.Pattern { return cache.get(&c, root != nil) },
		bareForms:   func() []index.Pattern { return makeForms(&c, root != nil, true) },
		dropForms:   cache.drop,
	}
}

func (p *payload) identity() identity {
	c := p.open()
	id := identity{kind: c.kind, text: c.text, root: p.root, detail: c.detail()}
	if c.kind == Credentials {
		tree := c.tree.(map[string]any)
		user, password := tree["username"].(string), tree["password"].(string)
		id.text = strconv.Itoa(len(user)) + ":" + user + password
	}
	return id
}

// detail returns what the forms of a value depend on besides itself.
func (c *content) detail() (detail string) {
	if c.unmasked != nil {
		detail = "unmasked " + strings.Join(c.unmasked, "\x00")
	}
	if c.names != "" && (c.kind == Credentials || isCommon(strings.TrimSpace(c.text))) {
		detail += " named " + c.names
	}
	return detail
}

// NewSecret returns a token.
func NewSecret(text string) Secret {
	return newSecret(content{kind: Token, text: text, tree: text})
}

// NewCredentials returns credentials with the fields username and password.
func NewCredentials(username, password string) Secret {
	return newSecret(content{
		kind: Credentials,
		tree: map[string]any{"username": username, "password": password},
	})
}

// errJSON does not wrap the decoder's error, which quotes its input.
var errJSON = errors.New("redact: the value is not a JSON object or array")

// NewJSON returns a JSON secret. Key order and the spelling of numbers are
// kept; white space is not.
func NewJSON(raw []byte) (Secret, error) {
	var text bytes.Buffer
	if err := json.Compact(&text, raw); err != nil {
		return Secret{}, errJSON
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return Secret{}, errJSON
	}
	switch tree.(type) {
	case map[string]any, []any:
	default:
		return Secret{}, errJSON
	}
	// Only who walks the objects needs the order, and few do.
	ordered := sync.OnceValue(func() any { return orderedTree(text.String(), tree) })
	c := content{kind: JSON, text: text.String(), tree: tree, ordered: ordered}
	if len(raw) != len(c.text) {
		c.raw = string(raw)
	}
	return newSecret(c), nil
}

// orderedTree returns tree, which text spells, with objects in written order.
func orderedTree(text string, tree any) any {
	ordered, err := jsonobject.Decode(text)
	if err != nil {
		return tree // never: the text was read before
	}
	return ordered
}

// Kind returns the type of the secret.
func (s Secret) Kind() Kind {
	if s.payload == nil {
		return Token
	}
	return s.payload.open().kind
}

// Reveal returns the text of a token, the compact JSON of a JSON secret, and
// "" for credentials, which have no text of their own.
func (s Secret) Reveal() string {
	if s.payload == nil {
		return ""
	}
	return s.payload.open().text
}

// Tree returns the value as a structure: a string for a token; a
// map[string]any with username and password for credentials; for JSON what
// encoding/json decodes, with json.Number for numbers. It is shared: callers
// MUST NOT change it.
func (s Secret) Tree() any {
	if s.payload == nil {
		return ""
	}
	return s.payload.open().tree
}

// Ordered is [Secret.Tree] with the objects of a JSON secret in the order in
// which they were written: each has the methods Keys() []string,
// Get(string) (any, bool) and Map() map[string]any. It is shared: callers MUST NOT
// change it.
func (s Secret) Ordered() any {
	if s.payload == nil {
		return ""
	}
	c := s.payload.open()
	if c.ordered == nil {
		return c.tree
	}
	return c.ordered()
}
