package server

import (
	"context"
	"net/http"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

// replyPage sends one page of a list, each item as convert shows it.
func replyPage[T, A any](x *exchange, page store.Page[T], err error, convert func(T) A) error {
	if err != nil {
		return err
	}
	answer := api.Page[A]{Items: make([]A, len(page.Items)), Next: page.Next}
	for i, item := range page.Items {
		answer.Items[i] = convert(item)
	}
	return x.replyJSON(http.StatusOK, answer)
}

// replyList answers a list of what find knows of the scope that the query names, as
// [exchange.scope] or [exchange.reach] reads it.
func replyList[T, A any](
	x *exchange, read func(string) (resolver.Scope, error),
	find func(context.Context, resolver.Scope, store.Paging) (store.Page[T], error),
	convert func(T) A,
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
	return replyPage(x, page, err, convert)
}

// nonNil returns list, and an empty one for nil: JSON shows it as [].
func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
