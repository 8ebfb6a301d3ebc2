package scheduling

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/fold"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
)

const (
	looksMost    = 60 // departments whose segments are looked at for one answer
	segmentsNext = 40 // of a department that are looked at
)

// By is by what departments come first.
type By string

// Codes implements [form.Coded].
func (By) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: "fit", Words: bilingual.Text{Zh: "最对症", En: "Fits best"}}, {Code: "distance", Words: bilingual.Text{Zh: "距离最近", En: "Nearest"}}, {Code: "time", Words: bilingual.Text{Zh: "时间最早", En: "Earliest"}},
		{Code: "price", Words: bilingual.Text{Zh: "价格最低", En: "Cheapest"}},
	}
}

type (
	ofDepartments struct {
		Text        *string         `name:"text" zh:"名称" en:"Name" bytes:"120" doc:"A part of what the hospital, the department or a doctor is called."`
		Specialties []string        `name:"specialty" zh:"诊疗科目" en:"Specialty" bytes:"12" most:"20" doc:"Codes of the catalogue of subjects, the likeliest first. 13 means 13.01 too; 03 beside 03.04 means the general one."`
		Disease     *string         `name:"disease" zh:"疾病" en:"Illness" bytes:"120" doc:"By its ICD-10 code or its name; a published rule says which specialties it belongs to."`
		Institution *form.Reference `name:"institution" zh:"医院" en:"Hospital" types:"Organization"`
		Region      *string         `name:"region" zh:"地区" en:"Region" bytes:"6" doc:"A division code of GB/T 2260, or the beginning of one."`
		Level       *Level          `name:"level" zh:"医院级别" en:"Level of the hospital"`
		Language    *string         `name:"language" zh:"服务语言" en:"Language" bytes:"20" doc:"A code of BCP 47, such as en."`
		Kind        *Kind           `name:"kind" zh:"门诊类别" en:"Kind of clinic"`
		Insurance   *Insurance      `name:"insurance" zh:"医保类别" en:"Insurance"`
		Price       *form.Decimal   `name:"price" zh:"最高诊查费（元）" en:"Price at most"`
		Latitude    *form.Decimal   `name:"latitude" zh:"纬度" en:"Latitude" doc:"Of who asks, on WGS 84; it is kept nowhere."`
		Longitude   *form.Decimal   `name:"longitude" zh:"经度" en:"Longitude"`
		Km          *form.Decimal   `name:"km" zh:"最远（公里）" en:"Kilometres at most"`
		Order       *By             `name:"order" zh:"排序" en:"Order" doc:"Where it is left out: by the order of specialties where these are asked for, or of those of an illness; else by distance where a position is given, else by the earliest time."`
		Unbooked    *bool           `name:"unbooked" zh:"含不预约的科室" en:"Also what is not booked" doc:"Departments without a clinic too, such as for emergencies."`
	}
	departments struct {
		Departments []nearby `name:"department" zh:"科室" en:"Department" most:"*"`
		Whole       bool     `name:"whole" zh:"完整" en:"All" doc:"No more departments fit."`
	}
	// nearby is a department as somebody chooses among several.
	nearby struct {
		Department  form.Named    `name:"reference" zh:"科室" en:"Department" types:"HealthcareService"`
		Institution form.Named    `name:"institution" zh:"医院" en:"Hospital" types:"Organization"`
		Level       Level         `name:"level" zh:"医院级别" en:"Level of the hospital"`
		Distance    *form.Decimal `name:"distance" zh:"距离（公里）" en:"Distance in km" doc:"As the crow flies."`
		Next        *time.Time    `name:"next" zh:"最早可约" en:"Next free time" doc:"That who asks may book now, among the next segments."`
		PriceFrom   *form.Decimal `name:"price-from" zh:"最低诊查费（元）" en:"Price from"`
		PriceTo     *form.Decimal `name:"price-to" zh:"最高诊查费（元）" en:"Price to"`
		Languages   []string      `name:"language" zh:"服务语言" en:"Languages" most:"*"`
		Doctors     []form.Named  `name:"doctor" zh:"医师" en:"Doctors" types:"PractitionerRole" most:"*"`
		Kinds       []Kind        `name:"kind" zh:"门诊类别" en:"Kinds of clinics" most:"*"`
		Insurances  []Insurance   `name:"insurance" zh:"医保类别" en:"Insurance" most:"*"`
		Specialties []string      `name:"specialty" zh:"诊疗科目" en:"Specialties" most:"*"`
		Bookable    bool          `name:"bookable" zh:"可预约" en:"Can be booked"`
		Phone       *string       `name:"phone" zh:"电话" en:"Telephone"`
		Address     *string       `name:"address" zh:"地址" en:"Address"`
		Fit         int           `name:"fit" zh:"对症次序" en:"By which specialty" doc:"The number of the specialty among those asked for, from 1; 0 where none were."`
	}
)

