// Package tlog keeps transparency logs in a folder: Merkle trees to which leaves are only ever added (RFC 6962), in the
// layout of c2sp.org/tlog-tiles, written by Tessera.
//
// A [Folder] holds one log for each epoch, numbered from 1, since what follows the restoring of an older copy is
// another log: a log that goes back cannot be told from one that somebody has cut. The name of a log, with which its
// checkpoints begin, is that of the folder, a slash, and the epoch. Checkpoints are signed notes
// (c2sp.org/tlog-checkpoint, Ed25519). What leaves say is not this package's business.
//
// Whoever appends holds a lock of the folder ([Folder.Hold]) that ends with its process, so that another server on the
// same storage can go on. Appending returns when the leaves are in the tree, a checkpoint covers them, and all of it is
// on the disk: Tessera writes each file with O_SYNC beside its place, renames it and syncs the folder; the last sync is
// made here once more, since Tessera shows a checkpoint before it is done.
package tlog
