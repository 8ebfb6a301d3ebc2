package alliance

import (
	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/form"
	"yitong/internal/process"
)

// ending completes a move with which a case ends: the permit is shut, and what was asked and planned has the status.
func ending[In any](m process.Move, status string, decide func(*process.Case, In) error) process.Move {
	m = process.Make(m, func(c *process.Case, in In) error {
		if err := decide(c, in); err != nil {
			return err
		}
		return closed(c, status)
	})
	return process.Reading(m, func(c *process.Case, _ In) []string { return closing(c) })
}

// closed lets a case end.
func closed(c *process.Case, status string) error {
	requestIs(c, status)
	if err := planIs(c, status); err != nil {
		return err
	}
	return shut(c)
}

// closing is what has to be read for [closed].
func closing(c *process.Case) []string {
	return []string{kept(c, inPermit), kept(c, inRequest), kept(c, inPlan)}
}

type none struct{}

func nothing(*process.Case, none) error { return nil }

type saying struct {
	Reason string `name:"reason" zh:"原因" en:"Reason" bytes:"2000"`
}

func reason(c *process.Case, in saying) error {
	c.Output(outReason, in.Reason)
	return nil
}

// arrive takes the patient over, upwards.
func arrive() process.Move {
	return process.Make(arrival("A patient whom you referred has been taken over."), func(c *process.Case, _ none) error {
		came(c)
		return nil
	})
}

func arrival(said string) process.Move {
	return process.Move{
		Code: "arrive", Words: bilingual.Text{Zh: "已到院接诊", En: "Taken over"}, Doc: "The patient has come, and is taken over.",
		From: []string{stateScheduled, stateUnconfirmed}, To: []string{stateInCare}, By: []process.By{doctors, receivers},
		Tells: []process.Tell{tell(initiator, "转诊患者已到院接诊。", said), tell(process.Resident, "您已到院，接收医师开始接诊。", "You have come, and are in the care of the receiving doctor.")},
	}
}

// Fitness is how the doctor who took a patient over judges the referral: the measure of how appropriate an institution's referrals are.
type Fitness string

// The judgements.
const (
	Fits     Fitness = "yes"
	FitsPart Fitness = "partly"
	Unfit    Fitness = "no"
)

// Codes implements [form.Coded].
func (Fitness) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(Fits), Words: bilingual.Text{Zh: "合适", En: "Appropriate"}},
		{Code: string(FitsPart), Words: bilingual.Text{Zh: "部分合适（如资料不全、时机偏晚）", En: "In part: something was missing, or it came late"}},
		{Code: string(Unfit), Words: bilingual.Text{Zh: "不合适（本可由转出机构诊治）", En: "Not: the referring institution could have treated it"}},
	}
}

type concluding struct {
	Summary     string  `name:"summary" zh:"诊治小结" en:"Summary" bytes:"4000" doc:"What was found and done, and what the referring doctor should know."`
	Appropriate Fitness `name:"appropriate" zh:"转诊是否合适" en:"Was the referral appropriate"`
}

// conclude answers the doctor who has referred, and ends what the referral opened.
func conclude() process.Move {
	return ending(process.Move{
		Code: "conclude", Words: bilingual.Text{Zh: "结束接诊并回复", En: "Conclude, and answer"}, Doc: "Answer the doctor who has referred. The record that the referral opened is closed.",
		From: []string{stateInCare}, To: []string{stateCompleted}, By: []process.By{doctors},
		Tells: []process.Tell{tell(initiator, "接收医师已回复转诊结果，请查看诊治小结。", "The doctor to whom you referred has answered. Please read the summary."),
			tell(process.Resident, "您的转诊已办结，请登录查看诊治小结。", "Your referral is completed. Sign in to read the summary.")},
	}, "completed", func(c *process.Case, in concluding) error {
		c.Output(outSummary, in.Summary)
		c.Output(outAppropriate, string(in.Appropriate))
		return nil
	})
}

// expire is the clock's: nobody has answered in time, and what the referral opened does not stay open for that.
func expire(from string) process.Move {
	return ending(process.Move{
		Code: "expire", Words: bilingual.Text{Zh: "接诊期满", En: "Time is up"}, Doc: "The time of the referral is up; the record that it opened is closed.",
		From: []string{from}, To: []string{stateCompleted},
		Tells: []process.Tell{tell(doctor, "一份转诊的接诊期已满，病历授权已关闭。", "The time of a referral is up. You no longer see the record for it."),
			tell(process.Resident, "您的转诊已到期办结，接收机构不再查阅您的病历。", "The time of your referral is up. The other institution no longer sees your record.")},
	}, "completed", nothing)
}

