// Package auth draws the pages by which people sign in, choose as what they act, and look after their account (missions
// F4, F7, B6), and those on which they allow programs something: it is the [oauth.Desk].
//
//	sign-in, second, set-up   staff: name and password, then a one-time password or a passkey
//	invite                    staff: the first password, or a new one
//	phone, code, real-name    residents: a code on the phone, then who they are in the record
//	role                      as what one acts; every page shows it
//	me …                      sessions, second factors, password, programs
//
// The pages are made here, as plain HTML, and need no script but for passkeys. All words stand in words/, a file for
// each language. What happens is decided in package account; here is only how it looks and what a browser is told.
package auth
