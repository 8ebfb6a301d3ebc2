package alliance

import (
	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/gate/label"
	"yitong/internal/process"
)

// How is in which way a resident has agreed.
type How string

// The ways.
const (
	InApp     How = "app"
	OnPaper   How = "paper"
	BySpeech  How = "spoken"
	ByRelated How = "guardian"
)

// Codes implements [form.Coded].
func (How) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(OnPaper), Words: bilingual.Text{Zh: "书面同意", En: "On paper"}},
		{Code: string(BySpeech), Words: bilingual.Text{Zh: "口头同意", En: "In words"}},
		{Code: string(ByRelated), Words: bilingual.Text{Zh: "监护人或近亲属同意", En: "By a guardian or next of kin"}},
		{Code: string(InApp), Words: bilingual.Text{Zh: "线上同意", En: "In the app"}},
	}
}

// agree lets the record leave (PIPL Art. 23, 29: sensitive personal information goes to another handler by separate consent).
func agree() process.Move {
	return process.Make(process.Move{
		Code: "agree", Words: bilingual.Text{Zh: "同意转诊", En: "Agree"},
		Doc:  "Agree to the referral, and that the institution which is asked sees the record for as long as it lasts; so does a higher hospital to which that one forwards it.",
		From: []string{stateConsenting}, To: []string{stateAgreed}, By: []process.By{residents},
		Tells: []process.Tell{tell(initiator, "居民已同意转诊，请签署并发出转诊单。", "The resident agrees to a referral. Please sign the letter and send it.")},
	}, func(c *process.Case, _ struct{}) error {
		c.Input(inConsent, string(InApp))
		return nil
	})
}

type recording struct {
	How     How     `name:"consent" zh:"同意方式" en:"How"`
	Witness *string `name:"witness" zh:"同意人及与患者的关系" en:"Who agreed" bytes:"200" doc:"Who agreed in the resident's place, and how they are related; needed then."`
}

func recordConsent() process.Move {
	return process.Make(process.Move{
		Code: "record-consent", Words: bilingual.Text{Zh: "登记居民同意", En: "Record that the resident agrees"},
		Doc:  "Put on record that the resident has agreed here, or somebody in their place who may.",
		From: []string{stateConsenting}, To: []string{stateAgreed}, By: []process.By{referrers},
		Tells: []process.Tell{tell(process.Resident, "医生已登记您同意转诊。如果不是这样，请登录后选择不同意。", "Your doctor has recorded that you agree to a referral. If that is not so, sign in and refuse.")},
	}, func(c *process.Case, in recording) error {
		switch {
		case in.How == InApp:
			return fault.New(fault.Unprocessable, "In the app the resident agrees, nobody else. 线上同意只能由居民本人或代办人操作。").WithIssue("value")
		case (in.How == ByRelated) != (in.Witness != nil):
			return fault.New(fault.Unprocessable, "Who agreed is said if it was not the resident, and only then. 仅在由他人同意时填写同意人，且必须填写。").WithIssue("value")
		}
		c.Input(inConsent, string(in.How))
		if in.Witness != nil {
			c.Note(*in.Witness)
		}
		return nil
	})
}

// send lets the letter leave, once its doctor has signed it.
func send() process.Move {
	m := process.Make(process.Move{
		Code: "send", Words: bilingual.Text{Zh: "签发", En: "Send"}, Doc: "Send the letter, which one has signed as it stands ($sign), to the office of one's own institution.",
		From: []string{stateAgreed}, To: []string{stateSending}, By: []process.By{referrers},
		Tells: []process.Tell{tell(sending, "有一份转诊待审核，请在期限内处理。", "A referral waits for your review. Please decide within the time that is set."),
			tell(process.Resident, "您的转诊单已签发，正在由本机构审核。", "The letter of your referral is signed; your institution reviews it.")},
		Signs: func(c *process.Case) string { return kept(c, inLetter) },
	}, func(c *process.Case, _ none) error {
		c.InputReference(inSignature, c.Signature())
		requestIs(c, "active")
		if letter, _ := c.Read(kept(c, inLetter)); label.Carried(letter) == 0 {
			return nil
		}
		return open(c) // to one's own office, which has to see what it reviews
	})
	return process.Reading(m, func(c *process.Case, _ none) []string { return append(opening(c), kept(c, inRequest)) })
}
