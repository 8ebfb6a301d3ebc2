// Package conformance holds the server against resources that it has not been written for: the official examples of
// FHIR R4, made-up resources of every type, a stock client, another implementation's search, and another's FHIRPath.
//
// [Spread] makes resources of all 146 types from the tables of package schema, with every element filled; package
// fhir's own tests read them too. [Same] tells whether a server has given back what it was sent. The official examples,
// the client, Medplum's MemoryRepository and fhirpath.js need what "npm ci" installs here and the build tag conformance; "make
// conformance" does both.
package conformance
