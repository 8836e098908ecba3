package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"time"

	"github.com/sotto-render/sotto/engine"
)

// Source yields recipients: [Lines] or a [List].
type Source interface {
	// next adds what comes next to q. It returns [io.EOF] with the last of it or
	// behind it.
	next(q *queue) error
}

// Turn is the work of one goroutine on the processors, where others want them too.
type Turn interface {
	// Begin waits until so many recipients may be worked on. The error ends the
	// batch.
	Begin(recipients int) error
	// Yield lets others work and returns for how long they did.
	Yield() time.Duration
	// End may be called more than once.
	End()
}

// Options say how a batch runs. Work and Problem and Write MUST be set.
type Options struct {
	// Work makes what works on recipients in one goroutine.
	Work func(yield func() time.Duration, budget *engine.Budget) Worker
	// Problem appends a mistake as JSON. It MUST be safe for concurrent use.
	Problem func(dst []byte, err error) []byte
	// Write takes the answers to some recipients, whole lines in their order. It
	// is called by one goroutine at a time. An error ends the batch.
	Write func(p []byte) error
	// Listed makes each line an element of a list: with a comma before it and no
	// end of line behind it.
	Listed bool
	// Interrupt makes a Read of the source return. It is called when the batch
	// ends early.
	Interrupt func()
	// Turn makes what waits for the processors, for one goroutine; nil where
	// nobody else wants them.
	Turn func() Turn
	// Budget is what each recipient may use.
	Budget engine.BudgetLimits
	// Queue is how many bytes are read ahead. Default: 1 MiB.
	Queue int
	// Hold counts memory before it is taken, and may refuse it; Free gives it
	// back. Nil counts none.
	Hold func(bytes int) error
	Free func(bytes int)
}

// Tally is what became of the recipients.
type Tally struct{ OK, Failed int }

// errStopped ends the work after another goroutine met a mistake.
var errStopped = errors.New("batch: stopped")

// Run works on all recipients and returns what became of those whose answers were
// written. The error says why there are others: the source broke, or ctx ended, or
// Write failed. No goroutine of it is left then.
func Run(ctx context.Context, from Source, o Options) (Tally, error) {
	if o.Queue <= 0 {
		o.Queue = 1 << 20
	}
	if o.Hold == nil {
		o.Hold, o.Free = func(int) error { return nil }, func(int) {}
	}
	ctx, stop := context.WithCancelCause(ctx)
	r := &run{Options: o, ctx: ctx, stop: stop, queue: newQueue(o.Queue, o.Hold, o.Free)}
	interrupted := make(chan struct{})
	unhook := context.AfterFunc(ctx, func() {
		defer close(interrupted)
		r.queue.close(true)
		if o.Interrupt != nil {
			o.Interrupt()
		}
	})
	var broken error
	var all sync.WaitGroup
	all.Go(r.work)
	all.Go(func() { broken = r.read(from, &all) })
	all.Wait()
	if !unhook() {
		<-interrupted // whoever comes next must not be
	}
	err := context.Cause(ctx)
	stop(nil)
	if err == nil {
		err = broken
	}
	return r.tally, err
}

// run is one [Run].
type run struct {
	Options
	ctx   context.Context
	stop  context.CancelCauseFunc
	queue *queue
	// shapes are what the records so far looked like.
	shapes shapes
	// tally belongs to who writes.
	tally Tally
}

// read fills the queue, and has as many work as there is work for.
func (r *run) read(from Source, all *sync.WaitGroup) (err error) {
	workers, most := 1, runtime.GOMAXPROCS(0)
	if most > 1 {
		most++ // one of them writes
	}
	defer func() {
		if cause := recover(); cause != nil {
			r.stop(&PanicError{cause})
		}
		r.queue.close(false)
	}()
	for err == nil {
		err = from.next(r.queue)
		for waiting := r.queue.backlog(); workers < min(waiting, most); workers++ {
			all.Go(r.work)
		}
	}
	if err == io.EOF {
		return nil
	}
	return err
}

// PanicError is the error of a batch in which something panicked.
type PanicError struct{ Cause any }

// Error says the type of the cause alone: its text may hold anything.
func (e *PanicError) Error() string { return fmt.Sprintf("batch: a panic of type %T", e.Cause) }

// work works on one piece after another.
func (r *run) work() {
	defer func() {
		if cause := recover(); cause != nil {
			r.stop(&PanicError{cause})
		}
	}()
	w := newRoutine(r)
	defer w.close()
	for {
		p := r.queue.pop()
		if p == nil {
			return
		}
		last, err := w.pieces(p)
		if err != nil {
			r.stop(err)
			return
		}
		close(last.after)
	}
}

// noTurn is the Turn where nobody else wants the processors.
type noTurn struct{}

func (noTurn) Begin(int) error      { return nil }
func (noTurn) Yield() time.Duration { return 0 }
func (noTurn) End()                 {}
