package rest_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/gate"
	"yitong/internal/gate/policy"
)

// TestEmergencyAccess goes through one emergency: the record is closed, is opened to one doctor with everything in it, the
// resident is told, and it closes by itself.
func TestEmergencyAccess(t *testing.T) {
	eachWard(t, func(w *ward) {
		closed := func(who string) {
			w.Helper()
			w.want(403, who, "GET", "Patient/li", "")
			w.want(403, who, "GET", "Observation?patient=Patient/li", "")
			for _, id := range []string{"plain", "sensitive", "withheld"} {
				w.want(404, who, "GET", "Observation/"+id, "")
			}
		}
		closed("wang")
		body, _ := w.want(200, "wang", "POST", "Patient/$emergency-access", asks("identifier", cardSystem+"|"+liCard, "reason", sound))
		o := opening(body)
		until, err := time.Parse(time.RFC3339, o.Until)
		if err != nil || !until.Truncate(time.Second).Equal(w.clock().Add(8*time.Hour)) || o.Patient != "Patient/li" || o.Task == "" {
			t.Fatalf("it is answered %+v", o)
		}
		w.want(200, "wang", "GET", "Patient/li", "")
		found, _ := w.ids("wang", "Observation?patient=Patient/li&_sort=_id")
		if want := []string{"plain", "sensitive", "withheld"}; !slices.Equal(slices.Sorted(slices.Values(found)), want) {
			t.Errorf("the doctor finds %q", found)
		}
		for _, id := range found {
			w.want(200, "wang", "GET", "Observation/"+id, "")
		}
		closed("zhao")
		if again := w.opens("wang", "Patient/li"); again != o {
			t.Errorf("asked again, the answer is %+v, not %+v", again, o)
		}
		w.told(o)
		w.forward(8*time.Hour - time.Second)
		w.want(200, "wang", "GET", "Observation/withheld", "")
		w.forward(2 * time.Second)
		closed("wang")
		w.want(404, "wang", "GET", "Observation/plain", "")
	})
}

// told: the resident finds the permit and what they are told of it; the review has all that a reviewer needs.
func (w *ward) told(o open) {
	w.Helper()
	if list, _ := w.ids("li", "Consent"); !slices.Equal(list, []string{strings.TrimPrefix(o.Consent, "Consent/")}) {
		w.Errorf("the resident finds the Consents %q", list)
	}
	list, _ := w.ids("li", "Communication")
	if len(list) != 1 {
		w.Fatalf("the resident finds the Communications %q", list)
	}
	_, text := w.want(200, "li", "GET", "Communication/"+list[0], "")
	for _, word := range []string{"王医生", "甲医院", "2026年5月4日16:00", "2026年5月5日00:00", sound, "24小时", "12345", "王医生 of 甲医院", o.Consent, `"recipient":[{"reference":"Patient/li"}]`} {
		if !strings.Contains(text, word) {
			w.Errorf("the resident is not told %q: %s", word, text)
		}
	}
	if others, _ := w.ids("chen", "Communication"); len(others) > 0 {
		w.Errorf("another resident finds %q", others)
	}
	_, text = w.want(200, "admin a", "GET", o.Task, "")
	for _, word := range []string{`"requested"`, sound, "Practitioner/wang", "Organization/a", o.Consent, "Patient/li", `"restriction":{"period":{"end":"2026-05-05T16:00:00.000000+08:00"}}`} {
		if !strings.Contains(text, word) {
			w.Errorf("the review has no %q: %s", word, text)
		}
	}
	_, text = w.want(200, "li", "GET", o.Consent, "")
	for _, word := range []string{`"active"`, sound, "Practitioner/wang", "ETREAT", `"dateTime":"2026-05-04T16:00:00.000000+08:00"`, "urn:yitong:custodian"} {
		if !strings.Contains(text, word) {
			w.Errorf("the Consent has no %q: %s", word, text)
		}
	}
}

