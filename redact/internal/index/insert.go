package index

// room reports whether so many patterns more fit.
func (t *tier) room(patterns int) bool {
	return t != nil && t.count+patterns <= len(t.patterns) && t.table.room(patterns*t.stride)
}

// full reports whether there may be no room for one pattern more.
func (t *tier) full() bool {
	return t.count == len(t.patterns) || (t.table.used+2*t.stride)*10 > len(t.table.slots)*9
}

// insertAll makes the tier find members. It returns false if there is no room.
func (t *tier) insertAll(members []*member) bool {
	w := windows{tier: t, hashes: t.hashes}
	defer func() { t.hashes = w.hashes }()
	for w.level = 0; w.level < len(wideGrams) && len(members) > 0; w.level++ {
		if !t.countGrams(w.level, members) {
			return false
		}
		var rest []*member
		for _, m := range members {
			if t.full() {
				return false
			}
			if at, ok := w.choose(m); ok && t.count < maxPatterns {
				t.insert(m, at)
			} else {
				rest = append(rest, m)
			}
		}
		members = rest
	}
	var hard []*Pattern
	for _, m := range members {
		if t.full() {
			return false
		}
		if at, ok := w.chooseShared(m.Pattern); ok && t.count < maxPatterns {
			t.insert(m, at)
			continue
		}
		m.id, m.window = -1, -1
		// Wherever m stands in a text, one of its first stride offsets is looked
		// at. With one gram fewer an automaton would start behind m's beginning
		// in some alignments, and miss it.
		for before := range t.stride {
			t.insertHard(m.Pattern, int(m.lead)+before)
		}
		hard = append(hard, m.Pattern)
	}
	if len(hard) > 0 {
		t.addToAutomata(hard)
	}
	return true
}

// countGrams adds the grams of members to the counts of a level. It returns false
// if there is no room.
func (t *tier) countGrams(level int, members []*member) bool {
	if c := t.counts[level]; c != nil {
		return c.addAll(members)
	}
	t.counts[level] = newGramCounts(t.shape, level, members)
	return true
}

// insert enters m under its window.
func (t *tier) insert(m *member, at window) {
	p, id := m.Pattern, t.count
	t.count++
	m.id, m.window = int32(id), int32(at.at)
	if at.level > 0 {
		m.window = -1
	}
	// Before the slots that lead to the id, as the slots come before the filters:
	// a reader that is let through must find all there is behind.
	t.patterns[id].Store(p)
	t.windows[id] = uint32(at.at)
	grams := t.grams(p, at.at)
	for j, gram := range grams {
		h := hash2(gram)
		if at.level > 0 {
			t.insertWide(h, at.level)
			h = t.hash(p, at.level, at.at+j)
		}
		t.table.enter(h, patternSlot(id, j), t.access)
		if at.level > 0 {
			t.second.set(h, t.access)
		}
		t.setFilters(gram)
	}
}

// grams returns the short grams of p's window at at, good until the next call. It
// brings into the cache what insert is about to write for them: an atomic write waits
// for its memory, and the next one for it; reads do not wait for each other.
func (t *tier) grams(p *Pattern, at int) []uint64 {
	grams := t.window[:t.stride]
	touched := uint64(0)
	for j := range grams {
		gram := loadPart(p.text, at+j) & t.mask
		grams[j] = gram
		touched ^= *t.first.word(gram) ^ uint64(t.table.slots[t.table.home(hash2(gram))])
	}
	t.touched = touched
	return grams
}

// setFilters lets the filters pass a gram. It comes last, when all that the gram leads
// to is there.
func (t *tier) setFilters(gram uint64) {
	t.second.set(hash2(gram), t.access)
	t.first.set(gram, t.access)
}

// insertWide says that the gram with hash h begins wide ones.
func (t *tier) insertWide(h uint64, level int) {
	known := false // here, or in a slot that h leads to as well
	t.table.each(h, func(s slot) { known = known || s == wideSlot(level) })
	if !known {
		t.table.enter(h, wideSlot(level), t.access)
	}
}

// insertHard makes automata run around p's gram at the offset before.
func (t *tier) insertHard(p *Pattern, before int) {
	h, after := t.hash(p, 0, before), len(p.text)-before
	var g *hardGram // of this gram, or of one whose slot h leads to as well
	t.table.each(h, func(s slot) {
		if s.special() && s.gram() == 0 {
			g = (*t.hards.Load())[s.id()]
		}
	})
	if g == nil {
		g = new(hardGram)
		hards := append(*t.hards.Load(), g)
		t.hards.Store(&hards)
		t.table.enter(h, hardSlot(len(hards)-1), t.access)
	}
	// Never less than before: other hard patterns begin with this gram too.
	g.before.Store(max(g.before.Load(), int64(before-int(p.lead))))
	g.after.Store(max(g.after.Load(), int64(after)))
	t.setFilters(loadPart(p.text, before) & t.mask)
}

// entries returns how many patterns may be entered under a gram.
func (t *tier) entries(h uint64) int {
	if !t.second.has(h) {
		return 0
	}
	n := 0
	t.table.each(h, func(s slot) {
		if !s.special() {
			n++
		}
	})
	return n
}
