package api

import (
	"context"
	"iter"
	"maps"
	"net/http"
	"net/url"
)

// Page is one page of a list.
type Page[T any] struct {
	Items []T `json:"items"`
	// Next is the cursor of the next page; "" after the last.
	Next string `json:"next,omitempty"`
}

// pageItems is how many items a page is asked to have: the most that the server
// gives.
const pageItems = "1000"

// all reads a list page by page.
func all[T any](ctx context.Context, c *Client, path string, query url.Values) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		// A loop may run twice, and each starts at the first page.
		query := maps.Clone(query)
		query.Set("limit", pageItems)
		for {
			var page Page[T]
			err := c.do(ctx, call{method: http.MethodGet, path: path, query: query}, &page)
			if err == nil && page.Items == nil {
				err = c.lacks("items")
			}
			if err != nil {
				yield(none, err)
				return
			}
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			query.Set("cursor", page.Next)
		}
	}
}

// one is do for an answer that tells of one thing, which has the version that version
// finds in it.
func one[T any](ctx context.Context, c *Client, call call, version func(*T) int64) (*T, error) {
	thing := new(T)
	if err := c.do(ctx, call, thing); err != nil {
		return nil, err
	}
	if version(thing) == 0 {
		return nil, c.lacks("version")
	}
	return thing, nil
}
