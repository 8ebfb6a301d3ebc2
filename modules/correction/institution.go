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
	c.Set(clinician, process.Who{Reference: who})
	return nil
}

// atInstitution refuses who is assigned and acts for another institution.
func atInstitution(c *process.Case) error {
	if c.As == clinician && c.Actor.Institution != c.Party(institution).Reference {
		return fault.New(fault.Forbidden, "You act for another institution; sign in as one of %s. 请以负责机构人员的身份操作。", c.Party(institution).Reference)
	}
	return nil
}

type correcting struct {
	Version int     `name:"version" zh:"更正后的版本" en:"Corrected version" doc:"meta.versionId of the record in which it is right: newer than the one complained about. Change the record first."`
	Note    *string `name:"note" zh:"说明" en:"Note" bytes:"2000" doc:"What was changed, for the resident."`
}

func correct() process.Move {
	m := process.Make(process.Move{
		Code: "correct", Words: bilingual.Text{Zh: "已更正", En: "Corrected"},
		Doc:  "Say that the record has been put right, and in which version. The record itself is changed before, by who may write it.",
		From: []string{stateOpen, stateAssigned, stateOrdered}, To: []string{stateCorrected}, By: []process.By{offices, clinicians}, Guard: atInstitution,
		Tells: []process.Tell{tell(process.Resident, "您的更正申请已处理：记录已更正，请登录查看。", "Your correction request has been dealt with: the record has been put right. Sign in to see it.")},
	}, decideCorrect)
	return process.Reading(m, func(c *process.Case, _ correcting) []string { return []string{record(c)} })
}

// record is the resource that a case is about.
func record(c *process.Case) string { return c.Task().Focus().Reference() }

// complained is the version that is complained about.
func complained(c *process.Case) (number int64) {
	for _, in := range c.Task().Input().All() {
		if in.Type().Text() == inComplained {
			return fhir.ParseReference(in.ValueReference().Reference()).Version
		}
	}
	return 0
}

func decideCorrect(c *process.Case, in correcting) error {
	switch _, is := c.Read(record(c)); {
	case !is:
		return fault.New(fault.Unprocessable, "The record is not there any more, so no version of it is right. To take back what is wrong, write a version that says so. 记录已不存在。").WithIssue("not-found")
	case int64(in.Version) <= complained(c):
		return fault.New(fault.Unprocessable, "Version %d is not newer than the one complained about, which is %d. Change the record first. 请先更正记录。", in.Version, complained(c)).WithIssue("value")
	}
	out := c.Task().Output().Add()
	out.Type().SetText(outCorrected)
	out.ValueReference().SetReference(versionOf(record(c), in.Version)) // the gate refuses a version that there is not
	if in.Note != nil {
		c.Note(*in.Note)
	}
	return nil
}
