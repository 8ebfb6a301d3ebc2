package scheduling

import (
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
	"yitong/internal/rule"
	"yitong/modules/scheduling/queue"
)

// Desk carries out what the module offers.
type Desk struct {
	Book   func() *rule.Book
	Region string         // of an institution that does not say where it is
	Zone   *time.Location // by whose clocks days begin
	Queue  queue.Desk     // gives tickets to those who have come

	// Secret is what the platform alone knows, kept apart from the record: by it the moments follow at which places that came back are open,
	// and the seeds of draws.
	Secret []byte

	// Lost writes that a visit was called off which a referral has booked, so that the case of that knows of it too. nil: it is written alone.
	Lost func(ctx context.Context, s *gate.Session, of fhir.Ref, ops []gate.Op, once *gate.Idempotency) ([]gate.Result, error)

	regions  *moments[string]  // of institutions: who moves counts as late as a rule that is published
	guesses  *guesses          // of codes by which people check in
	drawn    *lots             // of draws that are done
	lines    *lines            // of those who wait
	cards    *guesses          // of numbers by which people are looked up
	listings *listings         // of departments; nil: they are read each time
	slots    *moments[segment] // by which places are chosen: that they still stand is checked when one is taken
}

// tries is how often somebody is offered another place where somebody else was quicker.
const tries = 32

// segment reads a Slot that this package has published.
func (d Desk) segment(ctx context.Context, s *gate.Session, ref fhir.Ref) (segment, error) {
	v, err := s.Read(ctx, ref)
	if err != nil {
		return segment{}, err
	}
	r, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return segment{}, fault.Wrap(err, "reading a Slot")
	}
	one, is := segmentOf(r, v.Number, d.Zone)
	if !is {
		return one, fault.New(fault.Unprocessable, "%s is no segment of a clinic that is booked here. 该时段不在本平台预约。", ref)
	}
	return one, nil
}

// booking reads an Appointment that this package has made.
func (d Desk) booking(ctx context.Context, s *gate.Session, ref fhir.Ref) (booking, error) {
	v, err := s.Read(ctx, ref)
	if err != nil {
		return booking{}, err
	}
	r, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return booking{}, fault.Wrap(err, "reading an Appointment")
	}
	b, is := bookingOf(r, v.Number, d.Zone)
	if !is {
		return b, fault.New(fault.Unprocessable, "%s was not booked here. 该预约不是在本平台办理的。", ref)
	}
	return b, nil
}

// channel is how somebody books: as who they are, and where. asked is for the doctor, who can also give an extra place.
func (d Desk) channel(ctx context.Context, s *gate.Session, g segment, extra bool) (Channel, error) {
	who := s.Actor()
	own := who.Institution == g.institution
	switch {
	case who.Role == gate.Resident || who.Role == gate.Proxy:
		return Online, nil
	case own && who.Role == gate.System:
		return App, nil
	case own && who.Role == gate.Doctor && extra:
		return AtDoctor, nil
	case own && (who.Role == gate.Guide || who.Role == gate.Doctor || who.Role == gate.Nurse || who.Role == gate.Office):
		return Window, nil
	case who.Role == gate.Guide:
		return Phone, nil
	case who.Role == gate.Doctor || who.Role == gate.Office:
		is, err := d.affiliated(ctx, s, search.Pair{Name: "primary-organization", Value: g.institution}, search.Pair{Name: "participating-organization", Value: who.Institution})
		if is {
			return Member, err
		}
		return Phone, err
	}
	return "", fault.New(fault.Forbidden, "As %s you cannot book. 您的角色不能预约。", who.Role)
}

// affiliated tells whether there is an agreement of an alliance of some kind that holds today.
func (d Desk) affiliated(ctx context.Context, s *gate.Session, criteria ...search.Pair) (is bool, err error) {
	today := s.Now().In(d.Zone).Format(time.DateOnly)
	criteria = append(criteria, search.Pair{Name: "active", Value: "true"}, search.Pair{Name: "date", Value: "le" + today}, search.Pair{Name: "date", Value: "ge" + today})
	_, err = cases.Each(ctx, s.Behalf(Process), typeAffiliation, 1, criteria, func(fhir.Resource) bool {
		is = true
		return false
	})
	return is, err
}

// region is where an institution is, by whose rules it goes.
func (d Desk) region(ctx context.Context, s *gate.Session, institution string) (string, error) {
	return d.regions.of(institution, s.Now(), func() (string, error) {
		r, err := d.read(ctx, s, institution)
		return regionOf(r, d.Region), err
	})
}

// asked is what taking a place needs.
type asked struct {
	Patient *form.Reference `name:"patient" zh:"就诊人" en:"For whom" types:"Patient" doc:"Residents and proxies may leave it out."`
	Number  *string         `name:"number" zh:"证件号或卡号" en:"Number of a document or card" bytes:"64" doc:"Of whom it is for, in place of patient: for who books at the window or by telephone for somebody whom the own institution does not know yet. It is looked up, and kept nowhere."`
	Reason  *string         `name:"reason" zh:"加号理由" en:"Reason of an extra place" bytes:"600" doc:"With it a doctor gives an extra place: whose clinic it is, or where it is no doctor's each of the department."`
}

