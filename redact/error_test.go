package redact_test

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
)

func TestErrorIsRedactedAndStillFound(t *testing.T) {
	r := redact.New(redact.NewSecret(canary))
	inner := &fs.PathError{Op: "open", Path: "/run/" + canary, Err: fs.ErrNotExist}
	err := r.Error(fmt.Errorf("start: %w", errors.Join(inner, errors.New(canary))))

	require.Equal(t, "start: open /run/[REDACTED]: file does not exist\n[REDACTED]", err.Error())
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorAs(t, err, new(*fs.PathError))
	require.NotErrorIs(t, err, fs.ErrExist)
	for e := err; e != nil; e = errors.Unwrap(e) {
		requireNoCanary(t, fmt.Sprintf("%v %+v %#v %s %q", e, e, e, e, e))
	}
	requireNoCanary(t, fmt.Sprintf("%+v", fmt.Errorf("again: %w", err)))
	require.NoError(t, r.Error(nil))
}

func TestErrorThatPanicsIsAMask(t *testing.T) {
	require.Equal(t, redact.Mask, redact.New().Error(panicker{}).Error())
}
