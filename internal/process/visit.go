package process

import (
	"context"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
)

// Visit is a visit at a clinic that a move books for the resident of its case.
type Visit struct {
	Appointment fhir.Ref // a new one for the zero Ref, else the one that goes to another time
	Slot        string   // the segment
	Department  string   // whose segment it has to be
	Doctor      string   // a PractitionerRole: the segment is theirs, or no doctor's in particular
	Request     string   // the ServiceRequest that it is based on
	From        string   // the institution that asked for it
	Case        fhir.Ref // set by [Case.Book], as is:
	Resident    string
}

// Visits keeps the visits that cases book. What its methods give back is written in the transaction of a move, or nothing is.
type Visits interface {
	// BookVisit takes a place, and tells whom it is for. The error is Conflict where none is free, and Unprocessable for a segment that does not
	// fit, or a person who has too much already.
	BookVisit(ctx context.Context, s *gate.Session, v Visit) ([]gate.Op, error)
	// CallOff gives the place of a visit back that is still to be. tell says that whom it is for is told.
	CallOff(ctx context.Context, s *gate.Session, appointment fhir.Ref, tell bool) ([]gate.Op, error)
	// Came says that the person has come, if nobody has said so yet.
	Came(ctx context.Context, s *gate.Session, appointment fhir.Ref) ([]gate.Op, error)
}

// beside is something that [Visits] does with a move.
type beside func(context.Context, *gate.Session, Visits) ([]gate.Op, error)

// Book books a visit with the move, and returns the reference of its Appointment. The move is refused where that cannot be booked.
func (c *Case) Book(v Visit) string {
	if v.Appointment == (fhir.Ref{}) {
		v.Appointment = fhir.Ref{Type: typeAppointment, ID: c.newID()}
	}
	v.Case, v.Resident = c.ref(), c.Resident()
	c.besides = append(c.besides, func(ctx context.Context, s *gate.Session, of Visits) ([]gate.Op, error) {
		return of.BookVisit(ctx, s, v)
	})
	return v.Appointment.String()
}

// CallOff calls a visit off with the move, if it is still to be.
func (c *Case) CallOff(appointment string, tell bool) {
	c.besides = append(c.besides, func(ctx context.Context, s *gate.Session, of Visits) ([]gate.Op, error) {
		return of.CallOff(ctx, s, refOf(appointment), tell)
	})
}

// Came says with the move that the resident has come to a visit.
func (c *Case) Came(appointment string) {
	c.besides = append(c.besides, func(ctx context.Context, s *gate.Session, of Visits) ([]gate.Op, error) {
		return of.Came(ctx, s, refOf(appointment))
	})
}

// placesMost is how often a move looks for another place where somebody else was quicker.
const placesMost = 32

// commit writes what a move makes, and what it does about visits. Who is too late for a place is given another as long as there is one.
func (e *Engine) commit(ctx context.Context, s *gate.Session, c *Case, ops []gate.Op, jobs []gate.Job, once *gate.Idempotency) ([]gate.Result, error) {
	behalf := s.Behalf(c.Process.Code)
	if len(c.besides) == 0 {
		return behalf.Commit(ctx, ops, jobs, once)
	}
	if e.config.Visits == nil {
		return nil, fault.Wrap(nil, "process "+c.Process.Code+": nobody keeps visits")
	}
	for tries := 1; ; tries++ {
		all := ops[:len(ops):len(ops)]
		for _, do := range c.besides {
			more, err := do(ctx, s, e.config.Visits)
			if err != nil {
				return nil, err
			}
			all = append(all, more...)
		}
		results, err := behalf.Commit(ctx, all, jobs, once)
		if f := fault.From(err); err == nil || f.Code != fault.Conflict || f.Issue != "duplicate" || tries == placesMost {
			return results, err
		}
	}
}

// Happen makes a move that nobody makes ([Move.Happens]) since something has happened elsewhere, with what is written of that. The results are
// of ops. Where the case is not where the move begins, ops alone are written.
func (e *Engine) Happen(ctx context.Context, s *gate.Session, of fhir.Ref, move string, ops []gate.Op, once *gate.Idempotency) (results []gate.Result, err error) {
	for tries := 0; ; tries++ {
		results, err = e.happen(ctx, s, of, move, ops, once)
		if fault.CodeOf(err) != fault.Precondition || tries == triesMost {
			return results, err
		}
	}
}

func (e *Engine) happen(ctx context.Context, s *gate.Session, of fhir.Ref, move string, ops []gate.Op, once *gate.Idempotency) ([]gate.Result, error) {
	c, err := e.load(ctx, s.Unseen(), of)
	if fault.CodeOf(err) == fault.NotFound {
		return s.Apply(ctx, ops, once)
	}
	if err != nil {
		return nil, err
	}
	m := c.Process.Move(move)
	if m == nil || !m.Happens || !m.from(c.state) {
		return s.Apply(ctx, ops, once)
	}
	if err := e.decide(ctx, s, c, m, fhir.Node{}); err != nil {
		return nil, err
	}
	results, err := e.writes(ctx, s, c, m, part{}, ops, once)
	e.meter.moved(m.Code, err)
	return results[:min(len(ops), len(results))], err
}