// hold takes a place for a while.
func (d Desk) hold(ctx context.Context, c *module.Call, in asked) (gate.Result, error) {
	return d.take(ctx, c, in, false)
}

// book takes a place at once.
func (d Desk) book(ctx context.Context, c *module.Call, in asked) (gate.Result, error) {
	return d.take(ctx, c, in, true)
}

// take takes a place of a segment for somebody: held for a while, or for good. Who is too late for one is given another.
func (d Desk) take(ctx context.Context, c *module.Call, in asked, good bool) (gate.Result, error) {
	return once(ctx, c, func(s *gate.Session) (gate.Result, error) {
		names, err := d.whom(ctx, c.Session, in)
		if err != nil {
			return gate.Result{}, err
		}
		for range tries {
			g, err := d.slots.of(c.Ref, s.Now(), func() (segment, error) { return d.segment(ctx, s, c.Ref) })
			if err != nil {
				return gate.Result{}, err
			}
			b, limits, err := d.begin(ctx, c.Session, g, names, in.Reason)
			if err != nil {
				return gate.Result{}, err
			}
			if !good {
				b.status, b.until = statusHeld, s.Now().Add(limits.hold)
				b.back = limits.back(b.until, g.Start)
			}
			if err := d.choose(ctx, s, g, &b, limits); err != nil {
				return gate.Result{}, err
			}
			result, err := d.write(ctx, s, g, b, c.Once, good)
			if code := fault.CodeOf(err); code != fault.Conflict && code != fault.Precondition {
				return result, err
			}
			d.slots.forget(c.Ref)
		}
		return gate.Result{}, forestalled()
	})
}

// once carries a request out unless that was done before. One that is refused may have been: who repeats a request whose answer was lost may
// come beside it, and find in the way what it has just done. What is not refused finds that out when it is written.
func once(ctx context.Context, c *module.Call, do func(*gate.Session) (gate.Result, error)) (gate.Result, error) {
	s := c.Session.Behalf(Process)
	result, err := do(s)
	if err != nil && c.Once != nil {
		if past, e := s.Answered(ctx, c.Once); e == nil && len(past) > 0 {
			return first(past), nil
		}
	}
	return result, err
}

// forestalled is the refusal of who was too late each time.
func forestalled() error {
	return fault.New(fault.Conflict, "Others were quicker each time; try again. 号源正在被抢约，请重试。")
}

// begin is a booking by somebody of a segment, without a place yet, and what limits it.
func (d Desk) begin(ctx context.Context, s *gate.Session, g segment, names []fhir.Ref, reason *string) (b booking, l limits, err error) {
	now := s.Now().In(d.Zone)
	by, err := d.channel(ctx, s, g, reason != nil)
	if err != nil {
		return b, l, err
	}
	if l, err = d.limits(ctx, s.Behalf(Process), g.institution, now); err != nil {
		return b, l, err
	}
	who := s.Actor()
	b = booking{
		ref: fhir.Ref{Type: typeAppointment, ID: newID()}, status: statusBooked, slot: g.ref.String(), patient: names[0], alike: names, start: g.Start, end: g.End,
		department: g.department, doctor: g.doctor, names: g.names, institution: g.institution, channel: by, by: who.Reference, byAt: who.Institution, created: now,
	}
	if by == AtDoctor {
		b.reason = *reason
		if err := d.gives(ctx, s, g); err != nil {
			return b, l, err
		}
	} else if reason != nil {
		return b, l, fault.New(fault.Forbidden, "Extra places are for a doctor of the hospital to give. 加号只能由本院医师办理。").At("reason")
	}
	if !isPerson(who) && slices.Contains(l.realName, by) {
		err = d.realName(ctx, s.Behalf(Process), names)
	}
	return b, l, err
}

// choose gives a booking a place that is free, and its part of what a person may book for a day. The error is Conflict where there is none,
// and Unprocessable where the person has too much already, or has missed too many visits to book online.
func (d Desk) choose(ctx context.Context, s *gate.Session, g segment, b *booking, l limits) error {
	taken, before, err := d.allowed(ctx, s, g, b, l)
	if err == nil {
		err = l.holding(b, before)
	}
	if err == nil {
		err = l.keeps(before)
	}
	if err != nil {
		return err
	}
	free := g.Open(b.channel, taken, s.Now())
	if len(free) == 0 {
		return g.full(b.channel, s.Now())
	}
	if i := slices.IndexFunc(free, func(n int) bool { return g.Of(n) != g.Of(free[0]) || g.own(b.channel, n) != g.own(b.channel, free[0]) }); i > 0 {
		free = free[:i] // the channel's own first
	}
	b.number = free[rand.IntN(len(free))] // so that those who come at the same time seldom meet
	return nil
}