// TestEmergencyAccessRefused: who may not, for whom not, and with what not. None of it leaves anything in the record.
func TestEmergencyAccessRefused(t *testing.T) {
	eachWard(t, func(w *ward) {
		good := asks("patient", "Patient/li", "reason", sound)
		for name, c := range map[string]struct {
			who, path, body string
			want            int
		}{
			"no Practitioner":       {"nobody", "Patient/$emergency-access", good, 403},
			"no institution":        {"homeless", "Patient/$emergency-access", good, 403},
			"everybody's server":    {"all", "Patient/$emergency-access", good, 403},
			"a resident":            {"li", "Patient/$emergency-access", good, 403},
			"an administrator":      {"admin a", "Patient/$emergency-access", good, 403},
			"a program":             {"feed", "Patient/$emergency-access", good, 403},
			"nobody meant":          {"wang", "Patient/$emergency-access", asks("reason", sound), 400},
			"meant twice":           {"wang", "Patient/li/$emergency-access", good, 400},
			"meant by both":         {"wang", "Patient/$emergency-access", asks("patient", "Patient/li", "identifier", "x|1", "reason", sound), 400},
			"no Patient":            {"wang", "Patient/$emergency-access", asks("patient", "Organization/a", "reason", sound), 400},
			"elsewhere":             {"wang", "Patient/$emergency-access", asks("patient", "https://x.example/Patient/li", "reason", sound), 400},
			"half an identifier":    {"wang", "Patient/$emergency-access", asks("identifier", liCard, "reason", sound), 400},
			"any identifier":        {"wang", "Patient/$emergency-access", asks("identifier", cardSystem+"|", "reason", sound), 400},
			"two identifiers":       {"wang", "Patient/$emergency-access", asks("identifier", cardSystem+"|no,"+cardSystem+"|"+liCard, "reason", sound), 404},
			"an unknown identifier": {"wang", "Patient/$emergency-access", asks("identifier", cardSystem+"|"+liCard[:17], "reason", sound), 404},
			"an unknown Patient":    {"wang", "Patient/none/$emergency-access", asks("reason", sound), 404},
			"several people":        {"wang", "Patient/$emergency-access", asks("identifier", "x|both", "reason", sound), 409},
			"no reason":             {"wang", "Patient/$emergency-access", asks("patient", "Patient/li"), 422},
			"a short reason":        {"wang", "Patient/$emergency-access", asks("patient", "Patient/li", "reason", "昏迷"), 422},
			"no sense":              {"wang", "Patient/$emergency-access", asks("patient", "Patient/li", "reason", strings.Repeat("急", 20)), 422},
			"a long reason":         {"wang", "Patient/$emergency-access", asks("patient", "Patient/li", "reason", sound+strings.Repeat("患", 500)), 422},
			"two reasons":           {"wang", "Patient/$emergency-access", asks("patient", "Patient/li", "reason", sound, "reason", sound), 400},
			"what is not known":     {"wang", "Patient/$emergency-access", asks("patient", "Patient/li", "reason", sound, "until", "2030"), 400},
			"in the address":        {"wang", "Patient/$emergency-access?reason=x", good, 400},
			"no Parameters":         {"wang", "Patient/$emergency-access", `{"resourceType":"Patient"}`, 400},
			"no body":               {"wang", "Patient/li/$emergency-access", "", 422},
			"of another type":       {"wang", "Observation/plain/$emergency-access", asks("reason", sound), 501},
		} {
			got, _, text := w.ask(c.who, "POST", c.path, c.body)
			if got != c.want || strings.Contains(text, "昏迷送医") || strings.Contains(text, "李小明") {
				t.Errorf("%s is answered %d, want %d: %s", name, got, c.want, text)
			}
		}
		for _, kind := range []string{"Consent", "Task", "Communication"} {
			if list, _ := w.ids("all", kind); len(list) > 0 {
				t.Errorf("there is %s %q", kind, list)
			}
		}
	})
}

// TestEmergencyAccessByRole: a role may call what the policy says, and nothing else.
func TestEmergencyAccessByRole(t *testing.T) {
	eachWard(t, func(w *ward) {
		for _, role := range gate.Roles() {
			for operation, path := range map[string][2]string{
				"emergency-access": {"POST", "Patient/$emergency-access"}, "emergency-review": {"POST", "Task/none/$emergency-review"}, "emergency-uses": {"GET", "$emergency-uses"},
			} {
				status, _, _ := w.ask("as "+string(role), path[0], path[1], "")
				s := map[string][]gate.Role{
					"emergency-access": {gate.Doctor, gate.Nurse, gate.Pharmacist}, "emergency-review": {gate.Administrator, gate.Regulator}, "emergency-uses": {gate.Administrator, gate.Regulator},
				}
				if may := slices.Contains(s[operation], role); may == (status == 403) {
					t.Errorf("%s calls $%s: %d", role, operation, status)
				}
			}
		}
	})
}