func turnAway() process.Move {
	return ending(process.Move{
		Code: "turn-away", Words: bilingual.Text{Zh: "到院未收治", En: "Not admitted"}, Doc: "The patient came and is not taken over; say why.",
		From: []string{stateScheduled, stateUnconfirmed}, To: []string{stateTurnedAway}, By: []process.By{doctors, receivers},
		Tells: []process.Tell{tell(initiator, "一名转诊患者到院后未收治，请查看原因。", "A patient whom you referred came and was not admitted. Please look at the reason."),
			tell(process.Resident, "接收机构登记您到院后未收治，请联系您的医生。", "It is on record that you came and were not admitted. Please ask your doctor.")},
	}, "completed", func(c *process.Case, in saying) error {
		came(c)
		return reason(c, in)
	})
}

// missed is the clock's: the time has passed, and nobody has said whether the patient came.
func missed() process.Move {
	return process.Make(process.Move{
		Code: "miss", Words: bilingual.Text{Zh: "到时未确认", En: "Time has passed"}, Doc: "The time has passed, and nobody has said whether the patient came.",
		From: []string{stateScheduled}, To: []string{stateUnconfirmed},
		Tells: []process.Tell{tell(receiving, "一名转诊患者的到院情况待确认。", "Please say whether a referred patient has come.")},
	}, nothing)
}

func noShow() process.Move {
	return ending(process.Move{
		Code: "no-show", Words: bilingual.Text{Zh: "未到", En: "Did not come"}, Doc: "The patient has not come.",
		From: []string{stateUnconfirmed}, To: []string{stateNoShow}, By: []process.By{doctors, receivers},
		Tells: []process.Tell{tell(initiator, "一名转诊患者未按时到院。", "A patient whom you referred has not come."),
			tell(process.Resident, "您没有按约定时间到院，如仍需转诊请联系您的医生。", "You did not come at the time that was set. If you still need the referral, ask your doctor.")},
	}, "revoked", nothing)
}

type refusing struct {
	Why *string `name:"why" zh:"原因" en:"Why" bytes:"1000" doc:"You need not say why."`
}

// refuse is the resident's, at any time until the case ends: consent can be taken back (PIPL Art. 15).
func refuse() process.Move {
	return ending(process.Move{
		Code: "refuse", Words: bilingual.Text{Zh: "不同意转诊", En: "Refuse"}, Doc: "Not be referred, or not any more. What was asked is taken back, a visit that is booked is called off, and nobody sees the record for it any more.",
		From: alive, To: []string{stateRefused}, By: []process.By{residents},
		Tells: []process.Tell{tell(initiator, "居民不同意转诊。", "The resident does not want a referral."), tell(receiving, "一份转诊因居民不同意而结束。", "A referral has ended: the resident does not want it."),
			tell(doctor, "一份转诊因居民不同意而结束。", "A referral has ended: the resident does not want it.")},
	}, "revoked", func(c *process.Case, in refusing) error {
		letGo(c, true)
		if in.Why != nil {
			c.Note(*in.Why)
		}
		return nil
	})
}

type dying struct {
	On form.Date `name:"date" zh:"死亡日期" en:"Day of death"`
}

func died() process.Move {
	return ending(process.Move{
		Code: "died", Words: bilingual.Text{Zh: "患者死亡", En: "The patient has died"}, Doc: "Close it, for the patient has died.",
		From: alive, To: []string{stateDied}, By: []process.By{referrers, senders, receivers, doctors},
		Tells: []process.Tell{tell(initiator, "一份转诊因患者死亡而结束。", "A referral has ended: the patient has died."), tell(receiving, "一份转诊因患者死亡而结束。", "A referral has ended: the patient has died."),
			tell(doctor, "一份转诊因患者死亡而结束。", "A referral has ended: the patient has died.")},
	}, "revoked", func(c *process.Case, in dying) error {
		if in.On.Time(c.Now.Location()).After(c.Now) {
			return fault.New(fault.Unprocessable, "%s is not past. 死亡日期不能晚于今天。", in.On).WithIssue("value")
		}
		letGo(c, false)
		c.Output("date-of-death", string(in.On))
		return nil
	})
}

