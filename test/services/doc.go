// Package services gives the tests of a service, which is a declared process, their world: a record of two institutions and two
// residents on each database, the platform's policy, an engine and a clock that tests set. A [Service] says what is its own: how a
// case begins, who makes which move with what, which moves lead to a state. From that come the tests that all services have: who may
// do what in every state, who sees a case, what is stored, what is told, and who wins a race.
//
// What is true of every process whatever it is for, package proptest holds. The package that uses this one calls pgcluster.Run in
// its TestMain.
package services
