package scheduling

import (
	"cmp"
	"context"
	"time"

	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
)

// daysMost is of how many days places are told at once.
const daysMost = 14

type (
	ofDays struct {
		Department form.Reference  `name:"department" zh:"科室" en:"Department" types:"HealthcareService"`
		Doctor     *form.Reference `name:"doctor" zh:"医师" en:"Doctor" types:"PractitionerRole"`
		From       *form.Date      `name:"from" zh:"开始日期" en:"From" doc:"Today where it is left out."`
		Days       *int            `name:"days" zh:"天数" en:"Days" from:"1" to:"14" doc:"A week and a day where it is left out."`
	}
	days struct {
		Department  form.Named `name:"department" zh:"科室" en:"Department" types:"HealthcareService"`
		Institution form.Named `name:"institution" zh:"医院" en:"Hospital" types:"Organization"`
		Days        []oneDay   `name:"day" zh:"日期" en:"Day" most:"*"`
	}
	// oneDay is what there is of a department on a day.
	oneDay struct {
		Day     form.Date  `name:"date" zh:"日期" en:"Date"`
		Free    int        `name:"free" zh:"余号" en:"Free places" doc:"That who asks may book now."`
		Total   int        `name:"total" zh:"总号源" en:"Places"`
		Stopped bool       `name:"stopped" zh:"停诊" en:"Stopped" doc:"All of its segments are."`
		Opens   *time.Time `name:"opens" zh:"放号时间" en:"Opens" doc:"Where nothing is open yet."`
		Draws   bool       `name:"draws" zh:"抽签放号" en:"Is to be drawn" doc:"Some of its places are given by lot when they open."`
	}
)

// days tells of each day how many places of a department who asks may book; days without a clinic are left out.
func (d Desk) days(ctx context.Context, c *module.Call, in ofDays) (out days, err error) {
	s := c.Session.Behalf(Process)
	now := s.Now().In(d.Zone)
	department, err := d.read(ctx, s, string(in.Department))
	if err != nil {
		return out, err
	}
	out.Department = form.Named{Reference: in.Department, Display: cases.Called(department)}
	if out.Institution, err = d.named(ctx, s, department.Root.Get("providedBy").Get("reference").Str()); err != nil {
		return out, err
	}
	from, count := now, 8
	if in.From != nil && in.From.Time(d.Zone).After(now) {
		from = in.From.Time(d.Zone)
	}
	if in.Days != nil {
		count = min(*in.Days, daysMost)
	}
	until := time.Date(from.Year(), from.Month(), from.Day()+count, 0, 0, 0, 0, d.Zone)
	doctor := ""
	if in.Doctor != nil {
		doctor = string(*in.Doctor)
	}
	by := Channel("")
	err = d.eachDay(ctx, s, string(in.Department), doctor, from, until, func(all []segment) (enough bool, err error) {
		if by == "" {
			if by, err = d.channel(ctx, c.Session, all[0], false); err != nil && fault.CodeOf(err) != fault.Forbidden {
				return true, err
			}
		}
		has, err := d.taken(ctx, s, all)
		one := oneDay{Day: form.Date(all[0].day()), Stopped: true, Opens: &all[0].Opens}
		for _, on := range all {
			one.Free, one.Total = one.Free+len(on.Open(by, has[on.scope()], now)), one.Total+on.Total()
			one.Stopped, one.Draws = one.Stopped && on.Stopped, one.Draws || on.Draws
			if one.Opens != nil && !now.Before(on.Opens) {
				one.Opens = nil
			}
		}
		out.Days = append(out.Days, one)
		return false, err
	})
	return out, err
}

// eachDay calls do with the segments of a department on each of its days, all of them or those of one doctor, until that is enough: from an
// instant on until another, in their order. The error is Unprocessable where a day has more than are looked at.
func (d Desk) eachDay(ctx context.Context, s *gate.Session, department, doctor string, from, until time.Time, do func([]segment) (enough bool, err error)) error {
	for enough := false; from.Before(until) && !enough; from = dayBegins(from).AddDate(0, 0, 1) {
		var all []segment
		whole, err := cases.EachVersion(ctx, s, typeSlot, segmentsMost, []search.Pair{
			{Name: "_sort", Value: "start"}, {Name: "service-type", Value: SystemOf + "|" + search.Escape(cmp.Or(doctor, department))},
			{Name: "start", Value: "ge" + from.Format(time.RFC3339)}, {Name: "start", Value: "lt" + dayBegins(from).AddDate(0, 0, 1).Format(time.RFC3339)},
		}, func(r fhir.Resource, version int64) bool {
			if g, is := segmentOf(r, version, d.Zone); is && g.department == department {
				all = append(all, g)
			}
			return true
		})
		if err == nil && !whole {
			err = fault.New(fault.Unprocessable, "On %s there are more than %d segments: ask for one doctor. 该日时段过多，请选择医师。", from.Format(time.DateOnly), segmentsMost).At("doctor")
		}
		if err == nil && len(all) > 0 {
			enough, err = do(all)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
