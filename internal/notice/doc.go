// Package notice tells people that something waits for them (missions A15, F4, F6).
//
// A notice is a Communication of the record, written by [Resource] in the transaction of what it tells of; so it is
// read, searched, exported and found in the trail like everything else. What follows from it is kept in the register:
//
//	settled  whom a Communication was settled for, once, in the transaction in which the cursor of the feed moves ([Service.Take])
//	inbox    a row for each person, unread or read ([Service.Inbox])
//	waiting  what is to leave by a channel for one person: it waits for others to go with it, and for the end of the quiet hours
//	message  what was put together of these, and what became of it ([Service.Gather], [Service.Send])
//	choice   what a person has chosen: channels, quiet hours, language, an address for e-mail
//
// What leaves the platform by text message, WeChat or e-mail may be read by anybody who picks up the phone, so it tells
// that there is a notice and not what it says (PIPL Art. 28, 51). That is a matter of types: a message is made of a
// [Wording], and the only one that a clinical kind can have knows no words but those that were declared with the kind.
//
// A message goes out at least once. It is made, with its id, in one transaction, one server at a time sends it, and
// whoever sends it again after a server has died uses the same id.
//
// Nothing here knows HTTP; addresses and pages are in internal/rest/notices, sending by SMTP is in mail/.
package notice
