package correction_test

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

// TestSight: by plain reads and searches residents see their own cases, offices those of their institution, regulators those that
// have come to them; nobody else sees any, and nobody writes them.
func TestSight(t *testing.T) {
	each(t, func(w world) {
		of := w.asked()
		sees := func(who string, s *gate.Session, want bool) {
			t.Helper()
			_, err := s.Read(t.Context(), of)
			if code := fault.CodeOf(err); (code == "") != want || !want && code != fault.NotFound && code != fault.Forbidden {
				t.Errorf("%s reads it: %v", who, err)
			}
			if n := len(w.tasks(s, "code=urn:yitong:process|correction")); (n == 1) != want {
				t.Errorf("%s finds %d", who, n)
			}
		}
		sees("the resident", w.resident(), true)
		sees("a proxy", w.as(gate.Proxy, "q", ""), true)
		sees("the office", w.office(), true)
		sees("another resident", w.as(gate.Resident, "q", ""), false)
		sees("another office", w.as(gate.Office, "other", "b"), false)
		sees("another doctor", w.as(gate.Doctor, "other", "b"), false)
		sees("an insurer", w.as(gate.Insurer, "other", "b"), false)
		sees("a guide", w.as(gate.Guide, "office", "a"), false)
		sees("an operator", w.as(gate.Operator, "other", ""), false)
		sees("the regulator, whom nobody has asked", w.regulator(), false)
		w.late(of)
		sees("the regulator, when it is late", w.regulator(), true)
		for _, s := range []*gate.Session{w.resident(), w.office(), w.regulator()} {
			_, err := s.Apply(t.Context(), []gate.Op{{Kind: gate.Update, Type: typeTask, ID: of.ID, Resource: w.task(of)}}, nil)
			if fault.CodeOf(err) != fault.Forbidden {
				t.Errorf("%s writes it: %v", s.Actor().Role, err)
			}
		}
	})
}
