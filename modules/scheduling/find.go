package scheduling

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
)

const (
	segmentsUsual = 50 // that a page has
	pagesMost     = 20 // that are looked through for one that has something for referrals
)

type (
	sought struct {
		Department  *form.Reference `name:"department" zh:"科室" en:"Department" types:"HealthcareService"`
		Doctor      *form.Reference `name:"doctor" zh:"医师" en:"Doctor" types:"PractitionerRole"`
		Institution *form.Reference `name:"institution" zh:"医院" en:"Hospital" types:"Organization"`
		From        *form.Date      `name:"from" zh:"开始日期" en:"From" doc:"Today where it is left out."`
		To          *form.Date      `name:"to" zh:"结束日期" en:"To" doc:"The last day; any where it is left out."`
		After       *string         `name:"after" zh:"最早时刻" en:"Not before" bytes:"5" doc:"A time of the day, such as 14:00."`
		Before      *string         `name:"before" zh:"最晚时刻" en:"Not from" bytes:"5" doc:"A time of the day, such as 18:00, before which it begins."`
		Price       *form.Decimal   `name:"price" zh:"最高诊查费（元）" en:"Price at most"`
		Kind        *Kind           `name:"kind" zh:"门诊类别" en:"Kind of clinic"`
		Insurance   *Insurance      `name:"insurance" zh:"医保类别" en:"Insurance"`
		Specialties []string        `name:"specialty" zh:"诊疗科目" en:"Specialty" bytes:"12" most:"20" doc:"Codes of the catalogue of subjects, such as 03.04."`
		Disease     *string         `name:"disease" zh:"疾病" en:"Illness" bytes:"120" doc:"By its ICD-10 code or its name; a published rule says which specialties it belongs to."`
		Region      *string         `name:"region" zh:"地区" en:"Region" bytes:"6" doc:"A division code of GB/T 2260, or the beginning of one."`
		Level       *Level          `name:"level" zh:"医院级别" en:"Level of the hospital"`
		Language    *string         `name:"language" zh:"服务语言" en:"Language" bytes:"20" doc:"A code of BCP 47, such as en."`
		Latitude    *form.Decimal   `name:"latitude" zh:"纬度" en:"Latitude" doc:"Of who asks, on WGS 84; it is kept nowhere."`
		Longitude   *form.Decimal   `name:"longitude" zh:"经度" en:"Longitude"`
		Km          *form.Decimal   `name:"km" zh:"最远（公里）" en:"Kilometres at most"`
		Referral    *bool           `name:"referral" zh:"转诊可约" en:"For referrals" doc:"Only what a member of the alliance, or the hospital itself for a patient who is referred to it, may book now: of the places for referrals first."`
		Page        *string         `name:"page" zh:"页" en:"Page" doc:"What the page before gave as next."`
	}
	found struct {
		Segments []offered `name:"segment" zh:"时段" en:"Segment" most:"*"`
		Next     *string   `name:"next" zh:"下一页" en:"Next page"`
		Cut      bool      `name:"cut" zh:"科室过多" en:"More departments" doc:"More departments fit than are looked at in one search: the nearest were."`
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
		Kind        Kind           `name:"kind" zh:"门诊类别" en:"Kind of clinic"`
		Insurance   *Insurance     `name:"insurance" zh:"医保类别" en:"Insurance"`
		Distance    *form.Decimal  `name:"distance" zh:"距离（公里）" en:"Distance in km" doc:"Where a position was given and departments were looked for."`
		Free        int            `name:"free" zh:"余号" en:"Free places" doc:"That who asks may book now."`
		Total       int            `name:"total" zh:"总号源" en:"Places"`
		Opens       *time.Time     `name:"opens" zh:"放号时间" en:"Opens" doc:"Where it is not open yet."`
		Stopped     bool           `name:"stopped" zh:"停诊" en:"Stopped"`
		Clinic      form.Reference `name:"clinic" zh:"门诊" en:"Clinic" types:"Schedule"`
		Draws       bool           `name:"draws" zh:"抽签放号" en:"Is to be drawn" doc:"The public's places are given by lot when it opens; until then $enter of the clinic enters the draw."`
		Enters      *time.Time     `name:"enters" zh:"抽签报名开始" en:"Can be entered from" doc:"Where it is to be drawn."`
		Referral    *int           `name:"referral" zh:"转诊余号" en:"Free places for referrals" doc:"Of the free ones, for members of the alliance and for who takes a referral over."`
		Extra       *int           `name:"extra" zh:"可加号数" en:"Extra places" doc:"That are left, for who asks to give: whose clinic it is, or where it is no doctor's each doctor of the department."`
		Booked      *int           `name:"booked" zh:"已约" en:"Places taken" doc:"For who works at the hospital."`
	}
)

