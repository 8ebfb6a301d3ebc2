package scheduling

import (
	"context"
	"slices"
	"time"

	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
)

type (
	moving struct {
		Day    form.Date       `name:"day" zh:"就诊日期" en:"Day"`
		Doctor *form.Reference `name:"doctor" zh:"接诊医师" en:"Doctor" types:"PractitionerRole" doc:"Who sees people that day in the place of another; as it is where it is left out."`
		Later  *int            `name:"later" zh:"推迟分钟数" en:"Minutes later" from:"-240" to:"240" doc:"Than it was published; earlier where it is below 0. As it is where it is left out."`
		Reason string          `name:"reason" zh:"调整原因" en:"Reason" bytes:"300" doc:"Those who have booked read it."`
	}
	moved struct {
		Segments int `name:"segments" zh:"调整时段数" en:"Segments"`
		Visits   int `name:"visits" zh:"已通知的预约数" en:"Visits changed"`
	}
)

// move changes a day of a clinic: who has booked keeps the place, is told, and may cancel until it begins without that it counts. Asked again it
// goes on where it broke off.
func (d Desk) move(ctx context.Context, c *module.Call, in moving) (out moved, err error) {
	s := c.Session.Behalf(Process)
	r, err := d.read(ctx, s, c.Ref.String())
	if err != nil {
		return out, err
	}
	clinic, _, is, err := clinicOf(r)
	if of, _ := r.Extended(gate.Custodian); err == nil && (!is || of != c.Session.Actor().Institution) {
		err = fault.New(fault.Forbidden, "%s is no clinic of your institution. 该门诊不属于本机构。", c.Ref)
	}
	if err == nil && in.Doctor == nil && in.Later == nil {
		err = fault.New(fault.Malformed, "Say who sees people that day, or how much later it begins. 请填写接诊医师或推迟分钟数。").At("doctor")
	}
	if err != nil {
		return out, err
	}
	clinic.Doctor = in.Doctor
	h, err := d.home(ctx, c.Session, clinic)
	if err != nil {
		return out, err
	}
	all, err := d.ofClinic(ctx, s, c.Ref, in.Day)
	if err != nil {
		return out, err
	}
	var next []segment
	for _, g := range all {
		was := g
		if in.Doctor != nil {
			g.doctor, g.names[1] = string(*in.Doctor), h.names[1]
		}
		if in.Later != nil {
			long := g.End.Sub(g.Start)
			g.Start = g.published(d.Zone).Add(time.Duration(*in.Later) * time.Minute)
			g.End = g.Start.Add(long)
		}
		if g.day() != was.day() || !s.Now().Before(g.Start) {
			return out, fault.New(fault.Unprocessable, "It would begin on another day, or at a time that is over. 调整后的时间不在当日，或已经过去。").At("later").WithIssue("business-rule")
		}
		next = append(next, g)
	}
	others, err := d.elsewhere(ctx, s, next[0].doctor, c.Ref.String(), in.Day.Time(d.Zone))
	if err != nil {
		return out, err
	}
	if i := slices.IndexFunc(next, func(g segment) bool { return g.meets(others) }); i >= 0 {
		return out, fault.New(fault.Unprocessable, "That doctor is at another clinic at %s that day. 该医师当日 %[1]s 另有门诊，时间重叠。", next[i].Start.Format("15:04")).At("doctor").WithIssue("business-rule")
	}
	for _, g := range next { // all of them before anybody is told of other times
		slot, err := g.resource()
		if err == nil {
			_, err = s.Apply(ctx, []gate.Op{{Kind: gate.Update, Type: typeSlot, ID: g.ref.ID, IfVersion: g.version, Resource: slot}}, nil)
		}
		if err != nil {
			return out, err
		}
		out.Segments++
	}
	for _, g := range next {
		visits, err := d.tellMoved(ctx, s, g, in.Reason)
		if err != nil {
			return out, err
		}
		out.Visits += visits
	}
	return out, nil
}

// published is when a segment was to begin when it was published: its id says so.
func (g segment) published(zone *time.Location) time.Time {
	const layout = "200601021504"
	at, err := time.ParseInLocation(layout, g.ref.ID[max(0, len(g.ref.ID)-len(layout)):], zone)
	if err != nil {
		return g.Start
	}
	return at
}

// ofClinic are the segments of a day of a clinic that take place and have not begun.
func (d Desk) ofClinic(ctx context.Context, s *gate.Session, clinic fhir.Ref, day form.Date) (all []segment, err error) {
	_, err = cases.EachVersion(ctx, s, typeSlot, segmentsMost, []search.Pair{
		{Name: "schedule", Value: clinic.String()}, {Name: "start", Value: string(day)},
	}, func(r fhir.Resource, version int64) bool {
		if g, is := segmentOf(r, version, d.Zone); is && !g.Stopped && s.Now().Before(g.Start) {
			all = append(all, g)
		}
		return true
	})
	if err == nil && len(all) == 0 {
		err = fault.New(fault.Unprocessable, "Nothing of this clinic is still to be on %s. 该门诊当日没有尚未开始的时段。", day).At("day").WithIssue("business-rule")
	}
	return all, err
}

// tellMoved changes the visits of a segment as that was changed, and tells whom they are for.
func (d Desk) tellMoved(ctx context.Context, s *gate.Session, g segment, reason string) (visits int, err error) {
	err = d.visits(ctx, s, []search.Pair{{Name: "slot", Value: g.ref.String()}, {Name: "status", Value: statusHeld + "," + statusBooked}}, func(b booking) error {
		done, err := d.moveVisit(ctx, s, b, g, reason)
		if done {
			visits++
		}
		return err
	})
	return visits, err
}

// moveVisit changes one visit of a segment as that was changed, as it stands at this moment. done is false where there was nothing to change any more.
func (d Desk) moveVisit(ctx context.Context, s *gate.Session, b booking, g segment, reason string) (done bool, err error) {
	for range tries {
		if b.slot != g.ref.String() || b.status != statusHeld && b.status != statusBooked || b.start.Equal(g.Start) && b.doctor == g.doctor {
			return false, nil // it is off, elsewhere, or was told before
		}
		next := b
		if next.others, err = d.others(ctx, s, b, dayBegins(g.Start)); err != nil {
			return false, err
		}
		next.start, next.end, next.doctor, next.names, next.moved, next.reason = g.Start, g.End, g.doctor, g.names, true, reason
		if err = d.put(ctx, s, next); fault.CodeOf(err) != fault.Precondition {
			return err == nil, err
		}
		if b, err = d.booking(ctx, s, b.ref); err != nil {
			return false, err
		}
	}
	return false, forestalled()
}
