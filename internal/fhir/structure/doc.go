// Package structure tells what FHIR R4's StructureDefinitions say: of HL7's own types, profiles and extensions, which
// are part of the program, and of others that are read from JSON. It generates the snapshot of each from its
// differential, so that code which checks resources or shows forms sees every rule that holds for an element in one
// place. (Mission F8, standards at the edges; https://hl7.org/fhir/R4/profiling.html and elementdefinition.html.)
//
// A snapshot that somebody sends is never used: it is derived data, and may not say what its differential says.
//
// # Source
//
// The file definitions.json.gz, which ./generate writes from HL7's definitions of release 4.0.1, holds the
// differentials, one StructureDefinition a line. The FHIR specification is in the public domain (Creative Commons CC0
// 1.0); only facts are kept, no prose, so the elements of these definitions have no text for people, and neither have
// their constraints. A definition is read, and its snapshot generated, when it is first asked for.
//
// # Snapshots
//
// A differential changes the snapshot of its base. Elements are found by their ids; where an id is missing or does not
// fit the path, by the path and the order of the elements. Where the differential goes deeper than the base, the
// elements of the data type, of the type's profile, or of the element that a contentReference names are taken in. A
// slice begins as the element that it slices, but optional. What loosens a rule of the base (cardinality, types,
// strength of a binding, closed slicing, fixed values) is refused. Profiles that nobody has here are taken to fit where
// only their descent could tell otherwise.
//
// An element such as valueQuantity stands for the slice valueQuantity of value[x]. If it is the only one that a
// differential names, the choice is closed to other types, as in HL7's own snapshots.
//
// As in these, an element carries the constraints that its definition states and the ones of the types Element and
// Extension; those of other data types stand at the roots of their definitions.
//
//go:generate go run ./generate
package structure
