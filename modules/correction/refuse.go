package correction

import (
	"yitong/internal/bilingual"
	"yitong/internal/process"
)

// Reason is why something is not put right. The list is closed: who refuses chooses one and says more in words (PIPL Art. 50).
type Reason string

// Codes are the reasons with their words.
func (Reason) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: "accurate", Words: bilingual.Text{Zh: "经核实，记录与事实相符", En: "It was looked into: the record is right"}},
		{Code: "judgement", Words: bilingual.Text{Zh: "属于当时的专业判断，不是事实记载", En: "It is a professional judgement of that time, not a statement of fact"}},
		{Code: "unproven", Words: bilingual.Text{Zh: "所提供的材料不足以核实", En: "What was given is not enough to look into it"}},
		{Code: "not-ours", Words: bilingual.Text{Zh: "内容由其他机构形成，应向该机构提出", En: "Another institution made it and has to put it right"}},
		{Code: "kept-by-law", Words: bilingual.Text{Zh: "依法须保持原样（如已封存的病历）", En: "The law keeps it as it is, such as a sealed record"}},
		{Code: "other", Words: bilingual.Text{Zh: "其他原因", En: "Another reason"}},
	}
}

type refusing struct {
	Reason Reason `name:"reason" zh:"理由" en:"Reason"`
	Why    string `name:"why" zh:"说明" en:"Explanation" bytes:"2000" doc:"The reason in plain words, for the resident."`
}

func refuse() process.Move {
	return process.Make(process.Move{
		Code: "refuse", Words: bilingual.Text{Zh: "不予更正", En: "Refuse"},
		Doc:  "Do not put it right, and say why. The resident may appeal.",
		From: []string{stateOpen, stateAssigned}, To: []string{stateRefused}, By: []process.By{offices, clinicians},
		Tells: []process.Tell{tell(process.Resident, "您的更正申请未获同意。请登录查看理由；如不认同，可在期限内向监管部门申诉。",
			"Your correction request was refused. Sign in to see why; you may appeal to the regulator within the time that is set.")},
	}, func(c *process.Case, in refusing) error {
		c.Output(outReason, string(in.Reason))
		c.Output(outWhy, in.Why)
		return nil
	})
}
