package alliance_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/process"
	"yitong/modules/alliance"
	"yitong/test/services"
)

// TestOwned: what a referral has made is changed by its moves alone, by nobody who has signed it, reviewed it or takes the patient over; nor
// does anybody write what looks like it.
func TestOwned(t *testing.T) {
	services.Each(t, down, func(w *services.World) {
		of := w.Brought("in-care")
		for _, name := range []string{"letter", "request", "permit", "plan"} {
			text := w.Text(kept(w.Task(of), name))
			for _, who := range []string{"doctor", "office", "another office", "a doctor elsewhere", "resident"} {
				if err := w.Write(w.As(who), "%s", strings.Replace(text, `"status":`, `"language":"en","status":`, 1)); err == nil {
					t.Errorf("%s changes the %s", who, name)
				}
				id := fhir.ParseReference(kept(w.Task(of), name)).Ref.ID
				if err := w.Write(w.As(who), "%s", strings.Replace(text, id, "forged", 1)); err == nil {
					t.Errorf("%s forges a %s", who, name)
				}
			}
		}
	})
}

// TestAttached: what is attached is the resident's own, and seen by the doctor.
func TestAttached(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		result := func(id, of, at string) string {
			w.Put(`{"resourceType":"Observation","id":%q,"status":"final",%s,"code":{"text":"肌钙蛋白"},"subject":{"reference":"Patient/%s"}}`, id, services.Custodian(at), of)
			return "Observation/" + id
		}
		w.Put(`{"resourceType":"Patient","id":"p-too",%s,"name":[{"text":"居民p"}],"link":[{"type":"refer","other":{"reference":"Patient/p"}}]}`, services.Custodian("a"))
		of := w.Begin(w)
		for _, ref := range []string{result("theirs", "q", "a"), result("elsewhere", "p", "b"), "Observation/none"} {
			if err := w.Try(w.As("doctor"), of, "refer", append(referring("heart-b"), "attached", services.Ref(ref))...); fault.CodeOf(err) != fault.Unprocessable {
				t.Errorf("%s: %v", ref, err)
			}
		}
		w.Must(w.Try(w.As("doctor"), of, "refer", append(referring("heart-b"), "attached", services.Ref(result("own", "p", "a")), "attached", services.Ref(result("as-too", "p-too", "a")))...))
	})
}

