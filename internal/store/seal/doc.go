// Package seal keeps the bodies of a record unreadable at rest (GB/T 39786-2021 level 3; GB/T 32907 SM4, in GCM).
//
// With [Bodies] that have keys, the drivers seal what a database holds in full: versions of resources, items of the
// register, answers that are remembered, lines of the trail and its batches. Each is bound to what it is of, so that
// none can be put in the place of another; lines that are in no batch yet are only known as such. Each names its key by a
// number: the newest of several seals, and all of them open, so that keys follow each other while a record serves.
//
// Sealed bodies and plain ones may stand beside each other: a record is switched on while it serves, and what was there
// before is brought into the new form by and by. Once that is over, or where a record was sealed from its beginning, it
// keeps a statement under the key that all are sealed, and a plain body is refused: who can write to the database, but does
// not have the key, puts none in the place of another. Without the statement a record that holds sealed bodies is not
// opened; what remains is to bring back the one from before, that only some were sealed, if it was under the same key.
//
// What the seal does not hide: how many bodies there are, of which types, how long, when and by whom they were made;
// ids; the folded names and other texts by which resources are found (table str); the dates and numbers that the index
// is ordered by (column o of ix), although its keys are keyed hashes; names of accounts, places and jobs with what they
// are given; digests of batches and tags of their lines, by which a guess at a line can be confirmed. Nor does it undo
// the past: bytes of plain bodies stay in free pages, in logs and in backups until these are cleared away. What was
// there before, true or not, can be put back in its own place: that is what the trail is for.
package seal
