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
	"yitong/internal/module"
)

// clinicsShown is how many clinics of an institution are listed.
const clinicsShown = 1_000

type (
	ofClinics struct {
		Clinic *form.Reference `name:"clinic" zh:"门诊" en:"Clinic" types:"Schedule" doc:"That one alone."`
	}
	clinics struct {
		Clinics []openClinic `name:"clinic" zh:"门诊" en:"Clinic" most:"*"`
		Whole   bool         `name:"whole" zh:"完整" en:"All" doc:"There are no more of them."`
	}
	// openClinic is a clinic as it was given to $open-clinic last.
	openClinic struct {
		Clinic     form.Reference `name:"reference" zh:"门诊" en:"Clinic" types:"Schedule"`
		Department form.Named     `name:"department" zh:"科室" en:"Department" types:"HealthcareService"`
		Doctor     *form.Named    `name:"doctor" zh:"医师" en:"Doctor" types:"PractitionerRole"`
		From       form.Date      `name:"from" zh:"开始日期" en:"From"`
		To         *form.Date     `name:"to" zh:"结束日期" en:"To"`
		Segment    int            `name:"segment" zh:"时段分钟数" en:"Minutes of a segment"`
		Ahead      int            `name:"ahead" zh:"提前放号天数" en:"Days ahead"`
		Opens      string         `name:"opens" zh:"放号时刻" en:"When it opens"`
		Price      *form.Decimal  `name:"price" zh:"诊查费（元）" en:"Price in yuan"`
		Draw       *bool          `name:"draw" zh:"抽签放号" en:"Places are drawn"`
		Enter      *int           `name:"enter" zh:"抽签报名小时数" en:"Hours to enter the draw"`
		Kind       *Kind          `name:"kind" zh:"门诊类别" en:"Kind of clinic"`
		Insurance  *Insurance     `name:"insurance" zh:"医保类别" en:"Insurance"`
		Makeup     *Weekday       `name:"makeup" zh:"调休上班日按周几出诊" en:"On working weekends as on"`
		Sessions   []Session      `name:"session" zh:"出诊时间" en:"When" most:"28"`
		Stops      []pause        `name:"stop" zh:"停诊" en:"Stops" most:"*" doc:"That are not over."`
	}
)

// clinics lists the clinics of the institution where somebody works, with how they take place.
func (d Desk) clinics(ctx context.Context, c *module.Call, in ofClinics) (out clinics, err error) {
	s, at := c.Session.Behalf(Process), c.Session.Actor().Institution
	if at == "" {
		return out, fault.New(fault.Forbidden, "You work at no hospital whose clinics these would be. 您不属于任何医疗机构。")
	}
	pairs := []search.Pair{{Name: "_tag", Value: System + "|" + tagClinic}, {Name: "-custodian", Value: at}}
	if in.Clinic != nil {
		pairs = append(pairs, search.Pair{Name: "_id", Value: fhir.ParseReference(string(*in.Clinic)).Ref.ID})
	}
	var wrong error
	today := s.Now().In(d.Zone).Format(time.DateOnly)
	out.Whole, err = cases.Each(ctx, s, typeSchedule, clinicsShown, pairs, func(r fhir.Resource) bool {
		var one openClinic
		if one, wrong = patternOf(r); wrong == nil {
			one.Stops = slices.DeleteFunc(pausesIn(r), func(p pause) bool { return string(p.To) < today })
			out.Clinics = append(out.Clinics, one)
		}
		return wrong == nil
	})
	if err == nil {
		err = wrong
	}
	if err == nil && in.Clinic != nil && len(out.Clinics) == 0 {
		err = fault.New(fault.NotFound, "%s is no clinic of your institution. 该门诊不属于本机构。", *in.Clinic)
	}
	return out, err
}

// patternOf reads a clinic.
func patternOf(r fhir.Resource) (one openClinic, err error) {
	in, names, is, err := clinicOf(r)
	if err != nil || !is {
		return one, err
	}
	one = openClinic{
		Clinic: form.Reference(r.Type.String() + "/" + r.ID), Department: form.Named{Reference: in.Department, Display: names[0]},
		From: in.From, To: in.To, Segment: in.Segment, Ahead: in.Ahead, Opens: in.Opens, Price: in.Price, Draw: in.Draw, Enter: in.Enter, Kind: in.Kind, Insurance: in.Insurance, Makeup: in.Makeup, Sessions: in.Sessions,
	}
	if in.Doctor != nil {
		one.Doctor = &form.Named{Reference: *in.Doctor, Display: names[1]}
	}
	return one, nil
}
