package redact_test

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
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
	var path *fs.PathError
	require.ErrorAs(t, err, &path)
	require.Equal(t, "open /run/[REDACTED]: file does not exist", path.Error())
	require.ErrorIs(t, path, fs.ErrNotExist)
	require.Equal(t, "/run/"+canary, inner.Path, "the original is left alone")
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

func TestErrorsFoundInTheChainAreRedacted(t *testing.T) {
	r := redact.New(redact.NewSecret(canary))
	_, cause := http.Get("http://127.0.0.1:0/?key=" + canary)
	require.Error(t, cause)
	err := r.Error(fmt.Errorf("call: %w", cause))
	var found *url.Error
	require.ErrorAs(t, err, &found)
	requireNoCanary(t, fmt.Sprintf("%v %+v %#v", found, found, found))
	require.NotEmpty(t, found.Op)
	var timeout interface{ Timeout() bool }
	require.ErrorAs(t, err, &timeout)
	requireNoCanary(t, fmt.Sprint(timeout))
	var syntax *net.OpError
	require.ErrorAs(t, err, &syntax, "further down the chain")
}
