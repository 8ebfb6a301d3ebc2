// Package process moves work between people (the frame of every service; missions A18, F5, F7): whatever waits for a human being is a
// FHIR Task that a declared [Process] drives, a table of states and moves. The table says who may make a move, from where, needing
// what, and by when somebody must; [Engine] is the one way to make it.
//
// A case is one Task: Task.code is the process, Task.instantiatesCanonical the version of its table, Task.businessStatus the state,
// Task.focus what it is about, Task.for the resident, Task.owner the party that is to act now, Task.restriction.period.end the
// deadline. Whoever has a part in the case beside that stands in extensions ([ExtensionParty]). A case that has ended has no owner, so
// who looks for what an owner has to do finds open cases only.
//
// A move is decided without I/O ([Move], made by [Make]) and written in one transaction: the Task, what it changes or makes beside it, a
// Provenance that says who has moved on whose behalf, what people are told, and the job that wakes the clock at the deadline. Two
// people racing for one move: one wins, the other is told what has happened. The clock's own move is one too.
//
// A case stays on the version of the table that it began with. A newer version may say to which of its states those of an older one
// lead ([Upgrade]); then a case is brought over by [Engine.Upgrade], which is on record like a move.
package process
