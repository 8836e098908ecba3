// Package redact keeps secret values out of everything that is not the
// message itself.
//
// Start with [NewSecret], which wraps a value so that no printing verb, logger
// or encoder shows it, and [New], whose [Redactor] finds the values it was
// given in any text, log record, stream or error and writes [Mask] instead.
package redact

// Mask stands wherever a secret value would. It tells neither the length nor
// the name of what it hides.
const Mask = "[REDACTED]"
