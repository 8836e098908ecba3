package cel

import (
	"strconv"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/engine/internal/signature"
)

// signatures are the functions of the package signature.
func signatures() []cel.EnvOption {
	options := []cel.EnvOption{
		messageFunction("hmac_sha256", 1, 1, func(args []ref.Val) (string, error) {
			return signature.HMAC(rawBytes(args[0]), rawBytes(args[1]), "sha256", "hex")
		}),
		messageFunction("hmac", 1, 4, hmacOf),
		cel.Function("jwt", jwtOverloads()...),
	}
	for _, name := range signature.DigestNames {
		options = append(options, messageFunction(name, 0, 0, func(args []ref.Val) (string, error) {
			return signature.Digest(name, rawBytes(args[0])), nil
		}))
	}
	return options
}

// messageFunction declares a function of a message, a key where it takes any
// more, and then texts: from least to most arguments behind the message. Message
// and key may be texts or bytes.
func messageFunction(name string, least, most int, run func([]ref.Val) (string, error)) cel.EnvOption {
	either := []*cel.Type{cel.StringType, cel.BytesType}
	var overloads []cel.FunctionOpt
	for n := least; n <= most; n++ {
		for _, message := range either {
			keys := either
			if n == 0 {
				keys = either[:1]
			}
			for _, key := range keys {
				types := []*cel.Type{message}
				id := name + "_" + message.String()
				if n > 0 {
					types = append(types, key)
					id += "_" + key.String() + "_" + strconv.Itoa(n)
				}
				for len(types) < n+1 {
					types = append(types, cel.StringType)
				}
				overloads = append(overloads, cel.Overload(id, types, cel.StringType, binding(len(types), run)))
			}
		}
	}
	return cel.Function(name, overloads...)
}

// binding binds run, which makes a text of n arguments.
func binding(n int, run func([]ref.Val) (string, error)) cel.OverloadOpt {
	switch n {
	case 1:
		return cel.UnaryBinding(func(v ref.Val) ref.Val { return made(run([]ref.Val{v})) })
	case 2:
		return cel.BinaryBinding(func(v, w ref.Val) ref.Val { return made(run([]ref.Val{v, w})) })
	}
	return cel.FunctionBinding(func(args ...ref.Val) ref.Val { return made(run(args)) })
}

// made returns what a package of the engine made, or its error, whose text is
// fixed.
func made(text string, err error) ref.Val {
	if err != nil {
		return refused(err)
	}
	return types.String(text)
}

func hmacOf(args []ref.Val) (string, error) {
	key := rawBytes(args[1])
	if len(args) > 4 {
		var err error
		if key, err = signature.DecodeKey(string(key), textArg(args, 4, "")); err != nil {
			return "", err
		}
	}
	return signature.HMAC(rawBytes(args[0]), key, textArg(args, 2, "sha256"), textArg(args, 3, "hex"))
}

func jwtOverloads() []cel.FunctionOpt {
	var overloads []cel.FunctionOpt
	text := cel.StringType
	for _, claims := range []*cel.Type{text, cel.MapType(text, cel.DynType)} {
		overloads = append(overloads,
			cel.Overload("jwt_"+claims.String(), []*cel.Type{claims, text, text}, text, binding(3, jwtOf)),
			cel.Overload("jwt_"+claims.String()+"_kid", []*cel.Type{claims, text, text, text}, text, binding(4, jwtOf)))
	}
	return overloads
}

func jwtOf(args []ref.Val) (string, error) {
	claims := []byte(textArg(args, 0, ""))
	if _, ok := args[0].(types.String); !ok {
		var err error
		if claims, err = appendJSON(nil, args[0], eval.DefaultLimits.Output); err != nil {
			return "", signature.ErrClaims
		}
	}
	return signature.JWT(claims, textArg(args, 1, ""), textArg(args, 2, ""), textArg(args, 3, ""))
}

// textArg returns argument i, or another text where there is none.
func textArg(args []ref.Val, i int, otherwise string) string {
	if i >= len(args) {
		return otherwise
	}
	text, _ := args[i].(types.String)
	return string(text)
}

func rawBytes(v ref.Val) []byte {
	if b, ok := v.(types.Bytes); ok {
		return b
	}
	return []byte(v.(types.String))
}
