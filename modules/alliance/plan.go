package alliance

import (
	"encoding/json"
	"slices"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir/draft"
	"yitong/internal/fhir/r4"
	"yitong/internal/form"
	"yitong/internal/process"
)

// followUpsMost is in how many months behind today the last follow-up can be: a plan for longer is made anew.
const followUpsMost = 12

// future refuses days of follow-up that are past, too far ahead or not in order.
func future(c *process.Case, days []form.Date) error {
	if last := c.Now.AddDate(0, followUpsMost, 0).Format(time.DateOnly); len(days) > 0 && string(slices.Max(days)) > last {
		return fault.New(fault.Unprocessable, "The days of follow-up are until %s. 随访日期应在 %[1]s 以前。", last).WithIssue("value")
	}
	if len(days) > 0 && string(days[0]) <= c.Now.Format(time.DateOnly) || !slices.IsSorted(days) || len(slices.Compact(slices.Clone(days))) < len(days) {
		return fault.New(fault.Unprocessable, "The days of follow-up are in the future, each behind the one before. 随访日期应在今天之后，并按先后顺序填写。").WithIssue("value").At(asked(inFollowUp))
	}
	return nil
}

// followUps are the days that the letter which stands names.
func followUps(c *process.Case) (days []form.Date) {
	for _, in := range sinceLetter(c) {
		if in.Type().Text() == inFollowUp {
			days = append(days, form.Date(in.ValueString()))
		}
	}
	return days
}

type activity struct {
	Detail struct {
		Status    string            `json:"status"`
		Scheduled map[string]string `json:"scheduledPeriod"`
		Performer []draft.Reference `json:"performer"`
		What      string            `json:"description"`
	} `json:"detail"`
}

// takeOver is how a patient arrives on the way down: the plan of the letter becomes a CarePlan of the institution, and its days fall due
// with the doctor there.
func takeOver() process.Move {
	return process.Make(arrival("A patient whom you referred back has been taken over."), func(c *process.Case, _ none) error {
		came(c)
		days := followUps(c)
		if len(days) == 0 {
			return nil
		}
		var all []activity
		for _, day := range days {
			var one activity
			one.Detail.Status, one.Detail.What, one.Detail.Scheduled = "not-started", "随访", map[string]string{"start": string(day), "end": string(day)}
			one.Detail.Performer = []draft.Reference{draft.To(c.Party(doctor).Reference)}
			all = append(all, one)
		}
		text, err := json.Marshal(map[string]any{
			"resourceType": "CarePlan", "status": "active", "intent": "plan", "title": "康复与随访计划", "subject": draft.To(c.Resident()),
			"period": map[string]string{"start": c.Now.Format(time.DateOnly), "end": string(days[len(days)-1])}, "created": c.Now.Format(time.RFC3339),
			"author": draft.To(c.Party(initiator).Reference), "addresses": problemsOf(c), "supportingInfo": []draft.Reference{draft.To(kept(c, inLetter))}, "activity": all,
		})
		if err != nil {
			return err
		}
		c.InputReference(inPlan, c.Create(typeCarePlan, text).Ref.String())
		c.Due(endOf(days[0], c.Now.Location()))
		return nil
	})
}

// problemsOf is what a plan addresses: the diagnosis that the case is about, if it is one.
func problemsOf(c *process.Case) []draft.Reference {
	if about := c.Focus(); about != nil && about.Ref.Type == typeCondition {
		return []draft.Reference{draft.To(about.Ref.String())}
	}
	return nil
}

// endOf is the end of a day.
func endOf(day form.Date, zone *time.Location) time.Time { return day.Time(zone).AddDate(0, 0, 1) }

type following struct {
	Findings string `name:"findings" zh:"随访情况" en:"Findings" bytes:"4000"`
}

// followUp does what the plan says for its next day, and leads to the day after it. The last ends the referral.
func followUp() process.Move {
	m := process.Make(process.Move{
		Code: "follow-up", Words: bilingual.Text{Zh: "登记随访", En: "Record a follow-up"}, Doc: "Record the follow-up that the plan says. The next one falls due then; with the last the referral ends.",
		From: []string{stateInCare, stateFollowLate}, To: []string{stateInCare, stateCompleted}, By: []process.By{doctors},
		Tells: []process.Tell{tell(initiator, "下转患者的一次随访已登记。", "A follow-up of a patient whom you referred back is on record."),
			tell(process.Resident, "您的一次随访已登记，请登录查看。", "A follow-up is on record. Sign in to see it.")},
		Guard: func(c *process.Case) error {
			if kept(c, inPlan) == "" {
				return fault.New(fault.Conflict, "No follow-up was planned. 转诊单没有随访计划，请直接结束接诊。").WithIssue("business-rule")
			}
			return nil
		},
	}, func(c *process.Case, in following) error {
		plan, err := r4.AsCarePlan(c.Edit(kept(c, inPlan)).Doc())
		if err != nil {
			return err
		}
		c.Output(outFollowUp, in.Findings)
		done := false
		for _, one := range plan.Activity().All() {
			switch {
			case one.Detail().Status() == "completed":
			case !done:
				done = true
				one.Detail().SetStatus("completed")
			default:
				c.Due(endOf(form.Date(one.Detail().ScheduledPeriod().Start()), c.Now.Location()))
				return nil
			}
		}
		c.To(stateCompleted)
		return closed(c, "completed")
	})
	return process.Reading(m, func(c *process.Case, _ following) []string { return closing(c) })
}

// fallBehind is the clock's: a follow-up was not recorded on its day; where none was planned, nobody has answered in time, and the record does
// not stay open for that.
func fallBehind() process.Move {
	m := process.Make(process.Move{
		Code: "fall-behind", Words: bilingual.Text{Zh: "随访或接诊逾期", En: "Follow-up or answer is late"}, Doc: "The follow-up was not recorded on its day. Where none was planned the time is up, and the record that the referral opened is closed.",
		From: []string{stateInCare}, To: []string{stateFollowLate, stateCompleted},
		Tells: []process.Tell{tell(doctor, "一名下转患者的随访或接诊已逾期，请尽快处理。", "A follow-up, or your answer, about a patient who was referred back is late. Please see to it."),
			tell(receiving, "一名下转患者的随访或接诊已逾期，请督促医师处理。", "A follow-up, or an answer, about a patient who was referred back is late. Please see to it.")},
	}, func(c *process.Case, _ none) error {
		if kept(c, inPlan) != "" {
			return nil
		}
		c.To(stateCompleted)
		return closed(c, "completed")
	})
	return process.Reading(m, func(c *process.Case, _ none) []string { return closing(c) })
}

// planIs ends a plan, if there is one: what was not done is not to be done any more.
func planIs(c *process.Case, status string) error {
	before := kept(c, inPlan)
	if before == "" {
		return nil
	}
	plan, err := r4.AsCarePlan(c.Edit(before).Doc())
	if err != nil {
		return err
	}
	for _, one := range plan.Activity().All() {
		if one.Detail().Status() == "not-started" {
			one.Detail().SetStatus("cancelled")
		}
	}
	plan.SetStatus(status)
	return nil
}
