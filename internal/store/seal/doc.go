// Package seal keeps the bodies of a record unreadable at rest (GB/T 39786-2021 level 3; GB/T 32907 SM4, in GCM).
//
// With [Bodies] that have a key, the drivers seal what a database holds in full: versions of resources, items of the
// register, answers that are remembered, lines of the trail and its batches. Each is bound to what it is of, so that
// none can be put in the place of another; lines that are in no batch yet are only known as such. Sealed bodies and
// plain ones may stand beside each other: a record is switched on while it serves, and what was there before is brought
// into the new form by and by, or stays as it is.
//
// What the seal does not hide: how many bodies there are, of which types, how long, when and by whom they were made;
// ids; the folded names and other texts by which resources are found (table str); the dates and numbers that the index
// is ordered by (column o of ix), although its keys are keyed hashes; names of accounts, places and jobs with what they
// are given; digests of batches and tags of their lines, by which a guess at a line can be confirmed. Nor does it undo
// the past: bytes of plain bodies stay in free pages, in logs and in backups until these are cleared away. And it does
// not tell an altered record from a true one, for whoever can write to the database may put a plain body in the place
// of a sealed one: that is what the trail is for.
package seal
