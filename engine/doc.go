// Package engine compiles templates and flow expressions once and renders them
// many times, with secrets put in at send time.
//
// Start with [Compile] and [Template.Render] for templates, and with
// [CompileExpression] and [Expression.Evaluate] for expressions. Both take a
// [Request], which names the variables and the [Resolver] that knows the
// secrets; [Map] is a Resolver for tests and small programs.
//
// What a send returns is [redact.Sensitive]: it prints masked everywhere, and
// Reveal is its one way out. Every error is an [*Error], built from names,
// kinds and places, never from values.
package engine
