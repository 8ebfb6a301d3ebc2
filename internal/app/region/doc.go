// Package region makes up a small region: its institutions and staff, its residents, and up to two years of their care. It is
// what a demo, a test or a benchmark starts from when it must not depend on data from elsewhere. (Mission A15, a
// life-long record to look at; F7, a service that can be tried and measured.)
//
// [Make] yields transaction Bundles of FHIR R4: first one of institutions, locations and staff, then one for each
// household. Every entry is a PUT under an id that follows from the seed (those of institutions and staff are the same for
// all seeds), and every reference names something of the same or an earlier bundle; so the bundles can be loaded in their
// order, and loaded again, without harm. Load the same region again with the same Today: with another one the residents
// are of the same ids, but of other birth dates.
//
// # Nobody in it is real
//
//   - The county, 云溪县, does not exist. Its division code 429921 has the form of GB/T 2260, but there is no prefecture
//     4299; so nobody was ever given one of these citizen ID numbers, nor an institution one of these credit codes. The
//     check characters are right all the same, and the numbers pass wherever real ones do.
//   - Telephone numbers are counted from 190 0000 0001 on, so that anybody sees that they are made up; those of institutions
//     have the area code 0700, which no place has.
//   - Certificates, lot numbers, trace codes and addresses are counted or drawn; the maker of the vaccines does not
//     exist.
//   - Names are put together from lists of common surnames and characters. Some person may well have one of them; nothing
//     else is that person's.
//
// # What is in it on purpose
//
// Newborns without an ID number, known by their mother's name; people who have died; two men of the same name; names
// without a family name; managed patients whose blood pressure or glucose comes down, and some in whom it does not, with
// the follow-up intervals of the national basic public health services (third edition, 2017); people of high blood pressure that nobody has diagnosed. All but
// the patients come at fixed places in the order of households: a region of 100 residents has most, one of 300 has all.
//
// # Who answers for it
//
// Every resource that is about a resident names the institution that answers for it (gate.Custodian, an extension of meta): the
// one that saw the resident for what belongs to an encounter, the health centre of the resident's township for the rest. What
// is in the directory names none.
//
// # Profiles
//
// Every resource but that of a mother names in meta.profile the profile of package profiles that it keeps; vital signs
// name HL7's own beside it.
//
// # The same bytes everywhere
//
// Each household draws from a stream of its own (seed and household number), so a larger region begins as the smaller one
// does. All drawing and measuring is in whole numbers: floating point may differ between processors.
package region
