package smart

import (
	"net/url"
	"slices"
	"strings"

	"yitong/internal/gate"
)

// Sentence says in plain words what a scope allows, such as “see your laboratory results”.
type Sentence struct {
	Chinese string
	English string
}

// Whose resources patient/ scopes are about, as who is asked reads it.
var (
	Own     = Sentence{"您的", "your"}
	Another = Sentence{"该居民的", "the resident's"}
)

// Sentence says what the scope allows to who is asked about their own record.
func (s Scope) Sentence() Sentence { return s.SentenceOf(Own) }

// SentenceOf says what the scope allows; whose is [Own] or [Another], and counts for patient/ scopes only.
func (s Scope) SentenceOf(whose Sentence) Sentence {
	thing, criteria := s.thing()
	v := verbs(s.May)
	var out Sentence
	switch {
	case s.Type != 0 && slices.Contains(gate.PublicTypes(), s.Type):
		out = Sentence{v.Chinese + thing.Chinese, v.English + " the " + thing.English}
	case s.Context == Patient:
		out = Sentence{v.Chinese + whose.Chinese + thing.Chinese, v.English + " " + whose.English + " " + thing.English}
	case s.Context == User:
		out = Sentence{v.Chinese + "您有权查看的" + thing.Chinese, v.English + " the " + thing.English + " that you may see yourself"}
	default:
		out = Sentence{v.Chinese + "其所属机构有权查看的" + thing.Chinese, v.English + " the " + thing.English + " that its institution may see"}
	}
	if criteria != "" {
		out.Chinese += "（限 " + criteria + "）"
		out.English += " (only " + criteria + ")"
	}
	return out
}

// thing is what a scope is about, and those of its criteria that there are no words for.
func (s Scope) thing() (Sentence, string) {
	switch {
	case s.Type == 0 && s.Context == Patient:
		return Sentence{"全部健康档案", "whole health record"}, ""
	case s.Type == 0:
		return Sentence{"全部资料", "data of every kind"}, ""
	}
	name := s.Type.String()
	values, err := url.ParseQuery(s.Query)
	if err == nil && len(values) == 1 && len(values["category"]) == 1 {
		code := values.Get("category")
		code = code[strings.LastIndexByte(code, '|')+1:]
		if known, is := categories[name+" "+strings.ToLower(code)]; is {
			return known, ""
		}
	}
	known, is := things[name]
	if !is {
		known = Sentence{"“" + name + "”类资料", "data of the kind “" + name + "”"}
	}
	if err == nil && s.Query != "" {
		return known, shown(values)
	}
	return known, ""
}

// shown is criteria as people can read them: decoded, in the order of their names.
func shown(values url.Values) string {
	text, err := url.QueryUnescape(values.Encode())
	if err != nil {
		return values.Encode()
	}
	return strings.ReplaceAll(text, "&", ", ")
}

// verbs are the interactions in words.
func verbs(may gate.May) Sentence {
	var chinese, english []string
	for _, one := range []struct {
		may              gate.May
		chinese, english string
	}{
		{gate.MayLook, "查看", "see"}, {gate.MayCreate, "新增", "add to"}, {gate.MayUpdate, "修改", "change"}, {gate.MayDelete, "删除", "delete"},
	} {
		if may&one.may != 0 {
			chinese, english = append(chinese, one.chinese), append(english, one.english)
		}
	}
	return Sentence{list(chinese, "、", "和"), list(english, ", ", " and ")}
}

// list joins words as a sentence does.
func list(words []string, comma, and string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], comma) + and + words[n-1]
	}
	return strings.Join(words, "")
}

// WordsOf says what a scope allows that is not about resources, such as openid. One that is not known stands for itself.
func WordsOf(other string) Sentence {
	if s, is := others[other]; is {
		return s
	}
	return Sentence{other, other}
}

var others = map[string]Sentence{
	OpenID:          {"确认您已登录", "know that you have signed in"},
	Profile:         {"知道您在健康档案中是谁", "know who you are in the health record"},
	FHIRUser:        {"知道您在健康档案中是谁", "know who you are in the health record"},
	Launch:          {"知道启动它时打开的是哪位居民", "know which resident was open when you started it"},
	LaunchPatient:   {"知道您选择的是哪位居民", "know which resident this is about"},
	LaunchEncounter: {"知道启动它时打开的是哪次就诊", "know which visit was open when you started it"},
	OfflineAccess:   {"在您离开后继续使用这些权限，直到您取消授权", "keep this access while you are away, until you withdraw it"},
	OnlineAccess:    {"在您保持登录期间继续使用这些权限", "keep this access while you stay signed in"},
}

