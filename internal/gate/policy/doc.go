// Package policy reads the one file that says which role may do what with which resources (missions A15, F4, F6):
// policy.yaml, or a region's own in its place. The file explains itself at its top. What it says is checked when it is read:
// every role decides about every type of resource and every operation, criteria and elements are such that the types have.
//
// What a role may see is the file's rule and, for what other institutions keep, a permit; package gate holds both against each
// resource on every path. [Policy.Matrix] is the file as a table of roles, types and interactions for who has to approve of it;
// docs/reference/access.md shows it.
package policy
