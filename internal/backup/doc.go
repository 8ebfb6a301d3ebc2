// Package backup makes copies of a record from which all of it can be brought back, and brings it back: to the moment of a backup, or
// with an archive of what was written since to any later one (mission F7; GB/T 22239-2019 8.1.4.9).
//
// A backup is a folder: one sealed file for each [Part] (the database, the log of the trail, settings, keys) and a
// manifest that names them all, bound together by a message authentication code. Sealed files are compressed and encrypted in chunks
// with SM4-GCM, and tell when a chunk was altered, left out, put elsewhere, or when the end is missing.
//
// An [Archive] beside it takes what a SQLite record writes, every second: the frames of its write-ahead log, before they are folded
// into the file. Frames hold whole pages, so nothing that the record keeps is forgotten, and SQLite itself brings them back. A run of
// an archive has no gap; where the archive cannot be sure of that, it begins another run, which needs a backup of its own.
package backup
