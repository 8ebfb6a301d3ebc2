// Package store keeps resources and their versions, on SQLite or PostgreSQL (missions A15, F7, F8).
//
// A [DB] offers a few dozen primitive statements over one key at a time; what they mean together is decided in Go,
// above them, once for both databases (docs/adr/0004-planning-in-go.md). The newest version of a resource, a deletion
// included, is one row; every earlier one is a row of the history; nothing is ever overwritten.
//
// Bodies are kept as [fhir.Body]: the author's own bytes, into which the version and the instant are spliced whenever
// they are read (docs/adr/0005-bodies-without-meta.md). What a resource can be found by is a [Key]: a keyed hash of a
// [Term] (docs/adr/0003-keyed-hashes.md).
//
// Nothing here decides who may read or write: only package gate calls the store.
package store
