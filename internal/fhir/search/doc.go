// Package search knows FHIR R4's search parameters: what each finds in a resource, what a query means, whether a resource
// meets it, and under which terms both can be looked up in an index (missions A15, F8). It does no I/O: package plan
// finds candidates by the terms and lets [Criterion.Matches] decide about each.
//
// docs/search.md says what every kind of search means, where R4 leaves a choice.
//
// # Format of r4.txt
//
// The tables are written by ./generate from HL7's own definitions of release 4.0.1 (public domain, CC0 1.0):
//
//	parameters TYPE             the search parameters of a type follow; those of Resource are common to all types
//	  NAME KIND TARGETS PATH    TARGETS are the types that a reference may point at, "-" for any or none
//	compartment TYPE            the types in its compartment follow
//	  TYPE PARAMETER…           each with the parameters by which it belongs there
//	system ELEMENT URI          the system that the required binding of an element of type code implies
//
// PATH is a FHIRPath below the resource: steps with .ofType(T), .where(a='b'), .where(resolve() is T) and [n], branches
// separated by "|", $this for the resource itself. A composite's path is followed by its components, "; NAME=PATH", which
// start at what the path finds, or with %resource at the resource.
//
// own.txt adds the platform's own parameters, whose names begin with "-" so that they meet none of R4.
package search

//go:generate go run ./generate