// TestEmergencyAccessOfPeopleWithSeveralNames: Patients that stand for one person are one, whichever of them is named.
func TestEmergencyAccessOfPeopleWithSeveralNames(t *testing.T) {
	eachWard(t, func(w *ward) {
		body, _ := w.want(200, "wang", "POST", "Patient/$emergency-access", asks("identifier", "x|1", "reason", sound))
		o := opening(body)
		if o.Patient != "Patient/chen" {
			t.Errorf("it opens %s", o.Patient)
		}
		if again := w.opens("wang", "Patient/chen-b"); again != o {
			t.Errorf("by another name it opens %+v", again)
		}
		w.want(200, "wang", "GET", "Patient/chen-b", "")
		if list, _ := w.ids("chen", "Communication"); len(list) != 1 {
			t.Errorf("the resident is told %d times", len(list))
		}
	})
}

// TestEmergencyAccessInOneRole: what somebody has opened in one role is closed to them in another, in which they open it anew; those of
// all roles count together, and whoever may open no more is given what is open already, by each of its names.
func TestEmergencyAccessInOneRole(t *testing.T) {
	eachWard(t, func(w *ward) {
		first := w.opens("as doctor", "Patient/li")
		w.want(200, "as doctor", "GET", "Observation/withheld", "")
		for _, role := range []gate.Role{gate.Nurse, gate.Pharmacist, gate.Office, gate.CDC} {
			w.want(404, "as "+string(role), "GET", "Observation/withheld", "")
			w.want(403, "as "+string(role), "GET", "Observation?patient=Patient/li", "")
		}
		second := w.opens("as nurse", "Patient/li")
		if second.Consent == first.Consent {
			t.Errorf("a nurse is given the permit of a doctor: %+v", second)
		}
		w.want(200, "as nurse", "GET", "Observation/withheld", "")
		chen := w.opens("as nurse", "Patient/chen")
		for i := range policy.Standard().Emergency().Open - 3 {
			w.want(200, "all", "PUT", fmt.Sprintf("Patient/p%d", i), `"active":true`)
			w.opens("as nurse", fmt.Sprintf("Patient/p%d", i))
		}
		w.want(429, "as pharmacist", "POST", "Patient/li/$emergency-access", asks("reason", sound))
		w.want(429, "as doctor", "POST", "Patient/chen/$emergency-access", asks("reason", sound))
		for path, c := range map[string]struct {
			body string
			want open
		}{
			"Patient/li/$emergency-access":     {asks("reason", sound), second},
			"Patient/chen-b/$emergency-access": {asks("reason", sound), chen},
			"Patient/$emergency-access":        {asks("identifier", cardSystem+"|"+liCard, "reason", sound), second},
		} {
			if body, _ := w.want(200, "as nurse", "POST", path, c.body); opening(body) != c.want {
				t.Errorf("%s is answered %+v, want %+v", path, opening(body), c.want)
			}
		}
	})
}

