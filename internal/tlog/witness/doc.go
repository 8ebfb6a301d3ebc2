// Package witness is the second party that cosigns checkpoints of a log: it has a key of its own, remembers how far
// each log was, and signs only what follows from that (c2sp.org/tlog-witness, c2sp.org/tlog-cosignature). Who holds the
// database, the log and its key can then no longer put an older or another log in their place without being found out,
// as long as he does not hold the witness as well.
//
// [Witness] is the party and [Witness.Handler] what it answers; [Client] asks one. Every epoch of a log (package tlog)
// is known by the one key of the log and remembered by itself.
package witness
