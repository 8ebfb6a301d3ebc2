package account_test

import (
	"fmt"
	"slices"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/gate"
)

// numberOfChen is how li, who sees no other residents, names chen.
const numberOfChen = `{"identifier":{"system":"` + card + `","value":"110101199002021245"}}`

// opens is a Consent by which li opens the record to somebody.
func opens(to, status, members string) thing {
	return thing{"Consent", "entrust", fmt.Sprintf(`"status":%q,"scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},
		"category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],"patient":{"reference":"Patient/li"},
		"policyRule":{"text":"个人信息保护法第二十九条"},"provision":{"type":"permit","actor":[{"role":{"text":"代办人"},"reference":%s}]%s}`, status, to, members)}
}

// TestEntrusted: a resident acts for another one for as long as that one's Consent says so, and sees what it opens.
func TestEntrusted(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.observed()
		w.put(thing{"Observation", "hiv", observation("li") + `,"category":[{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"B20"}]}]`})
		token := w.verified("13900000001", "李小明", "110101199001011237")
		mine, li := w.signed(token), w.gate.Session(must(w.BySession(w.Context(), token))(w).Actor())
		chen := w.signed(w.verified("13900000002", "陈芳", "110101199002021245"))
		as := func(source string) *gate.Session {
			t.Helper()
			token := must(w.Act(w.Context(), chen, source))(w)
			chen = w.signed(token)
			return w.gate.Session(must(w.BySession(w.Context(), token))(w).Actor())
		}
		if got := w.can(chen.Account.ID); !slices.Equal(got, []string{"Patient/chen"}) {
			t.Fatalf("before, chen can act as %q", got)
		}
		good(w, w.write(li, opens(numberOfChen, "active", "")))
		if got := w.can(chen.Account.ID); !slices.Equal(got, []string{"Patient/chen", "Consent/entrust"}) {
			t.Fatalf("entrusted, chen can act as %q", got)
		}
		s := as("Consent/entrust")
		for kind, want := range map[string][]string{"Observation": {"Observation/o-li"}, "Encounter": {"Encounter/e-li"}, "Patient": {"Patient/li"}} {
			if got, err := w.find(s, kind, ""); err != nil || !slices.Equal(got, want) {
				t.Errorf("chen finds %q, %v", got, err)
			}
		}
		refused(w, w.write(s, opens(`{"reference":"Practitioner/wang"}`, "active", "")), fault.Forbidden)

		good(w, w.write(li, opens(numberOfChen, "active", `,"class":[{"system":"http://hl7.org/fhir/resource-types","code":"Observation"}],
			"securityLabel":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"}]`)))
		w.Forget()
		s = as("Consent/entrust")
		for _, query := range []string{"", "subject=Patient/li"} {
			if got, err := w.find(s, "Observation", query); err != nil || !slices.Equal(got, []string{"Observation/hiv", "Observation/o-li"}) {
				t.Errorf("with the class named chen finds %q by %q, %v", got, query, err)
			}
		}
		if _, err := w.find(s, "Encounter", ""); fault.CodeOf(err) != fault.Forbidden {
			t.Errorf("of a type that is not opened chen finds %v", err)
		}

		good(w, w.write(li, opens(numberOfChen, "inactive", "")))
		if got := w.can(chen.Account.ID); !slices.Equal(got, []string{"Patient/chen"}) {
			t.Errorf("withdrawn, chen can act as %q", got)
		}
		good(w, w.write(li, opens(`{"reference":"Patient/li"}`, "active", "")))
		if got := w.can(mine.Account.ID); !slices.Equal(got, []string{"Patient/li"}) {
			t.Errorf("li can act as %q", got)
		}
	})
}
