// Package server is sotto's HTTP API.
//
// Start with [New], which takes what the process has made (a resolver, a
// redactor, a logger, a store) and returns a [Server]: [Server.Handler] is the
// API as an http.Handler, [Server.Serve] runs it on a listener until a context
// ends and finishes what is in flight.
//
// A call goes one way: the route finds its endpoint; the endpoint
// authenticates, checks the role, decodes strictly, calls one method of a few
// lines and encodes. Each error is an RFC 9457 problem whose code is one row of
// the table in code.go. Bodies, query strings and Authorization headers are
// logged nowhere.
package server
