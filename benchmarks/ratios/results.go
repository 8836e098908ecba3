package main

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// ours is the contender that every other one of its group is compared with.
const ours = "sotto"

// results are the groups in the order in which they first ran.
type results struct {
	groups []*group
}

// group is what is compared with each other: all benchmarks whose names differ
// in the last element only.
type group struct {
	name       string
	contenders []*contender
}

type contender struct {
	name string
	// times :: round -> ns/op, 0 where it did not run
	times  []float64
	allocs float64
	rate   float64
}

func (r *results) contender(name string) *contender {
	groupName, name := splitName(name)
	at := slices.IndexFunc(r.groups, func(g *group) bool { return g.name == groupName })
	if at < 0 {
		at = len(r.groups)
		r.groups = append(r.groups, &group{name: groupName})
	}
	g := r.groups[at]
	for _, c := range g.contenders {
		if c.name == name {
			return c
		}
	}
	c := &contender{name: name}
	g.contenders = append(g.contenders, c)
	return c
}

// splitName takes "BenchmarkRender/1KiB/sotto-2" to "Render/1KiB" and "sotto".
func splitName(name string) (group, contender string) {
	name = strings.TrimPrefix(name, "Benchmark")
	name = strings.TrimSuffix(name, "-"+strconv.Itoa(runtime.GOMAXPROCS(0)))
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		return name[:i], name[i+1:]
	}
	return name, ours
}

// roundParser reads the output of one round.
type roundParser struct {
	results *results
	round   int
	pending []byte
}

// Write takes any part of the output; it keeps an unfinished line.
func (p *roundParser) Write(b []byte) (int, error) {
	p.pending = append(p.pending, b...)
	for {
		line, rest, found := bytes.Cut(p.pending, []byte("\n"))
		if !found {
			return len(b), nil
		}
		p.line(string(line))
		p.pending = rest
	}
}

// line reads "BenchmarkX  1000  123 ns/op  45 MB/s  6 allocs/op".
func (p *roundParser) line(line string) {
	fields := strings.Fields(line)
	if len(fields) < 4 || !strings.HasPrefix(line, "Benchmark") {
		return
	}
	c := p.results.contender(fields[0])
	for i := 2; i+1 < len(fields); i += 2 {
		value, err := strconv.ParseFloat(fields[i], 64)
		if err != nil {
			return
		}
		switch fields[i+1] {
		case "ns/op":
			for len(c.times) <= p.round {
				c.times = append(c.times, 0)
			}
			c.times[p.round] = value
		case "allocs/op":
			c.allocs = value
		case "MB/s":
			c.rate = max(c.rate, value)
		}
	}
}

// print writes one table for each group.
func (r *results) print(out io.Writer, targets []target) error {
	for _, g := range r.groups {
		var cells, table bytes.Buffer
		fmt.Fprintf(&cells, "\n%s\ttime\tMB/s\tallocs\tsotto takes\ttarget\t\n", g.name)
		for _, c := range g.contenders {
			fmt.Fprintf(&cells, "%s\t%s\t%s\t%.0f\t%s\t%s\t\n", c.name, duration(median(c.times)), rate(c.rate), c.allocs, g.against(c), g.verdict(c, targets))
		}
		w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', tabwriter.AlignRight)
		if _, err := w.Write(cells.Bytes()); err != nil {
			return err
		}
		if err := w.Flush(); err != nil {
			return err
		}
		for line := range bytes.Lines(table.Bytes()) {
			if _, err := fmt.Fprintf(out, "%s\n", bytes.TrimRight(line, " \n")); err != nil {
				return err
			}
		}
	}
	return nil
}

// ratio is the median of what ours takes for each unit of time that c takes.
func (g *group) ratio(c *contender) (float64, bool) {
	at := slices.IndexFunc(g.contenders, func(c *contender) bool { return c.name == ours })
	if at < 0 || g.contenders[at] == c {
		return 0, false
	}
	var ratios []float64
	for round, t := range g.contenders[at].times {
		if round < len(c.times) && t > 0 && c.times[round] > 0 {
			ratios = append(ratios, t/c.times[round])
		}
	}
	return median(ratios), len(ratios) > 0
}

func (g *group) against(c *contender) string {
	ratio, ok := g.ratio(c)
	switch {
	case !ok:
		return ""
	case ratio < 0.2:
		return fmt.Sprintf("1/%.1f", 1/ratio)
	}
	return fmt.Sprintf("%.2f x", ratio)
}

func (g *group) verdict(c *contender, targets []target) string {
	ratio, ok := g.ratio(c)
	for _, t := range targets {
		if !ok || t.group != g.name || t.contender != c.name {
			continue
		}
		if ratio <= t.bound {
			return "<= " + t.text + "  ok"
		}
		return "<= " + t.text + "  missed"
	}
	return ""
}

func median(values []float64) float64 {
	sorted := slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return v == 0 })
	if len(sorted) == 0 {
		return 0
	}
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}

func duration(ns float64) string {
	if ns < 10_000 {
		return fmt.Sprintf("%.1f ns", ns)
	}
	return time.Duration(ns).Round(10 * time.Nanosecond).String()
}

func rate(mbs float64) string {
	if mbs == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f", mbs)
}
