package scheduling

import (
	"context"
	"slices"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
)

// pause is a time in which a clinic does not take place. It stands on the Schedule, so that what is published later is stopped as well.
type pause struct {
	From   form.Date `name:"from" zh:"停诊开始日期" en:"From"`
	To     form.Date `name:"to" zh:"停诊结束日期" en:"To" doc:"The last day."`
	Reason string    `name:"reason" zh:"停诊原因" en:"Reason"`
}

// pausesMost is how many stops of a clinic there are that are not over.
const pausesMost = 100

// has tells whether a day is within.
func (p pause) has(day string) bool { return string(p.From) <= day && day <= string(p.To) }

// paused tells whether a clinic is stopped on a day.
func paused(all []pause, day string) bool {
	return slices.ContainsFunc(all, func(p pause) bool { return p.has(day) })
}

// pausesIn reads the stops of a clinic.
func pausesIn(r fhir.Resource) (all []pause) {
	for e := r.Root.Get("extension").First(); e.Exists(); e = e.Next() {
		if e.Get("url").Str() == urlPause {
			date := func(name string) form.Date { return form.Date(extended(e, name).Get("valueDate").Str()) }
			all = append(all, pause{date("from"), date("to"), extended(e, "reason").Get("valueString").Str()})
		}
	}
	return all
}

// extension is how a stop stands on a Schedule.
func (p pause) extension() extension {
	return extension{URL: urlPause, Extension: []extension{{URL: "from", Date: string(p.From)}, {URL: "to", Date: string(p.To)}, {URL: "reason", String: p.Reason}}}
}

// without are the stops without some days, and without those that are over.
func without(all []pause, from, to, today form.Date) (left []pause) {
	for _, p := range all {
		before, behind := p, p
		before.To, behind.From = min(p.To, nextDay(from, -1)), max(p.From, nextDay(to, 1))
		for _, part := range []pause{before, behind} {
			if part.From <= part.To && part.To >= today {
				left = append(left, part)
			}
		}
	}
	return left
}

// nextDay is so many days behind another one.
func nextDay(day form.Date, days int) form.Date {
	return form.Date(day.Time(time.UTC).AddDate(0, 0, days).Format(time.DateOnly))
}

// pause notes on the Schedule that a clinic is stopped for some days, or is not any more, and gives back the clinic as it stands then.
func (d Desk) pause(ctx context.Context, c *module.Call, in stopping) (r fhir.Resource, err error) {
	s := c.Session.Behalf(Process)
	for range tries {
		was, err := s.Read(ctx, c.Ref)
		if err != nil {
			return r, err
		}
		if r, err = fhir.ParseResource(was.Body.Bytes); err != nil {
			return r, fault.Wrap(err, "reading a Schedule")
		}
		clinic, names, is, err := clinicOf(r)
		if err != nil {
			return r, err
		}
		h := home{names: names}
		if h.institution, _ = r.Extended(gate.Custodian); !is || h.institution != c.Session.Actor().Institution {
			return r, fault.New(fault.Forbidden, "%s is no clinic of your institution. 该门诊不属于本机构。", c.Ref)
		}
		all := pausesIn(r)
		if !in.back() && slices.Contains(all, pause{in.From, in.To, in.reason()}) {
			return r, nil // asked again
		}
		all = without(all, in.From, in.To, form.Date(s.Now().In(d.Zone).Format(time.DateOnly)))
		if !in.back() {
			all = append(all, pause{in.From, in.To, in.reason()})
		}
		slices.SortFunc(all, func(a, b pause) int { return strings.Compare(string(a.From), string(b.From)) })
		if len(all) > pausesMost {
			return r, fault.New(fault.Unprocessable, "The clinic is stopped at %d times to come: stop it for longer at a time. 待停诊的时间段过多，请合并后办理。", pausesMost).At("from")
		}
		if r, err = clinic.resource(r.ID, h, all); err != nil {
			return r, err
		}
		_, err = s.Apply(ctx, []gate.Op{{Kind: gate.Update, Type: typeSchedule, ID: c.Ref.ID, IfVersion: was.Number, Resource: r}}, nil)
		if fault.CodeOf(err) != fault.Precondition {
			return r, err
		}
	}
	return r, forestalled()
}

// later is from which day of a stop on nothing is published yet; nil where all is.
func (in stopping) later(clinic Clinic, now time.Time) *form.Date {
	day := max(in.From, form.Date(now.AddDate(0, 0, clinic.Ahead+clinic.early()+1).Format(time.DateOnly)))
	if day > in.To {
		return nil
	}
	return &day
}

// resume lets segments take place again that were stopped and have not begun, where nothing else is at their time. Nobody is booked again.
func (d Desk) resume(ctx context.Context, s *gate.Session, r fhir.Resource, all []segment, out *stop) error {
	clinic, names, _, err := clinicOf(r)
	if err != nil {
		return err
	}
	h := home{names: names}
	h.institution, _ = r.Extended(gate.Custodian)
	if err := d.rules(ctx, s, &h); err != nil {
		return err
	}
	days := map[string][]segment{} // by days and doctors
	for _, g := range all {
		if g.Stopped && s.Now().Before(g.Start) {
			of := g.day() + g.doctor
			days[of] = append(days[of], g)
		}
	}
	for _, some := range days {
		others, err := d.elsewhere(ctx, s, some[0].doctor, some[0].clinic, some[0].Start)
		if err != nil {
			return err
		}
		stays := len(some)
		some = slices.DeleteFunc(some, func(g segment) bool { return g.meets(others) })
		if out.Left += stays - len(some); len(some) == 0 {
			continue
		}
		for i := range some {
			some[i].Stopped = false
		}
		ops, err := d.announce(ctx, s, clinic, h, some)
		if err != nil {
			return err
		}
		for _, g := range some {
			slot, err := g.resource()
			if err != nil {
				return err
			}
			ops = append(ops, gate.Op{Kind: gate.Update, Type: typeSlot, ID: g.ref.ID, IfVersion: g.version, Resource: slot})
		}
		if _, err = s.Apply(ctx, ops, nil); err != nil {
			return err
		}
		out.Segments += len(some)
	}
	return nil
}
