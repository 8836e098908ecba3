// Package zaplog redacts the entries of go.uber.org/zap.
//
// Put [NewCore] around the core that writes:
//
//	logger = logger.WithOptions(zap.WrapCore(func(c zapcore.Core) zapcore.Core { return zaplog.NewCore(redactor, c) }))
package zaplog

import (
	"bytes"
	"errors"

	"go.uber.org/zap/zapcore"

	"github.com/sotto-render/sotto/redact"
)

// Core is a [zapcore.Core] that hands redacted entries to the next one: message, name of
// the logger, caller, stack, and keys and values of fields of every type, in their order
// and of their types. A number, time or boolean that is masked becomes a text. Which
// entries are written stays for the next core to say, be it a tee or a sampler. It is safe
// for concurrent use as far as the next core is.
type Core struct {
	redactor *redact.Redactor
	next     zapcore.Core
	// with returns the fields of [Core.With], which are not redacted yet: what becomes
	// known later is masked too. They are behind a function so that printing shows none.
	with func() []zapcore.Field
	// checked is what the next core made of the entry that is to be written.
	checked *zapcore.CheckedEntry
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

// Check adds the core to an entry that the next core takes.
func (c *Core) Check(e zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	taken := c.next.Check(e, nil)
	if taken == nil {
		return checked
	}
	return checked.AddCore(e, &Core{redactor: c.redactor, next: c.next, with: c.with, checked: taken})
}

// Write hands the entry on, redacted.
func (c *Core) Write(e zapcore.Entry, fields []zapcore.Field) error {
	e.Message = c.redactor.String(e.Message)
	e.LoggerName = c.redactor.String(e.LoggerName)
	e.Stack = c.redactor.String(e.Stack)
	e.Caller.File, e.Caller.Function = c.redactor.String(e.Caller.File), c.redactor.String(e.Caller.Function)
	with := c.with()
	clean := make([]zapcore.Field, 0, len(with)+len(fields))
	for _, list := range [][]zapcore.Field{with, fields} {
		for _, f := range list {
			clean = append(clean, field(c.redactor, f))
		}
	}
	if c.checked == nil {
		return c.redactor.Error(c.next.Write(e, clean))
	}
	var failed failure
	c.checked.Entry, c.checked.ErrorOutput = e, &failed
	c.checked.Write(clean...)
	if failed.Len() > 0 {
		return errors.New(c.redactor.String(failed.String()))
	}
	return nil
}

// failure is what the cores behind an entry say of their errors.
type failure struct{ bytes.Buffer }

// Sync implements [zapcore.WriteSyncer].
func (*failure) Sync() error { return nil }

// Sync asks the next core.
func (c *Core) Sync() error { return c.next.Sync() }
