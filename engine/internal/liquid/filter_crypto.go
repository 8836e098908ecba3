package liquid

import (
	"encoding/base64"
	"strings"

	"github.com/sotto-render/sotto/engine/internal/signature"
)

// cryptoFilters sign and authenticate. Their results are texts.
var cryptoFilters = func() map[string]*filter {
	all := map[string]*filter{
		"hmac":        {run: sign},
		"hmac_sha256": {run: signSHA256},
		"jwt":         {run: signClaims},
		"basic_auth":  {run: basicAuth},
	}
	for _, name := range signature.DigestNames {
		all[name] = text(func(s string) string { return signature.Digest(name, []byte(s)) })
	}
	return all
}()

func signSHA256(c *call, in value, args []value) value {
	return c.checked(signature.HMAC([]byte(in.string()), []byte(args[0].string()), "sha256", "hex"))
}

func sign(c *call, in value, args []value) value {
	key := []byte(args[0].string())
	if !c.named.nothing() {
		var err error
		if key, err = signature.DecodeKey(args[0].string(), c.named.string()); err != nil {
			return c.reject(err.Error())
		}
	}
	return c.checked(signature.HMAC([]byte(in.string()), key, textArg(args, 1, "sha256"), textArg(args, 2, "hex")))
}

// signClaims takes the claims before the `|`, behind the algorithm, or in both
// places.
func signClaims(c *call, in value, args []value) value {
	claims := c.claims(in)
	if len(args) > 2 {
		var err error
		if claims, err = signature.JoinClaims(claims, c.claims(args[2])); err != nil {
			return c.reject(err.Error())
		}
	}
	return c.checked(signature.JWT(claims, args[0].string(), args[1].string(), c.named.string()))
}

// claims returns the JSON of v, which is an object or the text of one.
func (c *call) claims(v value) []byte {
	if v.kind == kindHash && v.encodable(0) {
		return appendJSON(nil, v, 0)
	}
	return []byte(v.string())
}

// checked returns the text that a package of the engine made, or rejects the
// call in its words, which hold no values.
func (c *call) checked(text string, err error) value {
	if err != nil {
		return c.reject(err.Error())
	}
	return stringValue(text)
}

// textArg returns the text of argument i, or another where it is left out.
func textArg(args []value, i int, otherwise string) string {
	if i >= len(args) || args[i].nothing() {
		return otherwise
	}
	return args[i].string()
}

// basicAuth makes the credentials of RFC 7617 from a credentials secret, or
// from a user and the password behind the colon.
func basicAuth(c *call, in value, args []value) value {
	user, password := in, value{}
	switch {
	case len(args) > 0:
		password = args[0]
	case in.kind == kindHash:
		user, _ = in.get("username")
		password, _ = in.get("password")
	case in.kind == kindString && c.preview:
		return stringValue(base64.StdEncoding.EncodeToString([]byte(in.text)))
	default:
		return c.reject("it needs credentials, or a user and a password as its argument")
	}
	name := user.string()
	if strings.IndexByte(name, ':') >= 0 {
		return c.reject("the user name holds a colon")
	}
	return stringValue(base64.StdEncoding.EncodeToString([]byte(name + ":" + password.string())))
}
