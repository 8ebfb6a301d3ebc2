package export

import (
	"strconv"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/r4"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
)

// Process is the name of the process, which owns its Tasks.
const Process = "export"

// System is the code system of what a Task of an export tells in its input and output, and of the marks in meta.tag.
const System = "urn:yitong:export"

const (
	systemProcess = "urn:yitong:process"
	systemActor   = "urn:yitong:actor" // of identifiers: who it is to the gate, in the record or not
)

var typeTask, _ = schema.TypeOf("Task")

// The states of a Task (http://hl7.org/fhir/task-status) that a request goes through.
const (
	requested = "requested"
	accepted  = "accepted"
	rejected  = "rejected"
	completed = "completed" // fetched as often as it may be
)

// Owned says that Tasks of exports are written by this process alone.
func Owned() []gate.Ownership {
	return []gate.Ownership{{
		Process: Process, Type: typeTask, Query: "code=" + systemProcess + "|" + Process,
		By: "$export-request, Task/[id]/$export-decide and Task/[id]/$export",
	}}
}

// request is a Task of an export as it was read, with its document to go on with.
type request struct {
	Asked
	doc                                      r4.Task
	id, status, requester, custodian, client string
	role                                     gate.Role
	end                                      time.Time // of what was approved
	repetitions                              int
	runs                                     []noted
}

// noted is a run as the Task tells of it.
type noted struct {
	mark  string
	began time.Time
	ended time.Time // zero for one that goes on, or has broken off with the server
	sums  Sums
}

// Sums are what has left the record in a run.
type Sums struct {
	Resources int
	People    int    // residents whom these are about; those who stand as several Patients count once
	Bytes     int64  // of the lines, uncompressed
	SHA256    string // of the lines one after the other, in hexadecimal
	Whole     bool   // it came to its end, and nothing was left out
}

// draft is the Task of a new request.
func draft(a Asked, who gate.Actor, known bool, now time.Time) r4.Task {
	t := r4.NewTask()
	t.SetStatus(requested)
	t.SetIntent("order")
	code(t.Code(), systemProcess, Process)
	t.SetAuthoredOn(instant(now))
	t.SetLastModified(instant(now))
	if known {
		t.Requester().SetReference(who.Reference)
	}
	t.Requester().Identifier().SetSystem(systemActor)
	t.Requester().Identifier().SetValue(who.Reference)
	input := func(name string) r4.TaskInput {
		in := t.Input().Add()
		code(in.Type(), System, name)
		return in
	}
	text := func(name, value string) {
		if value != "" {
			input(name).SetValueString(value)
		}
	}
	for _, p := range a.Parts {
		input("part").SetValueString(p.String())
	}
	text("purpose", a.Purpose)
	if _, is := organization(a.Recipient); is {
		input("recipient").ValueReference().SetReference(a.Recipient)
	} else {
		text("recipient", a.Recipient)
	}
	input("abroad").SetValueBoolean(a.Abroad)
	text("assessment", a.Assessment)
	text("pia", a.PIA)
	input("most").SetValuePositiveInt(a.Most)
	input("until").SetValueInstant(instant(a.Until))
	text("role", string(who.Role))
	text("client", who.Client)
	return t
}

// readRequest reads a Task. The error is Unprocessable for one that is of no export.
func readRequest(text []byte) (*request, error) {
	res, err := fhir.ParseResource(text)
	if err != nil {
		return nil, fault.Wrap(err, "reading a stored Task")
	}
	doc, err := fhir.NewDoc(text)
	if err != nil {
		return nil, fault.Wrap(err, "reading a stored Task")
	}
	t, err := r4.AsTask(doc)
	if err != nil {
		return nil, err
	}
	c := t.Code().Coding().At(0)
	if c.System() != systemProcess || c.Code() != Process {
		return nil, fault.New(fault.Unprocessable, "This Task is no request for an export.")
	}
	custodian, _ := res.Extended(gate.Custodian)
	r := &request{
		doc: t, id: res.ID, status: t.Status(), requester: t.Requester().Identifier().Value(), custodian: custodian,
		end: moment(t.Restriction().Period().End()),
	}
	r.repetitions, _ = t.Restriction().Repetitions()
	for _, in := range t.Input().All() {
		r.input(in)
	}
	for _, out := range t.Output().All() {
		r.output(out)
	}
	return r, nil
}

func (r *request) input(in r4.TaskInput) {
	text := in.ValueString()
	switch in.Type().Coding().At(0).Code() {
	case "part":
		r.Parts = append(r.Parts, partOf(text))
	case "purpose":
		r.Purpose = text
	case "recipient":
		if r.Recipient = text; text == "" {
			r.Recipient = in.ValueReference().Reference()
		}
	case "abroad":
		r.Abroad, _ = in.ValueBoolean()
	case "assessment":
		r.Assessment = text
	case "pia":
		r.PIA = text
	case "most":
		r.Most, _ = in.ValuePositiveInt()
	case "until":
		r.Until = moment(in.ValueInstant())
	case "role":
		r.role = gate.Role(text)
	case "client":
		r.client = text
	}
}

// output reads one fact of a run; the id of the element names it with the number of the run.
func (r *request) output(out r4.TaskOutput) {
	name, text, _ := strings.Cut(out.GetString("id"), "-")
	number, err := strconv.Atoi(text)
	if err != nil || number < 1 || number > len(r.runs)+1 {
		return
	}
	if number > len(r.runs) {
		r.runs = append(r.runs, noted{})
	}
	run := &r.runs[number-1]
	switch name {
	case "run":
		run.mark = out.ValueString()
	case "began":
		run.began = moment(out.ValueInstant())
	case "ended":
		run.ended = moment(out.ValueInstant())
	case "resources":
		run.sums.Resources, _ = out.ValueUnsignedInt()
	case "people":
		run.sums.People, _ = out.ValueUnsignedInt()
	case "bytes":
		run.sums.Bytes, _ = strconv.ParseInt(out.ValueDecimal(), 10, 64)
	case "sha256":
		run.sums.SHA256 = out.ValueString()
	case "whole":
		run.sums.Whole, _ = out.ValueBoolean()
	}
}

