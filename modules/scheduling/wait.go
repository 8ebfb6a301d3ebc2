package scheduling

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
)

// waitAhead is for how many days ahead somebody may wait: those for which a clinic may open.
const waitAhead = 90

type (
	waited struct {
		Patient *form.Reference `name:"patient" zh:"就诊人" en:"For whom" types:"Patient" doc:"Residents and proxies may leave it out."`
		Doctor  *form.Reference `name:"doctor" zh:"医师" en:"Doctor" types:"PractitionerRole" doc:"Any where it is left out."`
		From    form.Date       `name:"from" zh:"最早就诊日期" en:"First day"`
		To      form.Date       `name:"to" zh:"最晚就诊日期" en:"Last day" doc:"When it begins, the waiting ends."`
		Part    *Hours          `name:"part" zh:"时间" en:"Time of the day" doc:"Any where it is left out."`
		Sure    *bool           `name:"sure" zh:"有号直接预约" en:"Book at once" doc:"Else the place is held for a while, in which $book makes it sure. So it is at night, and where it can hardly be cancelled by oneself any more."`
	}
	// waiting is somebody's wish as it stands.
	waiting struct {
		Visit       form.Reference `name:"appointment" zh:"登记" en:"Wish" types:"Appointment"`
		Patient     form.Named     `name:"patient" zh:"就诊人" en:"For whom" types:"Patient"`
		Department  form.Named     `name:"department" zh:"科室" en:"Department" types:"HealthcareService"`
		Doctor      *form.Named    `name:"doctor" zh:"医师" en:"Doctor" types:"PractitionerRole"`
		Institution form.Named     `name:"institution" zh:"医院" en:"Hospital" types:"Organization"`
		From        form.Date      `name:"from" zh:"最早就诊日期" en:"First day"`
		To          form.Date      `name:"to" zh:"最晚就诊日期" en:"Last day"`
		Part        *Hours         `name:"part" zh:"时间" en:"Time of the day"`
		Sure        bool           `name:"sure" zh:"有号直接预约" en:"Booked at once"`
		Since       time.Time      `name:"since" zh:"登记时间" en:"Since"`
		Before      *int           `name:"before" zh:"前面人数" en:"How many are before" doc:"Who wait for what could be theirs as well. Not of an entry to a draw, where it does not matter who is first."`
		Draw        *time.Time     `name:"draw" zh:"抽签时间" en:"When it is drawn" doc:"Of an entry to a draw."`
		Clinic      *form.Named    `name:"clinic" zh:"门诊" en:"Clinic" types:"Schedule" doc:"Of an entry to a draw."`
	}
)

// wait has somebody wait for a place at a department.
func (d Desk) wait(ctx context.Context, c *module.Call, in waited) (gate.Result, error) {
	return once(ctx, c, func(s *gate.Session) (gate.Result, error) {
		names, err := d.patient(ctx, c.Session, in.Patient)
		if err != nil {
			return gate.Result{}, err
		}
		w, l, err := d.wishing(ctx, c, in, names)
		if err == nil {
			err = d.wanted(ctx, s, w)
		}
		if err != nil {
			return gate.Result{}, err
		}
		for range tries {
			if err := d.queued(ctx, s, &w, l); err != nil {
				return gate.Result{}, err
			}
			ops, err := w.ops(s.Now())
			if err != nil {
				return gate.Result{}, err
			}
			results, err := s.Apply(ctx, ops, c.Once)
			if fault.CodeOf(err) != fault.Conflict {
				return first(results), err
			}
		}
		return gate.Result{}, forestalled()
	})
}

// wishing is the wish of somebody, checked by itself.
func (d Desk) wishing(ctx context.Context, c *module.Call, in waited, names []fhir.Ref) (w booking, l limits, err error) {
	s := c.Session.Behalf(Process)
	department, err := d.read(ctx, s, c.Ref.String())
	if err != nil {
		return w, l, err
	}
	g := segment{department: c.Ref.String(), institution: department.Root.Get("providedBy").Get("reference").Str()}
	if g.institution == "" {
		return w, l, fault.New(fault.Unprocessable, "%s is no department of a hospital. 该科室不属于任何医院。", c.Ref)
	}
	now := s.Now().In(d.Zone)
	if w, l, err = d.begin(ctx, c.Session, g, names, nil); err != nil {
		return w, l, err
	}
	w.wish, w.status, w.slot = &wish{from: string(in.From), to: string(in.To)}, statusWaiting, ""
	w.names = [2]string{cases.Called(department)}
	if in.Doctor != nil {
		w.doctor, w.wish.doctor = string(*in.Doctor), string(*in.Doctor)
	}
	if in.Part != nil {
		w.wish.part = *in.Part
	}
	w.wish.sure = in.Sure != nil && *in.Sure
	switch last := now.AddDate(0, 0, waitAhead).Format(time.DateOnly); {
	case in.To < in.From:
		return w, l, fault.New(fault.Unprocessable, "It ends before it begins. 最晚日期早于最早日期。").At("to")
	case w.wish.over(now):
		return w, l, fault.New(fault.Unprocessable, "The last day must be behind today. 最晚就诊日期须在今天之后。").At("to")
	case string(in.To) > last:
		return w, l, fault.New(fault.Unprocessable, "One can wait for %d days ahead. 最多可候补 %[1]d 天内的号源。", waitAhead).At("to")
	}
	return w, l, nil
}

