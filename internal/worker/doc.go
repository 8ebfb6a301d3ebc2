// Package worker does what is to be done beside requests (missions F5, F7): it numbers the changes of the feed, takes
// them to those who follow it, and runs jobs.
//
// A [Cursor] gets every change of the feed once and in order: what it makes of a stretch of them and the cursor's
// step over it are one transaction. If a server dies, another goes on where the cursor stands. A cursor can be sent back
// to the start, to build anew what it builds.
//
// A job is asked for in the transaction of the change that calls for it ([store.Tx]), and lies in the outbox until it
// is due by the database's clock. Then it is handed to the queue (River), in one transaction again, and runs on whichever
// server is free, again and again with growing pauses until it succeeds or has used up its attempts; then it is a dead
// letter, kept until somebody runs it again. A job may be run twice, when its server has died or seemed to; what it
// writes under [Task.Once] is written once.
package worker
