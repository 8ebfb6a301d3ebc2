package alliance

import (
	"strings"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
	"yitong/internal/form"
	"yitong/internal/process"
)

// problems are the types of what a referral is about: an episode of care has one open referral at a time.
var problems = typesOf("Condition", "Encounter")

func typesOf(names ...string) (list []schema.Type) {
	for _, name := range names {
		t, _ := schema.TypeOf(name)
		list = append(list, t)
	}
	return list
}

// Urgency is how soon a patient has to be taken over. The green channel (绿色通道) has deadlines of its own and leaves no step out.
type Urgency string

// The urgencies, as Task.priority and ServiceRequest.priority say them.
const (
	Routine Urgency = "routine"
	Urgent  Urgency = "urgent"
	Green   Urgency = "stat"
)

// Codes implements [form.Coded].
func (Urgency) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(Routine), Words: bilingual.Text{Zh: "常规", En: "Routine"}},
		{Code: string(Urgent), Words: bilingual.Text{Zh: "加急", En: "Urgent"}},
		{Code: string(Green), Words: bilingual.Text{Zh: "绿色通道", En: "Green channel"}},
	}
}

type consulting struct {
	Problem   form.Reference  `name:"problem" zh:"诊断或就诊" en:"Problem" types:"Condition|Encounter" doc:"The diagnosis or visit that it is about."`
	Question  string          `name:"question" zh:"会诊问题" en:"Question" bytes:"2000" doc:"What colleagues are asked."`
	Urgency   Urgency         `name:"urgency" zh:"缓急" en:"Urgency"`
	Colleague *form.Reference `name:"colleague" zh:"会诊医师" en:"Colleague" types:"PractitionerRole" doc:"Who is asked, by a post at your own institution; left out where the consultation is held together."`
}

// consult is U1: the doctor begins an in-hospital consultation or a cooperative inquiry.
func consult() process.Move {
	m := process.Make(process.Move{
		Code: "consult", Words: bilingual.Text{Zh: "发起会诊", En: "Begin a consultation"},
		Doc: "Ask colleagues of the institution (院内会诊 or 协同问诊) whether a higher hospital should take the patient over.",
		To:  []string{stateConsulting}, By: []process.By{referrers},
		Tells: []process.Tell{tell(colleague, "有一名患者请您会诊，请发表意见。", "A colleague asks you for an opinion about a patient.")},
	}, func(c *process.Case, in consulting) error {
		if err := begin(c, in.Problem, in.Urgency); err != nil {
			return err
		}
		c.Input(inQuestion, in.Question)
		if in.Colleague == nil {
			return nil
		}
		who, err := colleagueAt(c, *in.Colleague, c.Actor.Institution)
		if err == nil && who.Reference == c.Actor.Reference {
			err = fault.New(fault.Unprocessable, "Nobody asks themself. 会诊医师应为他人。").WithIssue("value")
		}
		c.Set(colleague, who)
		return err
	})
	return process.Finding(process.Reading(m, func(_ *process.Case, in consulting) []string {
		reads := []string{string(in.Problem)}
		if in.Colleague != nil {
			reads = append(reads, string(*in.Colleague))
		}
		return reads
	}), func(c *process.Case, in consulting) []string { return residentsOf(c, []form.Reference{in.Problem}) })
}

// colleagueAt is the doctor who has a post at an institution.
func colleagueAt(c *process.Case, post form.Reference, institution string) (who process.Who, err error) {
	r, is := c.Read(string(post))
	person := r.Root.Get("practitioner").Get("reference").Str()
	if !is || person == "" || r.Root.Get("organization").Get("reference").Str() != institution || !held(r, c.Now) {
		return who, fault.New(fault.Unprocessable, "%s is nobody's post at your institution. 该岗位不属于本机构。", post).WithIssue("value")
	}
	if !ofDoctor(r) {
		return who, fault.New(fault.Unprocessable, "%s is no doctor's post. 该岗位不是医师岗位。", post).WithIssue("value")
	}
	return process.Who{Reference: person, At: institution}, nil
}

type advising struct {
	Opinion string `name:"opinion" zh:"会诊意见" en:"Opinion" bytes:"4000"`
}

