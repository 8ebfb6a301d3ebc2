package correction

import (
	"yitong/internal/bilingual"
	"yitong/internal/process"
)

type saying struct {
	Text string `name:"text" zh:"说明" en:"Text" bytes:"2000" doc:"What the institution has to know."`
}

type finding struct {
	Text string `name:"text" zh:"结论与理由" en:"Finding" bytes:"2000" doc:"The finding and its reasons, for the resident and the institution."`
}

func remind() process.Move {
	return process.Make(process.Move{
		Code: "remind", Words: bilingual.Text{Zh: "督办", En: "Remind"},
		Doc:  "Give it back to the institution, to where it was late, with a new deadline.",
		From: []string{stateEscalated}, To: []string{stateOpen, stateAssigned}, By: []process.By{regulators},
		Tells: []process.Tell{tell(institution, "监管部门督办一份逾期的更正申请，请尽快处理。", "The regulator reminds you of a correction request that is late. Please decide.")},
	}, func(c *process.Case, in saying) error {
		if c.Party(clinician) != (process.Who{}) {
			c.To(stateAssigned)
		}
		c.Note(in.Text)
		return nil
	})
}

func order() process.Move {
	return process.Make(process.Move{
		Code: "order", Words: bilingual.Text{Zh: "责令更正", En: "Order the correction"},
		Doc:  "Find that it has to be put right. The institution has a new deadline, and may not refuse any more.",
		From: []string{stateAppealed, stateEscalated}, To: []string{stateOrdered}, By: []process.By{regulators},
		Tells: []process.Tell{
			tell(institution, "监管部门责令更正一份记录，请在期限内完成。", "The regulator orders a correction. Please carry it out within the time that is set."),
			tell(process.Resident, "监管部门已责令机构更正您申请的记录。", "The regulator has ordered the correction that you asked for."),
		},
	}, func(c *process.Case, in finding) error {
		c.Output(outOrder, in.Text)
		return nil
	})
}

func uphold() process.Move {
	return process.Make(process.Move{
		Code: "uphold", Words: bilingual.Text{Zh: "维持不予更正", En: "Uphold"},
		Doc:  "Find that it need not be put right: the refusal was right, or the regulator refuses where the institution was silent.",
		From: []string{stateAppealed, stateEscalated}, To: []string{stateUpheld}, By: []process.By{regulators},
		Tells: []process.Tell{
			tell(process.Resident, "监管部门对您的更正申请已作出不予更正的结论，请登录查看理由。您仍可依法向人民法院起诉。",
				"The regulator finds that the record need not be corrected. Sign in to see why. You may still go to court."),
			tell(institution, "监管部门已对一份更正申请作出不予更正的结论。", "The regulator finds that a record need not be corrected."),
		},
	}, func(c *process.Case, in finding) error {
		c.Output(outFinding, in.Text)
		return nil
	})
}

func remindOrder() process.Move {
	return process.Make(process.Move{
		Code: "remind-order", Words: bilingual.Text{Zh: "督促执行", En: "Remind of the order"},
		Doc:  "Give the institution a new deadline for what was ordered.",
		From: []string{stateOrderLate}, To: []string{stateOrdered}, By: []process.By{regulators},
		Tells: []process.Tell{tell(institution, "监管部门督促贵机构执行更正决定。", "The regulator reminds you of a correction that was ordered.")},
	}, func(c *process.Case, in saying) error {
		c.Note(in.Text)
		return nil
	})
}

func enforce() process.Move {
	return process.Make(process.Move{
		Code: "enforce", Words: bilingual.Text{Zh: "移送处理", En: "Hand over"},
		Doc:  "Leave what was ordered and not done to supervision outside the platform.",
		From: []string{stateOrderLate}, To: []string{stateEnforced}, By: []process.By{regulators},
		Tells: []process.Tell{
			tell(process.Resident, "机构未执行更正决定，已移送监督执法处理，请登录查看。", "The institution has not carried out the order; supervision deals with it now. Sign in to see more."),
			tell(institution, "贵机构未执行更正决定，已移送监督执法处理。", "What was ordered has not been done; supervision deals with it now."),
		},
	}, func(c *process.Case, in finding) error {
		c.Output(outFinding, in.Text)
		return nil
	})
}
