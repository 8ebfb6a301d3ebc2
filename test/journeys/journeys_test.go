package journeys

import (
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v3"

	"yitong/internal/account"
)

// languages are those of the pages, as browsers ask for them. A journey is walked in one of them.
var languages = []string{"zh-CN", "en"}

func TestStaff(t *testing.T) {
	w := newWorld(t, languages[1])
	w.tls = true // all others are without
	w.staff("chen", "--called", "陈敏", "--person", "Practitioner/chen", "--phone", "13900000003")
	w.staff("sun", "--called", "孙玲", "--role", "operator")
	w.walk("staff")
}

func TestPasskey(t *testing.T) {
	w := newWorld(t, languages[1])
	w.staff("zhao", "--called", "赵琳", "--role", "nurse", "--institution", "Organization/county-hospital")
	w.walk("passkey")
}

func TestResident(t *testing.T) { newWorld(t, languages[0]).walk("resident") }

func TestStandaloneLaunch(t *testing.T) {
	w := newWorld(t, languages[0])
	w.staff("chen", "--called", "陈敏", "--person", "Practitioner/chen")
	w.client("app", account.Client{
		Name: "糖尿病随访", English: "Diabetes follow-up", Redirects: []string{w.App},
		Scopes: "openid fhirUser launch/patient offline_access user/Observation.rs patient/Patient.rs " +
			"patient/Observation.rs patient/Condition.rs patient/Encounter.read",
	})
	w.walk("standalone")
}

func TestEHRLaunch(t *testing.T) {
	w := newWorld(t, "en")
	w.staff("chen", "--called", "陈敏", "--role", "doctor", "--institution", "Organization/county-hospital")
	w.client("ehr-app", account.Client{
		Name: "门诊助手", English: "Visit assistant", Redirects: []string{w.App}, Launch: w.App,
		Scopes: "launch openid fhirUser online_access patient/*.rs",
	})
	w.walk("ehr")
}

func TestOpenIDConnect(t *testing.T) {
	w := newWorld(t, languages[0])
	w.staff("chen", "--called", "陈敏", "--person", "Practitioner/chen")
	w.client("portal", account.Client{
		Name: "门户", English: "Portal", Redirects: []string{w.App}, Introspects: true,
		Scopes: "openid fhirUser offline_access user/*.rs",
	}, "--secret")
	w.walk("openid")
}

func TestBackendServices(t *testing.T) {
	w := newWorld(t, languages[0])
	for _, kind := range []jose.SignatureAlgorithm{jose.RS384, jose.ES384} {
		key := w.key(kind)
		w.client("backend-"+strings.ToLower(string(kind)), account.Client{
			Name: "统计", Backend: true, Keys: publicSet(t, key), Scopes: "system/Patient.rs",
		})
		w.Keys["other "+string(kind)] = newKey(t, kind)
	}
	w.walk("backend")
}
