package trail

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/prometheus/client_golang/prometheus"

	"yitong/internal/fault"
	"yitong/internal/store"
	"yitong/internal/tlog"
)

var errKilled = errors.New("killed")

// killed makes sealers that are broken off at their n-th step.
func killed(db *memory, f *tlog.Folder, n int) *Sealer {
	s := NewSealer(db, f, testKey, db.Now)
	s.stop = func(string) error {
		if n--; n < 0 {
			return errKilled
		}
		return nil
	}
	return s
}

// TestKilled: sealing is broken off between any two steps, by whoever does it, with more batches and erasures in
// between; the next goes on, and in the end everything is whole.
func TestKilled(t *testing.T) {
	t.Parallel()
	for seed := range 12 { // few, since each waits for the disk
		draw := rapid.SliceOfN(rapid.IntRange(0, 99), 12, 12).Example(seed)
		db, f := &memory{}, newFolder(t, filepath.Join(t.TempDir(), "log"), testKey)
		for _, d := range draw {
			bind(t, db, d%3)
			files := inside(t, f)
			s := killed(db, f, d%4)
			var err error
			if d%5 == 0 && len(db.batches) > 2 {
				_, err = s.Erase(t.Context(), db.batches[len(db.batches)/2].Bound, "kept long enough")
			} else {
				for more := true; more && err == nil; {
					more, err = s.Step(t.Context())
				}
			}
			if err != nil && !errors.Is(err, errKilled) && fault.CodeOf(err) != fault.Unavailable {
				t.Fatal(seed, err)
			}
			if errors.Is(err, errKilled) && d%2 == 0 { // inside an append: the tree may have grown, the checkpoint has not
				putBack(t, files, d%4 == 0)
			}
			if r, err := Verify(t.Context(), Verification{DB: db, Folder: f, Now: time.Now()}); err != nil || len(r.Wrong) > 0 {
				t.Fatalf("seed %d: %+v %v", seed, r, err)
			}
		}
		seal(t, NewSealer(db, f, testKey, db.Now))
		r, err := Verify(t.Context(), Verification{DB: db, Folder: f, Now: time.Now().Add(time.Hour)})
		if err != nil || len(db.batches) > 0 && !r.Whole() || r.Batches != int64(len(db.batches)) {
			t.Fatalf("seed %d: %+v %v", seed, r, err)
		}
	}
}

// inside reads the files that tell how far the log is.
func inside(t *testing.T, f *tlog.Folder) map[string][]byte {
	files := map[string][]byte{}
	for _, path := range []string{"checkpoint", ".state/treeState"} {
		text, err := os.ReadFile(filepath.Join(f.Dir(), "1", path))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		files[filepath.Join(f.Dir(), "1", path)] = text
	}
	return files
}

