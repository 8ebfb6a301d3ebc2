package process

import (
	"cmp"
	"context"
	"slices"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/draft"
	"yitong/internal/gate"
)

// Asked is a move that somebody asks for.
type Asked struct {
	Case      fhir.Ref  // Task/…
	Move      string    // its code
	Needs     fhir.Node // Parameters; absent for nothing filled in
	IfVersion int64     // that the Task must be in; 0 for whichever
	Once      *gate.Idempotency
}

// Move makes a move, and returns the Task as it is then. The same move asked for again under its idempotency key is made once.
//
// The error is NotFound for a case that the session may not know of; Forbidden for a move that is for others; Conflict for one that
// cannot be made from the state that the case is in (the message says who brought it there, and when), Precondition where IfVersion is
// not the newest; else what the form and the move itself refuse.
func (e *Engine) Move(ctx context.Context, s *gate.Session, a Asked) (gate.Result, error) {
	if a.Once != nil {
		if past, err := s.Behalf("").Answered(ctx, a.Once); err != nil || len(past) > 0 {
			return first(past), err
		}
	}
	for tries := 0; ; tries++ {
		made, err := e.move(ctx, s, a)
		if err != nil && a.Once != nil { // who repeats it may come beside it, and find in the way what it has just done
			if past, wrong := s.Behalf("").Answered(ctx, a.Once); wrong == nil && len(past) > 0 {
				return first(past), nil
			}
		}
		if fault.CodeOf(err) != fault.Precondition || a.IfVersion != 0 || tries == triesMost {
			e.meter.moved(a.Move, err)
			return made, err
		} // somebody was quicker: what they have done is told by the state that it left, or does not matter
	}
}

// triesMost is how often a move is tried again when the case, or what it is about, has changed meanwhile.
const triesMost = 3

func first(results []gate.Result) gate.Result {
	if len(results) == 0 {
		return gate.Result{}
	}
	return results[0]
}

func (e *Engine) move(ctx context.Context, s *gate.Session, a Asked) (made gate.Result, err error) {
	c, err := e.load(ctx, s, a.Case)
	if err != nil {
		return made, err
	}
	m := c.Process.Move(a.Move)
	var as part
	is := false
	if m != nil && !m.Begins() { // most move as themselves; then it need not be known for whom they stand in
		if as, is, err = e.as(ctx, s, c, m, []self{myself(s)}); err != nil {
			return made, err
		}
	}
	if !is {
		selves, err := e.selves(ctx, s)
		if err != nil {
			return made, err
		}
		if known, err := e.concerned(ctx, s, c, selves); err != nil || !known {
			return made, cmp.Or(err, noCase(a.Case))
		}
		if m != nil && !m.Begins() {
			if as, is, err = e.as(ctx, s, c, m, selves); err != nil {
				return made, err
			}
		}
	}
	if err := c.in(a.IfVersion); err != nil {
		return made, err
	}
	if m == nil || m.Begins() {
		return made, fault.New(fault.Unprocessable, "The process %s has no move %q of a case that is there. Task/%s/$moves lists what you may do.", c.Process.Code, a.Move, c.id).WithIssue("value")
	}
	if !is || !e.allows(s, c.Process, m) {
		return made, fault.New(fault.Forbidden, "The move %s is for others. Task/%s/$moves lists what you may do.", m.Code, c.id)
	}
	if !m.from(c.state) {
		return made, elsewhere(c, m)
	}
	c.As = as.name
	if err := e.decide(ctx, s, c, m, a.Needs); err != nil {
		return made, err
	}
	return e.write(ctx, s, c, m, as, a.Once)
}

// in refuses a case that is in another version than somebody has named; 0 for any.
func (c *Case) in(version int64) error {
	if version == 0 || version == c.number {
		return nil
	}
	return fault.New(fault.Precondition, "If-Match names version %d, but the newest version of %s is %d.", version, c.ref(), c.number)
}

func (e *Engine) allows(s *gate.Session, p *Process, m *Move) bool {
	return e.config.Allows == nil || e.config.Allows(s.Actor().Role, p.Code, m.Code)
}

