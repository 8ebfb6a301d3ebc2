package correction_test

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/process/proptest"
	"yitong/modules/correction"
	"yitong/test/pgcluster"
	"yitong/test/services"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// service is what the tests of all services need to know of this one.
var service = &services.Service{
	Process: correction.Process(), Rules: correction.Tables(),
	Record: []string{
		observation("o", "p", "8867-4", 72), observation("o2", "p", "8867-4", 72), observation("hiv", "p", "5220-9", 72), observation("oq", "q", "8867-4", 72),
		`{"resourceType":"Observation","id":"nobodys","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p"}}`,
	},
	Begin: func(w *services.World) fhir.Ref {
		id := w.NewID()
		w.Put("%s", observation(id, "p", "8867-4", 72))
		of, err := ask(w, "resident", "Observation/"+id)
		w.Must(err)
		w.Put("%s", observation(id, "p", "8867-4", 82))
		return of
	},
	Moves: map[string]services.Usual{
		"assign":  {By: "office", With: []any{"post", services.Ref("PractitionerRole/doctor-a")}},
		"correct": {By: "office"}, "refuse": {By: "office", With: []any{"reason", services.Code("accurate"), "why", "核对过原始记录"}},
		"appeal": {By: "resident", With: []any{"why", "没有核对"}}, "withdraw": {By: "resident"},
		"remind": {By: "regulator", With: said}, "remind-order": {By: "regulator", With: said}, "order": {By: "regulator", With: said},
		"uphold": {By: "regulator", With: said}, "enforce": {By: "regulator", With: said},
	},
	Ways: map[string]string{
		"open": "", "assigned": "assign", "refused": "refuse", "appealed": "refuse appeal", "escalated": "LATE", "ordered": "LATE order", "order-late": "LATE order LATE",
		"corrected": "correct", "upheld": "refuse appeal uphold", "settled": "refuse LATE", "enforced": "LATE order LATE enforce", "withdrawn": "withdraw",
	},
}

var said = []any{"text", "请注意"}

// observation is one for which the institution a answers.
func observation(id, patient, code string, value int) string {
	return fmt.Sprintf(`{"resourceType":"Observation","id":%q,%s,"status":"final","code":{"coding":[{"system":"http://loinc.org","code":%q}]},"subject":{"reference":"Patient/%s"},"valueQuantity":{"value":%d}}`,
		id, services.Custodian("a"), code, patient, value)
}

// ask begins a case about a resource.
func ask(w *services.World, who, about string, more ...any) (fhir.Ref, error) {
	w.Helper()
	return w.Ask(w.As(who), "request", append([]any{"record", services.Ref(about), "wrong", "心率记错了", "should-be", "应为 82"}, more...)...)
}

// TestMatrix: what everybody may do in every state.
func TestMatrix(t *testing.T) { services.Each(t, service, (*services.World).Matrix) }

// TestGolden: the Task after each move, as it is stored.
func TestGolden(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		w.Golden("assign refuse appeal order LATE remind-order correct", "LATE remind refuse LATE", "LATE order LATE enforce", "refuse appeal uphold", "withdraw")
	})
}

// TestSight: by plain reads and searches residents see their own cases, whoever treats people at the institution those about its records,
// regulators those that have come to them; nobody else sees any, and nobody writes them.
func TestSight(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		of := w.Begin(w)
		theirs := []string{"resident", "proxy", "office", "a colleague", "doctor", "another doctor", "nurse", "pharmacist", "technician", "system"}
		w.Seen(of, theirs...)
		w.Do(of, "assign LATE")
		w.Seen(of, append(theirs, "regulator", "another regulator")...)
	})
}

// TestDeadlines: working days are counted behind the day, over weekends, holidays and days worked instead; to assign a case keeps its
// deadline.
func TestDeadlines(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		w.Deadlines(map[string]string{
			"2026-05-11 09:00": "2026-06-02", // a Monday; three weeks without holidays
			"2026-05-16 23:59": "2026-06-06", // a Saturday
			"2026-09-16 00:00": "2026-10-14", // Mid-Autumn and National Day; 20 September and 10 October are worked
		}, "assign")
	})
}

