package process_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/process"
	"yitong/internal/store"
	"yitong/test/databases"
)

// TestCase: a case goes its way; each move is by who may make it, from where it may be made, and stands with all that belongs to it.
func TestCase(t *testing.T) {
	each(t, func(w world) {
		of, due := w.ask(), w.now.Load().Add(24*time.Hour)
		w.pass(time.Minute)
		if got := w.move(w.doctor(), of, "answer", "text", "x"); got != fault.NotFound {
			t.Errorf("a doctor who has no part in it: %s", got)
		}
		if got := w.move(w.as(gate.Office, "other", "Organization/b"), of, "assign", "doctor", "Practitioner/doctor"); got != fault.NotFound {
			t.Errorf("another office: %s", got)
		}
		if got := w.move(w.as(gate.Resident, "q", ""), of, "withdraw"); got != fault.NotFound {
			t.Errorf("another resident: %s", got)
		}
		if got := w.move(w.resident(), of, "answer", "text", "x"); got != fault.Forbidden {
			t.Errorf("the resident answers: %s", got)
		}
		if got := w.move(w.office(), of, "escalate"); got != fault.Forbidden {
			t.Errorf("somebody makes the clock's move: %s", got)
		}
		if got := w.move(w.office(), of, "ask"); got != fault.Unprocessable {
			t.Errorf("a case begins again: %s", got)
		}
		if got := w.move(w.office(), of, "assign"); got != fault.Unprocessable && got != fault.Malformed {
			t.Errorf("nothing filled in: %s", got)
		}
		if got := w.move(w.office(), of, "assign", "doctor", "Practitioner/doctor"); got != "" {
			t.Fatal(got)
		}
		view, err := w.engine.Moves(t.Context(), w.doctor(), of)
		if err == nil && !view.Deadline().Equal(due) {
			t.Errorf("the deadline is %s, and was %s", view.Deadline(), due)
		}
		if err != nil || len(view.Moves) != 1 || view.Moves[0].Code != "answer" || view.State.Code != "assigned" {
			t.Fatalf("the doctor may %v (%v)", view, err)
		}
		w.pass(time.Hour)
		if got := w.move(w.doctor(), of, "answer", "text", "because"); got != "" {
			t.Fatal(got)
		}
		if got := w.move(w.office(), of, "answer", "text", "because"); got != fault.Conflict {
			t.Errorf("a second answer: %s", got)
		}
		steps, err := w.engine.History(t.Context(), w.resident(), of)
		if err != nil || len(steps) != 3 {
			t.Fatalf("%v %v", steps, err)
		}
		for i, want := range []string{"ask open Patient/p", "assign assigned Practitioner/office", "answer answered Practitioner/doctor"} {
			if got := strings.Join([]string{steps[i].Move, steps[i].To, steps[i].Who.Reference}, " "); got != want {
				t.Errorf("step %d was %s, not %s", i, got, want)
			}
		}
		if stay := steps[1].Until.Sub(steps[1].At); stay != time.Hour {
			t.Errorf("it was assigned for %s", stay)
		}
	})
}

// TestStay: a move that stays in its state is no end of how long the case is there, and what it still is in has none.
func TestStay(t *testing.T) {
	each(t, func(w world) {
		of := w.ask()
		begun := w.now.Load()
		for range 2 {
			w.pass(time.Hour)
			if got := w.move(w.office(), of, "assign", "doctor", "Practitioner/doctor"); got != "" {
				t.Fatal(got)
			}
		}
		stays := func() (all string) {
			steps, err := w.engine.History(t.Context(), w.office(), of)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range steps {
				all += fmt.Sprintf(" %s %s", s.To, s.At.Sub(*begun))
				if !s.Until.IsZero() {
					all += "-" + s.Until.Sub(*begun).String()
				}
			}
			return all
		}
		if got := stays(); got != " open 0s-1h0m0s assigned 1h0m0s assigned 2h0m0s" {
			t.Errorf("assigned twice:%s", got)
		}
		w.pass(time.Hour)
		if got := w.move(w.doctor(), of, "answer", "text", "because"); got != "" {
			t.Fatal(got)
		}
		if got := stays(); got != " open 0s-1h0m0s assigned 1h0m0s-3h0m0s assigned 2h0m0s-3h0m0s answered 3h0m0s" {
			t.Errorf("answered:%s", got)
		}
	})
}

