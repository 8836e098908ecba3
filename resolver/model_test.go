package resolver_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/resolvertest"
)

// Whatever is edited, archived, deleted and looked up in whatever order, while
// time passes and the provider fails now and then: an answer is always the
// newest one, and each value that was given out is masked.
func TestAnswersAreAlwaysTheNewest(t *testing.T) {
	scopes := []resolver.Scope{"acme", "acme/shop", "acme/shop/prod", "other"}
	aliases := []string{"a", "b"}
	synctest.Test(t, func(t *testing.T) {
		rapid.Check(timeless{t}, func(t *rapid.T) {
			fake, process := resolvertest.NewFake("fake"), redact.New()
			r, err := resolver.New(resolver.Options{
				Providers: []resolver.Binding{{Provider: fake}}, Redactor: process,
				// Coarse enough that hours pass quickly in the bubble.
				CacheTTL: 5 * time.Minute, NegativeTTL: 5 * time.Second,
			})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			type place struct {
				scope resolver.Scope
				alias string
			}
			model := make(map[place]string)
			down := false
			scope, alias := rapid.SampledFrom(scopes), rapid.SampledFrom(aliases)
			edits := 0
			t.Repeat(map[string]func(*rapid.T){
				"put": func(t *rapid.T) {
					at := place{scope.Draw(t, "scope"), alias.Draw(t, "alias")}
					edits++
					model[at] = fmt.Sprintf("value-%d-of-%s", edits, at.alias)
					fake.Put(at.scope, at.alias, redact.NewSecret(model[at]))
				},
				"archive": func(t *rapid.T) {
					at := place{scope.Draw(t, "scope"), alias.Draw(t, "alias")}
					if _, ok := model[at]; ok {
						model[at] = "(archived)"
						fake.Archive(at.scope, at.alias)
					}
				},
				"delete": func(t *rapid.T) {
					at := place{scope.Draw(t, "scope"), alias.Draw(t, "alias")}
					delete(model, at)
					fake.Delete(at.scope, at.alias)
				},
				"outage": func(*rapid.T) {
					down = !down
					if down {
						fake.Break(errors.New("down"))
					} else {
						fake.Break(nil)
					}
				},
				"deafness": func(*rapid.T) { fake.Tell(resolver.Change{}) },
				"time": func(t *rapid.T) {
					time.Sleep(time.Duration(rapid.IntRange(1, 400).Draw(t, "seconds")) * time.Second)
				},
				"lookup": func(t *rapid.T) {
					from, name := scope.Draw(t, "scope"), alias.Draw(t, "alias")
					want := "(missing)"
					for at := from; at != ""; at = at.Parent() {
						if value, ok := model[place{at, name}]; ok {
							want = value
							break
						}
					}
					got, err := value(t.Context(), r, from, name)
					switch {
					case err != nil && !down:
						t.Fatalf("the provider is up: %v", err)
					case err == nil && got != want:
						t.Fatalf("%s from %s: got %s, want %s", name, from, got, want)
					case err == nil && got[0] != '(':
						for _, redactor := range []*redact.Redactor{process, r.Redactor(from)} {
							if redactor.String(got) != redact.Mask {
								t.Fatalf("%s is not masked", got)
							}
						}
					}
				},
			})
		})
	})
}

// timeless hides the deadline of a test, which a bubble does not tell.
type timeless struct{ *testing.T }
