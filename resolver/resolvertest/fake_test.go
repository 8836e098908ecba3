package resolvertest_test

import (
	"errors"
	"testing"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/resolvertest"
)

func TestFakeConforms(t *testing.T) {
	resolvertest.Run(t, func(*testing.T) resolvertest.Fixture {
		fake := resolvertest.NewFake("fake")
		return resolvertest.Fixture{
			Provider: fake,
			Scopes:   true,
			Put: func(_ testing.TB, scope resolver.Scope, alias string, secret redact.Secret) {
				fake.Put(scope, alias, secret)
			},
			Archive: func(_ testing.TB, scope resolver.Scope, alias string) { fake.Archive(scope, alias) },
			Break:   func(testing.TB) { fake.Break(errors.New("down")) },
		}
	})
}
