package redact

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"log/slog"
)

// masked gives the type that embeds it the methods by which fmt, log/slog and
// the encoders of the standard library print a value, each writing [Mask].
type masked struct{}

var (
	_ fmt.Formatter  = masked{}
	_ fmt.Stringer   = masked{}
	_ fmt.GoStringer = masked{}
	_ slog.LogValuer = masked{}
	_ json.Marshaler = masked{}
	_ xml.Marshaler  = masked{}
)

// Format writes [Mask] for every verb and flag.
func (masked) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, Mask) }

// String returns [Mask].
func (masked) String() string { return Mask }

// GoString returns [Mask].
func (masked) GoString() string { return Mask }

// LogValue returns [Mask].
func (masked) LogValue() slog.Value { return slog.StringValue(Mask) }

// MarshalText returns [Mask]; encoders use it for map keys too.
func (masked) MarshalText() ([]byte, error) { return []byte(Mask), nil }

// MarshalJSON returns [Mask] as a JSON string.
func (masked) MarshalJSON() ([]byte, error) { return []byte(`"` + Mask + `"`), nil }

// MarshalXML writes [Mask] as the element's text.
func (masked) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	return e.EncodeElement(Mask, start)
}

// MarshalXMLAttr writes [Mask] as the attribute's value.
func (masked) MarshalXMLAttr(name xml.Name) (xml.Attr, error) {
	return xml.Attr{Name: name, Value: Mask}, nil
}

// GobEncode returns [Mask].
func (masked) GobEncode() ([]byte, error) { return []byte(Mask), nil }

// MarshalBinary returns [Mask].
func (masked) MarshalBinary() ([]byte, error) { return []byte(Mask), nil }
