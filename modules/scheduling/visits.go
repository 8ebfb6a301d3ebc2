package scheduling

import (
	"context"
	"slices"
	"strings"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
)

const (
	visitsShown = 200 // of somebody, the latest first
	visitsDays  = 180 // that they are shown behind them
)

type (
	ofVisits struct {
		Visit   *form.Reference `name:"visit" zh:"预约" en:"Visit" types:"Appointment" doc:"That one alone."`
		Day     *form.Date      `name:"day" zh:"就诊日期" en:"Day" doc:"Of the hospital's visits; today where it is left out."`
		Patient *form.Reference `name:"patient" zh:"就诊人" en:"For whom" types:"Patient" doc:"That person's, the latest first: those at the institution where who asks works, and those that were booked or referred from there. They have to see that Patient."`
	}
	visits struct {
		Visits []visit   `name:"visit" zh:"预约" en:"Visit" most:"*"`
		Wishes []waiting `name:"wish" zh:"候补与抽签报名" en:"What somebody waits for" most:"*"`
		Whole  bool      `name:"whole" zh:"完整" en:"All" doc:"There are no more of them."`
	}
	// visit is an appointment as it stands, for who has a part in it.
	visit struct {
		Visit       form.Reference  `name:"appointment" zh:"预约" en:"Visit" types:"Appointment"`
		Slot        form.Reference  `name:"slot" zh:"时段" en:"Slot" types:"Slot"`
		Status      status          `name:"status" zh:"状态" en:"State"`
		Start       time.Time       `name:"start" zh:"开始" en:"From"`
		End         time.Time       `name:"end" zh:"结束" en:"To"`
		Patient     form.Named      `name:"patient" zh:"就诊人" en:"For whom" types:"Patient"`
		Department  form.Named      `name:"department" zh:"科室" en:"Department" types:"HealthcareService"`
		Doctor      *form.Named     `name:"doctor" zh:"医师" en:"Doctor" types:"PractitionerRole"`
		Institution form.Named      `name:"institution" zh:"医院" en:"Hospital" types:"Organization"`
		Channel     Channel         `name:"channel" zh:"渠道" en:"Channel"`
		Price       *form.Decimal   `name:"price" zh:"诊查费（元）" en:"Price in yuan" doc:"Of a visit that is to be."`
		Held        *time.Time      `name:"held" zh:"锁号截止" en:"Held until"`
		Deadline    time.Time       `name:"deadline" zh:"自助改约与取消截止" en:"Until when to change or cancel by oneself"`
		Waited      bool            `name:"waited" zh:"来自候补" en:"From the waitlist"`
		Referral    *form.Reference `name:"referral" zh:"转诊" en:"Referral" types:"Task" doc:"That has booked it."`
		Referrer    *form.Named     `name:"referrer" zh:"转出机构" en:"Referred by" types:"Organization"`
		Why         *WhyOff         `name:"why" zh:"取消原因" en:"Why it was called off"`
		Others      []otherTime     `name:"other" zh:"可改约的时间" en:"Other times" most:"*" doc:"Of one visit that was stopped: up to three that are open from its day on, of its department first."`
	}
)

// status is how a visit stands (R4 AppointmentStatus).
type status string

// Codes implements [form.Coded].
func (status) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: statusHeld, Words: bilingual.Text{Zh: "待确认", En: "Held"}}, {Code: statusBooked, Words: bilingual.Text{Zh: "已预约", En: "Booked"}},
		{Code: statusArrived, Words: bilingual.Text{Zh: "已到诊", En: "Checked in"}}, {Code: statusFulfilled, Words: bilingual.Text{Zh: "已就诊", En: "Seen"}}, {Code: statusCancelled, Words: bilingual.Text{Zh: "已取消", En: "Cancelled"}},
		{Code: statusMissed, Words: bilingual.Text{Zh: "未到诊", En: "Missed"}},
	}
}

