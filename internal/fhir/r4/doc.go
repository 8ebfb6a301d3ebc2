// Package r4 has typed views of FHIR R4 resources: what a module reads and writes through, so that it names elements in
// Go and never loses what it does not know. (Mission F8, standards at the edges; https://hl7.org/fhir/R4.)
//
// A view is a place in a [fhir.Doc] with a method for each element; it holds no values. Reading looks into the author's
// text as it stands; an edit replaces, inserts or removes the one value, and every other byte of the text stays: white
// space, decimals' zeros, unknown members, extensions.
//
// # How elements look
//
//   - A primitive that JSON writes as a string is read and written as a string, "" meaning that it is not there. So is a
//     decimal, as its exact text.
//   - A boolean or integer is read with ok, which is false if it is not there, and has a Remove.
//   - An element with elements of its own is a view: p.ManagingOrganization().SetReference(...). It is there once it has
//     a value, and goes with its last one; Exists tells, Remove takes it away.
//   - A repeating one is [Items] or [Strings].
//   - A choice such as value[x] is one element for each type: ValueQuantity, ValueString. Setting one type, or
//     something in it, removes the others.
//   - What a view does not name is reached by [fhir.Element]'s Child.
//
// # Primitives with extensions
//
// The id and extensions of a primitive stand beside it, as _birthDate for birthDate. Setting or removing the primitive
// leaves them; [Element.Beside] is their view. In [Strings] they move with their item.
//
// # Errors
//
// Setters return none. The first edit that fails changes nothing and stops all later ones through the views of the same
// document; Err and Bytes give its error. It fails where the text has another kind of value on the way, or where the
// new value is none that FHIR takes, such as a string with control characters. Values are not otherwise checked.
//
// # Source
//
// The files *_gen.go are written by ./generate from the tables of package schema. A type that is missing is added to the
// list there.
package r4

//go:generate go run ./generate
