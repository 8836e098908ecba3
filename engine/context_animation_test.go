package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
)

// TestAnimatedLinks: what an animation writes into a link is judged as a link.
func TestAnimatedLinks(t *testing.T) {
	for _, attribute := range []string{"to", "from", "by", "values", "ping", "xlink:href"} {
		t.Run(attribute, func(t *testing.T) {
			source := `<svg><a><animate attributeName="href" ` + attribute + `="{{ u }}"/></a></svg>`
			o := engine.TemplateOptions{Context: engine.HTMLContext}
			_, err := rendered(source, o, &engine.Request{Vars: map[string]any{"u": "javascript:alert(1)"}})
			var failed *engine.Error
			require.ErrorAs(t, err, &failed)
			require.Equal(t, engine.ValueRejected, failed.Code)
			for _, fine := range []string{"0;1;2", "100%", "https://example.com", "#id"} {
				_, err = rendered(source, o, &engine.Request{Vars: map[string]any{"u": fine}})
				require.NoError(t, err, fine)
			}
		})
	}
}
