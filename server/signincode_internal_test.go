package server

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSignInCodeEnds(t *testing.T) {
	start := time.Now()
	done := func() error { return nil }
	var c signInCode
	require.Equal(t, errNoCode, c.use("", start, done), "no code is set")

	c.set("one", start.Add(SignInCodeLifetime))
	last := start.Add(SignInCodeLifetime - 1)
	require.Equal(t, errNoCode, c.use("other", start, done))
	require.Equal(t, errNoCode, c.use("one", last.Add(1), done), "its time is over")
	_, err := c.end("one", last.Add(1))
	require.Equal(t, errNoCode, err)

	end, err := c.end("one", last)
	require.NoError(t, err)
	require.Equal(t, start.Add(SignInCodeLifetime), end)
	failed := errors.New("the store is down")
	require.Equal(t, failed, c.use("one", last, func() error { return failed }), "what failed does not use it up")
	require.NoError(t, c.use("one", last, done))
	require.Equal(t, errNoCode, c.use("one", last, done), "it was used")

	c.set("two", start.Add(SignInCodeLifetime))
	c.set("three", start.Add(SignInCodeLifetime))
	require.Equal(t, errNoCode, c.use("two", start, done), "a later one ends it")
}
