package redact

// Redactors that know much in common, as those of scopes below one parent do, are
// made of layers: what they share is known once, and each has by itself only what
// the others must not know.

// Borrow makes r mask what base knows, now and later, until it borrows of
// another; nil ends it. The two MUST NOT borrow of each other.
func (r *Redactor) Borrow(base *Redactor) {
	g := r.registry()
	var next *registry
	if base != nil {
		next = base.registry()
	}
	if old := g.base.Swap(next); old != nil && old != next {
		g.generation.Add(old.count() + 1) // so that the count of both never repeats
	}
}

// Unite makes r mask what each of the others masks, now and later, beside what it
// knows itself, until it is united with others. None of them MAY be united with r, or
// borrow of it.
func (r *Redactor) Unite(others ...*Redactor) {
	united := make([]*registry, len(others))
	for i, other := range others {
		united[i] = other.registry()
	}
	g := r.registry()
	if old := g.united.Swap(&united); old != nil {
		for _, other := range *old {
			g.generation.Add(other.count() + 1) // so that the count of all never repeats
		}
	}
}

// Know is [Redactor.Add] without what is derived from the secrets, now or later.
func (r *Redactor) Know(secrets ...Secret) {
	g := r.registry()
	for _, s := range secrets {
		if s.payload != nil {
			g.learn(s.payload.asRoot())
		}
	}
}

// Follow makes r know what is derived from secrets, which it, or the redactor that
// it borrows of, knows already.
func (r *Redactor) Follow(secrets ...Secret) {
	g := r.registry()
	for _, s := range secrets {
		if s.payload != nil {
			g.follow(s.payload.asRoot())
		}
	}
}

// Fork returns a secret of the same value and forms, of which what is derived is
// known to other redactors than what is derived from s.
func (s Secret) Fork() Secret {
	if s.payload == nil {
		return s
	}
	made := new(derivations)
	return Secret{payload: &payload{
		open: s.payload.open, root: s.payload.root, forms: s.payload.forms,
		bareForms: s.payload.bareForms, dropForms: s.payload.dropForms,
		derivations: func() *derivations { return made },
	}}
}

// below calls do with each layer that lies directly below.
func (g *registry) below(do func(*registry)) {
	if base := g.base.Load(); base != nil {
		do(base)
	}
	if united := g.united.Load(); united != nil {
		for _, layer := range *united {
			do(layer)
		}
	}
}

// hold returns where the tail of text begins that may become a match with what
// follows, here or in the layers below.
func (g *registry) hold(text []byte, before byte) int {
	cut := g.matcher.Hold(text, before)
	g.below(func(layer *registry) { cut = min(cut, layer.hold(text, before)) })
	return cut
}

// mayDecode reports whether a value is known here or below that is found in base64 of
// base64.
func (g *registry) mayDecode() (may bool) {
	may = g.decodes.Load()
	g.below(func(layer *registry) { may = may || layer.mayDecode() })
	return may
}

// count grows with each value that is added here or in the layers below.
func (g *registry) count() uint64 {
	n := g.generation.Load()
	g.below(func(layer *registry) { n += layer.count() })
	return n
}
