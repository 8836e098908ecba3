package api

import (
	"context"
	"iter"
	"time"
)

// Event is a row of the audit trail. It holds no value.
type Event struct {
	Time time.Time `json:"time"`
	// Who is the id of a token, or a word such as "cli".
	Who string `json:"who"`
	// What is the action, as in secret.create.
	What  string `json:"what"`
	Scope string `json:"scope"`
	// Alias is what it was about, and Version the version that it made.
	Alias   string `json:"alias,omitempty"`
	Version int64  `json:"version,omitempty"`
	// Outcome is "ok" or the code of the refusal.
	Outcome   string `json:"outcome"`
	RequestID string `json:"request_id,omitempty"`
	// Count is how many refusals the row stands for, 0 for what was done. Of
	// several, Time and RequestID are those of the last, and What and Outcome
	// "various" where they differ.
	Count int64 `json:"count,omitempty"`
}

// Audit returns who did what in the client's scope and those below, the newest
// first; the zero time is all that there is. It is read page by page while the loop
// runs; after an error it ends.
func (c *Client) Audit(ctx context.Context, since time.Time) iter.Seq2[Event, error] {
	query := c.query()
	if !since.IsZero() {
		query.Set("since", since.UTC().Format(time.RFC3339))
	}
	return all[Event](ctx, c, "/v1/audit", query)
}
