package server

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
)

// What a request was for, as metrics tell it: closed sets, so that each combination has
// its counter from the start and counting takes no search.
type (
	operation uint8
	language  uint8
)

const (
	_ operation = iota // neither
	rendering
	evaluating
)

const (
	_ language = iota // not known: the request was refused before
	inLiquid
	inMacros
	inBare
	inCEL
	inJavaScript
	inSeveral
)

var (
	operationNames = [...]string{rendering: "render", evaluating: "evaluate"}
	workLanguages  = [...]string{inLiquid: "liquid", inMacros: "macros", inBare: "bare", inCEL: "cel", inJavaScript: "js", inSeveral: "several"}
	workModes      = [...]api.Mode{api.ModeSend, api.ModePreview}
)

// work is what one request is for.
type work struct {
	operation operation
	language  language
}

// also notes one more source's language.
func (w *work) also(l language) {
	if w.language != 0 && w.language != l {
		l = inSeveral
	}
	w.language = l
}

// ofRender is the work of a render request, once its stored templates are in it.
func ofRender(q *renderRequest) work {
	w := work{operation: rendering}
	if q.parts == nil {
		w.also(syntaxLanguage(&q.part))
	}
	for _, p := range q.parts {
		w.also(syntaxLanguage(p))
	}
	return w
}

func syntaxLanguage(p *part) language {
	switch syntax, _ := macros.ParseSyntax(p.syntax); syntax {
	case macros.Macros:
		return inMacros
	case macros.Bare:
		return inBare
	}
	return inLiquid
}

// ofEvaluation is the same of expressions.
func ofEvaluation(f *expressionFields) work {
	w := work{operation: evaluating}
	if f.expressions == nil {
		w.also(expressionLanguage(f.language))
	}
	for _, e := range f.expressions {
		w.also(expressionLanguage(e.language))
	}
	return w
}

func expressionLanguage(l engine.Language) language {
	if l == engine.JavaScript {
		return inJavaScript
	}
	return inCEL
}

// workCounters :: operation, mode, language, ok or failed -> its counter
type workCounters [len(operationNames)][len(workModes)][len(workLanguages)][2]prometheus.Counter

func newWorkCounters(registry *prometheus.Registry) *workCounters {
	vec := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "sotto_work_total",
		Help: "Messages rendered and flows evaluated, each recipient of a batch by itself, by operation (render, evaluate), mode (send, preview), language and outcome (ok, failed).",
	}, []string{"operation", "mode", "language", "outcome"})
	registry.MustRegister(vec)
	c := new(workCounters)
	for o, operation := range operationNames {
		for m, mode := range workModes {
			for l, language := range workLanguages {
				ofTemplates := l <= int(inBare)
				if operation == "" || language == "" || l != int(inSeveral) && ofTemplates != (o == int(rendering)) {
					continue
				}
				for i, outcome := range []string{"ok", "failed"} {
					c[o][m][l][i] = vec.WithLabelValues(operation, string(mode), language, outcome)
				}
			}
		}
	}
	return c
}

// count adds what became of a request's work, if it came to any.
func (c *workCounters) count(x *exchange, ok, failed int) {
	if x.work.language == 0 {
		return
	}
	mode := 0
	if x.run.mode == api.ModePreview {
		mode = 1
	}
	counters := &c[x.work.operation][mode][x.work.language]
	counters[0].Add(float64(ok))
	counters[1].Add(float64(failed))
}
