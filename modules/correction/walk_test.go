package correction_test

import (
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/store/sqlite"
	"yitong/modules/correction"
)

// TestWalk: whatever people and the clock try in whatever order, a case has an owner, a deadline and its place as long as it is open,
// and none of these when it has ended; and nobody appeals twice.
func TestWalk(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "record.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	w := newWorld(t, db)
	people := []*gate.Session{w.resident(), w.as(gate.Proxy, "q", ""), w.office(), w.doctor(), w.regulator()}
	var moves []string
	for _, m := range correction.Process().Moves {
		if !m.Begins() {
			moves = append(moves, m.Code)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		of, appeals := w.asked(), 0
		for range 12 {
			if rapid.IntRange(0, 3).Draw(r, "late") == 0 && w.task(of).Root.Get("restriction").Exists() {
				w.late(of)
			} else {
				move := rapid.SampledFrom(moves).Draw(r, "move")
				switch err := w.try(rapid.SampledFrom(people).Draw(r, "who"), of, move, given(move)...); {
				case err == nil && move == "appeal":
					appeals++
				case err != nil && !slices.Contains([]fault.Code{fault.Forbidden, fault.Conflict, fault.NotFound}, fault.CodeOf(err)):
					r.Fatalf("%s: %v", move, err)
				}
			}
			if appeals > 1 {
				r.Fatalf("%d appeals", appeals)
			}
			whole(r, w.task(of))
		}
	})
}

// whole checks that the parts of a Task go together.
func whole(r *rapid.T, task fhir.Resource) {
	state := task.Root.Get("businessStatus").Get("coding").First().Get("code").Str()
	declared := correction.Process().State(state)
	open := !declared.Final()
	placed := false
	for e := task.Root.Get("extension").First(); e.Exists(); e = e.Next() {
		placed = placed || e.Get("url").Str() == gate.ReservationURL
	}
	if task.Root.Get("owner").Exists() != open || task.Root.Get("restriction").Exists() != open || placed != open {
		r.Fatalf("in %s: %s", state, task.Root.Raw())
	}
	if task.Root.Get("status").Str() != declared.Status {
		r.Fatalf("in %s the status is %s", state, task.Root.Get("status").Str())
	}
}
