package scheduling

import (
	"encoding/json"
	"regexp"
	"strconv"
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
	Process = "scheduling"
	// System is the code system of meta.tag by which resources are known that this package alone writes.
	System = "urn:yitong:scheduling"
	// SystemOf is the code system of Slot.serviceType by which segments are found: of which department, practitioner and institution they are.
	SystemOf = "urn:yitong:clinic-of"

	tagClinic  = "clinic"
	tagSegment = "segment"
	tagBooking = "booking"
	tagResting = "resting" // an Appointment that has given back a place which is not open yet
	tagWish    = "wish"    // one that waits for a place
	tagEntry   = "entry"   // one that waits for a draw
	tagEnds    = "ends-"   // begins the tag of the last day of a wish
	tagDraw    = "draw"
	tagUndrawn = "undrawn" // a draw that is to be
	tagOwed    = "owed"    // an Appointment for which what was paid is owed back

	scopeUnder  = "urn:yitong:clinic/"            // begins all scopes of places here:
	scopeSlot   = scopeUnder + "segment/"         // and the id of a Slot; a place is a number
	scopeDay    = scopeUnder + "day/"             // and the id of a Patient and a day; a place is a department, or one of so many
	scopeMiss   = scopeUnder + "missed/"          // and the id of a Patient; a place is when a visit was missed, and which
	scopeWish   = scopeUnder + "wish/"            // and the id of a Patient; a place is a department, or one of so many
	scopeDraw   = scopeUnder + "draw/"            // and the id of a List; a place is a Patient
	scopeCancel = scopeUnder + "cancelled/"       // and the id of a Patient; a place is when a visit was cancelled, which and where
	scopeRests  = scopeUnder + "rests/"           // and the id of a Patient; a place is one that they hold, or gave back, and that is not open yet
	scopeHolds  = scopeUnder + "holds/"           // and the id of a Patient; a place is one of so many that they may hold online
	slotPrefix  = "seg-"                          // of the ids of Slots
	urlPools    = "urn:yitong:pools"              // of a Slot: how its places are parted
	urlOpens    = "urn:yitong:opens"              // from when on it can be booked
	urlFalls    = "urn:yitong:falls-back"         // from when on places for referrals are the public's
	urlPrice    = "urn:yitong:price"              // in yuan
	urlKind     = "urn:yitong:clinic-kind"        // of a Slot: what kind of clinic it is, a code of [Kind]
	urlInsured  = "urn:yitong:clinic-insurance"   // how it is paid, a code of [Insurance]
	urlChannel  = "urn:yitong:channel"            // of an Appointment: how it was booked
	urlBooker   = "urn:yitong:booked-by"          // by whom
	urlAt       = "urn:yitong:booked-at"          // at which institution, where at one
	urlNumber   = "urn:yitong:place-number"       // of the place, also when it is given back
	urlClinic   = "urn:yitong:clinic"             // of a Schedule: how it takes place
	urlPause    = "urn:yitong:clinic-stopped"     // of a Schedule: some days on which it does not take place
	urlReason   = "urn:yitong:reason"             // of an extra place, or why it was called off
	urlReferral = "urn:yitong:referral"           // of an Appointment: the case of the referral that has booked it
	urlReferrer = "urn:yitong:referred-by"        // the institution that refers
	urlWish     = "urn:yitong:wish"               // of an Appointment: what somebody waits, or has waited for
	urlDraw     = "urn:yitong:draw"               // of a Slot and an Appointment: the List of its draw; of a List: how that stands
	urlEnters   = "urn:yitong:enters"             // of a Slot: from when on its draw can be entered
	urlUndone   = "urn:yitong:undone"             // of an Appointment: when whom it was for cancelled it
	urlDrawn    = "urn:yitong:drawn"              // what an entry got at a draw
	urlMoved    = "urn:yitong:moved"              // of an Appointment: the hospital has changed when or with whom it is
	urlOwed     = "urn:yitong:owed-back"          // of an Appointment: that what was paid is owed back, since when
	systemWhy   = "urn:yitong:codesystem:why-off" // of Appointment.cancelationReason
)

// unrecorded are the systems of identifiers of those who act and have no resource, by what stands before their ids.
var unrecorded = map[string]string{"Person": "urn:yitong:account", "Device": "urn:yitong:client"}

var (
	typeSchedule, _    = schema.TypeOf("Schedule")
	typeSlot, _        = schema.TypeOf("Slot")
	typeAppointment, _ = schema.TypeOf("Appointment")
	typePatient, _     = schema.TypeOf("Patient")
	typePost, _        = schema.TypeOf("PractitionerRole")
	typeList, _        = schema.TypeOf("List")
	typeService, _     = schema.TypeOf("HealthcareService")
	typeAffiliation, _ = schema.TypeOf("OrganizationAffiliation")
)

