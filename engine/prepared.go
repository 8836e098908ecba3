package engine

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sotto-render/sotto/engine/internal/escape"
	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/internal/jsontext"
	"github.com/sotto-render/sotto/macros"
)

// Prepared is a template with its secrets resolved: every Append sees the same
// versions. It is safe for concurrent use, and prints nothing of what it holds.
type Prepared struct {
	// open keeps the values behind a function, where no printer follows.
	open func() *prepared
}

type prepared struct {
	template *Template
	secrets  *request.Secrets
	// pinned :: place in Template.refs -> what the reference yields
	pinned []pinned
	// taints has a place for each secret.
	taints  []taint
	preview bool
	strict  bool
	now     func() time.Time
	done    context.Context
}

// pinned is what a reference yields.
type pinned struct {
	value value
	// absent says why it yields nothing; "" where it does.
	absent  string
	message string
}

// Prepare makes the checks that come before rendering and resolves all secrets
// in one call. It looks at the names of req.Vars only. The checks are in the
// order declared, existence, fields; the first kind that fails is reported
// whole.
func (t *Template) Prepare(ctx context.Context, req *Request) (*Prepared, error) {
	if req.Strict && len(t.lenient) > 0 {
		return nil, failure(t.lenient)
	}
	s, err := resolve(ctx, req, t.units)
	if err != nil {
		return nil, err
	}
	return t.pin(ctx, req, s), nil
}

func (t *Template) pin(ctx context.Context, req *Request, s *request.Secrets) *Prepared {
	p := &prepared{}
	p.pin(ctx, t, req, s)
	return &Prepared{open: func() *prepared { return p }}
}

// pin fills p, which is new or was forgotten.
func (p *prepared) pin(ctx context.Context, t *Template, req *Request, s *request.Secrets) {
	p.template, p.secrets, p.preview, p.strict, p.done = t, s, req.Preview, req.Strict, ctx
	if p.now = req.Now; p.now == nil {
		p.now = time.Now
	}
	p.pinned = request.Resize(p.pinned, len(t.refs))
	values := s.Values()
	p.taints = request.Resize(p.taints, len(values))
	for i := range p.taints {
		p.taints[i].secrets = values[i : i+1 : i+1]
	}
	for i, ref := range t.refs {
		if ref.Computed == nil {
			p.pinned[i] = pin(s, ref, p.taintOf(ref))
		}
	}
}

// forget drops all that p holds and keeps its room.
func (p *prepared) forget() {
	clear(p.pinned)
	clear(p.taints)
	*p = prepared{pinned: p.pinned[:0], taints: p.taints[:0]}
}

// once is what one render needs that is not prepared for more.
type once struct {
	secrets  request.Secrets
	prepared prepared
}

var onces = sync.Pool{New: func() any { return new(once) }}

// Append is [Template.Prepare] and [Prepared.Append] in one, for one render.
func (t *Template) Append(ctx context.Context, req *Request, dst []byte) ([]byte, error) {
	if req.Strict && len(t.lenient) > 0 {
		return dst, failure(t.lenient)
	}
	o := onces.Get().(*once)
	defer o.release()
	if err := resolveInto(ctx, &o.secrets, req, t.units, t.lookup); err != nil {
		return dst, err
	}
	o.prepared.pin(ctx, t, req, &o.secrets)
	return o.prepared.append(dst, req.Vars)
}

func (o *once) release() {
	if cap(o.prepared.pinned) > request.MaxPooled {
		return
	}
	o.secrets.Forget()
	o.prepared.forget()
	onces.Put(o)
}

// taintOf returns the taint of what ref yields; an empty one in a preview.
func (p *prepared) taintOf(ref *macros.Reference) *taint {
	if at, ok := p.secrets.Index(ref.Alias); ok && at < len(p.taints) {
		return &p.taints[at]
	}
	return new(taint)
}

// pin returns what ref yields, made of the secret of t.
func pin(s *request.Secrets, ref *macros.Reference, t *taint) pinned {
	found := s.Pin(ref)
	if found.Code != "" {
		return pinned{absent: found.Code, message: found.Message}
	}
	v := valueOf(found.Value)
	v.taint = t
	if len(ref.Path) == 0 && (v.kind == kindHash || v.kind == kindList) {
		// A JSON secret prints as its author wrote it.
		v.text = found.Secret.Reveal()
	}
	return pinned{value: v}
}

