package scheduling

import (
	_ "embed" // for the rows
	"slices"
	"strings"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir/fold"
	"yitong/internal/rule"
)

//go:embed specialties.csv
var specialtyRows string

// SpecialtiesOf are the specialties to which an illness belongs, by the part of ICD-10 in which it is: codes of the catalogue of
// subjects, the likeliest first, with blanks between them.
var SpecialtiesOf = rule.Of[string](rule.Table{
	Name: "scheduling.specialties", Title: bilingual.Text{Zh: "疾病对应诊疗科目", En: "specialties of illnesses"},
	About: bilingual.Text{Zh: "按疾病（ICD-10 类目范围）查找科室时对应的诊疗科目代码，最常用的在前。", En: "To which specialties an illness belongs (a range of ICD-10), when departments are looked for by it; the likeliest first."},
	Keys:  []rule.Key{{Name: "illness", Title: bilingual.Text{Zh: "疾病", En: "Illness"}, Codes: illnessCodes()}}, Rows: specialtyRows, Edition: edition,
})

// illness is a range of ICD-10 with what people call it.
type illness struct{ codes, zh, en, also string }

// illnesses are those by which departments are looked for: common ones, and then the chapters in which all others are.
var illnesses = []illness{
	{"I10-I15", "高血压", "High blood pressure", "血压高 hypertension"}, {"E10-E14", "糖尿病", "Diabetes", "血糖高 消渴"}, {"I20-I25", "冠心病", "Coronary heart disease", "心绞痛 心肌梗死 心梗 缺血性心脏病 angina"},
	{"I47-I49", "心律失常", "Irregular heartbeat", "早搏 房颤 arrhythmia"}, {"I50", "心力衰竭", "Heart failure", "心衰"}, {"I60-I69", "脑卒中", "Stroke", "中风 脑梗 脑出血 脑血管病"},
	{"I80-I89", "静脉曲张", "Varicose veins", "静脉血栓 痔疮 thrombosis"}, {"J00-J06", "感冒", "Cold", "上呼吸道感染 咽炎 扁桃体炎"}, {"J09-J18", "流感与肺炎", "Influenza and pneumonia", "流行性感冒 肺部感染"},
	{"J30-J39", "鼻炎与鼻窦炎", "Rhinitis and sinusitis", "过敏性鼻炎 鼻息肉"}, {"J40-J44", "慢阻肺", "Chronic bronchitis and COPD", "慢性支气管炎 慢性阻塞性肺疾病 肺气肿 老慢支"}, {"J45-J46", "哮喘", "Asthma", "气喘"},
	{"K00-K14", "口腔疾病", "Diseases of the mouth", "蛀牙 龋齿 牙周炎 智齿 口腔溃疡"}, {"K20-K31", "胃炎与溃疡", "Stomach diseases", "胃病 胃食管反流 胃溃疡 gastritis"}, {"K35-K38", "阑尾炎", "Appendicitis", "盲肠炎"},
	{"K40-K46", "疝", "Hernia", "疝气 小肠气"}, {"K50-K63", "肠道疾病", "Bowel diseases", "肠炎 便秘 肠梗阻 肛裂 结肠息肉"}, {"K70-K77", "肝病", "Liver diseases", "脂肪肝 肝硬化"},
	{"K80-K87", "胆囊与胰腺疾病", "Gallbladder and pancreas", "胆结石 胆囊炎 胰腺炎"}, {"B15-B19", "病毒性肝炎", "Viral hepatitis", "乙肝 丙肝 甲肝"}, {"A15-A19", "结核病", "Tuberculosis", "肺结核 痨病"},
	{"B20-B24", "艾滋病", "HIV", "HIV感染 AIDS"}, {"D50-D64", "贫血", "Anaemia", "缺铁"}, {"E00-E07", "甲状腺疾病", "Thyroid diseases", "甲亢 甲减 甲状腺结节"},
	{"E65-E68", "肥胖", "Obesity", "减重 超重"}, {"E78-E79", "高脂血症与痛风", "Blood lipids and gout", "血脂高 高尿酸 痛风"}, {"F00-F09", "痴呆", "Dementia", "老年痴呆 阿尔茨海默"},
	{"F30-F39", "抑郁症", "Depression", "情绪低落 躁狂 双相"}, {"F40-F48", "焦虑症", "Anxiety", "强迫症 惊恐 神经衰弱"}, {"F51", "失眠", "Insomnia", "睡眠障碍 睡不着"},
	{"F80-F98", "儿童发育与行为问题", "Development of children", "多动症 孤独症 自闭症 抽动症"}, {"G20-G26", "帕金森病", "Parkinson's disease", "手抖 震颤麻痹"}, {"G40-G41", "癫痫", "Epilepsy", "羊角风 抽风"},
	{"G43-G44", "偏头痛", "Migraine", "头痛"}, {"H00-H59", "眼病", "Eye diseases", "白内障 青光眼 近视 结膜炎"}, {"H60-H95", "耳病", "Ear diseases", "中耳炎 耳鸣 听力下降"},
	{"L00-L99", "皮肤病", "Skin diseases", "湿疹 荨麻疹 痤疮 银屑病 皮炎 脱发"}, {"M05-M36", "风湿免疫病", "Rheumatic diseases", "类风湿 红斑狼疮 强直性脊柱炎"}, {"M40-M54", "颈椎与腰椎病", "Neck and back", "颈椎病 腰椎间盘突出 腰痛"},
	{"M15-M25", "关节病", "Joint diseases", "骨关节炎 膝关节"}, {"M80-M85", "骨质疏松", "Osteoporosis", "骨量减少"}, {"N00-N19", "肾病", "Kidney diseases", "肾炎 肾功能不全 尿毒症"},
	{"N20-N23", "肾与尿路结石", "Kidney stones", "肾结石 输尿管结石"}, {"N30-N39", "尿路感染", "Urinary infection", "膀胱炎 尿道炎"}, {"N40-N51", "前列腺与男科疾病", "Prostate and male organs", "前列腺增生 前列腺炎"},
	{"N60-N64", "乳腺疾病", "Breast diseases", "乳腺增生 乳腺结节"}, {"N70-N98", "妇科疾病", "Gynaecological diseases", "盆腔炎 子宫肌瘤 月经不调 不孕"}, {"O00-O99", "妊娠与分娩", "Pregnancy and birth", "怀孕 产检 孕妇"},
	{"P00-P96", "新生儿疾病", "Newborn", "黄疸 早产儿"}, {"Q00-Q99", "先天性疾病", "Congenital conditions", "先天性心脏病"}, {"C00-D48", "肿瘤", "Tumours", "癌症 肿块 化疗 cancer"},
	{"A00-B99", "感染性疾病", "Infections", "腹泻 传染病 手足口病 水痘"}, {"D65-D89", "血液病", "Blood diseases", "血小板 紫癜"}, {"E15-E90", "其他内分泌与代谢疾病", "Other endocrine diseases", "代谢病 营养不良"},
	{"F10-F99", "其他精神与行为障碍", "Other mental conditions", "精神分裂症 酒精依赖"}, {"G00-G99", "其他神经系统疾病", "Other diseases of the nerves", "面瘫 神经痛 头晕"}, {"I00-I99", "其他循环系统疾病", "Other diseases of heart and vessels", "心脏病 心肌炎"},
	{"J60-J99", "其他呼吸系统疾病", "Other lung diseases", "尘肺 胸腔积液 气胸"}, {"M00-M99", "其他肌肉骨骼疾病", "Other muscles and bones", "肌肉劳损 肩周炎"}, {"S00-T14", "外伤", "Injuries", "骨折 扭伤 割伤 烧伤"},
	{"Z00-Z13", "体检", "Check-up", "健康体检 筛查"}, {"Z20-Z29", "预防接种", "Vaccination", "打疫苗 狂犬疫苗"}, {"Z50", "康复", "Rehabilitation", "康复治疗 理疗"},
}

