package accessquestion_test

import (
	"testing"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
)

var typeTask, _ = schema.TypeOf("Task")

// tasks are those that a session finds.
func (w world) tasks(s *gate.Session, query string) (found []fhir.Ref) {
	w.Helper()
	asked, err := s.Request([]schema.Type{typeTask}, gate.Pairs(query), gate.Wishes{})
	if fault.CodeOf(err) == fault.Forbidden {
		return nil
	}
	w.must(err)
	results, err := s.Search(w.Context(), asked, "test", "")
	if fault.CodeOf(err) == fault.Forbidden {
		return nil
	}
	w.must(err)
	for _, v := range results.Matches {
		found = append(found, v.Ref)
	}
	return found
}

// TestSight: by plain reads and searches residents see their own questions, the office those of its institution, the regulator those
// that have come to it, whoever looked while they are asked; nobody else sees any, by a permit neither, and nobody writes them.
func TestSight(t *testing.T) {
	each(t, func(w world) {
		w.put(`{"resourceType":"Consent","id":"permit","status":"active","scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},
			"category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],"patient":{"reference":"Patient/p"},"dateTime":"2026-01-01","policyRule":{"text":"x"},
			"provision":{"type":"permit","actor":[{"role":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-RoleCode","code":"IRCP"}]},"reference":{"reference":"Practitioner/other"}}]}}`)
		permitted := w.as(gate.Doctor, "other", "b")
		if _, err := permitted.Read(t.Context(), fhir.ParseReference("Observation/op").Ref); err != nil {
			t.Fatalf("the permit opens nothing: %v", err)
		}
		of := w.asked()
		sees := func(who string, s *gate.Session, want bool) {
			t.Helper()
			_, err := s.Read(t.Context(), of)
			if code := fault.CodeOf(err); (code == "") != want || !want && code != fault.NotFound && code != fault.Forbidden {
				t.Errorf("%s reads it: %v", who, err)
			}
			for _, query := range []string{"code=urn:yitong:process|access-question", "patient=Patient/p"} {
				if n := len(w.tasks(s, query)); (n == 1) != want {
					t.Errorf("%s finds %d by %s", who, n, query)
				}
			}
		}
		sees("the resident", w.resident(), true)
		sees("the office", w.office(), true)
		sees("whoever looked, unasked", w.doctor(), false)
		sees("another doctor there", w.as(gate.Doctor, "second", "a"), false)
		sees("a pharmacist there", w.as(gate.Pharmacist, "second", "a"), false)
		sees("the system there", w.as(gate.System, "second", "a"), false)
		sees("the administrator there", w.as(gate.Administrator, "second", "a"), false)
		sees("a doctor with a permit", permitted, false)
		sees("a proxy", w.as(gate.Proxy, "q", ""), false)
		sees("another resident", w.as(gate.Resident, "q", ""), false)
		sees("another office", w.as(gate.Office, "other", "b"), false)
		sees("an operator", w.as(gate.Operator, "other", ""), false)
		sees("the regulator, whom nobody has asked", w.regulator(), false)
		w.do(w.office(), of, "ask-looker")
		sees("whoever looked, asked", w.doctor(), true)
		sees("another doctor there, still", w.as(gate.Doctor, "second", "a"), false)
		w.late(of)
		sees("whoever looked, asked no more", w.doctor(), false)
		sees("the regulator, when it is late", w.regulator(), true)
		for _, s := range []*gate.Session{w.resident(), w.office(), w.regulator()} {
			_, err := s.Apply(t.Context(), []gate.Op{{Kind: gate.Update, Type: typeTask, ID: of.ID, Resource: w.task(of)}}, nil)
			if fault.CodeOf(err) != fault.Forbidden {
				t.Errorf("%s writes it: %v", s.Actor().Role, err)
			}
		}
	})
}
