// Package primitive knows how the values of FHIR R4's primitive types are written: it tells whether a JSON value is
// one of its type, and if not, what to write instead.
//
// The rules are those of https://hl7.org/fhir/R4/datatypes.html#primitive and of the regular expressions in the
// StructureDefinitions of the types. Where the two differ, the stricter one counts. Beyond both,
//   - a day must be one of the calendar;
//   - white space in codes and URIs is that of Unicode: a blank of Chinese typesetting (U+3000) in a code is as
//     invisible as any other, and would make two codes of what looks like one;
//   - canonical has at most one version, and something before and behind the bar.
//
// One rule is laxer: hexadecimal digits of a uuid may be capitals, since RFC 4122 wants them read.
//
// Nothing is parsed, copied or allocated, unless a value is written with escapes that it does not need. Messages name
// the form and never the value, which may be a birth date or a note.
package primitive
