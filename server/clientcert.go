package server

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/resolver"
)

// ClientCertificate is a client that needs no token where TLS has verified its
// certificate.
type ClientCertificate struct {
	// Name is one of the certificate's: a DNS name or URI of its subject's alternative
	// names, or, where it has none of either, its common name. It is compared as it is.
	Name string
	Role api.Role
	// Scope is where it reaches, and below; "" is all scopes.
	Scope resolver.Scope
}

var clientNames = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:/*-]{0,199}$`)

// ParseClientCertificate reads NAME=ROLE@SCOPE, or NAME=ROLE for all scopes.
func ParseClientCertificate(text string) (ClientCertificate, error) {
	name, granted, ok := strings.Cut(text, "=")
	role, in, bound := strings.Cut(granted, "@")
	c := ClientCertificate{Name: name, Role: api.Role(role)}
	switch {
	case !ok || !clientNames.MatchString(name):
		return c, errors.New("write NAME=ROLE@SCOPE, as in mailer.internal=render@acme/shop")
	case rights[c.Role] == 0:
		return c, errors.New("the role is preview, author, render or admin")
	}
	if !bound {
		return c, nil
	}
	var err error
	c.Scope, err = resolver.ParseScope(in)
	return c, err
}

// certificatePrefix begins the id of a caller that is known by a certificate. No token's
// id has a colon.
const certificatePrefix = "certificate:"

// certified returns whom the client's certificate makes the caller.
func (s *Server) certified(x *exchange) (caller, error) {
	if len(s.clients) == 0 || x.r.TLS == nil || len(x.r.TLS.VerifiedChains) == 0 {
		return caller{}, errUnauthorized
	}
	// A browser shows its certificate to whatever page asks it to.
	if err := s.crossOrigin.Check(x.r); err != nil || x.r.Method == http.MethodOptions {
		return caller{}, fail(api.Forbidden, "a client certificate works for programs, not for pages of other sites")
	}
	leaf := x.r.TLS.VerifiedChains[0][0]
	names := slices.Clone(leaf.DNSNames)
	for _, uri := range leaf.URIs {
		names = append(names, uri.String())
	}
	if len(names) == 0 {
		names = []string{leaf.Subject.CommonName}
	}
	for _, client := range s.clients {
		if slices.Contains(names, client.Name) {
			return caller{id: certificatePrefix + client.Name, role: client.Role, scope: client.Scope}, nil
		}
	}
	return caller{}, errUnauthorized
}
