package process

import (
	"context"
	"slices"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/gate"
)

// self is somebody as whom an actor may act: the actor, or whoever is away and has let the actor stand in.
type self struct {
	reference   string
	institution string
	role        gate.Role
	away        bool // not the actor
}

// myself is who an actor is.
func myself(s *gate.Session) self {
	a := s.Actor()
	return self{reference: a.Reference, institution: a.Institution, role: a.Role}
}

// selves are those of an actor.
func (e *Engine) selves(ctx context.Context, s *gate.Session) ([]self, error) {
	all := []self{myself(s)}
	stand, err := e.standsInFor(ctx, s)
	return append(all, stand...), err
}

// part is a party as which an actor may make a move.
type part struct {
	name          string
	institutionOf string // where the party is an institution: which
	self
}

// partOf is the part of somebody who is a party of a case.
func partOf(c *Case, party string, who self) part {
	as := part{name: party, self: who}
	if p := c.Party(party); p.institution() {
		as.institutionOf = p.Reference
	}
	return as
}

// is tells whether somebody is a party of the case.
func (e *Engine) is(ctx context.Context, s *gate.Session, c *Case, who self, party string) (bool, error) {
	if party == Resident {
		return e.isResident(ctx, s, c)
	}
	p := c.Party(party)
	switch {
	case p.Role != "":
		return p.Role == who.role && !who.away, nil
	case p.institution():
		return p.Reference == who.institution && !who.away, nil
	}
	return p.exists() && p.Reference == who.reference && (p.At == "" || p.At == who.institution), nil
}

// isResident tells whether an actor is the resident of a case, or acts for them and may see it. One person may be several Patients.
func (e *Engine) isResident(ctx context.Context, s *gate.Session, c *Case) (bool, error) {
	a := s.Actor()
	if a.Role != gate.Resident && a.Role != gate.Proxy {
		return false, nil
	}
	if a.Role == gate.Proxy && c.number > 0 { // what is sensitive, or not theirs to know, is so as a case too
		if _, is, err := e.read(ctx, s.Unseen(), c.ref()); err != nil || !is {
			return false, err
		}
	}
	of := refOf(c.Resident())
	if of == a.Resident || of == (fhir.Ref{}) || a.Resident == (fhir.Ref{}) {
		return of == a.Resident && of != (fhir.Ref{}), nil
	}
	var golden [2]fhir.Ref
	for i, ref := range []fhir.Ref{of, a.Resident} {
		known, is, err := e.read(ctx, s.Behalf(c.Process.Code).Unseen(), ref)
		if err != nil || !is {
			return false, err
		}
		golden[i] = gate.Golden(known.resource)
	}
	return golden[0] == golden[1], nil
}

// as is the part as which an actor may make a move, by the table; ok is false where there is none.
func (e *Engine) as(ctx context.Context, s *gate.Session, c *Case, m *Move, selves []self) (as part, ok bool, err error) {
	for _, by := range m.By {
		for _, who := range selves {
			if !slices.Contains(by.Roles, who.role) {
				continue
			}
			is, err := e.is(ctx, s, c, who, by.Party)
			if err != nil {
				return as, false, err
			}
			if is {
				return partOf(c, by.Party, who), true, nil
			}
		}
	}
	return as, false, nil
}

// concerned tells whether an actor may know of a case: they could make some move of it in some state, or are its resident.
func (e *Engine) concerned(ctx context.Context, s *gate.Session, c *Case, selves []self) (bool, error) {
	if is, err := e.isResident(ctx, s, c); is || err != nil { // a proxy knows of what proxies have a part in
		return is && (s.Actor().Role == gate.Resident || c.Process.forRole(gate.Proxy)), err
	}
	for i := range c.Process.Moves {
		if _, is, err := e.as(ctx, s, c, &c.Process.Moves[i], selves); is || err != nil {
			return is, err
		}
	}
	return false, nil
}

// Late tells whether the deadline of a case has passed.
func (c *Case) Late() bool {
	d := c.Deadline()
	return !d.IsZero() && !c.Now.Before(d)
}

// zoned is an instant by the region's clocks.
func (e *Engine) zoned(t time.Time) time.Time { return t.In(e.config.Zone) }