// TestRemind: what the regulator gives back goes to where it was late, with a new deadline.
func TestRemind(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		for way, want := range map[string]string{"LATE": "open", "assign LATE": "assigned"} {
			of := w.Begin(w)
			w.Do(of, way)
			late := w.Now()
			w.Do(of, "remind")
			if w.State(of) != want || !w.Due(of).After(late) {
				t.Errorf("behind %s it is %s until %s", way, w.State(of), w.Due(of))
			}
		}
	})
}

// TestRace: at the deadline the office refuses, the resident withdraws and the clock wakes, many times over; one of them wins. The
// resident may withdraw also what was refused or is late.
func TestRace(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		if steps := w.Race("refuse", "withdraw"); len(steps) == 0 || len(steps) > 2 || len(steps) == 2 && steps[1].To != "withdrawn" {
			t.Errorf("%+v", steps)
		}
	})
}

// TestTold: who has to know is told, and the text names nothing of the case.
func TestTold(t *testing.T) {
	t.Parallel()
	services.Told(t, correction.Process())
}

// TestOneAtOnce: of requests about a record at the same moment one is taken.
func TestOneAtOnce(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		w.One(func() (fhir.Ref, error) { return ask(w, "resident", "Observation/o") })
	})
}

// TestProcess: what is true of every process is true of this one; beside, a case has a deadline and its place as long as it is open, nobody
// appeals twice, and what is said to be right is newer than what was complained about.
func TestProcess(t *testing.T) {
	t.Parallel()
	record := func(id string, value int) string {
		return fmt.Sprintf(`{"resourceType":"Observation","id":%q,"meta":{"extension":[{"url":%q,"valueReference":{"reference":"Organization/o1"}}]},"status":"final","code":{"text":"心率"},"valueQuantity":{"value":%d}}`,
			id, gate.Custodian, value)
	}
	post := func(id, at string) string {
		return fmt.Sprintf(`{"resourceType":"PractitionerRole","id":%q,"practitioner":{"reference":"Practitioner/%[1]s"},"organization":{"reference":"Organization/%[2]s"}}`, id, at)
	}
	nothing := func(*proptest.Scene) any { return nil }
	proptest.Check(t, correction.Process(), proptest.World{
		Record: []string{record("x", 72), record("y", 72), post("s1", "o1"), post("s2", "o1"), post("s3", "o2")},
		Values: map[string]func(*proptest.Scene) any{
			"record":  func(s *proptest.Scene) any { return s.Some("Observation") },
			"element": nothing, "proposed": nothing,
		},
		Before: func(s *proptest.Scene) {
			if about := s.Case.Task.Root.Get("focus").Get("reference").Str(); s.Move == "correct" && rapid.Bool().Draw(s.T, "it is put right") {
				s.Write(record(fhir.ParseReference(about).Ref.ID, rapid.IntRange(40, 160).Draw(s.T, "value")))
			}
		},
		Invariant: func(s *proptest.Scene) error {
			appeals := 0
			for _, move := range s.Made {
				if move == "appeal" {
					appeals++
				}
			}
			open := !correction.Process().State(s.Case.State).Final()
			switch {
			case open == s.Case.Deadline.IsZero() || open != s.Case.Placed():
				return fmt.Errorf("in %s it is due %s, and has its place: %t", s.Case.State, s.Case.Deadline, s.Case.Placed())
			case appeals > 1:
				return errors.New("somebody has appealed twice")
			case s.Case.State == "corrected" && version(s.Case.Task, "output") <= version(s.Case.Task, "input"):
				return errors.New("what is right is not newer than what is wrong")
			}
			return nil
		},
	})
}

// version is that of the reference which a case keeps among what went in or came out.
func version(task fhir.Resource, list string) int64 {
	for n := task.Root.Get(list).First(); n.Exists(); n = n.Next() {
		if ref := n.Get("valueReference").Get("reference").Str(); ref != "" {
			return fhir.ParseReference(ref).Version
		}
	}
	return 0
}
