package rest_test

import (
	"slices"
	"strings"
	"testing"

	"yitong/internal/gate/trail"
)

// TestRefusedWritesNameWhom: whoever tries to write what is about a resident and may not, or cannot as asked, leaves a line by which
// that resident finds it; of what is not there nobody is named.
func TestRefusedWritesNameWhom(t *testing.T) {
	const status = `[{"op":"replace","path":"/status","value":"amended"}]`
	about := func(id, who string) string {
		return resourceText("Observation/"+id, `"status":"final","code":{"text":"x"},"subject":{"reference":"`+who+`"},`)
	}
	bundle := func(kind string, entries ...string) string {
		return `{"resourceType":"Bundle","type":"` + kind + `","entry":[` + strings.Join(entries, ",") + `]}`
	}
	entry := func(method, url, resource string) string {
		return `{` + resource + `"request":{"method":"` + method + `","url":"` + url + `"}}`
	}
	patch := []string{"Content-Type", "application/json-patch+json"}
	eachArchive(t, func(a *archive) {
		for _, one := range []struct {
			as, method, path, body string
			status                 int
			of                     string
			headers                []string
		}{
			{"zhao", "DELETE", "Observation/li", "", 403, "Patient/li", nil},
			{"zhao", "DELETE", "Patient/li", "", 403, "Patient/li", nil},
			{"zhao", "DELETE", "Observation/none", "", 403, "", nil},
			{"as operator", "DELETE", "Observation/li", "", 403, "Patient/li", nil},
			{"feed", "DELETE", "Observation/li", "", 403, "Patient/li", nil},
			{"zhao", "PUT", "Observation/li", about("li", "Patient/li"), 404, "Patient/li", nil},
			{"zhao", "PUT", "Observation/li", about("li", "Patient/chen"), 404, "Patient/chen Patient/li", nil},
			{"zhao", "PUT", "Observation/li", about("li", "Patient/li"), 412, "Patient/li", []string{"If-Match", `W/"1"`}},
			{"zhao", "PUT", "Observation/none", about("none", "Patient/chen"), 412, "Patient/chen", []string{"If-Match", `W/"1"`}},
			{"zhao", "PUT", "Observation/chen", about("chen", "Patient/chen"), 412, "Patient/chen", []string{"If-Match", `W/"9"`}},
			{"zhao", "PUT", "Observation/chen", about("chen", "Patient/chen"), 412, "Patient/chen", []string{"If-None-Match", "*"}},
			{"zhao", "PUT", "Observation/chen", about("chen", "Patient/nobody"), 422, "Patient/chen", nil},
			{"zhao", "PATCH", "Observation/li", status, 404, "Patient/li", patch},
			{"zhao", "PATCH", "Observation/none", status, 404, "", patch},
			{"zhao", "PATCH", "Observation/chen", `[{"op":"test","path":"/status","value":"x"}]`, 422, "Patient/chen", patch},
			{"zhao", "PATCH", "Observation/chen", `[{"op":"replace","path":"/subject/reference","value":"Patient/li"}]`, 422, "Patient/chen Patient/li", patch},
			{"zhao", "POST", "Observation", about("x", "Patient/li"), 422, "Patient/li", nil},
			{"zhao", "POST", "Observation", about("x", "Patient/nobody"), 422, "", nil},
			{"zhao", "POST", "Observation", about("x", "Patient?_id=li"), 422, "Patient/li", nil},
			{"as operator", "POST", "Patient", resourceText("Patient/li", `"active":true,`), 403, "", nil},
			{"chen", "PUT", "Patient/li", resourceText("Patient/li", `"active":true,`), 403, "Patient/li", nil},
			{"zhao", "PATCH", "Observation?patient=Patient/li", status, 404, "Patient/li", patch},
			{"zhao", "PATCH", "Observation?patient=Patient/nobody", status, 404, "Patient/nobody", patch},
			{"zhao", "DELETE", "Observation?patient=Patient/li", "", 403, "Patient/li", nil},
			{"zhao", "PATCH", "Observation?status=final", status, 412, "Patient/chen Patient/wu", patch},
			{"zhao", "PUT", "Observation?code:text=x&patient=Patient/chen", about("li", "Patient/chen"), 400, "Patient/chen Patient/li", nil},
			{"zhao", "PUT", "Observation?status=cancelled", about("li", "Patient/chen"), 404, "Patient/chen Patient/li", nil},
			{"as guide", "POST", "Observation", about("x", "Patient/wu"), 403, "Patient/chen Patient/wu", []string{"If-None-Exist", "patient=Patient/chen"}},
			{"zhao", "POST", "", bundle("transaction", entry("PUT", "Observation/chen", `"resource":`+about("chen", "Patient/chen")+`,`),
				entry("PUT", "Observation/li", `"resource":`+about("li", "Patient/li")+`,`)), 404, "Patient/chen Patient/li", nil},
		} {
			status, answer, lines := a.ask(one.as, one.method, one.path, one.body, one.headers...)
			if status != one.status || len(lines) != 1 || lines[0].Outcome == trail.Done || len(lines[0].Wrote)+len(lines[0].Saw) != 0 {
				a.Errorf("%s: %s %s: %d %.300s\n%+v", one.as, one.method, one.path, status, answer, lines)
				continue
			}
			if of := slices.Sorted(slices.Values(lines[0].Of)); !slices.Equal(of, strings.Fields(one.of)) {
				a.Errorf("%s: %s %s %v: the trail says that it is about %v, want %s: %.300s", one.as, one.method, one.path, one.headers, of, one.of, answer)
			}
		}
		_, _, lines := a.ask("zhao", "POST", "", bundle("batch", entry("DELETE", "Observation/li", ""), entry("PUT", "Observation/chen", `"resource":`+about("chen", "Patient/chen")+`,`)))
		if len(lines) != 3 || lines[0].Outcome != trail.Done || !slices.Equal(lines[0].Of, []string{"Patient/chen"}) ||
			lines[1].Outcome != trail.Denied || lines[1].On != "DELETE Observation/li" || !slices.Equal(lines[1].Of, []string{"Patient/li"}) {
			a.Errorf("a batch: %+v", lines)
		}
	})
}

