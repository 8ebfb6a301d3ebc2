package correction

import (
	"yitong/internal/bilingual"
	"yitong/internal/gate"
	"yitong/internal/process"
)

type appealing struct {
	Why string `name:"why" zh:"申诉理由" en:"Why" bytes:"2000" doc:"Why the refusal is wrong."`
}

func appeal() process.Move {
	return process.Make(process.Move{
		Code: "appeal", Words: bilingual.Text{Zh: "申诉", En: "Appeal"},
		Doc:  "Ask the regulator to look at the refusal. This can be done once.",
		From: []string{stateRefused}, To: []string{stateAppealed}, By: []process.By{residents},
		Tells: []process.Tell{
			tell(regulator, "收到一份对不予更正决定的申诉，请处理。", "A resident appeals against a refused correction. Please look at it."),
			tell(institution, "居民已就贵机构的不予更正决定提出申诉。", "A resident has appealed against a refusal of your institution."),
		},
	}, func(c *process.Case, in appealing) error {
		c.Set(regulator, process.Who{Role: gate.Regulator})
		c.Note(in.Why)
		return nil
	})
}

func withdraw() process.Move {
	return process.Make(process.Move{
		Code: "withdraw", Words: bilingual.Text{Zh: "撤回", En: "Withdraw"},
		Doc:  "Do not ask for it any more. The same may be asked for again later.",
		From: []string{stateOpen, stateAssigned, stateRefused, stateAppealed, stateEscalated, stateOrdered, stateOrderLate}, To: []string{stateWithdrawn},
		By:    []process.By{residents},
		Tells: []process.Tell{tell(institution, "居民已撤回一份更正申请。", "A resident has withdrawn a correction request.")},
	}, func(c *process.Case, _ struct{}) error {
		return nil
	})
}
