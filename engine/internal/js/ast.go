package js

// node is a part of the syntax tree: an expression, a pattern or a statement.
type node interface{ where() *extent }

// extent delimits a node in the source, in bytes, and says whether brackets stand
// around it.
type extent struct {
	pos, end  int
	bracketed bool
}

func (s *extent) where() *extent { return s }

// Expressions.
type (
	literal struct {
		extent
		value Value
	}
	// regexLiteral is a regular expression; each evaluation of it is an object of
	// its own.
	regexLiteral struct {
		extent
		pattern *pattern
	}
	nameNode struct {
		extent
		text string
		// bound is the declaration that the name means; nil for variables and the
		// library.
		bound *binding
		// set says that the name is sure to be set where it is read.
		set bool
		// called says that the name stands where a function is called.
		called bool
		// hyphenated is the alias that the author may have meant: a secret whose name has
		// a hyphen stands before the name.
		hyphenated string
	}
	templateLiteral struct {
		extent
		// texts has one more element than parts.
		texts []string
		parts []node
		// raw says that the texts are as they were written: String.raw.
		raw bool
	}
	arrayLiteral struct {
		extent
		// items has nil for a hole.
		items []node
	}
	objectLiteral struct {
		extent
		properties []property
	}
	functionLiteral struct {
		extent
		name   string
		params []parameter
		rest   node
		// body are the statements; result the expression of an arrow that has none.
		body   []node
		result node
		arrow  bool
		// self is the name of a function expression, inside of it.
		self  *binding
		scope *functionScope
		// head declares the parameters, inner what the body declares.
		head, inner *blockScope
	}
	memberNode struct {
		extent
		object node
		key    string
		// keyPos is where the name begins.
		keyPos   int
		optional bool
	}
	indexNode struct {
		extent
		object, key node
		optional    bool
	}
	callNode struct {
		extent
		callee   node
		args     []node
		optional bool
	}
	constructionNode struct {
		extent
		callee node
		args   []node
	}
	// chain is where `?.` inside of it ends.
	chainNode struct {
		extent
		inner node
	}
	unaryNode struct {
		extent
		operator string
		operand  node
	}
	updateNode struct {
		extent
		operator string
		prefix   bool
		target   node
	}
	binaryNode struct {
		extent
		operator    string
		left, right node
		// operatorPos is where the operator stands.
		operatorPos int
	}
	// sum is a row of operands of `+`, from the left.
	sumNode struct {
		extent
		operands []node
	}
	// logical is a row of operands of `&&`, `||` or `??`, from the left.
	logicalNode struct {
		extent
		operator string
		operands []node
	}
	conditionalNode struct {
		extent
		test, yes, no node
	}
	assignmentNode struct {
		extent
		operator string
		target   node
		value    node
	}
	sequenceNode struct {
		extent
		parts []node
	}
	spreadNode struct {
		extent
		operand node
	}
	// secret is a reference, with what is read from it as far as the source spells it.
	secretNode struct {
		extent
		// place is that in the references of the program.
		place int
		// alias computes the alias; nil where it is written out.
		alias node
		steps []step
		// covered says that the reference may be missing, whole that credentials may
		// stand without a field, truth that only its truth is asked.
		covered, whole, truth bool
		// optional says that a `?.` stands in it.
		optional bool
	}
)

// step is a name or an index behind an alias.
type step struct {
	key      string
	number   bool
	pos      int
	optional bool
}

// property is a part of an object literal or of an object pattern before it is
// known to be one.
type property struct {
	key string
	// computed is the key in square brackets.
	computed node
	// value is nil for a spread, whose operand is rest.
	value, rest node
	// initial is what stands behind `=` in `{a = 1}`, which only a pattern has.
	initial   node
	shorthand bool
	pos       int
}

// parameter is a target of a pattern with its default.
type parameter struct {
	target  node
	initial node
}

// Patterns.
type (
	arrayPattern struct {
		extent
		// items has a nil target for a place that is left out.
		items []parameter
		rest  node
	}
	objectPattern struct {
		extent
		properties []patternProperty
		rest       node
	}
)

type patternProperty struct {
	key      string
	computed node
	parameter
}

// Statements.
type (
	declarationNode struct {
		extent
		// word is const, let or var.
		word  string
		parts []declared
	}
	expressionStatement struct {
		extent
		expression node
	}
	conditionalStatement struct {
		extent
		test, yes, no node
	}
	loopNode struct {
		extent
		// first is a declaration or an expression; each part may be nil.
		first, test, next node
		body              node
		// last says that the test comes behind the body.
		last  bool
		scope *blockScope
	}
	walkNode struct {
		extent
		// word is that of the declaration; "" where target is assigned to.
		word         string
		target, list node
		body         node
		scope        *blockScope
	}
	choiceNode struct {
		extent
		value node
		cases []choiceCase
		scope *blockScope
	}
	jumpNode struct {
		extent
		word string
	}
	returnNode struct {
		extent
		value node
	}
	throwNode struct {
		extent
		value node
	}
	blockNode struct {
		extent
		body  []node
		scope *blockScope
	}
	functionDeclaration struct {
		extent
		name     *nameNode
		function *functionLiteral
	}
	emptyNode struct{ extent }
)

type declared struct {
	target  node
	initial node
}

// choiceCase is a case of a switch; the default has no test.
type choiceCase struct {
	test node
	body []node
}