// putBack puts the checkpoint back, and perhaps what tells how far the tree is.
func putBack(t *testing.T, files map[string][]byte, tree bool) {
	for path, text := range files {
		if text != nil && (tree || strings.HasSuffix(path, "checkpoint")) {
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestMilestones: where a log of several milestones stands is found from its end, and sealing goes on there.
func TestMilestones(t *testing.T) {
	t.Parallel()
	db, f := &memory{}, newFolder(t, filepath.Join(t.TempDir(), "log"), testKey)
	one := batchOf(1, lines(1, 1))
	for n := int64(1); n <= 2*milestone-2; n++ { // the last leaf is the one before a milestone
		b := as(one, n)
		if _, err := db.Bind(t.Context(), store.Binding{Batch: &b}); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		seal(t, NewSealer(db, f, testKey, db.Now))
		l, err := f.Log(1)
		if err != nil {
			t.Fatal(err)
		}
		at, err := standOf(t.Context(), l)
		if err != nil || at.sealed != int64(len(db.batches)) || at.last == nil {
			t.Fatalf("%v: it stands at %+v, %d leaves", err, at, l.Size)
		}
		b := as(one, at.sealed+1)
		if _, err := db.Bind(t.Context(), store.Binding{Batch: &b}); err != nil {
			t.Fatal(err)
		}
	}
	if r, err := Verify(t.Context(), Verification{DB: db, Folder: f, Now: time.Now()}); err != nil || !r.Whole() || r.Batches != 2*milestone {
		t.Fatalf("%+v %v", r, err)
	}
}

// TestRace: two servers seal side by side while batches are bound; each batch has one leaf.
func TestRace(t *testing.T) {
	eachWorld(t, func(w *world) {
		ctx, cancel := context.WithCancel(w.t.Context())
		var all sync.WaitGroup
		for range 2 {
			s := NewSealer(w.db, w.folder, testKey, w.db.Now)
			all.Go(func() {
				for ctx.Err() == nil {
					if _, err := s.Step(context.WithoutCancel(ctx)); err != nil {
						w.t.Error(err)
						return
					}
				}
			})
		}
		bind(w.t, w.db, 40)
		cancel()
		all.Wait()
		seal(w.t, w.sealer)
		if r := w.verify(w.folder, time.Hour); !r.Whole() || r.Batches != 40 {
			w.t.Errorf("%+v", r)
		}
	})
}

// TestRolledBack: a log that knows more than the database is not written to, until somebody says that this is meant.
// What he says is accepted and told.
func TestRolledBack(t *testing.T) {
	eachWorld(t, func(w *world) {
		bind(w.t, w.db, 4)
		seal(w.t, w.sealer)
		back := w.keep()
		bind(w.t, w.db, 3)
		seal(w.t, w.sealer)
		back()
		fresh := func() *Sealer { return NewSealer(w.db, w.folder, testKey, w.db.Now) }
		for _, s := range []*Sealer{fresh(), w.sealer} {
			if _, err := s.Step(w.t.Context()); fault.CodeOf(err) != fault.Conflict || !strings.Contains(err.Error(), "holds 7 batches, the database 4") {
				w.t.Errorf("%v", err)
			}
		}
		w.wrong(w.verify(w.folder, 0), "Batches 5 to 7 are missing at the end")
		bind(w.t, w.db, 4) // by a server that was started too early: others than before, since their times are
		w.exec("UPDATE batch SET digest = ? WHERE n = 7", make([]byte, 32))
		if _, err := fresh().Step(w.t.Context()); fault.CodeOf(err) != fault.Conflict {
			w.t.Errorf("another past: %v", err)
		}
		back()

		ask := Restore{From: 3, By: "Practitioner/9", Why: "the disk was lost"}
		if _, err := fresh().Restore(w.t.Context(), ask); fault.CodeOf(err) != fault.Malformed || !strings.Contains(err.Error(), "in common is 4, not 3") {
			w.t.Errorf("from the wrong place: %v", err)
		}
		ask.From = 4
		if epoch, err := fresh().Restore(w.t.Context(), ask); err != nil || epoch != 2 {
			w.t.Fatal(epoch, err)
		}
		bind(w.t, w.db, 2)
		seal(w.t, w.sealer)
		r := w.verify(w.folder, time.Hour)
		if !r.Whole() || r.Batches != 6 || r.Epochs != 2 || len(r.Said) != 2 ||
			!strings.HasPrefix(r.Said[0], "Batches 5 to 7 of epoch 1 were given up") ||
			!strings.Contains(r.Said[1], `Practitioner/9 said at`) || !strings.Contains(r.Said[1], `restored from batch 4: "the disk was lost".`) {
			w.t.Errorf("%+v", r)
		}
		// Once more, further back, beyond the beginning of the second log.
		w.exec("DELETE FROM batch WHERE n > 2")
		ask.From = 2
		if epoch, err := fresh().Restore(w.t.Context(), ask); err != nil || epoch != 3 {
			w.t.Fatal(epoch, err)
		}
		bind(w.t, w.db, 4)
		seal(w.t, w.sealer)
		if r := w.verify(w.folder, time.Hour); !r.Whole() || r.Batches != 6 || r.Epochs != 3 {
			w.t.Errorf("%+v", r)
		}
		back = w.keep()
		w.exec("DELETE FROM batch WHERE n = 4")
		w.wrong(w.verify(w.folder, 0), "Batch 4 is missing")
		back()
		w.exec("UPDATE batch SET count = 2 WHERE n = 2")
		w.wrong(w.verify(w.folder, 0), "The number of lines that batch 2")
		back()

		// A log behind whose end somebody writes, and one that is gone.
		without := w.copied(w.folder)
		h, err := w.folder.Hold(testKey)
		if err != nil {
			w.t.Fatal(err)
		}
		if _, err := h.Append(w.t.Context(), 1, 8, [][]byte{w.row(1).Digest}); err != nil {
			w.t.Fatal(err)
		}
		h.Release()
		w.wrong(w.verify(w.folder, 0), "The log trail.example.cn/1 had 8 leaves when another one followed it, and has 9 now")
		removeEpoch(w.t, without, 1)
		w.wrong(w.verify(without, 0), "The log of epoch 1 is missing, from which trail.example.cn/2 goes on.")
	})
}

// TestRestoreKilled: a restoring that is broken off is said again, and until then nothing is sealed.
func TestRestoreKilled(t *testing.T) {
	t.Parallel()
	db, f := &memory{}, newFolder(t, filepath.Join(t.TempDir(), "log"), testKey)
	bind(t, db, 3)
	seal(t, NewSealer(db, f, testKey, db.Now))
	db.batches = db.batches[:2]
	ask := Restore{From: 2, By: "a", Why: "b"}
	makeDir(t, filepath.Join(f.Dir(), "2")) // all that it had come to
	if _, err := NewSealer(db, f, testKey, db.Now).Step(t.Context()); fault.CodeOf(err) != fault.Conflict {
		t.Error(err)
	}
	if epoch, err := killed(db, f, 0).Restore(t.Context(), ask); !errors.Is(err, errKilled) || epoch != 2 {
		t.Fatal(epoch, err)
	}
	seal(t, NewSealer(db, f, testKey, db.Now))
	if r, err := Verify(t.Context(), Verification{DB: db, Folder: f, Now: time.Now()}); err != nil || !r.Whole() || r.Epochs != 2 {
		t.Fatalf("%+v %v", r, err)
	}
}

// TestLost: without its log, a trail that is not new is sealed only when somebody says so, and what was before stays in
// doubt.
func TestLost(t *testing.T) {
	t.Parallel()
	db, f := &memory{}, newFolder(t, filepath.Join(t.TempDir(), "log"), testKey)
	bind(t, db, 4)
	for i := range db.batches {
		db.batches[i].Bound = db.batches[i].Bound.Add(-2 * newborn)
	}
	s := NewSealer(db, f, testKey, db.Now)
	if _, err := s.Step(t.Context()); fault.CodeOf(err) != fault.Conflict || !strings.Contains(err.Error(), "Is it mounted?") {
		t.Error(err)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(s.meter.conflicts)
	if told, err := registry.Gather(); err != nil || told[0].GetMetric()[0].GetCounter().GetValue() != 1 {
		t.Errorf("conflicts: %v %v", told, err)
	}
	for _, ask := range []Restore{{From: 5, By: "a", Why: "b"}, {From: 2, Why: "b"}, {From: 2, By: "a"}, {From: -1, By: "a", Why: "b"}} {
		if _, err := s.Restore(t.Context(), ask); fault.CodeOf(err) != fault.Malformed {
			t.Errorf("%+v: %v", ask, err)
		}
	}
	if epoch, err := s.Restore(t.Context(), Restore{From: 2, Epoch: 3, By: "a", Why: "b"}); err != nil || epoch != 3 {
		t.Fatal(epoch, err)
	}
	seal(t, s)
	r, err := Verify(t.Context(), Verification{DB: db, Folder: f, Now: time.Now()})
	if err != nil || len(r.Wrong) > 0 || len(r.Doubts) != 1 || !strings.Contains(r.Doubts[0], "batches 1 to 2") || r.Batches != 2 {
		t.Fatalf("%+v %v", r, err)
	}
}

// TestErased: lines are taken out by a rule that the log names, and are missed otherwise.
func TestErased(t *testing.T) {
	eachWorld(t, func(w *world) {
		bind(w.t, w.db, 6)
		cut := w.row(4).Bound
		if _, err := w.sealer.Erase(w.t.Context(), cut, "six months"); fault.CodeOf(err) != fault.Unavailable {
			w.t.Errorf("before it is sealed: %v", err)
		}
		seal(w.t, w.sealer)
		for _, c := range []struct {
			before time.Time
			rule   string
		}{{cut.Add(time.Hour), "x"}, {cut, ""}} {
			if _, err := w.sealer.Erase(w.t.Context(), c.before, c.rule); fault.CodeOf(err) != fault.Malformed {
				w.t.Errorf("%+v: %v", c, err)
			}
		}
		for range 2 { // the second time there is nothing to do
			if last, err := w.sealer.Erase(w.t.Context(), cut, "six months"); err != nil || last != 3 {
				w.t.Fatal(last, err)
			}
		}
		r := w.verify(w.folder, time.Hour)
		if !r.Whole() || r.Erased != 3 || r.Batches != 6 || len(r.Said) != 1 || !strings.Contains(r.Said[0], `batches 1 to 3, bound before`) || !strings.Contains(r.Said[0], `"six months"`) {
			w.t.Errorf("%+v", r)
		}
		b := w.row(2)
		if b.Body != nil {
			w.t.Error("the lines are there")
		}
		b.Digest[3] ^= 1
		back := w.keep()
		w.put(b)
		w.wrong(w.verify(w.folder, 0), "The digest of batch 2 was altered.")
		back()
		w.exec("UPDATE batch SET body = NULL WHERE n = 5")
		w.wrong(w.verify(w.folder, 0), "The lines of batch 5 are gone, and no rule was named")
		back()
		bind(w.t, w.db, 1)
		w.exec("UPDATE batch SET body = NULL WHERE n = 7")
		if _, err := w.sealer.Step(w.t.Context()); fault.CodeOf(err) != fault.Conflict {
			w.t.Errorf("gone before it was sealed: %v", err)
		}
	})
}

// TestNotSealed: a batch that is not what its digest says is not sealed, nor one behind a gap.
func TestNotSealed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do   func(*store.Batch)
		want string
	}{
		"other lines": {func(b *store.Batch) { b.Body = Pack(lines(9, 1)) }, "are not those that were bound"},
		"no lines":    {func(b *store.Batch) { b.Body = []byte("?") }, "cannot be read"},
		"a gap":       {func(b *store.Batch) { b.Number = 4 }, "Batch 3 of the trail is missing"},
	} {
		db, f := &memory{}, newFolder(t, filepath.Join(t.TempDir(), "log"), testKey)
		bind(t, db, 3)
		c.do(&db.batches[2])
		s := NewSealer(db, f, testKey, db.Now)
		if _, err := s.Step(t.Context()); fault.CodeOf(err) != fault.Conflict || !strings.Contains(fmt.Sprint(err), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		r, err := Verify(t.Context(), Verification{DB: db, Folder: f, Now: time.Now()})
		if err != nil || len(r.Wrong) != 1 {
			t.Errorf("%s: %+v %v", name, r, err)
		}
	}
}

// TestLoose: what is in no batch is told with its age.
func TestLoose(t *testing.T) {
	t.Parallel()
	db, f := &memory{}, newFolder(t, filepath.Join(t.TempDir(), "log"), testKey)
	bind(t, db, 1)
	seal(t, NewSealer(db, f, testKey, db.Now))
	line := record(1, 1)
	if err := db.Trace(t.Context(), line); err != nil {
		t.Fatal(err)
	}
	at, _ := instant(line)
	for age, doubts := range map[time.Duration]int{time.Second: 0, time.Minute: 1} {
		r, err := Verify(t.Context(), Verification{DB: db, Folder: f, Now: time.UnixMicro(at).Add(age)})
		if err != nil || len(r.Wrong) > 0 || len(r.Doubts) != doubts || len(r.Notes) != 1-doubts {
			t.Errorf("%v: %+v %v", age, r, err)
		}
	}
}
