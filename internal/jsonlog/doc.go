// Package jsonlog writes the lines of [slog.JSONHandler], byte for byte, in less of its
// time where a record holds what most do: ASCII texts, whole numbers, booleans and durations.
// All others go through slog's handler.
//
// Start with [New]. A line is plain if no text in it is escaped: what stands in it is then
// what stands in the record, so that who looks for values needs to look at one of them alone.
package jsonlog
