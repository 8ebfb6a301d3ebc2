package process_test

import (
	"maps"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/process"
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
