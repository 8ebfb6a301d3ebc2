// Package region makes up a city: its authorities, institutions, departments and staff, its residents, and up to ten years of their
// care. It is what a demo, a test or a benchmark starts from when it must not depend on data from elsewhere. (Mission A15, a
// life-long record to look at; F7, a service that can be tried and measured.)
//
// [Make] yields transaction Bundles of FHIR R4: first one of institutions, alliances, locations, departments and staff, then one for each
// household, or for some of them together. Every entry is a PUT under an id that follows from the seed (those of institutions and staff are the same for
// all seeds), and every reference names something of the same or an earlier bundle; so the bundles can be loaded in their
// order, and loaded again, without harm; those of households in any order. Load the same region again with the same Today: with another
// one the residents are of the same ids, but of other birth dates. A city of 100 000 takes no more memory than one of 600.
//
// # Nobody in it is real
//
//   - The city and its three districts are real, as is the district of the partner hospital, so that addresses have codes of GB/T 2260;
//     streets, committees and houses in them are not. The names of institutions are put together of rare characters, and are those of no institution that is known.
//   - In numbers of people and institutions 4299 and the district's last two digits stand for the district (4399 in that of the partner
//     hospital). There is no prefecture 4299, nor 4399; so nobody was ever given one of these citizen ID or health record numbers, nor an institution one of these credit codes. The
//     check characters are right all the same, and the numbers pass wherever real ones do.
//   - Passports begin with YT, which no Chinese one does; permits of people from Hong Kong and Macao with H99 or M99, far beyond those
//     that were given out.
//   - Telephone numbers are counted from 190 0000 0001 on, so that anybody sees that they are made up; those of institutions
//     have the area code 0700, which no place has.
//   - Certificates, lot numbers, trace codes and addresses are counted or drawn; the maker of the vaccines does not
//     exist.
//   - Names are put together from lists of common surnames and characters. Some person may well have one of them; nothing
//     else is that person's.
//
// # The city
//
// A health commission, an insurer and a centre for disease control; two tertiary hospitals, each the lead of an alliance of hospitals and
// community health centres; three secondary hospitals: general, of Chinese medicine, for mother and child; twelve centres, each with its street;
// four pharmacies; a third-party platform with an internet hospital (Endpoint). A tertiary hospital of another province is the partner of both
// alliances. By its agreement (OrganizationAffiliation) an institution has a part in the alliance of a lead (organization; network is the
// alliance), of a level, for some years, and departments that take referrals, which say how many a day. The address of an institution
// says in which division it is, by codes of GB/T 2260 in the extensions that ISO 21090 has for the parts of an address. What a department
// offers is a HealthcareService. Posts make the roles doctor, nurse, pharmacist, technician and office; those of
// physicians have hours.
//
// # Ten years of care
//
// Who has which disease follows from age and sex, by tables of so many of a thousand (fate.go, lasting.go); a part of it is known.
//
//   - hypertension and diabetes: diagnosis, follow-ups, changes of treatment, referrals, long prescriptions
//   - coronary and lung disease, gout, hepatitis B, kidney disease, depression, schizophrenia, HIV, tumours: visits to the hospital. The
//     record labels what is sensitive by the codes.
//   - yearly checks, with laboratory reports from 65 on; screening for cancer
//   - pregnancy, birth, the checks of children; vaccination by the programme, against influenza, pneumococci and COVID-19
//   - what comes and goes, each in its season: influenza in winter, hand, foot and mouth disease in early summer; blood pressure is higher
//     in winter; COVID-19 came to all in December 2022
//   - stays in hospital, and deaths
//
// Follow-ups and checks have the intervals of the national basic public health services (third edition, 2017).
//
// # What is in it on purpose
//
// Newborns without an ID number, known by their mother's name; people who have died; two men of the same name; names
// without a family name; people from Hong Kong and Macao; several documents of one person; people whom a hospital knows by a Patient of its
// own, linked to the resident's; children and old people for whom somebody acts (RelatedPerson and Consent); employees' and residents'
// insurance (Coverage); managed patients whose blood pressure or glucose comes down, and some in whom it does not; people of high blood
// pressure that nobody has diagnosed. A region of 100 residents has most, one of 300 has all.
//
// # Who answers for it
//
// Every resource that is about a resident names the institution that answers for it (gate.Custodian, an extension of meta): the
// one that saw the resident for what belongs to an encounter, the health centre of the resident's street for the rest. What
// is in the directory names none, nor do the residents' own Consents.
//
// # Profiles
//
// Every resource of whose kind package profiles has a profile names it in meta.profile; vital signs name HL7's own beside it.
//
// # The same bytes everywhere
//
// Each household draws from a stream of its own (seed and household number), so a larger region begins as the smaller one
// does. All drawing and measuring is in whole numbers: floating point may differ between processors.
package region
