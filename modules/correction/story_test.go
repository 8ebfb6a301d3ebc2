package correction_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/process"
	"yitong/modules/correction"
)

// stories lead over every move. LATE is the clock's.
var stories = []string{
	"assign refuse appeal order LATE:escalate-order remind-order correct",
	"LATE:escalate remind refuse LATE:settle",
	"LATE:escalate order LATE:escalate-order enforce",
	"refuse appeal uphold",
	"withdraw",
}

// TestGolden: the Task after each move, as it is stored.
func TestGolden(t *testing.T) {
	each(t, func(w world) {
		seen := map[string]bool{}
		for _, story := range stories {
			of := w.asked()
			w.golden(seen, "request", of)
			for move := range strings.FieldsSeq(story) {
				w.pass(time.Hour)
				if name, late := strings.CutPrefix(move, "LATE:"); late {
					w.late(of)
					move = name
				} else {
					w.do(w.by(move), of, move)
				}
				w.golden(seen, move, of)
			}
		}
		for _, m := range correction.Process().Moves {
			if !seen[m.Code] {
				t.Errorf("no story has the move %s", m.Code)
			}
		}
	})
}

// golden holds the Task after the first use of a move against its file.
func (w world) golden(seen map[string]bool, move string, of fhir.Ref) {
	w.Helper()
	if seen[move] {
		return
	}
	seen[move] = true
	var out bytes.Buffer
	w.must(json.Indent(&out, bytes.ReplaceAll(w.task(of).Root.Raw(), []byte(of.ID), []byte("TASK")), "", "  "))
	golden(w.T, move+".json", out.String()+"\n")
}

// TestDeadlines: working days are counted behind the day, over weekends, holidays and days worked instead.
func TestDeadlines(t *testing.T) {
	each(t, func(w world) {
		for from, want := range map[string]string{
			"2026-05-11 09:00": "2026-06-02", // a Monday; three weeks without holidays
			"2026-05-16 23:59": "2026-06-06", // a Saturday
			"2026-09-16 00:00": "2026-10-14", // Mid-Autumn and National Day; 20 September and 10 October are worked
		} {
			at, err := time.ParseInLocation("2006-01-02 15:04", from, shanghai)
			w.must(err)
			w.at(at)
			of := w.asked()
			if got := w.deadline(of).In(shanghai).Format("2006-01-02 15:04"); got != want+" 00:00" {
				t.Errorf("asked %s it is due %s, not %s", from, got, want)
			}
			due := w.deadline(of)
			w.pass(48 * time.Hour)
			w.do(w.office(), of, "assign")
			if !w.deadline(of).Equal(due) {
				t.Error("to assign it has moved the deadline")
			}
			w.at(due.Add(-time.Microsecond))
			if w.wake(of); w.state(of) != "assigned" {
				t.Errorf("before its deadline it is %s", w.state(of))
			}
			w.at(due)
			if w.wake(of); w.state(of) != "escalated" {
				t.Errorf("at its deadline it is %s", w.state(of))
			}
			w.do(w.regulator(), of, "remind")
			if w.state(of) != "assigned" || !w.deadline(of).After(due) {
				t.Errorf("reminded it is %s until %s", w.state(of), w.deadline(of))
			}
		}
	})
}

// TestRace: at the deadline the office refuses, the resident withdraws and the clock wakes, many times over; one of them wins.
func TestRace(t *testing.T) {
	each(t, func(w world) {
		of := w.asked()
		w.at(w.deadline(of))
		var all sync.WaitGroup
		errs := make([]error, 9)
		for i := range errs {
			all.Go(func() {
				switch i % 3 {
				case 0:
					errs[i] = w.engine.Wake(t.Context(), w.gate.Session(process.Clock), fmt.Appendf(nil, `{"task":%q}`, of.ID))
				case 1:
					errs[i] = w.try(w.office(), of, "refuse", given("refuse")...)
				case 2:
					errs[i] = w.try(w.resident(), of, "withdraw")
				}
			})
		}
		all.Wait()
		won := 0
		for i, err := range errs {
			if i%3 == 0 {
				w.must(err)
				continue
			}
			if err == nil {
				won++
			} else if fault.CodeOf(err) != fault.Conflict {
				t.Error(err)
			}
		}
		steps, err := w.engine.History(t.Context(), w.resident(), of)
		w.must(err)
		// A resident may withdraw what was refused or is late: then there are two moves, one behind the other.
		if last := steps[len(steps)-1]; len(steps) > 3 || len(steps) == 3 && last.To != "withdrawn" {
			t.Errorf("%d moves were made: %+v", len(steps)-1, steps)
		}
		byHand := 0
		for _, s := range steps[1:] {
			if s.Move != "escalate" {
				byHand++
			}
		}
		if byHand != won {
			t.Errorf("%d were told that they have moved it, and %d have", won, byHand)
		}
	})
}

// TestTold: who has to know is told, and the text names nothing of the case.
func TestTold(t *testing.T) {
	t.Parallel()
	for _, m := range correction.Process().Moves {
		if len(m.Tells) == 0 {
			t.Errorf("nobody is told of %s", m.Code)
		}
		for _, tell := range m.Tells {
			if strings.ContainsAny(tell.Text.Zh+tell.Text.En, "{%0123456789/") {
				t.Errorf("%s tells %s more than it should: %s", m.Code, tell.Party, tell.Text.Zh)
			}
		}
	}
}

// TestReasons: a refusal without a reason of the list, or without words, is none.
func TestReasons(t *testing.T) {
	each(t, func(w world) {
		of := w.asked()
		for _, needs := range [][]any{{}, {"reason", code("accurate")}, {"why", "x"}, {"reason", code("busy"), "why", "x"}, {"reason", code("other"), "why", "  "}} {
			if err := w.try(w.office(), of, "refuse", needs...); fault.CodeOf(err) != fault.Malformed && fault.CodeOf(err) != fault.Unprocessable {
				t.Errorf("%v: %v", needs, err)
			}
		}
		if s := w.state(of); s != "open" {
			t.Errorf("it is %s", s)
		}
	})
}

// TestAssigned: the deadline is the institution's, and who is assigned is one of its own.
func TestAssigned(t *testing.T) {
	each(t, func(w world) {
		of := w.asked()
		for _, post := range []string{"PractitionerRole/other-b", "PractitionerRole/none"} {
			if err := w.try(w.office(), of, "assign", "post", ref(post)); fault.CodeOf(err) != fault.Unprocessable {
				t.Errorf("%s: %v", post, err)
			}
		}
		w.do(w.office(), of, "assign")
		if err := w.try(w.office(), of, "assign", "post", ref("PractitionerRole/second-a")); err != nil {
			t.Fatal(err)
		}
		if err := w.try(w.doctor(), of, "correct", "version", 2); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("who is not assigned any more: %v", err)
		}
		w.do(w.as(gate.Nurse, "second", "a"), of, "correct")
	})
}
