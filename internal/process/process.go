package process

import (
	"cmp"
	"slices"
	"strconv"

	"yitong/internal/bilingual"
	"yitong/internal/fhir/schema"
	"yitong/internal/form"
	"yitong/internal/gate"
)

// Process is how one kind of work moves: a table, declared once.
type Process struct {
	Code    string // such as correction; the process of sessions that write what it owns ([gate.Ownership])
	Version int    // of the table, from 1; see [Upgrade]
	Words   bilingual.Text
	Doc     string
	Source  string        // of its rules: norm and article, or "" for the platform's own
	Mission []string      // ids
	Focus   []schema.Type // of what a case is about; nil for cases that are about nothing but the resident
	Parties []Party
	States  []State // the first is where nothing is decided about where a case begins
	Moves   []Move
	Makes   []schema.Type // which, where a move has made them ([Case.Create]), moves alone change
	Places  string        // the code of the process whose places its cases take ([Case.Reserve]); "" for its own
	Keeps   []Kept        // what cases keep under names that are no fields of a move
	Upgrade *Upgrade      // of cases of the version before; nil: they stay on it
	// Marks are words by which the open cases of an institution that has a part in them are counted ([SystemPart]), in the state to which a
	// move leads; pure. nil: none.
	Marks func(*Case, *State) []string
}

// Party is who has a part in a case: a person, an institution (then: who works there in a role), or a role wherever it is held. Who it is
// stands in the case, under the name.
type Party struct {
	Name  string
	Words bilingual.Text
	Only  Kind
}

// Kind says who alone can be a party; "" where it may be anybody.
type Kind string

// The kinds.
const (
	Person      Kind = "person"
	Institution Kind = "institution" // whoever works there in a role
	Holders     Kind = "role"        // whoever has a role, wherever it is held
)

// Kept says what people call something that a case keeps under a name ([Case.Input], [Case.Output]).
type Kept struct {
	Name  string
	Words bilingual.Text
	Codes []bilingual.Code // what it may be, with their words; nil for a text or a resource
}

// Resident is the party that is the resident of a case (Task.for), or acts for them. Every case may have it, undeclared.
const Resident = "resident"

// State is where a case can be.
type State struct {
	Code    string
	Words   bilingual.Text
	Doc     string
	Owner   string // the party that is to act; "" in a state in which a case ends
	Status  string // of Task.status (R4): requested, accepted, in-progress, on-hold, completed, rejected, failed, cancelled
	Within  string // the table of rules that says by when; "" for no deadline but one that a move sets ([Case.Due])
	Hurried string // the table in its place for cases of priority stat, which is a green channel; "" for none
	Keeps   bool   // the deadline of the state before goes on
	Late    string // the move that the clock makes when the deadline has passed; "" for none: the case is only shown as overdue
}

// Final tells whether a case ends there.
func (s *State) Final() bool { return s.Owner == "" }

// Move is a way from states to another.
type Move struct {
	Code  string
	Words bilingual.Text
	Doc   string
	From  []string // nil: it begins a case
	To    []string // where it leads; more than one: [Case.To] says which
	By    []By     // who may; none: only the clock, or nobody
	// Happens says that nobody makes it: it is made with something that happens elsewhere ([Engine.Happen]).
	Happens bool
	Needs   *form.Form
	Tells   []Tell
	Guard   func(*Case) error // why it cannot be made now, whatever is filled in; pure. nil: it can
	Reads   func(*Case, any) []string
	Finds   func(*Case, any) []string
	Signs   func(*Case) string // the reference of what who moves must have signed as it stands; nil: nothing
	// Decide settles what the move changes; pure. Nothing stands that it did if it returns an error.
	Decide func(*Case, any) error
}

// By is who may make a move: one of the roles, as a party of the case.
type By struct {
	Party string
	Roles []gate.Role
}