// TestRace: of many who make the same move at once one does, and the others are told by whom the case was brought where it is.
func TestRace(t *testing.T) {
	each(t, func(w world) {
		of := w.ask()
		errs := make([]error, 8)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				move, needs := "answer", w.needs("text", fmt.Sprint(i))
				if i%2 == 0 {
					move, needs = "withdraw", w.needs()
				}
				s := w.office()
				if i%2 == 0 {
					s = w.resident()
				}
				_, errs[i] = w.engine.Move(t.Context(), s, process.Asked{Case: of, Move: move, Needs: needs})
			})
		}
		all.Wait()
		won := 0
		for i, err := range errs {
			switch {
			case err == nil:
				won++
			case fault.CodeOf(err) != fault.Conflict || !strings.Contains(err.Error(), "Practitioner/office") && !strings.Contains(err.Error(), "Patient/p"):
				t.Errorf("move %d: %v", i, err)
			}
		}
		if won != 1 {
			t.Errorf("%d moves were made", won)
		}
	})
}

// TestOnce: a move that is asked for again under its key is made once, and answered alike.
func TestOnce(t *testing.T) {
	each(t, func(w world) {
		of := w.ask()
		once := func(key string) *gate.Idempotency {
			return &gate.Idempotency{Key: key, Digest: []byte("d"), Keep: time.Hour}
		}
		ask := process.Asked{Case: of, Move: "answer", Needs: w.needs("text", "x"), Once: once("k")}
		one, err := w.engine.Move(t.Context(), w.office(), ask)
		w.must(err)
		two, err := w.engine.Move(t.Context(), w.office(), ask)
		if err != nil || two.Version.Number != one.Version.Number || !two.Replayed {
			t.Errorf("again: %+v %v", two, err)
		}
		ask.Once = once("other")
		if _, err := w.engine.Move(t.Context(), w.office(), ask); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("another time: %v", err)
		}
		begin := func() gate.Result {
			made, err := w.engine.Begin(t.Context(), w.resident(), "asked", "ask", w.needs("of", "Organization/a", "text", "why?"), once("b"))
			w.must(err)
			return made
		}
		if a, b := begin(), begin(); a.Version.Ref != b.Version.Ref {
			t.Error("a case was begun twice")
		}
	})
}

// TestClock: a deadline that passes is a move, made once, however often and wherever the clock is woken; who moved before is left alone.
func TestClock(t *testing.T) {
	each(t, func(w world) {
		late, early := w.ask(), w.ask()
		args := func(id string) []byte { return fmt.Appendf(nil, `{"task":%q}`, id) }
		clock := w.gate.Session(process.Clock)
		w.must(w.engine.Wake(t.Context(), clock, args(late.ID)))
		if s := w.state(late); s != "open" {
			t.Errorf("before its deadline it is %s", s)
		}
		if got := w.move(w.office(), early, "answer", "text", "x"); got != "" {
			t.Fatal(got)
		}
		w.pass(24 * time.Hour)
		var all sync.WaitGroup
		for range 6 {
			for _, id := range []string{late.ID, early.ID, "nobody"} {
				all.Go(func() {
					if err := w.engine.Wake(t.Context(), clock, args(id)); err != nil {
						t.Error(err)
					}
				})
			}
		}
		all.Wait()
		if a, b := w.state(late), w.state(early); a != "escalated" || b != "answered" {
			t.Errorf("they are %s and %s", a, b)
		}
		steps, err := w.engine.History(t.Context(), w.regulator(), late)
		if err != nil || len(steps) != 2 || steps[1].Who.Reference != process.Clock.Reference {
			t.Errorf("%v %v", steps, err)
		}
		if got := w.move(w.office(), late, "assign", "doctor", "Practitioner/doctor"); got != fault.Conflict {
			t.Errorf("the office, too late: %s", got)
		}
		if got := w.move(w.regulator(), late, "answer", "text", "x"); got != "" {
			t.Errorf("the regulator: %s", got)
		}
	})
}

