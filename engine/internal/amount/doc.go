// Package amount writes numbers and money as templates and expressions do. It
// computes in exact decimals, knows no value of a language, and its errors are
// fixed texts. Start at [Parse].
package amount