// TestSharpDown: the institution nearer home approves with a doctor of its own, who says when, and behind the first office.
func TestSharpDown(t *testing.T) {
	services.Each(t, down, func(w *services.World) {
		for name, c := range map[string]struct {
			state, who, move string
			want             fault.Code
			with             []any
		}{
			"without a receiver":              {"receiving-review", "another office", "accept", fault.Malformed, []any{"reason", "x"}},
			"with a doctor of the other one":  {"receiving-review", "another office", "accept", fault.Unprocessable, []any{"post", services.Ref("PractitionerRole/second-a")}},
			"before the first office":         {"sending-review", "another office", "accept", fault.NotFound, []any{"post", services.Ref("PractitionerRole/other-b")}},
			"the first office in their place": {"receiving-review", "office", "accept", fault.Forbidden, []any{"post", services.Ref("PractitionerRole/other-b")}},
			"forwarded, which is upwards":     {"receiving-review", "another office", "forward", fault.Unprocessable, []any{"reason", "x"}},
			"at this very moment":             {"assigned", "a doctor elsewhere", "schedule", fault.Unprocessable, []any{"time", w.Now()}},
		} {
			if err := w.Try(w.As(c.who), w.Brought(c.state), c.move, c.with...); fault.CodeOf(err) != c.want {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestWhom: a doctor refers by a diagnosis of their own, also where another institution answers for the Patient; who has died is not referred.
func TestWhom(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		ill := func(id string) string { return strings.Replace(condition("ill-"+id), "Patient/p", "Patient/"+id, 1) }
		w.Put(`{"resourceType":"Patient","id":"far",%s,"name":[{"text":"外院居民"}]}`, services.Custodian("b"))
		w.Put("%s", ill("far"))
		of, err := consult(w, "doctor", "Condition/ill-far")
		w.Must(err)
		w.Must(w.Try(w.As("doctor"), of, "refer", append(referring("heart-b"), "attached", services.Ref("Condition/ill-far"))...))
		w.Put(`{"resourceType":"Patient","id":"gone",%s,"deceasedDateTime":"2026-05-01"}`, services.Custodian("a"))
		w.Put("%s", ill("gone"))
		if _, err := consult(w, "doctor", "Condition/ill-gone"); fault.CodeOf(err) != fault.Unprocessable {
			t.Errorf("who has died: %v", err)
		}
	})
}

// TestForwardBack: a chain does not lead back to where it began, whatever another alliance says of who is above whom.
func TestForwardBack(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		of := w.Brought("receiving-review")
		w.Put("%s", affiliation("a-leads", "a", "a", "lead", "heart-a"))
		w.Put("%s", affiliation("b-belongs", "a", "b", "member"))
		if err := w.Try(w.As("another office"), of, "forward", "department", services.Ref("HealthcareService/heart-a"), "reason", "x"); fault.CodeOf(err) != fault.Conflict {
			t.Error(err)
		}
	})
}

// TestOneBothWays: an episode has one open referral at a time, whichever way it goes and however it is named.
func TestOneBothWays(t *testing.T) {
	both := *up
	both.Beside = []*process.Process{alliance.Down()}
	services.Each(t, &both, func(w *services.World) {
		_, err := consult(w, "doctor", "Condition/ill")
		w.Must(err)
		_, err = w.Engine.Begin(w.Context(), w.As("doctor"), alliance.CodeDown, "assess", services.Parameters("problem", services.Ref("Condition/ill"), "assessment", "x"), nil)
		if fault.CodeOf(err) != fault.Conflict {
			t.Errorf("down: %v", err)
		}
		for _, name := range []string{"./Condition/ill", "Condition/ill#x", "Condition/ill/", "http://localhost/fhir/Condition/ill"} {
			if _, err := consult(w, "doctor", name); err == nil {
				t.Errorf("by the name %s", name)
			}
		}
	})
}

// TestAgreementAtApproval: the record leaves by an agreement that holds on that day.
func TestAgreementAtApproval(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		ended, closed := w.Brought("sending-review"), w.Brought("sending-review")
		w.Put("%s", strings.Replace(department("heart-b", "b"), `"active":true`, `"active":false`, 1))
		if err := w.Try(w.As("office"), closed, "approve"); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("to a department that is closed: %v", err)
		}
		w.Put("%s", department("heart-b", "b"))
		w.Put("%s", strings.Replace(affiliation("b", "b", "b", "lead", "heart-b"), "2026-12-31", "2026-05-10", 1))
		if err := w.Try(w.As("office"), ended, "approve"); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("by an agreement that has ended: %v", err)
		}
		sees(w)
		w.Do(ended, "reject-sending")
	})
}

// TestPeriods: an agreement's first and last day may be said as a month, or to the second.
func TestPeriods(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		for period, holds := range map[string]bool{
			`{"end":"2026-05"}`: true, `{"end":"2026"}`: true, `{"end":"2026-04"}`: false, `{"start":"2026-05"}`: true, `{"start":"2026-05-11T08:00:00+08:00"}`: true,
			`{"start":"2026-05-11T10:00:00+08:00"}`: false, `{"end":"2026-05-11T08:00:00+08:00"}`: false, `{"end":"2026-05-11"}`: true, `{"start":"2026-06"}`: false,
		} {
			w.Put("%s", strings.Replace(affiliation("b", "b", "b", "lead", "heart-b"), `{"start":"2026-01-01","end":"2026-12-31"}`, period, 1))
			if err := w.Try(w.As("doctor"), w.Begin(w), "refer"); (err == nil) != holds {
				t.Errorf("%s: %v", period, err)
			}
		}
	})
}

