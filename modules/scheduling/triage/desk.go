package triage

import (
	"context"
	"slices"
	"strings"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/fold"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/module"
	"yitong/internal/rule"
)

// Desk carries out what the module offers.
type Desk struct {
	Book   func() *rule.Book
	Region string         // by whose rules it goes
	Zone   *time.Location // by whose clocks days begin
}

var typeService, _ = schema.TypeOf("HealthcareService")

// Descriptor is what the platform has of this service.
func Descriptor(d Desk) module.Descriptor {
	reads := func(name, id, zh, en, doc string) module.Operation {
		return module.Operation{
			Name: name, ID: id, Types: []schema.Type{typeService}, Levels: module.OfType, Reads: true, Words: bilingual.Text{Zh: zh, En: en}, Doc: doc, Mission: []string{"A25"},
		}
	}
	leads := reads("triage", "find-care", "导诊", "Where to go",
		"Tells which signs are still to be asked, or where to go: how soon, at what level of care, in which specialties, and by which rows of the rules. A sign of danger leads to 120 at once. Nothing is kept. The departments themselves are found by $departments.")
	leads.Methods = []string{"POST"} // what troubles somebody stands in no address, and so in no trail
	return module.Descriptor{
		Name: "triage", Words: bilingual.Text{Zh: "导诊", En: "Where to go"}, Mission: []string{"A25"}, Rules: Tables(),
		Doc: "Leads people from what troubles them to how soon, at what level of care and in which specialty they should be seen, by published rules. It makes no diagnosis, and keeps nothing of what is answered.",
		Operations: []module.Operation{
			module.Op(reads("complaints", "list-complaints", "导诊症状", "What can be asked", "Lists the complaints that can be chosen, with other words and pinyin by which they are found, and for residents and proxies what is known of the person."), d.list),
			module.Op(leads, d.lead),
		},
	}
}

type (
	nothing struct{}
	choices struct {
		Groups     []group  `name:"group" zh:"部位" en:"Part of the body" most:"*"`
		Complaints []choice `name:"complaint" zh:"症状" en:"Complaint" most:"*"`
		Months     *int     `name:"months" zh:"月龄" en:"Age in months" doc:"Of the resident whom who asks acts for."`
		Sex        *Sex     `name:"sex" zh:"性别" en:"Sex" doc:"Of that resident."`
		Child      int      `name:"child-below" zh:"儿童（不足月龄）" en:"A child below, in months"`
		From       int      `name:"pregnancy-from" zh:"询问怀孕自（月龄）" en:"Asked for a pregnancy from, in months"`
		To         int      `name:"pregnancy-to" zh:"询问怀孕至（月龄）" en:"Asked for a pregnancy to, in months"`
	}
	group struct {
		Code string `name:"code" zh:"代码" en:"Code"`
		Zh   string `name:"zh" zh:"中文" en:"In Chinese"`
		En   string `name:"en" zh:"英文" en:"In English"`
	}
	choice struct {
		Code  string  `name:"code" zh:"代码" en:"Code"`
		Group string  `name:"group" zh:"部位" en:"Part of the body"`
		Zh    string  `name:"zh" zh:"中文" en:"In Chinese"`
		En    string  `name:"en" zh:"英文" en:"In English"`
		Found string  `name:"search" zh:"检索词" en:"Found by" doc:"Other words and pinyin, folded, with blanks between them."`
		Whose *string `name:"whose" zh:"人群" en:"Of whom" doc:"male, female or child, where it is of these alone."`
	}
	told struct {
		Complaints []string `name:"complaint" zh:"症状" en:"Complaint" bytes:"40" least:"1" most:"3"`
		Signs      []said   `name:"sign" zh:"回答" en:"Answer" most:"100"`
		Months     *int     `name:"months" zh:"月龄" en:"Age in months" from:"0" to:"1500" doc:"Residents and proxies may leave it out."`
		Sex        *Sex     `name:"sex" zh:"性别" en:"Sex" doc:"Residents and proxies may leave it out."`
		Pregnant   *bool    `name:"pregnant" zh:"怀孕" en:"Pregnant" doc:"To be said where it can be."`
	}
	said struct {
		Sign   string `name:"sign" zh:"表现" en:"Sign" bytes:"40"`
		Answer Answer `name:"answer" zh:"回答" en:"Answer"`
	}
	led struct {
		Questions []question `name:"question" zh:"问题" en:"Question" most:"*" doc:"What is still to be asked; none where there is a result."`
		Result    *result    `name:"result" zh:"建议" en:"Result"`
	}
	question struct {
		Sign  string `name:"sign" zh:"表现" en:"Sign"`
		Zh    string `name:"zh" zh:"中文" en:"In Chinese"`
		En    string `name:"en" zh:"英文" en:"In English"`
		First bool   `name:"first" zh:"首屏" en:"Asked of all"`
	}
	result struct {
		Urgency     Urgency  `name:"urgency" zh:"紧急程度" en:"How soon"`
		Care        Care     `name:"care" zh:"就诊层级" en:"Level of care"`
		Specialties []string `name:"specialty" zh:"诊疗科目" en:"Specialty" least:"1" most:"*"`
		Signs       []group  `name:"sign" zh:"危险信号" en:"Sign" most:"*" doc:"That were there, or not sure."`
		Rows        []byRule `name:"rule" zh:"依据" en:"By" least:"1" most:"*"`
	}
	byRule struct {
		Row    string `name:"row" zh:"规则行" en:"Row"`
		Zh     string `name:"zh" zh:"中文" en:"In Chinese"`
		En     string `name:"en" zh:"英文" en:"In English"`
		Value  string `name:"value" zh:"值" en:"Value"`
		Source string `name:"source" zh:"来源" en:"Source"`
	}
)

