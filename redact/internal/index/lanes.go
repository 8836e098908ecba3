package index

// A long text is read in lanes: eight places of it at once, a fixed distance
// apart. The loads of one lane then do not wait for those of another, and the
// memory brings eight streams faster than one.
const laneCount = 8

// distances are those between lanes, from the start of one to the start of the
// next: of a long text, and of one that a writer is given at once. They are
// multiples of every stride, even ones, as a lane is read in steps of two strides:
// else the positions at the end of one lane and the start of the next would not be
// a stride apart, and a window could stand between them unseen. They are types for
// the sake of the compiler, as [strides] are.
type distances interface{ longDistance | shortDistance }

type (
	longDistance  = [10560]byte
	shortDistance = [3520]byte
)

// block and shortBlock are how much of a text is read in lanes of the distances. A
// block stays near the processor while all tiers read it.
const (
	block      = laneCount * len(longDistance{})
	shortBlock = laneCount * len(shortDistance{})
)

// candidates are the positions in a block of lanes at which the filters of a
// tier let a gram pass.
type candidates struct {
	first candidateList          // the first filter; used again and again
	both  [laneCount][]candidate // both filters, in the order of the text
}

type candidateList [256]candidate

// candidate is a position in a lane, with the number of the lane in its upper
// half.
type candidate uint32

func (c candidate) lane() int { return int(c >> 16) }
func (c candidate) at() int   { return int(c & (1<<16 - 1)) }

// scanLanes adds to s what the tier's patterns cover of the text whose windows begin in
// the lanes at i, and returns it.
func scanLanes[S strides, D distances](t *tier, s *Scan, text []byte, i int) *Scan {
	var gap D
	s = s.started()
	c := &s.candidates
	// The candidates are kept until all lanes are read, and then looked up
	// lane by lane: automata do not go back in a text.
	for at := 0; at < len(gap); {
		var n uint
		n, at = filterLanes[S, D](&c.first, t.first, t.mask, text[i:], at)
		for _, f := range c.first[:n] {
			if t.second.has(hash2(load(text[i+f.lane()*len(gap)+f.at():]) & t.mask)) {
				c.both[f.lane()] = append(c.both[f.lane()], f)
			}
		}
	}
	for lane, both := range s.candidates.both {
		for _, c := range both {
			s = t.probe(s, text, i+lane*len(gap)+c.at())
		}
		s.candidates.both[lane] = both[:0]
	}
	return s
}

// filterLanes finds the positions of the lanes that begin at the start of text, from
// the position i in each on, at which filter lets a gram pass, until list may be
// full. It returns their number, and where in each lane it stopped. This is
// where nearly all time goes, so the lanes and two steps in each are written out.
func filterLanes[S strides, D distances](list *candidateList, filter []uint64, mask uint64, text []byte, i int) (n uint, next int) {
	var (
		s   S
		gap D
	)
	mul, last := multiplier1, uint64(len(filter)-1)
	if len(filter) == 0 {
		panic("index: an index without a filter")
	}
	for ; i < len(gap) && n <= uint(len(list)-2*laneCount); i += 2 * len(s) {
		eight := text[i : i+7*len(gap)+len(s)+width]
		if passes(filter, last, load(eight)&mask*mul) {
			n = list.add(n, 0, i)
		}
		if passes(filter, last, load(eight[len(gap):])&mask*mul) {
			n = list.add(n, 1, i)
		}
		if passes(filter, last, load(eight[2*len(gap):])&mask*mul) {
			n = list.add(n, 2, i)
		}
		if passes(filter, last, load(eight[3*len(gap):])&mask*mul) {
			n = list.add(n, 3, i)
		}
		if passes(filter, last, load(eight[4*len(gap):])&mask*mul) {
			n = list.add(n, 4, i)
		}
		if passes(filter, last, load(eight[5*len(gap):])&mask*mul) {
			n = list.add(n, 5, i)
		}
		if passes(filter, last, load(eight[6*len(gap):])&mask*mul) {
			n = list.add(n, 6, i)
		}
		if passes(filter, last, load(eight[7*len(gap):])&mask*mul) {
			n = list.add(n, 7, i)
		}
		if passes(filter, last, load(eight[len(s):])&mask*mul) {
			n = list.add(n, 0, i+len(s))
		}
		if passes(filter, last, load(eight[len(gap)+len(s):])&mask*mul) {
			n = list.add(n, 1, i+len(s))
		}
		if passes(filter, last, load(eight[2*len(gap)+len(s):])&mask*mul) {
			n = list.add(n, 2, i+len(s))
		}
		if passes(filter, last, load(eight[3*len(gap)+len(s):])&mask*mul) {
			n = list.add(n, 3, i+len(s))
		}
		if passes(filter, last, load(eight[4*len(gap)+len(s):])&mask*mul) {
			n = list.add(n, 4, i+len(s))
		}
		if passes(filter, last, load(eight[5*len(gap)+len(s):])&mask*mul) {
			n = list.add(n, 5, i+len(s))
		}
		if passes(filter, last, load(eight[6*len(gap)+len(s):])&mask*mul) {
			n = list.add(n, 6, i+len(s))
		}
		if passes(filter, last, load(eight[7*len(gap)+len(s):])&mask*mul) {
			n = list.add(n, 7, i+len(s))
		}
	}
	return n, i
}

// add adds a candidate to the n of the list, and returns their new number.
func (l *candidateList) add(n uint, lane, at int) uint {
	l[n%uint(len(l))] = candidate(lane<<16 | at)
	return n + 1
}
