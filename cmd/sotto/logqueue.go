package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

const (
	// maxQueuedLog is how much of the log waits for a reader that is slow.
	maxQueuedLog = 1 << 20
	// lastLogPatience is how long the end of the process waits for it.
	lastLogPatience = time.Second
)

// logQueue writes a log beside those who log, so that a reader who stalls or is gone
// stops no request. What does not fit any more is dropped and counted, and as soon as
// there is room the log says so. Each Write is a whole record.
type logQueue struct {
	to io.Writer
	// notice makes the record that says how many were dropped.
	notice func(dropped uint64) []byte
	wake   chan struct{}
	done   chan struct{}

	mu      sync.Mutex
	waiting []byte
	closed  bool
	// dropped counts the records lost, untold those of them that the log has not
	// told of.
	dropped, untold uint64
}

// newLogQueue starts a queue in front of to.
func newLogQueue(to io.Writer, notice func(dropped uint64) []byte) *logQueue {
	q := &logQueue{to: to, notice: notice, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go q.run()
	return q
}

// Write implements io.Writer. It never waits and never fails.
func (q *logQueue) Write(record []byte) (int, error) {
	q.mu.Lock()
	if q.closed || len(q.waiting)+len(record) > maxQueuedLog {
		q.dropped++
		q.untold++
	} else {
		q.waiting = append(q.waiting, record...)
	}
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
	return len(record), nil
}

// run writes what waits, as much at once as there is.
func (q *logQueue) run() {
	defer close(q.done)
	var writing []byte
	for range q.wake {
		for {
			q.mu.Lock()
			writing, q.waiting = q.waiting, writing[:0]
			if q.untold > 0 {
				writing = append(writing, q.notice(q.untold)...)
				q.untold = 0
			}
			closed := q.closed
			q.mu.Unlock()
			if len(writing) == 0 {
				if closed {
					return
				}
				break
			}
			_, _ = q.to.Write(writing) // nobody is left to tell
		}
	}
}

// Dropped returns how many records were lost.
func (q *logQueue) Dropped() uint64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.dropped
}

// Close writes what waits, for a reader that takes it within a second.
func (q *logQueue) Close() error {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
	select {
	case <-q.done:
		return nil
	case <-time.After(lastLogPatience):
		return fmt.Errorf("the log was not taken to its end")
	}
}
