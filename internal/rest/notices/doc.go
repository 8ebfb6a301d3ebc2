// Package notices is the interface to one's own notices (package notice), in plain JSON, for whoever is signed in, and
// by a program with their token:
//
//	GET  /notices?unread=true&before=…&most=20   the inbox, newest first: notices, next (for before)
//	GET  /notices/count                          how many are unread: unread, more (there may be others)
//	POST /notices/{id}/read                      mark one as read
//	POST /notices/read-all                       mark all; not by programs
//	GET  /notices/live                           a WebSocket on which new ones come: {"notice": …}; {} says that some were left out
//	GET  /notices/choices                        channels by groups, quiet hours, language, e-mail; not by programs, here and below
//	PUT  /notices/choices                        choose: what is read by GET, changed
//	POST /notices/choices/email                  send a code to an address: address
//	POST /notices/choices/email/confirm          use it from now on: code
//	GET  /notices/settings                       the same as a page
//
// What is shown is what a session of the person sees at the gate, in the role in which they act, and is on record like
// every read. A refusal is {"code", "message"} with the status that the code has.
package notices
