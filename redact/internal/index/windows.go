package index

// window is where a pattern is entered: under stride consecutive grams from
// offset at on, which are wide ones unless level is 0.
type window struct{ at, level int }

// windows chooses the windows of patterns that are entered into a tier, level by
// level. It is for one writer.
type windows struct {
	tier   *tier
	level  int
	hashes []uint64 // of the grams of a short pattern
	// seen and twice have bits for the grams that occur, and may occur more
	// than once, in a short pattern.
	seen, twice [8]uint64
	repeats     bool // whether twice has any
}

// choose returns the window to enter m under, or false if it has none on this
// level. A short pattern keeps the one it has. Otherwise choose prefers grams
// that no other pattern is entered under and that occur once in m's, and it
// begins to look in the middle: past prefixes that many values share, such as
// those of JWT and PEM.
func (w *windows) choose(m *member) (at window, ok bool) {
	p := m.Pattern
	n := p.size() - w.tier.gramWidth(w.level) + 1
	if p.size() >= longPattern {
		return w.find(p, n, func(i int) bool {
			h := w.tier.hash(p, w.level, i)
			return w.tier.counts[w.level].rare(h, i) && w.tier.entries(h) == 0
		})
	}
	if w.keeps(m) {
		return window{int(m.window), 0}, true
	}
	w.mark(p)
	hash := func(i int) uint64 { return w.hashes[i-int(p.lead)] }
	if at, ok = w.findFree(p, n); ok {
		return at, true
	}
	return w.find(p, n, func(i int) bool {
		count := w.tier.entries(hash(i)) + 1
		if !inFilter(w.twice[:], hash(i)*multiplier1) {
			return count <= maxEntries
		}
		for at := 0; at < n && count <= maxEntries; at++ {
			if at != i-int(p.lead) && w.hashes[at] == hash(i) {
				count++
			}
		}
		return count <= maxEntries
	})
}

// keeps reports whether m has a window in a tier of this shape, and no other
// pattern has come to share its grams.
func (w *windows) keeps(m *member) bool {
	if m.window < 0 || w.level > 0 {
		return false
	}
	for j := range w.tier.stride {
		if w.tier.entries(w.tier.hash(m.Pattern, 0, int(m.window)+j)) > 0 {
			return false
		}
	}
	return true
}

// mark fills hashes, seen, twice and repeats.
func (w *windows) mark(p *Pattern) {
	w.hashes = w.hashes[:0]
	w.seen, w.twice, w.repeats = [8]uint64{}, [8]uint64{}, false
	for i := range p.size() - w.tier.gramWidth(w.level) + 1 {
		h := w.tier.hash(p, w.level, int(p.lead)+i)
		w.hashes = append(w.hashes, h)
		word, bit := filterBit(w.seen[:], h*multiplier1)
		again := w.seen[word] & (1 << bit)
		w.twice[word] |= again
		w.repeats = w.repeats || again != 0
		w.seen[word] |= 1 << bit
	}
}

// chooseShared returns a window for a long pattern that others hold all of.
func (w *windows) chooseShared(p *Pattern) (at window, ok bool) {
	if p.size() < longPattern {
		return window{}, false
	}
	w.level = 0
	alone := newGramCounts(w.tier.shape, 0, []*member{{Pattern: p}})
	return w.find(p, p.size()-w.tier.width+1, func(i int) bool {
		h := w.tier.hash(p, 0, i)
		return alone.rare(h, i) && w.tier.entries(h) < maxEntries
	})
}

// findFree is find for grams of a short pattern that occur once in it and that no other
// pattern is entered under.
func (w *windows) findFree(p *Pattern, n int) (at window, ok bool) {
	stride := w.tier.stride
	middle := max(0, (n-stride)/2)
	for _, from := range [...]int{middle, 0} {
		for at := from; at+stride <= n; {
			last := stride - 1 // not free
			for last >= 0 {
				h := w.hashes[at+last]
				if w.repeats && inFilter(w.twice[:], h*multiplier1) || w.tier.second.has(h) && w.tier.entries(h) > 0 {
					break
				}
				last--
			}
			if last < 0 {
				return window{int(p.lead) + at, w.level}, true
			}
			at += last + 1
		}
		if middle == 0 {
			break
		}
	}
	return window{}, false
}

// find returns the first window of grams in a row of which every one is good, from
// the middle of the n grams that have to match on or else from their start.
func (w *windows) find(p *Pattern, n int, good func(i int) bool) (at window, ok bool) {
	stride, lead := w.tier.stride, int(p.lead)
	middle := max(0, (n-stride)/2)
	for _, from := range [...]int{middle, 0} {
		for at := lead + from; at+stride <= lead+n; {
			last := stride - 1 // not good
			for last >= 0 && good(at+last) {
				last--
			}
			if last < 0 {
				return window{at, w.level}, true
			}
			at += last + 1
		}
		if middle == 0 {
			break
		}
	}
	return window{}, false
}
