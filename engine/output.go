package engine

import (
	"sync"
	"sync/atomic"

	"github.com/sotto-render/sotto/redact"
)

// Output is what a send renders. It prints masked; Reveal is its way out.
type Output = redact.Sensitive[string]

// buffers are what Render works in, by size.
var buffers [4]sync.Pool

// sizeGuess is the length of the last output.
type sizeGuess struct{ atomic.Int64 }

func bufferClass(size int) int {
	switch {
	case size <= 4<<10:
		return 0
	case size <= 64<<10:
		return 1
	case size <= 1<<20:
		return 2
	}
	return 3
}

// inBuffer returns what render appends to a buffer of the pool.
func (t *Template) inBuffer(render func(dst []byte) ([]byte, error)) (Output, error) {
	guess := int(t.size.Load())
	class := bufferClass(guess)
	buffer, _ := buffers[class].Get().(*[]byte)
	if buffer == nil {
		buffer = new([]byte)
		*buffer = make([]byte, 0, max(512, guess))
	}
	out, err := render((*buffer)[:0])
	var result Output
	if err == nil {
		result = redact.NewSensitive(string(out))
		t.size.Store(int64(len(out)))
	}
	if class = bufferClass(cap(out)); class < len(buffers)-1 {
		clear(out[:cap(out)])
		*buffer = out[:0]
		buffers[class].Put(buffer)
	}
	return result, err
}
