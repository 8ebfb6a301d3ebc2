// Package proptest holds what is true of every process (missions A18, F5, F7): [Check] walks a declared table at random on a real
// engine and a real record, and looks after each step whether what stands is what the table says. A process has its own rules;
// a [World] says what they need around them and what holds beside.
//
// The expectations are worked out from the table and from the Task as it is stored, not by the engine's own code.
package proptest
