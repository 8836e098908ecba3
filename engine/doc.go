// Package engine compiles templates and flow expressions once and renders them
// many times, with secrets put in at send time.
//
// Start with [Compile] and [Template.Render] for templates, and with
// [CompileExpression] and [Expression.Evaluate] for expressions. Both take a
// [Request], which names the variables and the [Resolver] that knows the
// secrets; [Map] is a Resolver for tests and small programs.
//
// What is made for many is prepared once: [Template.Prepare], [Message.Prepare],
// [Expression.Prepare] and [Flow.Prepare] check the request and resolve its secrets
// in one call, so that all see the same versions. Then [Prepared.Append],
// [PreparedMessage.Append] and [PreparedFlow.Evaluate] take the variables of each,
// and fail for that one alone. Fork gives one to each goroutine.
//
// What a send returns is [redact.Sensitive]: it prints masked everywhere, and
// Reveal is its one way out. Every error is an [*Error], built from names,
// kinds and places, never from values.
//
// # Stability
//
// Versions follow semver. It covers what this package exports, the codes of
// [Error] and its details, what a template or an expression that compiles yields,
// and the places that errors, lint and traces name. It does not cover the words
// of messages, the masks and the steps of a trace beyond their order, the
// defaults of limits, which may rise, or speed. A template that is refused today
// may compile tomorrow; one that compiles goes on to mean the same, unless what it
// sends is wrong or tells a secret: then the changelog says so.
package engine
