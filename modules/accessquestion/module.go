package accessquestion

import (
	"yitong/internal/bilingual"
	"yitong/internal/gate"
	"yitong/internal/module"
	"yitong/internal/process"
)

// Code is that of the process. It is stored: never rename it.
const Code = "access-question"

// The parties beside the resident.
const (
	institution = "institution"
	looker      = "looker"
	regulator   = "regulator"
)

// The states.
const (
	stateOpen       = "open"
	stateExplaining = "explaining"
	stateAnswered   = "answered"
	stateDisputed   = "disputed"
	stateEscalated  = "escalated"
	stateAccepted   = "accepted"
	stateSettled    = "settled"
	stateFound      = "found"
	stateWithdrawn  = "withdrawn"
)

// Descriptor is what the platform has of this service. Its cases are begun and moved by the operations of all processes.
func Descriptor() module.Descriptor {
	return module.Descriptor{
		Name: "accessquestion", Words: bilingual.Text{Zh: "查阅质询", En: "Questions about access"}, Mission: []string{"F3", "F4", "F6"},
		Processes: []*process.Process{Process()}, Rules: Tables(),
		Doc: "Residents ask why somebody has looked at their record; the institution of whoever looked answers, the regulator closes what is disputed or late.",
	}
}

// Process is the table of access questions.
func Process() *process.Process {
	return &process.Process{
		Code: Code, Version: 1, Words: bilingual.Text{Zh: "查阅质询", En: "Access question"},
		Doc:     "A resident asks why somebody has looked at their record, and the institution of whoever looked answers.",
		Source:  "个人信息保护法 Art. 48, 50; the platform's promise to residents",
		Mission: []string{"F3", "F4", "F6"},
		Parties: []process.Party{
			{Name: institution, Words: bilingual.Text{Zh: "查阅方机构", En: "Institution of whoever looked"}, Only: process.Institution},
			{Name: looker, Words: bilingual.Text{Zh: "查阅人", En: "Whoever looked"}, Only: process.Person},
			{Name: regulator, Words: bilingual.Text{Zh: "卫生健康监管部门", En: "Health regulator"}, Only: process.Holders},
		},
		States: states(),
		Keeps: []process.Kept{
			{Name: inEvent, Words: bilingual.Text{Zh: "查阅记录编号", En: "Line of the trail"}},
			{Name: inWordsZh, Words: bilingual.Text{Zh: "所询问的查阅", En: "The look, in Chinese"}},
			{Name: inWordsEn, Words: bilingual.Text{Zh: "所询问的查阅（英文）", En: "The look that is asked about"}},
			{Name: inLooker, Words: bilingual.Text{Zh: "查阅人", En: "Who looked"}},
			{Name: outFinding, Words: bilingual.Text{Zh: "监管部门的结论", En: "What the regulator has found"}, Codes: Verdict("").Codes()},
			{Name: outReason, Words: bilingual.Text{Zh: "监管部门的理由", En: "The regulator's reasons"}},
		},
		Moves: []process.Move{
			ask(), askLooker(), explain(), answer(), accept(), dispute(), withdraw(), remind(), find(), escalate(), settle(),
		},
	}
}

func states() []process.State {
	within, disputes := AnswerWithin.Table().Name, DisputeWithin.Table().Name
	return []process.State{
		{Code: stateOpen, Words: bilingual.Text{Zh: "待答复", En: "Waiting for an answer"}, Doc: "The institution's office answers, or first asks whoever looked.",
			Owner: institution, Status: "requested", Within: within, Late: "escalate"},
		{Code: stateExplaining, Words: bilingual.Text{Zh: "请当事人说明", En: "With whoever looked"}, Doc: "Whoever looked explains it to the office. The deadline is still that of the institution.",
			Owner: looker, Status: "in-progress", Keeps: true, Late: "escalate"},
		{Code: stateAnswered, Words: bilingual.Text{Zh: "已答复", En: "Answered"}, Doc: "The resident accepts the answer or disputes it.",
			Owner: process.Resident, Status: "on-hold", Within: disputes, Late: "settle"},
		{Code: stateDisputed, Words: bilingual.Text{Zh: "有异议", En: "Disputed"}, Doc: "The regulator finds whether it was justified.",
			Owner: regulator, Status: "in-progress", Within: within},
		{Code: stateEscalated, Words: bilingual.Text{Zh: "逾期未答复", En: "With the regulator"}, Doc: "No institution has answered in time. The regulator reminds it, or finds.",
			Owner: regulator, Status: "in-progress", Within: within},
		{Code: stateAccepted, Words: bilingual.Text{Zh: "已认可", En: "Accepted"}, Doc: "The resident takes the answer.", Status: "completed"},
		{Code: stateSettled, Words: bilingual.Text{Zh: "已办结", En: "Closed"}, Doc: "Nobody has disputed the answer in time.", Status: "completed"},
		{Code: stateFound, Words: bilingual.Text{Zh: "监管已结论", En: "Found by the regulator"}, Doc: "The regulator has found whether it was justified.", Status: "completed"},
		{Code: stateWithdrawn, Words: bilingual.Text{Zh: "已撤回", En: "Withdrawn"}, Doc: "The resident does not ask any more.", Status: "cancelled"},
	}
}

// Who makes moves as what.
var (
	residents  = process.By{Party: process.Resident, Roles: []gate.Role{gate.Resident}}
	offices    = process.By{Party: institution, Roles: []gate.Role{gate.Office}}
	lookers    = process.By{Party: looker, Roles: []gate.Role{gate.Doctor, gate.Nurse, gate.Pharmacist, gate.Technician, gate.Guide, gate.Office, gate.Administrator, gate.Insurer, gate.Regulator, gate.CDC}}
	regulators = process.By{Party: regulator, Roles: []gate.Role{gate.Regulator}}
)

// tell says something to a party. Nothing of the case stands in it.
func tell(party, zh, en string) process.Tell {
	return process.Tell{Party: party, Text: bilingual.Text{Zh: zh, En: en}}
}
