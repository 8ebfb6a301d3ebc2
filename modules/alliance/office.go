package alliance

import (
	"slices"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/form"
	"yitong/internal/process"
)

// approve is U3 and D2: the office of the referring institution lets it go out. From then on the office that is asked sees the record.
func approve() process.Move {
	m := process.Make(process.Move{
		Code: "approve", Words: bilingual.Text{Zh: "审核通过", En: "Approve"}, Doc: "Let the referral go out to the institution that was chosen.",
		From: []string{stateSending}, To: []string{stateReceiving}, By: []process.By{senders},
		Tells: []process.Tell{tell(receiving, "收到一份转诊，请在期限内审核。", "A referral has come to your institution. Please decide within the time that is set."),
			tell(process.Resident, "您的转诊已由本机构审核通过，正在等待接收机构。", "Your institution has approved your referral; it waits for the other one.")},
	}, func(c *process.Case, _ none) error {
		to, err := chosen(c, form.Reference(kept(c, inAsked)), c.Process.Code == CodeUp) // which may have ended meanwhile
		if err != nil {
			return fault.New(fault.Conflict, "%s Reject it, so that another is chosen. 请退回，由医师重新选择。", fault.From(err).Message).WithIssue("business-rule")
		}
		c.Set(receiving, process.Who{Reference: to.institution})
		return open(c)
	})
	return process.Finding(process.Reading(m, func(c *process.Case, _ none) []string {
		return append(opening(c), kept(c, inAsked))
	}), func(c *process.Case, _ none) []string { return asks(c, form.Reference(kept(c, inAsked))) })
}

type accepting struct {
	Post form.Reference `name:"post" zh:"接收医师" en:"Doctor" types:"PractitionerRole" doc:"The doctor who takes the patient over, by a post at your own institution."`
}

// accept is U4 and D3: the office of the receiving institution must choose a doctor of its own.
func accept() process.Move {
	m := process.Make(process.Move{
		Code: "accept", Words: bilingual.Text{Zh: "审核通过并指定医师", En: "Approve, and choose the doctor"}, Doc: "Take the patient, and choose the doctor of your own institution who does.",
		From: []string{stateReceiving}, To: []string{stateAssigned}, By: []process.By{receivers},
		Tells: []process.Tell{tell(doctor, "有一名转诊患者指定由您接收，请约定时间。", "A referred patient has been assigned to you. Please set a time."),
			tell(initiator, "接收机构已同意转诊。", "The institution that you asked takes the referral."),
			tell(process.Resident, "接收机构已同意接收您的转诊，正在安排时间。", "The institution that was asked takes your referral, and will set a time.")},
	}, func(c *process.Case, in accepting) error {
		who, err := colleagueAt(c, in.Post, c.Party(receiving).Reference)
		if err != nil {
			return err
		}
		c.Set(doctor, who)
		c.InputReference(inPost, string(in.Post))
		return open(c)
	})
	return process.Reading(m, func(c *process.Case, in accepting) []string { return append(opening(c), string(in.Post)) })
}

type forwarding struct {
	Department form.Reference `name:"department" zh:"上级医院的科室" en:"Department" types:"HealthcareService" doc:"The department of the still higher hospital that is asked instead."`
	Reason     string         `name:"reason" zh:"继续上转的理由" en:"Reason" bytes:"2000"`
}

// forward is U4 once more at a still higher hospital. The chain is kept, and nobody in it is asked twice.
func forward() process.Move {
	m := process.Make(process.Move{
		Code: "forward", Words: bilingual.Text{Zh: "继续上转", En: "Forward up"}, Doc: "Ask a still higher hospital in place of one's own. Its office reviews anew.",
		From: []string{stateReceiving}, To: []string{stateReceiving}, By: []process.By{receivers},
		Tells: []process.Tell{tell(receiving, "收到一份转诊，请在期限内审核。", "A referral has come to your institution. Please decide within the time that is set."),
			tell(initiator, "接收机构已将转诊继续上转。", "The institution that you asked has forwarded the referral."),
			tell(process.Resident, "您的转诊已转往另一家上级医院，请登录查看。", "Your referral goes on to another hospital. Sign in to see it.")},
	}, func(c *process.Case, in forwarding) error {
		to, err := chosen(c, in.Department, upward)
		if err != nil {
			return err
		}
		if to.institution == c.Party(sending).Reference || slices.Contains(hospitals(c), to.institution) {
			return fault.New(fault.Conflict, "%s was asked in this chain already. 该机构已在本次转诊的链条中。", to.institution).WithIssue("business-rule")
		}
		c.Note(in.Reason)
		c.Set(receiving, process.Who{Reference: to.institution})
		c.InputReference(inAsked, to.service)
		return open(c)
	})
	return process.Finding(process.Reading(m, func(c *process.Case, in forwarding) []string {
		return append(append(chain(c), string(in.Department)), opening(c)...)
	}), func(c *process.Case, in forwarding) []string { return asks(c, in.Department) })
}

// hospitals are the institutions of the chain whose departments the move has read.
func hospitals(c *process.Case) (list []string) {
	for _, service := range chain(c) {
		if r, is := c.Read(service); is {
			list = append(list, r.Root.Get("providedBy").Get("reference").Str())
		}
	}
	return list
}

type rejecting struct {
	Reason string `name:"reason" zh:"退回理由" en:"Reason" bytes:"2000" doc:"What speaks against it, for the doctor who refers."`
}

// rejects returns a case to who began it, with the reason.
func rejects(code, from string, by process.By) process.Move {
	m := process.Make(process.Move{
		Code: code, Words: bilingual.Text{Zh: "退回", En: "Reject"}, Doc: "Return it to the doctor who refers, with the reason.",
		From: []string{from}, To: []string{stateReturned}, By: []process.By{by},
		Tells: []process.Tell{tell(initiator, "一份转诊被退回，请查看理由。", "A referral has been returned. Please look at the reason."),
			tell(process.Resident, "您的转诊未通过审核，医生将另行安排。", "Your referral was not approved as it is. Your doctor will see to it.")},
	}, func(c *process.Case, in rejecting) error {
		c.Output(outReason, in.Reason)
		c.Clear(receiving)
		return shut(c)
	})
	return process.Reading(m, func(c *process.Case, _ rejecting) []string { return []string{kept(c, inPermit)} })
}

func rejectSending() process.Move { return rejects("reject-sending", stateSending, senders) }
func reject() process.Move        { return rejects("reject", stateReceiving, receivers) }
