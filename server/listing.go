package server

import (
	"context"
	"net/http"

	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

// listing is the answer of each list.
type listing[T any] struct {
	Items []T `json:"items"`
	// Next is the cursor of the next page; absent after the last.
	Next string `json:"next,omitempty"`
}

// replyPage sends one page of a list.
func replyPage[T any](x *exchange, page store.Page[T], err error) error {
	if err != nil {
		return err
	}
	return x.replyJSON(http.StatusOK, listing[T]{Items: some(page.Items), Next: page.Next})
}

// listIn answers a list of what find knows of the scope that the query names, as
// [exchange.scope] or [exchange.reach] reads it.
func listIn[T any](
	x *exchange, read func(string) (resolver.Scope, error),
	find func(context.Context, resolver.Scope, store.Paging) (store.Page[T], error),
) error {
	values, err := x.query("scope", "cursor", "limit")
	if err != nil {
		return err
	}
	scope, err := read(values.Get("scope"))
	if err != nil {
		return err
	}
	wanted, err := paging(values)
	if err != nil {
		return err
	}
	page, err := find(x.r.Context(), scope, wanted)
	return replyPage(x, page, err)
}

// some returns list, and an empty one for nil: JSON shows it as [].
func some[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
