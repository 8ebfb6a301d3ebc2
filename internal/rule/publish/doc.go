// Package publish keeps versions of rule tables in the record (docs/rules.md). A version is a Library that belongs to
// the process rules: one who runs the platform drafts it, one who supervises publishes it, and from then on nothing of
// what it says changes. A version that a later one replaces for all of its days is marked retired, and is still read:
// it tells what was known before.
//
//	Library.url              urn:yitong:rule:<table>
//	Library.version          the version, such as 2026-11
//	Library.status           draft, active, retired
//	Library.jurisdiction     the region that it is for: CN, or a division code
//	Library.effectivePeriod  the first day for which it counts
//	Library.date             when it was published; of a draft, when it was made
//	Library.author, endorser who drafted it, and who published it
//	Library.content          the rows as JSON: {"columns": [...], "rows": [[...], ...]}
//	Library.relatedArtifact  the sources that the rows name
//	Library.extension        of a published one: its place among the table's versions ([gate.ReservationURL])
//
// Nobody else writes a Library under such an id or url, or takes such a place ([Owned]). A published calendar of working days asks for jobs
// that count anew what was counted before ([CalendarJob]).
//
// [Live] is a book that follows what is published.
package publish
