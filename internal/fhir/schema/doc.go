// Package schema tells the shape of FHIR R4's resource types and data types: which elements each has, of which type, how
// many, which of them a summary keeps, which change the meaning of the rest, and what a reference may point at.
//
// It is for code that walks resources of every type without knowing them: to check what a client sends, to find the
// references in it, to rewrite those of a transaction, to cut a summary, to extract search keys. Code that knows the type
// that it works on uses a view of package r4. (Mission F8, standards at the edges; https://hl7.org/fhir/R4.)
//
// # Source
//
// The tables are the file r4.txt, which ./generate writes from HL7's own definitions of release 4.0.1. The FHIR
// specification is in the public domain (Creative Commons CC0 1.0); of its definitions only facts are kept, no prose.
// R4 will not change any more, so the tables and the numbers of the types will not either.
//
// # Format of r4.txt
//
// A line at the margin opens a shape; indented lines are its own elements, after those of the shape that it extends:
//
//	base NAME EXTENDED        an abstract type, "-" when it extends none
//	type NAME EXTENDED        a data type
//	resource NAME EXTENDED    a resource type
//	part PATH EXTENDED        a group of elements inside one of these
//	alias NAME SHAPE          a data type that has the shape of another
//	  NAME MIN..MAX FLAGS TYPE
//
// FLAGS are S (part of the summary), M (modifier) or "-". TYPE is the name of a type, or the path of a part. A choice of
// types is an element such as value[x] with its types separated by "|". Reference(A,B) may point at these types only,
// Reference at any.
package schema
