package process

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
)

// Box is what an inbox is asked for.
type Box struct {
	Of      Scope
	Process string // a code; "" for all
	Late    bool   // only cases whose deadline has passed
	Count   int    // of a page, 1 to 200; 0 for 50
	Page    string // where it begins, from the page before; "" for the first
}

// Scope is whose cases an inbox has.
type Scope string

// The scopes.
const (
	Mine   Scope = "mine"   // for the person, or somebody for whom they stand in, to act
	Office Scope = "office" // for their institution to act
	Role   Scope = "role"   // for their role to act, wherever it is held
	Begun  Scope = "begun"  // that they have begun, or that are about them
)

// Inbox is a page of open cases for somebody to act, those with the earliest deadlines first.
type Inbox struct {
	Cases []*View
	Next  string
}

const (
	boxUsual = 50
	boxMost  = 200
)

// Inbox tells what there is to do. The error is Unprocessable for a scope, a count or a process that there is not.
func (e *Engine) Inbox(ctx context.Context, s *gate.Session, b Box) (*Inbox, error) {
	if b.Count < 0 || b.Count > boxMost {
		return nil, fault.New(fault.Unprocessable, "A page of the inbox has 1 to %d cases.", boxMost).WithIssue("value")
	}
	if err := e.knows(b.Process); err != nil {
		return nil, err
	}
	selves, err := e.selves(ctx, s)
	if err != nil {
		return nil, err
	}
	pairs, err := e.pairs(s, b, selves)
	if err != nil || pairs == nil {
		return &Inbox{}, err
	}
	pairs = append(pairs, search.Pair{Name: "_sort", Value: "deadline"})
	as := s.Behalf("")
	if b.Of == Begun && s.Actor().Role == gate.Proxy { // what is hidden from them is in no page of theirs
		as = s
	}
	found, next, err := e.page(ctx, as, cmp.Or(b.Count, boxUsual), b.Page, pairs...)
	if err != nil {
		return nil, err
	}
	box := &Inbox{Next: next}
	cases, err := e.casesOf(s, found)
	if err != nil {
		return nil, err
	}
	for _, c := range cases {
		if known, err := e.concerned(ctx, s, c, selves); err != nil {
			return nil, err
		} else if !known {
			continue // such a page is short
		}
		box.Cases = append(box.Cases, &View{Case: c, State: c.Process.State(c.state), Late: c.Late()})
	}
	return box, nil
}

// knows refuses what is no code of a process; "" is for all of them.
func (e *Engine) knows(process string) error {
	if process != "" && e.newest[process] == nil {
		return fault.New(fault.Unprocessable, "There is no such process. Task/$beginnings and docs/reference/processes name those that there are.").WithIssue("value")
	}
	return nil
}

// pairs are the criteria of an inbox; none where nothing can be in it.
func (e *Engine) pairs(s *gate.Session, b Box, selves []self) (pairs []search.Pair, err error) {
	if b.Of == Begun {
		if s.Actor().Resident.ID == "" {
			return nil, nil
		}
		pairs = append(pairs, search.Pair{Name: "patient", Value: s.Actor().Resident.String()}, search.Pair{Name: "code", Value: SystemProcess + "|" + b.Process})
	} else {
		names, err := e.tokens(s, b, selves)
		if err != nil || len(names) == 0 {
			return nil, err
		}
		pairs = append(pairs, search.Pair{Name: "business-status", Value: strings.Join(names, ",")})
	}
	if b.Late {
		pairs = append(pairs, search.Pair{Name: "deadline", Value: "le" + s.Now().UTC().Format(time.RFC3339)})
	}
	return pairs, nil
}

// tokens are those under which stands what is in the inbox, each case under one of them.
func (e *Engine) tokens(s *gate.Session, b Box, selves []self) (names []string, err error) {
	var all []Who
	a := s.Actor()
	switch b.Of {
	case Mine, "":
		for _, who := range selves {
			if all = append(all, Who{Reference: who.reference}); who.institution != "" {
				all = append(all, Who{Reference: who.reference, At: who.institution})
			}
		}
	case Office:
		return e.office(b, a), nil
	case Role:
		all = append(all, Who{Role: a.Role})
	case Begun:
	default:
		return nil, fault.New(fault.Unprocessable, "An inbox is %s, %s, %s or %s.", Mine, Office, Role, Begun).WithIssue("value")
	}
	for _, who := range all {
		if who.Role == "" && !recorded(who.Reference) {
			continue
		}
		name := SystemToDo + "|" + who.toDo()
		if b.Process != "" {
			name += "/" + b.Process
		}
		names = append(names, name)
	}
	return names, nil
}

// office are the tokens of what waits for the institution of somebody, of the processes in which their role acts for institutions. That
// something of another waits there, such as a question about their own look, is not theirs to know.
func (e *Engine) office(b Box, a gate.Actor) (names []string) {
	if !recorded(a.Institution) {
		return nil
	}
	token, whole := SystemToDo+"|"+Who{Reference: a.Institution}.toDo(), b.Process == ""
	for _, p := range e.Processes() {
		switch {
		case !e.waits(p.Code, ""):
		case !e.waits(p.Code, a.Role):
			whole = false
		case b.Process == "" || b.Process == p.Code:
			names = append(names, token+"/"+p.Code)
		}
	}
	if whole {
		return []string{token}
	}
	return names
}

// waits tells it of all versions of a process.
func (e *Engine) waits(code string, role gate.Role) (is bool) {
	for _, p := range e.all {
		is = is || p.Code == code && p.waits(role)
	}
	return is
}

// waits tells whether there is a state in which an institution is to act by people of a role; "" for any.
func (p *Process) waits(role gate.Role) bool {
	return slices.ContainsFunc(p.States, func(s State) bool {
		can := func(party Party) bool {
			return party.Name == s.Owner && (party.Only == "" || party.Only == Institution)
		}
		acts := func(by By) bool { return by.Party == s.Owner && slices.Contains(by.Roles, role) }
		return slices.ContainsFunc(p.Parties, can) &&
			(role == "" || slices.ContainsFunc(p.Moves, func(m Move) bool { return slices.ContainsFunc(m.By, acts) }))
	})
}
