// Package faults breaks the platform on purpose and looks at what is left: every answer that was given must have been
// true, and nothing may be half written (missions F5, F7).
//
// Each test runs the real server under load and writes a ledger of what it sent and what was answered: killed, with its
// PostgreSQL restarted, paused, cut off or without room on its disk, beside bad clients and under far too much work.
package faults
