package resolver

// Unlisted returns the names of the providers that serve scope and cannot tell what they
// have, in the order in which they are asked: neither a [Lister] nor a [Discloser]. What
// they know is unknown to [Resolver.LoadAll], and to a redactor until it was resolved. Who
// masks text without resolving anything refuses them.
func (r *Resolver) Unlisted(scope Scope) []string {
	var names []string
	for _, l := range r.chain.serving(scope) {
		_, lists := l.Provider.(Lister)
		_, discloses := l.Provider.(Discloser)
		if !lists && !discloses {
			names = append(names, l.Provider.Name())
		}
	}
	return names
}