// allowed refuses who has too much already that day, or has missed too many visits to book online, and gives a booking its part of what the
// person may book: what any Patient of theirs has counts, also of who turned out later to be one person. It says which places of the
// segment are taken, and the past of the person.
func (d Desk) allowed(ctx context.Context, s *gate.Session, g segment, b *booking, l limits) (taken map[int]bool, before past, err error) {
	now, days := s.Now(), []string{dayOf(b.patient, g.day())}
	for _, name := range b.alike {
		if name != b.patient {
			days = append(days, dayOf(name, g.day()))
		}
	}
	list, err := s.Reserved(ctx, slices.Concat(b.pastOf(), days, []string{g.scope()})...)
	if err != nil {
		return nil, before, err
	}
	mine := map[string]string{}
	taken = map[int]bool{}
	for _, r := range list {
		switch {
		case slices.Contains(days, r.Scope):
			mine[r.Name] = r.Holder
		case r.Scope == g.scope():
			taken[numberIn(r.Name)] = true
		default:
			before.note(r.Scope, r.Name, r.Holder, *b, l)
		}
	}
	if err := l.barred(before, now.In(d.Zone)); err != nil {
		return nil, before, err
	}
	own := b.ref.String()
	if has := mine[b.department]; has != "" && has != own {
		return nil, before, fault.New(fault.Unprocessable, "There is an appointment at this department for that day already. 该就诊人当日在该科室已有预约。").WithIssue("business-rule")
	}
	if mine[b.nth] != own {
		b.nth = ""
	}
	for n := 1; n <= l.departments && b.nth == ""; n++ {
		if name := strconv.Itoa(n); mine[name] == "" {
			b.nth = name
		}
	}
	if b.nth == "" {
		return nil, before, fault.New(fault.Unprocessable, "At most %d departments can be booked for one day. 同一天最多预约 %[1]d 个科室。", l.departments).WithIssue("business-rule")
	}
	return taken, before, nil
}

// full says why nothing is free.
func (g segment) full(by Channel, now time.Time) error {
	switch {
	case g.Stopped:
		return fault.New(fault.Unprocessable, "This clinic does not take place; choose another time. 该时段已停诊，请另选时间。").WithIssue("business-rule")
	case !now.Before(g.End):
		return fault.New(fault.Unprocessable, "This time is over; choose another one. 该时段已结束，请另选时间。").WithIssue("business-rule")
	case g.Draws && (by == Online || by == App || by == Phone):
		return fault.New(fault.Unprocessable, "The places of this day are drawn by lot; enter before it opens, or come back behind the draw. 该日号源抽签放号，请先报名，或在抽签结束后预约剩余号源。").WithIssue("business-rule")
	case now.Before(g.Opens) && by != AtDoctor:
		return fault.New(fault.Unprocessable, "This time can be booked from %s on. 该时段将于 %[1]s 开放预约。", g.Opens.In(g.Start.Location()).Format("2006-01-02 15:04")).WithIssue("business-rule")
	}
	return fault.New(fault.Conflict, "No place is free at this time; choose another one. 该时段号源已约满，请另选时间。").WithIssue("conflict")
}

// write stores a booking while its segment stands as it was read; tell says that whom it is for is told.
func (d Desk) write(ctx context.Context, s *gate.Session, g segment, b booking, once *gate.Idempotency, tell bool) (gate.Result, error) {
	op, err := b.op()
	if err != nil {
		return gate.Result{}, err
	}
	ops := []gate.Op{op, {Kind: gate.Read, Type: typeSlot, ID: g.ref.ID, IfVersion: g.version}}
	if tell {
		note, err := b.notice(s.Now())
		if err != nil {
			return gate.Result{}, err
		}
		ops = append(ops, note)
	}
	results, err := s.Apply(ctx, ops, once)
	return first(results), err
}

// first is the result of the first op, zero where nothing was done.
func first(results []gate.Result) (r gate.Result) {
	if len(results) > 0 {
		r = results[0]
	}
	return r
}

// party tells whether somebody may look after a booking: whom it is for, the hospital, and where it was made.
func (d Desk) party(ctx context.Context, s *gate.Session, b booking) error {
	who := s.Actor()
	if who.Role == gate.Resident || who.Role == gate.Proxy {
		names, err := s.Names(ctx, who.Resident)
		if err != nil || slices.Contains(names, b.patient) {
			return err
		}
	} else if who.Institution != "" && (who.Institution == b.institution || who.Institution == b.byAt) {
		return nil
	}
	return fault.New(fault.NotFound, "%s is not there.", b.ref)
}

// atHospital tells whether somebody works where a booking is for.
func (b booking) atHospital(who gate.Actor) bool {
	return who.Institution == b.institution && who.Role != gate.System
}
