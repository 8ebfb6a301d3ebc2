// Package durability shows that what has been answered lies on the disk (missions F5, F7).
//
// A server that is killed shows little of that: what it has written without a sync is still in the memory of the operating
// system, and only a power cut takes it from there. So this package looks at it from three sides.
//
//   - The syncs are traced. The server runs under strace, and of every answer it is asked whether the commit behind it had
//     been written to the database's log, and the log synced, before the first byte of the answer left. Careless servers
//     show that the trace would tell otherwise.
//   - What a server may start on is tried: databases that do not sync are refused, or made to sync.
//   - The log is torn. A sync promises what lies before it and nothing of what lies behind, so the log of a killed server
//     is cut, blanked, garbled and mixed up behind every point at which something was answered: all that had been answered
//     by then must be there, and nothing in part.
//
// What no test here can show is that the disk keeps what it says it has synced.
package durability
