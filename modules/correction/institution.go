package correction

import (
	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/internal/process"
)

type assigning struct {
	Post form.Reference `name:"post" zh:"岗位" en:"Post" types:"PractitionerRole" doc:"The clinician, by a post at your institution: best who has written the record."`
}

func assign() process.Move {
	m := process.Make(process.Move{
		Code: "assign", Words: bilingual.Text{Zh: "分派", En: "Assign"},
		Doc:  "Let a clinician of the institution look into it. The deadline stays.",
		From: []string{stateOpen, stateAssigned}, To: []string{stateAssigned}, By: []process.By{offices},
		Tells: []process.Tell{tell(clinician, "有一份更正申请分派给您，请在期限内处理。", "A correction request has been assigned to you. Please decide within the time that is set.")},
	}, decideAssign)
	return process.Reading(m, func(_ *process.Case, in assigning) []string { return []string{string(in.Post)} })
}

func decideAssign(c *process.Case, in assigning) error {
	post, is := c.Read(string(in.Post))
	who := post.Root.Get("practitioner").Get("reference").Str()
	if !is || who == "" || post.Root.Get("organization").Get("reference").Str() != c.Party(institution).Reference || string(post.Root.Get("active").Raw()) == "false" {
		return fault.New(fault.Unprocessable, "%s is nobody's post at your institution. 该岗位不属于本机构。", in.Post).WithIssue("value")
	}
	c.Set(clinician, process.Who{Reference: who, At: c.Party(institution).Reference})
	return nil
}

type correcting struct {
	Note *string `name:"note" zh:"说明" en:"Note" bytes:"2000" doc:"What was changed, for the resident."`
}

func correct() process.Move {
	return process.Make(process.Move{
		Code: "correct", Words: bilingual.Text{Zh: "已更正", En: "Corrected"},
		Doc:  "Say that the record has been put right, in the version that stands now. The record itself is changed before, by who may write it.",
		From: []string{stateOpen, stateAssigned, stateOrdered}, To: []string{stateCorrected}, By: []process.By{offices, clinicians}, Guard: changed,
		Tells: []process.Tell{tell(process.Resident, "您的更正申请已处理：记录已更正，请登录查看。", "Your correction request has been dealt with: the record has been put right. Sign in to see it.")},
	}, func(c *process.Case, in correcting) error {
		c.OutputReference(outCorrected, versionOf(c, record(c)))
		if in.Note != nil {
			c.Note(*in.Note)
		}
		return nil
	})
}

// changed refuses to say that a record has been put right that is as it was complained about.
func changed(c *process.Case) error {
	_, wrong := c.InputOf(inComplained)
	if number := fhir.ParseReference(wrong).Version; c.Version(record(c)) <= number {
		return fault.New(fault.Conflict, "There is no version of the record newer than %d, which is complained about. Change it first. 记录尚未修改，请先更正记录。", number).WithIssue("business-rule")
	}
	return nil
}

// record is the resource that a case is about.
func record(c *process.Case) string { return c.Task().Focus().Reference() }
