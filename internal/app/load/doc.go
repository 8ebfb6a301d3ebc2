// Package load brings resources from files into a record, and out again (mission F7, F8).
//
// What a file holds becomes transactions that go the way of a POST to the FHIR base, in this process or to another
// server. Each has an idempotency key made of its content alone, so that a load that was interrupted, or in which bad
// lines or entries were mended, is simply run again while the record remembers its keys: what has been stored is
// answered from memory. For that,
//
//   - lines of ndjson are cut into transactions by their content, so that a mended line changes no more than the
//     transaction it is in, or that and the next;
//   - what has no id, and the entries of a batch, are sent alone, each under a key of its own content and its number
//     among its equals in the file. Two equal lines without ids are two resources; a copy of a file adds nothing;
//   - what is refused together is sent again alone, under keys of that kind.
//
// So nothing is stored twice. Resources with ids that share a transaction with a mended line, at most some hundreds, are
// put again as they stand in the file, which makes a further version of them.
package load
