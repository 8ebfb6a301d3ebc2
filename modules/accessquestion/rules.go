package accessquestion

import (
	_ "embed" // for the rows

	"yitong/internal/bilingual"
	"yitong/internal/rule"
)

var (
	//go:embed answer_within.csv
	answerRows string
	//go:embed dispute_within.csv
	disputeRows string
)

// AnswerWithin is within how many working days an institution answers, and the regulator finds.
var AnswerWithin = rule.Of[rule.Workdays](rule.Table{
	Name:  "access-question.answer-within",
	Title: bilingual.Text{Zh: "查阅质询答复期限", En: "time to answer an access question"},
	About: bilingual.Text{
		Zh: "自质询到达之日的次日起计算的工作日数。这是平台对居民的承诺，不是法定期限。",
		En: "Working days behind the day on which the question comes to whoever answers. It is the platform's promise to residents, not a term of law.",
	},
	Value: rule.Value{Min: "1", Max: "30"}, Rows: answerRows, Edition: "2026-11",
})

// DisputeWithin is within how many working days a resident disputes an answer; then it stands.
var DisputeWithin = rule.Of[rule.Workdays](rule.Table{
	Name:  "access-question.dispute-within",
	Title: bilingual.Text{Zh: "查阅质询异议期限", En: "time to dispute the answer to an access question"},
	About: bilingual.Text{
		Zh: "自答复之日的次日起计算的工作日数。期满未提出异议即办结；此后仍可投诉、举报或起诉。",
		En: "Working days behind the day of the answer. Then the question is closed; complaints and the way to court stay open.",
	},
	Value: rule.Value{Min: "5", Max: "120"}, Rows: disputeRows, Edition: "2026-11",
})

// Tables are the rules of the module, for the book.
func Tables() []*rule.Table { return []*rule.Table{AnswerWithin.Table(), DisputeWithin.Table()} }
