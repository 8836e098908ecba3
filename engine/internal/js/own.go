package js

import (
	"encoding/base64"
	"strings"

	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/engine/internal/signature"
)

// workBytes is how many bytes of a message a hash reads in a step.
const workBytes = 16

// message returns argument i as the text that other programs see: UTF-8.
func message(vm *machine, args []Value, i int, otherwise string) (string, error) {
	v := argument(args, i)
	if v.kind == kindUndefined && i >= 1 {
		vm.see(v)
		return otherwise, nil
	}
	s, err := toText(vm, v)
	if err != nil {
		return "", err
	}
	if isBroken(s) {
		s = wellFormed(s)
	}
	if err := vm.step(int64(len(s)) / workBytes); err != nil {
		return "", err
	}
	return s, vm.charge(int64(len(s)))
}

// messages returns as many arguments as there are fallbacks.
func messages(vm *machine, args []Value, otherwise ...string) ([]string, error) {
	all := make([]string, len(otherwise))
	for i := range all {
		var err error
		if all[i], err = message(vm, args, i, otherwise[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// signedText returns what the package signature made, or its error, whose text is fixed.
func signedText(s string, err error) (Value, error) {
	if err != nil {
		return undefined, eval.Refusal(err)
	}
	return text(s), nil
}

// ownFunctions are those that CEL has too.
var ownFunctions = append(digestFunctions(),
	newFunc("hmac_sha256", 2, func(vm *machine, _ Value, args []Value) (Value, error) {
		m, err := messages(vm, args, "", "")
		if err != nil {
			return undefined, err
		}
		return signedText(signature.HMAC([]byte(m[0]), []byte(m[1]), "sha256", "hex"))
	}),
	newFunc("hmac", 2, func(vm *machine, _ Value, args []Value) (Value, error) {
		m, err := messages(vm, args, "", "", "sha256", "hex", "")
		if err != nil {
			return undefined, err
		}
		key := []byte(m[1])
		if m[4] != "" {
			if key, err = signature.DecodeKey(m[1], m[4]); err != nil {
				return signedText("", err)
			}
		}
		return signedText(signature.HMAC([]byte(m[0]), key, m[2], m[3]))
	}),
	newFunc("jwt", 3, jwt),
	newFunc("basic_auth", 2, basicAuth),
	newFunc("base64url", 1, func(vm *machine, _ Value, args []Value) (Value, error) {
		s, err := message(vm, args, 0, "")
		if err != nil {
			return undefined, err
		}
		return text(base64.RawURLEncoding.EncodeToString([]byte(s))), vm.charge(2 * int64(len(s)))
	}),
	newFunc("url_encode", 1, func(vm *machine, _ Value, args []Value) (Value, error) {
		s, err := message(vm, args, 0, "")
		if err != nil {
			return undefined, err
		}
		if err := vm.charge(4 * int64(len(s))); err != nil {
			return undefined, err
		}
		return text(string(appendPercent(nil, s, &strictSet))), nil
	}),
)

func digestFunctions() []*Func {
	var all []*Func
	for _, name := range signature.DigestNames {
		all = append(all, newFunc(name, 1, func(vm *machine, _ Value, args []Value) (Value, error) {
			s, err := message(vm, args, 0, "")
			if err != nil {
				return undefined, err
			}
			return text(signature.Digest(name, []byte(s))), nil
		}))
	}
	return all
}

// jwt signs claims: an object, or JSON.
func jwt(vm *machine, _ Value, args []Value) (Value, error) {
	claims := argument(args, 0)
	if claims.isObject() {
		var err error
		if claims, err = jsonStringify(vm, undefined, []Value{claims}); err != nil {
			return undefined, err
		}
	}
	given := append([]Value{claims}, args[min(1, len(args)):]...)
	m, err := messages(vm, given, "", "", "", "")
	if err != nil {
		return undefined, err
	}
	// A signature by RSA takes about as long as this many steps.
	if err := vm.step(20_000); err != nil {
		return undefined, err
	}
	return signedText(signature.JWT([]byte(m[0]), m[1], m[2], m[3]))
}

// basicAuth returns the credentials of RFC 7617 of two texts, or of an object with
// a username and a password: without the word Basic.
func basicAuth(vm *machine, _ Value, args []Value) (Value, error) {
	user, password := argument(args, 0), argument(args, 1)
	if user.isObject() {
		o := user
		var err error
		if user, err = getMember(vm, o, "username"); err != nil {
			return undefined, err
		}
		if password, err = getMember(vm, o, "password"); err != nil {
			return undefined, err
		}
		if user.kind != kindString || password.kind != kindString {
			return undefined, typeError("basic_auth takes two texts, or an object with a username and a password")
		}
	}
	m, err := messages(vm, []Value{user, password}, "", "")
	if err != nil {
		return undefined, err
	}
	if strings.IndexByte(m[0], ':') >= 0 {
		return undefined, eval.ErrColon
	}
	return text(base64.StdEncoding.EncodeToString([]byte(m[0] + ":" + m[1]))), vm.charge(2 * int64(len(m[0])+len(m[1])))
}
