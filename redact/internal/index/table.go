package index

import "sync/atomic"

// A table maps the hashes of grams to slots: open addressing, never full. Its
// writer adds in place while others read.
type table struct {
	slots []uint32
	used  int
}

// A slot holds, from the top, 5 bits of the hash, 1 bit that is set for a
// special slot, 4 bits, and 22 bits with an id plus 1. 0 is free.
//
// The 4 bits say which gram of its window this is of the pattern with the id. A
// special slot says with them which of [wideGrams] to look up; if they are 0,
// the id is that of a hard gram.
type slot uint32

const (
	slotID      = 1<<22 - 1
	slotGram    = 22
	slotSpecial = 1 << 26
	slotTag     = 27

	maxPatterns = slotID - 1
)

func patternSlot(id, gram int) slot { return slot(gram<<slotGram | (id + 1)) }
func wideSlot(level int) slot       { return slot(slotSpecial | level<<slotGram | 1) }
func hardSlot(id int) slot          { return slot(slotSpecial | (id + 1)) }

func (s slot) id() int       { return int(s&slotID) - 1 }
func (s slot) gram() int     { return int(s >> slotGram & 15) }
func (s slot) special() bool { return s&slotSpecial != 0 }

func newTable(entries int) table { return table{slots: make([]uint32, 64+entries*10/7)} }

// room reports whether the table stays quick to search with so many more entries.
// A search ends at a free slot, so a table without one would search for ever.
func (t *table) room(entries int) bool { return (t.used+entries)*10 <= (len(t.slots)-64)*7+10 }

// home is where the search for h begins.
func (t *table) home(h uint64) int { return int(h >> 32 * uint64(len(t.slots)) >> 32) }

// at returns slot k and the number of the next one.
func (t *table) at(k int) (raw uint32, next int) {
	raw = atomic.LoadUint32(&t.slots[k])
	if k++; k == len(t.slots) {
		k = 0
	}
	return raw, k
}

// tagged reports whether raw may be a slot for h.
func tagged(raw uint32, h uint64) bool { return raw>>slotTag == uint32(h)>>slotTag }

func (t *table) enter(h uint64, s slot, a access) {
	k := t.home(h)
	for t.slots[k] != 0 {
		_, k = t.at(k)
	}
	t.used++
	raw := uint32(h)>>slotTag<<slotTag | uint32(s)
	if a == shared {
		atomic.StoreUint32(&t.slots[k], raw)
	} else {
		t.slots[k] = raw
	}
}

// each calls visit for the slots that h may have.
func (t *table) each(h uint64, visit func(slot)) {
	for raw, k := t.at(t.home(h)); raw != 0; raw, k = t.at(k) {
		if tagged(raw, h) {
			visit(slot(raw & (1<<slotTag - 1)))
		}
	}
}
