package scheduling

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
	"yitong/modules/scheduling/queue"
)

type (
	// arriving is what a check-in takes.
	arriving struct {
		Code *string `name:"code" zh:"现场报到码" en:"Code to check in" bytes:"20" doc:"Of a board of the department; residents and proxies need it."`
	}
	checking struct {
		Number string `name:"number" zh:"证件号、健康卡号或健康码内容" en:"Number of a document or card, or text of a QR code" bytes:"400" doc:"It is looked up, and kept nowhere."`
	}
	checked struct {
		Name   string    `name:"name" zh:"姓名" en:"Name" doc:"Masked."`
		Visits []checkIn `name:"visit" zh:"已报到的预约" en:"Visit" most:"*"`
	}
	checkIn struct {
		Appointment form.Reference `name:"appointment" zh:"预约" en:"Visit" types:"Appointment"`
		Ticket      form.Reference `name:"ticket" zh:"候诊单" en:"Ticket" types:"Encounter"`
		Number      string         `name:"number" zh:"号码" en:"Number"`
		Department  form.Named     `name:"department" zh:"科室" en:"Department" types:"HealthcareService"`
		Doctor      *form.Named    `name:"doctor" zh:"医师" en:"Doctor" types:"PractitionerRole"`
		Ahead       int            `name:"ahead" zh:"前面还有" en:"People ahead"`
	}
)

// arrive says that the person has come, and gives them a ticket of the queue: the hospital, or by the code of the board they themselves.
func (d Desk) arrive(ctx context.Context, c *module.Call, in arriving) (gate.Result, error) {
	return once(ctx, c, func(s *gate.Session) (gate.Result, error) {
		b, err := d.booking(ctx, s, c.Ref)
		if err == nil {
			err = d.party(ctx, c.Session, b)
		}
		if err == nil && c.IfVersion > 0 && c.IfVersion != b.version {
			err = fault.New(fault.Precondition, "The appointment has been changed since: it is version %d.", b.version)
		}
		if err != nil {
			return gate.Result{}, err
		}
		way, early := queue.ByWindow, true
		switch who := c.Session.Actor(); {
		case isPerson(who) && in.Code == nil:
			return gate.Result{}, fault.New(fault.Malformed, "Check in by the code that the board of the department shows. 请扫描候诊区大屏上的报到码。").At("code")
		case isPerson(who):
			way, early = queue.ByPlace, false
			if err := d.proves(*in.Code, b, s.Now()); err != nil {
				return gate.Result{}, err
			}
		case !b.atHospital(who):
			return gate.Result{}, fault.New(fault.Forbidden, "The hospital says who has come. 到诊由就诊医院登记。")
		}
		ops, err := d.come(ctx, s, &b, way, early)
		if err != nil {
			return gate.Result{}, err
		}
		results, err := s.Apply(ctx, ops, c.Once)
		return first(results), err
	})
}

// proves refuses a code that the board of the department does not show, and who tries to find it.
func (d Desk) proves(code string, b booking, now time.Time) error {
	who := b.patient.String()
	err := d.guesses.guess(who, now)
	if err == nil {
		err = d.Queue.Proves(code, b.institution, b.department, now)
	}
	if err == nil {
		d.guesses.right(who)
	}
	return err
}

// come is what is written when somebody has come: the Appointment, and the ticket.
func (d Desk) come(ctx context.Context, s *gate.Session, b *booking, way queue.Way, early bool) ([]gate.Op, error) {
	switch now := s.Now().In(d.Zone); {
	case b.status != statusBooked:
		return nil, b.unfit()
	case now.Format(time.DateOnly) != b.start.Format(time.DateOnly):
		return nil, fault.New(fault.Unprocessable, "The visit is on %s. 就诊日期为 %[1]s。", b.start.Format(time.DateOnly)).WithIssue("business-rule")
	}
	g, err := d.segment(ctx, s, fhir.ParseReference(b.slot).Ref)
	if err != nil {
		return nil, err
	}
	v := b.toVisit()
	v.Place, v.Total = b.number, g.Total()
	ticket, err := d.Queue.Admit(ctx, s, v, way, early)
	if err != nil {
		return nil, err
	}
	b.status = statusArrived
	op, err := b.op()
	return []gate.Op{op, ticket}, err
}

