package server

import (
	"cmp"
	"time"

	"github.com/sotto-render/sotto/engine"
)

// Limits bound what one client can cost. A zero field means its default.
type Limits struct {
	// BodyBytes is the size of the largest request body. Default: 4 MiB.
	BodyBytes int64
	// HeaderBytes is the size of the largest request header. Default: 64 KiB.
	HeaderBytes int
	// ReadHeader bounds the time to read a header. Default: 5 s.
	ReadHeader time.Duration
	// Read bounds the time to read a whole request. Default: 30 s.
	Read time.Duration
	// Write bounds the time from the header's end to the last byte of the
	// answer, the waiting for a turn aside. Default: 60 s.
	Write time.Duration
	// Silence bounds how long a client may take nothing of a large answer.
	// Default: 10 s.
	Silence time.Duration
	// Idle bounds how long a connection waits for its next request.
	// Default: 120 s.
	Idle time.Duration
	// Shutdown bounds how long [Server.Serve] waits for requests in flight.
	// Default: 30 s.
	Shutdown time.Duration
	// Arrive bounds how long the rest of a body may take to arrive once the
	// server is to end. Default: 1 s.
	Arrive time.Duration
	// OutputBytes is how long all outputs and results of one request may be
	// together. Default: 10 MiB.
	OutputBytes int
	// CPU is the processor time that compiling, rendering and evaluating may
	// take for one request. Default: 2 s.
	CPU time.Duration
	// CacheBytes is about how much memory compiled templates, expressions and
	// stored templates take together. Default: 64 MiB.
	CacheBytes int
	// InFlightBytes is how much of requests and answers is held at once; each
	// token may hold as much as is free. Default: 256 MiB.
	InFlightBytes int64
	// Queue bounds how long a request waits for its first turn on the
	// processors. Default: 30 s.
	Queue time.Duration
	// SignIns is how many failed sign-ins in a minute one address may have.
	// Default: 60.
	SignIns int
	// Token is what each token may take.
	Token TokenLimits
}

func (l Limits) withDefaults() Limits {
	l.BodyBytes = cmp.Or(l.BodyBytes, 4<<20)
	l.HeaderBytes = cmp.Or(l.HeaderBytes, 64<<10)
	l.ReadHeader = cmp.Or(l.ReadHeader, 5*time.Second)
	l.Read = cmp.Or(l.Read, 30*time.Second)
	l.Write = cmp.Or(l.Write, 60*time.Second)
	l.Idle = cmp.Or(l.Idle, 120*time.Second)
	l.Shutdown = cmp.Or(l.Shutdown, 30*time.Second)
	l.Arrive = cmp.Or(l.Arrive, time.Second)
	l.CacheBytes = cmp.Or(l.CacheBytes, 64<<20)
	l.Silence = cmp.Or(l.Silence, 10*time.Second)
	l.InFlightBytes = cmp.Or(l.InFlightBytes, 256<<20)
	l.Queue = cmp.Or(l.Queue, 30*time.Second)
	l.SignIns = cmp.Or(l.SignIns, 60)
	l.OutputBytes = cmp.Or(l.OutputBytes, 10<<20)
	l.CPU = cmp.Or(l.CPU, 2*time.Second)
	return l
}

// budget returns what a request that began at start may use. A sixth of the time
// to write stays for the answer itself.
func (l Limits) budget(start time.Time) engine.BudgetLimits {
	return engine.BudgetLimits{OutputBytes: l.OutputBytes, CPU: l.CPU, Until: start.Add(l.Write * 5 / 6)}
}
