package trail

import (
	"strings"
	"testing"

	"yitong/internal/fhir/schema"
)

// TestWords: what people read.
func TestWords(t *testing.T) {
	t.Parallel()
	mine := []string{"Patient/mine"}
	for _, c := range []struct {
		kind             string
		patients         []string
		chinese, english string
	}{
		{"read", mine, "2026年11月22日 10:03，县医院的王<强>（医生）因诊疗查看了您的检查检验结果（1 项）。",
			"On 22 November 2026, 10:03, 王<强> (doctor) of 县医院 looked at your test results (1) for treatment."},
		{"search of several", mine, "2026年11月22日 10:03，县医院的王<强>（医生）因诊疗查看了您的检查检验结果（1 项）、诊断（1 项）、预约（1 项）、基本信息（1 项）。",
			"On 22 November 2026, 10:03, 王<强> (doctor) of 县医院 looked at your test results (1), diagnoses (1), appointments (1), personal details (1) for treatment."},
		{"search of several", nil, "2026年11月22日 10:03，县医院的王<强>（医生）因诊疗查看了 2 位居民的检查检验结果（3 项）、基本信息（2 项）、诊断（1 项）、预约（1 项）。",
			"On 22 November 2026, 10:03, 王<强> (doctor) of 县医院 looked at test results (3), personal details (2), diagnoses (1), appointments (1) of 2 residents for treatment."},
		{"search of several, not said which", mine, "2026年11月22日 10:03，县医院的王<强>（医生）因诊疗查看了您的检查检验结果。",
			"On 22 November 2026, 10:03, 王<强> (doctor) of 县医院 looked at your test results for treatment."},
		{"search with nothing", mine, "2026年11月22日 10:03，县医院的王<强>（医生）因诊疗查找了您的预防接种记录，没有找到。",
			"On 22 November 2026, 10:03, 王<强> (doctor) of 县医院 searched for your vaccinations and found nothing for treatment."},
		{"count", mine, "2026年11月22日 10:03，县医院的王<强>（医生）因诊疗统计了您的诊断（12 项）。",
			"On 22 November 2026, 10:03, 王<强> (doctor) of 县医院 counted your diagnoses (12) for treatment."},
		{"denied", mine, "2026年11月22日 10:03，县医院的王<强>（医生）因诊疗试图查看您的基本信息，被拒绝。",
			"On 22 November 2026, 10:03, 王<强> (doctor) of 县医院 tried to look at your personal details for treatment; this was refused."},
		{"absent", nil, "2026年11月22日 10:03，县医院的王<强>（医生）因诊疗试图查看一位居民的诊断，没有找到。",
			"On 22 November 2026, 10:03, 王<强> (doctor) of 县医院 tried to look at diagnoses of a resident for treatment; nothing was found."},
		{"refused", mine, "2026年11月22日 10:03，县医院的王<强>（医生）因诊疗试图修改您的诊断，请求未被受理。",
			"On 22 November 2026, 10:03, 王<强> (doctor) of 县医院 tried to change your diagnoses for treatment; the request was not accepted."},
		{"failed", mine, "2026年11月22日 10:03，县医院的王<强>（医生）因诊疗试图删除您的授权和同意，因系统故障未完成。",
			"On 22 November 2026, 10:03, 王<强> (doctor) of 县医院 tried to delete your consents for treatment; it failed because of a fault of the platform."},
		{"transaction", mine, "2026年11月22日 10:03，县医院的王<强>（医生）因诊疗新增了您的诊断（1 项）、处方（1 项），修改了您的就诊记录（1 项），删除了您的提示信息（1 项），查看了您的基本信息（1 项）。",
			"On 22 November 2026, 10:03, 王<强> (doctor) of 县医院 added your diagnoses (1), prescriptions (1) and changed your visits (1) and deleted your alerts (1) and looked at your personal details (1) for treatment."},
		{"emergency", mine, "2026年11月22日 10:03，县医院的王<强>（医生）因紧急救治以紧急方式打开了您的健康档案。",
			"On 22 November 2026, 10:03, 王<强> (doctor) of 县医院 opened your health records as in an emergency for treatment in an emergency."},
		{"an operation", mine, "2026年11月22日 10:03，县医院的王<强>（医生）因诊疗处理了您的基本信息。",
			"On 22 November 2026, 10:03, 王<强> (doctor) of 县医院 processed your personal details for treatment."},
		{"the platform", mine, "2026年11月22日 10:03，平台修改了您的授权和同意（1 项）。", "On 22 November 2026, 10:03, the platform changed your consents (1)."},
		{"a system", mine, "2026年11月22日 10:03，县医院的信息系统新增了您的检查检验结果（1 项）。", "On 22 November 2026, 10:03, the system of 县医院 added your test results (1)."},
		{"a stranger", mine, "2026年11月22日 10:03，一名护士查看了您的诊断（1 项）。", "On 22 November 2026, 10:03, somebody (nurse) looked at your diagnoses (1)."},
		{"a new role", mine, "2026年11月22日 10:03，李敏（工作人员）查看了您的诊断（2 项）。", "On 22 November 2026, 10:03, 李敏 (staff) looked at your diagnoses (2)."},
		{"oneself", mine, "2026年11月22日 10:03，您查看了您的基本信息（1 项）。", "On 22 November 2026, 10:03, you looked at your personal details (1)."},
		{"a proxy", mine, "2026年11月22日 10:03，您的代办人新增了您的预约（1 项）。", "On 22 November 2026, 10:03, the person who acts for you added your appointments (1)."},
		{"a proxy", []string{"Patient/daughter"}, "2026年11月22日 10:03，您新增了健康档案。", "On 22 November 2026, 10:03, you added health records."},
		{"the trail", mine, "2026年11月22日 10:03，县医院的王<强>（医生）因诊疗查看了您的访问记录（1 项）。",
			"On 22 November 2026, 10:03, 王<强> (doctor) of 县医院 looked at your access records (1) for treatment."},
		{"the trail of one", mine, "2026年11月22日 10:03，您查看了您的访问记录（2 项）。", "On 22 November 2026, 10:03, you looked at your access records (2)."},
		{"the trail, with nothing", mine, "2026年11月22日 10:03，您查找了您的访问记录，没有找到。", "On 22 November 2026, 10:03, you searched for your access records and found nothing."},
		{"a sign-in", nil, "2026年11月22日 10:03，有人登录了平台。", "On 22 November 2026, 10:03, somebody signed in."},
		{"a sign-in that is refused", nil, "2026年11月22日 10:03，有人试图登录平台，被拒绝。", "On 22 November 2026, 10:03, somebody tried to sign in; this was refused."},
		{"a sign-in as one", mine, "2026年11月22日 10:03，有人试图以您的账号登录平台，被拒绝。", "On 22 November 2026, 10:03, somebody tried to sign in to your account; this was refused."},
		{"accounts", nil, "2026年11月22日 10:03，一名平台运维人员查看了账号信息（12 项）。", "On 22 November 2026, 10:03, somebody (platform operator) looked at user accounts (12)."},
		{"an account", nil, "2026年11月22日 10:03，一名平台运维人员查看了账号信息。", "On 22 November 2026, 10:03, somebody (platform operator) looked at user accounts."},
		{"an account that is changed", nil, "2026年11月22日 10:03，有人修改了账号信息（1 项）。", "On 22 November 2026, 10:03, somebody changed user accounts (1)."},
		{"a program", mine, "2026年11月22日 10:03，您授权了一个应用使用健康档案。", "On 22 November 2026, 10:03, you let a program use health records."},
		{"the directory", mine, "2026年11月22日 10:03，您查看了机构信息（2 项）。", "On 22 November 2026, 10:03, you looked at institutions (2)."},
	} {
		chinese, english := sheet.Words(kinds()[c.kind], c.patients)
		if chinese != c.chinese || english != c.english {
			t.Errorf("%s:\n%s\n%s\nwant\n%s\n%s", c.kind, chinese, english, c.chinese, c.english)
		}
	}
}

