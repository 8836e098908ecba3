package eval

import (
	"context"
	"time"

	"github.com/sotto-render/sotto/engine/internal/budget"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// Secrets is what an evaluation knows about the secrets. It is asked while the
// expression runs, so it answers from what was resolved before.
type Secrets interface {
	// Status says what is known of a canonical alias; Undeclared stands for
	// one that required_secrets does not list.
	Status(alias string) macros.Status
	// Secret returns the value of a Known alias. In a preview it is not called.
	Secret(alias string) redact.Secret
}

// Given is what an evaluation is given besides the variables.
type Given struct {
	// Secrets answers references; nil knows none.
	Secrets Secrets
	// Preview yields placeholders.
	Preview bool
	// Trace asks for the steps.
	Trace bool
	// NewObject makes the objects of a result, for so many keys, where the language
	// gives keys an order; nil makes them Go maps.
	NewObject func(size int) Builder
	// Order lists the names of the variables as they were written; those that
	// it leaves out come behind them, sorted.
	Order []string
	// Now is what now() returns; nil means time.Now.
	Now func() time.Time
	// Yield is called from time to time; it may block, and returns for how
	// long it did. Nil never waits.
	Yield func() time.Duration
	// Budget is what the whole request may use; nil for no bound.
	Budget *budget.Budget
	// Context ends the evaluation when it ends; nil never does.
	Context context.Context
}

// Status says what is known of a canonical alias.
func (g *Given) Status(alias string) macros.Status {
	if g.Secrets == nil {
		return macros.Missing
	}
	return g.Secrets.Status(alias)
}

// Prepared is what all evaluations of one program share: what they are given,
// and what the references of the program yield. The zero Prepared is ready for
// Init; once made it is safe for concurrent use.
type Prepared struct {
	Given
	// Pins :: place in the references of the program -> what each yields in
	// every evaluation. A program that has no use for them gets none.
	Pins []Pin
	few  [4]Pin
}

// Init fills p and pins references. What p knew before is dropped.
func (p *Prepared) Init(given Given, references []*macros.Reference) {
	clear(p.Pins)
	p.Given = given
	// Most expressions have few references: their pins need no memory of
	// their own.
	p.Pins = p.few[:0]
	for _, reference := range references {
		p.Pins = append(p.Pins, pinned(given.Secrets, reference))
	}
}

// Forget drops all that p knows. Nothing else may use p.
func (p *Prepared) Forget() {
	// The elements first: what is kept for the next use would hold on to the
	// values otherwise.
	clear(p.Pins)
	p.Given, p.Pins = Given{}, nil
}
