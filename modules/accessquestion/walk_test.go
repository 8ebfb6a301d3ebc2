package accessquestion_test

import (
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/store/sqlite"
	"yitong/modules/accessquestion"
)

// TestWalk: whatever people and the clock try in whatever order, a case has an owner, a deadline and its place as long as it is open,
// and none of these when it has ended; and it stays hidden all the while.
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
	for _, m := range accessquestion.Process().Moves {
		if !m.Begins() {
			moves = append(moves, m.Code)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		of := w.asked()
		for range 12 {
			if rapid.IntRange(0, 3).Draw(r, "late") == 0 && w.task(of).Root.Get("restriction").Exists() {
				w.late(of)
			} else {
				move := rapid.SampledFrom(moves).Draw(r, "move")
				err := w.try(rapid.SampledFrom(people).Draw(r, "who"), of, move, given(move)...)
				if err != nil && !slices.Contains([]fault.Code{fault.Forbidden, fault.Conflict, fault.NotFound}, fault.CodeOf(err)) {
					r.Fatalf("%s: %v", move, err)
				}
			}
			whole(r, w.task(of))
		}
	})
}

// whole checks that the parts of a Task go together.
func whole(r *rapid.T, task fhir.Resource) {
	state := task.Root.Get("businessStatus").Get("coding").First().Get("code").Str()
	declared := accessquestion.Process().State(state)
	open := !declared.Final()
	placed := false
	for e := task.Root.Get("extension").First(); e.Exists(); e = e.Next() {
		placed = placed || e.Get("url").Str() == gate.ReservationURL
	}
	if task.Root.Get("owner").Exists() != open || task.Root.Get("restriction").Exists() != open || placed != open {
		r.Fatalf("in %s: %s", state, task.Root.Raw())
	}
	if security := task.Root.Get("meta").Get("security"); security.Len() != 1 || security.First().Get("code").Str() != "withheld" {
		r.Fatalf("in %s it is labelled %s", state, security.Raw())
	}
	if task.Root.Get("status").Str() != declared.Status {
		r.Fatalf("in %s the status is %s", state, task.Root.Get("status").Str())
	}
}
