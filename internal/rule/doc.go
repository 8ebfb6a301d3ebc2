// Package rule keeps what norms and regions settle by numbers: how long something may wait, how much of it is paid, who
// counts as old. Such a number is never in code. It is a row of a [Table], with the region and the days that it holds
// for and the source that says so, and who decides by it records which row it was (docs/rules.md).
//
//	table    what is asked, declared by a module in Go: the value, key columns, first rows
//	row      one value: region, from, to, key columns, value, source
//	version  the rows of one table as somebody has published them, from a day on, for a region or the whole country
//	book     all tables with all versions, made once and never changed: lookups take no lock
//
// # What a lookup finds
//
// A region is a division code of GB/T 2260: 440106 stands in 440100, that in 440000, that in the country, which is "".
// Of the rows in force on the day, the one of the nearest region counts. For one region, key and day the newest
// published version that is for the region and has begun counts; where it has no row, the one that comes with the
// program; then the next wider region.
//
// A version counts from its first day on, and replaces for these days what earlier versions say about its region. It
// does not change what was known before it was published: [Book.AsKnown] still finds that, and [Book.Row] every row
// that was ever named.
//
// # Days
//
// From and To are days by the book's clocks. To is the first day on which the row does not hold any more; "" is an open
// end.
//
// The package is pure: no I/O, no clock. Package publish keeps versions in the record, package sheet in files.
package rule
