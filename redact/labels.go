package redact

import "runtime/pprof"

// Labels returns labels with keys and values redacted, for metrics and events.
// Labels that become the same are one.
func (r *Redactor) Labels(labels map[string]string) map[string]string {
	out := make(map[string]string, len(labels))
	for k, v := range labels {
		out[r.String(k)] = r.String(v)
	}
	return out
}

// PprofLabels is [pprof.Labels] of redacted keys and values.
func (r *Redactor) PprofLabels(pairs ...string) pprof.LabelSet {
	clean := make([]string, len(pairs))
	for i, text := range pairs {
		clean[i] = r.String(text)
	}
	return pprof.Labels(clean...)
}

// Var returns a variable for package expvar that shows v redacted. v is any
// expvar.Var; this package does not import expvar, which publishes the command
// line wherever it is imported.
func (r *Redactor) Var(v interface{ String() string }) interface{ String() string } {
	return &variable{redactor: r, inner: func() interface{ String() string } { return v }}
}

type variable struct {
	redactor *Redactor
	inner    func() interface{ String() string }
}

// String returns the redacted JSON of the variable.
func (v *variable) String() (text string) {
	defer maskPanic(func() { text = `"` + Mask + `"` })
	return string(v.redactor.cleanJSON([]byte(v.inner().String())))
}
