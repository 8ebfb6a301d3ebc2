// Package terminology answers the question that bindings of FHIR ask: is this code in that value set, or in that
// code system? It knows those of R4 and takes more, such as a region's, through [Library.With]. (Mission F8,
// standards at the edges; https://hl7.org/fhir/R4/valueset.html, codesystem.html, terminologies-systems.html.)
//
// An [Answer] has three values, because not everything is here: SNOMED CT and LOINC are known by the form of their
// codes only. Out is said where it is certain, Unknown where a code system or an imported value set is missing, and
// the parts of a value set are combined so that what is missing elsewhere does not make a certain answer uncertain.
//
// # How a value set is read
//
// A code is in the set if one include has it and no exclude does. An include has it if the code is of its system, is
// listed or passes all filters, and is in all value sets that it imports. Beyond that:
//
//   - Abstract codes (notSelectable) are no answer in an instance: only a list that names them includes them.
//   - Inactive codes are included, unless compose.inactive is false.
//   - The versions that a set asks of its code systems do not count; there is one of each system here.
//   - Codes of systems that are not case-sensitive are compared by their lower case.
//   - is-a and its like follow what nests, and the properties child and parent, whatever hierarchyMeaning says.
//   - An expansion counts where there is no compose, and says In where the compose leaves a code undecided.
//
// # Code systems beyond R4's package
//
// Listed: ISO 3166-1 (both alphabetic forms and the numeric one), UN M49, ISO 4217 and the time zones of IANA. By rule:
// UCUM, languages (RFC 5646 and the registry of subtags), media types (RFC 6838, RFC 2045) and URIs (RFC 3986) are
// decided, for LOINC, SNOMED CT and ISO 3166-2 a malformed code is Out and the rest Unknown.
//
// # Sources
//
// The file r4.gz, which ./generate writes, holds a code system or value set a line, as FHIR's JSON without prose:
//
//   - HL7's definitions of R4 4.0.1, public domain (Creative Commons CC0 1.0). Displays are kept where HL7 is the
//     author; of LOINC, SNOMED CT, UCUM, DICOM and others there are only the codes that HL7's definitions list.
//   - Names of the IANA time zone database, public domain.
//   - The codes of ISO 4217 and UN M49, which are facts, put together for this; those of currencies that were retired
//     after R4 are kept, because records hold them. The codes of countries as golang.org/x/text relates them.
//
// The five examples of R4 that define nothing (example-expansion and its like) are left out.
//
// The registry of language subtags is that of golang.org/x/text (BSD licence; data of IANA and Unicode CLDR).
package terminology

//go:generate go run ./generate
