// Package batch renders and evaluates for many recipients: NDJSON in, NDJSON out,
// in the order in which they came, with all processors at work and a bounded
// amount of memory.
//
// Start with [Run], which takes the recipients from a [Source] and has them worked
// on by what [NewTemplate], [NewMessage], [NewExpression] and [NewFlow] return. A
// recipient that fails has an error in its line and stops nobody.
package batch
