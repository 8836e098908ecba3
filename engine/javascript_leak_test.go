package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
)

// failingScripts fail in as many ways as there are, each with a secret at hand.
var failingScripts = []string{
	"null[secrets.token]", "({})[secrets.token].x", "({})[secrets.token]()", "secrets.token()", "secrets.token.x.y",
	"JSON.parse(secrets.token)", "new RegExp(secrets.token + '(')", "new RegExp('a', secrets.token)",
	"decodeURIComponent(secrets.token + '%')", "(1).toString(secrets.token)", "'a'.repeat('-' + secrets.token.length)",
	"new Date(secrets.token).toISOString()", "(() => { throw new Error(secrets.token) })()", "(() => { throw secrets.token })()",
	"(() => { throw {m: secrets.token} })()", "'x' in secrets.token", "({}) instanceof secrets.token", "[...5, secrets.token]",
	"[].reduce(secrets.token)", "[1].map(secrets.token)", "Object.fromEntries([secrets.token])", "encodeURIComponent('\\uD800' + secrets.token)",
	"'a'.normalize(secrets.token)", "new Intl.NumberFormat(secrets.token)", "'a'.replaceAll(/x/, secrets.token)", "new Set(5, secrets.token)",
	"({a: secrets.token}).b.c", "(([a]) => a)(secrets.token.length)", "(({a: {b}}) => b)(secrets.token)", "new URL(secrets.token)",
	"((f) => f(secrets.token))((x) => x.nope.y)", "(() => { const a = secrets.token; a = 1 })()", "(() => { const o = Object.freeze({a: secrets.token}); o.a = 1 })()",
	"String(Object.fromEntries([[secrets.token, 1]]).x.y)", "`${secrets.token}`.split('').map(c => c.x.y)", "(() => { const f = () => f(secrets.token); return f() })()",
	"(() => { let s = secrets.token; for (;;) { s += s } })()", "btoa(secrets.token + '\\u2603')", "atob(secrets.token + '!')", "structuredClone(() => secrets.token)",
	"[secrets.token].sort(5)", "secrets.token.matchAll(/a/)", "secrets[secrets.token]", "new Array(-secrets.token.length)", "[1].flatMap(x => secrets.token[x].y.z)",
}

// TestFailingScriptsShowNothing looks for a value in all that a failing expression
// leaves: error, trace and log.
func TestFailingScriptsShowNothing(t *testing.T) {
	for _, source := range failingScripts {
		t.Run(source, func(t *testing.T) {
			for _, preview := range []bool{false, true} {
				e, err := engine.CompileExpression(source, engine.ExpressionOptions{Language: engine.JavaScript})
				if err != nil {
					requireClean(t, "compiling", source, err.Error())
					return
				}
				result, err := e.Evaluate(t.Context(), &engine.Request{Vars: leakVars, Secrets: canary.secrets(), Trace: true, Preview: preview})
				require.True(t, preview || err != nil, "it does not fail")
				requireClean(t, "evaluating", source, shownOf(t, result, err))
			}
		})
	}
}
