package process_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/process"
	"yitong/internal/store"
	"yitong/test/databases"
)

// TestCounts: what there is to do is counted for whom it is to act, by process, with what is overdue; what has ended is not.
func TestCounts(t *testing.T) {
	each(t, func(w world) {
		count := func(s *gate.Session, b process.Box, want map[string]process.Count) {
			t.Helper()
			got, err := w.engine.Counts(t.Context(), s, b)
			if err != nil || !maps.Equal(got, want) {
				t.Errorf("%s of %s: %v, want %v (%v)", b.Of, s.Actor().Reference, got, want, err)
			}
		}
		none := map[string]process.Count{}
		office, mine := process.Box{Of: process.Office}, process.Box{Of: process.Mine}
		count(w.office(), office, none)
		first := w.ask()
		w.pass(2 * time.Hour)
		second, third := w.ask(), w.ask()
		count(w.office(), office, map[string]process.Count{"asked": {Open: 3}})
		count(w.as(gate.Office, "other", "Organization/b"), office, none)
		w.pass(23 * time.Hour)
		count(w.office(), office, map[string]process.Count{"asked": {Open: 3, Overdue: 1}})
		count(w.office(), process.Box{Of: process.Office, Process: "delegation"}, none)
		if got := w.move(w.office(), second, "answer", "text", "x"); got != "" {
			t.Fatal(got)
		}
		if got := w.move(w.office(), third, "assign", "doctor", "Practitioner/doctor"); got != "" {
			t.Fatal(got)
		}
		count(w.office(), office, map[string]process.Count{"asked": {Open: 1, Overdue: 1}})
		count(w.doctor(), mine, map[string]process.Count{"asked": {Open: 1}})
		w.must(w.engine.Wake(t.Context(), w.gate.Session(process.Clock), []byte(`{"task":"`+first.ID+`"}`)))
		count(w.office(), office, none)
		held := process.Box{Of: process.Role}
		count(w.regulator(), held, map[string]process.Count{"asked": {Open: 1}})
		box, err := w.engine.Inbox(t.Context(), w.regulator(), held)
		if err != nil || len(box.Cases) != 1 || box.Cases[0].ID() != first.ID {
			t.Errorf("what waits for a role is in the inbox of who has it: %v (%v)", box, err)
		}
		if _, err := w.engine.Counts(t.Context(), w.resident(), process.Box{Of: process.Begun}); fault.CodeOf(err) != fault.Unprocessable {
			t.Error(err)
		}
	})
}

// TestOfficeOfOthers: what waits for an institution is neither counted nor shown by empty pages to those who do not act for it, though they
// may have a part of their own in such cases.
func TestOfficeOfOthers(t *testing.T) {
	each(t, func(w world) {
		of := w.ask()
		w.ask()
		for _, b := range []process.Box{{Of: process.Office, Count: 1}, {Of: process.Office, Count: 1, Process: "asked"}} {
			for _, x := range []struct {
				who  *gate.Session
				open int
			}{{w.doctor(), 0}, {w.as(gate.Nurse, "nurse", "Organization/a"), 0}, {w.office(), 2}} {
				counts, err := w.engine.Counts(t.Context(), x.who, b)
				w.must(err)
				box, err := w.engine.Inbox(t.Context(), x.who, b)
				w.must(err)
				if counts["asked"].Open != x.open || len(box.Cases) != min(x.open, 1) || (box.Next != "") != (x.open > 1) {
					t.Errorf("%s is told %v, and %d of them, then %q", x.who.Actor().Reference, counts, len(box.Cases), box.Next)
				}
			}
		}
		if got := w.move(w.office(), of, "assign", "doctor", "Practitioner/doctor"); got != "" {
			t.Fatal(got)
		}
		counts, err := w.engine.Counts(t.Context(), w.doctor(), process.Box{Of: process.Mine})
		if err != nil || counts["asked"].Open != 1 {
			t.Errorf("the doctor's own: %v (%v)", counts, err)
		}
	})
}

// TestOnly: who is a party is of the kind that the table says.
func TestOnly(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		p := asked(1)
		p.Parties[0].Only = process.Person // the move sets an institution
		w := newWorld(t, db, p)
		_, err := w.engine.Begin(t.Context(), w.resident(), "asked", "ask", w.needs("of", "Organization/a", "text", "why?"), nil)
		if fault.CodeOf(err) != fault.Internal || !strings.Contains(err.Error(), "a kind that is not institution") {
			t.Error(err)
		}
	})
}
