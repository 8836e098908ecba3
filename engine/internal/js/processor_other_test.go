//go:build !unix

package js

import "time"

var started = time.Now()

// processorTime returns the time since the start: there is no better one here.
func processorTime() time.Duration { return time.Since(started) }