// list lists what can be chosen.
func (d Desk) list(ctx context.Context, c *module.Call, _ nothing) (out choices, err error) {
	for _, g := range groups {
		out.Groups = append(out.Groups, group{g.Code, g.Words.Zh, g.Words.En})
	}
	for _, one := range complaints {
		words := append([]string{one.zh, one.en}, strings.Fields(one.also)...)
		found := []string{}
		for _, w := range words {
			found = append(found, fold.Text(w))
			found = append(found, fold.Readings(w)...)
		}
		n := choice{Code: one.code, Group: one.group, Zh: one.zh, En: one.en, Found: strings.Join(found, " ")}
		if one.whose != "" {
			n.Whose = &one.whose
		}
		out.Complaints = append(out.Complaints, n)
	}
	if p, known, err := d.person(ctx, c.Session); err != nil {
		return out, err
	} else if known {
		out.Months, out.Sex = &p.Months, &p.Sex
	}
	r := d.rules(c.Session)
	for name, to := range map[string]*int{child: &out.Child, fertileFrom: &out.From, fertileTo: &out.To} {
		months, _, err := Ages.Find(r.Book, r.Region, r.At, name)
		if err != nil {
			return out, err
		}
		*to = int(months)
	}
	return out, nil
}

func (d Desk) rules(s *gate.Session) Rules { return Rules{d.Book(), d.Region, s.Now()} }

// person is the resident for whom somebody asks, by the record; known is false for who acts for nobody.
func (d Desk) person(ctx context.Context, s *gate.Session) (p Person, known bool, err error) {
	who := s.Actor()
	if who.Role != gate.Resident && who.Role != gate.Proxy || who.Resident.ID == "" {
		return p, false, nil
	}
	v, err := s.Read(ctx, who.Resident)
	if err != nil {
		return p, false, err
	}
	r, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return p, false, fault.Wrap(err, "reading a Patient")
	}
	born, _, err := fhir.ParsePeriod(r.Root.Get("birthDate").Str(), d.Zone)
	if err != nil {
		return p, false, nil // then it is asked
	}
	return Person{Months: months(born.In(d.Zone), s.Now().In(d.Zone)), Sex: sexOf(r)}, true, nil
}