// toVisit is the booking as the queue needs it.
func (b booking) toVisit() queue.Visit {
	return queue.Visit{
		Appointment: b.ref, Patient: b.patient, Institution: b.institution, Department: b.department, Doctor: b.doctor, Names: b.names, Start: b.start, End: b.end,
	}
}

// Fulfil is the op by which a visit is over whose person has come.
func (d Desk) Fulfil(ctx context.Context, s *gate.Session, appointment fhir.Ref) (gate.Op, error) {
	b, err := d.booking(ctx, s.Behalf(Process), appointment)
	if err == nil && b.status != statusArrived {
		err = b.unfit()
	}
	if err != nil {
		return gate.Op{}, err
	}
	b.status = statusFulfilled
	op, err := b.op()
	op.Process = Process
	return op, err
}

// Booked are the visits of a person that are booked and begin in some time.
func (d Desk) Booked(ctx context.Context, s *gate.Session, names []fhir.Ref, from, until time.Time) (all []queue.Visit, err error) {
	list, err := d.ofDay(ctx, s.Behalf(Process), names, statusBooked, from, until)
	for _, b := range list {
		all = append(all, b.toVisit())
	}
	return all, err
}

// Segments are the times of a day for which places of a department's own clinics, or of a doctor's, are published and not stopped.
func (d Desk) Segments(ctx context.Context, s *gate.Session, of string, from, until time.Time) (spans []queue.Span, err error) {
	_, err = cases.EachVersion(ctx, s.Behalf(Process), typeSlot, segmentsMost, []search.Pair{
		{Name: "service-type", Value: SystemOf + "|" + search.Escape(of)}, {Name: "start", Value: "ge" + from.Format(time.RFC3339)}, {Name: "start", Value: "lt" + until.Format(time.RFC3339)},
	}, func(r fhir.Resource, version int64) bool {
		if g, is := segmentOf(r, version, d.Zone); is && !g.Stopped && (g.doctor == of || g.doctor == "") {
			spans = append(spans, queue.Span{From: g.Start, Until: g.End})
		}
		return true
	})
	return spans, err
}

// ofDay are the bookings of a person of some statuses that begin in some time, the first one first.
func (d Desk) ofDay(ctx context.Context, s *gate.Session, names []fhir.Ref, statuses string, from, until time.Time) (all []booking, err error) {
	var patients []string
	for _, name := range names {
		patients = append(patients, name.String())
	}
	_, err = cases.EachVersion(ctx, s, typeAppointment, visitsShown, []search.Pair{
		{Name: "_tag", Value: System + "|" + tagBooking}, {Name: "patient", Value: strings.Join(patients, ",")}, {Name: "status", Value: statuses},
		{Name: "date", Value: "ge" + from.Format(time.RFC3339)}, {Name: "date", Value: "lt" + until.Format(time.RFC3339)},
	}, func(r fhir.Resource, version int64) bool {
		if b, is := bookingOf(r, version, d.Zone); is {
			all = append(all, b)
		}
		return true
	})
	slices.SortFunc(all, func(a, b booking) int { return a.start.Compare(b.start) })
	return all, err
}

// checkIn checks in all visits of today of whom a card belongs to. Who asks learns of nobody but whether they have a visit here today.
func (d Desk) checkIn(ctx context.Context, c *module.Call, in checking) (out checked, err error) {
	s, at := c.Session.Behalf(Process), c.Session.Actor().Institution
	if at == "" {
		return out, fault.New(fault.Forbidden, "You work at no hospital where somebody could check in. 您不属于任何医疗机构。")
	}
	err = d.looksUp(c.Session, func() error {
		who, way, err := d.holder(ctx, s.Unseen(), in.Number)
		if err != nil {
			return err
		}
		for range tries {
			out, err = d.checkInAll(ctx, s, at, who, way)
			if code := fault.CodeOf(err); code != fault.Precondition {
				return err
			}
		}
		return forestalled()
	})
	return out, err
}

