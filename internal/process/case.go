package process

import (
	"slices"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/draft"
	"yitong/internal/fhir/r4"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/rule"
)

// Case is a case as a move finds it, and what the move makes of it. Nothing that it does reaches the record before the move is
// written, and then all of it does.
type Case struct {
	Process *Process
	Now     time.Time // in the region's zone
	Actor   gate.Actor
	As      string // the party as which the actor moves; "" for the clock

	task   r4.Task
	id     string
	number int64 // version of the task; 0 for a case that begins
	state  string
	to     string
	focus  *Draft
	drafts []*Draft // what is changed or made beside the task, the focus included
	known  map[string]version
	found  map[string][]fhir.Resource
	proof  fhir.Ref // of the signature that the move asks for
	due    time.Time
	rules  []string

	besides []beside       // what is done about visits with the move
	anew    *rule.Deadline // by which the deadline is counted anew
	newID   func() string

	brought bool // to a newer version of its process
	movable bool // the deadline that the move leads to is provisional

	err   error  // the first that an effect met
	taken string // what is said where the place that the case takes is another's
}

// version is one of a resource, as a move knows it.
type version struct {
	resource fhir.Resource
	number   int64
}

// Draft is a resource that a move changes or makes. Its place is edited; see package r4 for views of it.
type Draft struct {
	Ref     fhir.Ref
	doc     *fhir.Doc
	version int64 // that is changed; 0 for a new one
	edited  bool
}

// Doc is the text of the draft.
func (d *Draft) Doc() *fhir.Doc {
	d.edited = true
	return d.doc
}

// ID is that of the Task.
func (c *Case) ID() string { return c.id }

// State is the state that the move finds the case in; "" for a case that begins.
func (c *Case) State() string { return c.state }

// Resident is the reference of the resident whom the case is for, "" for nobody.
func (c *Case) Resident() string { return c.task.For().Reference() }

// For says whom a case is for that begins.
func (c *Case) For(resident string) {
	if c.number == 0 {
		c.task.For().SetReference(resident)
	}
}

// Party is who a party is in the case; the zero Who where nobody is yet.
func (c *Case) Party(name string) Who {
	if name == Resident {
		return Who{Reference: c.Resident()}
	}
	if at, is := c.party(name); is {
		return whoOf(at.ValueReference())
	}
	return Who{}
}

// Set says who a party is from now on.
func (c *Case) Set(name string, who Who) {
	kind := who.kind()
	can := func(p Party) bool { return p.Name == name && (p.Only == "" || p.Only == kind) }
	if name == Resident || !slices.ContainsFunc(c.Process.Parties, can) {
		c.fail(fault.Wrap(nil, "process "+c.Process.Code+": a move sets "+name+
			", which is no party that can be set, or of a kind that is not "+string(kind)))
		return
	}
	if at, is := c.party(name); is {
		who.put(at.ValueReference())
		return
	}
	c.task.Extension().Add().SetRaw(raw(draft.Extension{URL: ExtensionParty, Extension: []draft.Extension{{URL: "name", Code: name}, {URL: "who", Reference: who.raw()}}}))
}

// Clear lets nobody be a party any more: who was one has no part in the case from then on.
func (c *Case) Clear(name string) {
	if i := c.place(name); i >= 0 {
		c.task.Extension().Remove(i)
	}
}

// party is the extension that says who a party is.
func (c *Case) party(name string) (who r4.Extension, is bool) {
	i := c.place(name)
	if i < 0 {
		return who, false
	}
	return c.task.Extension().At(i).Extension().At(1), true
}

// place is where among the extensions of the Task a party stands, -1 for nowhere. The first part is its name, the second who it is.
func (c *Case) place(name string) int {
	for i, e := range c.task.Extension().All() {
		if e.URL() == ExtensionParty && e.Extension().At(0).ValueCode() == name && e.Extension().At(1).URL() == "who" {
			return i
		}
	}
	return -1
}

// Focus is the draft of what the case is about; nil for nothing.
func (c *Case) Focus() *Draft { return c.focus }

// FocusOn says what a case is about that begins: a draft, or a resource that the move has read, of a type that the process says.
func (c *Case) FocusOn(d *Draft) {
	if !slices.Contains(c.Process.Focus, d.Ref.Type) {
		c.fail(fault.Wrap(nil, "process "+c.Process.Code+": a move begins a case about "+d.Ref.String()+", and Focus has no such type"))
		return
	}
	c.focus = d
	c.task.Focus().SetReference(d.Ref.String())
}

// Create makes a resource beside the case, of its JSON without an id and a meta. If it is of a type that moves alone change ([Process.Makes]), it
// carries the code of the process as a tag.
func (c *Case) Create(t schema.Type, text []byte) *Draft {
	doc, err := fhir.NewDoc(text)
	if err != nil {
		c.fail(err)
		doc, _ = fhir.NewDoc([]byte("{}"))
	}
	d := &Draft{Ref: fhir.Ref{Type: t, ID: c.newID()}, doc: doc, edited: true}
	c.drafts = append(c.drafts, d)
	return d
}