func sexOf(r fhir.Resource) Sex {
	if g := Sex(r.Root.Get("gender").Str()); g == male || g == female {
		return g
	}
	return "unknown"
}

// months are the whole months of an age.
func months(born, now time.Time) int {
	n := (now.Year()-born.Year())*12 + int(now.Month()) - int(born.Month())
	if now.Day() < born.Day() {
		n--
	}
	return max(0, n)
}

// lead asks on, or tells where to go.
func (d Desk) lead(ctx context.Context, c *module.Call, in told) (out led, err error) {
	asked, err := d.asked(ctx, c.Session, in)
	if err != nil {
		return out, err
	}
	r := d.rules(c.Session)
	fertile, err := r.Place(&asked.Person)
	if err != nil {
		return out, err
	}
	if fertile && in.Pregnant == nil {
		return out, fault.New(fault.Malformed, "Say whether she is pregnant: pregnant is missing. 请说明是否怀孕。").At("pregnant")
	}
	for _, code := range asked.Complaints {
		one := complaints[slices.IndexFunc(complaints, func(c complaint) bool { return c.code == code })]
		if !asked.Person.concerns(one.whose) {
			return out, fault.New(fault.Unprocessable, "This complaint is not for that age or sex; choose another one. 该症状与年龄或性别不符，请重新选择。").At("complaint")
		}
	}
	decision, err := r.Decide(asked)
	if err != nil {
		return out, err
	}
	if decision.Urgency != Call {
		questions, err := r.Questions(asked)
		if err != nil {
			return out, err
		}
		for _, q := range questions {
			s := signs[slices.IndexFunc(signs, func(s sign) bool { return s.code == q.Sign })]
			out.Questions = append(out.Questions, question{s.code, s.zh, s.en, q.First})
		}
	}
	if len(out.Questions) == 0 {
		out.Result = decision.told()
	}
	return out, nil
}

// asked reads what has been said.
func (d Desk) asked(ctx context.Context, s *gate.Session, in told) (a Asked, err error) {
	p, known, err := d.person(ctx, s)
	if err != nil {
		return a, err
	}
	if !known && (in.Months == nil || in.Sex == nil) {
		return a, fault.New(fault.Malformed, "Say how old the person is, and of which sex. 请说明年龄和性别。").At("months")
	}
	if in.Months != nil {
		p.Months = *in.Months
	}
	if in.Sex != nil {
		p.Sex = *in.Sex
	}
	p.Pregnant = in.Pregnant != nil && *in.Pregnant
	a = Asked{Person: p, Complaints: in.Complaints, Answers: map[string]Answer{}}
	for i, code := range in.Complaints {
		if !slices.ContainsFunc(complaints, func(c complaint) bool { return c.code == code }) || slices.Contains(in.Complaints[:i], code) {
			return a, fault.New(fault.Malformed, "There is no complaint of this code, or it is given twice; $complaints lists them. 没有该症状，或重复选择。").At("complaint")
		}
	}
	for _, one := range in.Signs {
		if !slices.ContainsFunc(signs, func(s sign) bool { return s.code == one.Sign }) || a.Answers[one.Sign] != "" {
			return a, fault.New(fault.Malformed, "There is no sign of this code, or it is answered twice. 没有该表现，或重复回答。").At("sign")
		}
		a.Answers[one.Sign] = one.Answer
	}
	return a, nil
}

// told is a decision as it is told.
func (d Decision) told() *result {
	out := &result{Urgency: d.Urgency, Care: d.Care, Specialties: d.Specialties}
	for _, code := range d.Signs {
		s := signs[slices.IndexFunc(signs, func(s sign) bool { return s.code == code })]
		out.Signs = append(out.Signs, group{s.code, s.zh, s.en})
	}
	for _, row := range d.Rows {
		title := row.Table().Title
		out.Rows = append(out.Rows, byRule{string(row.Ref()), title.Zh, title.En, row.Value(), row.Source()})
	}
	return out
}
