package process_test

import (
	"slices"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/process"
	"yitong/internal/store"
	"yitong/test/databases"
)

// TestVersions: a case goes on by the version that it began with, beside those that begin now, until it is brought over where that is
// declared.
func TestVersions(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		w := newWorld(t, db, asked(1))
		open, assigned, done := w.ask(), w.ask(), w.ask()
		if got := w.move(w.office(), assigned, "assign", "doctor", "Practitioner/doctor"); got != "" {
			t.Fatal(got)
		}
		if got := w.move(w.office(), done, "answer", "text", "x"); got != "" {
			t.Fatal(got)
		}
		two := asked(2)
		two.Moves[3].From = []string{"escalated"} // nobody withdraws any more what has just been asked
		two.Upgrade = &process.Upgrade{States: map[string]string{"open": "open", "escalated": "escalated"}}
		again := newWorld(t, db, asked(1), two)
		again.now = w.now
		if v, err := again.engine.Moves(t.Context(), again.resident(), open); err != nil || len(v.Moves) != 1 || v.Process.Version != 1 {
			t.Errorf("the old case: %v %v", v, err)
		}
		begun := again.ask()
		if v, err := again.engine.Moves(t.Context(), again.resident(), begun); err != nil || len(v.Moves) != 0 || v.Process.Version != 2 {
			t.Errorf("the new case: %v %v", v, err)
		}
		bring := func(ref fhir.Ref) fault.Code {
			_, err := again.engine.BringOver(t.Context(), again.office(), ref, 0, nil)
			return fault.CodeOf(err)
		}
		if _, err := again.engine.BringOver(t.Context(), again.office(), open, 7, nil); fault.CodeOf(err) != fault.Precondition {
			t.Errorf("in another version: %v", err)
		}
		once := &gate.Idempotency{Key: "over", Digest: []byte("over"), Keep: time.Hour}
		for range 2 {
			if made, err := again.engine.BringOver(t.Context(), again.office(), open, 0, once); err != nil || made.Version.Number != 2 {
				t.Errorf("once: %+v, %v", made.Version, err)
			}
		}
		for ref, want := range map[fhir.Ref]fault.Code{open: fault.Conflict, assigned: fault.Conflict, done: fault.Conflict, begun: fault.Conflict} {
			if got := bring(ref); got != want {
				t.Errorf("%s: %q, want %q", ref, got, want)
			}
		}
		v, err := again.engine.Moves(t.Context(), again.resident(), open)
		if err != nil || len(v.Moves) != 0 || v.Process.Version != 2 || v.Deadline().IsZero() {
			t.Errorf("when it is brought over: %v %v", v, err)
		}
		steps, err := again.engine.History(t.Context(), again.resident(), open)
		if err != nil || len(steps) != 2 || steps[1].Move != "upgrade" {
			t.Errorf("%v %v", steps, err)
		}
		old := newWorld(t, db, asked(1))
		if _, err := old.engine.Moves(t.Context(), old.resident(), open); fault.CodeOf(err) != fault.Unavailable {
			t.Errorf("a server of the version before: %v", err)
		}
	})
}

// TestMany: the same move in several cases stands or falls in each by itself, and once.
func TestMany(t *testing.T) {
	each(t, func(w world) {
		one, two := w.ask(), w.ask()
		if got := w.move(w.resident(), one, "withdraw"); got != "" {
			t.Fatal(got)
		}
		all, err := w.engine.MoveMany(t.Context(), w.office(), []fhir.Ref{one, two, {Type: one.Type, ID: "none"}}, "answer", w.needs("text", "x"), nil)
		w.must(err)
		for i, want := range []fault.Code{fault.Conflict, "", fault.NotFound} {
			if got := fault.CodeOf(all[i].Err); got != want {
				t.Errorf("case %d: %q, want %q", i, got, want)
			}
		}
		if _, err := w.engine.MoveMany(t.Context(), w.office(), make([]fhir.Ref, 201), "answer", w.needs(), nil); fault.CodeOf(err) != fault.TooLarge {
			t.Error(err)
		}
	})
}

// TestMovesOfMany: of several cases those moves are told that can be made in each; of one that is not for who asks, nothing is.
func TestMovesOfMany(t *testing.T) {
	each(t, func(w world) {
		one, two := w.ask(), w.ask()
		codes := func(s *gate.Session, all ...fhir.Ref) (codes []string) {
			t.Helper()
			v, err := w.engine.Moves(t.Context(), s, all[0], all[1:]...)
			w.must(err)
			for _, m := range v.Moves {
				codes = append(codes, m.Code)
			}
			return codes
		}
		if got := codes(w.office(), one, two); !slices.Equal(got, []string{"assign", "answer"}) {
			t.Errorf("of two that are open: %v", got)
		}
		if got := w.move(w.resident(), two, "withdraw"); got != "" {
			t.Fatal(got)
		}
		if got := codes(w.office(), one, two); got != nil {
			t.Errorf("of one that has ended: %v", got)
		}
		for _, other := range []fhir.Ref{w.askOf("Organization/b"), {Type: one.Type, ID: "none"}} {
			if _, err := w.engine.Moves(t.Context(), w.office(), one, other); fault.CodeOf(err) != fault.NotFound {
				t.Errorf("beside %s: %v", other, err)
			}
		}
		if _, err := w.engine.Moves(t.Context(), w.office(), one, make([]fhir.Ref, 200)...); fault.CodeOf(err) != fault.TooLarge {
			t.Error(err)
		}
	})
}