// find lists segments in the order of their time, with how many places who asks may book of each.
func (d Desk) find(ctx context.Context, c *module.Call, in sought) (out found, err error) {
	s := c.Session.Behalf(Process)
	now := s.Now().In(d.Zone)
	pairs := []search.Pair{{Name: "_sort", Value: "start"}, {Name: "_count", Value: strconv.Itoa(segmentsUsual)}}
	sieve, err := in.sieve()
	if err != nil {
		return out, err
	}
	var near map[string]*department // by their references, where departments are looked for
	if w := in.wanted(); in.Doctor == nil && in.Department == nil && w.narrows() {
		list, whole, err := d.fitting(ctx, s, w)
		if err != nil || len(list) == 0 {
			return out, err
		}
		out.Cut = !whole || len(list) > departmentsAtOnce
		near = map[string]*department{}
		var of []string
		for _, one := range list[:min(len(list), departmentsAtOnce)] {
			near[one.ref] = one
			of = append(of, SystemOf+"|"+search.Escape(one.ref))
		}
		pairs = append(pairs, search.Pair{Name: "service-type", Value: strings.Join(of, ",")})
	}
	switch { // the narrowest says it: its list is in the order of time
	case near != nil:
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
	look := looking{request: request, sieve: sieve, near: near, referral: in.Referral != nil && *in.Referral, now: now}
	if in.Page != nil {
		look.page = *in.Page
	}
	for range pagesMost { // of what is for referrals alone, a page may have nothing
		if out.Segments, err = d.page(ctx, c, &look); err != nil || look.page == "" || len(out.Segments) > 0 || !look.referral {
			break
		}
	}
	if look.page != "" {
		out.Next = &look.page
	}
	return out, err
}

// looking is a search for segments.
type looking struct {
	request  *search.Request
	page     string // that is looked at, and behind it the next; "" for none
	sieve    sieve
	near     map[string]*department
	referral bool // only what can be booked for a referral
	now      time.Time
}

// page are the segments of a page, as who asks may book them.
func (d Desk) page(ctx context.Context, c *module.Call, look *looking) (list []offered, err error) {
	s := c.Session.Behalf(Process)
	results, err := s.Search(ctx, look.request, "segments", look.page)
	if err != nil {
		return nil, err
	}
	look.page = results.Next
	var all []segment
	for _, v := range results.Matches {
		r, err := fhir.ParseResource(v.Body.Bytes)
		if err != nil {
			return nil, fault.Wrap(err, "reading a Slot")
		}
		if g, is := segmentOf(r, v.Number, d.Zone); is && look.sieve.passes(g) {
			all = append(all, g)
		}
	}
	has, err := d.taken(ctx, s, all)
	if err != nil {
		return nil, err
	}
	extras, err := d.extras(ctx, c.Session, all, has, look.now)
	if err != nil {
		return nil, err
	}
	channels := map[string]Channel{} // of institutions
	for _, g := range all {
		by, known := channels[g.institution]
		if !known {
			if by, err = d.channel(ctx, c.Session, g, false); err != nil && fault.CodeOf(err) != fault.Forbidden {
				return nil, err
			}
			if look.referral {
				by = g.forReferral(by, c.Session.Actor())
			}
			channels[g.institution] = by
		}
		free := g.Open(by, has[g.scope()], look.now)
		if look.referral && len(free) == 0 {
			continue
		}
		one := g.offered(len(free), look.now)
		if at := look.near[g.department]; at != nil && at.located {
			km := kilometres(at.km)
			one.Distance = &km
		}
		if left, gives := extras[g.ref]; gives {
			one.Extra = &left
		}
		if c.Session.Actor().Institution == g.institution {
			booked := len(has[g.scope()])
			one.Booked = &booked
		}
		if by == Member {
			kept := slices.IndexFunc(free, func(n int) bool { return g.Of(n) != Referral })
			if kept < 0 {
				kept = len(free)
			}
			one.Referral = &kept
		}
		list = append(list, one)
	}
	return list, nil
}

// forReferral is how somebody books for a referral who comes by a channel otherwise: where they take patients over, out of the places of the
// members. Others than members and the hospital's own doctors and office cannot.
func (g segment) forReferral(by Channel, who gate.Actor) Channel {
	if by == Member || who.Institution == g.institution && (who.Role == gate.Doctor || who.Role == gate.Office) {
		return Member
	}
	return ""
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
	o.Kind = g.kind
	if g.insurance != "" {
		o.Insurance = &g.insurance
	}
	if now.Before(g.Opens) {
		o.Opens = &g.Opens
	}
	if g.Draws {
		o.Enters = &g.enters
	}
	return o
}
