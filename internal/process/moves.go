package process

import (
	"cmp"
	"context"
	"reflect"
	"slices"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
)

// Possible is a move that somebody may make now. Why says why it cannot be made at present, "" if it can.
type Possible struct {
	*Move
	Why string
}

// View is a case as somebody who may know of it sees it.
type View struct {
	*Case
	State  *State
	Number int64 // of the version of the Task
	Moves  []Possible
	Late   bool
}

// Moves tells what a session may do in a case now, and what each move needs; where others are named too, only what it may do in each of
// them as well, filled in alike. The error is NotFound for a case that it may not know of, TooLarge for more cases than one request moves.
func (e *Engine) Moves(ctx context.Context, s *gate.Session, ref fhir.Ref, others ...fhir.Ref) (*View, error) {
	if len(others) >= manyMost {
		return nil, fault.New(fault.TooLarge, "One request is about at most %d cases.", manyMost)
	}
	selves, err := e.selves(ctx, s)
	if err != nil {
		return nil, err
	}
	v, err := e.view(ctx, s, ref, selves)
	for _, other := range others {
		if err != nil {
			return nil, err
		}
		var o *View
		if o, err = e.view(ctx, s, other, selves); err == nil {
			v.Moves = common(v.Moves, o.Moves)
		}
	}
	return v, err
}

// common are the moves that stand in both lists; what keeps one from being made in either keeps it from both.
func common(all, others []Possible) (both []Possible) {
	for _, p := range all {
		i := slices.IndexFunc(others, func(o Possible) bool { return p.alike(o.Move) })
		if i >= 0 {
			p.Why = cmp.Or(p.Why, others[i].Why)
			both = append(both, p)
		}
	}
	return both
}

// alike tells whether two moves are the same for whoever makes them, be they of different versions of a process, or of different ones.
func (m *Move) alike(other *Move) bool {
	return m == other || m.Code == other.Code && m.Words == other.Words && reflect.DeepEqual(m.Needs.Schema(), other.Needs.Schema())
}

// view is a case as a session may see it, with what it may do there.
func (e *Engine) view(ctx context.Context, s *gate.Session, ref fhir.Ref, selves []self) (*View, error) {
	c, err := e.open(ctx, s, ref, selves)
	if err != nil {
		return nil, err
	}
	v := &View{Case: c, State: c.Process.State(c.state), Number: c.number, Late: c.Late()}
	for i := range c.Process.Moves {
		m := &c.Process.Moves[i]
		if !m.from(c.state) || !e.allows(s, c.Process, m) {
			continue
		}
		as, is, err := e.as(ctx, s, c, m, selves)
		if err != nil {
			return nil, err
		}
		if !is {
			continue
		}
		p := Possible{Move: m}
		if c.As = as.name; m.Guard != nil {
			if err := e.focus(ctx, s, c); err != nil {
				return nil, err
			}
			if err := m.Guard(c); err != nil {
				if fault.CodeOf(err) == fault.Internal {
					return nil, err
				}
				p.Why = fault.From(err).Message
			}
		}
		v.Moves = append(v.Moves, p)
	}
	return v, nil
}

// Beginning is a way for a role to begin a case.
type Beginning struct {
	*Process
	*Move
}

// Beginnings are the ways in which a session may begin cases.
func (e *Engine) Beginnings(s *gate.Session) (all []Beginning) {
	for _, p := range e.Processes() {
		for i := range p.Moves {
			m := &p.Moves[i]
			if m.Begins() && e.allows(s, p, m) && m.forRole(s.Actor().Role) {
				all = append(all, Beginning{p, m})
			}
		}
	}
	return all
}

// forRole tells whether a role may make any move.
func (p *Process) forRole(role gate.Role) bool {
	return slices.ContainsFunc(p.Moves, func(m Move) bool { return m.forRole(role) })
}

// forRole tells whether a role may make the move as any party.
func (m *Move) forRole(role gate.Role) bool {
	return slices.ContainsFunc(m.By, func(by By) bool { return slices.Contains(by.Roles, role) })
}