// TestPosts: the doctor who is chosen is one, and there; the colleague who is asked is another one.
func TestPosts(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		post := func(id, more string) string {
			w.Put(`{"resourceType":"PractitionerRole","id":%q,"practitioner":{"reference":"Practitioner/other"},"organization":{"reference":"Organization/b"}%s}`, id, more)
			return "PractitionerRole/" + id
		}
		code := func(role string) string {
			return `,"code":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/practitioner-role","code":"` + role + `"}]}]`
		}
		for _, ref := range []string{
			post("nurse", code("nurse")), post("gone", `,"period":{"end":"2026-05-10"}`), post("to-come", `,"period":{"start":"2026-06-01"}`), post("shut", `,"active":false`),
		} {
			if err := w.Try(w.As("another office"), w.Brought("receiving-review"), "accept", "post", services.Ref(ref)); fault.CodeOf(err) != fault.Unprocessable {
				t.Errorf("%s: %v", ref, err)
			}
		}
		w.Must(w.Try(w.As("another office"), w.Brought("receiving-review"), "accept", "post", services.Ref(post("doctor", code("doctor")))))
		w.Put("%s", condition("self"))
		_, err := w.Ask(w.As("doctor"), "consult", "problem", services.Ref("Condition/self"), "question", "x", "urgency", services.Code("routine"), "colleague", services.Ref("PractitionerRole/doctor-a"))
		if fault.CodeOf(err) != fault.Unprocessable {
			t.Errorf("a doctor asks themself: %v", err)
		}
	})
}

// TestNights: a doctor on duty over midnight can be met then, one who is away cannot.
func TestNights(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		w.Put(`{"resourceType":"PractitionerRole","id":"other-b","practitioner":{"reference":"Practitioner/other"},"organization":{"reference":"Organization/b"},
			"availableTime":[{"daysOfWeek":["mon","sat"],"availableStartTime":"20:00:00","availableEndTime":"08:00:00"},{"daysOfWeek":["wed"],"availableStartTime":"13:00:00.000"}],
			"notAvailable":[{"description":"休假","during":{"start":"2026-05-23","end":"2026-05-24"}},{"description":"已过","during":{"end":"2026-05-01"}}]}`)
		of := w.Brought("assigned")
		for text, fits := range map[string]bool{
			"2026-05-18 19:59": false, "2026-05-18 20:00": true, "2026-05-19 00:00": true, "2026-05-19 07:59": true, "2026-05-19 08:00": false, "2026-05-19 21:00": false,
			"2026-05-17 03:00": true, "2026-05-23 21:00": false, "2026-05-25 21:00": true, "2026-05-20 13:00": true, "2026-05-20 23:59": true, "2026-05-20 12:59": false,
		} {
			at, err := time.ParseInLocation("2006-01-02 15:04", text, services.Zone)
			w.Must(err)
			if err := w.Try(w.As("a doctor elsewhere"), of, "schedule", "time", at); (err == nil) != fits {
				t.Errorf("%s: %v", text, err)
			}
		}
	})
}

// TestBlank: what has to be said is not said by blanks.
func TestBlank(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		if err := w.Try(w.As("another office"), w.Brought("receiving-review"), "reject", "reason", " \t "); fault.CodeOf(err) != fault.Unprocessable && fault.CodeOf(err) != fault.Malformed {
			t.Errorf("a reason of blanks: %v", err)
		}
		letter := referring("heart-b")
		letter[5] = " "
		if err := w.Try(w.As("doctor"), w.Begin(w), "refer", letter...); fault.CodeOf(err) != fault.Unprocessable && fault.CodeOf(err) != fault.Malformed {
			t.Errorf("a history of blanks: %v", err)
		}
	})
}

// TestElsewhere: who takes a patient over does so for the institution that was asked. Working at another one they see nothing of it.
func TestElsewhere(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		of := w.Brought("in-care")
		for at, want := range map[string]bool{"b": true, "c": false} {
			s := w.Working(gate.Doctor, "other", at)
			if _, err := s.Read(w.Context(), fhir.ParseReference("Patient/p").Ref); (err == nil) != want {
				t.Errorf("at %s they read the record: %v", at, err)
			}
			if got := len(w.Tasks(s, "_id="+of.ID)) > 0; got != want {
				t.Errorf("at %s they read the case: %t", at, got)
			}
		}
	})
}

// TestLongest: no permit outlasts what it is for, and none is too short for it.
func TestLongest(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		w.Pass(0)
		if err := w.Try(w.As("a doctor elsewhere"), w.Brought("assigned"), "schedule", "time", w.Now().AddDate(1, 0, 0)); fault.CodeOf(err) != fault.Unprocessable {
			t.Errorf("a time in a year: %v", err)
		}
		of := w.Brought("assigned")
		w.Must(w.Try(w.As("a doctor elsewhere"), of, "schedule", "time", w.Now().AddDate(0, 0, 85)))
		w.Pass(85 * 24 * time.Hour)
		w.Late(of)
		w.Do(of, "arrive")
		w.Pass(20 * 24 * time.Hour)
		sees(w, "another office", "a doctor elsewhere")
	})
}

