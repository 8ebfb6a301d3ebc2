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
	OffEnded     WhyOff = "ended"    // no place came while it waited
	OffUndrawn   WhyOff = "undrawn"  // no place was left for it at the draw
	OffReferral  WhyOff = "referral" // the referral that has booked it has ended, or goes to another time or doctor
)

// Codes implements [form.Coded].
func (WhyOff) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(OffByPerson), Words: bilingual.Text{Zh: "本人取消", En: "Cancelled by the person"}},
		{Code: string(OffByStaff), Words: bilingual.Text{Zh: "医院取消", En: "Cancelled by the hospital"}},
		{Code: string(OffStopped), Words: bilingual.Text{Zh: "停诊", En: "The clinic was stopped"}},
		{Code: string(OffUnbooked), Words: bilingual.Text{Zh: "未在时限内确认", En: "Not booked in time"}},
		{Code: string(OffEnded), Words: bilingual.Text{Zh: "候补到期", En: "No place came in time"}},
		{Code: string(OffUndrawn), Words: bilingual.Text{Zh: "未中签", En: "Not drawn"}},
		{Code: string(OffReferral), Words: bilingual.Text{Zh: "转诊取消或另行安排", En: "The referral has ended, or is arranged anew"}},
	}
}

// The states of an Appointment (R4 AppointmentStatus).
const (
	statusEntered   = "proposed" // for a draw
	statusWaiting   = "waitlist"
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
	back        time.Time  // until when the number stays taken where a hold runs out
	rests       []rest     // places that it has given back and that are not open yet
	wish        *wish      // what somebody waits, or has waited for
	draw        string     // List/…, of an entry, and of what became of it
	picks       []string   // Slots that an entry names, the dearest first
	drawn       string     // what it got at the draw
	patient     fhir.Ref   // that stands for the resident
	alike       []fhir.Ref // all Patients of the resident, of a booking that begins
	nth         string     // which of the departments of the day
	held        string     // which of the places that the person holds online, "" where it is none of these
	start, end  time.Time
	department  string
	doctor      string
	names       [2]string // of these
	institution string    // that answers for it
	channel     Channel
	by          string // who has booked
	byAt        string // the institution where that works
	created     time.Time
	reason      string    // of an extra place
	others      []other   // that may be taken in its place; not stored
	stands      []gate.Op // what has to stand as it was read when it is written; not stored
	why         WhyOff
	moved       bool      // the hospital has changed when or with whom it is
	owed        *owed     // what was paid for it is owed back
	referral    referral  // that has booked it
	undone      time.Time // when whom it was for cancelled what was booked; the zero time for what was not
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
	b.owed, b.moved = owedIn(n, zone), string(extended(n, urlMoved).Get("valueBoolean").Raw()) == "true"
	b.undone = at(extended(n, urlUndone).Get("valueInstant")).In(zone)
	b.referral = referralIn(n)
	b.wish, b.draw, b.drawn = wishIn(n), extended(n, urlDraw).Get("valueReference").Get("reference").Str(), extended(n, urlDrawn).Get("valueString").Str()
	if b.status == statusEntered {
		b.slot, b.picks = "", slotsOf(n)
	}
	places, _ := gate.Reservations(r) // of what was stored they can be read
	for _, p := range places {
		of, numbered := strings.CutPrefix(p.Scope, scopeSlot)
		switch own := "Slot/"+of == b.slot && numberIn(p.Name) == b.number && b.live(); {
		case strings.HasPrefix(p.Scope, scopeHolds):
			b.held = p.Name
		case numbered && own && b.status == statusHeld:
			b.back = p.Until
		case numbered && !own:
			b.rests = append(b.rests, rest{slot: "Slot/" + of, number: numberIn(p.Name), until: p.Until})
		case !numbered && !strings.Contains(p.Name, "/"):
			if b.nth = p.Name; b.status == statusHeld {
				b.until = p.Until
			}
		}
	}
	return b, true
}

