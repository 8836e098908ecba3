package engine

import (
	"cmp"
	"time"

	"github.com/sotto-render/sotto/engine/internal/budget"
	"github.com/sotto-render/sotto/engine/internal/request"
)

// BudgetLimits bound what all the renders and evaluations of one request use
// together, besides what [Limits] and [ExpressionLimits] allow to each. A field
// that is zero has the default. What exceeds one fails with [LimitExceeded], and
// the message names the limit.
type BudgetLimits struct {
	// OutputBytes is the length of all outputs and results; 10 MiB.
	OutputBytes int
	// WorkBytes is the sum of all that filters, captures, lists and
	// expressions make on the way; 256 MiB.
	WorkBytes int
	// Steps is the number of turns of all loops and of all steps of
	// expressions; 5,000,000.
	Steps int
	// CPU is the processor time, taken as the time that the work takes without
	// what [Request.Yield] waits; 2 seconds.
	CPU time.Duration
	// Until is when all must have ended, waiting included; zero for never.
	Until time.Time
}

// Budget is what one request has used of its [BudgetLimits]. It belongs to a
// [Request], whose parts, partials and expressions share it. It is safe for
// concurrent use once [Budget.Start] has returned.
type Budget struct{ used budget.Budget }

// NewBudget returns a budget of which nothing is used.
func NewBudget(limits BudgetLimits) *Budget {
	b := new(Budget)
	b.Start(limits)
	return b
}

// Start begins anew, with nothing used, for the next request. It MUST NOT be
// called while b is in use.
func (b *Budget) Start(limits BudgetLimits) {
	b.used.Start(budget.Limits{
		Output: int64(orDefault(limits.OutputBytes, 10<<20)), Work: int64(orDefault(limits.WorkBytes, 256<<20)),
		Steps: int64(orDefault(limits.Steps, 5_000_000)), CPU: cmp.Or(limits.CPU, 2*time.Second), Until: limits.Until,
	})
}

// Spend counts processor time that the request took outside of renders and
// evaluations, such as that of compiling. The error is an [*Error] with the code
// [LimitExceeded] once any limit is exceeded.
func (b *Budget) Spend(took time.Duration) error {
	if why := b.shared().CPU(took); why != "" {
		return errorOf(request.NewError(request.LimitExceeded, why))
	}
	return nil
}

// Left returns how much processor time is left, at least 0.
func (b *Budget) Left() time.Duration { return b.used.Left() }

// shared is b as the languages know it, or nil.
func (b *Budget) shared() *budget.Budget {
	if b == nil {
		return nil
	}
	return &b.used
}
