package accessquestion_test

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
	"yitong/internal/process"
	"yitong/modules/accessquestion"
)

// stories lead over every move. LATE is the clock's.
var stories = []string{
	"ask-looker explain answer dispute find",
	"answer accept", "answer LATE:settle", "LATE:escalate remind answer", "withdraw",
}

// TestGolden: the Task after each move, as it is stored.
func TestGolden(t *testing.T) {
	each(t, func(w world) {
		seen := map[string]bool{}
		for _, story := range stories {
			of := w.asked()
			w.golden(seen, "ask", of)
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
		for _, m := range accessquestion.Process().Moves {
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
	w.must(json.Indent(&out, w.steady(of), "", "  "))
	golden(w.T, move+".json", out.String()+"\n")
}

// steady is a Task without the ids that differ from run to run.
func (w world) steady(of fhir.Ref) []byte {
	task := w.task(of)
	event := input(task, "event").Get("valueReference").Get("identifier").Get("value").Str()
	return bytes.ReplaceAll(bytes.ReplaceAll(task.Root.Raw(), []byte(of.ID), []byte("TASK")), []byte(event), []byte("EVENT"))
}

// TestDeadlines: working days are counted behind the day, over weekends, holidays and days worked instead.
func TestDeadlines(t *testing.T) {
	each(t, func(w world) {
		for _, c := range [][2]string{
			{"2026-02-13 10:00", "2026-02-28"}, // Spring Festival; Saturday 14 February is worked
			{"2026-04-30 08:00", "2026-05-12"}, // Labour Day; Saturday 9 May is worked
			{"2026-05-09 08:00", "2026-05-16"}, // asked on that Saturday
			{"2026-05-15 17:30", "2026-05-23"}, // a Friday
			{"2026-05-16 23:59", "2026-05-23"}, // the Saturday behind it
			{"2026-06-01 09:00", "2026-06-09"}, // a Monday
			{"2026-09-30 14:00", "2026-10-14"}, // National Day; Saturday 10 October is worked
		} {
			from, want := c[0], c[1]
			at, err := time.ParseInLocation("2006-01-02 15:04", from, shanghai)
			w.must(err)
			w.at(at)
			of := w.asked()
			if got := w.deadline(of).In(shanghai).Format("2006-01-02 15:04"); got != want+" 00:00" {
				t.Errorf("asked %s it is due %s, not %s", from, got, want)
			}
			due := w.deadline(of)
			w.pass(48 * time.Hour)
			w.do(w.office(), of, "ask-looker")
			if !w.deadline(of).Equal(due) {
				t.Error("to ask whoever looked has moved the deadline")
			}
			w.at(due.Add(-time.Microsecond))
			if w.wake(of); w.state(of) != "explaining" {
				t.Errorf("before its deadline it is %s", w.state(of))
			}
			w.at(due)
			if w.wake(of); w.state(of) != "escalated" {
				t.Errorf("at its deadline it is %s", w.state(of))
			}
			w.do(w.regulator(), of, "remind")
			if w.state(of) != "open" || !w.deadline(of).After(due) {
				t.Errorf("reminded it is %s until %s", w.state(of), w.deadline(of))
			}
		}
	})
}

// TestRace: at the deadline the office answers, the resident withdraws and the clock wakes, many times over; one of them wins.
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
					errs[i] = w.try(w.office(), of, "answer", given("answer")...)
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
		// A resident may withdraw what was answered or is late: then there are two moves, one behind the other.
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
	for _, m := range accessquestion.Process().Moves {
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
