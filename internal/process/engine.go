package process

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/draft"
	"yitong/internal/fhir/r4"
	"yitong/internal/gate"
	"yitong/internal/rule"
)

// Config is what an engine needs to know.
type Config struct {
	Processes []*Process // every version that cases may be on
	Zone      *time.Location
	// Deadline is by when somebody must have acted who begins at an instant, by a table of rules, in the division of the institution that
	// has to act; "" where it is for no institution, or none that says where it is. nil where no state has a rule.
	Deadline func(table, region string, from time.Time) (rule.Deadline, error)
	// Recount is a provisional deadline counted anew from the use that it was counted by. nil where none is provisional.
	Recount func(rule.Use) (rule.Deadline, error)
	// Allows tells whether a role may make a move, whatever the table says: the policy has the last word. nil: it may.
	Allows func(role gate.Role, process, move string) bool
	// Stands tells whether somebody has a role at an institution, as a stand-in must. nil: they have.
	Stands func(ctx context.Context, person string, role gate.Role, institution string) (bool, error)
	// Signature is the Provenance of a valid signature of somebody on the newest version of a resource; ok is false where there is none.
	// nil where no move asks for one.
	Signature func(ctx context.Context, s *gate.Session, of fhir.Ref, who string) (provenance fhir.Ref, ok bool, err error)
	// Visits keeps the visits that moves book. nil where no move does.
	Visits Visits
	// Tell makes what tells a party of a move. nil: nobody is told.
	Tell func(Told) (gate.Op, error)
}

// Told is what somebody is to be told of a move.
type Told struct {
	Tell
	Process  *Process
	Who      Who
	Case     fhir.Ref
	Resident string
	At       time.Time
	Security []byte // labels of the case, as JSON; nil for none: from whom it is hidden, from them is also that somebody was told of it
}

// Engine makes the moves of cases.
type Engine struct {
	config Config
	newest map[string]*Process
	all    map[string]*Process // by canonical
	meter  *meter
}

// New makes an engine. The error names a table that makes no sense, or two of one version.
func New(c Config) (*Engine, error) {
	e := &Engine{config: c, newest: map[string]*Process{}, all: map[string]*Process{}, meter: newMeter()}
	e.config.Zone = cmp.Or(c.Zone, time.UTC)
	for _, p := range All(c.Processes...) {
		if err := p.Check(); err != nil {
			return nil, err
		}
		if e.all[p.Canonical()] != nil {
			return nil, fault.Wrap(nil, "there are two processes "+p.Canonical())
		}
		for i := range p.States {
			if s := &p.States[i]; s.Within != "" && c.Deadline == nil {
				return nil, fault.Wrap(nil, "process "+p.Code+": nobody knows the rule "+s.Within)
			}
		}
		for i := range p.Moves {
			e.meter.known[p.Moves[i].Code] = true
		}
		if c.Signature == nil && slices.ContainsFunc(p.Moves, func(m Move) bool { return m.Signs != nil }) {
			return nil, fault.Wrap(nil, "process "+p.Code+": nobody verifies signatures")
		}
		e.all[p.Canonical()] = p
		if n := e.newest[p.Code]; n == nil || n.Version < p.Version {
			e.newest[p.Code] = p
		}
	}
	for _, p := range e.all {
		before := e.version(p.Code, p.Version-1)
		if p.Upgrade == nil || before == nil {
			continue
		}
		for from := range p.Upgrade.States {
			if before.State(from) == nil {
				return nil, fault.Wrap(nil, p.Canonical()+" is upgraded from "+from+", which is no state of the version before")
			}
		}
	}
	return e, nil
}

// Processes are the newest versions of all processes, by their codes.
func (e *Engine) Processes() (list []*Process) {
	for _, p := range e.newest {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b *Process) int { return cmp.Compare(a.Code, b.Code) })
	return list
}

// Zone has the clocks by which days begin.
func (e *Engine) Zone() *time.Location { return e.config.Zone }

// All are processes and those that every engine has.
func All(processes ...*Process) []*Process { return append([]*Process{Delegation()}, processes...) }

// Owns is what processes alone write, for the gate ([gate.Config]).
func Owns(processes ...*Process) (all []gate.Ownership) {
	for _, system := range []string{SystemToDo, SystemPart, SystemActed, SystemDeadline} { // by which inboxes, boards and the clock find cases
		all = append(all, gate.Ownership{Process: gate.AnyProcess, Type: typeTask, Query: "business-status=" + system + "|", By: byMoves})
	}
	for _, p := range All(processes...) {
		if !slices.ContainsFunc(all, func(o gate.Ownership) bool { return o.Process == p.Code }) {
			all = append(all, p.Owns()...)
		}
	}
	return all
}