// Tell says who is told of a move. The text may name nothing of the case: what it is about is read there.
type Tell struct {
	Party  string
	Urgent bool
	Text   bilingual.Text
}

// Upgrade says to which states of this version those of the version before lead.
type Upgrade struct{ States map[string]string }

// Make completes a move by what it needs, as a struct whose fields are declared (package form), and by what it decides.
func Make[In any](m Move, decide func(*Case, In) error) Move {
	m.Needs = form.Of[In]()
	m.Decide = func(c *Case, in any) error { return decide(c, *in.(*In)) }
	return m
}

// Reading lets a move know resources beside the focus, by references that stand in the case or in what was filled in. What is not there,
// or is not to be seen by who moves, is missing in [Case.Read]; what the case keeps by the table ([Process.Keeps]) is read for the case, whoever moves.
func Reading[In any](m Move, reads func(*Case, In) []string) Move {
	m.Reads = func(c *Case, in any) []string { return reads(c, *in.(*In)) }
	return m
}

// Finding lets a move know what searches find, such as OrganizationAffiliation?active=true, for [Case.Found]: as far as who moves sees it,
// and [findsMost] of each at most, beyond which the move is refused.
func Finding[In any](m Move, finds func(*Case, In) []string) Move {
	m.Finds = func(c *Case, in any) []string { return finds(c, *in.(*In)) }
	return m
}

// Canonical is the name of a version of the table.
func (p *Process) Canonical() string { return canonicalBase + p.Code + "|" + strconv.Itoa(p.Version) }

// State is that of a code, nil for none.
func (p *Process) State(code string) *State {
	if i := slices.IndexFunc(p.States, func(s State) bool { return s.Code == code }); i >= 0 {
		return &p.States[i]
	}
	return nil
}

// PartyWords is what a party is called.
func (p *Process) PartyWords(name string) bilingual.Text {
	if i := slices.IndexFunc(p.Parties, func(party Party) bool { return party.Name == name }); i >= 0 {
		return p.Parties[i].Words
	}
	return bilingual.Text{Zh: "居民或其代办人", En: "Resident, or who acts for them"}
}

// Move is that of a code, nil for none.
func (p *Process) Move(code string) *Move {
	if i := slices.IndexFunc(p.Moves, func(m Move) bool { return m.Code == code }); i >= 0 {
		return &p.Moves[i]
	}
	return nil
}

// Kept is all that cases may keep: what the table names, then what the moves ask for.
func (p *Process) Kept() []Kept {
	all := slices.Clone(p.Keeps)
	for i := range p.Moves {
		for _, x := range p.Moves[i].Needs.Fields {
			if !slices.ContainsFunc(all, func(k Kept) bool { return k.Name == x.Name }) {
				all = append(all, Kept{x.Name, x.Words, x.Codes})
			}
		}
	}
	return all
}

// Begins tells whether the move begins a case.
func (m *Move) Begins() bool { return m.From == nil }

// from tells whether the move can be made in a state.
func (m *Move) from(state string) bool { return slices.Contains(m.From, state) }

// byMoves is how cases are written.
const byMoves = "Task/$begin and Task/[id]/$move"

// Owns is what the process alone writes: its cases, and who has moved them.
func (p *Process) Owns() []gate.Ownership {
	all := []gate.Ownership{
		{Process: p.Code, Type: typeTask, Query: "code=" + SystemProcess + "|" + p.Code, Under: p.places(), By: byMoves},
		{Process: p.Code, Type: typeProvenance, Query: "agent-type=" + SystemProcess + "|" + p.Code, By: byMoves},
	}
	for _, t := range p.Makes {
		all = append(all, gate.Ownership{Process: p.Code, Type: t, Query: "_tag=" + SystemProcess + "|" + p.Code, By: byMoves})
	}
	return all
}

// places is the scope of the places that cases of the process take, which nobody else takes.
func (p *Process) places() string { return canonicalBase + cmp.Or(p.Places, p.Code) + "/" }