// TestWhoMayDoNothingIsOnRecord: a person who is known and may do nothing here is refused as if there were nothing, and leaves a line;
// who is not known leaves none.
func TestWhoMayDoNothingIsOnRecord(t *testing.T) {
	eachArchive(t, func(a *archive) {
		for _, one := range []struct{ method, path, body, do, on, q string }{
			{"GET", "Observation/li", "", "read", "Observation/li", ""},
			{"GET", "Observation?patient=Patient/li&access_token=s3cret%20", "", "search-type", "Observation", "patient=Patient%2Fli"},
			{"POST", "Observation", `{"resourceType":"Observation"}`, "create", "Observation", ""},
			{"DELETE", "Patient/li", "", "delete", "Patient/li", ""},
			{"GET", "Patient/li/$everything", "", "$everything", "Patient/li/$everything", ""},
			{"POST", "", `{"resourceType":"Bundle","type":"batch"}`, "batch", "", ""},
		} {
			status, answer, lines := a.ask("whose role has ended", one.method, one.path, one.body)
			if status != 403 || !strings.Contains(string(answer), "Your role has ended.") || len(lines) != 1 {
				a.Errorf("%s %s: %d %s %+v", one.method, one.path, status, answer, lines)
				continue
			}
			l := lines[0]
			if l.Do != one.do || l.On != one.on || l.Query != one.q || l.Outcome != trail.Denied || l.Who != "Person/7" || l.From != "127.0.0.1" || l.As != "" {
				a.Errorf("%s %s: %+v", one.method, one.path, l)
			}
			for as, want := range map[string]int{"from another site": 403, "unknown": 401} {
				if status, _, lines := a.ask(as, one.method, one.path, one.body); status != want || len(lines) != 0 {
					a.Errorf("%s: %s %s: %d %+v", as, one.method, one.path, status, lines)
				}
			}
		}
		for _, path := range []string{"Nonsense/1", "Observation/1/2/3"} {
			if status, answer, lines := a.ask("whose role has ended", "GET", path, ""); status != 403 || len(lines) != 0 {
				a.Errorf("%s: %d %s %+v", path, status, answer, lines)
			}
		}
		a.lost.Store(true)
		if status, answer, _ := a.ask("whose role has ended", "GET", "Observation/li", ""); status != 503 {
			a.Errorf("while the trail takes no lines: %d %s", status, answer)
		}
	})
}