// list lists visits: residents and proxies see those of the person, the latest first; who works at a hospital, those of its day in their order.
func (d Desk) list(ctx context.Context, c *module.Call, in ofVisits) (out visits, err error) {
	s := c.Session.Behalf(Process)
	all, whole, err := d.listed(ctx, c.Session, in)
	if err != nil {
		return out, err
	}
	out.Whole = whole
	waits, all := parted(all)
	if isPerson(c.Session.Actor()) && in.Visit == nil {
		if waits, err = d.mine(ctx, c.Session); err != nil {
			return out, err
		}
	}
	if out.Wishes, err = d.wishes(ctx, s, waits); err != nil {
		return out, err
	}
	known, err := d.people(ctx, s, all)
	if err != nil {
		return out, err
	}
	of := map[string]limits{}
	for _, b := range all {
		l, has := of[b.institution]
		if !has {
			if l, err = d.limits(ctx, s, b.institution, s.Now().In(d.Zone)); err != nil {
				return out, err
			}
			of[b.institution] = l
			if known[b.institution], err = d.named(ctx, s, b.institution); err != nil {
				return out, err
			}
		}
		one := b.visit(l)
		one.Patient, one.Institution = known[b.patient.String()], known[b.institution]
		if b.referral.of != "" {
			from := b.referral.from
			if known[from].Reference == "" {
				if known[from], err = d.named(ctx, s, from); err != nil {
					return out, err
				}
			}
			of, referrer := form.Reference(b.referral.of), known[from]
			one.Referral, one.Referrer = &of, &referrer
		}
		if isPerson(c.Session.Actor()) && b.live() && b.end.After(s.Now()) {
			g, err := d.segment(ctx, s, fhir.ParseReference(b.slot).Ref)
			if err != nil {
				return out, err
			}
			if g.price != "" {
				price := form.Decimal(g.price)
				one.Price = &price
			}
		}
		if in.Visit != nil && b.why == OffStopped {
			if one.Others, err = d.otherTimes(ctx, s, b); err != nil {
				return out, err
			}
		}
		out.Visits = append(out.Visits, one)
	}
	return out, nil
}

// parted are bookings that wait for a place, and those that have or had one.
func parted(all []booking) (waits, visits []booking) {
	for _, b := range all {
		switch {
		case b.slot != "":
			visits = append(visits, b)
		case b.status == statusWaiting || b.status == statusEntered:
			waits = append(waits, b)
		}
	}
	return waits, visits
}

// mine is what a person waits for.
func (d Desk) mine(ctx context.Context, by *gate.Session) (all []booking, err error) {
	names, err := by.Names(ctx, by.Actor().Resident)
	if err != nil {
		return nil, err
	}
	var patients []string
	for _, name := range names {
		patients = append(patients, name.String())
	}
	err = d.visits(ctx, by.Behalf(Process), []search.Pair{
		{Name: "patient", Value: strings.Join(patients, ",")}, {Name: "status", Value: statusWaiting + "," + statusEntered},
	}, func(b booking) error {
		all = append(all, b)
		return nil
	})
	return all, err
}

func isPerson(who gate.Actor) bool { return who.Role == gate.Resident || who.Role == gate.Proxy }

// listed are the bookings that somebody asks for.
func (d Desk) listed(ctx context.Context, by *gate.Session, in ofVisits) (all []booking, whole bool, err error) {
	s, who := by.Behalf(Process), by.Actor()
	if in.Visit != nil {
		b, err := d.booking(ctx, s, fhir.ParseReference(string(*in.Visit)).Ref)
		if err == nil {
			err = d.party(ctx, by, b)
		}
		return []booking{b}, true, err
	}
	now := s.Now().In(d.Zone)
	pairs, most := []search.Pair{{Name: "_tag", Value: System + "|" + tagBooking}}, visitsMost
	var keep func(booking) bool
	switch {
	case in.Patient != nil && !isPerson(who):
		patients, err := d.seen(ctx, by, *in.Patient)
		if err != nil {
			return nil, false, err
		}
		most = visitsShown
		pairs = append(pairs, ofPatients(patients, now)...)
		keep = func(b booking) bool {
			return slices.Contains([]string{b.institution, b.byAt, b.referral.from}, who.Institution)
		}
	case isPerson(who):
		names, err := by.Names(ctx, who.Resident)
		if err != nil {
			return nil, false, err
		}
		most = visitsShown
		pairs = append(pairs, ofPatients(names, now)...)
	case who.Institution == "":
		return nil, false, fault.New(fault.Forbidden, "You work at no hospital whose visits these would be. 您不属于任何医疗机构。")
	default:
		day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, d.Zone)
		if in.Day != nil {
			day = in.Day.Time(d.Zone)
		}
		pairs = append(pairs, search.Pair{Name: "-custodian", Value: who.Institution}, search.Pair{Name: "_sort", Value: "date"},
			search.Pair{Name: "status", Value: statusBooked + "," + statusArrived + "," + statusFulfilled + "," + statusMissed},
			search.Pair{Name: "date", Value: "ge" + day.Format(time.RFC3339)}, search.Pair{Name: "date", Value: "lt" + day.AddDate(0, 0, 1).Format(time.RFC3339)})
	}
	whole, err = cases.EachVersion(ctx, s, typeAppointment, most, pairs, func(r fhir.Resource, version int64) bool {
		if b, is := bookingOf(r, version, d.Zone); is && (keep == nil || keep(b)) {
			all = append(all, b)
		}
		return true
	})
	return all, whole, err
}

