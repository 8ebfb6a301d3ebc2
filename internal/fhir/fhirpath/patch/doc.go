// Package patch changes resources as FHIRPath Patch says (R4, https://hl7.org/fhir/R4/fhirpatch.html): a Parameters
// resource lists operations that add, insert, delete, replace or move one element each.
//
// An element is found by FHIRPath and changed in the text: what no operation names keeps its bytes. A primitive is
// changed together with what stands beside it (_birthDate beside birthDate), and the two arrays of a primitive that
// repeats stay in step. Objects and arrays that are left empty go, because FHIR knows no empty ones.
//
// Where the page leaves room, the package reads it so:
//   - insert and move take the path of a whole list, such as Patient.name, which names all of its items;
//   - the destination of a move is the place that the item has afterwards;
//   - replace puts one element in the place of another: what stood beside a primitive goes with it, and a choice such
//     as value[x] may get another type;
//   - names are those of FHIRPath, so a choice is called value, and the type is that of the value that is sent;
//   - a value has the very type of its element. Types that Parameters do not know are sent as the nearest: string for
//     xhtml, Quantity for SimpleQuantity and MoneyQuantity; a contained resource is sent as the resource of its part;
//   - a path that R4's types do not allow is an error, also in a delete, where a path that finds nothing is none.
//
// The package is pure: no I/O, no clock, so now() has no answer in a path.
package patch