// wanted refuses a wish for what can be booked now, or for what there is not.
func (d Desk) wanted(ctx context.Context, s *gate.Session, w booking) error {
	now := s.Now().In(d.Zone)
	from, until, is := form.Date(w.wish.from).Time(d.Zone), form.Date(w.wish.to).Time(d.Zone).AddDate(0, 0, 1), false
	if from.Before(now) {
		from = now
	}
	err := d.eachDay(ctx, s, w.department, w.doctor, from, until, func(all []segment) (bool, error) {
		has, err := d.taken(ctx, s, all)
		if err != nil {
			return true, err
		}
		for _, g := range all {
			if g.Stopped || !now.Before(g.Start) || !w.wish.fits(g) {
				continue
			}
			is = true
			if len(g.Open(w.channel, has[g.scope()], now)) > 0 {
				return true, fault.New(fault.Unprocessable, "There is a place on %s: book it. %[1]s 还有号源，请直接预约。", g.Start.Format("2006-01-02 15:04")).WithIssue("business-rule")
			}
		}
		return false, nil
	})
	if err == nil && !is {
		err = fault.New(fault.Unprocessable, "There is no such clinic on these days. 所选日期没有符合条件的门诊。").At("from").WithIssue("business-rule")
	}
	return err
}

// queued gives a wish its places among those of the person, or refuses it: one for each department, and so many in all.
func (d Desk) queued(ctx context.Context, s *gate.Session, w *booking, l limits) error {
	own := []string{wishesOf(w.patient)}
	for _, name := range w.alike {
		if name != w.patient {
			own = append(own, wishesOf(name))
		}
	}
	list, err := s.Reserved(ctx, slices.Concat(w.pastOf(), own)...)
	if err != nil {
		return err
	}
	mine, before := map[string]bool{}, past{}
	for _, r := range list {
		if slices.Contains(own, r.Scope) {
			mine[r.Name] = true
		} else {
			before.note(r.Scope, r.Name, r.Holder, *w, l)
		}
	}
	if err := l.barred(before, s.Now().In(d.Zone)); err != nil {
		return err
	}
	if mine[w.department] {
		return fault.New(fault.Conflict, "Somebody waits at this department for this person already. 该就诊人在该科室已有候补。").WithIssue("conflict")
	}
	w.nth = ""
	for n := 1; n <= l.wishes && w.nth == ""; n++ {
		if name := strconv.Itoa(n); !mine[name] {
			w.nth = name
		}
	}
	if w.nth == "" {
		return fault.New(fault.Unprocessable, "One can wait at %d departments at a time. 最多可同时候补 %[1]d 个科室。", l.wishes).WithIssue("business-rule")
	}
	return nil
}

// Expire ends wishes whose last day has begun, and says whether there may be more.
func (d Desk) Expire(ctx context.Context, s *gate.Session) (more bool, err error) {
	now, n := s.Now().In(d.Zone), 0
	var tags []string
	for back := range 8 { // for as long as no server may have been at work
		tags = append(tags, System+"|"+tagEnds+now.AddDate(0, 0, -back).Format(time.DateOnly))
	}
	err = d.visits(ctx, s, []search.Pair{{Name: "_tag", Value: strings.Join(tags, ",")}}, func(b booking) error {
		if b.status != statusWaiting || !b.wish.over(now) {
			return nil
		}
		n++
		b.off(OffEnded)
		return d.settle(ctx, s, b)
	})
	return n >= visitsMost, err
}

// wishes are what somebody waits for, each with how many are before.
func (d Desk) wishes(ctx context.Context, s *gate.Session, all []booking) (list []waiting, err error) {
	known, err := d.people(ctx, s, all)
	if err != nil {
		return nil, err
	}
	for _, b := range all {
		one := waiting{
			Visit: form.Reference(b.ref.String()), Patient: known[b.patient.String()], Department: form.Named{Reference: form.Reference(b.department), Display: b.names[0]},
			From: form.Date(b.wish.from), To: form.Date(b.wish.to), Sure: b.wish.sure, Since: b.created,
		}
		if one.Institution, err = d.named(ctx, s, b.institution); err != nil {
			return nil, err
		}
		if b.doctor != "" {
			one.Doctor = &form.Named{Reference: form.Reference(b.doctor), Display: b.names[1]}
		}
		if b.wish.part != "" {
			one.Part = &b.wish.part
		}
		if b.status == statusEntered {
			draw, err := d.draw(ctx, s, fhir.ParseReference(b.draw).Ref)
			if err != nil {
				return nil, err
			}
			one.Draw, one.Clinic = &draw.opens, &form.Named{Reference: form.Reference(draw.clinic), Display: b.names[0]}
		} else if one.Before, err = d.before(ctx, s, b); err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

// before is how many wait before somebody for what could be theirs as well: who has left within a moment may be among them.
func (d Desk) before(ctx context.Context, s *gate.Session, b booking) (*int, error) {
	all, err := d.lines.of(b, s.Now(), func() ([]spot, error) {
		list, err := d.waiting(ctx, s, b.department)
		spots := make([]spot, len(list))
		for i, one := range list {
			spots[i] = one.spot()
		}
		return spots, err
	})
	n := 0
	for _, other := range all {
		if other.earlier(b.spot()) < 0 && other.wish.meets(b.wish) {
			n++
		}
	}
	return &n, err
}