// Owned are the resources that nobody writes but by the operations of this package.
func Owned() []gate.Ownership {
	own := func(t schema.Type, query, by string) gate.Ownership {
		return gate.Ownership{Process: Process, Type: t, Query: query, Under: scopeUnder, By: by}
	}
	const opens, tagged = "Schedule/$open-clinic", "_tag=" + System + "|" // any tag of ours: who looks for one finds nothing of others
	segments := own(typeSlot, tagged, opens)
	segments.IDs = regexp.MustCompile("^" + slotPrefix)
	draws := own(typeList, tagged, opens)
	draws.IDs = regexp.MustCompile("^" + drawPrefix)
	return []gate.Ownership{
		draws, own(typeSchedule, tagged, opens), segments, own(typeSlot, "service-type="+SystemOf+"|", opens), own(typeAppointment, tagged, "Slot/$hold and Slot/$book"),
	}
}

// The resources that are written here, as far as they go (R4).
type (
	object    map[string]any
	reference struct {
		Reference  string      `json:"reference,omitempty"`
		Display    string      `json:"display,omitempty"`
		Identifier *identifier `json:"identifier,omitempty"`
	}
	identifier struct {
		System string `json:"system"`
		Value  string `json:"value"`
	}
	extension struct {
		URL       string      `json:"url"`
		Extension []extension `json:"extension,omitempty"`
		String    string      `json:"valueString,omitempty"`
		Date      string      `json:"valueDate,omitempty"`
		Boolean   *bool       `json:"valueBoolean,omitempty"`
		Code      string      `json:"valueCode,omitempty"`
		Instant   string      `json:"valueInstant,omitempty"`
		Integer   *int        `json:"valueInteger,omitempty"`
		Decimal   json.Number `json:"valueDecimal,omitempty"`
		Reference *reference  `json:"valueReference,omitempty"`
	}
)

func to(name string) reference { return reference{Reference: name} }

func called(name, display string) reference { return reference{Reference: name, Display: display} }

func refers(url, to string) extension {
	return extension{URL: url, Reference: &reference{Reference: to}}
}

// person refers to who has done something: by the record, or where that knows nothing of them by the account or the program.
func person(url, who string) extension {
	kind, id, _ := strings.Cut(who, "/")
	if system := unrecorded[kind]; system != "" {
		return extension{URL: url, Reference: &reference{Identifier: &identifier{system, id}}}
	}
	return refers(url, who)
}

// personIn reads whom an extension of [person] refers to.
func personIn(n fhir.Node) string {
	to := n.Get("valueReference")
	for kind, system := range unrecorded {
		if to.Get("identifier").Get("system").Str() == system {
			return kind + "/" + to.Get("identifier").Get("value").Str()
		}
	}
	return to.Get("reference").Str()
}

func number(url string, n int) extension { return extension{URL: url, Integer: &n} }

// instant is how times are written.
func instant(t time.Time) string { return t.Format("2006-01-02T15:04:05.000000Z07:00") }

// metaOf is the meta of what this package writes and an institution answers for.
func metaOf(institution string, tags ...string) object {
	codes := make([]object, len(tags))
	for i, tag := range tags {
		codes[i] = object{"system": System, "code": tag}
	}
	return object{"tag": codes, "extension": []extension{refers(gate.Custodian, institution)}}
}

