package scheduling

import (
	"strconv"
	"strings"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fhir"
	"yitong/internal/gate"
)

// WhyOff is why a visit was called off.
type WhyOff string

// The reasons. They are stored: never rename one.
const (
	OffByPerson  WhyOff = "person"   // by whom it was for
	OffByStaff   WhyOff = "hospital" // by the hospital, for one person
	OffStopped   WhyOff = "stopped"  // the clinic does not take place: nobody's fault
	OffUnbooked  WhyOff = "unbooked" // it was held and not booked in time
	OffUntreated WhyOff = "died"     // the resident has died
)

// Codes implements [form.Coded].
func (WhyOff) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(OffByPerson), Words: bilingual.Text{Zh: "本人取消", En: "Cancelled by the person"}},
		{Code: string(OffByStaff), Words: bilingual.Text{Zh: "医院取消", En: "Cancelled by the hospital"}},
		{Code: string(OffStopped), Words: bilingual.Text{Zh: "停诊", En: "The clinic was stopped"}},
		{Code: string(OffUnbooked), Words: bilingual.Text{Zh: "未在时限内确认", En: "Not booked in time"}},
	}
}

// The states of an Appointment (R4 AppointmentStatus).
const (
	statusHeld      = "pending"
	statusBooked    = "booked"
	statusArrived   = "arrived"
	statusFulfilled = "fulfilled"
	statusCancelled = "cancelled"
	statusMissed    = "noshow"
)

// booking is an Appointment as it stands.
type booking struct {
	ref         fhir.Ref
	version     int64
	status      string
	slot        string // Slot/…
	number      int    // of the place in the segment
	until       time.Time
	patient     fhir.Ref   // that stands for the resident
	alike       []fhir.Ref // all Patients of the resident, of a booking that begins
	nth         string     // which of the departments of the day
	start, end  time.Time
	department  string
	doctor      string
	names       [2]string // of these
	institution string    // that answers for it
	channel     Channel
	by          string // who has booked
	byAt        string // the institution where that works
	created     time.Time
	reason      string // of an extra place
	why         WhyOff
}

// bookingOf reads an Appointment.
func bookingOf(r fhir.Resource, version int64, zone *time.Location) (b booking, is bool) {
	if r.Type != typeAppointment || !tagged(r, tagBooking) {
		return b, false
	}
	n := r.Root
	b = booking{ref: fhir.Ref{Type: r.Type, ID: r.ID}, version: version, status: n.Get("status").Str(), slot: n.Get("slot").First().Get("reference").Str()}
	b.institution, _ = r.Extended(gate.Custodian)
	b.start, b.end, b.created = at(n.Get("start")).In(zone), at(n.Get("end")).In(zone), at(n.Get("created")).In(zone)
	b.channel, b.by = Channel(extended(n, urlChannel).Get("valueCode").Str()), personIn(extended(n, urlBooker))
	b.number = whole(extended(n, urlNumber).Get("valueInteger"))
	b.byAt, b.reason = extended(n, urlAt).Get("valueReference").Get("reference").Str(), extended(n, urlReason).Get("valueString").Str()
	b.why = WhyOff(n.Get("cancelationReason").Get("coding").First().Get("code").Str())
	for p := n.Get("participant").First(); p.Exists(); p = p.Next() {
		actor, name := p.Get("actor").Get("reference").Str(), p.Get("actor").Get("display").Str()
		switch kind, _, _ := strings.Cut(actor, "/"); kind {
		case "Patient":
			b.patient = fhir.ParseReference(actor).Ref
		case "HealthcareService":
			b.department, b.names[0] = actor, name
		case "PractitionerRole":
			b.doctor, b.names[1] = actor, name
		}
	}
	places, _ := gate.Reservations(r) // of what was stored they can be read
	for _, p := range places {
		switch {
		case strings.HasPrefix(p.Scope, scopeSlot):
			if b.status == statusHeld {
				b.until = p.Until
			}
		case !strings.Contains(p.Name, "/"):
			b.nth = p.Name
		}
	}
	return b, true
}

// live tells whether it has its place.
func (b booking) live() bool {
	return b.status == statusHeld || b.status == statusBooked || b.status == statusArrived
}

// resource is the Appointment of a booking.
func (b booking) resource() (fhir.Resource, error) {
	participants := []object{
		{"actor": to(b.patient.String()), "status": "accepted"}, {"actor": called(b.department, b.names[0]), "status": "accepted"},
	}
	if b.doctor != "" {
		participants = append(participants, object{"actor": called(b.doctor, b.names[1]), "status": "accepted"})
	}
	extensions := []extension{{URL: urlChannel, Code: string(b.channel)}, person(urlBooker, b.by), number(urlNumber, b.number)}
	if b.byAt != "" {
		extensions = append(extensions, refers(urlAt, b.byAt))
	}
	if b.reason != "" {
		extensions = append(extensions, extension{URL: urlReason, String: b.reason})
	}
	if b.live() || b.status == statusFulfilled {
		day := dayOf(b.patient, b.start.Format(time.DateOnly))
		extensions = append(extensions, place(scopeSlot+strings.TrimPrefix(b.slot, "Slot/"), strconv.Itoa(b.number), b.until),
			place(day, b.department, b.until), place(day, b.nth, b.until))
	}
	if b.status == statusMissed {
		extensions = append(extensions, place(missedOf(b.patient), missedName(b.start, b.ref), time.Time{}))
	}
	o := object{
		"resourceType": "Appointment", "id": b.ref.ID, "meta": metaOf(tagBooking, b.institution), "extension": extensions, "status": b.status,
		"start": instant(b.start), "end": instant(b.end), "created": instant(b.created), "slot": []reference{to(b.slot)}, "participant": participants,
	}
	if b.status == statusCancelled {
		o["cancelationReason"] = object{"coding": []object{{"system": systemWhy, "code": string(b.why)}}}
	}
	return written(o)
}

// op writes the booking: a new one, or over the version that was read.
func (b booking) op() (gate.Op, error) {
	r, err := b.resource()
	op := gate.Op{Kind: gate.Update, Type: typeAppointment, ID: b.ref.ID, IfVersion: b.version, IfAbsent: b.version == 0, Resource: r}
	return op, err
}
