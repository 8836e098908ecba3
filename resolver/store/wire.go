package store

import (
	"encoding/binary"
	"errors"
	"time"
)

// encoder builds the byte form of what is stored and authenticated. Every
// element has its length or is fixed, so that no two lists of elements have
// the same form.
type encoder struct{ buf []byte }

func (e *encoder) int(n int64)     { e.buf = binary.AppendVarint(e.buf, n) }
func (e *encoder) bytes(b []byte)  { e.size(len(b)); e.buf = append(e.buf, b...) }
func (e *encoder) string(s string) { e.size(len(s)); e.buf = append(e.buf, s...) }
func (e *encoder) size(n int)      { e.buf = binary.AppendUvarint(e.buf, uint64(n)) } // a length is not negative

func (e *encoder) bool(b bool) {
	if b {
		e.buf = append(e.buf, 1)
		return
	}
	e.buf = append(e.buf, 0)
}

// time keeps milliseconds; the zero time is 0.
func (e *encoder) time(t time.Time) {
	if t.IsZero() {
		e.int(0)
		return
	}
	e.int(t.UnixMilli())
}

func (e *encoder) strings(list []string) {
	e.size(len(list))
	for _, s := range list {
		e.string(s)
	}
}

var errEncoding = errors.New("store: a record is not encoded as this version writes it")

// decoder reads what an encoder wrote. After the first mistake it yields zeros
// and keeps the error, which end returns.
type decoder struct {
	buf []byte
	err error
}

func (d *decoder) fail() {
	d.buf, d.err = nil, errEncoding
}

func (d *decoder) int() int64 {
	v, n := binary.Varint(d.buf)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.buf = d.buf[n:]
	return v
}

// format reads the format of a record, of which newest is the last that this version
// knows. Another one is a mistake: what is not understood is not guessed at.
func (d *decoder) format(newest int64) int64 {
	format := d.int()
	if format < 1 || format > newest {
		d.fail()
	}
	return format
}

func (d *decoder) size() int {
	v, n := binary.Uvarint(d.buf)
	if n <= 0 || v > uint64(len(d.buf)-n) {
		d.fail()
		return 0
	}
	d.buf = d.buf[n:]
	return int(v) // not more than the length of buf
}

func (d *decoder) bytes() []byte {
	n := d.size()
	b := d.buf[:n:n]
	d.buf = d.buf[n:]
	return b
}

func (d *decoder) string() string { return string(d.bytes()) }

func (d *decoder) bool() bool {
	if len(d.buf) == 0 || d.buf[0] > 1 {
		d.fail()
		return false
	}
	b := d.buf[0] == 1
	d.buf = d.buf[1:]
	return b
}

func (d *decoder) time() time.Time {
	ms := d.int()
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func (d *decoder) strings() []string {
	n := d.size()
	list := make([]string, 0, n)
	for range n {
		list = append(list, d.string())
	}
	return list
}

// end returns the first mistake; bytes left over are one.
func (d *decoder) end() error {
	if d.err == nil && len(d.buf) > 0 {
		d.fail()
	}
	return d.err
}
