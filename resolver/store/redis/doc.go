// Package redis keeps the rows of a store in Redis, for many nodes at once.
//
// Start with [Open], which takes the URL of a single server, of Sentinels or of
// a Cluster; see [ParseURL] for how it is written. What it returns goes into
// store.Options.
//
// All rows of one scope lie in one hash slot and change by one script, so a
// batch happens whole or not at all, and tells the other nodes in the same
// step. Redis sees ciphertexts, aliases, scopes and times, and no value in
// clear: not in memory, on disk, in MONITOR or on a channel.
//
// While a server does not answer, calls fail at once instead of waiting for it;
// while a Cluster moves slots, they wait for it.
//
// A commit survives a crash as far as the server keeps what it has
// acknowledged: run it with appendonly yes, and with appendfsync always where
// the machine itself may lose power. Its maxmemory-policy has to be
// noeviction. [Backend.Warnings] tells where the server is set up otherwise.
package redis