// departments tells of the departments that are as somebody wants, with what there is to choose by.
func (d Desk) departments(ctx context.Context, c *module.Call, in ofDepartments) (out departments, err error) {
	s := c.Session.Behalf(Process)
	asked := sought{
		Specialties: in.Specialties, Disease: in.Disease, Institution: in.Institution, Region: in.Region, Level: in.Level, Language: in.Language,
		Kind: in.Kind, Insurance: in.Insurance, Price: in.Price, Latitude: in.Latitude, Longitude: in.Longitude, Km: in.Km,
	}
	sieve, err := asked.sieve()
	if err != nil {
		return out, err
	}
	w := asked.wanted()
	w.unbooked = in.Unbooked != nil && *in.Unbooked
	all, whole, err := d.fitting(ctx, s, w)
	if err != nil {
		return out, err
	}
	out.Whole = whole && len(all) <= looksMost
	next, err := d.ahead(ctx, s, all[:min(len(all), looksMost)], sieve)
	if err != nil {
		return out, err
	}
	channels := map[string]Channel{}
	for i, one := range all[:len(next)] {
		by, known := channels[one.institution]
		if !known {
			if by, err = d.channel(ctx, c.Session, segment{institution: one.institution}, false); err != nil && fault.CodeOf(err) != fault.Forbidden {
				return out, err
			}
			channels[one.institution] = by
		}
		n := one.nearby()
		n.clinics(next[i], by, s.Now())
		if (n.Bookable || w.unbooked) && n.has(in.Text) {
			out.Departments = append(out.Departments, n)
		}
	}
	order := By("time")
	switch {
	case len(in.Specialties) > 0 || in.Disease != nil:
		order = "fit"
	case in.Latitude != nil:
		order = "distance"
	}
	if in.Order != nil {
		order = *in.Order
	}
	slices.SortStableFunc(out.Departments, func(a, b nearby) int { return order.compare(a, b) })
	return out, nil
}

// open is a segment with its places that are taken.
type open struct {
	segment
	taken map[int]bool
}

// ahead are the next segments of departments, as far as they are like what is sought.
func (d Desk) ahead(ctx context.Context, s *gate.Session, of []*department, like sieve) ([][]open, error) {
	all := make([][]open, len(of))
	var flat []segment
	for i, one := range of {
		found, err := s.Request([]schema.Type{typeSlot}, []search.Pair{
			{Name: "_sort", Value: "start"}, {Name: "_count", Value: strconv.Itoa(segmentsNext)}, {Name: "service-type", Value: SystemOf + "|" + search.Escape(one.ref)},
			{Name: "start", Value: "ge" + s.Now().In(d.Zone).Format(time.RFC3339)},
		}, gate.Wishes{})
		if err != nil {
			return nil, err
		}
		results, err := s.Search(ctx, found, "departments", "")
		if err != nil {
			return nil, err
		}
		for _, v := range results.Matches {
			r, err := fhir.ParseResource(v.Body.Bytes)
			if err != nil {
				return nil, fault.Wrap(err, "reading a Slot")
			}
			if g, is := segmentOf(r, v.Number, d.Zone); is && like.passes(g) {
				all[i] = append(all[i], open{segment: g})
				flat = append(flat, g)
			}
		}
	}
	has, err := d.taken(ctx, s, flat)
	for i := range all {
		for j := range all[i] {
			all[i][j].taken = has[all[i][j].scope()]
		}
	}
	return all, err
}

// nearby is what the directory tells of a department.
func (d *department) nearby() nearby {
	n := nearby{
		Department: form.Named{Reference: form.Reference(d.ref), Display: d.name}, Institution: form.Named{Reference: form.Reference(d.institution), Display: d.hospital},
		Level: Level(d.level), Languages: d.languages, Specialties: d.specialties, Phone: told(d.phone), Address: told(d.address), Fit: d.fit + 1,
	}
	if d.located {
		km := kilometres(d.km)
		n.Distance = &km
	}
	return n
}

// told is a text that there is, nil for "".
func told(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// clinics adds what the next segments of the department tell.
func (n *nearby) clinics(next []open, by Channel, now time.Time) {
	n.Bookable = len(next) > 0
	for _, g := range next {
		if n.Next == nil && len(g.Open(by, g.taken, now)) > 0 {
			n.Next = &g.Start
		}
		if doctor := (form.Named{Reference: form.Reference(g.doctor), Display: g.names[1]}); g.doctor != "" && !slices.Contains(n.Doctors, doctor) {
			n.Doctors = append(n.Doctors, doctor)
		}
		if !slices.Contains(n.Kinds, g.kind) {
			n.Kinds = append(n.Kinds, g.kind)
		}
		if g.insurance != "" && !slices.Contains(n.Insurances, g.insurance) {
			n.Insurances = append(n.Insurances, g.insurance)
		}
		if g.price == "" {
			continue
		}
		price := form.Decimal(g.price)
		if n.PriceFrom == nil || yuan(&price) < yuan(n.PriceFrom) {
			n.PriceFrom = &price
		}
		if n.PriceTo == nil || yuan(&price) > yuan(n.PriceTo) {
			n.PriceTo = &price
		}
	}
}

// yuan is a price by which one compares; what has none comes last.
func yuan(price *form.Decimal) float64 {
	if price == nil {
		return 1e9
	}
	f, _ := strconv.ParseFloat(string(*price), 64) // it was written by a form
	return f
}

// has tells whether a text stands in what the hospital, the department or one of its doctors is called.
func (n nearby) has(text *string) bool {
	if text == nil {
		return true
	}
	part := fold.Text(*text)
	fits := func(name string) bool { return strings.Contains(fold.Text(name), part) }
	return fits(n.Institution.Display) || fits(n.Department.Display) || slices.ContainsFunc(n.Doctors, func(d form.Named) bool { return fits(d.Display) })
}

// compare puts departments in order; what cannot be compared comes last.
func (o By) compare(a, b nearby) int {
	byTime := compareTimes(a.Next, b.Next)
	byKm := cmp.Compare(yuan(a.Distance), yuan(b.Distance))
	switch o {
	case "price":
		return cmp.Or(cmp.Compare(yuan(a.PriceFrom), yuan(b.PriceFrom)), byTime, byKm)
	case "distance":
		return cmp.Or(byKm, byTime)
	case "fit":
		return cmp.Or(cmp.Compare(a.Fit, b.Fit), byKm, byTime)
	}
	return cmp.Or(byTime, byKm)
}

func compareTimes(a, b *time.Time) int {
	switch {
	case a == nil || b == nil:
		return b2i(a == nil) - b2i(b == nil)
	}
	return a.Compare(*b)
}
