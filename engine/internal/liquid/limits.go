package liquid

import "time"

// Limits bound what one compilation and one render may use; the engine's type of
// this name says what each of them counts.
type Limits struct {
	TemplateBytes int
	OutputBytes   int
	WorkBytes     int
	Iterations    int
	Nesting       int
	Partials      int
	PartialDepth  int
	Time          time.Duration
}

// WithDefaults returns l with the default in each field that is not set.
func (l Limits) WithDefaults() Limits {
	fill := func(field *int, otherwise int) {
		if *field <= 0 {
			*field = otherwise
		}
	}
	fill(&l.TemplateBytes, 1<<20)
	fill(&l.OutputBytes, 10<<20)
	fill(&l.WorkBytes, 64<<20)
	fill(&l.Iterations, 100_000)
	fill(&l.Nesting, 100)
	fill(&l.Partials, 1000)
	fill(&l.PartialDepth, 50)
	if l.Time <= 0 {
		l.Time = time.Second
	}
	return l
}