// TestAlarms: with a deadline a job stands in the same transaction, due then.
func TestAlarms(t *testing.T) {
	each(t, func(w world) {
		w.ask()
		n, due, err := w.db.Outbox(t.Context())
		if err != nil || n != 1 || !due.Equal(w.now.Load().Add(24*time.Hour)) {
			t.Errorf("%d jobs, due %s (%v)", n, due, err)
		}
		if _, err := w.engine.Begin(t.Context(), w.resident(), "asked", "ask", w.needs("of", "Organization/a", "text", "refuse"), nil); fault.CodeOf(err) != fault.Unprocessable {
			t.Error(err)
		}
		if n, _, err := w.db.Outbox(t.Context()); err != nil || n != 1 {
			t.Errorf("%d jobs (%v) after a case that was not begun", n, err)
		}
	})
}

// TestOwned: nobody writes a case, or who has moved it, but by moves.
func TestOwned(t *testing.T) {
	each(t, func(w world) {
		of := w.ask()
		s := w.gate.Session(gate.Actor{Reference: "Practitioner/office", Access: gate.Whole()})
		v, err := s.Read(t.Context(), of)
		w.must(err)
		_, err = s.Apply(t.Context(), []gate.Op{{Kind: gate.Delete, Type: of.Type, ID: of.ID}}, nil)
		if fault.CodeOf(err) != fault.Forbidden {
			t.Errorf("%v: %s", err, v.Body.Bytes)
		}
	})
}

// TestStandIn: who stands in for somebody makes their moves, with the same role at the same institution, for as long as it is said.
func TestStandIn(t *testing.T) {
	each(t, func(w world) {
		of := w.ask()
		if got := w.move(w.office(), of, "assign", "doctor", "Practitioner/doctor"); got != "" {
			t.Fatal(got)
		}
		substitute := w.as(gate.Doctor, "substitute", "Organization/a")
		if got := w.move(substitute, of, "answer", "text", "x"); got != fault.NotFound {
			t.Errorf("before: %s", got)
		}
		until := w.now.Load().Add(10 * time.Hour).Format(time.RFC3339)
		_, err := w.engine.Begin(t.Context(), w.doctor(), "delegation", "delegate", w.needs("stand-in", "Practitioner/substitute", "until", until), nil)
		w.must(err)
		for _, s := range []*gate.Session{w.as(gate.Nurse, "substitute", "Organization/a"), w.as(gate.Doctor, "substitute", "Organization/b")} {
			if got := w.move(s, of, "answer", "text", "x"); got != fault.NotFound {
				t.Errorf("as %+v: %s", s.Actor(), got)
			}
		}
		box, err := w.engine.Inbox(t.Context(), substitute, process.Box{Process: "asked"})
		if err != nil || len(box.Cases) != 1 {
			t.Errorf("the inbox has %v (%v)", box, err)
		}
		w.pass(11 * time.Hour)
		if got := w.move(substitute, of, "answer", "text", "x"); got != fault.NotFound {
			t.Errorf("when it is over: %s", got)
		}
		w.pass(-2 * time.Hour)
		if got := w.move(substitute, of, "answer", "text", "x"); got != "" {
			t.Errorf("while it lasts: %s", got)
		}
	})
}

// TestInbox: an inbox has what there is to do, the most urgent first, and nothing that has ended.
func TestInbox(t *testing.T) {
	each(t, func(w world) {
		var want []string
		for range 5 {
			want = append(want, w.ask().ID)
			w.pass(time.Hour)
		}
		done := w.ask()
		if got := w.move(w.office(), done, "answer", "text", "x"); got != "" {
			t.Fatal(got)
		}
		ids := func(s *gate.Session, b process.Box) (list []string) {
			for {
				box, err := w.engine.Inbox(t.Context(), s, b)
				w.must(err)
				for _, c := range box.Cases {
					list = append(list, c.ID())
				}
				if b.Page = box.Next; b.Page == "" {
					return list
				}
			}
		}
		if got := ids(w.office(), process.Box{Of: process.Office, Count: 2}); !slices.Equal(got, want) {
			t.Errorf("the office has %v, want %v", got, want)
		}
		w.pass(21 * time.Hour) // five and one hours have gone by
		if got := ids(w.office(), process.Box{Of: process.Office, Late: true}); !slices.Equal(got, want[:3]) {
			t.Errorf("late are %v, want %v", got, want[:3])
		}
		if got := ids(w.as(gate.Office, "other", "Organization/b"), process.Box{Of: process.Office}); len(got) > 0 {
			t.Errorf("another office has %v", got)
		}
		w.must(w.engine.Wake(t.Context(), w.gate.Session(process.Clock), fmt.Appendf(nil, `{"task":%q}`, want[0])))
		if got := ids(w.regulator(), process.Box{Of: process.Role}); !slices.Equal(got, want[:1]) {
			t.Errorf("the regulator has %v", got)
		}
		if got := ids(w.resident(), process.Box{Of: process.Begun}); len(got) != 6 {
			t.Errorf("the resident has %v", got)
		}
	})
}

