package batch

import (
	"strings"
	"sync"

	"github.com/sotto-render/sotto/engine"
)

// maxUnwritten is how much of a piece's answers is kept before it is written.
const maxUnwritten = 256 << 10

// outputs keeps buffers for the answers to pieces.
var outputs outputPool

type outputPool struct{ pool sync.Pool }

func (p *outputPool) get() []byte {
	if b, ok := p.pool.Get().(*[]byte); ok {
		return *b
	}
	return make([]byte, 0, 2*pieceBytes)
}

func (p *outputPool) put(b []byte) {
	if cap(b) <= 2*maxUnwritten {
		b = b[:0]
		p.pool.Put(&b)
	}
}

// routine is the work of one goroutine.
type routine struct {
	run    *run
	turn   Turn
	budget engine.Budget
	worker Worker
	record Record
	fast   fast
	out    []byte
	// before is closed when all that stands before out is written; nil where it is.
	before <-chan struct{}
	// held is how much of out is counted.
	held  int
	tally Tally
}

func newRoutine(r *run) *routine {
	l := &routine{run: r, turn: noTurn{}, out: outputs.get()}
	if r.Turn != nil {
		l.turn = r.Turn()
	}
	l.budget.Start(r.Budget)
	l.worker = r.Work(l.turn.Yield, &l.budget)
	_, l.record.ordered = l.worker.(orderedWorker)
	l.fast.worker, l.fast.shapes = l.worker, &r.shapes
	return l
}

// close ends the work.
func (l *routine) close() {
	l.turn.End()
	l.run.Free(l.held)
	outputs.put(l.out)
}

// pieces answers all recipients of p, and those of the pieces behind it that are here and
// that nobody else works on, and writes the answers at once: each writing wakes the client.
// It returns the last piece.
func (l *routine) pieces(p *piece) (last *piece, err error) {
	for l.before = p.before; ; {
		if err = l.turn.Begin(p.recipients()); err == nil {
			err = l.records(p)
			l.turn.End()
		}
		var next *piece
		if err == nil && len(l.out) < maxUnwritten {
			next = l.run.queue.popNext(p)
		}
		l.run.queue.put(p)
		switch {
		case err != nil:
			return p, err
		case next == nil:
			return p, l.write()
		}
		p = next
	}
}

// recipients is how many there are, or a few more.
func (p *piece) recipients() int {
	switch {
	case p.records != nil:
		return len(p.records)
	case p.refused != nil:
		return 1
	}
	return p.lines
}

// quickly is how many records are pasted before others are asked about: a few microseconds'
// work.
const quickly = 16

func (l *routine) records(p *piece) error {
	for i, record := range p.records {
		if err := l.slow(p, record, p.first+i); err != nil {
			return err
		}
	}
	if p.refused != nil {
		l.fail("", p.refused)
	}
	text := inPlace(p.text)
	for line := p.first; text != ""; line++ {
		if p.longest == 0 {
			if done := l.quick(text); done > 0 {
				text = text[done:]
				if line%quickly == 0 || len(l.out) >= maxUnwritten {
					if err := l.after(); err != nil {
						return err
					}
				}
				continue
			}
		}
		end := strings.IndexByte(text, '\n') + 1
		if end == 0 {
			end = len(text)
		}
		record := strings.TrimRight(text[:end], "\r\n")
		text = text[end:]
		if strings.Trim(record, " \t\r") == "" {
			continue
		}
		if p.longest > 0 && len(record) > p.longest {
			l.fail("", &LineError{Line: line, Long: p.longest})
			continue
		}
		// What is decoded are parts of a copy: the piece's room is used again,
		// and nobody knows who keeps a part for how long.
		if err := l.slow(p, strings.Clone(record), line); err != nil {
			return err
		}
	}
	return nil
}

// slow answers any record.
func (l *routine) slow(p *piece, text string, line int) error {
	l.budget.Start(l.run.Budget)
	from := len(l.out)
	l.begin()
	if err := l.record.decode(text, line, p.records != nil); err != nil {
		l.out = l.out[:from]
		l.fail(l.record.ID, err)
		return l.after()
	}
	l.out = append(appendID(l.out, l.record.ID), ',')
	out, err := l.worker.Append(l.out, &l.record)
	if err != nil {
		l.out = l.out[:from]
		l.fail(l.record.ID, err)
	} else {
		l.out = out
		l.end()
		l.tally.OK++
		l.budget.Start(l.run.Budget)
		l.fast.learn(text)
	}
	return l.after()
}

// begin and end are what stands around a line.
func (l *routine) begin() {
	if l.run.Listed {
		l.out = append(l.out, ',')
	}
	l.out = append(l.out, `{"id":`...)
}

func (l *routine) end() {
	l.out = append(l.out, '}')
	if !l.run.Listed {
		l.out = append(l.out, '\n')
	}
}

func appendID(dst []byte, id string) []byte {
	if id == "" {
		return append(dst, "null"...)
	}
	return append(dst, id...)
}

// fail answers with a mistake.
func (l *routine) fail(id string, err error) {
	l.begin()
	l.out = append(appendID(l.out, id), `,"error":`...)
	l.out = l.run.Problem(l.out, err)
	l.end()
	l.tally.Failed++
}

// after is what follows each answer: others get their turn, and much of it is
// written.
func (l *routine) after() error {
	if err := l.run.ctx.Err(); err != nil {
		return errStopped
	}
	l.turn.Yield()
	if len(l.out) < maxUnwritten {
		return nil
	}
	l.turn.End()
	if err := l.write(); err != nil {
		return err
	}
	return l.turn.Begin(0)
}

// write writes what there is, once all before it is written.
func (l *routine) write() error {
	if more := cap(l.out) - l.held; more > 0 {
		if err := l.run.Hold(more); err != nil {
			return err
		}
		l.held = cap(l.out)
	}
	if l.before != nil {
		select {
		case <-l.before:
			l.before = nil
		case <-l.run.ctx.Done():
			return errStopped
		}
	}
	if len(l.out) > 0 {
		if err := l.run.Write(l.out); err != nil {
			return err
		}
	}
	l.run.tally.OK += l.tally.OK
	l.run.tally.Failed += l.tally.Failed
	l.tally = Tally{}
	if cap(l.out) > 2*maxUnwritten {
		l.run.Free(l.held)
		l.out, l.held = outputs.get(), 0
	}
	l.out = l.out[:0]
	return nil
}
