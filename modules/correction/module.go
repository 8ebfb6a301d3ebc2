package correction

import (
	"slices"

	"yitong/internal/bilingual"
	"yitong/internal/gate"
	"yitong/internal/module"
	"yitong/internal/process"
)

// Code is that of the process. It is stored: never rename it.
const Code = "correction"

// The parties beside the resident.
const (
	institution = "institution"
	clinician   = "clinician"
	regulator   = "regulator"
)

// The states.
const (
	stateOpen      = "open"
	stateAssigned  = "assigned"
	stateRefused   = "refused"
	stateAppealed  = "appealed"
	stateEscalated = "escalated"
	stateOrdered   = "ordered"
	stateOrderLate = "order-late"
	stateCorrected = "corrected"
	stateUpheld    = "upheld"
	stateSettled   = "settled"
	stateEnforced  = "enforced"
	stateWithdrawn = "withdrawn"
)

// Descriptor is what the platform has of this service. Its cases are begun and moved by the operations of all processes.
func Descriptor() module.Descriptor {
	return module.Descriptor{
		Name: "correction", Words: bilingual.Text{Zh: "更正申请", En: "Correction of records"}, Mission: []string{"A15", "F4", "F6"},
		Processes: []*process.Process{Process()}, Rules: Tables(),
		Doc: "Residents ask that something in their record be put right; the institution that answers for it decides, the regulator sees to it that it does.",
	}
}

// Process is the table of correction requests.
func Process() *process.Process {
	return &process.Process{
		Code: Code, Version: 1, Words: bilingual.Text{Zh: "更正申请", En: "Correction request"},
		Doc:     "A resident asks that something in their record be put right, and gets an answer with its reasons.",
		Source:  "个人信息保护法 Art. 46, 50",
		Mission: []string{"A15", "F4", "F6"},
		Focus:   correctable,
		Parties: []process.Party{
			{Name: institution, Words: bilingual.Text{Zh: "负责机构", En: "Institution that answers for the record"}, Only: process.Institution},
			{Name: clinician, Words: bilingual.Text{Zh: "经办医务人员", En: "Clinician in charge"}, Only: process.Person},
			{Name: regulator, Words: bilingual.Text{Zh: "卫生健康监管部门", En: "Health regulator"}, Only: process.Holders},
		},
		States: states(),
		Keeps: []process.Kept{
			{Name: inComplained, Words: bilingual.Text{Zh: "申请时的记录版本", En: "Version that is complained about"}},
			{Name: outWhy, Words: bilingual.Text{Zh: "不予更正的说明", En: "Why it is refused"}},
			{Name: outReason, Words: bilingual.Text{Zh: "不予更正的理由", En: "Reason for the refusal"}, Codes: Reason("").Codes()},
			{Name: outCorrected, Words: bilingual.Text{Zh: "更正后的记录版本", En: "Version that is right"}},
			{Name: outOrder, Words: bilingual.Text{Zh: "责令更正的决定", En: "What the regulator has ordered"}},
			{Name: outFinding, Words: bilingual.Text{Zh: "监管部门的结论与理由", En: "What the regulator has found"}},
		},
		Moves: slices.Concat(
			[]process.Move{request(), assign(), correct(), refuse(), appeal(), withdraw()},
			[]process.Move{remind(), order(), uphold(), remindOrder(), enforce()},
			[]process.Move{escalate(), escalateOrder(), settle()},
		),
	}
}

func states() []process.State {
	within, appeals := DecideWithin.Table().Name, AppealWithin.Table().Name
	return []process.State{
		{Code: stateOpen, Words: bilingual.Text{Zh: "待处理", En: "Waiting for the institution"}, Doc: "The institution's office decides, or assigns a clinician of its own.",
			Owner: institution, Status: "requested", Within: within, Late: "escalate"},
		{Code: stateAssigned, Words: bilingual.Text{Zh: "已分派", En: "With a clinician"}, Doc: "A clinician looks into it. The deadline is still that of the institution.",
			Owner: clinician, Status: "in-progress", Keeps: true, Late: "escalate"},
		{Code: stateRefused, Words: bilingual.Text{Zh: "不予更正", En: "Refused"}, Doc: "The institution does not put it right and says why. The resident may appeal to the regulator, once.",
			Owner: process.Resident, Status: "on-hold", Within: appeals, Late: "settle"},
		{Code: stateAppealed, Words: bilingual.Text{Zh: "已申诉", En: "Appealed"}, Doc: "The regulator looks at the refusal.",
			Owner: regulator, Status: "in-progress", Within: within},
		{Code: stateEscalated, Words: bilingual.Text{Zh: "逾期未办", En: "Late at the institution"}, Doc: "The institution has not decided in time. The regulator reminds it, or decides.",
			Owner: regulator, Status: "in-progress", Within: within},
		{Code: stateOrdered, Words: bilingual.Text{Zh: "责令更正", En: "Correction ordered"}, Doc: "The regulator has ordered that it be put right.",
			Owner: institution, Status: "in-progress", Within: within, Late: "escalate-order"},
		{Code: stateOrderLate, Words: bilingual.Text{Zh: "逾期未执行", En: "Order not carried out"}, Doc: "What was ordered has not been done in time. The regulator reminds the institution, or hands the matter over.",
			Owner: regulator, Status: "in-progress", Within: within},
		{Code: stateCorrected, Words: bilingual.Text{Zh: "已更正", En: "Corrected"}, Doc: "It has been put right; the newer version is named.", Status: "completed"},
		{Code: stateUpheld, Words: bilingual.Text{Zh: "维持不予更正", En: "Refusal upheld"}, Doc: "The regulator finds that it need not be put right.", Status: "rejected"},
		{Code: stateSettled, Words: bilingual.Text{Zh: "不予更正生效", En: "Refusal stands"}, Doc: "Nobody has appealed in time.", Status: "rejected"},
		{Code: stateEnforced, Words: bilingual.Text{Zh: "已移送", En: "Handed over"}, Doc: "The order was not carried out; supervision deals with it outside the platform.", Status: "failed"},
		{Code: stateWithdrawn, Words: bilingual.Text{Zh: "已撤回", En: "Withdrawn"}, Doc: "The resident does not ask for it any more.", Status: "cancelled"},
	}
}

// Who makes moves as what.
var (
	residents  = process.By{Party: process.Resident, Roles: []gate.Role{gate.Resident, gate.Proxy}}
	offices    = process.By{Party: institution, Roles: []gate.Role{gate.Office}}
	clinicians = process.By{Party: clinician, Roles: []gate.Role{gate.Doctor, gate.Nurse, gate.Pharmacist, gate.Technician}}
	regulators = process.By{Party: regulator, Roles: []gate.Role{gate.Regulator}}
)

// tell says something to a party. Nothing of the case stands in it.
func tell(party, zh, en string) process.Tell {
	return process.Tell{Party: party, Text: bilingual.Text{Zh: zh, En: en}}
}
