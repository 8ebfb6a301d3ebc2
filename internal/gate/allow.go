package gate

import (
	"cmp"

	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
)

// sight is what the session may do with resources of a type, by the rules of its access.
func (s *Session) sight(t schema.Type) sight { return s.actor.Access.sight(t, s.Parameters()) }

// whole tells whether everything of a type may be done so, whatever it holds.
func (s *Session) whole(t schema.Type, may May) bool {
	a := s.actor.Access
	if a == nil || a.whole {
		return a != nil
	}
	return s.sight(t).whole(may)
}

// allow refuses what may be done with no resource of a type.
func (s *Session) allow(t schema.Type, may May) error {
	a := s.actor.Access
	if a != nil && (a.whole || s.sight(t).allows(may)) {
		return nil
	}
	return fault.New(fault.Forbidden, "You may not %s %s here, in the role and with the program that you use.", cmp.Or(doing[may], "do this with"), t)
}

var doing = map[May]string{
	MayCreate: "create", MayRead: "read", MayUpdate: "change", MayDelete: "delete", MaySearch: "search", MayLook: "see",
}

// Call refuses an operation that the actor may not call.
func (s *Session) Call(operation string) error {
	a := s.actor.Access
	if a != nil && (a.whole || a.operations[operation]) {
		return nil
	}
	return fault.New(fault.Forbidden, "You may not call $%s here, in the role and with the program that you use.", operation)
}

// unpermitted is the refusal of a request that names a resident whose record is not open to the actor. It is the same whether
// there is such a resident or not.
func unpermitted() error {
	return fault.New(fault.Forbidden, "The record of this resident is not open to you: it is of another institution, and you have no permit for it. "+
		"A visit or a referral opens it for as long as it lasts; the resident can open it (Consent); in an emergency, Patient/$emergency-access does.")
}