// TestEmergencyIsOwned: nobody writes what belongs to emergency access but by its operations: not by making, changing, patching
// or deleting it, nor by making something else into it.
func TestEmergencyIsOwned(t *testing.T) {
	eachWard(t, func(w *ward) {
		o := w.opens("wang", "Patient/li")
		notices, _ := w.ids("li", "Communication")
		consent := func(category string) string {
			return `"status":"active","scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},` +
				`"category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]},{"coding":[{"system":"urn:yitong:permit","code":"` + category + `"}]}],` +
				`"patient":{"reference":"Patient/li"},"dateTime":"2026-05-04","policyRule":{"text":"x"},"provision":{"type":"permit",` +
				`"actor":[{"role":{"text":"x"},"reference":{"reference":"Practitioner/zhao"}}]}`
		}
		task := `"status":"completed","intent":"order","code":{"coding":[{"system":"urn:yitong:process","code":"emergency-review"}]},"for":{"reference":"Patient/li"}`
		notice := `"status":"completed","category":[{"coding":[{"system":"urn:yitong:process","code":"emergency-notice"}]}],"subject":{"reference":"Patient/li"}`
		end := `[{"op":"replace","path":"/status","value":"entered-in-error"}]`
		for _, who := range []string{"wang", "zhao", "feed", "li", "admin a", "regulator", "all", "as office", "as cdc", "as operator", "as proxy"} {
			for _, x := range [][3]string{
				{"POST", "Consent", consent("emergency")}, {"POST", "Consent", consent("process")}, {"POST", "Consent", consent("duty")}, {"POST", "Consent", consent("other")},
				{"PUT", "Consent/new", consent("emergency")}, {"POST", "Task", task}, {"POST", "Communication", notice},
				{"PUT", o.Consent, consent("x")}, {"PATCH", o.Consent, end}, {"PATCH", o.Task, end}, {"PATCH", "Communication/" + notices[0], end},
				{"DELETE", o.Consent, ""}, {"DELETE", o.Task, ""}, {"DELETE", "Communication/" + notices[0], ""},
			} {
				if got, _, text := w.ask(who, x[0], x[1], x[2]); got != 403 && got != 404 {
					t.Errorf("%s: %s %s is answered %d: %s", who, x[0], x[1], got, text)
				}
			}
		}
		for _, name := range []string{o.Consent, o.Task, "Communication/" + notices[0]} {
			if _, text := w.want(200, "all", "GET", name, ""); !strings.Contains(text, `"versionId":"1"`) {
				t.Errorf("%s has changed: %s", name, text)
			}
		}
		w.want(200, "all", "POST", "Consent", strings.Replace(consent("x"), "urn:yitong:permit", "urn:x", 1))
		for _, name := range []string{o.Consent, o.Task} { // nor does a resident withhold it from those who review
			w.ask("li", "POST", "Consent", fmt.Sprintf(`"status":"active","scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},`+
				`"category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],"patient":{"reference":"Patient/li"},"policyRule":{"text":"x"},`+
				`"provision":{"type":"deny","data":[{"meaning":"instance","reference":{"reference":%q}}]}`, name))
			if _, text := w.want(200, "all", "GET", name, ""); strings.Contains(text, "withheld") {
				t.Errorf("%s is withheld", name)
			}
		}
		w.want(200, "admin a", "GET", o.Task, "")
	})
}

// TestEmergencyReview: who reviews, and what becomes of it.
func TestEmergencyReview(t *testing.T) {
	eachWard(t, func(w *ward) {
		o := w.opens("wang", "Patient/li")
		review := o.Task + "/$emergency-review"
		justified, unjustified := asks("verdict", "justified"), asks("verdict", "unjustified", "note", "当日无接诊记录,理由与事实不符")
		w.want(403, "wang", "POST", review, justified)
		w.want(403, "zhao", "POST", review, justified)
		w.want(403, "li", "POST", review, justified)
		w.want(403, "wang as admin", "POST", review, justified)
		w.want(403, "program", "POST", review, justified)
		w.want(403, "all", "POST", review, justified)
		w.want(404, "admin b", "POST", review, justified)
		w.want(404, "admin a", "POST", "Task/none/$emergency-review", justified)
		w.want(400, "admin a", "POST", review, asks("verdict", "perhaps"))
		w.want(400, "admin a", "POST", review, "")
		w.want(422, "admin a", "POST", review, asks("verdict", "unjustified"))
		w.want(422, "admin a", "POST", review, asks("verdict", "justified", "note", "短"))
		_, next := w.ids("wang", "Observation?patient=Patient/li&_count=1")
		w.want(200, "wang", "GET", next, "")
		w.want(200, "admin a", "POST", review, unjustified)
		w.want(403, "wang", "GET", next, "")
		w.want(403, "wang", "GET", "Patient/li", "")
		w.want(404, "wang", "GET", "Observation/plain", "")
		w.want(409, "admin a", "POST", review, justified)
		w.want(409, "regulator", "POST", review, unjustified)
		_, text := w.want(200, "admin a", "GET", o.Task, "")
		for _, word := range []string{`"status":"completed"`, `"businessStatus":{"coding":[{"system":"urn:yitong:verdict","code":"unjustified"}]}`, "当日无接诊记录", `"identifier":{"system":"urn:yitong:account","value":"1"}`} {
			if !strings.Contains(text, word) {
				t.Errorf("the review has no %q: %s", word, text)
			}
		}
		if _, text = w.want(200, "li", "GET", o.Consent, ""); !strings.Contains(text, `"status":"inactive"`) {
			t.Errorf("the Consent is %s", text)
		}
		if _, text = w.want(200, "li", "GET", "Communication", ""); strings.Count(text, `"sent"`) != 2 || !strings.Contains(text, "理由不成立") || strings.Contains(text, "当日无接诊记录") {
			t.Errorf("the resident is told %s", text)
		}
		second := w.opens("wang", "Patient/li")
		if second.Consent == o.Consent {
			t.Error("what has ended is given again")
		}
		w.want(200, "regulator", "POST", second.Task+"/$emergency-review", justified)
		w.want(200, "wang", "GET", "Patient/li", "")
		if _, text = w.want(200, "admin a", "GET", second.Task, ""); !strings.Contains(text, `"urn:yitong:custodian","valueReference":{"reference":"Organization/a"}`) {
			t.Errorf("the review of another institution is kept by %s", text)
		}
	})
}

