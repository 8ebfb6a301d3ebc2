// Package bench measures what the platform costs: each figure beside the ceiling that a bare loop reaches in the same
// run on the same machine, so that the ratio says something even where the machine does not (mission F7).
//
// The server runs in a process of its own, with the load beside it on the same cores. What the gate costs is measured in this
// process: there, several servers on one record each take everybody who comes for somebody else.
package bench
