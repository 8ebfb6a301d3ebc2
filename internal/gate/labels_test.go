package gate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/gate/label"
)

// sensitive are codes of every class.
var sensitive = map[label.Class][2]string{
	label.HIV: {"http://loinc.org", "5220-9"}, label.STD: {"http://hl7.org/fhir/sid/icd-10", "A54.0"}, label.Psychiatric: {"http://hl7.org/fhir/sid/icd-10", "F20.0"},
	label.Reproductive: {"http://hl7.org/fhir/sid/icd-10", "O04"}, label.Genetic: {"http://hl7.org/fhir/sid/icd-10", "Q90"},
}

// TestLabeledAtWrite: the classes of what a resource says by its codes stand in it, whoever writes it and whatever they say.
func TestLabeledAtWrite(t *testing.T) {
	eachRegion(t, func(r region) {
		for _, class := range label.Classes() {
			code := sensitive[class]
			members := func(more string) string {
				return more + fmt.Sprintf(`,"code":{"coding":[%s]},"subject":{"reference":"Patient/pb"}`, coding(code[0], code[1]))
			}
			id, carried := strings.ToLower(string(class)), coding(label.System, string(class))
			for name, s := range map[string]*gate.Session{"doctor": r.staff(gate.Doctor, "b"), "feed": r.staff(gate.System, "b"), "platform": r.whole} {
				results, err := s.Apply(r.Context(), []gate.Op{create("Condition", members("")), create("Condition", members(meta("b", `{"code":"x"}`))), update("Condition", id+name, members(meta("b", carried)))}, nil)
				if err != nil {
					r.Fatal(err)
				}
				for _, made := range results {
					if n := strings.Count(string(made.Version.Body.Bytes), carried); n != 1 {
						r.Errorf("%s, %s: the label stands there %d times: %s", class, name, n, made.Version.Body.Bytes)
					}
				}
			}
			feed := r.staff(gate.System, "b")
			r.may(feed, "", update("Condition", id+"feed", members(`,"language":"zh"`)))
			r.may(feed, "", patching("Condition", id+"feed", `[{"op":"remove","path":"/meta/security"}]`))
			if !r.carries("Condition/"+id+"feed", carried) {
				r.Errorf("%s: the label is lost with a change", class)
			}
			r.may(feed, "", patching("Condition", id+"feed", `[{"op":"remove","path":"/code"}]`))
			if !r.carries("Condition/"+id+"feed", carried) {
				r.Errorf("%s: what is patched has lost the label that its author has not taken off", class)
			}
		}
		r.put(update("Questionnaire", "q", `,"status":"active","code":[`+coding("http://loinc.org", "5220-9")+`]`))
		if r.carries("Questionnaire/q", label.System) {
			r.Error("a definition is labelled")
		}
	})
}

