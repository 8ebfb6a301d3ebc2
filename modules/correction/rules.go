package correction

import (
	_ "embed" // for the rows

	"yitong/internal/bilingual"
	"yitong/internal/rule"
)

var (
	//go:embed decide_within.csv
	decideRows string
	//go:embed appeal_within.csv
	appealRows string
)

// DecideWithin is within how many working days the institution puts right or refuses, carries out an order, or the regulator decides.
var DecideWithin = rule.Of[rule.Workdays](rule.Table{
	Name:  "correction.decide-within",
	Title: bilingual.Text{Zh: "更正申请办理期限", En: "time to decide on a correction request"},
	About: bilingual.Text{
		Zh: "自申请到达之日的次日起计算的工作日数。个人信息保护法第四十六条只要求“及时”，未规定天数，天数由各地自定。",
		En: "Working days behind the day on which it comes to whoever decides. PIPL Art. 46 asks for promptness and names no number, so the number is the region's choice.",
	},
	Value: rule.Value{Min: "1", Max: "60"}, Rows: decideRows, Edition: "2026-11",
})

// AppealWithin is within how many working days the resident appeals against a refusal.
var AppealWithin = rule.Of[rule.Workdays](rule.Table{
	Name:  "correction.appeal-within",
	Title: bilingual.Text{Zh: "更正申请申诉期限", En: "time to appeal against a refused correction"},
	About: bilingual.Text{
		Zh: "自不予更正之日的次日起计算的工作日数。向监管部门申诉是本地自设的途径，不影响依法起诉（个人信息保护法第五十条）。",
		En: "Working days behind the day of the refusal. The appeal to the regulator is the region's own; it does not touch the way to court (PIPL Art. 50).",
	},
	Value: rule.Value{Min: "5", Max: "120"}, Rows: appealRows, Edition: "2026-11",
})

// Tables are the rules of the module, for the book.
func Tables() []*rule.Table { return []*rule.Table{DecideWithin.Table(), AppealWithin.Table()} }
