package batch

import (
	"io"
	"sync"
	"unsafe"
)

// piece is some recipients that are worked on, and answered, one behind the other:
// lines of a stream, or records that were cut out of a document already.
type piece struct {
	text []byte
	// first is the number of the first line, and lines how many there are in text, or
	// one more.
	first, lines int
	// longest is how long a line may be; 0 where all of text is no longer.
	longest int
	records []string
	// refused is what is told in place of a line that was not kept.
	refused error
	// before is closed when all pieces before this one are written, after by who
	// wrote this one.
	before, after chan struct{}
}

// queue holds what has been read and nobody works on. Its end is open: what arrives
// in small bits joins the last piece, so that a client that sends before it reads
// can send as much in small bits as in large ones.
type queue struct {
	// most is how many bytes wait at most.
	most int
	// hold counts memory; it refuses where there is none, and free gives it back.
	hold func(bytes int) error
	free func(bytes int)

	mu sync.Mutex
	// changed is signalled whenever anything below is.
	changed sync.Cond
	waiting []*piece
	bytes   int
	// working is how many pieces were taken and not put back.
	working int
	closed  bool
	// last is closed when the piece that was taken last is written.
	last chan struct{}
}

// room keeps buffers of pieceBytes for the next piece, whoever's it is.
var room = sync.Pool{New: func() any {
	b := make([]byte, 0, pieceBytes)
	return &b
}}

// takeRoom returns an empty buffer for n bytes or more.
func takeRoom(n int) []byte {
	if n > pieceBytes {
		return make([]byte, 0, n)
	}
	return *room.Get().(*[]byte)
}

// giveRoom takes a buffer that nobody uses any more.
func giveRoom(b []byte) {
	if cap(b) == pieceBytes {
		b = b[:0]
		room.Put(&b)
	}
}

func newQueue(most int, hold func(int) error, free func(int)) *queue {
	q := &queue{most: most, hold: hold, free: free, last: make(chan struct{})}
	q.changed.L = &q.mu
	close(q.last)
	return q
}

// pushText adds text, whose first line has the number first, and in which a line
// may be as long as longest. text and rest are parts of one buffer, which is the
// queue's from now on; what it returns holds rest and is the caller's.
func (q *queue) pushText(text, rest []byte, first, lines, longest int) ([]byte, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(text) == 0 {
		return rest, nil
	}
	if n := len(q.waiting); n > 0 {
		tail := q.waiting[n-1]
		if tail.records == nil && tail.refused == nil && tail.longest == 0 && len(text) <= longest && len(tail.text)+len(text) <= cap(tail.text) {
			tail.text = append(tail.text, text...)
			tail.lines += lines
			q.bytes += len(text)
			whole := text[:len(text)+len(rest)]
			return whole[:copy(whole, rest)], nil
		}
	}
	fresh, err := q.buffer(len(rest))
	if err != nil {
		return nil, err
	}
	fresh = append(fresh, rest...)
	p := &piece{text: text, first: first, lines: lines + 1}
	if len(text) > longest {
		p.longest = longest
	}
	return fresh, q.add(p)
}

// buffer returns an empty buffer with room for n bytes.
func (q *queue) buffer(n int) ([]byte, error) {
	n = max(n, pieceBytes)
	for {
		err := q.hold(n)
		if err == nil {
			return takeRoom(n), nil
		}
		// What is in flight will give its room back.
		if q.closed || len(q.waiting)+q.working == 0 {
			return nil, err
		}
		q.changed.Wait()
	}
}

// push adds a piece without text.
func (q *queue) push(p *piece) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.add(p)
}

// add adds p once there is room for it, and one is always let in.
func (q *queue) add(p *piece) error {
	for !q.closed && len(q.waiting) > 0 && q.bytes+len(p.text) > q.most {
		q.changed.Wait()
	}
	if q.closed {
		return io.ErrClosedPipe
	}
	q.waiting = append(q.waiting, p)
	q.bytes += len(p.text)
	q.changed.Broadcast()
	return nil
}

// pop takes the next piece. It waits for one, and returns nil at the end.
func (q *queue) pop() *piece {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) == 0 && !q.closed {
		q.changed.Wait()
	}
	if len(q.waiting) == 0 {
		return nil
	}
	return q.take()
}

// take takes the first piece. The caller has mu.
func (q *queue) take() *piece {
	p := q.waiting[0]
	q.waiting[0] = nil
	q.waiting = q.waiting[1:]
	q.bytes -= len(p.text)
	q.working++
	p.before, p.after = q.last, make(chan struct{})
	q.last = p.after
	q.changed.Broadcast()
	return p
}

// popNext takes the piece behind p, if it is here and nobody else took it: its answers can
// leave with those to p.
func (q *queue) popNext(p *piece) *piece {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 || q.last != p.after {
		return nil
	}
	return q.take()
}

// backlog returns how many pieces wait.
func (q *queue) backlog() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}

// put ends the work on p.
func (q *queue) put(p *piece) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.working--
	if cap(p.text) > 0 {
		q.free(cap(p.text))
		giveRoom(p.text)
		p.text = nil
	}
	q.changed.Broadcast()
}

// close says that nothing follows. What waits is still worked on, unless it is
// dropped.
func (q *queue) close(drop bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	if drop {
		q.waiting = nil
	}
	q.changed.Broadcast()
}

// inPlace is b as a string that lives no longer than b stays as it is.
func inPlace(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
