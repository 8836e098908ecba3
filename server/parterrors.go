package server

import (
	"errors"

	"github.com/sotto-render/sotto/engine"
)

// partErrors collects what is wrong with the parts of one request.
type partErrors struct {
	code    engine.Code
	details []engine.Detail
}

// add notes the mistakes that err holds, as those of part. It returns err itself
// where it holds none.
func (m *partErrors) add(part string, err error) error {
	var wrong *engine.Error
	if !errors.As(err, &wrong) {
		return err
	}
	if m.code == "" {
		m.code = wrong.Code
	}
	for _, d := range wrong.Details {
		d.Part = part
		m.details = append(m.details, d)
	}
	return nil
}

// err returns all mistakes as one error, or nil.
func (m *partErrors) err() error {
	if m.code == "" {
		return nil
	}
	return &engine.Error{Code: m.code, Details: m.details}
}