// Read is a resource that the move has asked to know ([Reading]), as it stands; ok is false where there is none for who moves.
func (c *Case) Read(reference string) (r fhir.Resource, ok bool) {
	k, ok := c.known[reference]
	return k.resource, ok
}

// Found is what a search finds that the move has asked for ([Finding]).
func (c *Case) Found(query string) []fhir.Resource { return c.found[query] }

// Signature is the Provenance by which who moves has signed what the move asks for ([Move.Signs]).
func (c *Case) Signature() string { return c.proof.String() }

// keeps tells whether a case keeps a resource under a name that its table gives: then the process has put it there.
func (c *Case) keeps(reference string) bool {
	for _, in := range c.task.Input().All() {
		if in.ValueReference().Reference() == reference && slices.ContainsFunc(c.Process.Keeps, func(k Kept) bool { return k.Name == in.Type().Text() }) {
			return true
		}
	}
	return false
}

// Version is the number of the version of a resource that the move has read; 0 for none.
func (c *Case) Version(reference string) int64 { return c.known[reference].number }

// Edit is the draft of a resource that the move has read. It must be as it was read when the move is written.
func (c *Case) Edit(reference string) *Draft {
	ref := refOf(reference)
	for _, d := range c.drafts {
		if d.Ref == ref {
			return d
		}
	}
	k, ok := c.known[reference]
	if !ok {
		c.fail(fault.Wrap(nil, "process "+c.Process.Code+": a move edits "+reference+", which it has not read"))
		return &Draft{Ref: ref}
	}
	doc, err := fhir.NewDoc(k.resource.Root.Raw())
	if err != nil {
		c.fail(err)
	}
	d := &Draft{Ref: ref, doc: doc, version: k.number}
	c.drafts = append(c.drafts, d)
	return d
}

// To leads the case to another of the states that the move can lead to than the first.
func (c *Case) To(state string) { c.to = state }

// Due sets the deadline in the state that the move leads to, where no rule does.
func (c *Case) Due(at time.Time) { c.due = at }

// Used notes by which row of rule data something was settled.
func (c *Case) Used(row string) { c.rules = append(c.rules, row) }

// Note adds what somebody has written to the case.
func (c *Case) Note(text string) {
	if text = strings.TrimSpace(text); text == "" {
		return
	}
	n := c.task.Note().Add()
	n.SetText(text)
	n.SetTime(draft.Instant(c.Now))
	if recorded(c.Actor.Reference) && !strings.HasPrefix(c.Actor.Reference, "PractitionerRole/") {
		n.AuthorReference().SetReference(c.Actor.Reference)
	}
}

// Input keeps what somebody has filled in, under a name, as long as the case is there.
func (c *Case) Input(name, value string) {
	in := c.task.Input().Add()
	in.Type().SetText(name)
	in.SetValueString(value)
}

// InputReference is [Case.Input] for a resource.
func (c *Case) InputReference(name, reference string) {
	in := c.task.Input().Add()
	in.Type().SetText(name)
	in.ValueReference().SetReference(reference)
}

// InputOf is the text that was kept under a name, and the reference; the last, where there are several.
func (c *Case) InputOf(name string) (text, reference string) {
	for _, in := range c.task.Input().All() {
		if in.Type().Text() == name {
			text, reference = in.ValueString(), in.ValueReference().Reference()
		}
	}
	return text, reference
}

// Reserve takes a place that only one case of the process can have at a time, until the case ends ([gate.ReservationURL]). taken is
// what who comes too late is told.
func (c *Case) Reserve(place, taken string) {
	e := c.task.Extension().Add()
	e.SetURL(gate.ReservationURL)
	for _, part := range [][2]string{{"scope", c.Process.places()}, {"place", place}} {
		one := e.Extension().Add()
		one.SetURL(part[0])
		one.SetValueString(part[1])
	}
	c.taken = taken
}

// Output keeps what has come of the case, under a name.
func (c *Case) Output(name, value string) {
	out := c.task.Output().Add()
	out.Type().SetText(name)
	out.SetValueString(value)
}

// OutputReference is [Case.Output] for a resource.
func (c *Case) OutputReference(name, reference string) {
	out := c.task.Output().Add()
	out.Type().SetText(name)
	out.ValueReference().SetReference(reference)
}

// Task is the view of the Task, to read what the methods above do not give.
func (c *Case) Task() r4.Task { return c.task }

func (c *Case) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// Deadline is the deadline of the state that the case is in; the zero time for none.
func (c *Case) Deadline() time.Time { return instant(c.task.Restriction().Period().End()) }

// Entered is when the case came to its state.
func (c *Case) Entered() time.Time {
	for _, e := range c.task.Extension().All() {
		if e.URL() == ExtensionEntered {
			return instant(e.ValueInstant())
		}
	}
	return time.Time{}
}

// instant reads an instant; the zero time for anything else.
func instant(text string) time.Time {
	t, _ := time.Parse(time.RFC3339Nano, text)
	return t
}