// TestSensitiveIsUnseen: what has a label of a class is not there for one's own staff without a permit that names it: by no way.
func TestSensitiveIsUnseen(t *testing.T) {
	eachRegion(t, func(r region) {
		r.put(
			update("Encounter", "e", meta("a")+`,"status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/pa"}`),
			update("Encounter", "f", meta("a", coding(label.System, "HIV"))+`,"status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/pa"}`),
			update("Observation", "oa", about("a", "pa", "8867-4", `,"encounter":{"reference":"Encounter/f"},"hasMember":[{"reference":"Observation/hiv"}]`)),
			update("Observation", "hiv", about("a", "pa", "5220-9", `,"encounter":{"reference":"Encounter/e"},"identifier":[{"value":"secret"}]`)),
		)
		a := r.staff(gate.Doctor, "a")
		empty := []string{
			"Observation?code=5220-9", "Observation?_id=hiv", "Observation?identifier=secret", "Observation?encounter=e", "Observation?encounter:Encounter.status=finished",
			"Encounter?_id=e&_has:Observation:encounter:code=5220-9", "Patient?_id=pa&_has:Observation:patient:identifier=secret", "Observation?has-member.code=5220-9",
			"Observation?code=5220-9&patient=pa", "Observation?_security=HIV", "Encounter?_security=HIV",
		}
		unseen := func() {
			r.Helper()
			for _, query := range empty {
				r.finds(a, query)
				found, err := r.search(a, query+"&_total=accurate", "")
				if err != nil || found.Total != 0 {
					r.Errorf("%s counts %d: %v", query, found.Total, err)
				}
			}
			r.finds(a, "Observation?patient=pa", "Observation/oa")
			r.finds(a, "Observation?patient=pa&_include=Observation:has-member&_include=Observation:encounter", "Observation/oa")
			r.finds(a, "Patient?_id=pa&_revinclude=Observation:patient", "Observation/oa", "Patient/pa")
			r.finds(a, "Encounter?_id=e&_revinclude=Observation:encounter", "Encounter/e")
			if got := r.sees(a, "Observation/hiv"); got != fault.NotFound {
				r.Errorf("is read: %q", got)
			}
			page, err := a.History(r.Context(), gate.History{Type: typeOf("Observation"), Count: 50})
			if err != nil {
				r.Fatal(err)
			}
			for _, v := range page.Versions {
				if v.Ref.ID == "hiv" {
					r.Errorf("the history of all shows version %d", v.Number)
				}
			}
			r.may(a, fault.NotFound, update("Observation", "hiv", observed("pa", "8867-4")))
			r.may(a, fault.NotFound, patching("Observation", "hiv", `[{"op":"test","path":"/status","value":"final"}]`))
			r.may(a, fault.Unprocessable, create("Observation", observed("pa", "8867-4")+`,"hasMember":[{"reference":"Observation/hiv"}]`))
			r.may(a, fault.Unprocessable, create("Observation", observed("pa", "8867-4")+`,"hasMember":[{"reference":"Observation?identifier=secret"}]`))
			r.may(a, fault.NotFound, r.matching(patching("Observation", "", `[{"op":"test","path":"/status","value":"final"}]`), "identifier=secret"))
		}
		unseen()
		r.put(update("Consent", "psy", privacy("pa", opens("Organization/a")+`,"securityLabel":[`+coding(policies, "PSY")+`]`)))
		r.put(update("Consent", "other", privacy("pa", opens("Organization/b")+`,"securityLabel":[`+coding(policies, "HIV")+`]`)))
		r.put(update("Consent", "kind", privacy("pa", opens("Organization/a")+`,"class":[`+coding(kinds, "Condition")+`],"securityLabel":[`+coding(policies, "HIV")+`]`)))
		unseen()
		r.put(update("Consent", "hiv", privacy("pa", opens("Organization/a")+`,"securityLabel":[`+coding(policies, "HIV")+`]`)))
		r.finds(a, "Observation?patient=pa", "Observation/hiv", "Observation/oa")
		r.finds(a, "Observation?code=5220-9") // nobody is named
		if got := r.sees(a, "Observation/hiv"); got != "" {
			r.Errorf("with a permit: %q", got)
		}
		r.may(a, "", update("Observation", "hiv", observed("pa", "5220-9")))
		r.put(update("Observation", "hiv", meta("a", withheld)+observed("pa", "5220-9")))
		r.finds(a, "Observation?patient=pa", "Observation/oa") // withheld is more than a class
		r.put(update("Consent", "sos", privacy("pa", opens("Practitioner/a"))+`,"category":[{"coding":[`+coding(gate.SystemPermit, gate.PermitEmergency)+`]}]`))
		r.finds(a, "Observation?patient=pa", "Observation/hiv", "Observation/oa")
		r.finds(r.staff(gate.System, "a"), "Observation?patient=pa", "Observation/oa")
		r.finds(r.resident(gate.Resident, "pa"), "Observation?patient=pa", "Observation/hiv", "Observation/oa")
		r.finds(r.resident(gate.Proxy, "pa"), "Observation?patient=pa", "Observation/oa")
	})
}

// TestTwoClasses: a permit must name each class that a resource has.
func TestTwoClasses(t *testing.T) {
	eachRegion(t, func(r region) {
		r.put(update("Observation", "two", meta("b", coding(label.System, "PSY"), coding(label.System, "HIV"))+observed("pb", "8867-4")))
		b := r.staff(gate.Doctor, "b")
		for i, c := range []struct {
			classes []string
			open    bool
		}{{nil, false}, {[]string{"HIV"}, false}, {[]string{"PSY"}, false}, {[]string{"PSY", "HIV"}, true}, {[]string{"PSY", "HIV", "STD"}, true}} {
			var labels []string
			for _, class := range c.classes {
				labels = append(labels, coding(policies, class))
			}
			r.put(update("Consent", "c", privacy("pb", opens("Organization/b")+`,"securityLabel":[`+strings.Join(labels, ",")+`]`)))
			got, err := r.found(b, "Observation?patient=pb")
			if err != nil || slices.Contains(got, "Observation/two") != c.open {
				r.Errorf("%d: %q, %v", i, got, err)
			}
		}
	})
}

// TestLabeledBetweenPages: what gets a label while somebody reads page by page is on none of the pages that follow.
func TestLabeledBetweenPages(t *testing.T) {
	eachRegion(t, func(r region) {
		for i := range 6 {
			r.put(update("Observation", fmt.Sprint("o", i), about("a", "pa", "8867-4", "")))
		}
		a := r.staff(gate.Doctor, "a")
		const search = "Observation?patient=pa&_count=2"
		page, err := r.search(a, search, "")
		if err != nil {
			r.Fatal(err)
		}
		seen := map[string]int{page.Matches[0].Ref.ID: 1, page.Matches[1].Ref.ID: 1}
		var hidden string
		for _, id := range []string{"o0", "o1", "o2", "o3", "o4", "o5"} {
			if seen[id] == 0 && hidden == "" {
				hidden = id
			}
		}
		r.put(update("Consent", "c", privacy("pa", withholds("Observation/"+hidden))))
		for page.Next != "" {
			if page, err = r.search(a, search, page.Next); err != nil {
				r.Fatal(err)
			}
			for _, m := range page.Matches {
				seen[m.Ref.ID]++
			}
		}
		for _, id := range []string{"oa", "o0", "o1", "o2", "o3", "o4", "o5"} {
			if want := map[bool]int{true: 0, false: 1}[id == hidden]; seen[id] != want {
				r.Errorf("%s stands on %d pages, want %d", id, seen[id], want)
			}
		}
	})
}
