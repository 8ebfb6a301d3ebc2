package accessquestion

import (
	"yitong/internal/bilingual"
	"yitong/internal/gate"
	"yitong/internal/process"
)

// ends is a decision that does nothing but end the case.
func ends(c *process.Case, _ struct{}) error {
	return nil
}

func accept() process.Move {
	return process.Make(process.Move{
		Code: "accept", Words: bilingual.Text{Zh: "认可", En: "Accept"}, Doc: "Take the answer.",
		From: []string{stateAnswered}, To: []string{stateAccepted}, By: []process.By{residents},
		Tells: []process.Tell{tell(institution, "居民已认可一份查阅质询的答复。", "A resident accepts your answer to an access question.")},
	}, ends)
}

type disputing struct {
	Why string `name:"why" zh:"异议理由" en:"Why" bytes:"2000" doc:"What is wrong with the answer."`
}

func dispute() process.Move {
	return process.Make(process.Move{
		Code: "dispute", Words: bilingual.Text{Zh: "提出异议", En: "Dispute"}, Doc: "Ask the regulator to look at the answer.",
		From: []string{stateAnswered}, To: []string{stateDisputed}, By: []process.By{residents},
		Tells: []process.Tell{
			tell(regulator, "居民对一份查阅质询的答复提出异议，请处理。", "A resident disputes the answer to an access question. Please look at it."),
			tell(institution, "居民对贵机构的查阅质询答复提出异议，已转监管部门。", "A resident disputes your answer to an access question; it is with the regulator now."),
		},
	}, func(c *process.Case, in disputing) error {
		c.Set(regulator, process.Who{Role: gate.Regulator})
		c.Note(in.Why)
		return nil
	})
}

func withdraw() process.Move {
	return process.Make(process.Move{
		Code: "withdraw", Words: bilingual.Text{Zh: "撤回", En: "Withdraw"}, Doc: "Do not ask any more. The same may be asked again later.",
		From: []string{stateOpen, stateExplaining, stateAnswered, stateDisputed, stateEscalated}, To: []string{stateWithdrawn}, By: []process.By{residents},
		Tells: []process.Tell{tell(institution, "居民已撤回一份查阅质询。", "A resident has withdrawn an access question.")},
	}, ends)
}

func settle() process.Move {
	return process.Make(process.Move{
		Code: "settle", Words: bilingual.Text{Zh: "异议期满", En: "Let it stand"}, Doc: "Nobody has disputed the answer in time.",
		From: []string{stateAnswered}, To: []string{stateSettled},
		Tells: []process.Tell{tell(process.Resident, "异议期已满，您的查阅质询已办结。", "The time to dispute the answer is over; your question is closed.")},
	}, ends)
}
