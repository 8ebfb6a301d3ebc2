// Package histories lets many clients work on few things at once, keeps what each asked and was told, and looks for an
// order of all that in which one client after the other would have been told the same: histories must be linearizable
// (Herlihy and Wing, 1990). They are made of versions that replace each other, of conditional creates, of places that are
// reserved and of references between resources; on each database, on one that two servers share, and where answers get
// lost (missions F5, F7, A15).
//
// A broken history is written as a page that a browser shows. YITONG_FAULTS=long makes many of them. YITONG_SEED repeats
// what the clients ask; how their requests fall together is not repeated.
package histories