func illnessCodes() (all []bilingual.Code) {
	for _, i := range illnesses {
		all = append(all, bilingual.Code{Code: i.codes, Words: bilingual.Text{Zh: i.zh, En: i.en}})
	}
	return all
}

// has tells whether a code of ICD-10, such as I10 or I10.x00, is in the range.
func (i illness) has(code string) bool {
	from, to, is := strings.Cut(i.codes, "-")
	if !is {
		to = from
	}
	return len(code) >= 3 && code[:3] >= from && code[:3] <= to
}

// calls tells whether somebody means the illness who says so; both are folded.
func (i illness) calls(said string) bool {
	names := append(strings.Fields(fold.Text(i.also)), fold.Text(i.zh), fold.Text(i.en))
	return slices.ContainsFunc(names, func(name string) bool {
		return strings.Contains(name, said) || len([]rune(name)) > 1 && strings.Contains(said, name)
	})
}

// specialties are those to which an illness belongs, by its code or what people call it. The error is Unprocessable for one that is not known.
func (d Desk) specialties(said, region string, at time.Time) (codes []string, err error) {
	text := fold.Text(said)
	code := strings.ToUpper(strings.TrimSpace(said))
	found := slices.IndexFunc(illnesses, func(i illness) bool { return i.has(code) })
	if found < 0 && text != "" {
		found = slices.IndexFunc(illnesses, func(i illness) bool { return i.calls(text) })
	}
	if found < 0 {
		return nil, fault.New(fault.Unprocessable, "No specialty is known for this illness; choose a department, or ask for help in choosing one. 未找到该疾病对应的科室，请直接选择科室或使用导诊。").At("disease").WithIssue("not-found")
	}
	value, _, err := SpecialtiesOf.Find(d.Book(), region, at, illnesses[found].codes)
	return strings.Fields(value), err
}