// elsewhere refuses a move that cannot be made from where the case is.
func elsewhere(c *Case, m *Move) error {
	state := c.Process.State(c.state)
	last := c.last()
	return fault.New(fault.Conflict, "The case is %s (%s) since %s, by the move %s of %s; %s cannot be made from there.",
		state.Code, state.Words.Zh, draft.Instant(c.Entered()), cmp.Or(last.Move, "?"), cmp.Or(last.Who.Reference, string(last.Who.Role), "?"), m.Code)
}

// decide lets the move settle what it changes.
func (e *Engine) decide(ctx context.Context, s *gate.Session, c *Case, m *Move, needs fhir.Node) error {
	if err := e.focus(ctx, s, c); err != nil {
		return err
	}
	if m.Guard != nil {
		if err := m.Guard(c); err != nil {
			return err
		}
	}
	in, err := m.Needs.Read(needs)
	if err != nil {
		return err
	}
	if err := e.know(ctx, s, c, m, in); err != nil {
		return err
	}
	if err := m.Decide(c, in); err != nil {
		return err
	}
	if c.to = cmp.Or(c.to, m.To[0]); !slices.Contains(m.To, c.to) {
		return fault.Wrap(nil, "process "+c.Process.Code+": the move "+m.Code+" leads to "+c.to+", which it does not say")
	}
	return c.err
}

// know reads and finds what a move asks for.
func (e *Engine) know(ctx context.Context, s *gate.Session, c *Case, m *Move, in any) error {
	if m.Reads != nil {
		for _, name := range m.Reads(c, in) {
			as := s
			if c.keeps(name) {
				as = s.Behalf(c.Process.Code).Unseen()
			}
			known, is, err := e.read(ctx, as, refOf(name))
			if err != nil {
				return err
			}
			if is {
				c.known[name] = known
			}
		}
	}
	if m.Signs != nil {
		of := refOf(m.Signs(c))
		proof, ok, err := e.config.Signature(ctx, s, of, c.Actor.Reference)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.Unprocessable, "You have not signed %s as it stands. Sign it first: POST %[1]s/$sign. 请先签署当前版本，再办理。", of).WithIssue("business-rule")
		}
		c.proof = proof
	}
	if m.Finds == nil {
		return nil
	}
	for _, query := range m.Finds(c, in) {
		found, err := e.seek(ctx, s, query)
		if err != nil {
			return err
		}
		c.found[query] = found
	}
	return nil
}

// Begin begins a case of a process by one of its moves. The error is NotFound for no such process, Forbidden for a move that is not for
// the session; else as for [Engine.Move].
func (e *Engine) Begin(ctx context.Context, s *gate.Session, process, move string, needs fhir.Node, once *gate.Idempotency) (gate.Result, error) {
	if once != nil {
		if past, err := s.Behalf("").Answered(ctx, once); err != nil || len(past) > 0 {
			return first(past), err
		}
	}
	made, err := e.begin(ctx, s, process, move, needs, once)
	e.meter.moved(move, err)
	return made, err
}

func (e *Engine) begin(ctx context.Context, s *gate.Session, process, move string, needs fhir.Node, once *gate.Idempotency) (made gate.Result, err error) {
	p := e.newest[process]
	if p == nil {
		return made, fault.New(fault.NotFound, "There is no process %q.", process)
	}
	m := p.Move(move)
	if m == nil || !m.Begins() {
		return made, fault.New(fault.Unprocessable, "The process %s does not begin by a move %q.", process, move).WithIssue("value")
	}
	role := s.Actor().Role
	if !e.allows(s, p, m) || !slices.ContainsFunc(m.By, func(by By) bool { return slices.Contains(by.Roles, role) }) {
		return made, fault.New(fault.Forbidden, "Cases of %s are begun by others.", process)
	}
	c := e.newCase(p, s)
	if err := e.decide(ctx, s, c, m, needs); err != nil {
		return made, err
	}
	if err := e.stands(ctx, c); err != nil {
		return made, err
	}
	me := self{reference: s.Actor().Reference, institution: s.Actor().Institution, role: role}
	as, is, err := e.as(ctx, s, c, m, []self{me})
	if err != nil {
		return made, err
	}
	if !is { // only now it stands whom the case is for
		return made, fault.New(fault.Forbidden, "This case would have to be begun by somebody else.")
	}
	Who{Reference: me.reference}.put(c.task.Requester())
	return e.write(ctx, s, c, m, as, once)
}
