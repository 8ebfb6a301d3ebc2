package queue

import (
	"strings"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/gate"
)

// ticketOf reads a ticket.
func ticketOf(r fhir.Resource, version int64, zone *time.Location) (t *ticket, is bool) {
	if r.Type != typeEncounter || !tagged(r, tagTicket) {
		return nil, false
	}
	n := r.Root
	t = &ticket{
		ref: fhir.Ref{Type: r.Type, ID: r.ID}, version: version, appointment: n.Get("appointment").First().Get("reference").Str(),
		patient: refIn(n.Get("subject").Get("reference").Str()), arrived: at(n.Get("period").Get("start"), zone),
	}
	t.institution, _ = r.Extended(gate.Custodian)
	for c := n.Get("type").First(); c.Exists(); c = c.Next() {
		of := c.Get("coding").First()
		if of.Get("system").Str() != SystemOf {
			continue
		}
		switch code := of.Get("code").Str(); kindOf(code) {
		case "HealthcareService":
			t.department, t.names[0] = code, of.Get("display").Str()
		case "PractitionerRole":
			t.doctor, t.names[1] = code, of.Get("display").Str()
		}
	}
	in := n.Get("location").First().Get("location")
	t.room, t.roomName = in.Get("reference").Str(), in.Get("display").Str()
	stands := extended(n, urlTicket)
	part := func(name string) fhir.Node { return extended(stands, name) }
	t.state, t.way, t.priority = State(part("state").Get("valueCode").Str()), Way(part("way").Get("valueCode").Str()), Priority(part("priority").Get("valueCode").Str())
	t.label, t.place = part("label").Get("valueString").Str(), whole(part("place").Get("valueInteger"))
	t.ahead, t.open, t.behind = whole(part("ahead").Get("valueInteger")), whole(part("rooms").Get("valueInteger")), whole(part("behind").Get("valueInteger"))
	t.start, t.end = at(part("start").Get("valueInstant"), zone), at(part("end").Get("valueInstant"), zone)
	t.due, t.told = at(part("due").Get("valueInstant"), zone), part("told").Exists()
	for e := extended(n, urlSteps).Get("extension").First(); e.Exists(); e = e.Next() {
		text := func(name, member string) string { return extended(e, name).Get(member).Str() }
		t.steps = append(t.steps, step{
			Act: act(text("act", "valueCode")), State: State(text("state", "valueCode")), At: at(extended(e, "at").Get("valueInstant"), zone),
			Room: extended(e, "room").Get("valueReference").Get("reference").Str(), Turn: turn(text("turn", "valueCode")), Reason: text("reason", "valueString"),
		})
	}
	return t, true
}

// statuses are the states as R4 has them (EncounterStatus).
var statuses = map[State]string{
	Waiting: "arrived", Called: "arrived", Skipped: "arrived", Returning: "arrived", Consulting: "in-progress", Tests: "onleave", Done: "finished", Left: "cancelled",
}

// resource is the Encounter of a ticket.
func (t *ticket) resource() (fhir.Resource, error) {
	of := func(system, code, display string) object {
		return object{"coding": []object{{"system": system, "code": code, "display": display}}}
	}
	types := []object{of(SystemOf, t.department, t.names[0])}
	if t.doctor != "" {
		types = append(types, of(SystemOf, t.doctor, t.names[1]))
	}
	types = append(types, of(SystemLine, t.queue(), t.named().Display))
	period := object{"start": instant(t.arrived)}
	if t.over() {
		period["end"] = instant(t.since())
	}
	o := object{
		"resourceType": "Encounter", "id": t.ref.ID, "meta": metaOf(tagTicket, t.institution), "extension": t.extensions(), "status": statuses[t.state],
		"class": object{"system": systemAct, "code": outpatient}, "type": types, "period": period, "serviceProvider": to(t.institution),
	}
	if t.appointment != "" { // of past days it may be nobody's
		o["appointment"], o["subject"] = []reference{to(t.appointment)}, to(t.patient.String())
	}
	if t.room != "" {
		o["location"] = []object{{"location": named(t.room, t.roomName), "status": "active"}}
	}
	if t.doctor != "" {
		o["participant"] = []object{{"individual": named(t.doctor, t.names[1])}}
	}
	return written(o)
}

// extensions are what R4 has no elements for, and the room that the ticket takes.
func (t *ticket) extensions() []extension {
	code := func(url, value string) extension { return extension{URL: url, Code: value} }
	stands := []extension{
		code("state", string(t.state)), {URL: "label", String: t.label}, number("place", t.place), moment("start", t.start), moment("end", t.end), moment("due", t.due),
		code("way", string(t.way)), number("ahead", t.ahead), number("rooms", t.open),
	}
	if t.priority != "" {
		stands = append(stands, code("priority", string(t.priority)))
	}
	if t.behind > 0 {
		stands = append(stands, number("behind", t.behind))
	}
	if t.told {
		stands = append(stands, extension{URL: "told", Boolean: true})
	}
	all := []extension{{URL: urlTicket, Extension: stands}}
	if t.inRoom() {
		all = append(all, place(scopeRoom+strings.TrimPrefix(t.room, "Location/")))
	}
	var steps []extension
	for _, s := range t.steps {
		one := []extension{code("act", string(s.Act)), code("state", string(s.State)), moment("at", s.At)}
		if s.Room != "" {
			one = append(one, refers("room", to(s.Room)))
		}
		if s.Turn != "" {
			one = append(one, code("turn", string(s.Turn)))
		}
		if s.Reason != "" {
			one = append(one, extension{URL: "reason", String: s.Reason})
		}
		steps = append(steps, extension{URL: "step", Extension: one})
	}
	return append(all, extension{URL: urlSteps, Extension: steps})
}

// op writes the ticket: a new one, or over the version that was read.
func (t *ticket) op() (gate.Op, error) {
	r, err := t.resource()
	op := gate.Op{Kind: gate.Update, Type: typeEncounter, ID: t.ref.ID, IfVersion: t.version, IfAbsent: t.version == 0, Resource: r, Process: Process}
	return op, err
}
