// Package oracles compares our FHIRPath with that of others, on random expressions over many resources.
//
// The oracles are gofhir (github.com/gofhir/fhirpath, in this package's own test) and fhirpath.js of the National
// Library of Medicine (npm fhirpath, in package conformance, which needs Node). [Draw] draws the expressions: paths
// that are there and paths that are not, functions, operators between all kinds of operands, conditions and
// projections inside each other. It evaluates every part while it draws, and so it goes on with what fits, most of
// the time; two of three expressions find something. [Resources] are some of the synthetic region, and some written
// by hand with what is rare: primitives that are null or have only extensions, choices of every kind, partial dates,
// contained resources, units.
//
// # What is compared
//
// Whether there is an error, and else the items, in their order: their type as far as the oracle tells it, and their
// value. Numbers are the same when they differ by less than the eighth digit, dates when they are written in two
// ways, objects when their members are equal. Messages are not compared, nor is the number of zeros of a Decimal.
//
// # What the oracles get wrong
//
// When the engines differ on an expression, [Differences] looks for the smallest parts on which they do. A part is
// known by its operator or function and by the kinds of its operands; the tables of the two tests list the
// [Deviation] of each oracle, with the section of the specification that decides. N1 is http://hl7.org/fhirpath/N1,
// R4 https://hl7.org/fhir/R4/fhirpath.html; STU marks what later drafts have, where nobody is right yet. Every other
// difference fails the test.
//
// gofhir seldom checks that operands fit, knows of an element only the type that its JSON has, evaluates the
// arguments of set functions for the wrong items, counts bytes, and panics or computes for hours on large arguments.
// What it gets wrong throughout, it is not asked. fhirpath.js is close to the specification. It knows no type of
// extensions, has one type of number, gives nothing where N1 4.5 makes several items an error, and of a condition
// that is no Boolean it makes false.
package oracles
