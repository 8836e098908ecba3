package benchmarks

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/redact"
)

// BenchmarkBudget is what it costs a render that a budget bounds it, as the server bounds
// each of its requests: the notification, and the digest, whose steps count.
func BenchmarkBudget(b *testing.B) {
	secrets := make(engine.Map, len(notificationSecrets))
	for alias, value := range notificationSecrets {
		secrets[alias] = redact.NewSecret(value)
	}
	for _, text := range []struct {
		name, source string
		vars         map[string]any
	}{
		{"1KiB", spell(notification, "{{ %s }}", "<<Secrets.%s>>"), notificationVars},
		{"loop", digest, digestVars()},
	} {
		t, err := engine.Compile(text.source, engine.TemplateOptions{})
		require.NoError(b, err)
		for _, contender := range []string{"sotto", "no-budget"} {
			b.Run(text.name+"/"+contender, func(b *testing.B) {
				request := engine.Request{Secrets: secrets, Vars: text.vars}
				var budget engine.Budget
				if contender == "sotto" {
					request.Budget = &budget
				}
				measure(b, func(dst []byte) ([]byte, error) {
					if request.Budget != nil {
						budget.Start(engine.BudgetLimits{CPU: 2 * time.Second})
					}
					return t.Append(b.Context(), &request, dst)
				})
			})
		}
	}
}
