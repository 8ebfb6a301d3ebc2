package main

import (
	"context"
	"net/http"
	"time"

	"yitong/internal/app/region"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/rest"
	"yitong/modules/alliance"
)

// Departments and posts that referrals lead to.
const (
	cardiology  = "HealthcareService/" + region.Hospital + "-03.04"
	endocrine   = "HealthcareService/" + region.Hospital + "-03.07"
	atCentre    = "HealthcareService/" + region.Centre + "-02"
	heartDoctor = "PractitionerRole/" + region.Hospital + "-01" // who can sign in
)

// refer: the doctor refers two patients up to the hospital that leads the alliance, one of whom waits for its office, the other for the
// day; its doctor refers one down, whom the centre follows up.
func refer(ctx context.Context, people map[string]*visitor, who shown) error {
	for _, story := range []func(context.Context, map[string]*visitor, shown) error{waitForHospital, waitForTheDay, comeBack} {
		if err := story(ctx, people, who); err != nil {
			return err
		}
	}
	return nil
}

// waitForHospital: the resident agrees to a referral, and the centre's office lets it go out.
func waitForHospital(ctx context.Context, people map[string]*visitor, who shown) error {
	doctor := people[name(gate.Doctor)]
	diagnosed, err := doctor.find(ctx, "Condition?_count=1&patient="+who.resident.name, anything)
	if err != nil {
		return err
	}
	of, err := up(ctx, doctor, diagnosed, "urgent", endocrine)
	if err != nil {
		return err
	}
	if err := people[name(gate.Resident)].move(ctx, of, "agree"); err != nil {
		return err
	}
	if err := doctor.dispatch(ctx, of); err != nil {
		return err
	}
	return people[name(gate.Office)].move(ctx, of, "approve")
}

// waitForTheDay: a patient has agreed on paper, both offices have approved, and the hospital's doctor has set the time.
func waitForTheDay(ctx context.Context, people map[string]*visitor, who shown) error {
	doctor := people[name(gate.Doctor)]
	diagnosed, err := doctor.find(ctx, "Condition?category=problem-list-item&_count=50", func(r fhir.Resource) bool {
		of := r.Root.Get("subject").Get("reference").Str()
		return of != who.resident.name && answers(r, region.Centre) && doctor.lives(ctx, of)
	})
	if err != nil {
		return err
	}
	of, err := up(ctx, doctor, diagnosed, "routine", cardiology)
	if err != nil {
		return err
	}
	return run(
		func() error { return doctor.move(ctx, of, "record-consent", "consent", string(alliance.OnPaper)) },
		func() error { return doctor.dispatch(ctx, of) },
		func() error { return people[name(gate.Office)].move(ctx, of, "approve") },
		func() error { return people[hospitalOffice].move(ctx, of, "accept", "post", heartDoctor) },
		func() error {
			return people[hospitalDoctor].move(ctx, of, "schedule", "time", nextMorning(time.Now()), "bring", "身份证、医保电子凭证、近期检查报告和正在服用的药品。")
		},
	)
}

// comeBack: after a visit to the hospital a patient goes back to the centre, whose doctor takes over and follows up.
func comeBack(ctx context.Context, people map[string]*visitor, _ shown) error {
	from, doctor := people[hospitalDoctor], people[name(gate.Doctor)]
	diagnosed, err := from.find(ctx, "Condition?_sort=-onset-date&_count=200", func(r fhir.Resource) bool {
		return answers(r, region.Hospital) && from.lives(ctx, r.Root.Get("subject").Get("reference").Str())
	})
	if err != nil {
		return err
	}
	of, err := from.begin(ctx, alliance.CodeDown, "assess", "problem", diagnosed, "assessment", "病情稳定，可转回社区继续康复。")
	if err != nil {
		return err
	}
	today := time.Now()
	return run(
		func() error {
			return from.move(ctx, of, "refer", "department", atCentre, "history", "住院治疗后好转，各项指标稳定。", "findings", "生命体征平稳，可下床活动。",
				"plan", "继续目前用药，社区每两周随访一次；如有不适，及时上转。",
				"follow-up", today.AddDate(0, 0, 14).Format(time.DateOnly), "follow-up", today.AddDate(0, 0, 28).Format(time.DateOnly))
		},
		func() error { return from.move(ctx, of, "record-consent", "consent", string(alliance.OnPaper)) },
		func() error { return from.dispatch(ctx, of) },
		func() error { return people[hospitalOffice].move(ctx, of, "approve") },
		func() error { return people[name(gate.Office)].move(ctx, of, "accept", "post", doctorsPost) },
		func() error { return doctor.move(ctx, of, "schedule", "time", nextMorning(today)) },
		func() error { return doctor.move(ctx, of, "arrive") },
	)
}

// run takes steps, until one fails.
func run(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// up begins a referral to a higher hospital, and writes its letter.
func up(ctx context.Context, doctor *visitor, diagnosed, urgency, department string) (of string, err error) {
	of, err = doctor.begin(ctx, alliance.CodeUp, "consult", "problem", diagnosed, "question", "社区治疗效果不理想，是否需要上级医院评估？", "urgency", urgency)
	if err != nil {
		return "", err
	}
	return of, doctor.move(ctx, of, "refer", "conclusion", "经院内会诊，建议转上级医院进一步评估治疗方案。", "department", department,
		"history", "规律随访并服药，近两次随访指标仍未达标。", "findings", "一般情况好，无急性并发症表现。", "referral-question", "请评估并调整治疗方案。")
}

// dispatch signs the letter of a case, and sends it.
func (v *visitor) dispatch(ctx context.Context, of string) error {
	text, err := v.send(ctx, http.MethodGet, rest.Base+"/"+of, "", nil)
	if err != nil {
		return err
	}
	tree, err := fhir.Parse(text)
	if err != nil {
		return err
	}
	letter := ""
	for in := tree.Root().Get("input").First(); in.Exists(); in = in.Next() {
		if in.Get("type").Get("text").Str() == "letter" {
			letter = in.Get("valueReference").Get("reference").Str()
		}
	}
	if letter == "" {
		return fault.Wrap(nil, "the demo's work: the referral has no letter")
	}
	if _, err := v.operate(ctx, letter+"/$sign", parametersOf()); err != nil {
		return err
	}
	return v.move(ctx, of, "send")
}

// answers tells whether an institution answers for something.
func answers(r fhir.Resource, institution string) bool {
	keeper, _ := r.Extended(gate.Custodian)
	return keeper == "Organization/"+institution
}

// lives tells whether a patient whom one sees is alive.
func (v *visitor) lives(ctx context.Context, patient string) bool {
	ref := fhir.ParseReference(patient).Ref
	_, err := v.find(ctx, "Patient?_id="+ref.ID, func(r fhir.Resource) bool { return !r.Root.Get("deceasedDateTime").Exists() })
	return err == nil
}

// nextMorning is half past nine of the next working day, in China.
func nextMorning(now time.Time) string {
	day := now.In(china).AddDate(0, 0, 1)
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, 1)
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 9, 30, 0, 0, china).Format(time.RFC3339)
}

// china is where the city is.
var china = time.FixedZone("CST", 8*60*60)
