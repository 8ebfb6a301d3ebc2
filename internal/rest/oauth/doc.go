// Package oauth lets programs act for people, and for themselves, by OAuth 2.1, OpenID Connect and SMART App Launch 2.2
// (missions F4, F8). The protocol is github.com/ory/fosite; what is here is what it keeps, what it is told, and what SMART
// adds to it.
package oauth
