package scheduling

import (
	"context"
	"strconv"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
)

// segmentsUsual is how many segments a page has.
const segmentsUsual = 50

type (
	sought struct {
		Department  *form.Reference `name:"department" zh:"科室" en:"Department" types:"HealthcareService"`
		Doctor      *form.Reference `name:"doctor" zh:"医师" en:"Doctor" types:"PractitionerRole"`
		Institution *form.Reference `name:"institution" zh:"医院" en:"Hospital" types:"Organization"`
		From        *form.Date      `name:"from" zh:"开始日期" en:"From" doc:"Today where it is left out."`
		To          *form.Date      `name:"to" zh:"结束日期" en:"To" doc:"The last day; any where it is left out."`
		Page        *string         `name:"page" zh:"页" en:"Page" doc:"What the page before gave as next."`
	}
	found struct {
		Segments []offered `name:"segment" zh:"时段" en:"Segment" most:"*"`
		Next     *string   `name:"next" zh:"下一页" en:"Next page"`
	}
	// offered is a segment as somebody may book it.
	offered struct {
		Slot        form.Reference `name:"slot" zh:"时段" en:"Slot" types:"Slot"`
		Start       time.Time      `name:"start" zh:"开始" en:"From"`
		End         time.Time      `name:"end" zh:"结束" en:"To"`
		Institution form.Reference `name:"institution" zh:"医院" en:"Hospital" types:"Organization"`
		Department  form.Named     `name:"department" zh:"科室" en:"Department" types:"HealthcareService"`
		Doctor      *form.Named    `name:"doctor" zh:"医师" en:"Doctor" types:"PractitionerRole"`
		Price       *form.Decimal  `name:"price" zh:"诊查费（元）" en:"Price in yuan"`
		Free        int            `name:"free" zh:"余号" en:"Free places" doc:"That who asks may book now."`
		Total       int            `name:"total" zh:"总号源" en:"Places"`
		Opens       *time.Time     `name:"opens" zh:"放号时间" en:"Opens" doc:"Where it is not open yet."`
		Stopped     bool           `name:"stopped" zh:"停诊" en:"Stopped"`
		Clinic      form.Reference `name:"clinic" zh:"门诊" en:"Clinic" types:"Schedule"`
		Draws       bool           `name:"draws" zh:"抽签放号" en:"Is to be drawn" doc:"The public's places are given by lot when it opens; until then $enter of the clinic enters the draw."`
		Enters      *time.Time     `name:"enters" zh:"抽签报名开始" en:"Can be entered from" doc:"Where it is to be drawn."`
		Booked      *int           `name:"booked" zh:"已约" en:"Places taken" doc:"For who works at the hospital."`
	}
)

// find lists segments in the order of their time, with how many places who asks may book of each.
func (d Desk) find(ctx context.Context, c *module.Call, in sought) (out found, err error) {
	s := c.Session.Behalf(Process)
	now := s.Now().In(d.Zone)
	pairs := []search.Pair{{Name: "_sort", Value: "start"}, {Name: "_count", Value: strconv.Itoa(segmentsUsual)}}
	switch { // the narrowest says it: its list is in the order of time
	case in.Doctor != nil:
		pairs = append(pairs, search.Pair{Name: "service-type", Value: SystemOf + "|" + string(*in.Doctor)})
	case in.Department != nil:
		pairs = append(pairs, search.Pair{Name: "service-type", Value: SystemOf + "|" + string(*in.Department)})
	case in.Institution != nil:
		pairs = append(pairs, search.Pair{Name: "service-type", Value: SystemOf + "|" + string(*in.Institution)})
	default:
		pairs = append(pairs, search.Pair{Name: "_tag", Value: System + "|" + tagSegment})
	}
	from := now
	if in.From != nil && in.From.Time(d.Zone).After(now) {
		from = in.From.Time(d.Zone)
	}
	pairs = append(pairs, search.Pair{Name: "start", Value: "ge" + from.Format(time.RFC3339)})
	if in.To != nil {
		pairs = append(pairs, search.Pair{Name: "start", Value: "lt" + in.To.Time(d.Zone).AddDate(0, 0, 1).Format(time.RFC3339)})
	}
	request, err := s.Request([]schema.Type{typeSlot}, pairs, gate.Wishes{})
	if err != nil {
		return out, err
	}
	page := ""
	if in.Page != nil {
		page = *in.Page
	}
	results, err := s.Search(ctx, request, "segments", page)
	if err != nil {
		return out, err
	}
	var all []segment
	for _, v := range results.Matches {
		r, err := fhir.ParseResource(v.Body.Bytes)
		if err != nil {
			return out, fault.Wrap(err, "reading a Slot")
		}
		if g, is := segmentOf(r, v.Number, d.Zone); is {
			all = append(all, g)
		}
	}
	if results.Next != "" {
		out.Next = &results.Next
	}
	has, err := d.taken(ctx, s, all)
	if err != nil {
		return out, err
	}
	channels := map[string]Channel{} // of institutions
	for _, g := range all {
		by, known := channels[g.institution]
		if !known {
			if by, err = d.channel(ctx, c.Session, g, false); err != nil && fault.CodeOf(err) != fault.Forbidden {
				return out, err
			}
			channels[g.institution] = by
		}
		one := g.offered(len(g.Open(by, has[g.scope()], now)), now)
		if c.Session.Actor().Institution == g.institution {
			booked := len(has[g.scope()])
			one.Booked = &booked
		}
		out.Segments = append(out.Segments, one)
	}
	return out, nil
}

// taken are the places of segments that somebody has, by the scopes of the segments.
func (d Desk) taken(ctx context.Context, s *gate.Session, all []segment) (has map[string]map[int]bool, err error) {
	scopes := make([]string, len(all))
	for i, g := range all {
		scopes[i] = g.scope()
	}
	list, err := s.Reserved(ctx, scopes...)
	if err != nil {
		return nil, err
	}
	has = map[string]map[int]bool{}
	for _, t := range list {
		if has[t.Scope] == nil {
			has[t.Scope] = map[int]bool{}
		}
		has[t.Scope][numberIn(t.Name)] = true
	}
	return has, nil
}

func (g segment) offered(free int, now time.Time) offered {
	o := offered{
		Slot: form.Reference(g.ref.String()), Start: g.Start, End: g.End, Institution: form.Reference(g.institution), Free: free, Total: g.Total(), Stopped: g.Stopped,
		Clinic: form.Reference(g.clinic), Draws: g.Draws,
		Department: form.Named{Reference: form.Reference(g.department), Display: g.names[0]},
	}
	if g.doctor != "" {
		o.Doctor = &form.Named{Reference: form.Reference(g.doctor), Display: g.names[1]}
	}
	if g.price != "" {
		price := form.Decimal(g.price)
		o.Price = &price
	}
	if now.Before(g.Opens) {
		o.Opens = &g.Opens
	}
	if g.Draws {
		o.Enters = &g.enters
	}
	return o
}