// TestLongFollowUps: the record is open until the last follow-up, which is within a year.
func TestLongFollowUps(t *testing.T) {
	services.Each(t, down, func(w *services.World) {
		refer := func(days int) (fhir.Ref, error) {
			of := w.Begin(w)
			return of, w.Try(w.As("doctor"), of, "refer", append(down.Moves["refer"].With[:8:8], "follow-up", form.Date(w.Now().AddDate(0, 0, days).Format(time.DateOnly)))...)
		}
		if _, err := refer(400); fault.CodeOf(err) != fault.Unprocessable {
			t.Errorf("a follow-up in more than a year: %v", err)
		}
		of, err := refer(200)
		w.Must(err)
		w.Do(of, "agree send approve accept schedule arrive")
		w.Pass(199 * 24 * time.Hour)
		sees(w, "another office", "a doctor elsewhere")
		w.Do(of, "follow-up")
		sees(w)
	})
}

// TestPlanEnds: with a referral ends its plan.
func TestPlanEnds(t *testing.T) {
	services.Each(t, down, func(w *services.World) {
		for move, want := range map[string]string{"conclude": "completed", "refuse": "revoked", "died": "revoked"} {
			of := w.Brought("in-care")
			w.Do(of, move)
			if text := w.Text(kept(w.Task(of), "plan")); !strings.Contains(text, `"intent":"plan"`) || !strings.Contains(text, `"status":"`+want+`"`) || strings.Contains(text, "not-started") {
				t.Errorf("behind %s: %s", move, text)
			}
		}
	})
}

// TestLetterCloses: who has asked or was asked for reads the letter, its versions and what is asked as long as the referral is theirs, whatever
// ends it, and nobody who has forwarded, declined or rejected it.
func TestLetterCloses(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		const office, doctor = "another office", "a doctor elsewhere"
		reads := func(name string, of fhir.Ref, by ...string) {
			t.Helper()
			letter := fhir.ParseReference(kept(w.Task(of), "letter")).Ref
			for _, who := range []string{office, doctor} {
				for _, ref := range []fhir.Ref{letter, fhir.ParseReference(kept(w.Task(of), "request")).Ref, of} {
					_, err := w.As(who).Read(w.Context(), ref)
					_, past := w.As(who).VRead(w.Context(), ref, 1)
					if want := slices.Contains(by, who); (err == nil) != want || past == nil && !want {
						t.Errorf("%s: %s reads %s: %v, its first version: %v", name, who, ref.Type, err, past)
					}
				}
			}
		}
		taken := toB + " accept schedule arrive"
		for moves, by := range map[string][]string{
			"refer agree send": nil, toB: {office}, toB + " accept": {office, doctor}, toB + " accept decline": {office}, toB + " accept LATE": {office}, toB + " LATE": {office},
			toB + " forward": nil, toB + " reject": nil, toB + " reject refer agree send": nil, toB + " withdraw": nil, toB + " refuse": nil, toB + " died": nil,
			taken: {office, doctor}, taken + " refuse": nil, taken + " died": nil, taken + " conclude": nil, taken + " LATE": nil,
			toB + " accept schedule LATE": {office, doctor}, toB + " accept schedule LATE LATE": nil, toB + " accept schedule turn-away": nil, toB + " LATE close": nil,
		} {
			w.At(services.Monday)
			of := w.Begin(w)
			w.Do(of, moves)
			reads(moves, of, by...)
			if w.State(of) != "refused" && slices.Contains(alive, w.State(of)) {
				w.Do(of, "refuse") // so that no other permit is open
			}
		}
	})
}

// alive are the states in which a resident can refuse.
var alive = strings.Fields("consulting consenting agreed sending-review receiving-review assigned scheduled unconfirmed returned sending-late receiving-late in-care")