// TestWordsAreWhole: whatever the record, no place of a sentence stays empty or unfilled.
func TestWordsAreWhole(t *testing.T) {
	t.Parallel()
	for key, p := range lexicon() {
		if key[0] == "object" && key[1] != "?" && key[1] != "account" && key[1] != "grant" && key[1] != "client" {
			if _, known := schema.TypeOf(key[1]); !known {
				t.Errorf("%s is no type", key[1])
			}
		}
		if key != [2]string{"end", "done"} && (p[0] == "" || p[1] == "") {
			t.Errorf("%v lacks a language", key)
		}
	}
	for name, r := range kinds() {
		for _, patients := range [][]string{nil, {"Patient/mine"}, {"Patient/daughter"}} {
			chinese, english := sheet.Words(r, patients)
			for _, words := range []string{chinese, english} {
				if strings.ContainsAny(words, "{}") || strings.Contains(words, "  ") || strings.Contains(words, "（）") {
					t.Errorf("%s: %s", name, words)
				}
			}
		}
	}
}

// TestWordsOfEveryOutcome: each ends in its own way.
func TestWordsOfEveryOutcome(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, o := range Outcomes() {
		r := kinds()["denied"]
		r.Outcome = o
		_, english := sheet.Words(r, nil)
		if seen[english] || !says("end", string(o)) {
			t.Errorf("%s: %s", o, english)
		}
		seen[english] = true
	}
}
