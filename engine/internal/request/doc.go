// Package request holds what one request knows of the secrets that it
// mentions: which it declares, which exist, what fields they have, and what a
// reference yields, as a value or as the placeholder of a preview. Templates
// and all expression languages ask it, so that they cannot disagree.
//
// Start with [Secrets.Resolve].
package request