// newCase is a case that begins.
func (e *Engine) newCase(p *Process, s *gate.Session) *Case {
	c := &Case{
		Process: p, Now: e.zoned(s.Now()), Actor: s.Actor(), task: r4.NewTask(), id: newID(), known: map[string]version{}, found: map[string][]fhir.Resource{}, newID: newID,
	}
	c.task.SetID(c.id)
	c.task.SetIntent("order")
	coding := c.task.Code().Coding().Add()
	coding.SetSystem(SystemProcess)
	coding.SetCode(p.Code)
	c.task.SetInstantiatesCanonical(p.Canonical())
	c.task.SetAuthoredOn(draft.Instant(c.Now))
	return c
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// open reads a case. The error is NotFound for what is no case, or none that who asks may know of.
func (e *Engine) open(ctx context.Context, s *gate.Session, ref fhir.Ref, selves []self) (*Case, error) {
	c, err := e.load(ctx, s, ref)
	if err != nil {
		return nil, err
	}
	if is, err := e.concerned(ctx, s, c, selves); err != nil || !is {
		return nil, cmp.Or(err, noCase(ref))
	}
	return c, nil
}

func noCase(ref fhir.Ref) error { return fault.New(fault.NotFound, "There is no case %s.", ref) }

// load reads a case, whoever asks.
func (e *Engine) load(ctx context.Context, s *gate.Session, ref fhir.Ref) (*Case, error) {
	if ref.Type != typeTask {
		return nil, noCase(ref)
	}
	s = s.Behalf("")
	known, is, err := e.read(ctx, s, ref)
	if err != nil || !is {
		return nil, cmp.Or(err, noCase(ref))
	}
	return e.caseOf(s, known)
}

func (e *Engine) caseOf(s *gate.Session, known version) (*Case, error) {
	doc, err := fhir.NewDoc(known.resource.Root.Raw())
	if err != nil {
		return nil, fault.Wrap(err, "reading a case")
	}
	task, err := r4.AsTask(doc)
	if err != nil {
		return nil, err
	}
	p, code := e.all[task.InstantiatesCanonical()], task.Code().Coding().At(0)
	if code.System() != SystemProcess { // what it instantiates anybody may write
		return nil, noCase(fhir.Ref{Type: typeTask, ID: known.resource.ID})
	}
	if p == nil || p.Code != code.Code() {
		if e.newest[code.Code()] != nil {
			return nil, fault.New(fault.Unavailable, "This server does not know %s, the version of the process that the case is on. Another version of the server does.", task.InstantiatesCanonical())
		}
		return nil, noCase(fhir.Ref{Type: typeTask, ID: known.resource.ID})
	}
	c := &Case{
		Process: p, Now: e.zoned(s.Now()), Actor: s.Actor(), task: task, id: known.resource.ID, number: known.number,
		state: task.BusinessStatus().Coding().At(0).Code(), known: map[string]version{}, found: map[string][]fhir.Resource{}, newID: newID,
	}
	if p.State(c.state) == nil {
		return nil, fault.Wrap(nil, fmt.Sprintf("the case Task/%s is in the state %q, which %s has not", c.id, c.state, p.Canonical()))
	}
	return c, nil
}

// casesOf are the cases among Tasks that a search has found. What is none is left out, and so is what is on a version that this server
// does not know: another one shows it.
func (e *Engine) casesOf(s *gate.Session, found []version) (all []*Case, err error) {
	for _, known := range found {
		c, err := e.caseOf(s, known)
		switch fault.CodeOf(err) {
		case "":
			all = append(all, c)
		case fault.NotFound, fault.Unavailable:
		default:
			return nil, err
		}
	}
	return all, nil
}

// focus reads what a case is about, for a move to be decided.
func (e *Engine) focus(ctx context.Context, s *gate.Session, c *Case) error {
	focus := c.task.Focus().Reference()
	if c.number == 0 || focus == "" {
		return nil
	}
	known, is, err := e.read(ctx, s.Behalf("").Unseen(), refOf(focus))
	if err != nil || !is {
		return err
	}
	c.known[focus] = known
	c.focus = c.Edit(focus)
	return c.err
}

// read reads a resource; ok is false where there is none for the session.
func (e *Engine) read(ctx context.Context, s *gate.Session, ref fhir.Ref) (known version, ok bool, err error) {
	if ref == (fhir.Ref{}) {
		return known, false, nil
	}
	v, err := s.Read(ctx, ref)
	switch fault.CodeOf(err) {
	case fault.NotFound, fault.Gone, fault.Forbidden:
		return known, false, nil
	}
	if err != nil {
		return known, false, err
	}
	known.number = v.Number
	known.resource, err = fhir.ParseResource(v.Body.Bytes)
	return known, err == nil, err
}