// written is a resource as an op takes it.
func written(resource any) (fhir.Resource, error) {
	text, err := json.Marshal(resource)
	if err != nil {
		return fhir.Resource{}, fault.Wrap(err, "writing a resource of a clinic")
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
func at(n fhir.Node) time.Time {
	t, _ := time.Parse(time.RFC3339Nano, n.Str())
	return t
}

func whole(n fhir.Node) int { i, _ := n.Int(); return int(i) }

// segment is a Slot of a clinic as it stands.
type segment struct {
	Segment
	ref                             fhir.Ref
	version                         int64
	clinic                          string // Schedule/…
	institution, department, doctor string // references; doctor is a PractitionerRole, "" for none
	names                           [2]string
	price                           string    // in yuan, "" where none is stated
	draw                            string    // List/…, "" where its places are not drawn
	enters                          time.Time // from when on its draw can be entered
	kind                            Kind
	insurance                       Insurance // "" where nothing is said
}

// segmentOf reads a Slot.
func segmentOf(r fhir.Resource, version int64, zone *time.Location) (s segment, is bool) {
	if r.Type != typeSlot || !tagged(r, tagSegment) {
		return s, false
	}
	n := r.Root
	s = segment{ref: fhir.Ref{Type: r.Type, ID: r.ID}, version: version, clinic: n.Get("schedule").Get("reference").Str(), price: string(extended(n, urlPrice).Get("valueDecimal").Raw())}
	s.institution, _ = r.Extended(gate.Custodian)
	s.Start, s.End, s.Stopped = at(n.Get("start")).In(zone), at(n.Get("end")).In(zone), n.Get("status").Str() == "busy-unavailable"
	s.Opens, s.Falls = at(extended(n, urlOpens).Get("valueInstant")), at(extended(n, urlFalls).Get("valueInstant"))
	s.draw, s.Draws = extended(n, urlDraw).Get("valueReference").Get("reference").Str(), n.Get("status").Str() == "busy-tentative"
	s.enters = at(extended(n, urlEnters).Get("valueInstant"))
	s.kind, s.insurance = General, Insurance(extended(n, urlInsured).Get("valueCode").Str())
	if kind := extended(n, urlKind).Get("valueCode").Str(); kind != "" {
		s.kind = Kind(kind)
	}
	pools := extended(n, urlPools)
	s.Pools = Pools{
		Public: whole(extended(pools, string(Public)).Get("valueInteger")), Referral: whole(extended(pools, string(Referral)).Get("valueInteger")),
		Onsite: whole(extended(pools, string(Onsite)).Get("valueInteger")), Extra: whole(extended(pools, string(Extra)).Get("valueInteger")),
		Phone: whole(extended(pools, string(Phone)).Get("valueInteger")), App: whole(extended(pools, string(App)).Get("valueInteger")),
	}
	for t := n.Get("serviceType").First(); t.Exists(); t = t.Next() {
		c := t.Get("coding").First()
		switch code := c.Get("code").Str(); {
		case strings.HasPrefix(code, "HealthcareService/"):
			s.department, s.names[0] = code, c.Get("display").Str()
		case strings.HasPrefix(code, "PractitionerRole/"):
			s.doctor, s.names[1] = code, c.Get("display").Str()
		}
	}
	return s, true
}

// resource is the Slot of a segment.
func (s segment) resource() (fhir.Resource, error) {
	of := func(code, display string) object {
		return object{"coding": []object{{"system": SystemOf, "code": code, "display": display}}}
	}
	types := []object{of(s.department, s.names[0])}
	if s.doctor != "" {
		types = append(types, of(s.doctor, s.names[1]))
	}
	types = append(types, object{"coding": []object{{"system": SystemOf, "code": s.institution}}})
	status := "free"
	switch {
	case s.Stopped:
		status = "busy-unavailable"
	case s.Draws:
		status = "busy-tentative"
	}
	parts := []extension{
		number(string(Public), s.Public), number(string(Referral), s.Referral), number(string(Onsite), s.Onsite), number(string(Extra), s.Pools.Extra),
	}
	if s.Pools.Phone+s.Pools.App > 0 {
		parts = append(parts, number(string(Phone), s.Pools.Phone), number(string(App), s.Pools.App))
	}
	extensions := []extension{
		{URL: urlPools, Extension: parts},
		{URL: urlOpens, Instant: instant(s.Opens)}, {URL: urlFalls, Instant: instant(s.Falls)},
	}
	if s.draw != "" {
		extensions = append(extensions, refers(urlDraw, s.draw), extension{URL: urlEnters, Instant: instant(s.enters)})
	}
	if s.price != "" {
		extensions = append(extensions, extension{URL: urlPrice, Decimal: json.Number(s.price)})
	}
	if s.kind != "" && s.kind != General {
		extensions = append(extensions, extension{URL: urlKind, Code: string(s.kind)})
	}
	if s.insurance != "" {
		extensions = append(extensions, extension{URL: urlInsured, Code: string(s.insurance)})
	}
	return written(object{
		"resourceType": "Slot", "id": s.ref.ID, "meta": metaOf(s.institution, tagSegment), "extension": extensions,
		"serviceType": types, "schedule": to(s.clinic), "status": status, "start": instant(s.Start), "end": instant(s.End),
	})
}

// day is the date of the segment by its clocks.
func (s segment) day() string { return s.Start.Format(time.DateOnly) }

func (s segment) scope() string { return scopeSlot + s.ref.ID }

// dayOf is the scope of what limits a person on a day.
func dayOf(patient fhir.Ref, day string) string { return scopeDay + patient.ID + "/" + day }

// missedOf is the scope of the visits that a person has missed.
func missedOf(patient fhir.Ref) string { return scopeMiss + patient.ID }

// place is a place that an Appointment takes.
func place(scope, name string, until time.Time) extension {
	parts := []extension{{URL: "scope", String: scope}, {URL: "place", String: name}}
	if !until.IsZero() {
		parts = append(parts, extension{URL: "until", Instant: instant(until)})
	}
	return extension{URL: gate.ReservationURL, Extension: parts}
}

// numberIn is the number of a place of a segment; 0 for what is none.
func numberIn(name string) int { n, _ := strconv.Atoi(name); return n }