// TestClockRaces: at the deadline of a step whoever was to act does, and the clock wakes; one of them wins, and what stands fits together.
func TestClockRaces(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		for state, move := range map[string]string{
			"sending-review": "approve", "receiving-review": "accept", "assigned": "schedule", "scheduled": "arrive", "unconfirmed": "no-show", "in-care": "conclude", "returned": "withdraw",
		} {
			w.At(services.Monday)
			of := w.Brought(state)
			w.At(w.Due(of))
			var all sync.WaitGroup
			var moved, woken error
			all.Go(func() { moved = w.Try(w.As(w.Moves[move].By), of, move) })
			all.Go(func() { woken = w.Wake(of) })
			all.Wait()
			w.Must(woken)
			if code := fault.CodeOf(moved); code != "" && code != fault.Conflict && code != fault.Forbidden && code != fault.NotFound {
				t.Errorf("%s: %v", move, moved)
			}
			permit := kept(w.Task(of), "permit")
			active := permit != "" && strings.Contains(w.Text(permit), `"status":"active"`)
			if open := slices.Contains(shown, w.State(of)); open != active {
				t.Errorf("%s: in %s the permit is active: %t", move, w.State(of), active)
			}
		}
	})
}

// TestRepeated: a move that is asked for again under its key is made once, and who has lost their part by it meanwhile is answered alike.
func TestRepeated(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		for state, move := range map[string]string{"sending-review": "approve", "receiving-review": "forward", "assigned": "decline", "scheduled": "schedule", "in-care": "conclude"} {
			w.At(services.Monday)
			of := w.Brought(state)
			with := []any{}
			for _, value := range w.Moves[move].With {
				if ask, is := value.(services.Asked); is {
					value = ask(w, of)
				}
				with = append(with, value)
			}
			ask := process.Asked{Case: of, Move: move, Needs: services.Parameters(with...), Once: &gate.Idempotency{Key: "once-" + move, Digest: []byte(move), Keep: time.Hour}}
			first, err := w.Engine.Move(w.Context(), w.As(w.Moves[move].By), ask)
			w.Must(err)
			again, err := w.Engine.Move(w.Context(), w.As(w.Moves[move].By), ask)
			w.Must(err)
			if again.Version.Number != first.Version.Number || !again.Replayed {
				t.Errorf("%s: version %d, then %d", move, first.Version.Number, again.Version.Number)
			}
		}
	})
}

// TestSensitive: where the diagnosis or what is attached is of a sensitive class, so is the letter; who reviews it and who takes the patient over see
// it for as long as their part lasts, and nobody else at either institution. What is sensitive beside that stays closed.
func TestSensitive(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		ill := func(id, code string) {
			w.Put(`{"resourceType":"Condition","id":%q,%s,"code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":%q}]},"subject":{"reference":"Patient/p"}}`, id, services.Custodian("a"), code)
		}
		ill("mind", "F20.0")
		ill("virus", "B20")
		w.Put(`{"resourceType":"Consent","status":"active","id":"to-their-doctor","scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},"category":[{"text":"x"}],
			"patient":{"reference":"Patient/p"},"policyRule":{"text":"x"},"provision":{"type":"permit","actor":[{"role":{"text":"x"},"reference":{"reference":"Practitioner/doctor"}}],
			"securityLabel":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"PSY"}]}}`)
		of, err := consult(w, "doctor", "Condition/mind")
		w.Must(err)
		see := func(name string, letter, diagnosis []string) {
			t.Helper()
			for _, who := range []string{"resident", "doctor", "office", "nurse", "another doctor", "another office", "a doctor elsewhere"} {
				for ref, by := range map[string][]string{kept(w.Task(of), "letter"): letter, "Condition/mind": diagnosis, "Condition/virus": nil} {
					_, err := w.As(who).Read(w.Context(), fhir.ParseReference(ref).Ref)
					if want := who == "resident" || slices.Contains(by, who); (err == nil) != want {
						t.Errorf("%s: %s reads %s: %v", name, who, ref, err)
					}
				}
			}
		}
		home, there, taken := []string{"doctor"}, []string{"doctor", "another office"}, []string{"doctor", "another office", "a doctor elsewhere"}
		w.Do(of, "refer agree")
		see("agreed", home, home)
		w.Do(of, "send")
		see("sent", []string{"doctor", "office"}, home)
		w.Do(of, "approve")
		see("approved", there, there)
		w.Do(of, "accept schedule arrive")
		see("in care", taken, taken)
		w.Do(of, "conclude")
		see("concluded", home, home)
	})
}
