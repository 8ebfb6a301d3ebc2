package accessquestion

import (
	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/process"
)

type reminding struct {
	Text string `name:"text" zh:"说明" en:"Text" bytes:"2000" doc:"What the institution has to know."`
}

func remind() process.Move {
	return process.Make(process.Move{
		Code: "remind", Words: bilingual.Text{Zh: "督办", En: "Remind"}, Doc: "Give it back to the institution's office with a new deadline.",
		From: []string{stateEscalated}, To: []string{stateOpen}, By: []process.By{regulators},
		Guard: func(c *process.Case) error {
			if c.Party(institution) == (process.Who{}) {
				return fault.New(fault.Conflict, "No institution stands behind this look; find yourself whether it was justified. 没有可督办的机构。").WithIssue("business-rule")
			}
			return nil
		},
		Tells: []process.Tell{tell(institution, "监管部门督办一份逾期的查阅质询，请尽快答复。", "The regulator reminds you of an access question that is late. Please answer.")},
	}, func(c *process.Case, in reminding) error {
		c.Note(in.Text)
		return nil
	})
}

type finding struct {
	Verdict Verdict `name:"verdict" zh:"结论" en:"Verdict"`
	Reasons string  `name:"reasons" zh:"理由与处理" en:"Reasons" bytes:"2000" doc:"The reasons, and what follows, for the resident and the institution."`
}

func find() process.Move {
	return process.Make(process.Move{
		Code: "find", Words: bilingual.Text{Zh: "作出结论", En: "Find"}, Doc: "Find whether the look was justified. This closes the question.",
		From: []string{stateDisputed, stateEscalated}, To: []string{stateFound}, By: []process.By{regulators}, Guard: notOwn,
		Tells: []process.Tell{
			tell(process.Resident, "监管部门已对您的查阅质询作出结论，请登录查看。", "The regulator has closed your question about who has looked. Sign in to see the finding."),
			tell(institution, "监管部门已对一份查阅质询作出结论，请登录查看。", "The regulator has closed an access question. Sign in to see the finding."),
		},
	}, func(c *process.Case, in finding) error {
		c.Output(outFinding, string(in.Verdict))
		c.Output(outReason, in.Reasons)
		return nil
	})
}
