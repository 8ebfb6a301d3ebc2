// Package journeys walks the ways of people and programs through the server: a real browser (Debian's Chromium,
// driven by Playwright) signs in, chooses roles and allows programs, and stock clients of SMART on FHIR and OpenID
// Connect, which know nothing of this server, get tokens and read with them.
//
// A journey is a program of Node's, NAME.mjs, to which the test hands a world of its own: a server in a process of
// its own with a small record, accounts and clients, and a page of an app on another origin; windows are those of one
// browser for all. Every page that a journey comes by is held against WCAG 2.2 AA by axe, on a phone and by dark, and in large type by the rules that have to do with sizes. It
// must fit a phone of 360 pixels, and nothing may be complained of in the browser's console, least of all by the
// content security policy.
//
// What the tests need, "scripts/need browser" installs, as make test does. A journey that fails prints the texts of its
// pages and leaves their pictures. With YITONG_SCREENSHOTS=FOLDER there is a picture of every page that journeys come by; make
// screenshots takes those of all pages of the browser app, of all roles, in the city of the demo.
package journeys
