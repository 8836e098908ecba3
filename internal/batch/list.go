package batch

import "io"

// List are the recipients of one document, each as it was written.
type List struct{ Records []string }

// listPiece is how many recipients of a list are worked on at once.
const listPiece = 32

// next implements [Source].
func (l *List) next(q *queue) error {
	for first := 0; first < len(l.Records); first += listPiece {
		if err := q.push(&piece{first: first, records: l.Records[first:min(first+listPiece, len(l.Records))]}); err != nil {
			return err
		}
	}
	return io.EOF
}
