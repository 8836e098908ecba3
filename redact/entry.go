package redact

// room reports whether so many patterns more fit.
func (t *tier) room(patterns int) bool {
	return t != nil && t.count+patterns <= len(t.patterns) && t.table.room(patterns*t.stride)
}

// full reports whether there may be no room for one pattern more.
func (t *tier) full() bool {
	return t.count == len(t.patterns) || (t.table.used+2*t.stride)*10 > len(t.table.slots)*9
}

// enterAll makes the tier find members. It returns false if there is no room.
func (t *tier) enterAll(members []*member) bool {
	w := windows{tier: t, hashes: t.hashes}
	defer func() { t.hashes = w.hashes }()
	for w.level = 0; w.level < len(wideGrams) && len(members) > 0; w.level++ {
		if !t.survey(w.level, members) {
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
	var hard []*pattern
	for _, m := range members {
		if t.full() {
			return false
		}
		if at, ok := w.share(m.pattern); ok && t.count < maxPatterns {
			t.insert(m, at)
			continue
		}
		m.id, m.window = -1, -1
		for before := range t.stride {
			t.enterHard(m.pattern, before)
		}
		hard = append(hard, m.pattern)
	}
	if len(hard) > 0 {
		t.enlist(hard)
	}
	return true
}

// survey adds members to the contents of a level. It returns false if there is
// no room.
func (t *tier) survey(level int, members []*member) bool {
	if c := t.contents[level]; c != nil {
		return c.addAll(members)
	}
	t.contents[level] = newContents(t.shape, level, members)
	return true
}

// insert enters m under its window.
func (t *tier) insert(m *member, at window) {
	p, id := m.pattern, t.count
	t.count++
	m.id, m.window = int32(id), int32(at.at)
	if at.level > 0 {
		m.window = -1
	}
	t.patterns[id].Store(p)
	t.windows[id] = uint32(at.at)
	t.fetch(p, at.at)
	for j := range t.stride {
		h := t.hash(p, 0, at.at+j)
		if at.level > 0 {
			t.extend(h, at.level)
			h = t.hash(p, at.level, at.at+j)
		}
		t.table.enter(h, patternSlot(id, j), t.access)
		if at.level > 0 {
			t.second.set(h, t.access)
		}
		t.pass(p, at.at+j)
	}
}

// fetch brings into the cache what insert is about to write. An atomic write
// waits for its memory, and the next one for it; reads do not wait for each other.
func (t *tier) fetch(p *pattern, at int) (x uint64) {
	for j := range t.stride {
		gram := loadPart(p.text, at+j) & t.mask
		x ^= *t.first.word(gram) ^ uint64(t.table.slots[t.table.home(hash2(gram))])
	}
	return x
}

// pass lets the filters pass a gram. It comes last, when all that the gram leads
// to is there.
func (t *tier) pass(p *pattern, at int) {
	gram := loadPart(p.text, at) & t.mask
	t.second.set(hash2(gram), t.access)
	t.first.set(gram, t.access)
}

// extend says that the gram with hash h begins wide ones.
func (t *tier) extend(h uint64, level int) {
	known := false // here, or in a slot that h leads to as well
	t.table.each(h, func(s slot) { known = known || s == wideSlot(level) })
	if !known {
		t.table.enter(h, wideSlot(level), t.access)
	}
}

// enterHard makes automata run around p's gram at the offset before.
func (t *tier) enterHard(p *pattern, before int) {
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
	g.before.Store(max(g.before.Load(), int64(before)))
	g.after.Store(max(g.after.Load(), int64(after)))
	t.pass(p, before)
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
