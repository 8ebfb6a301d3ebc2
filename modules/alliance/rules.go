package alliance

import (
	_ "embed" // for the rows
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/rule"
)

var (
	//go:embed consult_within.csv
	consultRows string
	//go:embed consent_within.csv
	consentRows string
	//go:embed send_within.csv
	sendRows string
	//go:embed review_within.csv
	reviewRows string
	//go:embed receive_within.csv
	receiveRows string
	//go:embed confirm_within.csv
	confirmRows string
	//go:embed care_within.csv
	careRows string
	//go:embed green_within.csv
	greenRows string
)

// By when each step has to be done. No norm names the numbers: they are the alliance's agreement.
var (
	ConsultWithin = workdays("consult-within", consultRows, "会诊期限", "time for the consultation")
	ConsentWithin = workdays("consent-within", consentRows, "居民同意期限", "time for the resident to agree")
	SendWithin    = workdays("send-within", sendRows, "签发转诊单期限", "time to sign and send the letter")
	ReviewWithin  = workdays("review-within", reviewRows, "管理处审核期限", "time for an office to review")
	ReceiveWithin = workdays("receive-within", receiveRows, "医师接收期限", "time for the doctor to set a date")
	ConfirmWithin = workdays("confirm-within", confirmRows, "确认到院期限", "time to say whether the patient came")
	CareWithin    = workdays("care-within", careRows, "接诊与回复期限", "time to treat and to answer, for which the record stays open")
)

// GreenWithin is how long each step may take in the green channel, by the clock: nights and holidays count.
var GreenWithin = rule.Of[time.Duration](rule.Table{
	Name: "referral.green-within", Title: bilingual.Text{Zh: "绿色通道各步骤期限", En: "time for each step in the green channel"},
	About: bilingual.Text{
		Zh: "绿色通道（急危重症）不减少步骤，但每一步按分钟计时，夜间与节假日照常计算，由医联体章程约定。",
		En: "The green channel leaves no step out, but each counts by the minute, at night and on holidays too, as the alliance's agreement says.",
	},
	Value: rule.Value{Unit: "min", Min: "1", Max: "1440"}, Rows: greenRows, Edition: "2026-11",
})

func workdays(name, rows, zh, en string) rule.Rule[rule.Workdays] {
	return rule.Of[rule.Workdays](rule.Table{
		Name: "referral." + name, Title: bilingual.Text{Zh: zh, En: en},
		About: bilingual.Text{
			Zh: "自进入该步骤之日的次日起计算的工作日数，由医联体章程约定。",
			En: "Working days behind the day on which the step begins, as the alliance's agreement says.",
		},
		Value: rule.Value{Min: "1", Max: "60"}, Rows: rows, Edition: "2026-11",
	})
}

// Tables are the rules of the module, for the book.
func Tables() []*rule.Table {
	return []*rule.Table{
		ConsultWithin.Table(), ConsentWithin.Table(), SendWithin.Table(), ReviewWithin.Table(), ReceiveWithin.Table(), ConfirmWithin.Table(), CareWithin.Table(), GreenWithin.Table(),
	}
}
