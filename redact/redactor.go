package redact

import (
	"time"
	"unsafe"

	"github.com/sotto-render/sotto/redact/internal/index"
)

// DefaultGrace is how long a retired value stays known.
const DefaultGrace = 24 * time.Hour

// DefaultDerivedBytes is what the forms of derived values take of one redactor at
// most.
const DefaultDerivedBytes = 16 << 20

// DefaultRetiredBytes is what the forms of retired values take of one redactor at most.
const DefaultRetiredBytes = 16 << 20

// Options configure a [Redactor]. The zero Options are the defaults.
type Options struct {
	// Grace is how long a value stays known after [Redactor.Retire]: logs and
	// retries may still carry it. 0 means [DefaultGrace].
	Grace time.Duration
	// DerivedBytes bounds what the forms of derived values take together, see
	// [Secret.Derive]; the oldest go first. 0 means [DefaultDerivedBytes]. Values
	// that were given are never dropped.
	DerivedBytes int
	// RetiredBytes bounds what the forms of values that were retired or are kept take
	// together; those of one take 1 MiB at most. Past it the oldest are known as they
	// are alone, without what encoders make of them: a value is never dropped within its
	// grace time. 0 means [DefaultRetiredBytes].
	RetiredBytes int
}

// Redactor finds the values of the secrets it was given in text and writes
// [Mask] instead. Matches that overlap or touch become one mask. It is safe for
// concurrent use. Make one with [New].
type Redactor struct {
	// registry is behind a closure so that printing a redactor, or what holds
	// one, shows nothing; see [payload].
	registry func() *registry
	// counted, if not nil, is told of masks; see [Redactor.Counting].
	counted func(masks int)
}

// New returns a redactor that knows secrets, with the default [Options].
func New(secrets ...Secret) *Redactor {
	return NewWithOptions(Options{}, secrets...)
}

// NewWithOptions returns a redactor that knows secrets.
func NewWithOptions(o Options, secrets ...Secret) *Redactor {
	if o.Grace == 0 {
		o.Grace = DefaultGrace
	}
	if o.DerivedBytes == 0 {
		o.DerivedBytes = DefaultDerivedBytes
	}
	if o.RetiredBytes == 0 {
		o.RetiredBytes = DefaultRetiredBytes
	}
	g := &registry{grace: o.Grace, derived: derivedQueue{most: o.DerivedBytes}, retired: retiredQueue{most: o.RetiredBytes}}
	r := &Redactor{registry: func() *registry { return g }}
	r.Add(secrets...)
	return r
}

// Add makes secrets known: every scan that starts after Add returns masks them.
// A value that is known already costs one lookup, and is retired no more.
// Values that are empty or all white space are ignored.
func (r *Redactor) Add(secrets ...Secret) {
	makeFormsOf(secrets)
	g := r.registry()
	for _, s := range secrets {
		if s.payload != nil {
			g.add(s.payload)
		}
	}
}

// Retire says that secrets were rotated out. They stay known for the grace
// time, and then are forgotten unless they were added again. What was derived
// from them goes with them.
func (r *Redactor) Retire(secrets ...Secret) {
	g := r.registry()
	for _, s := range secrets {
		if s.payload != nil {
			g.retire(s.payload)
		}
	}
}

// Forget makes secrets unknown at once, with what was derived from them: for a value
// that has to be gone, such as one that was purged from its store.
func (r *Redactor) Forget(secrets ...Secret) {
	g := r.registry()
	for _, s := range secrets {
		if s.payload != nil {
			g.forget(s.payload)
		}
	}
}

// Counting returns a redactor of the same secrets that tells count how many masks it
// writes, each time that it writes some: for metrics. What is added to one of the two is
// known to both. count is called by whoever redacts, so it MUST be safe for concurrent use.
func (r *Redactor) Counting(count func(masks int)) *Redactor {
	return &Redactor{registry: r.registry, counted: count}
}

// wrote tells of masks.
func (r *Redactor) wrote(masks int) {
	if r.counted != nil && masks > 0 {
		r.counted(masks)
	}
}

// String returns text with every known value masked. If nothing is found, it
// is text itself, without allocation.
func (r *Redactor) String(text string) (clean string) {
	failed := true // asking for a panic costs more than this
	defer func() {
		if failed && recover() != nil {
			clean = Mask
		}
	}()
	var buf [4]index.Span
	spans, _ := r.registry().find(buf[:0], bytesOf(text), 0, false)
	if len(spans) == 0 {
		failed = false
		return text
	}
	r.wrote(len(spans))
	out := appendMasked(make([]byte, 0, len(text)+len(Mask)), bytesOf(text), spans)
	return unsafe.String(unsafe.SliceData(out), len(out))
}

// Append appends src with every known value masked to dst. The two must not
// overlap.
func (r *Redactor) Append(dst, src []byte) (out []byte) {
	defer func() {
		if recover() != nil {
			out = append(dst, Mask...)
		}
	}()
	var buf [4]index.Span
	spans, _ := r.registry().find(buf[:0], src, 0, false)
	r.wrote(len(spans))
	return appendMasked(dst, src, spans)
}

// clean reports whether nothing in text is to be masked.
func (r *Redactor) clean(text string) bool { return r.cleanBytes(bytesOf(text)) }

// cleanBytes is clean for bytes. A matcher that fails finds nothing clean.
func (r *Redactor) cleanBytes(text []byte) (clean bool) {
	defer func() {
		if recover() != nil {
			clean = false
		}
	}()
	var buf [4]index.Span
	spans, _ := r.registry().find(buf[:0], text, 0, false)
	return len(spans) == 0
}

func appendMasked(dst, src []byte, spans []index.Span) []byte {
	var line jsonLine
	at := 0
	for _, s := range spans {
		dst = append(dst, src[at:s.From]...)
		dst = append(dst, line.mask(src, s)...)
		at = s.To
	}
	return append(dst, src[at:]...)
}

// bytesOf returns the bytes of s, which must not be changed.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
