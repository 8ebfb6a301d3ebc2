package process

import (
	"strings"

	"yitong/internal/fhir"
	"yitong/internal/fhir/r4"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
)

// Names in the resources of cases. They are stored: never rename them.
const (
	// SystemProcess is the code system of processes (Task.code, agents of Provenances).
	SystemProcess = "urn:yitong:process"
	// SystemRole is the system of the identifiers by which a reference means a role, wherever it is held.
	SystemRole = "urn:yitong:role"
	// SystemActor is the system of the identifiers of who is nobody in the record, such as an account or the clock.
	SystemActor = "urn:yitong:actor"
	// SystemToDo is the code system of the second codings of Task.businessStatus: for whom it is to act, and that with the process behind a
	// slash, as long as the case is open; a person who has a part for an institution stands with that, behind an @. By them inboxes are found and counted in the index alone.
	SystemToDo = "urn:yitong:to-do"
	// SystemPart is the code system of the codings of Task.businessStatus that say which institutions have a part in a case: the party, the
	// institution and the process, with slashes between; and, as long as the case is open, the party and the institution with each word of
	// [Process.Marks]. A person who has a part for an institution stands with that, behind an @. By them an institution's cases are found and counted in the index alone.
	SystemPart = "urn:yitong:part"
	// SystemActed is the code system of the codings of Task.businessStatus that say which moves institutions have made in a case: the move,
	// the institution and the process, with slashes between. They stay, also where the institution has no part any more.
	SystemActed = "urn:yitong:acted"
	// SystemDeadline is the code system of the coding of Task.businessStatus that says that the deadline of an open case is provisional.
	SystemDeadline = "urn:yitong:deadline"
	// ExtensionParty names the extension of a Task that says who has a part in the case: name (valueCode), who (valueReference).
	ExtensionParty = "urn:yitong:party"
	// ExtensionAt names the extension of a reference to a person that says for which institution they have a part (valueReference).
	ExtensionAt = "urn:yitong:at"
	// ExtensionMove names the extension of a Task that says how it came to its state: move and from (valueCode), who (valueReference).
	ExtensionMove = "urn:yitong:move"
	// ExtensionEntered names the extension of a Task that says since when it is in its state (valueInstant).
	ExtensionEntered = "urn:yitong:entered"

	canonicalBase = "urn:yitong:process:"
	provisional   = "provisional" // of SystemDeadline
)

// systemState is the code system of the states of a process, and of its moves in Provenances.
func systemState(process string) string { return canonicalBase + process }

var (
	typeTask, _         = schema.TypeOf("Task")
	typeProvenance, _   = schema.TypeOf("Provenance")
	typeAppointment, _  = schema.TypeOf("Appointment")
	typeOrganization, _ = schema.TypeOf("Organization")
)

// Who is somebody that has a part in a case: by a reference (a person, an institution), or a role wherever it is held.
type Who struct {
	Reference string
	At        string // of a person: the institution for which they have the part, Organization/…; "" for any
	Role      gate.Role
}

// exists tells whether it is anybody.
func (w Who) exists() bool { return w != Who{} }

// PartOf is the value of business-status by which a search finds the cases in which an institution is a party: those of a process, or the
// open ones with one of [Process.Marks].
func PartOf(party, institution, word string) string {
	return search.Escape(SystemPart) + "|" + search.Escape(parted(party, institution, word))
}

// ActedBy is that by which a search finds the cases of a process in which a move was made for an institution.
func ActedBy(move, institution, process string) string {
	return search.Escape(SystemActed) + "|" + search.Escape(parted(move, institution, process))
}

// parted is the code of what an institution is, or has done, in a case.
func parted(as, institution, word string) string { return as + "/" + institution + "/" + word }

// toDo is the code of what waits for them; the institution for which a person has the part stands behind an @.
func (w Who) toDo() string {
	switch {
	case w.Role != "":
		return "role/" + string(w.Role)
	case w.At != "":
		return w.Reference + "@" + w.At
	}
	return w.Reference
}

// kind is what they are.
func (w Who) kind() Kind {
	switch {
	case w.Role != "":
		return Holders
	case w.institution():
		return Institution
	}
	return Person
}

// institution tells whether it is an institution.
func (w Who) institution() bool { return strings.HasPrefix(w.Reference, "Organization/") }

// whoOf reads what put has written.
func whoOf(r r4.Reference) Who {
	switch r.Identifier().System() {
	case SystemRole:
		return Who{Role: gate.Role(r.Identifier().Value())}
	case SystemActor:
		return Who{Reference: r.Identifier().Value()}
	}
	who := Who{Reference: r.Reference()}
	for _, e := range r.Extension().All() {
		if e.URL() == ExtensionAt {
			who.At = e.ValueReference().Reference()
		}
	}
	return who
}

// recorded tells whether a reference is to what R4 lets a Task or a Provenance refer to as who does something.
func recorded(reference string) bool {
	kind, _, _ := strings.Cut(reference, "/")
	switch kind {
	case "Patient", "Practitioner", "PractitionerRole", "RelatedPerson", "Organization", "CareTeam", "HealthcareService":
		return true
	}
	return false
}

// refOf reads a reference to a resource of this record; the zero Ref for anything else.
func refOf(text string) fhir.Ref {
	if r := fhir.ParseReference(text); r.Kind == fhir.ReferenceLocal {
		return r.Ref
	}
	return fhir.Ref{}
}
