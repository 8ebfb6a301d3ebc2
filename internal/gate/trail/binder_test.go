package trail_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"yitong/internal/gate/trail"
	"yitong/internal/store"
	"yitong/test/databases"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// TestBinder: all lines come into batches, once, in the order in which they were left, under digests that are theirs; a batch is found
// by whom it is about, and by who did it.
func TestBinder(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		at := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
		var want [][]byte
		for n := range 7000 {
			r := trail.Record{ID: trail.NewID(at), At: at, Do: "read", Outcome: trail.Done, Who: "Practitioner/a", Of: []string{"Patient/often"}}
			if n == 1234 {
				r.Who, r.Of, r.Query = "Practitioner/\"x\"", []string{"Patient/rare"}, "name=\"of\":[\"Patient/none\"]"
			}
			if n%700 == 699 {
				r.Query = string(bytes.Repeat([]byte("criteria "), 10_000)) // a batch has bounds
			}
			line := r.Append(nil)
			want = append(want, line)
			if err := db.Trace(t.Context(), line); err != nil {
				t.Fatal(err)
			}
			at = at.Add(time.Second)
		}
		b := trail.Binder{DB: db, Hasher: store.NewHasher(db.Secret())}
		for more := true; more; {
			var err error
			if more, err = b.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := b.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		if rows, err := db.Loose(t.Context(), 1<<30); err != nil || len(rows) != 0 {
			t.Errorf("%d rows are left: %v", len(rows), err)
		}
		batches, err := db.Batches(t.Context(), 1, 100, true)
		if err != nil || len(batches) < 2 {
			t.Fatalf("%d batches: %v", len(batches), err)
		}
		var got [][]byte
		for i, one := range batches {
			lines, err := trail.Unpack(one.Body)
			if err != nil {
				t.Fatal(err)
			}
			digest, tags := trail.Digest(int64(i+1), lines)
			first, _ := trail.Parse(lines[0])
			last, _ := trail.Parse(lines[len(lines)-1])
			if one.Number != int64(i+1) || !bytes.Equal(digest, one.Digest) || !bytes.Equal(tags, one.Tags) || one.Lines != len(lines) ||
				!one.First.Equal(first.At) || !one.Last.Equal(last.At) {
				t.Errorf("batch %d: %+v", i+1, one)
			}
			got = append(got, lines...)
		}
		if !slices.EqualFunc(got, want, bytes.Equal) {
			t.Errorf("%d lines in, %d bound", len(want), len(got))
		}
		for _, sought := range []trail.Record{{Of: []string{"Patient/rare"}}, {Who: "Practitioner/\"x\""}} {
			key := trail.Keys(store.NewHasher(db.Secret()), &sought)[0]
			found, err := db.FindBatches(t.Context(), store.Sought{Key: &key, Most: 10})
			if err != nil || len(found) != 1 {
				t.Fatalf("%+v is in %v: %v", sought, found, err)
			}
			lines, err := trail.Unpack(batches[found[0]-1].Body)
			if err != nil || !slices.ContainsFunc(lines, func(l []byte) bool { return bytes.Equal(l, want[1234]) }) {
				t.Errorf("%+v is not in batch %d", sought, found[0])
			}
		}
	})
}
