// Package cases is the module by which people work on cases (package process): what they may do and what that needs, doing it, what
// there is to do, and what was done (missions A18, F5, F7). It is the same for every process; what a process is about, its own module
// declares.
package cases
