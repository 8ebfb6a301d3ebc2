// Package triage helps people find where to go (mission A25): from what troubles somebody, by published rules, to how soon, at what level of
// care, and in which department. It makes no diagnosis, guesses nothing from free text, and keeps nothing.
//
// A complaint is chosen from a list. Signs are asked, each answered by yes, no or unsure. How soon is the most urgent of what the rules say
// of the complaint at that age, and of each sign that is there; who is unsure is treated as if the sign were there. So a further yes makes
// nothing less urgent, and a sign of danger leads to 120 or the emergency department whatever else is answered: [Decide] has no other way.
package triage
