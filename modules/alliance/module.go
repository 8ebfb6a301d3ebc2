package alliance

import (
	"slices"

	"yitong/internal/bilingual"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/module"
	"yitong/internal/process"
)

// Codes of the processes. They are stored: never rename them.
const (
	CodeUp   = "referral-up"
	CodeDown = "referral-down"
)

// The parties beside the resident.
const (
	initiator = "initiator" // the doctor who refers
	sending   = "sending"   // the institution that refers
	receiving = "receiving" // the institution that is asked to take the patient over
	doctor    = "doctor"    // who takes the patient over there
	colleague = "colleague" // who is asked before
	regulator = "regulator"
)

// The states. Those behind consulting are the same both ways.
const (
	stateConsulting  = "consulting"
	stateConsenting  = "consenting"
	stateAgreed      = "agreed"
	stateSending     = "sending-review"
	stateReceiving   = "receiving-review"
	stateAssigned    = "assigned"
	stateScheduled   = "scheduled"
	stateUnconfirmed = "unconfirmed"
	stateReturned    = "returned"
	stateSendingLate = "sending-late"
	stateTakingLate  = "receiving-late"
	stateInCare      = "in-care"
	stateFollowLate  = "follow-up-late"
	stateCompleted   = "completed"
	stateStayed      = "stayed"
	stateTurnedAway  = "turned-away"
	stateNoShow      = "no-show"
	stateRefused     = "refused"
	stateDied        = "died"
	stateWithdrawn   = "withdrawn"
	stateLapsed      = "lapsed"
)

// Descriptor is what the platform has of this service. Its cases are begun and moved by the operations of all processes, and the engine
// says by which clocks its days go.
func Descriptor(e *process.Engine) module.Descriptor {
	d := desk{e}
	on := module.Operation{Types: []schema.Type{typeTask}, Levels: module.OfType, Reads: true, Mission: []string{"A18"}}
	ofBoard, ofStatistics := on, on
	ofBoard.Name, ofBoard.Words = "referral-board", bilingual.Text{Zh: "转诊看板", En: "Board of referrals"}
	ofBoard.Doc = "Tells an office how many referrals of its institution are open, by state and by department, how many of these are overdue, what is for today, and lists those due first. It tells of no case in which the institution has no part."
	ofStatistics.Name, ofStatistics.Words = "referral-statistics", bilingual.Text{Zh: "转诊统计", En: "Statistics of referrals"}
	ofStatistics.Doc = "Counts the referrals begun in some days: how many there were, what became of them, how appropriate they were and how long each step took. An office has the figures of its own institution, sent and received; a regulator those of all. It lists the cases that a figure counts, as far as the institution knows of them, without the residents."
	return module.Descriptor{
		Operations: []module.Operation{module.Op(ofBoard, d.board), module.Op(ofStatistics, d.statistics)},
		Name:       "alliance", Words: bilingual.Text{Zh: "双向转诊", En: "Two-way referral"}, Mission: []string{"A18"},
		Processes: []*process.Process{Up(), Down()}, Rules: Tables(),
		Doc: "A doctor refers a patient up to a hospital of the alliance, or back down for rehabilitation; both institutions' offices review, a doctor takes the patient over at a time that is set.",
	}
}

// Up is the table of referrals to a higher hospital: U1 to U5.
func Up() *process.Process {
	p := table(CodeUp, bilingual.Text{Zh: "上转", En: "Referral up"}, "A doctor of a lower institution asks colleagues, concludes that a higher hospital should take the patient over, and chooses which.")
	p.Moves = append(p.Moves, consult(), advise(), refer(), forward(), arrive(), expire(stateInCare))
	p.States = slices.DeleteFunc(p.States, func(s process.State) bool { return s.Code == stateFollowLate })
	p.State(stateInCare).Late = "expire"
	return p
}

// Down is the table of referrals back to a community centre for rehabilitation: D1 to D4.
func Down() *process.Process {
	p := table(CodeDown, bilingual.Text{Zh: "下转", En: "Referral down"}, "A doctor of a higher hospital finds that the patient can recover nearer home, and hands over with a plan.")
	p.Moves = append(p.Moves, assess(), handOver(), takeOver(), followUp(), fallBehind(), expire(stateFollowLate))
	p.State(stateInCare).Late = "fall-behind"
	for _, code := range []string{"conclude", "refuse", "died"} {
		m := p.Move(code)
		m.From = append(m.From[:len(m.From):len(m.From)], stateFollowLate)
	}
	return p
}

