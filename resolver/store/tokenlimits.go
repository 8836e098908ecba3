package store

// TokenLimits bound what one token takes on each node. A field that is 0 leaves
// it to what the server gives each token.
type TokenLimits struct {
	// Rate is how many requests it may make in a second.
	Rate int64 `json:"rate,omitempty"`
	// Concurrency is how many of its requests are answered at once.
	Concurrency int64 `json:"concurrency,omitempty"`
	// Bytes is how much of its requests and answers is held at once.
	Bytes int64 `json:"bytes,omitempty"`
}

// The largest limits: whole numbers on every machine and in every JSON.
const (
	maxTokenCount = 1_000_000_000
	maxTokenBytes = 1 << 50
)

// orNil returns nil for limits that say nothing.
func (l *TokenLimits) orNil() *TokenLimits {
	if l == nil || *l == (TokenLimits{}) {
		return nil
	}
	return l
}

func (l *TokenLimits) check() error {
	if l == nil {
		return nil
	}
	if l.Rate < 0 || l.Rate > maxTokenCount || l.Concurrency < 0 || l.Concurrency > maxTokenCount {
		return refusal(InvalidRequest, "rate and concurrency of a token must be from 1 to 1000000000, or 0 for what the server gives").field("limits")
	}
	if l.Bytes < 0 || l.Bytes > maxTokenBytes {
		return refusal(InvalidRequest, "the bytes of a token must be from 1 to 2^50, or 0 for what the server gives").field("limits")
	}
	return nil
}

func (l *TokenLimits) encode(e *encoder) {
	e.int(l.Rate)
	e.int(l.Concurrency)
	e.int(l.Bytes)
}

func decodeTokenLimits(d *decoder) *TokenLimits {
	return &TokenLimits{Rate: d.int(), Concurrency: d.int(), Bytes: d.int()}
}
