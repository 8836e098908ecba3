// Package extension has the functions that a Go program adds to templates and
// expressions. It calls them so that nothing of what they are given gets into an
// error: start at [Set.Get] and [Function.Call].
package extension

import (
	"errors"
	"slices"

	"github.com/sotto-render/sotto/macros"
)

// Function is one function. Its first parameter is what stands before the `|`.
type Function struct {
	Name       string
	Parameters []macros.Parameter
	// Run is the program's own. It may panic.
	Run func(args []any) (any, error)
	// signature is the function as a filter.
	signature macros.FilterSignature
}

// Set has functions by name. A nil Set is empty. It is immutable once made, and
// safe for concurrent use.
type Set struct {
	functions map[string]*Function
	filters   map[string]*macros.FilterSignature
}

// New returns a set of functions, whose names are all different and each of which
// has a parameter.
func New(functions []Function) *Set {
	s := &Set{functions: make(map[string]*Function), filters: make(map[string]*macros.FilterSignature)}
	for _, f := range functions {
		f.signature = macros.FilterSignature{Name: f.Name, Takes: f.Parameters[0].Kind, Parameters: f.Parameters[1:]}
		s.functions[f.Name], s.filters[f.Name] = &f, &f.signature
	}
	return s
}

// Get returns a function, or nil where there is none of this name.
func (s *Set) Get(name string) *Function {
	if s == nil {
		return nil
	}
	return s.functions[name]
}

// Filters returns the signatures of the functions as filters, by name. It must not
// be changed.
func (s *Set) Filters() map[string]*macros.FilterSignature {
	if s == nil {
		return nil
	}
	return s.filters
}

// Counts returns the least and the greatest number of arguments.
func (f *Function) Counts() (least, most int) {
	least, most = f.signature.Positional()
	return least + 1, most + 1
}

// String returns the function with the names of its parameters, and brackets
// around what may be left out.
func (f *Function) String() string {
	text, open := f.Name+"(", 0
	for i, p := range f.Parameters {
		if p.Optional {
			text += "["
			open++
		}
		if i > 0 {
			text += ", "
		}
		text += p.Name
	}
	return text + string(slices.Repeat([]byte("]"), open)) + ")"
}

// ErrFailed is the error of a function that failed or panicked. What it said may
// hold what it was given: nothing of it is kept.
var ErrFailed = errors.New("the function failed")

// Call runs the function. The error is [ErrFailed].
func (f *Function) Call(args []any) (result any, err error) {
	defer func() {
		if recover() != nil {
			result, err = nil, ErrFailed
		}
	}()
	if result, err = f.Run(args); err != nil {
		return nil, ErrFailed
	}
	return result, nil
}
