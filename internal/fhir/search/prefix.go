package search

import (
	"slices"

	"yitong/internal/fault"
)

// prefix compares ordered values (R4, 3.1.1.4.5).
type prefix string

var prefixes = []prefix{"eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"}

// cutPrefix takes the prefix off a value; without one it is eq.
func cutPrefix(text string) (prefix, string, error) {
	if len(text) < 2 || text[0] < 'a' || text[0] > 'z' {
		return "eq", text, nil
	}
	if p := prefix(text[:2]); slices.Contains(prefixes, p) {
		return p, text[2:], nil
	}
	return "", "", fault.New(fault.Malformed, "The prefix %q is not one of %v.", text[:2], prefixes).WithIssue("not-supported")
}
