package alliance_test

import (
	"fmt"
	"testing"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/modules/alliance"
	"yitong/test/pgcluster"
	"yitong/test/services"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// up is what the tests of all services need to know of referrals up: from a to b, and from there to c.
var up = &services.Service{
	Process: alliance.Up(), Files: "up", Rules: alliance.Tables(),
	Record: []string{
		`{"resourceType":"Organization","id":"c","name":"医院c"}`, department("heart-a", "a"), department("heart-b", "b"), department("heart-c", "c"),
		condition("ill"),
		affiliation("a", "b", "a", "member"), affiliation("b", "b", "b", "lead", "heart-b"), affiliation("c", "c", "c", "lead", "heart-c"), affiliation("b-c", "c", "b", "member"),
	},
	Begin: func(w *services.World) fhir.Ref {
		id := w.NewID()
		w.Put("%s", condition(id))
		of, err := consult(w, "doctor", "Condition/"+id)
		w.Must(err)
		return of
	},
	Moves: map[string]services.Usual{
		"stay": {By: "doctor", With: []any{"conclusion", "可在本机构诊治"}}, "refer": {By: "doctor", With: referring("heart-b")},
		"agree": {By: "resident"}, "record-consent": {By: "doctor", With: []any{"consent", services.Code("paper")}},
		"send":    {By: "doctor", With: []any{"signature", services.Asked(signature)}},
		"approve": {By: "office"}, "reject-sending": {By: "office", With: []any{"reason", "本机构可以诊治"}},
		"accept":  {By: "another office", With: []any{"post", services.Ref("PractitionerRole/other-b")}},
		"forward": {By: "another office", With: []any{"department", services.Ref("HealthcareService/heart-c"), "reason", "需要手术"}},
		"reject":  {By: "another office", With: []any{"reason", "资料不全"}}, "decline": {By: "a doctor elsewhere", With: []any{"reason", "出差"}},
		"schedule": {By: "a doctor elsewhere", With: []any{"time", services.Asked(tomorrow)}},
		"arrive":   {By: "a doctor elsewhere"}, "advise": {By: "another doctor", With: []any{"opinion", "建议上转"}},
		"conclude": {By: "a doctor elsewhere", With: []any{"summary", "支架植入一枚", "appropriate", services.Code("yes")}}, "turn-away": {By: "a doctor elsewhere", With: []any{"reason", "病情平稳"}}, "no-show": {By: "another office"},
		"refuse": {By: "resident"}, "withdraw": {By: "doctor", With: []any{"reason", "病情好转"}}, "died": {By: "doctor", With: []any{"date", form.Date("2026-05-10")}},
		"remind-sending": {By: "regulator", With: []any{"reason", "请尽快"}}, "remind-receiving": {By: "regulator", With: []any{"reason", "请尽快"}},
		"close": {By: "regulator", With: []any{"reason", "无人办理"}},
	},
	Ways: map[string]string{
		"consulting": "", "stayed": "stay", "consenting": "refer", "agreed": "refer agree", "sending-review": "refer agree send",
		"receiving-review": toB, "assigned": toB + " accept", "scheduled": toB + " accept schedule", "unconfirmed": toB + " accept schedule LATE",
		"returned": toB + " reject", "sending-late": "refer agree send LATE", "receiving-late": toB + " LATE", "in-care": inCare, "completed": inCare + " conclude",
		"turned-away": toB + " accept schedule turn-away", "no-show": toB + " accept schedule LATE no-show", "refused": "refer refuse", "died": "died",
		"withdrawn": "withdraw", "lapsed": "LATE",
	},
}

const (
	toB    = "refer agree send approve"
	inCare = toB + " accept schedule arrive"
)

func department(id, of string) string {
	return fmt.Sprintf(`{"resourceType":"HealthcareService","id":%q,"active":true,"name":"心内科","providedBy":{"reference":"Organization/%s"}}`, id, of)
}

// affiliation is the agreement of an institution with who leads its alliance, and which of its departments take referrals.
func affiliation(id, lead, of, as string, services ...string) string {
	text := fmt.Sprintf(`{"resourceType":"OrganizationAffiliation","id":%q,"active":true,"organization":{"reference":"Organization/%s"},"participatingOrganization":{"reference":"Organization/%s"},
		"code":[{"coding":[{"system":"urn:yitong:codesystem:alliance-role","code":%q}]}],"period":{"start":"2026-01-01","end":"2026-12-31"}`, id, lead, of, as)
	for i, s := range services {
		text += []string{`,"healthcareService":[`, ","}[min(i, 1)] + fmt.Sprintf(`{"reference":"HealthcareService/%s"}`, s)
	}
	if len(services) > 0 {
		text += "]"
	}
	return text + "}"
}

// condition is one of Patient/p for which a answers.
func condition(id string) string {
	return fmt.Sprintf(`{"resourceType":"Condition","id":%q,%s,"code":{"text":"冠心病"},"subject":{"reference":"Patient/p"}}`, id, services.Custodian("a"))
}

func consult(w *services.World, who, about string) (fhir.Ref, error) {
	w.Helper()
	return w.Ask(w.As(who), "consult", "problem", services.Ref(about), "question", "是否需要介入治疗", "urgency", services.Code("routine"), "colleague", services.Ref("PractitionerRole/second-a"))
}

func referring(to string) []any {
	return []any{"conclusion", "需要冠脉造影", "department", services.Ref("HealthcareService/" + to), "history", "胸痛三天", "findings", "ST 段压低", "referral-question", "请评估介入治疗"}
}

// signature is one of the letter as it stands, by the doctor.
func signature(w *services.World, of fhir.Ref) any {
	letter, id := "", w.NewID()
	for in := w.Task(of).Root.Get("input").First(); in.Exists(); in = in.Next() {
		if in.Get("type").Get("text").Str() == "letter" {
			letter = in.Get("valueReference").Get("reference").Str()
		}
	}
	if letter == "" {
		return services.Ref("Provenance/none")
	}
	w.Put(`{"resourceType":"Provenance","id":%q,"recorded":"2026-05-11T09:00:00+08:00","target":[{"reference":"%s/_history/1"}],"agent":[{"who":{"reference":"Practitioner/doctor"}}],
		"signature":[{"type":[{"system":"urn:iso-astm:E1762-95:2013","code":"1.2.840.10065.1.12.1.1"}],"when":"2026-05-11T09:00:00+08:00","who":{"reference":"Practitioner/doctor"},"data":"AAAA"}],%s}`,
		id, letter, services.Custodian("a"))
	return services.Ref("Provenance/" + id)
}

func tomorrow(w *services.World, _ fhir.Ref) any { return w.Now().Add(24 * time.Hour) }

// TestUp: a referral goes up over both offices to a doctor of the hospital, with one that is forwarded before.
func TestUp(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		of := w.Brought("in-care")
		w.Do(of, "conclude")
		if got := w.State(of); got != "completed" {
			t.Errorf("it is %s", got)
		}
	})
}

// TestUpMatrix: what everybody may do in every state.
func TestUpMatrix(t *testing.T) { services.Each(t, up, (*services.World).Matrix) }
