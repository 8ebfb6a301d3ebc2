// Package account knows who may use the platform and as what (missions F4, F7; B6's verification of residents).
//
//	account   a person who signs in: staff by name and password with a second factor, residents by a phone code
//	grant     a role that an account has been given, at an institution or for a resident, for a time
//	capacity  what an account can act as now: from its grants, its PractitionerRoles and its own Patient; one at a time
//	session   a signed-in browser
//	client    a program that acts for people or for itself by OAuth 2.1 (package oauth), with an institution that answers for it
//	principal who is behind a request: an account in a capacity, a client, or both; it becomes the gate's Actor
//
// All of them are items of the store's register (ADR 15). Accounts, grants and clients keep their past: who changed what,
// and when. Nothing here knows HTTP; the pages are in internal/rest/auth.
package account
