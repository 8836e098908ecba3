package liquid

import (
	"cmp"
	"context"

	"github.com/sotto-render/sotto/engine/internal/escape"
	"github.com/sotto-render/sotto/engine/internal/request"
)

// chosenPartial is a partial that rendering named, compiled. A template keeps it
// for the next render, which compiles it anew where a source has changed.
type chosenPartial struct {
	body *compiled
	// sources :: partial -> what was compiled: its own, and those of the partials
	// that it names
	sources map[string]readPartial
	size    int
}

// choices are the partials that one render named. It reads each of them once, so
// that an edit meanwhile never shows in one half of the output.
type choices struct {
	// read :: partial -> what was read
	read map[string]readPartial
	// bodies :: use -> what it was compiled to
	bodies map[partialKey]*compiled
}

// readPartial is a partial's source, or what is wrong with it; missing says that
// there is none.
type readPartial struct {
	source, problem string
	missing         bool
}

// What a template keeps of the partials that rendering named. Past it, it
// begins anew: their names are data, and data never ends.
const (
	maxChosen      = 1000
	maxChosenBytes = 4 << 20
)

// chosenBytes is what a chosen partial takes besides what it was compiled to.
const chosenBytes = 512

// choose returns the partial called name, compiled for n. It ends the render
// where there is none.
func (st *state) choose(name string, n *partial) *compiled {
	key := partialKey{name: name, isolated: n.isolated, capturing: n.capturing}
	if st.choices == nil {
		st.choices = &choices{read: make(map[string]readPartial), bodies: make(map[partialKey]*compiled)}
	}
	if body := st.choices.bodies[key]; body != nil {
		return body
	}
	p := st.template.kept(key)
	if p == nil || !st.current(p) {
		if p = st.compileChosen(key, n); st.err != nil {
			return nil
		}
		st.template.keep(key, p)
	}
	// It counts in each render, so that what a render may do does not hang on
	// those before it.
	if st.work += p.size; st.work > st.limits.WorkBytes {
		st.stop(exceeded("work_bytes", st.limits.WorkBytes, "bytes"))
	}
	st.choices.bodies[key] = p.body
	return p.body
}

// compileChosen compiles a partial for n.
func (st *state) compileChosen(key partialKey, n *partial) *chosenPartial {
	c := newCompiler(st.template, cmp.Or(st.caller, context.Background()))
	c.dynamic, c.load = true, st.readPartial
	compiling, scheme := key, false
	if st.template.options.Context.Tracked() && !n.capturing {
		p := c.escapePass(escape.Unknown())
		compiling.escaped, scheme = p.dynamic(key.name)
	}
	body := c.partial(compiling, n.source, n.pos)
	body.scheme = scheme
	if c.stopped != nil {
		st.stop(c.stopped)
	}
	if err := request.FirstKind(c.problems); err != nil {
		st.stop(err)
	}
	st.look() // what was compiled took time
	if st.err != nil {
		return nil
	}
	p := &chosenPartial{body: body, sources: make(map[string]readPartial, len(c.parsed)), size: chosenBytes + c.size()}
	for name := range c.parsed {
		p.sources[name] = st.choices.read[name]
		p.size += len(name)
	}
	return p
}

// current reports whether p is what compiling it now would yield.
func (st *state) current(p *chosenPartial) bool {
	for name, was := range p.sources {
		if st.readPartial(name); st.choices.read[name] != was {
			return false
		}
	}
	return true
}

// readPartial returns a partial's source, or what is wrong with it, as it was when
// the render asked for it first, or when the template was compiled that names it.
func (st *state) readPartial(name string) (source, problem string, missing bool) {
	if known, ok := st.choices.read[name]; ok {
		return known.source, known.problem, known.missing
	}
	if most := st.limits.Partials; len(st.choices.read) == most {
		st.stop(exceeded("partials", most, "names"))
	}
	if st.tick(readTicks); st.err != nil {
		return "", "the partial is not read any more", false
	}
	source, written := st.template.written(name)
	if !written {
		source, problem, missing = st.template.options.load(cmp.Or(st.caller, context.Background()), name, true)
	}
	st.choices.read[name] = readPartial{source, problem, missing}
	return source, problem, missing
}

// readTicks is what reading a partial counts, which may be a round trip.
const readTicks = clockTicks / 8

// written returns the source of a partial that the template names itself.
func (t *Template) written(name string) (source string, ok bool) {
	for i := range t.sources[1:] {
		if u := &t.sources[1+i]; u.Partial == name {
			return u.Text, true
		}
	}
	return "", false
}

// kept returns the partial that an earlier render left, or nil.
func (t *Template) kept(key partialKey) *chosenPartial {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.chosen[key]
}

// keep leaves p to later renders.
func (t *Template) keep(key partialKey, p *chosenPartial) {
	if p.size > maxChosenBytes {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if was := t.chosen[key]; was != nil {
		t.chosenBytes -= was.size
		delete(t.chosen, key)
	}
	if t.chosen == nil || len(t.chosen) == maxChosen || t.chosenBytes+p.size > maxChosenBytes {
		t.chosen, t.chosenBytes = make(map[partialKey]*chosenPartial), 0
	}
	t.chosen[key] = p
	t.chosenBytes += p.size
}