// advise is the colleague's part of U1.
func advise() process.Move {
	return process.Make(process.Move{
		Code: "advise", Words: bilingual.Text{Zh: "发表会诊意见", En: "Give an opinion"}, Doc: "Answer the doctor who asks, who concludes.",
		From: []string{stateConsulting}, To: []string{stateConsulting}, By: []process.By{colleagues},
		Tells: []process.Tell{tell(initiator, "会诊医师已发表意见，请给出结论。", "The colleague whom you asked has answered. Please conclude.")},
	}, func(c *process.Case, in advising) error {
		c.Input(inOpinion, in.Opinion)
		return nil
	})
}

// begin settles what a case is about, and who refers.
func begin(c *process.Case, problem form.Reference, u Urgency) error {
	about, seen := c.Read(string(problem))
	if !seen {
		return fault.New(fault.Unprocessable, "There is no %s that you see. 没有可引用的该诊断或就诊。", problem).WithIssue("not-found")
	}
	patient := subjectOf(about)
	switch {
	case !strings.HasPrefix(patient, "Patient/"):
		return fault.New(fault.Unprocessable, "%s is about no resident. 该记录没有指明居民。", problem).WithIssue("value")
	case dead(c, patient):
		return fault.New(fault.Unprocessable, "The patient has died. 患者已死亡。").WithIssue("business-rule")
	}
	c.For(patient)
	c.FocusOn(c.Edit(string(problem)))
	c.Set(sending, process.Who{Reference: c.Actor.Institution})
	c.Set(initiator, process.Who{Reference: c.Actor.Reference, At: c.Actor.Institution})
	c.Task().SetPriority(string(u))
	c.Reserve(string(problem), "This has a referral that is not closed yet. 该诊断或就诊已有办理中的转诊。")
	return nil
}

type staying struct {
	Conclusion string `name:"conclusion" zh:"会诊结论" en:"Conclusion" bytes:"4000"`
}

func stay() process.Move {
	return process.Make(process.Move{
		Code: "stay", Words: bilingual.Text{Zh: "留在本机构诊治", En: "Treat here"}, Doc: "Conclude that no referral is needed.",
		From: []string{stateConsulting}, To: []string{stateStayed}, By: []process.By{referrers},
		Tells: []process.Tell{tell(process.Resident, "医生已给出会诊结论，您可在本机构继续诊治。", "Your doctor has concluded that you can be treated where you are.")},
	}, func(c *process.Case, in staying) error {
		c.Output(outConclusion, in.Conclusion)
		return nil
	})
}

type referring struct {
	Conclusion string           `name:"conclusion" zh:"会诊结论" en:"Conclusion" bytes:"4000" doc:"What the consultation has found, and why a higher hospital should take the patient over."`
	Department form.Reference   `name:"department" zh:"目标医院的科室" en:"Department" types:"HealthcareService" doc:"The department of the higher hospital that is asked."`
	History    string           `name:"history" zh:"病史" en:"History" bytes:"4000"`
	Findings   string           `name:"findings" zh:"检查所见" en:"Findings" bytes:"4000"`
	Question   string           `name:"referral-question" zh:"转诊目的" en:"What is asked for" bytes:"2000"`
	Attached   []form.Reference `name:"attached" zh:"附上的记录" en:"Attached" types:"Observation|DiagnosticReport|AllergyIntolerance|MedicationRequest|MedicationStatement|Condition|Procedure|ImagingStudy" most:"40" doc:"What of the record belongs to the letter: results, medication, allergies."`
}

// refer is U2: the leading doctor publishes the conclusion and chooses the hospital and its department. Who was rejected chooses anew.
func refer() process.Move {
	m := process.Make(process.Move{
		Code: "refer", Words: bilingual.Text{Zh: "转诊", En: "Refer"},
		Doc:  "Publish the conclusion, choose the higher hospital's department, and write the letter.",
		From: []string{stateConsulting, stateReturned}, To: []string{stateConsenting}, By: []process.By{referrers},
		Tells: []process.Tell{tell(process.Resident, "医生建议您转诊，请登录查看并选择是否同意。", "Your doctor suggests a referral. Sign in to see it, and to say whether you agree.")},
	}, func(c *process.Case, in referring) error {
		to, err := chosen(c, in.Department, upward)
		if err != nil {
			return err
		}
		c.Output(outConclusion, in.Conclusion)
		return write(c, to, letter{Title: "转诊单", Reason: in.Conclusion, History: in.History, Findings: in.Findings, Question: in.Question, Attached: in.Attached})
	})
	return process.Finding(process.Reading(m, func(c *process.Case, in referring) []string {
		return append(attached(in.Attached), string(in.Department), kept(c, inLetter), kept(c, inRequest))
	}), func(c *process.Case, in referring) []string {
		return append(asks(c, in.Department), residentsOf(c, in.Attached)...)
	})
}