// table is what both ways have in common.
func table(code string, words bilingual.Text, doc string) *process.Process {
	return &process.Process{
		Code: code, Version: 1, Words: words, Doc: doc, Source: "seed 004, two-way referral; 医疗联合体管理办法(试行) 2020", Mission: []string{"A18"},
		Focus: problems, Marks: marks, Places: CodeUp, // an episode has one open referral, whichever way it goes
		Makes: []schema.Type{typeComposition, typeServiceRequest, typeConsent, typeCarePlan},
		Parties: []process.Party{
			{Name: sending, Words: bilingual.Text{Zh: "转出机构", En: "Referring institution"}, Only: process.Institution},
			{Name: initiator, Words: bilingual.Text{Zh: "转出医师", En: "Referring doctor"}, Only: process.Person},
			{Name: colleague, Words: bilingual.Text{Zh: "会诊医师", En: "Colleague who is asked"}, Only: process.Person},
			{Name: receiving, Words: bilingual.Text{Zh: "接收机构", En: "Receiving institution"}, Only: process.Institution},
			{Name: doctor, Words: bilingual.Text{Zh: "接收医师", En: "Receiving doctor"}, Only: process.Person},
			{Name: regulator, Words: bilingual.Text{Zh: "卫生健康监管部门", En: "Health regulator"}, Only: process.Holders},
		},
		States: states(),
		Keeps: []process.Kept{
			{Name: inLetter, Words: bilingual.Text{Zh: "转诊单", En: "Referral letter"}},
			{Name: inSignature, Words: bilingual.Text{Zh: "转诊单的签名", En: "Signature of the letter"}},
			{Name: inRequest, Words: bilingual.Text{Zh: "转诊申请", En: "Referral request"}},
			{Name: inPermit, Words: bilingual.Text{Zh: "档案授权", En: "Permit to the record"}},
			{Name: inAsked, Words: bilingual.Text{Zh: "依次请求的机构", En: "Institutions that were asked, in order"}},
			{Name: inVisit, Words: bilingual.Text{Zh: "就诊预约", En: "Visit that is booked"}},
			{Name: inPlan, Words: bilingual.Text{Zh: "康复与随访计划", En: "Plan of follow-up"}},
			{Name: inFollowUp, Words: bilingual.Text{Zh: "随访日期", En: "Days of follow-up"}},
			{Name: outFollowUp, Words: bilingual.Text{Zh: "随访情况", En: "Findings at a follow-up"}},
			{Name: inConsent, Words: bilingual.Text{Zh: "居民同意方式", En: "How the resident agreed"}, Codes: How("").Codes()},
		},
		Moves: []process.Move{
			stay(), agree(), recordConsent(), send(),
			approve(), rejectSending(), accept(), acceptVisit(), reject(), decline(), bookVisit(), schedule(), loseVisit(),
			turnAway(), missed(), noShow(), conclude(),
			refuse(), died(), withdraw(), lapse(),
			escalateSending(), escalateReceiving(), unassign(), remindSending(), remindReceiving(), closeLate(),
		},
	}
}

