package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// pushOrder returns the ids in an order in which each comes behind those that it calls. Of
// calls that need not be reached some may stand before: else what calls itself in a branch
// could be stored by nobody. The error names documents that need each other.
func pushOrder(files map[string]documentFile) ([]string, error) {
	// strict :: id -> the files that must be stored before, loose :: id -> those that may
	strict, loose := make(map[string][]string), make(map[string][]string)
	for id, file := range files {
		for _, n := range file.needs() {
			if files[n.id] == nil {
				continue
			}
			loose[id] = append(loose[id], n.id)
			if !n.guarded {
				strict[id] = append(strict[id], n.id)
			}
		}
	}
	waiting := slices.Sorted(maps.Keys(files))
	done := make(map[string]bool, len(files))
	ready := func(needs map[string][]string) func(id string) bool {
		return func(id string) bool {
			return !slices.ContainsFunc(needs[id], func(other string) bool { return !done[other] })
		}
	}
	var order []string
	for len(waiting) > 0 {
		at := slices.IndexFunc(waiting, ready(loose))
		if at < 0 {
			at = slices.IndexFunc(waiting, ready(strict))
		}
		if at < 0 {
			return nil, fmt.Errorf("%s: each needs the next to be stored before it, so none can be: call one of them in a branch, such as `{%% if %%}`",
				strings.Join(cycle(waiting[0], strict, done), " -> "))
		}
		id := waiting[at]
		waiting = slices.Delete(waiting, at, at+1)
		done[id] = true
		order = append(order, id)
	}
	return order, nil
}

// cycle returns ids of which each needs the next, and the last the first, which comes again
// at the end. from, as all that it leads to, needs one that is not done.
func cycle(from string, needs map[string][]string, done map[string]bool) []string {
	var way []string
	for at := from; ; {
		if first := slices.Index(way, at); first >= 0 {
			return append(way[first:], at)
		}
		way = append(way, at)
		next := slices.IndexFunc(needs[at], func(id string) bool { return !done[id] })
		at = needs[at][next]
	}
}

// refusedNeed returns the first of those that f calls, in whatever way, that was refused.
func refusedNeed(f documentFile, refused map[string]bool) (string, bool) {
	for _, n := range f.needs() {
		if refused[n.id] {
			return n.id, true
		}
	}
	return "", false
}
