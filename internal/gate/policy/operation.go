package policy

import (
	"slices"

	"yitong/internal/gate"
)

// Decides tells whether the policy says of an operation that a role may call it, or may not.
func (p *Policy) Decides(who gate.Role, operation string) bool {
	r := p.roles[who]
	return r != nil && (slices.Contains(r.operations, operation) || slices.Contains(r.denied, operation))
}

// Allowed are the roles that may call an operation, in the order of [gate.Roles].
func (p *Policy) Allowed(operation string) (may []gate.Role) {
	for _, who := range gate.Roles() {
		if r := p.roles[who]; r != nil && slices.Contains(r.operations, operation) {
			may = append(may, who)
		}
	}
	return may
}
