package main

import (
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	const stdlib = `{"finding":{"osv":"GO-1","fixed_version":"v1.26.9","trace":[{"module":"stdlib","version":"v1.26.8","package":"net/http","function":"Do"}]}}`
	for _, c := range []struct {
		name, in, out string
		failed        bool
	}{
		{"nothing", `{"config":{}}{"progress":{"message":"x"}}`, "", false},
		{"required, not called", `{"finding":{"osv":"GO-2","trace":[{"module":"example.com/m","version":"v1.0.0"}]}}`, "", false},
		{"in the standard library, twice", stdlib + stdlib, "note: upgrade the toolchain: GO-1 in net/http (stdlib v1.26.8), fixed in v1.26.9\n", false},
		{"called in a module", `{"finding":{"osv":"GO-3","fixed_version":"v1.0.1","trace":[{"module":"example.com/m","version":"v1.0.0","package":"example.com/m/p","function":"F"}]}}`,
			"FAIL GO-3 in example.com/m/p (example.com/m v1.0.0), fixed in v1.0.1\n", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			failed, err := report(strings.NewReader(c.in), &out)
			if err != nil || failed != c.failed || out.String() != c.out {
				t.Errorf("failed %v, err %v, wrote %q; want %v, %q", failed, err, out.String(), c.failed, c.out)
			}
		})
	}
	if _, err := report(strings.NewReader(`{"finding":`), &strings.Builder{}); err == nil {
		t.Error("a stream that ends too early is no clean report")
	}
}