// Append renders with vars and appends the output to dst. On an error dst comes
// back at its old length. A variable called `secrets` is out of reach of every
// template; [CheckVars] refuses it.
func (p *Prepared) Append(dst []byte, vars map[string]any) ([]byte, error) {
	return p.open().append(dst, vars)
}

func (p *prepared) append(dst []byte, vars map[string]any) ([]byte, error) {
	start := len(dst)
	if p.template.flat && !p.strict {
		if out, ok := p.appendFlat(dst, vars); ok {
			return out, nil
		}
	}
	st := newState(p, vars, dst[:start])
	st.renderAll()
	out, err := st.dst, st.result()
	st.release()
	if err != nil {
		return out[:start], err
	}
	return out, nil
}

// renderAll renders the template. A panic, such as one of a method of the
// variables' own types, ends it without its text.
func (st *state) renderAll() {
	defer func() {
		if recover() != nil {
			st.stop(request.NewError(request.Internal, "the render failed inside: look at what the methods of the variables' types do"))
		}
	}()
	st.run(st.template.ops)
	if st.template.check && st.err == nil && !st.scanner.Complete(st.dst) {
		st.refuse("the output is no valid JSON: look at the commas and brackets between the values")
	}
	if st.scheme && st.err == nil && escape.RunsScript(st.dst[st.start:]) {
		st.refuse("the values together are a URL that would run as code: write its scheme in the template")
	}
}

// result returns what is wrong with the render. Missing variables come first,
// because they may be the cause of the rest.
func (st *state) result() error {
	if len(st.missing) > 0 {
		return failure(st.missing)
	}
	if st.err == nil {
		return nil
	}
	return ofRequest(st.err)
}

// appendFlat renders a template of text, variables and secrets. It gives up
// where a value is more than text.
func (p *prepared) appendFlat(dst []byte, vars map[string]any) ([]byte, bool) {
	start, ops := len(dst), p.template.ops
	for i := range ops {
		o := &ops[i]
		dst = append(dst, o.text...)
		var text string
		switch o.does {
		case opNothing:
			continue
		case opVariable:
			s, ok := vars[o.path[0]].(string)
			if !ok {
				if dst, ok = o.appendSimple(dst, vars[o.path[0]]); !ok {
					return dst, false
				}
				continue
			}
			text = s
		case opPath:
			x := member(vars[o.path[0]], o.path[1:])
			s, ok := x.(string)
			if !ok {
				if dst, ok = o.appendSimple(dst, x); !ok {
					return dst, false
				}
				continue
			}
			text = s
		case opSecret:
			v := &p.pinned[o.slot].value
			if v.kind != kindString {
				return dst, false
			}
			text = v.text
		}
		if o.mode == escape.AsIs {
			dst = append(dst, text...)
			continue
		}
		switch o.mode {
		case escape.JSONText:
			dst = jsontext.AppendText(dst, text)
		case escape.JSONValue, escape.JSONKey:
			dst = jsontext.AppendString(dst, text)
		case escape.URLPart:
			dst = escape.AppendPercent(dst, text)
		case escape.HTML:
			dst = escape.AppendHTML(dst, text)
		default:
			return dst, false
		}
	}
	return dst, len(dst)-start <= p.template.limits.OutputBytes
}

// appendSimple appends what prints without any method of its own, where values
// are not escaped.
func (o *op) appendSimple(dst []byte, x any) ([]byte, bool) {
	if o.mode != escape.AsIs {
		return dst, false
	}
	switch x.(type) {
	case nil, bool, int, int64, float64, json.Number:
		return valueOf(x).appendString(dst, 0), true
	}
	return dst, false
}

// member follows keys through objects, and yields errNoMember where there is
// anything but objects on the way.
func member(x any, path []string) any {
	for _, key := range path {
		object, ok := x.(map[string]any)
		if !ok {
			ordered, ok := x.(*Object)
			if !ok || ordered == nil {
				return errNoMember
			}
			object = ordered.values
		}
		if x, ok = object[key]; !ok {
			return errNoMember
		}
	}
	return x
}

var errNoMember = errors.New("no member")

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

// render is Append into a buffer of the pool.
func (p *Prepared) render(vars map[string]any) (Output, error) {
	return p.open().template.inBuffer(func(dst []byte) ([]byte, error) { return p.Append(dst, vars) })
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
		result = newOutput(string(out))
		t.size.Store(int64(len(out)))
	}
	if class = bufferClass(cap(out)); class < len(buffers)-1 {
		clear(out[:cap(out)])
		*buffer = out[:0]
		buffers[class].Put(buffer)
	}
	return result, err
}
