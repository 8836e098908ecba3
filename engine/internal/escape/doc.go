// Package escape decides how a value is escaped for the place where it lands,
// and escapes it. It is given text and yields text: it knows neither the values
// nor the nodes of a template, only where JSON, a URL or HTML stands behind
// what was read.
//
// A compiler starts with [Begin] and follows the author's text and the values
// with [States.Literal] and [States.Value], which decides each value's
// [Escaper]. A render appends with [Scanner.Append]. Filters change a text that
// is partly escaped with an [Editor].
package escape
