// Package load brings resources from files into a record, and out again (mission F7, F8).
//
// What a file holds becomes transactions that go the way of a POST to the FHIR base, in this process or to another
// server. Each has an idempotency key made of its content, so that a load which was interrupted can simply be run
// again: what has been stored is answered from memory.
package load
