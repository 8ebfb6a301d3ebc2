package scheduling

import (
	"context"
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
)

type entered struct {
	Patient *form.Reference  `name:"patient" zh:"就诊人" en:"For whom" types:"Patient" doc:"Residents and proxies may leave it out."`
	Day     form.Date        `name:"day" zh:"就诊日期" en:"Day"`
	Slots   []form.Reference `name:"slot" zh:"意向时段" en:"Times, the dearest first" types:"Slot" most:"3" doc:"Any of the day where there are none."`
	Waits   *bool            `name:"wait" zh:"未中签转候补" en:"Wait where nothing is left" doc:"Who gets nothing is on the waitlist then, in the order of the draw."`
	Sure    *bool            `name:"sure" zh:"候补有号直接预约" en:"Book at once what comes while one waits" doc:"It is held instead at night, and where it can hardly be cancelled by oneself any more."`
}

// enter has somebody enter the draw of a day of a clinic. Who is first has nothing of it; each person enters once.
func (d Desk) enter(ctx context.Context, c *module.Call, in entered) (gate.Result, error) {
	return once(ctx, c, func(s *gate.Session) (gate.Result, error) {
		for range tries {
			result, err := d.enterNow(ctx, c, s, in)
			if fault.CodeOf(err) != fault.Precondition {
				return result, err
			}
		}
		return gate.Result{}, forestalled()
	})
}

// enterNow enters a draw as it and its clinic stand at this moment. The error is Precondition where one of them has changed meanwhile.
func (d Desk) enterNow(ctx context.Context, c *module.Call, s *gate.Session, in entered) (gate.Result, error) {
	names, err := d.patient(ctx, c.Session, in.Patient)
	if err != nil {
		return gate.Result{}, err
	}
	w, err := d.draw(ctx, s, drawRef(c.Ref, string(in.Day)))
	if code := fault.CodeOf(err); code == fault.NotFound || code == fault.Gone {
		err = fault.New(fault.NotFound, "There is no draw of %s on %s. 该门诊当日不抽签。", c.Ref, in.Day)
	}
	if err == nil {
		err = w.enterable(s.Now().In(d.Zone))
	}
	if err != nil {
		return gate.Result{}, err
	}
	b, err := d.entry(ctx, c, in, w, names)
	if err != nil {
		return gate.Result{}, err
	}
	// While the draw stands as it was read: what comes behind its end is in no list.
	b.stands = append(b.stands, gate.Op{Kind: gate.Read, Type: typeList, ID: w.ref.ID, IfVersion: w.version})
	ops, err := b.ops(s.Now())
	if err != nil {
		return gate.Result{}, err
	}
	results, err := s.Apply(ctx, ops, c.Once)
	if fault.CodeOf(err) == fault.Conflict {
		err = fault.New(fault.Conflict, "This person is in the draw already. 该就诊人已报名。").WithIssue("conflict")
	}
	return first(results), err
}

func drawOver() error {
	return fault.New(fault.Unprocessable, "The draw cannot be entered any more. 抽签报名已截止。").WithIssue("business-rule")
}

// enterable refuses who comes too early or too late.
func (w draw) enterable(now time.Time) error {
	switch {
	case w.state != drawOpen || !now.Before(w.opens):
		return drawOver()
	case now.Before(w.enters):
		return fault.New(fault.Unprocessable, "The draw can be entered from %s on. 抽签报名将于 %[1]s 开始。", w.enters.Format("2006-01-02 15:04")).WithIssue("business-rule")
	}
	return nil
}

// entry is the Appointment by which somebody enters a draw, while a segment of that takes place.
func (d Desk) entry(ctx context.Context, c *module.Call, in entered, w draw, names []fhir.Ref) (b booking, err error) {
	s := c.Session.Behalf(Process)
	all, err := d.ofDraw(ctx, s, w)
	if err != nil {
		return b, err
	}
	for i, slot := range in.Slots {
		if !slices.ContainsFunc(all, func(g segment) bool { return g.ref.String() == string(slot) }) || slices.Contains(in.Slots[:i], slot) {
			return b, fault.New(fault.Unprocessable, "%s is no time of this draw, or named twice. 该时段不在本次抽签中，或重复选择。", slot).At("slot")
		}
		b.picks = append(b.picks, string(slot))
	}
	if len(all) == 0 {
		return b, fault.New(fault.Unprocessable, "This clinic does not take place; choose another day. 当日已停诊，请另选日期。").WithIssue("business-rule")
	}
	picks := b.picks
	b, l, err := d.begin(ctx, c.Session, all[0], names, nil)
	if err != nil {
		return b, err
	}
	if b.channel != Online && b.channel != App && b.channel != Phone {
		b.channel = Phone // at the window too one enters for the public's places
	}
	b.status, b.slot, b.picks, b.draw = statusEntered, "", picks, w.ref.String()
	b.wish = &wish{from: w.day, to: w.day, waits: in.Waits != nil && *in.Waits, sure: in.Sure != nil && *in.Sure}
	_, _, err = d.allowed(ctx, s, all[0], &b, l)
	b.nth, b.stands = "", []gate.Op{{Kind: gate.Read, Type: typeSlot, ID: all[0].ref.ID, IfVersion: all[0].version}}
	return b, err
}

// ofDraw are the segments of a draw that take place, in their order.
func (d Desk) ofDraw(ctx context.Context, s *gate.Session, w draw) (all []segment, err error) {
	_, err = cases.EachVersion(ctx, s, typeSlot, segmentsMost, []search.Pair{
		{Name: "schedule", Value: w.clinic}, {Name: "start", Value: w.day},
	}, func(r fhir.Resource, version int64) bool {
		if g, is := segmentOf(r, version, d.Zone); is && g.draw == w.ref.String() && !g.Stopped {
			all = append(all, g)
		}
		return true
	})
	slices.SortFunc(all, func(a, b segment) int { return strings.Compare(a.ref.ID, b.ref.ID) })
	return all, err
}
