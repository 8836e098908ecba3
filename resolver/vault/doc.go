// Package vault is a provider over the key/value secrets of a HashiCorp Vault or an
// OpenBao server.
//
// Start with [New], or with [Spec], which reads `vault:URL` as the command line
// spells it. Both versions of the KV engine are read; which one a mount has is asked
// of the server unless it is said.
//
// The path is a template. With `{alias}` in it each secret is an entry of the engine:
// `value` as its only key makes a token, `username` and `password` credentials, and
// any other keys a JSON secret. Without `{alias}` one entry holds all secrets, each
// under its alias, and is read once for all of them. With `{scope}` secrets are kept
// by scope: the scope that is asked for is read first, and then those above it.
//
// Errors are built from statuses and kinds. What the server writes into its answers,
// and what was sent to it, is in none.
package vault
