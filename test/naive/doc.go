// Package naive answers FHIR searches by looking at every resource, one after the other.
//
// It is the measure of the search of this server, written from FHIR R4 (3.1.1) and docs/search.md alone: it shares no
// code with the search that it checks, and prefers what is obvious to what is fast. Resources are maps as encoding/json
// makes them; dates, decimals, units, folding and distances are its own. Beyond the shapes of package schema it takes
// only the facts in internal/fhir/search/r4.txt, which it reads and evaluates by itself.
//
// The tables of its tests hold sharp cases, most of them from the specification. They are put to the server on each
// database too, and so are random searches over random resources (TestDifferential); the answers must be the same.
//
// What docs/search.md leaves open is left open here: an answer says which of its resources may stand in any order.
package naive
