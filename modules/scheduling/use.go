package scheduling

import (
	"context"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/form"
	"yitong/internal/module"
)

// What is counted at once.
const (
	useDays     = 31
	useSegments = 20_000
	useVisits   = 50_000
)

// Codes implements [form.Coded].
func (Pool) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(Public), Words: bilingual.Text{Zh: "公众号源", En: "The public's"}}, {Code: string(Referral), Words: bilingual.Text{Zh: "转诊号源", En: "For referrals"}},
		{Code: string(Onsite), Words: bilingual.Text{Zh: "现场号源", En: "For the window"}}, {Code: string(Extra), Words: bilingual.Text{Zh: "加号", En: "Extra places"}},
	}
}

type (
	ofUse struct {
		Department *form.Reference `name:"department" zh:"科室" en:"Department" types:"HealthcareService" doc:"All of the institution where it is left out."`
		From       *form.Date      `name:"from" zh:"开始日期" en:"From" doc:"A week ago where it is left out."`
		To         *form.Date      `name:"to" zh:"结束日期" en:"To" doc:"The last day; in a week where it is left out."`
	}
	uses struct {
		Days []dayUse `name:"day" zh:"日期" en:"Day" most:"*"`
	}
	// dayUse is what became of the places of a day.
	dayUse struct {
		Day       form.Date    `name:"date" zh:"日期" en:"Date"`
		Pools     []poolUse    `name:"pool" zh:"号池" en:"Pools" most:"4"`
		Channels  []channelUse `name:"channel" zh:"渠道" en:"Channels" most:"6"`
		Seen      int          `name:"seen" zh:"已到诊" en:"Have come"`
		Missed    int          `name:"missed" zh:"爽约" en:"Missed"`
		Cancelled int          `name:"cancelled" zh:"取消" en:"Cancelled" doc:"By whom they were for, or by the hospital; what was held and not booked does not count."`
		Stopped   int          `name:"stopped" zh:"停诊号源" en:"Places of clinics that were stopped"`
	}
	poolUse struct {
		Pool   Pool `name:"code" zh:"号池" en:"Pool"`
		Places int  `name:"places" zh:"号源数" en:"Places"`
		Taken  int  `name:"taken" zh:"已约" en:"Taken"`
	}
	channelUse struct {
		Channel Channel `name:"code" zh:"渠道" en:"Channel"`
		Visits  int     `name:"visits" zh:"预约数" en:"Visits"`
	}
)

// use tells of each day how the places of an institution, or of one of its departments, were used: by pool and by channel.
func (d Desk) use(ctx context.Context, c *module.Call, in ofUse) (out uses, err error) {
	s, at := c.Session.Behalf(Process), c.Session.Actor().Institution
	if at == "" {
		return out, fault.New(fault.Forbidden, "You work at no hospital whose places these would be. 您不属于任何医疗机构。")
	}
	of := at
	if in.Department != nil {
		department, err := d.read(ctx, s, string(*in.Department))
		if err != nil {
			return out, err
		}
		if department.Root.Get("providedBy").Get("reference").Str() != at {
			return out, fault.New(fault.Forbidden, "%s is no department of your institution. 该科室不属于本机构。", *in.Department).At("department")
		}
		of = string(*in.Department)
	}
	from, until, err := in.span(s.Now().In(d.Zone))
	if err != nil {
		return out, err
	}
	days := map[string]*dayCount{}
	pools := map[string]Pools{} // by Slot/…
	within := []search.Pair{{Name: "start", Value: "ge" + from.Format(time.RFC3339)}, {Name: "start", Value: "lt" + until.Format(time.RFC3339)}}
	whole, err := cases.EachVersion(ctx, s, typeSlot, useSegments, append(within, search.Pair{Name: "service-type", Value: SystemOf + "|" + of}), func(r fhir.Resource, version int64) bool {
		if g, is := segmentOf(r, version, d.Zone); is {
			pools[g.ref.String()] = g.Pools
			day := countOf(days, g.day())
			if day.add(g.Pools); g.Stopped {
				day.stopped += g.Total()
			}
		}
		return true
	})
	if err == nil && !whole {
		err = fault.New(fault.Unprocessable, "That is more than %d segments: ask for fewer days, or for one department. 时段过多，请缩短日期或选择科室。", useSegments).At("to")
	}
	if err != nil {
		return out, err
	}
	whole, err = cases.EachVersion(ctx, s, typeAppointment, useVisits, []search.Pair{
		{Name: "_tag", Value: System + "|" + tagBooking}, {Name: "-custodian", Value: at}, {Name: "date", Value: "ge" + from.Format(time.RFC3339)}, {Name: "date", Value: "lt" + until.Format(time.RFC3339)},
	}, func(r fhir.Resource, version int64) bool {
		b, is := bookingOf(r, version, d.Zone)
		if p, ours := pools[b.slot]; is && ours {
			countOf(days, b.start.Format(time.DateOnly)).visit(b, p)
		}
		return true
	})
	if err == nil && !whole {
		err = fault.New(fault.Unprocessable, "That is more than %d visits: ask for fewer days. 预约过多，请缩短日期。", useVisits).At("to")
	}
	for day := from; day.Before(until); day = day.AddDate(0, 0, 1) {
		if one := days[day.Format(time.DateOnly)]; one != nil {
			out.Days = append(out.Days, one.told(form.Date(day.Format(time.DateOnly))))
		}
	}
	return out, err
}

