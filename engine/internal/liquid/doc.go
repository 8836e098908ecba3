// Package liquid compiles templates and renders them: the values, filters and
// tags of Liquid, and the escaping of each value for the place where it lands.
// It is given the secrets of a request and looks none up.
//
// Start with [Compile], [Template.Prepare] and [Prepared.Append]. A template
// goes through macros' parser, the escape pass, which decides how each value is
// escaped, and the compiler, whose ops a render runs one after the other.
package liquid