type assessing struct {
	Problem    form.Reference `name:"problem" zh:"诊断或就诊" en:"Problem" types:"Condition|Encounter" doc:"The diagnosis or stay that it is about."`
	Assessment string         `name:"assessment" zh:"病情评估" en:"Assessment" bytes:"4000" doc:"Whether the patient can recover nearer home, and what that takes."`
}

// assess is D1: the higher hospital's doctor assesses the patient.
func assess() process.Move {
	m := process.Make(process.Move{
		Code: "assess", Words: bilingual.Text{Zh: "下转评估", En: "Assess for a return"}, Doc: "Assess whether the patient can recover at an institution nearer home.",
		To: []string{stateConsulting}, By: []process.By{referrers},
		Tells: []process.Tell{tell(process.Resident, "医生正在评估您是否可以转回基层机构康复。", "Your doctor looks into whether you can recover nearer home.")},
	}, func(c *process.Case, in assessing) error {
		if err := begin(c, in.Problem, Routine); err != nil {
			return err
		}
		c.Input(inAssessment, in.Assessment)
		return nil
	})
	m = process.Reading(m, func(_ *process.Case, in assessing) []string { return []string{string(in.Problem)} })
	return process.Finding(m, func(c *process.Case, in assessing) []string { return residentsOf(c, []form.Reference{in.Problem}) })
}

type handing struct {
	Department form.Reference   `name:"department" zh:"基层机构的科室" en:"Department" types:"HealthcareService" doc:"The department that is asked to take the patient over."`
	Course     string           `name:"history" zh:"诊治经过" en:"Course" bytes:"4000"`
	Findings   string           `name:"findings" zh:"目前情况" en:"Findings" bytes:"4000"`
	Plan       string           `name:"plan" zh:"康复与随访计划" en:"Plan" bytes:"4000" doc:"What is to be done after the transfer, by whom, and when to come back."`
	FollowUps  []form.Date      `name:"follow-up" zh:"随访日期" en:"Days of follow-up" most:"24" doc:"When the institution nearer home sees to the patient after the transfer, in order; each becomes a task of the doctor there."`
	Attached   []form.Reference `name:"attached" zh:"附上的记录" en:"Attached" types:"Observation|DiagnosticReport|AllergyIntolerance|MedicationRequest|MedicationStatement|Condition|Procedure|ImagingStudy" most:"40"`
}

// handOver ends D1: it begins the return, with the plan.
func handOver() process.Move {
	m := process.Make(process.Move{
		Code: "refer", Words: bilingual.Text{Zh: "下转", En: "Refer down"},
		Doc:  "Choose the institution nearer home, and write the letter with the plan.",
		From: []string{stateConsulting, stateReturned}, To: []string{stateConsenting}, By: []process.By{referrers},
		Tells: []process.Tell{tell(process.Resident, "医生建议您转回基层机构康复，请登录查看并选择是否同意。", "Your doctor suggests that you recover nearer home. Sign in to see it, and to say whether you agree.")},
	}, func(c *process.Case, in handing) error {
		to, err := chosen(c, in.Department, downward)
		if err != nil {
			return err
		}
		if err := future(c, in.FollowUps); err != nil {
			return err
		}
		assessment, _ := c.InputOf(inAssessment)
		if err := write(c, to, letter{Title: "下转单", Reason: assessment, History: in.Course, Findings: in.Findings, Question: in.Plan, Attached: in.Attached}); err != nil {
			return err
		}
		for _, day := range in.FollowUps {
			c.Input(inFollowUp, string(day))
		}
		return nil
	})
	return process.Finding(process.Reading(m, func(c *process.Case, in handing) []string {
		return append(attached(in.Attached), string(in.Department), kept(c, inLetter), kept(c, inRequest))
	}), func(c *process.Case, in handing) []string {
		return append(asks(c, in.Department), residentsOf(c, in.Attached)...)
	})
}

// attached are references, as texts.
func attached(list []form.Reference) (texts []string) {
	for _, r := range list {
		texts = append(texts, string(r))
	}
	return texts
}

// kept is the resource that a case keeps under a name, "" for none.
func kept(c *process.Case, name string) string {
	_, ref := c.InputOf(name)
	return ref
}

// tell says something to a party. Nothing of the case stands in it.
func tell(party, zh, en string) process.Tell {
	return process.Tell{Party: party, Text: bilingual.Text{Zh: zh, En: en}}
}