func withdraw() process.Move {
	return ending(process.Move{
		Code: "withdraw", Words: bilingual.Text{Zh: "撤回", En: "Withdraw"}, Doc: "Take it back, and say why. A visit that is booked is called off.",
		From: openStates, To: []string{stateWithdrawn}, By: []process.By{referrers},
		Tells: []process.Tell{tell(receiving, "一份转诊已由转出医师撤回。", "A referral has been withdrawn."), tell(doctor, "一份转诊已由转出医师撤回。", "A referral has been withdrawn."),
			tell(process.Resident, "您的转诊已由医生撤回（已约就诊的同时取消），请登录查看原因。", "Your doctor has withdrawn the referral; a visit that was booked is cancelled. Sign in to see why.")},
	}, "revoked", func(c *process.Case, in saying) error {
		letGo(c, false)
		return reason(c, in)
	})
}

// lapse is the clock's.
func lapse() process.Move {
	return ending(process.Move{
		Code: "lapse", Words: bilingual.Text{Zh: "逾期失效", En: "Lapse"}, Doc: "Nobody has gone on with it in time.",
		From: []string{stateConsulting, stateConsenting, stateAgreed, stateReturned, stateUnconfirmed}, To: []string{stateLapsed},
		Tells: []process.Tell{tell(initiator, "一份转诊因逾期未办理而失效。", "A referral has lapsed: nobody went on with it in time."),
			tell(process.Resident, "您的转诊因逾期未办理已失效，如仍需转诊请联系您的医生。", "Your referral has lapsed. If you still need it, ask your doctor.")},
	}, "revoked", nothing)
}

func escalates(code, from, to, zh, en string) process.Move {
	return process.Make(process.Move{
		Code: code, Words: bilingual.Text{Zh: zh, En: en}, Doc: "The office has not decided in time; the regulator takes it up.",
		From: []string{from}, To: []string{to},
		Tells: []process.Tell{tell(regulator, "一份转诊审核逾期，请处理。", "An office has not reviewed a referral in time. Please look at it.")},
	}, func(c *process.Case, _ none) error {
		c.Set(regulator, process.Who{Role: "regulator"})
		return nil
	})
}

func escalateSending() process.Move {
	return escalates("escalate-sending", stateSending, stateSendingLate, "转出审核逾期", "Late where it comes from")
}

func escalateReceiving() process.Move {
	return escalates("escalate-receiving", stateReceiving, stateTakingLate, "接收审核逾期", "Late where it goes to")
}

// unassign is the clock's: the doctor has not set a time.
func unassign() process.Move {
	m := process.Make(process.Move{
		Code: "unassign", Words: bilingual.Text{Zh: "医师逾期未接收", En: "The doctor is late"}, Doc: "The doctor has not set a time; the office chooses anew.",
		From: []string{stateAssigned}, To: []string{stateReceiving},
		Tells: []process.Tell{tell(receiving, "指定的医师逾期未接收一份转诊，请另行处理。", "The doctor who was chosen has not taken a referral in time. Please decide anew.")},
	}, func(c *process.Case, _ none) error {
		c.Clear(doctor)
		return open(c)
	})
	return process.Reading(m, func(c *process.Case, _ none) []string { return opening(c) })
}

func reminds(code, from, to, party string) process.Move {
	return process.Make(process.Move{
		Code: code, Words: bilingual.Text{Zh: "督办", En: "Remind"}, Doc: "Have the office decide after all.",
		From: []string{from}, To: []string{to}, By: []process.By{regulators},
		Tells: []process.Tell{{Party: party, Urgent: true, Text: bilingual.Text{Zh: "监管部门督办一份逾期转诊，请尽快审核。", En: "The regulator reminds you of a late referral. Please decide soon."}}},
	}, func(c *process.Case, in saying) error {
		c.Note(in.Reason)
		return nil
	})
}

func remindSending() process.Move {
	return reminds("remind-sending", stateSendingLate, stateSending, sending)
}
func remindReceiving() process.Move {
	return reminds("remind-receiving", stateTakingLate, stateReceiving, receiving)
}

func closeLate() process.Move {
	return ending(process.Move{
		Code: "close", Words: bilingual.Text{Zh: "结案", En: "Close"}, Doc: "Close what nobody will decide any more.",
		From: []string{stateSendingLate, stateTakingLate}, To: []string{stateLapsed}, By: []process.By{regulators},
		Tells: []process.Tell{tell(initiator, "监管部门已结束一份逾期转诊。", "The regulator has closed a late referral."),
			tell(process.Resident, "您的转诊逾期未能办成，已结束，如仍需转诊请联系您的医生。", "Your referral was late and has been closed. If you still need it, ask your doctor.")},
	}, "revoked", reason)
}
