package liquid

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// cryptoFilters sign and authenticate. Their results are texts.
var cryptoFilters = map[string]*filter{
	"sha256":      text(digest),
	"hmac_sha256": {run: sign},
	"basic_auth":  {run: basicAuth},
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func sign(c *call, in value, args []value) value {
	key := args[0].string()
	if key == "" {
		return c.reject("the key is empty")
	}
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(in.string()))
	return stringValue(hex.EncodeToString(mac.Sum(nil)))
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
