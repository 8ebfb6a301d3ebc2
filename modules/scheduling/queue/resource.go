package queue

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
)

// Names in the record. They are stored: never rename one.
const (
	// Process is on whose behalf this package writes.
	Process = "queue"
	// System is the code system of meta.tag by which resources are known that this package alone writes.
	System = "urn:yitong:queue"
	// SystemOf is the code system of Encounter.type by which the tickets of a department or a doctor are found, SystemLine that by which those of
	// one queue are.
	SystemOf   = "urn:yitong:queue-of"
	SystemLine = "urn:yitong:queue-line"

	tagTicket = "ticket"
	tagRoom   = "room"

	scopeUnder   = "urn:yitong:queue/"    // begins all scopes of places here:
	scopeRoom    = scopeUnder + "room/"   // and the id of a Location; its place is taken by whom it serves
	scopeDoctor  = scopeUnder + "doctor/" // and the id of a Practitioner; its place by the room where they sit
	onlyPlace    = "1"                    // of these scopes
	ticketPrefix = "visit-"               // and the id of an Appointment: the id of its ticket

	urlTicket  = "urn:yitong:ticket"       // of an Encounter: how it stands, in parts
	urlSteps   = "urn:yitong:ticket-steps" // what has become of it, a part for each step
	urlRoom    = "urn:yitong:room"         // of a Location: its department, and who sits there
	urlWay     = "urn:yitong:way"          // the way there
	systemAct  = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
	outpatient = "AMB"
)

var (
	typeEncounter, _  = schema.TypeOf("Encounter")
	typeLocation, _   = schema.TypeOf("Location")
	typeDepartment, _ = schema.TypeOf("HealthcareService")
	typePatient, _    = schema.TypeOf("Patient")
	typePost, _       = schema.TypeOf("PractitionerRole")
)

// Owned are the resources that nobody writes but by the operations of this package.
func Owned() []gate.Ownership {
	own := func(t schema.Type, query, by string) gate.Ownership {
		return gate.Ownership{Process: Process, Type: t, Query: query, Under: scopeUnder, By: by}
	}
	const tagged, comes = "_tag=" + System + "|", "Appointment/$arrive and Location/$next"
	tickets := own(typeEncounter, tagged, comes)
	tickets.IDs = regexp.MustCompile("^" + ticketPrefix + "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
	return []gate.Ownership{ // and what stands in a line: who looks for that finds nothing of others
		tickets, own(typeEncounter, "type="+SystemLine+"|", comes), own(typeEncounter, "type="+SystemOf+"|", comes), own(typeLocation, tagged, "Location/$open-room"),
	}
}

// TicketOf is the ticket of an Appointment.
func TicketOf(appointment fhir.Ref) fhir.Ref {
	return fhir.Ref{Type: typeEncounter, ID: ticketPrefix + appointment.ID}
}

// The resources that are written here, as far as they go (R4).
type (
	object    map[string]any
	reference struct {
		Reference string `json:"reference,omitempty"`
		Display   string `json:"display,omitempty"`
	}
	extension struct {
		URL       string      `json:"url"`
		Extension []extension `json:"extension,omitempty"`
		String    string      `json:"valueString,omitempty"`
		Code      string      `json:"valueCode,omitempty"`
		Instant   string      `json:"valueInstant,omitempty"`
		Integer   *int        `json:"valueInteger,omitempty"`
		Boolean   bool        `json:"valueBoolean,omitempty"`
		Reference *reference  `json:"valueReference,omitempty"`
	}
)

func to(name string) reference { return reference{Reference: name} }

// named refers to something that is called so.
func named(name, display string) reference { return reference{name, display} }

func refers(url string, r reference) extension { return extension{URL: url, Reference: &r} }

func number(url string, n int) extension { return extension{URL: url, Integer: &n} }

func moment(url string, t time.Time) extension { return extension{URL: url, Instant: instant(t)} }

// instant is how times are written.
func instant(t time.Time) string { return t.Format("2006-01-02T15:04:05.000000Z07:00") }

// place is a place of the record that is taken for as long as the resource says so.
func place(scope string) extension {
	return extension{URL: gate.ReservationURL, Extension: []extension{{URL: "scope", String: scope}, {URL: "place", String: onlyPlace}}}
}

// metaOf is the meta of what this package writes and an institution answers for.
func metaOf(tag, institution string) object {
	return object{"tag": []object{{"system": System, "code": tag}}, "extension": []extension{refers(gate.Custodian, to(institution))}}
}

// written is a resource as an op takes it.
func written(resource any) (fhir.Resource, error) {
	text, err := json.Marshal(resource)
	if err != nil {
		return fhir.Resource{}, fault.Wrap(err, "writing a resource of a queue")
	}
	return fhir.ParseResource(text)
}

// extended is the first extension of a resource, or of another extension, by its url.
func extended(n fhir.Node, url string) fhir.Node {
	for e := n.Get("extension").First(); e.Exists(); e = e.Next() {
		if e.Get("url").Str() == url {
			return e
		}
	}
	return fhir.Node{}
}

// tagged tells whether a resource is one of this package.
func tagged(r fhir.Resource, tag string) bool {
	for t := r.Root.Get("meta").Get("tag").First(); t.Exists(); t = t.Next() {
		if t.Get("system").Str() == System && t.Get("code").Str() == tag {
			return true
		}
	}
	return false
}

// at reads an instant; the zero time for what is none.
func at(n fhir.Node, zone *time.Location) time.Time {
	t, err := time.Parse(time.RFC3339Nano, n.Str())
	if err != nil {
		return time.Time{}
	}
	return t.In(zone)
}

func whole(n fhir.Node) int { i, _ := n.Int(); return int(i) }

// refIn is the resource that a reference names.
func refIn(name string) fhir.Ref { return fhir.ParseReference(name).Ref }

// kindOf is the type of the resource that a reference names.
func kindOf(name string) string { kind, _, _ := strings.Cut(name, "/"); return kind }