// looksUp looks something up by a number, unless who asks has given too many by which there was nothing.
func (d Desk) looksUp(s *gate.Session, look func() error) error {
	who := s.Actor().Reference + " " + s.Actor().Institution
	if err := d.cards.guess(who, s.Now()); err != nil {
		return err
	}
	err := look()
	if fault.CodeOf(err) != fault.NotFound {
		d.cards.back(who)
	}
	return err
}

// checkInAll checks in what is booked, and tells of all that the person has come for today.
func (d Desk) checkInAll(ctx context.Context, s *gate.Session, at string, names []fhir.Ref, way queue.Way) (out checked, err error) {
	now := s.Now().In(d.Zone)
	from := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, d.Zone)
	all, err := d.ofDay(ctx, s, names, statusBooked+","+statusArrived, from, from.AddDate(0, 0, 1))
	if err != nil {
		return out, err
	}
	all = slices.DeleteFunc(all, func(b booking) bool { return b.institution != at })
	if len(all) == 0 {
		return out, noVisit()
	}
	var ops []gate.Op
	var come []booking
	var closed error
	for _, b := range all {
		if b.status == statusBooked {
			some, err := d.come(ctx, s, &b, way, false)
			if err != nil {
				closed = err
				continue
			}
			ops = append(ops, some...)
		}
		come = append(come, b)
	}
	if len(come) == 0 {
		return out, closed
	}
	if len(ops) > 0 {
		if _, err := s.Apply(ctx, ops, nil); err != nil {
			return out, err
		}
	}
	for _, b := range come {
		stands, err := d.Queue.Stands(ctx, s, b.ref)
		if fault.CodeOf(err) == fault.NotFound { // it came before there were tickets
			continue
		}
		if err != nil {
			return out, err
		}
		one := checkIn{
			Appointment: form.Reference(b.ref.String()), Ticket: form.Reference(stands.Ticket.String()), Number: stands.Label, Ahead: stands.Ahead,
			Department: form.Named{Reference: form.Reference(b.department), Display: b.names[0]},
		}
		if b.doctor != "" {
			one.Doctor = &form.Named{Reference: form.Reference(b.doctor), Display: b.names[1]}
		}
		out.Visits = append(out.Visits, one)
	}
	name, err := d.named(ctx, s, come[0].patient.String())
	out.Name = queue.Masked(name.Display)
	return out, err
}

// noVisit is the answer for whom there is nothing to check in for, be they known or not.
func noVisit() error {
	return fault.New(fault.NotFound, "By this number there is no visit here today to check in for; ask at the desk. 未找到今日可报到的预约，请到分诊台咨询。")
}

// numbers are what numbers of documents and cards look like.
var numbers = regexp.MustCompile(`^[0-9A-Z-]{6,64}$`)

// holdersMost are the Patients with one number that are looked at.
const holdersMost = 64

// holder are the names of whom the number of a document or a card belongs to, and whether it is that of their health card, which a QR code
// holds. What else institutions number people by, such as their own records, opens nothing: it stands on no card that one shows elsewhere, and
// is easily counted through.
func (d Desk) holder(ctx context.Context, s *gate.Session, number string) (names []fhir.Ref, way queue.Way, err error) {
	number = strings.ToUpper(strings.TrimSpace(number))
	if !numbers.MatchString(number) {
		return nil, "", noVisit()
	}
	var golden []fhir.Ref
	way = queue.ByCard
	whole, err := cases.Each(ctx, s, typePatient, holdersMost, []search.Pair{{Name: "identifier", Value: documentsOf(number)}}, func(r fhir.Resource) bool {
		is := false
		for i := r.Root.Get("identifier").First(); i.Exists(); i = i.Next() {
			document, card := document(i)
			if i.Get("value").Str() != number || !document {
				continue
			}
			if is = true; card {
				way = queue.ByCode
			}
		}
		if one := gate.Golden(r); is && !slices.Contains(golden, one) {
			golden = append(golden, one)
		}
		return true
	})
	switch {
	case err != nil:
		return nil, "", err
	case len(golden) != 1 || !whole: // nobody, or it cannot be said who
		return nil, "", noVisit()
	}
	names, err = s.Names(ctx, golden[0])
	return names, way, err
}
