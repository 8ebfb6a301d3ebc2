package correction

import (
	"yitong/internal/bilingual"
	"yitong/internal/gate"
	"yitong/internal/process"
)

// What the clock does.

func escalate() process.Move {
	return process.Make(process.Move{
		Code: "escalate", Words: bilingual.Text{Zh: "逾期上报", En: "Escalate"}, Doc: "The institution has not decided in time: the regulator looks at it.",
		From: []string{stateOpen, stateAssigned}, To: []string{stateEscalated},
		Tells: []process.Tell{
			tell(regulator, "有一份更正申请逾期未办，请处理。", "A correction request is late at an institution. Please look at it."),
			tell(institution, "一份更正申请逾期未办，已上报监管部门。", "A correction request was not decided in time; it is with the regulator now."),
			tell(process.Resident, "机构未在期限内处理您的更正申请，已转监管部门。", "The institution has not decided on your correction request in time; it is with the regulator now."),
		},
	}, toRegulator)
}

func escalateOrder() process.Move {
	return process.Make(process.Move{
		Code: "escalate-order", Words: bilingual.Text{Zh: "逾期未执行上报", En: "Escalate the order"}, Doc: "What was ordered has not been done in time.",
		From: []string{stateOrdered}, To: []string{stateOrderLate},
		Tells: []process.Tell{
			tell(regulator, "一份更正决定逾期未执行，请处理。", "A correction that was ordered is late. Please look at it."),
			tell(institution, "更正决定逾期未执行，已上报监管部门。", "What was ordered was not done in time; the regulator has been told."),
		},
	}, toRegulator)
}

func toRegulator(c *process.Case, _ struct{}) error {
	c.Set(regulator, process.Who{Role: gate.Regulator})
	return nil
}

func settle() process.Move {
	return process.Make(process.Move{
		Code: "settle", Words: bilingual.Text{Zh: "申诉期满", En: "Let it stand"}, Doc: "Nobody has appealed in time: the refusal stands.",
		From: []string{stateRefused}, To: []string{stateSettled},
		Tells: []process.Tell{tell(process.Resident, "申诉期已满，您的更正申请已办结。", "The time to appeal is over; your correction request is closed.")},
	}, func(c *process.Case, _ struct{}) error {
		return nil
	})
}