// TestEmergencyAtOnce: requests at the same moment open a record once, and no more records than may be.
func TestEmergencyAtOnce(t *testing.T) {
	eachWard(t, func(w *ward) {
		const at = 4
		var same [at]open
		together(at, func(i int) { // as a person does who presses twice
			for range 20 {
				status, body, text := w.ask("wang", "POST", "Patient/$emergency-access", asks("patient", []string{"Patient/chen", "Patient/chen-b"}[i%2], "reason", sound))
				if same[i] = opening(body); status == 200 {
					return
				} else if status != 503 {
					t.Errorf("request %d is answered %d: %s", i, status, text)
				}
			}
		})
		for _, o := range same {
			if o.Consent == "" || o.Consent != same[0].Consent || o.Task != same[0].Task {
				t.Errorf("the answers are %+v", same)
			}
		}
		for _, kind := range []string{"Consent", "Task", "Communication"} {
			if list, _ := w.ids("all", kind); len(list) != 1 {
				t.Errorf("there are %d of %s", len(list), kind)
			}
		}
		most := policy.Standard().Emergency().Open
		others := most + 3
		for i := range others {
			w.want(200, "all", "PUT", fmt.Sprintf("Patient/p%d", i), `"active":true`)
		}
		var opened, refused int
		var mu sync.Mutex
		together(others, func(i int) {
			for {
				status, _, text := w.ask("wang", "POST", fmt.Sprintf("Patient/p%d/$emergency-access", i), asks("reason", sound))
				mu.Lock()
				switch status {
				case 200:
					opened++
				case 429:
					refused++
					if !strings.Contains(text, "medical affairs") {
						t.Errorf("the refusal is %s", text)
					}
				}
				mu.Unlock()
				if status != 503 {
					return
				}
			}
		})
		if opened != most-1 || refused != others-opened {
			t.Errorf("%d were opened and %d refused; one was open, and %d may be", opened, refused, most)
		}
		w.forward(9 * time.Hour)
		last := w.opens("wang", "Patient/p0")
		var done [at]int
		together(at, func(i int) {
			done[i], _, _ = w.ask([]string{"admin a", "regulator"}[i%2], "POST", last.Task+"/$emergency-review", asks("verdict", "unjustified", "note", "当日无接诊记录,理由与事实不符"))
		})
		if slices.Sort(done[:]); done != [at]int{200, 409, 409, 409} {
			t.Errorf("reviews at once are answered %v", done)
		}
	})
}

// together does something several times at once.
func together(n int, do func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { do(i) })
	}
	all.Wait()
}

