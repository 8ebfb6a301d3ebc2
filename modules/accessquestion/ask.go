package accessquestion

import (
	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/process"
)

// Names of what a case keeps. They are stored: never rename them.
const (
	inEvent    = "event"
	inWordsZh  = "event-zh" // what the line said when it was asked about
	inWordsEn  = "event-en"
	inLooker   = "who-looked"
	inQuestion = "question"
	outVerdict = "verdict"
	outWhy     = "explanation"
	outMeasure = "measures"
	outFinding = "finding"
	outReason  = "reasons"
)

// systemEvent is the system of the identifiers by which a case names lines of the trail: these are no resources that stand in the record.
const systemEvent = "urn:yitong:audit-event"

type asking struct {
	Event    form.Reference `name:"event" zh:"查阅记录" en:"Line of the trail" types:"AuditEvent" doc:"The line that tells who has looked, or tried to."`
	Question *string        `name:"question" zh:"补充说明" en:"Question" bytes:"1000" doc:"What makes you ask; it can be left out."`
}

func ask() process.Move {
	m := process.Make(process.Move{
		Code: "ask", Words: bilingual.Text{Zh: "询问为何查阅", En: "Ask why"},
		Doc: "Ask why somebody has looked at your record. The institution of whoever looked answers within the time that is set.",
		To:  []string{stateOpen, stateEscalated}, By: []process.By{residents},
		Tells: []process.Tell{
			tell(institution, "收到一份查阅质询，请在期限内答复。", "A resident asks why their record was looked at. Please answer within the time that is set."),
			tell(regulator, "收到一份查阅质询，请处理。", "A resident asks why their record was looked at. Please look at it."),
		},
	}, decideAsk)
	return process.Reading(m, func(_ *process.Case, in asking) []string { return []string{string(in.Event)} })
}

func decideAsk(c *process.Case, in asking) error {
	event, seen := c.Read(string(in.Event))
	if !seen {
		return fault.New(fault.Unprocessable, "There is no line %s of the trail about you. 没有关于您的这条查阅记录。", in.Event).WithIssue("not-found")
	}
	l := lookOf(event)
	if l.role == gate.Resident || l.role == gate.Proxy {
		return fault.New(fault.Unprocessable, "It was you, another resident or who acts for you: no institution can answer for that. Who may act for you, you settle yourself. 这是居民本人或代办人的操作。").WithIssue("business-rule")
	}
	c.For(c.Actor.Resident.String())
	if l.institution != "" {
		c.Set(institution, process.Who{Reference: l.institution})
	} else {
		c.Set(regulator, process.Who{Role: gate.Regulator})
		c.To(stateEscalated)
	}
	keepEvent(c, in.Event.Ref().ID, l)
	if in.Question != nil {
		c.Input(inQuestion, *in.Question)
	}
	withhold(c)
	c.Reserve(in.Event.Ref().ID+" "+c.Resident(), "You have asked about this already; it is not closed yet. 您已就此次查阅提出质询，尚在办理中。")
	return nil
}

// keepEvent keeps in the case which line is asked about and what it said.
func keepEvent(c *process.Case, id string, l look) {
	in := c.Task().Input().Add()
	in.Type().SetText(inEvent)
	in.ValueReference().SetType("AuditEvent")
	in.ValueReference().Identifier().SetSystem(systemEvent)
	in.ValueReference().Identifier().SetValue(id)
	c.Input(inWordsZh, l.zh)
	c.Input(inWordsEn, l.en)
	if named(l.who) {
		c.InputReference(inLooker, l.who)
	}
}
