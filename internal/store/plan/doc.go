// Package plan finds the resources that a search asks for (mission A15; docs/search.md).
//
// A search is carried out in one of two ways. If the index has the order that is asked for, candidates are read in that
// order, and each is checked against its body, until the page is full. If it has not, the candidates of the criterion
// with the fewest are read, checked and sorted. Which criterion that is, is found out by counting as far as it matters.
// A search that neither way answers within [Limits] is refused, with the name of a parameter that would help.
//
// The index may name resources that do not match, by colliding hashes or because only one of several criteria was looked
// up; it never misses one. What counts is [search.Criterion.Matches].
package plan
