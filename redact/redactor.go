package redact

// Redactor finds the values of secrets in text.
type Redactor struct{}
