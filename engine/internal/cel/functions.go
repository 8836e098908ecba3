package cel

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"

	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/internal/jsonobject"
	"github.com/sotto-render/sotto/internal/jsontext"
)

// ownFunctions are what an expression has beyond CEL and its extensions. All
// of them are pure.
func ownFunctions(a adapter) []cel.EnvOption {
	text, dyn := cel.StringType, cel.DynType
	return slices.Concat(signatures(), wordFunctions(), listFunctions(), []cel.EnvOption{
		cel.Function("basic_auth",
			cel.Overload("basic_auth_string_string", []*cel.Type{text, text}, text,
				cel.BinaryBinding(func(user, password ref.Val) ref.Val {
					return basicAuth(string(user.(types.String)), string(password.(types.String)))
				})),
			cel.Overload("basic_auth_map", []*cel.Type{cel.MapType(text, dyn)}, text, cel.UnaryBinding(basicAuthOf))),
		cel.Function("url_encode",
			cel.Overload("url_encode_string", []*cel.Type{text}, text, cel.UnaryBinding(urlEncode))),
		cel.Function("json_encode",
			cel.Overload("json_encode_sotto", []*cel.Type{dyn}, text, cel.UnaryBinding(jsonEncode)),
			cel.Overload("json_encode_indented", []*cel.Type{dyn, cel.IntType}, text, cel.BinaryBinding(jsonIndented))),
		cel.Function("from_json",
			cel.Overload("from_json_dyn", []*cel.Type{dyn}, dyn, cel.UnaryBinding(func(v ref.Val) ref.Val {
				switch v := v.(type) {
				case types.String:
					return jsonDecode(a, string(v))
				case traits.Lister, traits.Mapper:
					return v
				}
				return types.MaybeNoSuchOverloadErr(v)
			}))),
		cel.Function("json_decode",
			cel.Overload("json_decode_string", []*cel.Type{text}, dyn, cel.UnaryBinding(func(v ref.Val) ref.Val {
				return jsonDecode(a, string(v.(types.String)))
			}))),
		cel.Function(exactName,
			cel.Overload("exact_dyn", []*cel.Type{dyn}, text, cel.UnaryBinding(func(v ref.Val) ref.Val {
				alias, ok := v.(types.String)
				if !ok {
					return types.MaybeNoSuchOverloadErr(v)
				}
				return alias + exactMark
			}))),
		cel.Function(ownName, cel.Overload("own_string_list", []*cel.Type{text, cel.ListType(dyn)}, dyn)),
		cel.Function(presentName, cel.Overload("present_int_dyn", []*cel.Type{cel.IntType, dyn}, cel.BoolType)),
		cel.Function(placeholderName,
			cel.Overload("placeholder_string_string", []*cel.Type{text, text}, dyn,
				cel.BinaryBinding(func(_, text ref.Val) ref.Val { return text }))),
		cel.Function(textName,
			cel.Overload("text_list", []*cel.Type{cel.ListType(dyn)}, text, cel.UnaryBinding(joinText))),
	})
}

// basicAuth returns the credentials of RFC 7617, as the filter of templates
// does: without the word Basic.
func basicAuth(user, password string) ref.Val {
	if strings.IndexByte(user, ':') >= 0 {
		return types.WrapErr(eval.ErrColon)
	}
	return types.String(base64.StdEncoding.EncodeToString([]byte(user + ":" + password)))
}

// basicAuthOf takes credentials, or any map with a username and a password.
func basicAuthOf(v ref.Val) ref.Val {
	m, ok := v.(traits.Mapper)
	if !ok {
		return types.MaybeNoSuchOverloadErr(v)
	}
	user, _ := m.Find(types.String("username"))
	password, _ := m.Find(types.String("password"))
	u, ok := user.(types.String)
	p, ok2 := password.(types.String)
	if !ok || !ok2 {
		return types.NewErr("no such key")
	}
	return basicAuth(string(u), string(p))
}

// urlEncode percent-encodes every byte but the unreserved ones of RFC 3986, so
// that the result is right in a path and in a query alike.
func urlEncode(v ref.Val) ref.Val {
	const hexDigits = "0123456789ABCDEF"
	text := string(v.(types.String))
	var b strings.Builder
	b.Grow(len(text) + len(text)/2)
	for i := range len(text) {
		c := text[i]
		if isLetter(c) || isDigit(c) || c == '-' || c == '.' || c == '~' {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hexDigits[c>>4])
		b.WriteByte(hexDigits[c&15])
	}
	return types.String(b.String())
}

func jsonEncode(v ref.Val) ref.Val {
	text, err := appendJSON(nil, v, eval.DefaultLimits.Output)
	if err != nil {
		return types.WrapErr(err)
	}
	return types.String(text)
}

// jsonIndented is jsonEncode on lines, indented by so many spaces a level.
func jsonIndented(v, indent ref.Val) ref.Val {
	spaces, ok := indent.(types.Int)
	if !ok || spaces < 0 || spaces > jsontext.MaxIndent {
		return types.WrapErr(eval.ErrIndent)
	}
	text := jsonEncode(v)
	compact, ok := text.(types.String)
	if !ok {
		return text
	}
	return types.String(jsontext.Indent([]byte(compact), int(spaces)))
}

func jsonDecode(a adapter, text string) ref.Val {
	v, err := jsonobject.Decode(text)
	if err != nil {
		return types.WrapErr(eval.ErrJSONText)
	}
	return a.NativeToValue(v)
}

// joinText makes the text of a template literal out of its parts.
func joinText(v ref.Val) ref.Val {
	parts, ok := v.(traits.Lister)
	if !ok {
		return types.MaybeNoSuchOverloadErr(v)
	}
	var b bytes.Buffer
	for i := range parts.Size().(types.Int) {
		text, err := appendText(b.AvailableBuffer(), parts.Get(i))
		if err != nil {
			return types.WrapErr(err)
		}
		b.Write(text)
	}
	return types.String(b.String())
}