// categories are parts of a type that have names of their own, by type and code of category.
var categories = map[string]Sentence{
	"Observation laboratory":              {"检验结果", "laboratory results"},
	"Observation vital-signs":             {"生命体征", "vital signs"},
	"Observation social-history":          {"生活方式与个人史", "lifestyle and social history"},
	"Observation imaging":                 {"影像检查结果", "imaging results"},
	"Observation procedure":               {"操作过程中的观察结果", "findings made during procedures"},
	"Observation survey":                  {"问卷与评估结果", "questionnaire and assessment results"},
	"Observation exam":                    {"体格检查结果", "physical examination findings"},
	"Observation therapy":                 {"治疗过程中的观察结果", "findings made during treatment"},
	"Observation activity":                {"身体活动记录", "physical activity"},
	"Condition problem-list-item":         {"健康问题清单", "list of health problems"},
	"Condition encounter-diagnosis":       {"就诊诊断", "diagnoses made at visits"},
	"Condition health-concern":            {"健康关注事项", "health concerns"},
	"DiagnosticReport lab":                {"检验报告", "laboratory reports"},
	"DiagnosticReport rad":                {"影像报告", "imaging reports"},
	"DiagnosticReport path":               {"病理报告", "pathology reports"},
	"DiagnosticReport cus":                {"超声心动图报告", "cardiac ultrasound reports"},
	"DocumentReference clinical-note":     {"病历文书", "clinical notes"},
	"AllergyIntolerance food":             {"食物过敏记录", "food allergies"},
	"AllergyIntolerance medication":       {"药物过敏记录", "medication allergies"},
	"AllergyIntolerance environment":      {"环境过敏记录", "environmental allergies"},
	"MedicationRequest community":         {"带回家使用的处方", "prescriptions to take at home"},
	"MedicationRequest inpatient":         {"住院医嘱用药", "medicines ordered in hospital"},
	"MedicationRequest outpatient":        {"门诊处方", "outpatient prescriptions"},
	"MedicationRequest discharge":         {"出院带药", "medicines prescribed at discharge"},
	"CarePlan assess-plan":                {"评估与诊疗计划", "assessment and plan of treatment"},
	"ServiceRequest 108252007":            {"检验申请", "laboratory requests"},
	"ServiceRequest 363679005":            {"影像检查申请", "imaging requests"},
	"Procedure 387713003":                 {"手术记录", "surgical procedures"},
	"QuestionnaireResponse questionnaire": {"填写的问卷", "completed questionnaires"},
}

