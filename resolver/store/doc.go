// Package store keeps secrets: encrypted, versioned, write-only and audited.
//
// Start with [Open] over a backend of the package sqlite (one machine) or redis
// (a fleet):
//
//	backend, err := sqlite.Open("sotto-data/sotto.db")
//	...
//	s, err := store.Open(ctx, store.Options{
//		Backend: backend,
//		Key:     store.KeyFile("sotto-data/master.key"),
//	})
//	...
//	defer s.Close()
//	meta, err := s.Create(ctx, store.Actor{Who: "cli"}, "acme/shop", store.Draft{
//		Alias: "GitHub_Token", Type: store.Token, Value: store.Text("ghp_..."),
//	})
//
// [Store] is a resolver.Provider, a resolver.Lister and a resolver.Notifier.
// Nothing that it returns holds a value, except [Store.Fetch], which yields
// opaque ones. All errors that a caller can cause are [Error]s with a [Code].
//
// Secrets: [Store.Create], [Store.Update], [Store.Archive], [Store.Restore],
// [Store.Delete], [Store.Get], [Store.Secrets], [Store.Usage]. Tokens:
// [Store.CreateToken], [Store.Authenticate], [Store.Tokens],
// [Store.RevokeToken]. Templates and flows: [Store.PutDocument],
// [Store.Document], [Store.Documents], [Store.DeleteDocument],
// [Store.DocumentVersion], [Store.DocumentVersions]. Audit: [Store.Record],
// [Store.Audit], [Store.Used], [Store.Uses]. Upkeep: [Store.RotateKeys],
// [Store.Reencrypt], [Store.Verify], [Store.Repair], [Store.Export],
// [Store.Import].
//
// Lookups by [Store.Fetch] and [Store.List] walk from a scope up to its
// parents. All other calls address exactly the scope that they are given,
// unless they say otherwise.
package store