// ofPatients are the criteria of the visits of a person, the latest first.
func ofPatients(names []fhir.Ref, now time.Time) []search.Pair {
	var patients []string
	for _, name := range names {
		patients = append(patients, name.String())
	}
	return []search.Pair{
		{Name: "patient", Value: strings.Join(patients, ",")}, {Name: "_sort", Value: "-date"}, {Name: "date", Value: "ge" + now.AddDate(0, 0, -visitsDays).Format(time.RFC3339)},
	}
}

// seen are all names of a person whom somebody sees, and whom they work for at an institution.
func (d Desk) seen(ctx context.Context, by *gate.Session, patient form.Reference) ([]fhir.Ref, error) {
	if by.Actor().Institution == "" {
		return nil, fault.New(fault.Forbidden, "You work at no institution. 您不属于任何医疗机构。")
	}
	r, err := d.read(ctx, by, string(patient))
	if err != nil {
		return nil, err
	}
	return by.Behalf(Process).Names(ctx, gate.Golden(r))
}

// namesAtOnce is how many people are looked up in one search.
const namesAtOnce = 100

// people are what those are called whom bookings are for.
func (d Desk) people(ctx context.Context, s *gate.Session, all []booking) (map[string]form.Named, error) {
	known := map[string]form.Named{}
	var ids []string
	for _, b := range all {
		if name := b.patient.String(); known[name].Reference == "" {
			known[name] = form.Named{Reference: form.Reference(name)}
			ids = append(ids, b.patient.ID)
		}
	}
	for part := range slices.Chunk(ids, namesAtOnce) {
		_, err := cases.Each(ctx, s, typePatient, len(part), []search.Pair{{Name: "_id", Value: strings.Join(part, ",")}}, func(r fhir.Resource) bool {
			name := typePatient.String() + "/" + r.ID
			known[name] = form.Named{Reference: form.Reference(name), Display: cases.Called(r)}
			return true
		})
		if err != nil {
			return nil, err
		}
	}
	return known, nil
}

// named is what something of the directory is called.
func (d Desk) named(ctx context.Context, s *gate.Session, name string) (form.Named, error) {
	r, err := d.read(ctx, s, name)
	return form.Named{Reference: form.Reference(name), Display: cases.Called(r)}, err
}

func (b booking) visit(l limits) visit {
	v := visit{
		Visit: form.Reference(b.ref.String()), Slot: form.Reference(b.slot), Status: status(b.status), Start: b.start, End: b.end, Channel: b.channel,
		Department: form.Named{Reference: form.Reference(b.department), Display: b.names[0]}, Deadline: b.deadline(l), Waited: b.wish != nil && b.draw == "",
	}
	if b.doctor != "" {
		v.Doctor = &form.Named{Reference: form.Reference(b.doctor), Display: b.names[1]}
	}
	if b.status == statusHeld && !b.until.IsZero() {
		v.Held = &b.until
	}
	if b.status == statusCancelled && b.why != OffUntreated {
		v.Why = &b.why
	}
	return v
}