// Decision is what somebody has decided about a request.
type Decision struct {
	Approve bool
	Reason  string // of a rejection
}

// ReadDecision reads a decision from the parameters decision and reason. The error is Malformed.
func ReadDecision(said map[string][]string) (d Decision, err error) {
	r := reading{said: said}
	verdict := r.text("decision", numberMost)
	d = Decision{Approve: verdict == "approve", Reason: r.text("reason", textMost)}
	switch {
	case verdict != "approve" && verdict != "reject":
		r.refuse("decision", "it is approve or reject")
	case !d.Approve && d.Reason == "":
		r.refuse("reason", "say why it is rejected")
	}
	return d, r.err
}

// decide takes a decision about the request. The error is Forbidden for the requester, Conflict where it was decided before or
// its time is over.
func (r *request) decide(d Decision, who gate.Actor, l Limits, now time.Time) error {
	switch {
	case r.requester == who.Reference:
		return fault.New(fault.Forbidden, "Nobody decides about an export that they have asked for themselves.")
	case r.status != requested:
		return fault.New(fault.Conflict, "The request was decided before: it is %s.", r.status)
	case d.Approve && !now.Before(r.Until):
		return fault.New(fault.Conflict, "The time for which the export was asked is over. It can be asked for anew.")
	}
	r.doc.SetLastModified(instant(now))
	r.doc.SetStatus(rejected)
	if d.Approve {
		r.doc.SetStatus(accepted)
		r.doc.Restriction().SetRepetitions(l.Repetitions)
		r.doc.Restriction().Period().SetStart(instant(now))
		r.doc.Restriction().Period().SetEnd(instant(r.Until))
	}
	note := r.doc.Note().Add()
	note.SetAuthorString(who.Reference)
	note.SetTime(instant(now))
	note.SetText(map[bool]string{true: "approved", false: "rejected"}[d.Approve])
	if d.Reason != "" {
		note.SetText(note.Text() + ": " + d.Reason)
	}
	return nil
}

// mine refuses anybody but the requester, in the role and at the institution in which it was asked for.
func (r *request) mine(who gate.Actor) error {
	if r.requester != who.Reference || r.custodian != who.Institution || r.role != who.Role {
		return fault.New(fault.Forbidden, "An export is fetched by whom it was approved for alone, "+
			"in the role and at the institution in which they asked for it.")
	}
	return nil
}

// open refuses a request that may not be fetched now, as Conflict.
func (r *request) open(now time.Time) error {
	switch {
	case r.status == requested:
		return fault.New(fault.Conflict, "The export is not approved yet.")
	case r.status == rejected:
		return fault.New(fault.Conflict, "The export was rejected.")
	case r.status == completed || len(r.runs) >= r.repetitions:
		return fault.New(fault.Conflict, "The export was fetched as often as it was approved for, which is %d. "+
			"One that broke off counts; ask for it anew.", r.repetitions)
	case r.status != accepted || !now.Before(r.end):
		return fault.New(fault.Conflict, "The time for which the export was approved is over. Ask for it anew.")
	}
	return nil
}

// begin notes a run.
func (r *request) begin(k marks, now time.Time) noted {
	number := len(r.runs) + 1
	run := noted{mark: k.of(r, number, now), began: now}
	r.runs = append(r.runs, run)
	r.doc.SetLastModified(instant(now))
	r.fact("run", number).SetValueString(run.mark)
	r.fact("began", number).SetValueInstant(instant(now))
	return run
}

// finish notes how a run has ended. The last one that was approved completes the Task.
func (r *request) finish(number int, s Sums, now time.Time) {
	if !r.runs[number-1].ended.IsZero() {
		return
	}
	r.runs[number-1].ended, r.runs[number-1].sums = now, s
	r.doc.SetLastModified(instant(now))
	r.fact("ended", number).SetValueInstant(instant(now))
	r.fact("resources", number).SetValueUnsignedInt(s.Resources)
	r.fact("people", number).SetValueUnsignedInt(s.People)
	r.fact("bytes", number).SetValueDecimal(strconv.FormatInt(s.Bytes, 10))
	r.fact("sha256", number).SetValueString(s.SHA256)
	r.fact("whole", number).SetValueBoolean(s.Whole)
	if number >= r.repetitions {
		r.doc.SetStatus(completed)
	}
}

func (r *request) fact(name string, number int) r4.TaskOutput {
	out := r.doc.Output().Add()
	out.PutString("id", name+"-"+strconv.Itoa(number))
	code(out.Type(), System, name)
	return out
}

func code(c r4.CodeableConcept, system, value string) {
	coding := c.Coding().Add()
	coding.SetSystem(system)
	coding.SetCode(value)
}

func instant(t time.Time) string { return t.UTC().Format(fhir.InstantLayout) }

// moment reads an instant that the process has written; the zero Time where there is none.
func moment(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}
	}
	return t
}

// organization is the Organization that a recipient is.
func organization(recipient string) (fhir.Ref, bool) {
	ref := fhir.ParseReference(recipient)
	return ref.Ref, ref.Kind == fhir.ReferenceLocal && ref.Ref.Type.String() == "Organization"
}
