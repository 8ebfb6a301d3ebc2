package accessquestion_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/process"
	"yitong/internal/process/proptest"
	"yitong/modules/accessquestion"
	"yitong/test/pgcluster"
	"yitong/test/services"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// service is what the tests of all services need to know of this one.
var service = &services.Service{
	Process: accessquestion.Process(), Rules: accessquestion.Tables(), Record: []string{observation("p"), observation("q")},
	Begin: func(w *services.World) fhir.Ref {
		of, err := ask(w, "resident", look(w, w.As("doctor"), "Observation/op"))
		w.Must(err)
		return of
	},
	Moves: map[string]services.Usual{
		"ask-looker": {By: "office"}, "explain": {By: "doctor", With: []any{"text", "门诊复诊"}},
		"answer":  {By: "office", With: []any{"verdict", services.Code("justified"), "explanation", "因门诊复诊查看"}},
		"accept":  {By: "resident"},
		"dispute": {By: "resident", With: []any{"why", "当天没有就诊"}}, "withdraw": {By: "resident"},
		"remind": {By: "regulator", With: []any{"text", "请尽快答复"}},
		"find":   {By: "regulator", With: []any{"verdict", services.Code("not-justified"), "reasons", "当天没有就诊记录"}},
	},
	Ways: map[string]string{
		"open": "", "explaining": "ask-looker", "answered": "answer", "disputed": "answer dispute", "escalated": "LATE",
		"accepted": "answer accept", "settled": "answer LATE", "found": "LATE find", "withdrawn": "withdraw",
	},
	Differs: func(task fhir.Resource) (id, name string) {
		return input(task, "event").Get("valueReference").Get("identifier").Get("value").Str(), "EVENT"
	},
}

// observation is a result of a resident for which the institution a answers.
func observation(of string) string {
	return fmt.Sprintf(`{"resourceType":"Observation","id":"o%s",%s,"status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"subject":{"reference":"Patient/%[1]s"}}`,
		of, services.Custodian("a"))
}

// look lets somebody read resources, and is the AuditEvent of that.
func look(w *services.World, s *gate.Session, about ...string) string {
	w.Helper()
	w.Pass(time.Second)
	s.Begin(gate.Doing{Do: "read", On: about[0], From: "10.0.0.7", Request: "r"})
	for _, name := range about {
		_, err := s.Read(w.Context(), fhir.ParseReference(name).Ref)
		w.Must(err)
	}
	w.Must(s.Leave(w.Context(), nil))
	return newest(w.Context(), w.Whole())
}

var typeEvent, _ = schema.TypeOf("AuditEvent")

// newest is the newest AuditEvent that a session sees.
func newest(ctx context.Context, s *gate.Session) string {
	asked, err := s.Request([]schema.Type{typeEvent}, gate.Pairs("date=le"+s.Now().UTC().Format(time.RFC3339)+"&_count=1"), gate.Wishes{})
	if err != nil {
		panic(err)
	}
	found, err := s.Search(ctx, asked, "test", "")
	if err != nil {
		panic(err)
	}
	return found.Matches[0].Ref.String()
}

// ask begins a case about an AuditEvent.
func ask(w *services.World, who, event string) (fhir.Ref, error) {
	w.Helper()
	return w.Ask(w.As(who), "ask", "event", services.Ref(event))
}

// input is what a case keeps under a name.
func input(task fhir.Resource, name string) fhir.Node {
	for in := task.Root.Get("input").First(); in.Exists(); in = in.Next() {
		if in.Get("type").Get("text").Str() == name {
			return in
		}
	}
	return fhir.Node{}
}

// TestMatrix: what everybody may do in every state.
func TestMatrix(t *testing.T) { services.Each(t, service, (*services.World).Matrix) }

// TestGolden: the Task after each move, as it is stored.
func TestGolden(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		w.Golden("ask-looker explain answer dispute find", "answer accept", "answer LATE", "LATE remind answer", "withdraw")
	})
}

// TestSight: by plain reads and searches residents see their own questions, the office those of its institution, the regulator those
// that have come to it, whoever looked while they are asked; nobody else sees any, by a permit neither, and nobody writes them.
func TestSight(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		w.Put(`{"resourceType":"Consent","id":"permit","status":"active","scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},
			"category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],"patient":{"reference":"Patient/p"},"dateTime":"2026-01-01","policyRule":{"text":"x"},
			"provision":{"type":"permit","actor":[{"role":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-RoleCode","code":"IRCP"}]},"reference":{"reference":"Practitioner/other"}}]}}`)
		if _, err := w.As("a doctor elsewhere").Read(t.Context(), fhir.ParseReference("Observation/op").Ref); err != nil {
			t.Fatalf("the permit opens nothing: %v", err)
		}
		of := w.Begin(w)
		theirs := []string{"resident", "office", "a colleague"}
		w.Seen(of, theirs...)
		w.Do(of, "ask-looker")
		w.Seen(of, append(theirs, "doctor")...)
		w.Do(of, "LATE")
		w.Seen(of, append(theirs, "regulator", "another regulator")...)
	})
}

