package engine

import "time"

// Limits bound what one compilation and one render may use. A field that is
// zero has the default.
type Limits struct {
	// TemplateBytes is the length of a template or partial; 1 MiB.
	TemplateBytes int
	// OutputBytes is the length of the output, and of any text that is
	// made on the way; 10 MiB.
	OutputBytes int
	// WorkBytes is the sum of all that filters, captures and lists make
	// during one render, and of what the partials take that its data
	// names; 64 MiB.
	WorkBytes int
	// Iterations is the number of turns of all loops together; 100,000.
	Iterations int
	// Nesting is how deep blocks stand in each other; 100.
	Nesting int
	// Partials is how many partials one template may name, and one render
	// may choose by its data; 1,000.
	Partials int
	// PartialDepth is how deep partials call each other; 50.
	PartialDepth int
	// Time is how long one render may take; 1 second.
	Time time.Duration
}
