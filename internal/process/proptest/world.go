package proptest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/process"
)

// World is what a process needs around it. The zero World does for one whose moves take whatever fits their forms.
//
// In every world there are two residents (Patient/r1 and Patient/r2; RelatedPerson/proxy acts for the first), three members of
// staff (Practitioner/s1 and s2 at Organization/o1, s3 at Organization/o2), each of whom tries to move in every role, and one
// resource of each type that a form refers to.
type World struct {
	Processes []*process.Process // that the engine runs beside
	Record    []string           // resources that are there before, as JSON with ids
	Actors    []gate.Actor       // who try beside those that are there anyway
	// Deadline is by when somebody must have acted, by a table of rules in a division. nil: a day.
	Deadline func(table, region string, from time.Time) (time.Time, error)
	// Allows is [process.Config.Allows].
	Allows func(role gate.Role, process, move string) bool
	// Values give what is filled in where a value drawn from the form's declaration would not fit, by "move.field", or "field" for
	// all moves; of a part by "move.part.field". A value is a string, a bool, an int, a time.Time, one of package form's types, a
	// fhir.Resource, [json.RawMessage] for the value as FHIR has it, or []any of these; nil leaves the field out.
	Values map[string]func(*Scene) any
	// Visits keeps the visits that moves book. nil where no move does.
	Visits process.Visits
	// Elsewhere is what is written where something happens elsewhere, with a move that nobody makes. nil: nothing.
	Elsewhere func(*Scene) []gate.Op
	// Before does what people do ahead of a move by ordinary writes.
	Before func(s *Scene)
	// Invariant says what is wrong with a case after a move, by the rules of the process.
	Invariant func(*Scene) error
}

// Scene is where a walk is when it asks a World for something.
type Scene struct {
	*rapid.T
	Now   time.Time
	Actor gate.Actor // who is to move, or has moved
	Move  string     // its code; "" before a case has begun
	Case  Case       // as it stands; the zero Case before it has begun
	Made  []string   // the moves that were made so far
	walk  *walk
}

// Some draws the reference of a resource of one of the types, of any for none; "" where the record has none.
func (s *Scene) Some(types ...string) string {
	var all []string
	for _, ref := range s.walk.refs {
		if len(types) == 0 || slices.Contains(types, ref.Type.String()) {
			all = append(all, ref.String())
		}
	}
	if len(all) == 0 {
		return ""
	}
	return rapid.SampledFrom(all).Draw(s.T, "reference")
}

// Read is a resource as it stands; false for none.
func (s *Scene) Read(reference string) (fhir.Resource, bool) {
	v, err := s.walk.platform().Read(s.walk.ctx, fhir.ParseReference(reference).Ref)
	if err != nil {
		return fhir.Resource{}, false
	}
	r, err := fhir.ParseResource(v.Body.Bytes)
	return r, err == nil
}

// Session is one of the platform.
func (s *Scene) Session() *gate.Session { return s.walk.platform() }

// Write writes a resource, JSON with an id, as the platform would.
func (s *Scene) Write(text string) { s.walk.put(text) }

// persons are those who are in every world.
var persons = []string{
	`{"resourceType":"Organization","id":"o1","name":"甲"}`, `{"resourceType":"Organization","id":"o2","name":"乙"}`,
	`{"resourceType":"Patient","id":"r1"}`, `{"resourceType":"Patient","id":"r2"}`,
	`{"resourceType":"RelatedPerson","id":"proxy","patient":{"reference":"Patient/r1"}}`,
	`{"resourceType":"Practitioner","id":"s1"}`, `{"resourceType":"Practitioner","id":"s2"}`, `{"resourceType":"Practitioner","id":"s3"}`,
}

// actors are who try: everybody in every role.
func (w *World) actors() (all []gate.Actor) {
	patient, _ := schema.TypeOf("Patient")
	first, second := fhir.Ref{Type: patient, ID: "r1"}, fhir.Ref{Type: patient, ID: "r2"}
	all = append(all,
		gate.Actor{Reference: first.String(), Role: gate.Resident, Resident: first},
		gate.Actor{Reference: second.String(), Role: gate.Resident, Resident: second},
		gate.Actor{Reference: "RelatedPerson/proxy", Role: gate.Proxy, Resident: first})
	for i, institution := range []string{"Organization/o1", "Organization/o1", "Organization/o2"} {
		for _, role := range gate.Roles() {
			if role == gate.Resident || role == gate.Proxy {
				continue
			}
			a := gate.Actor{Reference: fmt.Sprintf("Practitioner/s%d", i+1), Role: role}
			if role.Placed() {
				a.Institution = institution
			}
			all = append(all, a)
		}
	}
	return append(all, w.Actors...)
}

// seeds are the resources that are there when a walk begins: those of the world, and one of each type that forms of the process
// refer to and that there would be none of.
func (w *World) seeds(p *process.Process) (all []string) {
	all = append(slices.Clone(persons), w.Record...)
	have := map[string]bool{}
	for _, text := range all {
		var r struct{ ResourceType string }
		_ = json.Unmarshal([]byte(text), &r) // what is none fails when it is written
		have[r.ResourceType] = true
	}
	for i := range p.Moves {
		for _, t := range targets(p.Moves[i].Needs) {
			if !have[t.String()] {
				have[t.String()] = true
				all = append(all, fmt.Sprintf(`{"resourceType":%q,"id":"any"}`, t))
			}
		}
	}
	return all
}

// signature is that of whoever moves: in a walk everybody has signed what a move asks for.
func signature(_ context.Context, _ *gate.Session, of fhir.Ref, _ string) (fhir.Ref, bool, error) {
	return of, true, nil
}

// deadline is by when somebody must have acted.
func (w *World) deadline(table, region string, from time.Time) (time.Time, error) {
	if w.Deadline == nil {
		return from.Add(24 * time.Hour), nil
	}
	return w.Deadline(table, region, from)
}
