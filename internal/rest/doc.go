// Package rest is the HTTP face of the record: the RESTful interactions of FHIR R4 in JSON (missions F8, A15, F7).
//
// It is the only place that knows status codes. A request is read into a [request], which is the same for a request
// of its own and for an entry of a batch; the table of interactions finds the one that is meant; its answer is
// rendered. The CapabilityStatement is drawn from the same table, so that it tells what is there and nothing else.
package rest
