package alliance

import (
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/internal/process"
)

// MoveLost is the move that is made with it that the visit of a referral was called off elsewhere.
const MoveLost = "lose-visit"

type acceptingVisit struct {
	Post  form.Reference `name:"post" zh:"接收医师" en:"Doctor" types:"PractitionerRole" doc:"The doctor who takes the patient over, by a post at your own institution."`
	Slot  form.Reference `name:"slot" zh:"就诊时段" en:"Time" types:"Slot" doc:"A segment of a clinic of the department that is asked, of that doctor or of none in particular. Slot/$find with referral=true lists those with a free place."`
	Bring *string        `name:"bring" zh:"需携带的物品" en:"What to bring" bytes:"1000"`
}

// acceptVisit is U4 and D3 with U5 and D4 in one step: the office chooses a doctor and a time at their clinic, for which they have said
// themselves when they are there. The doctor may decline.
func acceptVisit() process.Move {
	m := process.Make(process.Move{
		Code: "accept-visit", Words: bilingual.Text{Zh: "审核通过并预约就诊", En: "Approve, and book the visit"},
		Doc:  "Take the patient, and book a visit at a clinic of the department that is asked, out of the places for referrals first. Where none is free there it is refused.",
		From: []string{stateReceiving}, To: []string{stateScheduled}, By: []process.By{receivers},
		Tells: []process.Tell{tell(doctor, "有一名转诊患者已约到您的门诊，如不能接收请及时退回管理处。", "A referred patient has been booked at your clinic. If you cannot take them, please decline soon."),
			tell(initiator, "接收机构已同意转诊，并约好就诊时间。", "The institution that you asked takes the referral, and has booked a visit.")},
	}, func(c *process.Case, in acceptingVisit) error {
		who, err := colleagueAt(c, in.Post, c.Party(receiving).Reference)
		if err != nil {
			return err
		}
		c.Set(doctor, who)
		c.InputReference(inPost, string(in.Post))
		return book(c, in.Slot, in.Bring)
	})
	return process.Reading(m, func(c *process.Case, in acceptingVisit) []string {
		return append(opening(c), string(in.Post), string(in.Slot))
	})
}

type visiting struct {
	Slot  form.Reference `name:"slot" zh:"就诊时段" en:"Time" types:"Slot" doc:"A segment of a clinic of the department that is asked, of the doctor who was chosen or of none in particular. Slot/$find with referral=true lists those with a free place."`
	Bring *string        `name:"bring" zh:"需携带的物品" en:"What to bring" bytes:"1000"`
}

// bookVisit is U5 and D4 at a clinic. What was booked may be changed until the patient comes.
func bookVisit() process.Move {
	m := process.Make(process.Move{
		Code: "book-visit", Words: bilingual.Text{Zh: "预约就诊", En: "Book the visit"},
		Doc:  "Book a visit at a clinic of the department that is asked, out of the places for referrals first; one that is booked goes to the other time. Where none is free there it is refused.",
		From: []string{stateAssigned, stateScheduled}, To: []string{stateScheduled}, By: []process.By{doctors, receivers},
		Tells: []process.Tell{tell(initiator, "接收机构已约好转诊就诊时间。", "A visit has been booked for a referral."),
			tell(doctor, "一名转诊患者已约到您的门诊。", "A referred patient has been booked at your clinic.")},
	}, func(c *process.Case, in visiting) error { return book(c, in.Slot, in.Bring) })
	return process.Reading(m, func(c *process.Case, in visiting) []string { return append(opening(c), string(in.Slot)) })
}

// book books a visit of the case; the one that there is goes to the other time.
func book(c *process.Case, slot form.Reference, bring *string) error {
	r, is := c.Read(string(slot))
	start, end := instant(r.Root.Get("start").Str()), instant(r.Root.Get("end").Str())
	switch {
	case !is || start.IsZero() || end.IsZero():
		return fault.New(fault.Unprocessable, "There is no time %s. 没有该就诊时段。", slot).WithIssue("not-found").At(asked("slot"))
	case !end.After(c.Now):
		return fault.New(fault.Unprocessable, "This time is over; choose another one. 该时段已结束，请另选时间。").WithIssue("value").At(asked("slot"))
	case start.After(c.Now.Add(timeMost)):
		return fault.New(fault.Unprocessable, "That is more than %d days ahead. 就诊时间应在 %[1]d 天以内。", int(timeMost.Hours()/24)).WithIssue("value").At(asked("slot"))
	}
	visit := c.Book(process.Visit{
		Appointment: fhir.ParseReference(visitOf(c)).Ref, Slot: string(slot), Department: kept(c, inAsked), Doctor: kept(c, inPost),
		Request: kept(c, inRequest), From: c.Party(sending).Reference,
	})
	c.Input(inTime, start.In(c.Now.Location()).Format(time.RFC3339))
	c.InputReference(inVisit, visit)
	if bring != nil {
		c.Input(inBring, *bring)
	}
	c.Due(end.In(c.Now.Location()))
	return open(c)
}

// loseVisit is made with it that the visit was called off elsewhere: the clinic was stopped, or somebody has cancelled it. The referral stands,
// and needs another time.
func loseVisit() process.Move {
	return process.Make(process.Move{
		Code: MoveLost, Words: bilingual.Text{Zh: "就诊被取消", En: "The visit is off"},
		Doc:  "The clinic was stopped, or the visit was cancelled. The referral stays accepted; another time is set.",
		From: []string{stateScheduled}, To: []string{stateAssigned}, Happens: true,
		Tells: []process.Tell{
			tell(receiving, "一名转诊患者的就诊已取消（停诊或退号），请另约时间。", "The visit of a referred patient is off: the clinic was stopped, or it was cancelled. Please set another time."),
			tell(doctor, "一名转诊患者的就诊已取消（停诊或退号），请另约时间。", "The visit of a referred patient is off: the clinic was stopped, or it was cancelled. Please set another time."),
			tell(sending, "一份转诊的就诊已取消（停诊或退号），接收机构将另约时间。", "The visit of a referral is off. The other institution will set another time."),
			tell(initiator, "一份转诊的就诊已取消（停诊或退号），接收机构将另约时间。", "The visit of a referral is off. The other institution will set another time."),
		},
	}, nothing)
}

// visitOf is the visit that is booked for the case, "" for none: where a time was set behind it there is none any more.
func visitOf(c *process.Case) (visit string) {
	if s := c.State(); s != stateScheduled && s != stateUnconfirmed {
		return ""
	}
	for _, in := range sinceLetter(c) {
		switch in.Type().Text() {
		case inTime:
			visit = ""
		case inVisit:
			visit = in.ValueReference().Reference()
		}
	}
	return visit
}

// letGo gives the place of the visit back, if there is one that is still to be. tell says that the resident is told, whom the move does not tell.
func letGo(c *process.Case, tell bool) {
	if visit := visitOf(c); visit != "" {
		c.CallOff(visit, tell)
	}
}

// came says of the visit that the patient has come, if there is one.
func came(c *process.Case) {
	if visit := visitOf(c); visit != "" {
		c.Came(visit)
	}
}
