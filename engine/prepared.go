package engine

import (
	"context"
	"sync"
	"time"

	"github.com/sotto-render/sotto/engine/internal/liquid"
	"github.com/sotto-render/sotto/engine/internal/request"
)

// Prepared is a template with its secrets resolved: every Append sees the same
// versions. It is safe for concurrent use, and prints nothing of what it holds.
type Prepared struct {
	template *Template
	// open keeps the values behind a function, where no printer follows.
	open func() *liquid.Prepared
}

// Prepare makes the checks that come before rendering and resolves all secrets
// in one call. It looks at the names of req.Vars only. The checks are in the
// order declared, existence, fields; the first kind that fails is reported
// whole.
func (t *Template) Prepare(ctx context.Context, req *Request) (*Prepared, error) {
	if err := t.checkStrict(req); err != nil {
		return nil, err
	}
	s, err := resolve(ctx, req, t.compiled.Sources())
	if err != nil {
		return nil, err
	}
	return t.prepare(ctx, req, s), nil
}

// Fork returns p for one more goroutine: the same secrets, with a Yield and a
// Budget of its own in place of those of the request. Either may be nil, as in
// [Request]. Between two renders of one fork its budget may start anew, so that
// each recipient of a batch has one for itself.
func (p *Prepared) Fork(yield func() time.Duration, budget *Budget) *Prepared {
	forked := *p.open()
	forked.Share(yield, budget.shared())
	return &Prepared{template: p.template, open: func() *liquid.Prepared { return &forked }}
}

// checkStrict refuses what a strict request does not let pass.
func (t *Template) checkStrict(req *Request) error {
	if !req.Strict {
		return nil
	}
	return failure(t.compiled.Lenient())
}

func (t *Template) prepare(ctx context.Context, req *Request, s *request.Secrets) *Prepared {
	p := new(liquid.Prepared)
	t.compiled.Prepare(p, rendering(ctx, req, s))
	return &Prepared{template: t, open: func() *liquid.Prepared { return p }}
}

func rendering(ctx context.Context, req *Request, s *request.Secrets) liquid.Given {
	return liquid.Given{Secrets: s, Preview: req.Preview, Strict: req.Strict, Translations: req.Translations, Now: req.Now, Yield: req.Yield, Budget: req.Budget.shared(), Context: ctx}
}

// Append renders with vars and appends the output to dst. On an error dst comes
// back at its old length. A variable called `secrets` is out of reach of every
// template; [CheckVars] refuses it.
func (p *Prepared) Append(dst []byte, vars map[string]any) ([]byte, error) {
	dst, err := p.open().Append(dst, vars)
	if err != nil {
		return dst, errorOf(err)
	}
	return dst, nil
}

// render is Append into a buffer of the pool.
func (p *Prepared) render(vars map[string]any) (Output, error) {
	return p.template.inBuffer(func(dst []byte) ([]byte, error) { return p.Append(dst, vars) })
}

// Render checks the request, resolves all secrets in one call and returns the
// whole output, or an error and no output.
func (t *Template) Render(ctx context.Context, req *Request) (Output, error) {
	return t.inBuffer(func(dst []byte) ([]byte, error) { return t.Append(ctx, req, dst) })
}

// Append is [Template.Prepare] and [Prepared.Append] in one, for one render.
func (t *Template) Append(ctx context.Context, req *Request, dst []byte) ([]byte, error) {
	if err := t.checkStrict(req); err != nil {
		return dst, err
	}
	o := onces.Get().(*once)
	defer o.release()
	if err := resolveInto(ctx, &o.secrets, req, t.compiled.Sources(), t.lookup); err != nil {
		return dst, err
	}
	t.compiled.Prepare(&o.prepared, rendering(ctx, req, &o.secrets))
	dst, err := o.prepared.Append(dst, req.Vars)
	if err != nil {
		return dst, errorOf(err)
	}
	return dst, nil
}

// once is what one render needs that is not prepared for more.
type once struct {
	secrets  request.Secrets
	prepared liquid.Prepared
}

var onces = sync.Pool{New: func() any { return new(once) }}

func (o *once) release() {
	o.secrets.Forget()
	o.prepared.Forget()
	onces.Put(o)
}
