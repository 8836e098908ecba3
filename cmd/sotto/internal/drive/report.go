package drive

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Report is what a run saw. Times are in nanoseconds in JSON.
type Report struct {
	// Requests are all that were sent, Errors those of them that failed; Recipients those
	// of the batches that did not.
	Requests   int `json:"requests"`
	Errors     int `json:"errors"`
	Recipients int `json:"recipients"`
	// Took is from the first request to the last answer.
	Took                time.Duration `json:"took"`
	PerSecond           float64       `json:"per_second"`
	RecipientsPerSecond float64       `json:"recipients_per_second"`
	// P50, P99 and P999 are the times within which that share of the requests was
	// answered, failed ones too.
	P50      time.Duration `json:"p50"`
	P99      time.Duration `json:"p99"`
	P999     time.Duration `json:"p999"`
	Max      time.Duration `json:"max"`
	ErrorsBy []ErrorCount  `json:"errors_by"`

	samples []sample
}

// ErrorCount is how often something went wrong.
type ErrorCount struct {
	What  string `json:"what"`
	Count int    `json:"count"`
}

func report(samples []sample, took time.Duration) *Report {
	r := &Report{Requests: len(samples), Took: took, samples: samples, ErrorsBy: []ErrorCount{}}
	slices.SortFunc(samples, func(a, b sample) int { return int(a.took - b.took) })
	wrong := map[string]int{}
	for _, s := range samples {
		r.Recipients += s.recipients
		if s.failed != "" {
			wrong[s.failed]++
			r.Errors++
		}
	}
	for what, n := range wrong {
		r.ErrorsBy = append(r.ErrorsBy, ErrorCount{what, n})
	}
	slices.SortFunc(r.ErrorsBy, func(a, b ErrorCount) int { return b.Count - a.Count })
	if len(samples) > 0 {
		r.P50, r.P99, r.P999, r.Max = r.within(.5), r.within(.99), r.within(.999), r.within(1)
		r.PerSecond = float64(len(samples)) / took.Seconds()
		r.RecipientsPerSecond = float64(r.Recipients) / took.Seconds()
	}
	return r
}

// within is the time within which this share of the requests was answered.
func (r *Report) within(share float64) time.Duration {
	at := min(int(share*float64(len(r.samples))), len(r.samples)-1)
	return r.samples[at].took.Round(time.Microsecond)
}

// The plot, in units of SVG.
const (
	plotWidth, plotHeight = 720, 320
	plotMargin            = 56
)

// Plot draws the time within which each share of the requests was answered, from half of
// them to all but one in a thousand.
func (r *Report) Plot(w io.Writer) error {
	shares := []float64{0, .25, .5, .75, .9, .95, .99, .995, .999, 1}
	var points, labels strings.Builder
	most := max(r.Max, time.Microsecond)
	for i, share := range shares {
		x := plotMargin + i*(plotWidth-2*plotMargin)/(len(shares)-1)
		took := time.Duration(0)
		if len(r.samples) > 0 {
			took = r.within(share)
		}
		y := plotHeight - plotMargin - int(float64(took)/float64(most)*float64(plotHeight-2*plotMargin))
		fmt.Fprintf(&points, "%d,%d ", x, y)
		fmt.Fprintf(&labels, `<text x="%d" y="%d" text-anchor="middle">%g %%</text>`, x, plotHeight-plotMargin+18, share*100)
		fmt.Fprintf(&labels, `<circle cx="%d" cy="%d" r="3"/><text x="%d" y="%d" text-anchor="middle">%s</text>`, x, y, x, y-8, took)
	}
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="11">
<title>Times of answers</title>
<rect width="100%%" height="100%%" fill="#fff"/>
<text x="%d" y="24" font-size="14">%d requests, %.0f per second, %d errors: answered within</text>
<path d="M%d %dH%d" stroke="#888"/>
<g fill="#1b5e8c">%s</g>
<polyline points="%s" fill="none" stroke="#1b5e8c" stroke-width="2"/>
</svg>
`, plotWidth, plotHeight, plotMargin, r.Requests, r.PerSecond, r.Errors,
		plotMargin, plotHeight-plotMargin, plotWidth-plotMargin, labels.String(), strings.TrimSpace(points.String()))
	return err
}