// TestEmergencyUses: what administrators and regulators are told of the uses.
func TestEmergencyUses(t *testing.T) {
	eachWard(t, func(w *ward) {
		w.opens("wang", "Patient/zhou")
		w.forward(31 * 24 * time.Hour)
		w.want(200, "all", "PUT", "Encounter/e", `"meta":{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/a"}}]},`+
			`"status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"EMER"},"subject":{"reference":"Patient/chen-b"},"period":{"start":"2026-06-03","end":"2026-06-03"}`)
		w.opens("wang", "Patient/chen") // there was a visit, under another name
		for range 3 {
			o := w.opens("wang", "Patient/li")
			w.want(200, "admin a", "POST", o.Task+"/$emergency-review", asks("verdict", "unjustified", "note", "当日无接诊记录,理由与事实不符"))
		}
		w.forward(7 * time.Hour) // 23 o'clock
		w.opens("zhao", "Patient/li")
		w.forward(25 * time.Hour)
		body, text := w.want(200, "admin a", "GET", "$emergency-uses", "")
		list := body["parameter"].([]any)
		if len(list) != 5 || !strings.Contains(text, `"name":"whole","valueBoolean":true`) {
			t.Fatalf("the report is %s", text)
		}
		first, second := fmt.Sprint(list[3]), fmt.Sprint(list[4])
		for _, c := range []struct{ in, want string }{
			{first, "display:王医生"}, {first, "name:severity valueInteger:11"}, {first, "name:uses valueInteger:4"}, {first, "name:unjustified valueInteger:3"},
			{first, "name:unvisited valueInteger:3"}, {first, "name:repeated valueInteger:3"}, {first, "name:night valueInteger:0"}, {first, "name:open valueInteger:1"},
			{first, "name:overdue valueInteger:1"}, {first, "valueCode:unjustified"}, {first, "valueCode:repeated"}, {first, "display:李**"}, {first, "Organization/a"},
			{second, "display:赵医生"}, {second, "name:night valueInteger:1"}, {second, "name:severity valueInteger:0"}, {second, "name:overdue valueInteger:1"},
		} {
			if !strings.Contains(c.in, c.want) {
				t.Errorf("there is no %q in %s", c.want, c.in)
			}
		}
		if strings.Contains(text, "李小明") || strings.Contains(text, sound) {
			t.Errorf("the report tells too much: %s", text)
		}
		if _, text = w.want(200, "admin b", "GET", "$emergency-uses", ""); strings.Contains(text, "practitioner") {
			t.Errorf("another institution is told %s", text)
		}
		w.want(403, "admin b", "GET", "$emergency-uses?institution=Organization/a", "")
		for query, want := range map[string]int{"": 2, "?institution=Organization/a": 2, "?institution=Organization/b": 0} {
			_, text = w.want(200, "regulator", "GET", "$emergency-uses"+query, "")
			if got := strings.Count(text, `"name":"practitioner"`); got != want {
				t.Errorf("a regulator is told of %d by %q: %s", got, query, text)
			}
		}
		if _, text = w.want(200, "regulator", "GET", "$emergency-uses?_since=2026-05-01", ""); !strings.Contains(text, `"name":"uses","valueInteger":5`) {
			t.Errorf("the report since May is %s", text)
		}
		w.want(400, "regulator", "GET", "$emergency-uses?_since=never", "")
		w.want(400, "regulator", "GET", "$emergency-uses?institution=x", "")
	})
}

// TestEmergencyOwn: who may open records is told by which rules, and which are open to them; nobody else is told anything.
func TestEmergencyOwn(t *testing.T) {
	eachWard(t, func(w *ward) {
		_, text := w.want(200, "wang", "GET", "$emergency-own", "")
		for _, word := range []string{`{"name":"lasts","valueInteger":480}`, `{"name":"review","valueInteger":1440}`, `{"name":"most","valueInteger":5}`, `{"name":"least","valueInteger":10}`, `{"name":"length","valueInteger":500}`} {
			if !strings.Contains(text, word) || strings.Contains(text, `"open"`) {
				t.Errorf("it lacks %s: %s", word, text)
			}
		}
		w.opens("wang", "Patient/li")
		if _, text = w.want(200, "wang", "GET", "$emergency-own", ""); !strings.Contains(text, `"reference":"Patient/li"`) || !strings.Contains(text, "李小明") {
			t.Errorf("it does not tell what is open: %s", text)
		}
		if _, text = w.want(200, "zhao", "GET", "$emergency-own", ""); strings.Contains(text, "Patient/") {
			t.Errorf("it tells what others have opened: %s", text)
		}
		w.forward(8 * time.Hour)
		if _, text = w.want(200, "wang", "GET", "$emergency-own", ""); strings.Contains(text, "Patient/") {
			t.Errorf("it tells what is closed again: %s", text)
		}
		may := []gate.Role{gate.Doctor, gate.Nurse, gate.Pharmacist}
		for _, role := range gate.Roles() {
			if got, _, text := w.ask("as "+string(role), "GET", "$emergency-own", ""); (got == 200) != slices.Contains(may, role) || got != 200 && got != 403 {
				t.Errorf("%s: %d: %s", role, got, text)
			}
		}
		for _, who := range []string{"nobody", "homeless", "li", "feed"} {
			w.want(403, who, "GET", "$emergency-own", "")
		}
	})
}
