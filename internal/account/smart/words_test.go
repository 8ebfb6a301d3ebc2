package smart_test

import (
	"strings"
	"testing"
	"unicode"

	"yitong/internal/account/smart"
	"yitong/internal/fhir/schema"
)

func TestSentence(t *testing.T) {
	t.Parallel()
	for scope, want := range map[string]smart.Sentence{
		"patient/Observation.rs?category=laboratory":                       {Chinese: "查看您的检验结果", English: "see your laboratory results"},
		"patient/Observation.rs?category=http://x|vital-signs":             {Chinese: "查看您的生命体征", English: "see your vital signs"},
		"patient/Observation.rs?category=x":                                {Chinese: "查看您的检验、检查与测量结果（限 category=x）", English: "see your results and measurements (only category=x)"},
		"patient/Observation.rs?code=http://loinc.org|8867-4&status=final": {Chinese: "查看您的检验、检查与测量结果（限 code=http://loinc.org|8867-4, status=final）", English: "see your results and measurements (only code=http://loinc.org|8867-4, status=final)"},
		"patient/Observation.rs?category=laboratory&status=final":          {Chinese: "查看您的检验、检查与测量结果（限 category=laboratory, status=final）", English: "see your results and measurements (only category=laboratory, status=final)"},
		"patient/MedicationRequest.r":                                      {Chinese: "查看您的处方", English: "see your prescriptions"},
		"patient/*.read":                                                   {Chinese: "查看您的全部健康档案", English: "see your whole health record"},
		"patient/*.cruds":                                                  {Chinese: "查看、新增、修改和删除您的全部健康档案", English: "see, add to, change and delete your whole health record"},
		"patient/Appointment.cu":                                           {Chinese: "新增和修改您的预约", English: "add to and change your appointments"},
		"patient/Organization.rs":                                          {Chinese: "查看医疗机构名录", English: "see the list of institutions"},
		"user/Patient.rs":                                                  {Chinese: "查看您有权查看的基本信息", English: "see the personal details that you may see yourself"},
		"user/*.s":                                                         {Chinese: "查看您有权查看的全部资料", English: "see the data of every kind that you may see yourself"},
		"system/Immunization.rs":                                           {Chinese: "查看其所属机构有权查看的预防接种记录", English: "see the immunizations that its institution may see"},
		"patient/MolecularSequence.d":                                      {Chinese: "删除您的“MolecularSequence”类资料", English: "delete your data of the kind “MolecularSequence”"},
	} {
		if got := parse(t, scope).Resources[0].Sentence(); got != want {
			t.Errorf("%s says %+v", scope, got)
		}
	}
	of := parse(t, "patient/Condition.rs").Resources[0].SentenceOf(smart.Another)
	if of != (smart.Sentence{Chinese: "查看该居民的诊断与健康问题", English: "see the resident's diagnoses and health problems"}) {
		t.Errorf("of another resident: %+v", of)
	}
}

// TestEveryScope has words in both languages, each in its own letters.
func TestEveryScope(t *testing.T) {
	t.Parallel()
	check := func(scope string, s smart.Sentence) {
		if !strings.ContainsFunc(s.Chinese, han) || s.English == "" || strings.ContainsFunc(s.English, han) {
			t.Errorf("%s says %+v", scope, s)
		}
	}
	for _, other := range smart.Others() {
		check(other, smart.WordsOf(other))
	}
	for _, kind := range schema.Types() {
		for _, context := range []string{"patient", "user", "system"} {
			s := parse(t, context+"/"+kind.String()+".cruds").Resources[0]
			check(s.String(), s.Sentence())
		}
	}
	if s := smart.WordsOf("x"); s != (smart.Sentence{Chinese: "x", English: "x"}) {
		t.Errorf("an unknown scope says %+v", s)
	}
}

func han(c rune) bool { return unicode.Is(unicode.Han, c) }