// slotsOf are the Slots that an Appointment names.
func slotsOf(n fhir.Node) (all []string) {
	for s := n.Get("slot").First(); s.Exists(); s = s.Next() {
		all = append(all, s.Get("reference").Str())
	}
	return all
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
	extensions := []extension{{URL: urlChannel, Code: string(b.channel)}, person(urlBooker, b.by)}
	if b.number > 0 {
		extensions = append(extensions, number(urlNumber, b.number))
	}
	if b.byAt != "" {
		extensions = append(extensions, refers(urlAt, b.byAt))
	}
	if b.reason != "" {
		extensions = append(extensions, extension{URL: urlReason, String: b.reason})
	}
	tags := []string{tagBooking}
	switch {
	case b.live() || b.status == statusFulfilled && b.nth != "": // who was noted as missing it and has come all the same takes none any more
		day, back := dayOf(b.patient, b.start.Format(time.DateOnly)), b.back
		if b.until.IsZero() {
			back = b.until
		}
		extensions = append(extensions, place(scopeSlot+strings.TrimPrefix(b.slot, "Slot/"), strconv.Itoa(b.number), back),
			place(day, b.department, b.until), place(day, b.nth, b.until))
		if b.status == statusHeld && b.held != "" { // behind its end it keeps others from the place as one does that was given back
			extensions = append(extensions, place(holdsOf(b.patient), b.held, b.until), place(restsOf(b.patient), restName(b.slot, b.number), b.back))
		}
	case b.status == statusMissed:
		extensions = append(extensions, place(missedOf(b.patient), missedName(b.start, b.ref), time.Time{}))
	case b.status == statusWaiting:
		tags = append(tags, tagWish, tagEnds+b.wish.to)
		extensions = append(extensions, place(wishesOf(b.patient), b.department, time.Time{}), place(wishesOf(b.patient), b.nth, time.Time{}))
	case b.status == statusEntered:
		tags = append(tags, tagEntry)
		extensions = append(extensions, place(scopeDraw+strings.TrimPrefix(b.draw, "List/"), b.patient.ID, time.Time{}))
	}
	if b.status == statusCancelled && !b.undone.IsZero() {
		extensions = append(extensions, extension{URL: urlUndone, Instant: instant(b.undone)}, place(cancelledOf(b.patient), b.cancelledName(), time.Time{}))
	}
	for _, r := range b.rests {
		of, name := strings.TrimPrefix(r.slot, "Slot/"), strconv.Itoa(r.number)
		extensions = append(extensions, place(scopeSlot+of, name, r.until), place(restsOf(b.patient), restName(r.slot, r.number), r.until))
	}
	if len(b.rests) > 0 {
		tags = append(tags, tagResting)
	}
	if b.moved {
		extensions = append(extensions, extension{URL: urlMoved, Boolean: &b.moved})
	}
	if b.owed != nil {
		tags, extensions = append(tags, tagOwed), append(extensions, b.owed.extension())
	}
	if b.draw != "" {
		tags, extensions = append(tags, strings.TrimPrefix(b.draw, "List/")), append(extensions, refers(urlDraw, b.draw))
	}
	if b.drawn != "" {
		extensions = append(extensions, extension{URL: urlDrawn, String: b.drawn})
	}
	o := object{
		"resourceType": "Appointment", "id": b.ref.ID, "meta": metaOf(b.institution, tags...), "status": b.status,
		"created": instant(b.created), "participant": participants,
	}
	if b.wish != nil {
		extensions = append(extensions, b.wish.extension())
		o["requestedPeriod"] = []object{{"start": b.wish.from, "end": b.wish.to}}
	}
	o["extension"] = b.referral.put(o, extensions)
	if b.slot != "" {
		o["start"], o["end"], o["slot"] = instant(b.start), instant(b.end), []reference{to(b.slot)}
	} else if len(b.picks) > 0 {
		slots := make([]reference, len(b.picks))
		for i, pick := range b.picks {
			slots[i] = to(pick)
		}
		o["slot"] = slots
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
