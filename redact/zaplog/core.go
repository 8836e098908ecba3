// Package zaplog redacts the entries of go.uber.org/zap.
//
// Put [NewCore] around the core that writes:
//
//	logger = logger.WithOptions(zap.WrapCore(func(c zapcore.Core) zapcore.Core { return zaplog.NewCore(redactor, c) }))
package zaplog

import (
	"go.uber.org/zap/zapcore"

	"github.com/sotto-render/sotto/redact"
)

// Core is a [zapcore.Core] that hands redacted entries to the next one: message, name of
// the logger, stack, and keys and values of fields of every type. It is safe for concurrent
// use as far as the next core is.
type Core struct {
	redactor *redact.Redactor
	next     zapcore.Core
	// with returns the fields of [Core.With], which are not redacted yet: what becomes
	// known later is masked too. They are behind a function so that printing shows none.
	with func() []zapcore.Field
}

// NewCore returns a core that redacts what it passes to next.
func NewCore(r *redact.Redactor, next zapcore.Core) *Core {
	return &Core{redactor: r, next: next, with: func() []zapcore.Field { return nil }}
}

// Enabled asks the next core.
func (c *Core) Enabled(level zapcore.Level) bool { return c.next.Enabled(level) }

// With returns a core whose entries have fields.
func (c *Core) With(fields []zapcore.Field) zapcore.Core {
	with := append(append([]zapcore.Field(nil), c.with()...), fields...)
	return &Core{redactor: c.redactor, next: c.next, with: func() []zapcore.Field { return with }}
}

// Check adds the core to an entry that the next core would take.
func (c *Core) Check(e zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.next.Enabled(e.Level) {
		return checked.AddCore(e, c)
	}
	return checked
}

// Write hands the entry on, redacted.
func (c *Core) Write(e zapcore.Entry, fields []zapcore.Field) error {
	e.Message = c.redactor.String(e.Message)
	e.LoggerName = c.redactor.String(e.LoggerName)
	e.Stack = c.redactor.String(e.Stack)
	with := c.with()
	clean := make([]zapcore.Field, 0, len(with)+len(fields))
	for _, list := range [][]zapcore.Field{with, fields} {
		for _, f := range list {
			clean = append(clean, field(c.redactor, f))
		}
	}
	return c.next.Write(e, clean)
}

// Sync asks the next core.
func (c *Core) Sync() error { return c.next.Sync() }
