package accessquestion

import (
	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/process"
)

// whoLooked is the person whom the line names, "" for nobody who can be asked.
func whoLooked(c *process.Case) string {
	_, who := c.InputOf(inLooker)
	return who
}

func askLooker() process.Move {
	return process.Make(process.Move{
		Code: "ask-looker", Words: bilingual.Text{Zh: "请当事人说明", En: "Ask whoever looked"},
		Doc:  "Let whoever looked know of the question and explain. The office answers; the deadline stays.",
		From: []string{stateOpen}, To: []string{stateExplaining}, By: []process.By{offices},
		Guard: func(c *process.Case) error {
			if whoLooked(c) == "" {
				return fault.New(fault.Conflict, "The trail names no person who could be asked. 查阅记录未记载可询问的人员。").WithIssue("business-rule")
			}
			return nil
		},
		Tells: []process.Tell{tell(looker, "机构请您就一次档案查阅作出说明。", "Your institution asks you to explain a look at a record.")},
	}, func(c *process.Case, _ struct{}) error {
		c.Set(looker, process.Who{Reference: whoLooked(c), At: c.Party(institution).Reference})
		return nil
	})
}

type explaining struct {
	Text string `name:"text" zh:"说明" en:"Explanation" bytes:"2000" doc:"Why you looked. Your office reads it and answers; the resident sees it too."`
}

func explain() process.Move {
	return process.Make(process.Move{
		Code: "explain", Words: bilingual.Text{Zh: "说明", En: "Explain"},
		Doc:  "Say why one has looked. The office answers.",
		From: []string{stateExplaining}, To: []string{stateOpen}, By: []process.By{lookers},
		Tells: []process.Tell{tell(institution, "当事人已就一次档案查阅作出说明，请答复。", "Whoever looked has explained. Please answer.")},
	}, func(c *process.Case, in explaining) error {
		c.Note(in.Text)
		c.Due(c.Deadline())
		return nil
	})
}

// Verdict is whether a look was justified.
type Verdict string

// The verdicts.
const (
	Justified    Verdict = "justified"
	NotJustified Verdict = "not-justified"
)

// Codes are the verdicts with their words.
func (Verdict) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(Justified), Words: bilingual.Text{Zh: "查阅有正当理由", En: "The look was justified"}},
		{Code: string(NotJustified), Words: bilingual.Text{Zh: "查阅没有正当理由", En: "The look was not justified"}},
	}
}

type answering struct {
	Verdict  Verdict `name:"verdict" zh:"结论" en:"Verdict"`
	Why      string  `name:"explanation" zh:"解释" en:"Explanation" bytes:"2000" doc:"Why somebody looked, in plain words for the resident."`
	Measures *string `name:"measures" zh:"处理措施" en:"Measures" bytes:"2000" doc:"What is done about a look that was not justified; needed then."`
}

func answer() process.Move {
	return process.Make(process.Move{
		Code: "answer", Words: bilingual.Text{Zh: "答复", En: "Answer"},
		Doc:  "Say whether the look was justified and why, and what is done if it was not. Nobody answers for their own look.",
		From: []string{stateOpen, stateExplaining}, To: []string{stateAnswered}, By: []process.By{offices}, Guard: notOwn,
		Tells: []process.Tell{tell(process.Resident, "您的查阅质询已有答复，请登录查看；如不认同，可在期限内提出异议。",
			"Your question about who has looked has been answered. Sign in to see it; you may dispute it within the time that is set.")},
	}, func(c *process.Case, in answering) error {
		if (in.Measures != nil) != (in.Verdict == NotJustified) {
			return fault.New(fault.Unprocessable, "Measures are given if the look was not justified, and only then. 仅在查阅没有正当理由时填写处理措施，且必须填写。").WithIssue("value")
		}
		c.Output(outVerdict, string(in.Verdict))
		c.Output(outWhy, in.Why)
		if in.Measures != nil {
			c.Output(outMeasure, *in.Measures)
		}
		return nil
	})
}

// notOwn refuses who looked themself.
func notOwn(c *process.Case) error {
	if c.Actor.Reference == whoLooked(c) {
		return fault.New(fault.Forbidden, "You looked yourself; somebody else answers for it. 应由其他人员处理。")
	}
	return nil
}

func escalate() process.Move {
	return process.Make(process.Move{
		Code: "escalate", Words: bilingual.Text{Zh: "逾期上报", En: "Escalate"}, Doc: "The institution has not answered in time: the regulator looks at it.",
		From: []string{stateOpen, stateExplaining}, To: []string{stateEscalated},
		Tells: []process.Tell{
			tell(regulator, "有一份查阅质询逾期未答复，请处理。", "An access question is late at an institution. Please look at it."),
			tell(institution, "一份查阅质询逾期未答复，已上报监管部门。", "An access question was not answered in time; it is with the regulator now."),
			tell(process.Resident, "机构未在期限内答复您的查阅质询，已转监管部门。", "The institution has not answered your question in time; it is with the regulator now."),
		},
	}, toRegulator)
}

func toRegulator(c *process.Case, _ struct{}) error {
	c.Set(regulator, process.Who{Role: gate.Regulator})
	return nil
}
