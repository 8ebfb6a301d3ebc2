// Package fhirpath reads and evaluates FHIRPath over the JSON tree of package fhir: for invariants, search parameters,
// subscriptions, mappings and forms (mission F8).
//
// It is the normative release 2.0 (http://hl7.org/fhirpath/N1) with what FHIR R4 adds to it
// (https://hl7.org/fhir/R4/fhirpath.html), and with those parts of later drafts (STU) that the official tests use.
//
// # How it works
//
// Parse makes a tree of nodes in which operators and functions are already looked up. To evaluate it takes no map of
// the resource: a Value is a place in the text with its FHIR type, and children are found by walking the members. A
// machine keeps all collections on one stack, on which they are ranges; machines are used again, so an invariant that
// holds allocates nothing. Every item that is made, looked at or compared is a step, and Env.Work bounds the steps.
//
// # Types
//
// Elements have their FHIR type with its ancestors: a code is a string, an Age a Quantity, a group such as
// Patient.contact a BackboneElement. Choices are reached by their name without the type: value, never valueQuantity. An
// unqualified type name means FHIR's or System's, whichever the item is of. Primitives convert to System types where an
// operator or function asks for one, and so do Quantities in UCUM, those without a comparator; other Quantities compare
// with the same unit only. A primitive that has no value but extensions is there, and has extensions, but counts as
// empty where a value is asked for. A date that is none of FHIR's is a String.
//
// Numbers are exact: sums and products to 100 digits, quotients, roots and logarithms to 34. Integers are of 32 bits.
// What is over the range is empty. Seconds count to the microsecond.
//
// # Where the specifications leave a choice, or we differ
//
//   - descendants() gives every element once as an element. By the letter it is repeat(children()), which would drop
//     elements that equal one another; the official tests count them all.
//   - repeat() gives each value once, so that a circle ends.
//   - as() with several items is an error, save in Holds and with Env.ManyAs: R4's own invariants (dom-3) and search
//     parameters apply it to several.
//   - iif() takes one item as a criterion for true, as every condition does; Check refuses one that computes another
//     type.
//   - matches() finds a part, as in 2.0 and its tests; matchesFull() wants the whole. Patterns are those of package
//     regexp, which has no look-around and takes linear time. $1 and ${name} stand for groups.
//   - Dates with a time of which one has an offset and the other none are comparable when they differ in every zone
//     of the world; else the answer is empty.
//   - Years and months of the calendar compare with each other, not with UCUM's a and mo, which have a fixed length;
//     ~ takes them as the same. a and mo cannot be added to dates, the shorter units of UCUM can.
//   - Equivalent decimals and quantities are equal when both are rounded to the digits of the coarser.
//   - sort() takes keys with - before them or asc and desc behind them. What has no key counts as the lowest.
//   - highBoundary of a positive number rounds half up at the digits asked for, lowBoundary cuts off, and negative
//     ones mirror this, as the official tests have it.
//   - resolve() looks into the contained resources, then for a fullUrl of the Bundle around that is the reference or
//     ends with it, then asks Env.Resolve.
//   - Of the later drafts Long, defineVariable(), duration(), difference() and object creation are not offered; nor
//     are R4's elementDefinition(), slice() and checkModifiers(), which need profiles.
//   - Paths of values name members as JSON does: Observation.valueQuantity.
package fhirpath
