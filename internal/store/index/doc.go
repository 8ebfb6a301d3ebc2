// Package index keeps the index in step with the definitions of search parameters while servers work (mission A15).
//
// What a resource can be found by depends on the definitions of its type. A program that brings other definitions puts
// them beside those by which the index was built. From then on every server adds the lines of both with every write, and
// the newcomer adds those of what was there before. Until that is done, searches go by the old definitions; then by the
// new ones, on the servers that know them. When no server wants the old ones any more, their lines are taken out. So
// servers of two versions of the program can work side by side, and every search is right by some one definition.
//
// Servers learn of each other through the definitions in the database, which each reads every [Config.Poll]. Whoever
// changes a state that others must know of first waits for [Config.Grace]: longer than a poll and a write take.
package index
