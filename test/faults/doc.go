// Package faults breaks the platform on purpose and looks at what is left: every answer that was given must have been
// true, and nothing may be half written (missions F5, F7).
package faults