// things are the types that a person meets, in the words that a person uses.
var things = map[string]Sentence{
	"Account":                    {"账务账户", "billing accounts"},
	"AdverseEvent":               {"不良事件记录", "records of adverse events"},
	"AllergyIntolerance":         {"过敏记录", "allergies"},
	"Appointment":                {"预约", "appointments"},
	"AppointmentResponse":        {"预约答复", "replies to appointments"},
	"AuditEvent":                 {"访问记录", "records of who has looked"},
	"Basic":                      {"其他资料", "other data"},
	"Binary":                     {"文件内容", "contents of files"},
	"BodyStructure":              {"身体部位记录", "records of body sites"},
	"CarePlan":                   {"诊疗与护理计划", "care plans"},
	"CareTeam":                   {"诊疗团队", "care team"},
	"ChargeItem":                 {"收费明细", "charges"},
	"Claim":                      {"费用申报", "claims for costs"},
	"ClaimResponse":              {"费用审核结果", "decisions on claims"},
	"ClinicalImpression":         {"临床评估", "clinical assessments"},
	"CodeSystem":                 {"代码表", "code systems"},
	"Communication":              {"消息往来", "messages"},
	"CommunicationRequest":       {"消息请求", "requests for messages"},
	"Composition":                {"健康文书", "health documents"},
	"ConceptMap":                 {"代码对照表", "maps between codes"},
	"Condition":                  {"诊断与健康问题", "diagnoses and health problems"},
	"Consent":                    {"知情同意与授权", "consents"},
	"Contract":                   {"签约协议", "agreements"},
	"Coverage":                   {"医保与保险信息", "insurance"},
	"CoverageEligibilityRequest": {"医保资格查询", "insurance eligibility requests"},
	"DetectedIssue":              {"用药与诊疗提醒", "warnings about treatment"},
	"Device":                     {"医疗器械", "medical devices"},
	"DeviceRequest":              {"器械申请", "requests for devices"},
	"DeviceUseStatement":         {"器械使用记录", "records of device use"},
	"DiagnosticReport":           {"检查检验报告", "diagnostic reports"},
	"DocumentManifest":           {"文件集", "sets of documents"},
	"DocumentReference":          {"病历文件", "documents"},
	"Encounter":                  {"就诊记录", "visits"},
	"Endpoint":                   {"系统接口地址", "addresses of systems"},
	"EpisodeOfCare":              {"照护过程", "episodes of care"},
	"ExplanationOfBenefit":       {"医保结算单", "statements of benefits"},
	"FamilyMemberHistory":        {"家族史", "family history"},
	"Flag":                       {"警示标记", "alerts"},
	"Goal":                       {"健康目标", "health goals"},
	"Group":                      {"人群分组", "groups of people"},
	"GuidanceResponse":           {"决策支持结果", "advice of decision support"},
	"HealthcareService":          {"医疗服务目录", "list of health services"},
	"ImagingStudy":               {"影像检查", "imaging studies"},
	"Immunization":               {"预防接种记录", "immunizations"},
	"ImmunizationEvaluation":     {"接种评价", "evaluations of immunizations"},
	"ImmunizationRecommendation": {"接种建议", "recommended immunizations"},
	"InsurancePlan":              {"保险方案", "insurance plans"},
	"Invoice":                    {"账单", "invoices"},
	"List":                       {"清单", "lists"},
	"Location":                   {"地点与科室位置", "places"},
	"MeasureReport":              {"质量指标报告", "quality reports"},
	"Media":                      {"照片与影像", "photos and recordings"},
	"Medication":                 {"药品目录", "list of medicines"},
	"MedicationAdministration":   {"给药记录", "records of medicines given"},
	"MedicationDispense":         {"取药记录", "medicines dispensed"},
	"MedicationRequest":          {"处方", "prescriptions"},
	"MedicationStatement":        {"用药情况", "medicines taken"},
	"NutritionOrder":             {"饮食医嘱", "diet orders"},
	"Observation":                {"检验、检查与测量结果", "results and measurements"},
	"Organization":               {"医疗机构名录", "list of institutions"},
	"Patient":                    {"基本信息", "personal details"},
	"PaymentNotice":              {"付款通知", "payment notices"},
	"PaymentReconciliation":      {"付款对账", "payment reconciliations"},
	"Person":                     {"个人身份信息", "identity"},
	"Practitioner":               {"医务人员名录", "list of health professionals"},
	"PractitionerRole":           {"医务人员岗位", "posts of health professionals"},
	"Procedure":                  {"手术与操作记录", "procedures"},
	"Provenance":                 {"资料来源记录", "records of where data come from"},
	"Questionnaire":              {"问卷模板", "questionnaires"},
	"QuestionnaireResponse":      {"填写的问卷", "completed questionnaires"},
	"RelatedPerson":              {"家属与联系人", "relatives and contacts"},
	"RequestGroup":               {"医嘱组合", "groups of orders"},
	"ResearchSubject":            {"参与的研究", "participation in research"},
	"RiskAssessment":             {"风险评估", "risk assessments"},
	"Schedule":                   {"门诊排班", "clinic schedules"},
	"ServiceRequest":             {"检查、检验与转诊申请", "requests for tests and referrals"},
	"Slot":                       {"号源", "appointment slots"},
	"Specimen":                   {"标本", "specimens"},
	"StructureDefinition":        {"数据规范", "data definitions"},
	"Subscription":               {"通知订阅", "subscriptions to changes"},
	"SupplyDelivery":             {"物资发放记录", "supplies delivered"},
	"SupplyRequest":              {"物资申请", "requests for supplies"},
	"Task":                       {"待办事项", "tasks"},
	"ValueSet":                   {"取值范围表", "value sets"},
	"VisionPrescription":         {"验光配镜处方", "prescriptions for glasses"},
}
