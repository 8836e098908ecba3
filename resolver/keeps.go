package resolver

import "context"

// Keeps reports whether there is a scope of this name: a provider is bound to it, or one
// that is a [Scoper] and a [Keeper] keeps secrets in exactly this one. A provider that does
// not answer keeps none.
func (r *Resolver) Keeps(ctx context.Context, scope Scope) bool {
	var tell chain
	for _, l := range r.chain.serving(scope) {
		if l.Scope == scope && scope != "" {
			return true
		}
		_, scopes := l.Provider.(Scoper)
		_, keeps := l.Provider.(Keeper)
		if scopes && keeps {
			tell = append(tell, l)
		}
	}
	keeps, err := r.holds(ctx, scope, tell.probe)
	return keeps && err == nil
}