func states() []process.State {
	of := func(code, zh, en, doc, owner, status string) process.State {
		return process.State{Code: code, Words: bilingual.Text{Zh: zh, En: en}, Doc: doc, Owner: owner, Status: status}
	}
	by := func(s process.State, within, hurried, late string) process.State {
		s.Within, s.Hurried, s.Late = within, hurried, late
		return s
	}
	review, green := ReviewWithin.Table().Name, GreenWithin.Table().Name
	return []process.State{
		by(of(stateConsulting, "评估中", "Being assessed", "The doctor asks colleagues of the institution, and concludes.", initiator, "in-progress"), ConsultWithin.Table().Name, green, "lapse"),
		by(of(stateConsenting, "待居民同意", "Waiting for the resident", "The resident agrees that the record leaves, or does not.", process.Resident, "requested"), ConsentWithin.Table().Name, green, "lapse"),
		by(of(stateAgreed, "待签发", "To be signed", "The resident has agreed. The doctor signs the letter and sends it.", initiator, "requested"), SendWithin.Table().Name, green, "lapse"),
		by(of(stateSending, "转出机构审核", "Review where it comes from", "The office of the referring institution reviews.", sending, "requested"), review, green, "escalate-sending"),
		by(of(stateReceiving, "接收机构审核", "Review where it goes to", "The office of the receiving institution reviews, and chooses a doctor of its own.", receiving, "received"), review, green, "escalate-receiving"),
		by(of(stateAssigned, "待医师接收", "With the receiving doctor", "The doctor sets the time of the transfer, or declines.", doctor, "accepted"), ReceiveWithin.Table().Name, green, "unassign"),
		{Code: stateScheduled, Words: bilingual.Text{Zh: "已约定时间", En: "Time is set"}, Doc: "The patient comes at the time that is set.", Owner: doctor, Status: "accepted", Late: "miss"},
		by(of(stateUnconfirmed, "待确认到院", "Arrival to be confirmed", "The time has passed, and nobody has said whether the patient came.", receiving, "accepted"), ConfirmWithin.Table().Name, "", "lapse"),
		by(of(stateReturned, "退回", "Returned", "An office has rejected it with a reason. The doctor chooses anew, or withdraws.", initiator, "on-hold"), SendWithin.Table().Name, green, "lapse"),
		by(of(stateSendingLate, "转出审核逾期", "Late where it comes from", "The regulator reminds the referring institution, or closes the case.", regulator, "on-hold"), review, green, ""),
		by(of(stateTakingLate, "接收审核逾期", "Late where it goes to", "The regulator reminds the receiving institution, or closes the case.", regulator, "on-hold"), review, green, ""),
		of(stateStayed, "留在本机构诊治", "Treated here", "No referral is needed.", "", "completed"),
		{Code: stateInCare, Words: bilingual.Text{Zh: "接诊中", En: "In care"}, Doc: "The patient has come and is in the care of the receiving doctor, who answers at the end.", Owner: doctor, Status: "in-progress", Within: CareWithin.Table().Name},
		by(of(stateFollowLate, "随访逾期", "Late follow-up", "A follow-up that the plan names was not recorded. The office sees to it that the doctor does; else it ends.", receiving, "in-progress"), CareWithin.Table().Name, "", "expire"),
		of(stateCompleted, "已完成", "Completed", "The patient was taken over, and what the referral was for is done.", "", "completed"),
		of(stateTurnedAway, "到院未收治", "Came, and was not admitted", "The patient came and went back without being admitted; the reason is on record.", "", "rejected"),
		of(stateNoShow, "未到", "Did not come", "The patient did not come.", "", "failed"),
		of(stateRefused, "居民不同意", "Refused by the resident", "The resident does not want it.", "", "rejected"),
		of(stateDied, "患者死亡", "The patient has died", "The patient has died.", "", "cancelled"),
		of(stateWithdrawn, "已撤回", "Withdrawn", "The referring doctor has withdrawn it.", "", "cancelled"),
		of(stateLapsed, "已失效", "Lapsed", "Nobody went on with it in time.", "", "failed"),
	}
}

// Who makes moves as what.
var (
	referrers  = process.By{Party: initiator, Roles: []gate.Role{gate.Doctor}}
	senders    = process.By{Party: sending, Roles: []gate.Role{gate.Office}}
	receivers  = process.By{Party: receiving, Roles: []gate.Role{gate.Office}}
	colleagues = process.By{Party: colleague, Roles: []gate.Role{gate.Doctor}}
	doctors    = process.By{Party: doctor, Roles: []gate.Role{gate.Doctor}}
	regulators = process.By{Party: regulator, Roles: []gate.Role{gate.Regulator}}
	residents  = process.By{Party: process.Resident, Roles: []gate.Role{gate.Resident, gate.Proxy}}
	openStates = []string{stateConsulting, stateConsenting, stateAgreed, stateSending, stateReceiving, stateAssigned, stateScheduled, stateUnconfirmed, stateReturned, stateSendingLate, stateTakingLate}
	alive      = append(openStates[:len(openStates):len(openStates)], stateInCare)
)