// TestDeadlines: working days are counted behind the day, over weekends, holidays and days worked instead; to ask whoever looked keeps
// the deadline.
func TestDeadlines(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		w.Deadlines(map[string]string{
			"2026-02-13 10:00": "2026-02-28", // Spring Festival; Saturday 14 February is worked
			"2026-04-30 08:00": "2026-05-12", // Labour Day; Saturday 9 May is worked
			"2026-05-09 08:00": "2026-05-16", // asked on that Saturday
			"2026-05-15 17:30": "2026-05-23", // a Friday
			"2026-05-16 23:59": "2026-05-23", // the Saturday behind it
			"2026-06-01 09:00": "2026-06-09", // a Monday
			"2026-09-30 14:00": "2026-10-14", // National Day; Saturday 10 October is worked
		}, "ask-looker")
	})
}

// TestRemind: the regulator gives a late question back with a new deadline; an explanation keeps it.
func TestRemind(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		of := w.Begin(w)
		w.Do(of, "LATE")
		late := w.Now()
		w.Do(of, "remind")
		due := w.Due(of)
		if w.State(of) != "open" || !due.After(late) {
			t.Errorf("it is %s until %s", w.State(of), due)
		}
		w.Pass(time.Hour)
		w.Do(of, "ask-looker explain")
		if !w.Due(of).Equal(due) {
			t.Errorf("explained it is due %s, not %s", w.Due(of), due)
		}
	})
}

// TestRace: at the deadline the office answers, the resident withdraws and the clock wakes, many times over; one of them wins. The
// resident may withdraw also what was answered or is late.
func TestRace(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		if steps := w.Race("answer", "withdraw"); len(steps) == 0 || len(steps) > 2 || len(steps) == 2 && steps[1].To != "withdrawn" {
			t.Errorf("%+v", steps)
		}
	})
}

// TestTold: who has to know is told, and the text names nothing of the case.
func TestTold(t *testing.T) {
	t.Parallel()
	services.Told(t, accessquestion.Process())
}

// TestOneAtOnce: of questions about a line at the same moment one is taken.
func TestOneAtOnce(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		line := look(w, w.As("doctor"), "Observation/op")
		w.One(func() (fhir.Ref, error) { return ask(w, "resident", line) })
	})
}

// TestProcess: what is true of every process is true of this one; beside, a case has a deadline and its place as long as it is open, it stays
// hidden all the while, and it comes to nobody whom the line does not name.
func TestProcess(t *testing.T) {
	t.Parallel()
	line := func(id, who, role, institution string) string {
		agent := `{"type":{"coding":[{"system":"urn:yitong:agent","code":%q}]},"role":[{"coding":[{"system":"urn:yitong:role","code":%q}]}],"who":{"reference":%q},"requestor":false}`
		agents := fmt.Sprintf(agent, "person", role, who)
		if institution != "" {
			agents += "," + fmt.Sprintf(agent, "institution", "", institution)
		}
		return fmt.Sprintf(`{"resourceType":"AuditEvent","id":%q,"type":{"code":"rest"},"recorded":"2026-05-01T09:00:00+08:00","source":{"observer":{"display":"x"}},"agent":[%s]}`, id, agents)
	}
	lookers := map[string]string{"AuditEvent/doctor": "Practitioner/s1", "AuditEvent/office": "Practitioner/s2"} // others cannot be asked
	proptest.Check(t, accessquestion.Process(), proptest.World{
		Record: []string{
			line("doctor", "Practitioner/s1", "doctor", "Organization/o1"), line("office", "Practitioner/s2", "office", "Organization/o1"),
			line("feed", "Device/feed", "system", "Organization/o2"), line("platform", "Device/platform", "operator", ""), line("own", "Patient/r1", "resident", ""),
			`{"resourceType":"Device","id":"feed"}`, `{"resourceType":"Device","id":"platform"}`,
		},
		Values: map[string]func(*proptest.Scene) any{
			"event": func(s *proptest.Scene) any { return form.Reference(s.Some("AuditEvent")) },
			"measures": func(s *proptest.Scene) any {
				return rapid.SampledFrom([]any{nil, "已暂停权限"}).Draw(s.T, "measures")
			},
		},
		Invariant: func(s *proptest.Scene) error {
			open := !accessquestion.Process().State(s.Case.State).Final()
			security := s.Case.Task.Root.Get("meta").Get("security")
			line := "AuditEvent/" + input(s.Case.Task, "event").Get("valueReference").Get("identifier").Get("value").Str()
			switch who := s.Case.Party("looker"); {
			case open == s.Case.Deadline.IsZero() || open != s.Case.Placed():
				return fmt.Errorf("in %s it is due %s, and has its place: %t", s.Case.State, s.Case.Deadline, s.Case.Placed())
			case security.Len() != 1 || security.First().Get("code").Str() != "withheld":
				return fmt.Errorf("in %s it is labelled %s", s.Case.State, security.Raw())
			case who != (process.Who{}) && who != process.Who{Reference: lookers[line], At: "Organization/o1"}:
				return fmt.Errorf("%s is asked about %s", who.Reference, line)
			}
			return nil
		},
	})
}
