package triage

import (
	_ "embed" // for the rows

	"yitong/internal/bilingual"
	"yitong/internal/rule"
)

var (
	//go:embed signs.csv
	signRows string
	//go:embed asks.csv
	askRows string
	//go:embed first.csv
	firstRows string
	//go:embed least.csv
	leastRows string
	//go:embed departments.csv
	departmentRows string
	//go:embed care.csv
	careRows string
	//go:embed ages.csv
	ageRows string
)

const edition = "2026-11"

// whos are those whom rules tell apart.
var whos = []bilingual.Code{
	{Code: infant, Words: bilingual.Text{Zh: "小婴儿", En: "Infant"}}, {Code: child, Words: bilingual.Text{Zh: "儿童", En: "Child"}},
	{Code: adult, Words: bilingual.Text{Zh: "成人", En: "Adult"}}, {Code: old, Words: bilingual.Text{Zh: "老年人", En: "Old person"}},
	{Code: pregnant, Words: bilingual.Text{Zh: "孕妇", En: "Pregnant"}},
}

var (
	signKey      = rule.Key{Name: "sign", Title: bilingual.Text{Zh: "表现", En: "Sign"}, Codes: signCodes()}
	complaintKey = rule.Key{Name: "complaint", Title: bilingual.Text{Zh: "症状", En: "Complaint"}, Codes: complaintCodes()}
	whoKey       = rule.Key{Name: "who", Title: bilingual.Text{Zh: "人群", En: "Who"}, Codes: whos}
	urgencies    = rule.Value{Codes: Urgency("").Codes()}
)

// The rules by which people are led. Where no norm says it, the region does, and the source says so.
var (
	// OfSign is how urgent it is when a sign is there.
	OfSign = rule.Of[rule.Code](rule.Table{
		Name: "triage.signs", Title: bilingual.Text{Zh: "导诊危险信号", En: "signs of danger"},
		About: bilingual.Text{Zh: "出现该表现时至少的紧急程度，不因其他回答降低。", En: "How urgent it is at least when the sign is there, whatever else is answered."},
		Keys:  []rule.Key{signKey}, Value: urgencies, Rows: signRows, Edition: edition,
	})
	// First are the signs that everybody is asked, in their order.
	First = rule.Of[int64](rule.Table{
		Name: "triage.first", Title: bilingual.Text{Zh: "导诊首屏询问", En: "signs that all are asked"},
		About: bilingual.Text{Zh: "任何症状都先询问的表现及其顺序。", En: "The signs that are asked first, whatever the complaint, in their order."},
		Keys:  []rule.Key{signKey}, Value: rule.Value{Min: "1", Max: "100"}, Rows: firstRows, Edition: edition, Sparse: true,
	})
	// Asks are the signs that are asked of a complaint, in their order.
	Asks = rule.Of[int64](rule.Table{
		Name: "triage.asks", Title: bilingual.Text{Zh: "导诊按症状询问", En: "signs asked of a complaint"},
		About: bilingual.Text{Zh: "按症状询问的表现及其顺序。", En: "Which signs are asked of a complaint, in their order."},
		Keys:  []rule.Key{complaintKey, signKey}, Value: rule.Value{Min: "1", Max: "100"}, Rows: askRows, Edition: edition, Sparse: true,
	})
	// Least is how urgent a complaint is by itself.
	Least = rule.Of[rule.Code](rule.Table{
		Name: "triage.least", Title: bilingual.Text{Zh: "导诊症状紧急程度", En: "urgency of complaints"},
		About: bilingual.Text{Zh: "没有任何危险信号时，该人群出现该症状的紧急程度。", En: "How urgent a complaint is when no sign of danger is there, by whom it is."},
		Keys:  []rule.Key{complaintKey, whoKey}, Value: urgencies, Rows: leastRows, Edition: edition,
	})
	// Departments are the specialties that look after a complaint.
	Departments = rule.Of[string](rule.Table{
		Name: "triage.departments", Title: bilingual.Text{Zh: "导诊对应科目", En: "specialties of complaints"},
		About: bilingual.Text{Zh: "该人群的该症状应看的诊疗科目代码，首选在前。", En: "Codes of the specialties that look after a complaint, by whom it is; the likeliest first."},
		Keys:  []rule.Key{complaintKey, whoKey}, Rows: departmentRows, Edition: edition,
	})
	// FirstCare is where a complaint that is no emergency is looked at first.
	FirstCare = rule.Of[rule.Code](rule.Table{
		Name: "triage.care", Title: bilingual.Text{Zh: "导诊首诊层级", En: "level of care of complaints"},
		About: bilingual.Text{Zh: "不需急诊时首先就诊的层级：基层医疗卫生机构或医院。", En: "Where a complaint that is no emergency is looked at first: in the community or at a hospital."},
		Keys:  []rule.Key{complaintKey}, Value: rule.Value{Codes: Care("").Codes()}, Rows: careRows, Edition: edition,
	})
	// Ages are, in months, until when one is an infant and a child, from when on old, and between which one is asked for a pregnancy.
	Ages = rule.Of[int64](rule.Table{
		Name: "triage.ages", Title: bilingual.Text{Zh: "导诊年龄界限", En: "ages of triage"},
		About: bilingual.Text{Zh: "以月计：不足者为小婴儿、儿童；达到者为老年人；询问怀孕的年龄范围。", En: "In months: below them one is an infant, or a child; from it on old; between them one is asked for a pregnancy."},
		Keys: []rule.Key{{Name: "who", Title: bilingual.Text{Zh: "界限", En: "Bound"}, Codes: []bilingual.Code{
			{Code: infant, Words: bilingual.Text{Zh: "小婴儿", En: "Infant"}}, {Code: child, Words: bilingual.Text{Zh: "儿童", En: "Child"}}, {Code: old, Words: bilingual.Text{Zh: "老年人", En: "Old person"}},
			{Code: fertileFrom, Words: bilingual.Text{Zh: "询问怀孕自", En: "Asked for a pregnancy from"}}, {Code: fertileTo, Words: bilingual.Text{Zh: "询问怀孕至", En: "Asked for a pregnancy to"}},
		}}},
		Value: rule.Value{Unit: "月", Min: "0", Max: "1500"}, Rows: ageRows, Edition: edition,
	})
)

// Tables are the rules of the module, for the book.
func Tables() []*rule.Table {
	return []*rule.Table{OfSign.Table(), First.Table(), Asks.Table(), Least.Table(), Departments.Table(), FirstCare.Table(), Ages.Table()}
}

func signCodes() (all []bilingual.Code) {
	for _, s := range signs {
		all = append(all, bilingual.Code{Code: s.code, Words: bilingual.Text{Zh: s.zh, En: s.en}})
	}
	return all
}

func complaintCodes() (all []bilingual.Code) {
	for _, c := range complaints {
		all = append(all, bilingual.Code{Code: c.code, Words: bilingual.Text{Zh: c.zh, En: c.en}})
	}
	return all
}
