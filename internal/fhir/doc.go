// Package fhir reads and edits FHIR R4 resources as the bytes that their authors sent (mission F8).
//
// [Parse] reads a JSON text into a [Tree] that points into the text; nothing is copied or re-serialised, so decimals
// keep their zeros, twenty-digit numbers their digits and members their order. Edits ([Doc], [Patch]) replace spans of
// the text and leave every other byte alone. A [Resource] is a tree whose envelope (type, id, meta) has been checked;
// its [Resource.Links] are the places that name other resources.
//
// The package is pure: no I/O, no clock.
package fhir