// TestAt: who has a part for an institution has it there: signed in for another they know nothing of the case, and it does not wait for them.
func TestAt(t *testing.T) {
	each(t, func(w world) {
		of := w.ask()
		if got := w.move(w.office(), of, "assign", "doctor", "Practitioner/doctor"); got != "" {
			t.Fatal(got)
		}
		for institution, want := range map[string]int{"Organization/a": 1, "Organization/b": 0} {
			s := w.as(gate.Doctor, "doctor", institution)
			for _, b := range []process.Box{{Of: process.Mine}, {Of: process.Mine, Process: "asked"}} {
				box, err := w.engine.Inbox(t.Context(), s, b)
				w.must(err)
				counts, err := w.engine.Counts(t.Context(), s, b)
				w.must(err)
				if len(box.Cases) != want || counts["asked"].Open != want {
					t.Errorf("at %s %d wait, and %+v are counted", institution, len(box.Cases), counts)
				}
			}
		}
		elsewhere := w.as(gate.Doctor, "doctor", "Organization/b")
		if _, err := w.engine.Moves(t.Context(), elsewhere, of); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("elsewhere they are told of it: %v", err)
		}
		if got := w.move(elsewhere, of, "answer", "text", "x"); got != fault.NotFound {
			t.Errorf("elsewhere they move it: %s", got)
		}
		if got := w.move(w.doctor(), of, "answer", "text", "x"); got != "" {
			t.Error(got)
		}
	})
}

// TestFocus: a case that begins is about a resource of a type that its process says, or does not begin.
func TestFocus(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		for _, types := range [][]schema.Type{nil, {typePatient}} {
			p := asked(1)
			p.Focus = types
			w := newWorld(t, db, p)
			_, err := w.engine.Begin(t.Context(), w.resident(), "asked", "ask", w.needs("of", "Organization/a", "text", "why?"), nil)
			if fault.CodeOf(err) != fault.Internal || !strings.Contains(err.Error(), "Focus has no such type") {
				t.Errorf("%v: %v", types, err)
			}
		}
	})
}

// TestTables: a table that makes no sense is refused before anything runs.
func TestTables(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*process.Process){
		"no name":                func(p *process.Process) { p.Words.Zh = "" },
		"an unknown state":       func(p *process.Process) { p.Moves[0].To = []string{"nowhere"} },
		"a state twice":          func(p *process.Process) { p.States = append(p.States, p.States[0]) },
		"a dead end":             func(p *process.Process) { p.Moves[2].From = []string{"open"}; p.Moves[3].From = []string{"open"} },
		"a state never reached":  func(p *process.Process) { p.Moves[4].To = []string{"open"} },
		"nobody's move":          func(p *process.Process) { p.Moves[3].By = nil },
		"elsewhere, and by hand": func(p *process.Process) { p.Moves[3].Happens = true },
		"no such party":          func(p *process.Process) { p.States[0].Owner = "nobody" },
		"no such kind":           func(p *process.Process) { p.Parties[0].Only = "king" },
		"no such role":           func(p *process.Process) { p.Moves[3].By[0].Roles = []gate.Role{"king"} },
		"a deadline at the end":  func(p *process.Process) { p.States[3].Within = "a-day" },
		"a late move elsewhere":  func(p *process.Process) { p.States[0].Late = "ask" },
		"a status of no Task":    func(p *process.Process) { p.States[0].Status = "odd" },
		"the engine's own move":  func(p *process.Process) { p.Moves[3].Code = "recount" },
		"no decision":            func(p *process.Process) { p.Moves[0].Decide = nil },
	} {
		p := asked(1)
		if err := p.Check(); err != nil {
			t.Fatal(err)
		}
		if spoil(p); p.Check() == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := process.New(process.Config{Processes: []*process.Process{asked(1), asked(1)}, Deadline: newRules(t).deadline}); err == nil {
		t.Error("a process twice: taken")
	}
	if _, err := process.New(process.Config{Processes: []*process.Process{asked(1)}}); err == nil {
		t.Error("a rule that nobody knows: taken")
	}
}
