package js

// refusals :: word of JavaScript that this language does not have -> what to write
// instead
var refusals = map[string]string{
	"class":    "there are no classes here: make objects, as in `{name, greet: () => name}`",
	"extends":  "there are no classes here: make objects, as in `{name, greet: () => name}`",
	"super":    "there are no classes here, and so no `super`",
	"async":    "there are no async functions here: nothing has to be waited for",
	"await":    "there is no `await` here: nothing has to be waited for",
	"yield":    "there are no generators here: make an array",
	"this":     "there is no `this` here: give the function what it needs as parameters",
	"import":   "nothing can be imported here",
	"export":   "nothing can be exported here",
	"eval":     "there is no `eval` here",
	"with":     "there is no `with` here: take the fields by a pattern, as in `({a, b}) => a + b`",
	"delete":   "there is no `delete` here: leave a field out by a pattern, as in `(({a, ...rest}) => rest)(o)`",
	"try":      "there is no `try` here: a mistake ends the evaluation",
	"catch":    "there is no `catch` here: a mistake ends the evaluation",
	"finally":  "there is no `finally` here: a mistake ends the evaluation",
	"debugger": "there is no `debugger` here: ask for a trace",
	"enum":     "`enum` names nothing in JavaScript",
	"const":    bodyOnly, "let": bodyOnly, "var": bodyOnly, "if": bodyOnly, "for": bodyOnly,
	"while": bodyOnly, "do": bodyOnly, "switch": bodyOnly, "throw": bodyOnly,
	"return": bodyOnly, "break": bodyOnly, "continue": bodyOnly,
}

// refuse ends parsing at a word that cannot stand where it is.
func (p *parser) refuse(word string, pos int) {
	if sentence := refusals[word]; sentence != "" {
		p.fail(pos, sentence)
	}
	if reserved[word] {
		p.fail(pos, "`"+word+"` is a word of the language and cannot stand here")
	}
	p.fail(pos, "`"+word+"` cannot stand here: check the operators, commas and quotes around it")
}

const (
	noGetters   = "there are no getters and setters here: write the field as `name: value`"
	noTags      = "a function cannot stand before a template literal here: only String.raw can; call it with brackets"
	noProto     = "there are no prototypes here: copy fields with `{...other}`"
	noLabels    = "there are no labels here: leave loops by `return` in a function"
	noForIn     = "there is no `for (... in ...)` here: walk the keys with `for (const key of Object.keys(o))`"
	noArguments = "there is no `arguments` here: name the rest of the parameters, as in `(...args) => args.length`"
	noMeta      = "there is no `new.target` here"
)
