package vault

import (
	"errors"
	"net/url"
	"strconv"
	"time"

	"github.com/sotto-render/sotto/resolver"
)

// Spec is the row of this kind for [resolver.ParseProvider].
func Spec() resolver.Spec {
	return resolver.Spec{
		Kind: "vault", Form: "vault:URL", Example: "vault:https://vault.internal:8200?mount=secret&path=sotto/{scope}/{alias}",
		Secrets: "an entry of a KV engine of Vault or OpenBao for each alias: `value` alone is a token, `username` and `password` are credentials, other keys JSON",
		Needs:   "a token in `VAULT_TOKEN`, or `auth=approle`, `kubernetes` or `jwt`, that may read the entries",
		Open: func(text string) (resolver.Provider, error) {
			p, err := parseURL(text)
			if err != nil {
				return nil, err
			}
			return p, nil
		},
	}
}

var errURL = errors.New("provider vault: write a URL as in https://vault.internal:8200?mount=secret; its options are mount, path, kv, namespace, " +
	"auth, auth_mount, role, role_id, secret_id_file, token_file, jwt_file, ca, cert, key, timeout and parallel, each once")

// parseURL reads an address and its options. Errors hold nothing of it.
func parseURL(text string) (*Provider, error) {
	u, err := url.Parse(text)
	if err != nil || u.Fragment != "" {
		return nil, errURL
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, errURL
	}
	u.RawQuery = ""
	o := Options{Address: u.String()}
	texts := map[string]*string{
		"mount": &o.Mount, "path": &o.Path, "namespace": &o.Namespace, "auth": (*string)(&o.Auth.Method), "auth_mount": &o.Auth.Mount,
		"role": &o.Auth.Role, "role_id": &o.Auth.RoleID, "secret_id_file": &o.Auth.SecretIDFile, "token_file": &o.Auth.TokenFile,
		"jwt_file": &o.Auth.JWTFile, "ca": &o.CA, "cert": &o.Certificate, "key": &o.Key,
	}
	for name, values := range query {
		if len(values) != 1 || values[0] == "" {
			return nil, errURL
		}
		value := values[0]
		switch {
		case texts[name] != nil:
			*texts[name] = value
		case name == "kv" && (value == "1" || value == "2"):
			o.Version = int(value[0] - '0')
		case name == "timeout":
			if o.Timeout, err = time.ParseDuration(value); err != nil || o.Timeout <= 0 {
				return nil, errors.New("provider vault: timeout= takes a time such as 10s")
			}
		case name == "parallel":
			if o.Parallel, err = strconv.Atoi(value); err != nil || o.Parallel <= 0 {
				return nil, errors.New("provider vault: parallel= takes a count of at least 1")
			}
		default:
			return nil, errURL
		}
	}
	return New(o)
}
