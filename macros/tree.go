package macros

// Template is a parsed template. It is immutable and safe for concurrent use.
type Template struct {
	// Source is the text that was parsed; every Pos is an offset into it.
	Source string
	// Syntax is what Source was read as.
	Syntax Syntax
	// Nodes are the template's parts in order.
	Nodes []Node
	// References are all secrets that Nodes mention, in order of their Pos.
	References []*Reference
	// Lenient are mistakes that Liquid reads over, in order of their place.
	// A strict render refuses a template that has any.
	Lenient []*Error
}

// Place returns the line and column of pos.
func (t *Template) Place(pos Pos) Place { return PlaceOf(t.Source, pos) }

// Syntax says which forms of a template are more than text.
type Syntax uint8

const (
	// Liquid reads `{{ }}`, `{% %}` and `<<...>>`. It is the default.
	Liquid Syntax = iota
	// Macros reads `<<...>>` alone; every other byte passes untouched.
	Macros
	// Bare is Macros plus `secrets.<alias>` in the text.
	Bare
)

// ParseSyntax returns the syntax called name: "liquid", "macros", "bare", or
// "" for the default.
func ParseSyntax(name string) (Syntax, bool) {
	switch name {
	case "", "liquid":
		return Liquid, true
	case "macros":
		return Macros, true
	case "bare":
		return Bare, true
	}
	return Liquid, false
}

// String returns the name that [ParseSyntax] takes.
func (s Syntax) String() string {
	switch s {
	case Macros:
		return "macros"
	case Bare:
		return "bare"
	}
	return "liquid"
}

// Node is one part of a template.
type Node interface{ node() }

// Expr is something that has a value.
type Expr interface{ expr() }

type (
	// Text is literal output, with escapes and white-space control applied.
	// Text of a `raw` block is a Text too.
	Text struct {
		Pos  Pos
		Text string
	}

	// Output is `{{ value }}`, `<<value>>`, `{% echo value %}` or a bare
	// reference. The tags in a `{% liquid %}` are nodes of their own.
	Output struct {
		Pos   Pos
		Value Expr
	}

	// Assign is `{% assign name = value %}`.
	Assign struct {
		Pos   Pos
		Name  string
		Value Expr
	}

	// Capture is `{% capture name %}body{% endcapture %}`.
	Capture struct {
		Pos  Pos
		Name string
		Body []Node
	}

	// If is `if`, or `unless` when Unless is set; then the first branch's
	// condition is negated.
	If struct {
		Pos      Pos
		Unless   bool
		Branches []Branch
		Else     []Node
	}

	// Branch is a condition and what is rendered when it holds.
	Branch struct {
		Cond Expr
		Body []Node
	}

	// Case is `case value`; its arms are tried in order.
	Case struct {
		Pos   Pos
		Value Expr
		Arms  []Arm
	}

	// Arm is a `when` with its values, or an `else` when Else is set. An
	// else is rendered if no arm before it was.
	Arm struct {
		Else   bool
		Values []Expr
		Body   []Node
	}

	// For is `for name in in`. Key names the loop for `offset: continue`.
	For struct {
		Pos            Pos
		Name           string
		Key            string
		In             Expr
		Limit          Expr
		Offset         Expr
		OffsetContinue bool
		Reversed       bool
		Body           []Node
		Else           []Node
	}

	// TableRow is `tablerow name in in`.
	TableRow struct {
		Pos            Pos
		Name           string
		Key            string
		In             Expr
		Cols           Expr
		Limit          Expr
		Offset         Expr
		OffsetContinue bool
		Reversed       bool
		Body           []Node
	}

	// Break is `{% break %}`.
	Break struct{ Pos Pos }

	// Continue is `{% continue %}`.
	Continue struct{ Pos Pos }

	// Cycle is `{% cycle group: values %}`. Group is nil for an unnamed
	// cycle, which Key identifies by its values.
	Cycle struct {
		Pos    Pos
		Group  Expr
		Key    string
		Values []Expr
	}

	// Increment is `{% increment name %}`, or `decrement` when Down is set.
	Increment struct {
		Pos  Pos
		Name string
		Down bool
	}

	// Partial is `{% render name %}` when Isolated is set, else
	// `{% include name %}`. With is the value of `with` or `for`.
	Partial struct {
		Pos      Pos
		Isolated bool
		Name     Expr
		With     Expr
		Each     bool
		As       string
		Args     []Argument
	}

	// IfChanged is `{% ifchanged %}body{% endifchanged %}`.
	IfChanged struct {
		Pos  Pos
		Body []Node
	}
)

func (*Text) node()      {}
func (*Output) node()    {}
func (*Assign) node()    {}
func (*Capture) node()   {}
func (*If) node()        {}
func (*Case) node()      {}
func (*For) node()       {}
func (*TableRow) node()  {}
func (*Break) node()     {}
func (*Continue) node()  {}
func (*Cycle) node()     {}
func (*Increment) node() {}
func (*Partial) node()   {}
func (*IfChanged) node() {}

type (
	// Literal is nil, a bool, an int64, a *big.Int where that is too small,
	// a float64 or a string.
	Literal struct{ Value any }

	// Empty is the word `empty`.
	Empty struct{}

	// Blank is the word `blank`.
	Blank struct{}

	// Range is `(from..to)`.
	Range struct {
		Pos      Pos
		From, To Expr
	}

	// Variable is a name and the path from it. Root is set instead of Name
	// where the name itself is computed: `[expr].rest`.
	Variable struct {
		Pos  Pos
		Name string
		Root Expr
		Path []Segment
	}

	// Secret is a reference as a value.
	Secret struct{ Reference *Reference }

	// Filtered is a value with filters, applied from left to right.
	Filtered struct {
		Value   Expr
		Filters []Filter
	}

	// Binary is a comparison or a logical operation. Op is one of
	// == != < > <= >= contains and or.
	Binary struct {
		Pos         Pos
		Op          string
		Left, Right Expr
	}
)

func (*Literal) expr()  {}
func (*Empty) expr()    {}
func (*Blank) expr()    {}
func (*Range) expr()    {}
func (*Variable) expr() {}
func (*Secret) expr()   {}
func (*Filtered) expr() {}
func (*Binary) expr()   {}

// Segment is one step of a path: `.key` or `["key"]` when Index is nil, else
// `[index]`, with a literal number as a [Literal].
type Segment struct {
	Pos   Pos
	Key   string
	Index Expr
}

// Filter is `| name: args, key: value`.
type Filter struct {
	Pos   Pos
	Name  string
	Args  []Expr
	Named []Argument
}

// Argument is `name: value`.
type Argument struct {
	Name  string
	Value Expr
}
