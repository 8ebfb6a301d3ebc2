// Package validate says whether a resource keeps the rules of FHIR R4 and of profiles, and what to mend where it does not
// (mission F8; https://hl7.org/fhir/R4/validation.html).
//
// A [Validator] compiles each StructureDefinition once into a plan; a resource is then walked once for each of its
// profiles, or once for its type when it names none. What is checked: which elements there are and how many, their
// types and formats, choices, fixed values and patterns, slices, bindings, invariants, what references may point at,
// extensions and where they may stand, contained resources, ids, bundles, and the safety of narratives.
//
// Every [Issue] says in English and in Chinese what is wrong and what to do about it. Errors are breaches of rules that
// must be kept; warnings are breaches of rules that should be, and what cannot be decided here.
//
// The package is pure: what it needs of the world around (other resources, other definitions) the caller hands in.
package validate