// span is from when until when is counted.
func (in ofUse) span(now time.Time) (from, until time.Time, err error) {
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	from, until = today.AddDate(0, 0, -7), today.AddDate(0, 0, 8)
	if in.From != nil {
		from = in.From.Time(now.Location())
		until = from.AddDate(0, 0, 15)
	}
	if in.To != nil {
		until = in.To.Time(now.Location()).AddDate(0, 0, 1)
	}
	if !from.Before(until) || until.After(from.AddDate(0, 0, useDays)) {
		err = fault.New(fault.Unprocessable, "Ask for 1 to %d days. 请选择 1 至 %[1]d 天。", useDays).At("to")
	}
	return from, until, err
}

// dayCount counts what became of the places of a day.
type dayCount struct {
	places, taken                    map[Pool]int
	channels                         map[Channel]int
	seen, missed, cancelled, stopped int
}

func countOf(days map[string]*dayCount, day string) *dayCount {
	if days[day] == nil {
		days[day] = &dayCount{places: map[Pool]int{}, taken: map[Pool]int{}, channels: map[Channel]int{}}
	}
	return days[day]
}

func (n *dayCount) add(p Pools) {
	n.places[Public] += p.Public
	n.places[Referral] += p.Referral
	n.places[Onsite] += p.Onsite
	n.places[Extra] += p.Extra
}

func (n *dayCount) visit(b booking, p Pools) {
	switch {
	case b.status == statusCancelled && (b.why == OffByPerson || b.why == OffByStaff):
		n.cancelled++
	case b.status == statusMissed:
		n.missed++
	case b.status == statusArrived || b.status == statusFulfilled:
		n.seen++
	}
	if b.live() || b.status == statusFulfilled || b.status == statusMissed {
		n.taken[p.Of(b.number)]++
		n.channels[b.channel]++
	}
}

func (n *dayCount) told(day form.Date) dayUse {
	one := dayUse{Day: day, Seen: n.seen, Missed: n.missed, Cancelled: n.cancelled, Stopped: n.stopped}
	for _, p := range []Pool{Public, Referral, Onsite, Extra} {
		if n.places[p] > 0 {
			one.Pools = append(one.Pools, poolUse{p, n.places[p], n.taken[p]})
		}
	}
	for _, c := range Channel("").Codes() {
		if visits := n.channels[Channel(c.Code)]; visits > 0 {
			one.Channels = append(one.Channels, channelUse{Channel(c.Code), visits})
		}
	}
	return one
}
