package macros

import "slices"

// TagSignature says what a tag does and how it is written.
type TagSignature struct {
	Name string
	// Description is one sentence without a full stop.
	Description string
	// Forms are templates that use the tag, with all that belongs to it. Each
	// compiles, where there is a partial called `template`.
	Forms []string
}

// tagTable is the one list of all tags. Those that end or divide a block, such
// as `else`, stand in the forms of their block.
var tagTable = []TagSignature{
	{"assign", "gives a value a name", []string{"{% assign name = value %}"}},
	{"break", "ends the loop around it", []string{"{% for item in list %}{% break %}{% endfor %}"}},
	{"capture", "gives what stands in it a name, and prints nothing", []string{"{% capture name %}...{% endcapture %}"}},
	{"case", "compares a value with others and renders what belongs to it", []string{"{% case value %}{% when 1 %}...{% else %}...{% endcase %}"}},
	{"comment", "is not rendered", []string{"{% comment %}...{% endcomment %}", "{% # comment %}"}},
	{"continue", "goes on with the next turn of the loop around it", []string{"{% for item in list %}{% continue %}{% endfor %}"}},
	{"cycle", "prints one of its values after the other, one each time", []string{"{% cycle 'a', 'b' %}", "{% cycle 'group': 'a', 'b' %}"}},
	{"decrement", "subtracts 1 from a counter and prints it", []string{"{% decrement name %}"}},
	{"doc", "is for people and is not rendered", []string{"{% doc %}...{% enddoc %}"}},
	{"echo", "prints a value, as an object does", []string{"{% echo value %}"}},
	{"for", "renders once for each item", []string{"{% for item in list %}...{% else %}...{% endfor %}", "{% for item in list reversed, limit: 2, offset: 1 %}...{% endfor %}"}},
	{"if", "renders where a condition holds", []string{"{% if condition %}...{% elsif condition %}...{% else %}...{% endif %}"}},
	{"ifchanged", "renders where that differs from the last time", []string{"{% ifchanged %}...{% endifchanged %}"}},
	{"include", "renders a partial that sees and changes all variables", []string{"{% include 'template' %}"}},
	{"increment", "prints a counter and adds 1 to it", []string{"{% increment name %}"}},
	{"liquid", "reads each of its lines as a tag", []string{"{% liquid\n  assign name = value\n  echo name\n%}"}},
	{"raw", "prints what stands in it as it is", []string{"{% raw %}...{% endraw %}"}},
	{"render", "renders a partial that sees its arguments alone", []string{"{% render 'template' %}", "{% render 'template', name: value %}", "{% render 'template' for list as item %}"}},
	{"tablerow", "renders the rows of an HTML table", []string{"{% tablerow item in list cols: 2 %}...{% endtablerow %}"}},
	{"unless", "renders where a condition does not hold", []string{"{% unless condition %}...{% endunless %}"}},
}

// tagNames are the names in tagTable, in its order, which is theirs.
var tagNames = func() []string {
	names := make([]string, 0, len(tagTable))
	for _, row := range tagTable {
		names = append(names, row.Name)
	}
	return names
}()

// Tags returns the names of all tags, sorted, without those that end or divide
// a block.
func Tags() []string { return slices.Clone(tagNames) }

// TagSignatures returns the signatures of [Tags]. What it returns is shared and
// must not be changed.
func TagSignatures() []TagSignature { return tagTable }
