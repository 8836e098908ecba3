package cel

import (
	"strings"

	"github.com/google/cel-go/cel"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// mistaken is how cel-go spells the type of an operand that is wrong itself.
const mistaken = "!error!"

// mistakes makes errors of our own of cel-go's, in their order. What only
// follows from a mistake before it is left out.
func (r *rewritten) mistakes(issues *cel.Issues) []*eval.Error {
	var wrong []*eval.Error
	for i, issue := range issues.Errors() {
		if len(wrong) == eval.MaxMistakes {
			break
		}
		if i > 0 && strings.Contains(issue.Message, mistaken) {
			continue
		}
		offset := codePointOf(r.text, issue.Location.Line(), issue.Location.Column())
		e := eval.SyntaxError(r.offset(offset), issueText(issue.Message))
		if isTooLarge(issue.Message) {
			e.Code = eval.Limit
		}
		wrong = append(wrong, e)
	}
	return wrong
}

// onePerPlace keeps the first of the mistakes at each place: cel-go's parser
// says several things about one.
func onePerPlace(wrong []*eval.Error) []*eval.Error {
	seen := make(map[int]bool, len(wrong))
	kept := wrong[:0]
	for _, e := range wrong {
		if !seen[e.Pos] {
			seen[e.Pos] = true
			kept = append(kept, e)
		}
	}
	return kept
}

// codePointOf returns the code point at a line, from 1, and a column, from 0.
func codePointOf(text string, line, column int) int {
	n := 0
	for i, l := range strings.SplitAfter(text, "\n") {
		if i == line-1 {
			return n + column
		}
		n += len([]rune(l))
	}
	return n
}

// longTypes is how long names of types may get in a message.
const longTypes = 100

// issueText says in plain words what cel-go's parser or checker found. The
// texts quote nothing but the author's source and the names of types; the names
// that stand for what CEL cannot spell are put back.
func issueText(message string) string {
	switch {
	case strings.HasPrefix(message, "Syntax error: mismatched input '<EOF>'"),
		strings.HasPrefix(message, "Syntax error: no viable alternative at input '<EOF>'"),
		strings.Contains(message, "'<EOF>'") && strings.HasPrefix(message, "Syntax error"):
		return "the expression ends too early"
	case strings.HasPrefix(message, "Syntax error"):
		return "this cannot stand here: check the operators, commas and quotes around it"
	case strings.HasPrefix(message, "undeclared reference to"):
		name := quoted(message)
		if strings.Contains(name, reservedPrefix) {
			return "there is no such function or name"
		}
		return "there is no function or name " + name
	case strings.HasPrefix(message, "found no matching overload"):
		_, types, _ := strings.Cut(message, "applied to ")
		name := strings.Trim(quoted(message), "'")
		return doesNotTake(name, strings.Trim(types, "'"))
	case message == "invalid argument to has() macro":
		return "has() takes a field behind a dot, as in has(user.name)"
	case isTooLarge(message):
		return "the expression is nested too deeply or too long"
	}
	if strings.Contains(message, reservedPrefix) || strings.Contains(message, "@") || len(message) > 2*longTypes {
		return "this is used in a way that the language does not allow"
	}
	return message
}

// doesNotTake says that a function or an operator has no overload for types.
func doesNotTake(name, types string) string {
	if name == dateName || name == zoneName {
		// The binder puts the time behind what the author wrote.
		types = strings.TrimSuffix(types, ", timestamp)") + ")"
	}
	if len(types) > longTypes {
		types = "values of these types"
	}
	return "`" + strings.Trim(name, "_@") + "` does not take " + types
}

// quoted returns the first '...' of message, quotes included.
func quoted(message string) string {
	_, rest, ok := strings.Cut(message, "'")
	name, _, ok2 := strings.Cut(rest, "'")
	if !ok || !ok2 {
		return ""
	}
	return "'" + name + "'"
}

func isTooLarge(message string) bool {
	return strings.Contains(message, "exceeds limit") || strings.Contains(message, "recursion limit") ||
		strings.Contains(message, "size exceeds") || strings.Contains(message, "max recursion depth")
}
