// Package gate is the only door to the store: who reads or writes a resource does it in a [Session], which knows who
// is asking (missions A15, F3, F4, F7).
//
// A write is a list of [Op], all or nothing. What they need to know is gathered first, then decided without I/O, then
// written, in one transaction; [Session.Apply] is the one way in, for single interactions and for bundles.
//
// The gate keeps the record whole: a reference to a resource of this record must lead to one, and what others point
// to is not deleted, unless [Config.References] is off.
package gate
