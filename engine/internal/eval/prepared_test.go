package eval

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// knownSecrets has secrets of each kind.
type knownSecrets map[string]redact.Secret

func (s knownSecrets) Status(alias string) macros.Status {
	if _, ok := s[alias]; ok {
		return macros.Known
	}
	return macros.Missing
}

func (s knownSecrets) Secret(alias string) redact.Secret { return s[alias] }

func someSecrets(t *testing.T) knownSecrets {
	cfg, err := redact.NewJSON([]byte(`{"a": [1, "x-value"]}`))
	require.NoError(t, err)
	return knownSecrets{"token": redact.NewSecret("token-value"), "login": redact.NewCredentials("user", "pass-value"), "cfg": cfg}
}

// TestPinsAreWhatReferencesYield says which references have one value for all
// evaluations, and that it is tainted.
func TestPinsAreWhatReferencesYield(t *testing.T) {
	index := func(n int64) macros.Segment { return macros.Segment{Index: &macros.Literal{Value: n}} }
	tests := []struct {
		name      string
		reference macros.Reference
		want      any
	}{
		{"token", macros.Reference{Alias: "token"}, "token-value"},
		{"field without letter case", macros.Reference{Alias: "login", Path: []macros.Segment{{Key: "PassWord"}}}, "pass-value"},
		{"element", macros.Reference{Alias: "cfg", Path: []macros.Segment{{Key: "a"}, index(1)}}, "x-value"},
		{"whole credentials", macros.Reference{Alias: "login"}, nil},
		{"no such field", macros.Reference{Alias: "cfg", Path: []macros.Segment{{Key: "b"}}}, nil},
		{"no such element", macros.Reference{Alias: "cfg", Path: []macros.Segment{{Key: "a"}, index(2)}}, nil},
		{"missing", macros.Reference{Alias: "nope"}, nil},
		{"computed", macros.Reference{Computed: &macros.Variable{}}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var in Prepared
			in.Init(Given{Secrets: someSecrets(t)}, []*macros.Reference{&test.reference})
			pin := in.Pins[0]
			require.Equal(t, test.want != nil, pin.Known)
			if pin.Known {
				result, ok := pin.Value.Result()
				require.True(t, ok)
				require.Equal(t, test.want, result)
				require.True(t, pin.Value.Tainted)
			}
			in.Forget()
			require.Zero(t, in, "what is forgotten holds no value")
		})
	}
}

func TestDerivedTextsAreRedacted(t *testing.T) {
	secrets := someSecrets(t)
	redactor := redact.New(secrets["token"])
	references := []*macros.Reference{{Alias: "cfg"}, {Alias: "token"}}
	given := Given{Secrets: secrets}
	given.Derive(references, TaintOf(0), []string{"made-of-cfg"}, "", nil)
	require.Equal(t, "made-of-cfg", redactor.String("made-of-cfg"), "the redactor knows nothing of cfg")
	given.Derive(references, AnyReference, []string{"made-of-token"}, "", nil)
	require.NotContains(t, redactor.String("a made-of-token b"), "made-of-token")
}

// TestBudgetEnds says what ends an evaluation, and that it stays ended.
func TestBudgetEnds(t *testing.T) {
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	full := Limits{}.WithDefaults()
	late := full
	late.Time = time.Nanosecond
	tests := []struct {
		name         string
		limits       Limits
		caller       context.Context
		cost, memory int64
		want         *Failure
	}{
		{"within", full, nil, 1, 1, nil},
		{"cost", full, nil, full.Cost + 1, 0, ErrExceeded},
		{"memory", full, nil, 1, full.Memory + 1, ErrExceeded},
		{"time", late, nil, 2 * lookCost, 0, ErrExceeded},
		{"caller", full, gone, 2 * lookCost, 0, ErrCanceled},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var b Budget
			b.Start(&test.limits, &Given{Context: test.caller})
			b.Spend(lookCost, 0) // the clock starts
			b.Spend(test.cost, test.memory)
			require.Equal(t, test.want, b.Failure())
			require.Equal(t, test.want == nil, b.Spend(0, 0))
		})
	}
}

func TestTraceIsTruncated(t *testing.T) {
	var trace Trace
	for i := range MaxSteps {
		require.True(t, trace.Add(Step{Pos: i}))
	}
	require.False(t, trace.Truncated)
	require.False(t, trace.Add(Step{}))
	require.True(t, trace.Truncated)
	require.Len(t, trace.Steps, MaxSteps)
}

// TestOwnKindsHaveNoResult keeps a value that only its language knows from going
// out as one that it holds.
func TestOwnKindsHaveNoResult(t *testing.T) {
	v := Value{Kind: Own, Held: "held"}
	_, ok := v.Result()
	require.False(t, ok)
	_, ok = v.AppendJSON(nil)
	require.False(t, ok)
}
