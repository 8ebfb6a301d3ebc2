package trail

import (
	"bytes"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/tlog"
)

// signer signs what has its word in it.
type signer struct{ name, word string }

// Name implements [Party].
func (s signer) Name() string { return s.name }

// Signed implements [Party].
func (s signer) Signed(note []byte) bool { return bytes.Contains(note, []byte(s.word)) }

// TestStand: what is loose, what is not sealed and what a witness has not cosigned is told, each with its moment.
func TestStand(t *testing.T) {
	eachWorld(t, func(w *world) {
		ctx := w.t.Context()
		stand := func(f *tlog.Folder) Standing {
			w.t.Helper()
			at, err := Stand(ctx, w.db, f, signer{"one", "cosigned by one"}, signer{"two", "cosigned by two"})
			if err != nil {
				w.t.Fatal(err)
			}
			return at
		}
		if at := stand(w.folder); at.Loose != 0 || at.Batches != 0 || at.Sealed != 0 || !at.LooseSince.IsZero() || !at.UnsealedSince.IsZero() || len(at.Witnesses) != 0 {
			w.t.Errorf("an empty trail stands at %+v", at)
		}
		bind(w.t, w.db, 3)
		at := stand(w.folder)
		if at.Batches != 3 || at.Sealed != 0 || time.Since(at.UnsealedSince) > time.Minute || !at.Until.IsZero() {
			w.t.Errorf("three batches that are not sealed: %+v", at)
		}
		seal(w.t, w.sealer)
		l, err := w.folder.Log(1)
		if err != nil {
			w.t.Fatal(err)
		}
		if err := w.folder.KeepCosigned(1, "one", append(bytes.Clone(l.Note), "cosigned by one\n"...)); err != nil {
			w.t.Fatal(err)
		}
		bind(w.t, w.db, 1)
		seal(w.t, w.sealer)
		bind(w.t, w.db, 2)
		if err := w.db.Trace(ctx, bytes.Join(lines(9, 4), nil)); err != nil {
			w.t.Fatal(err)
		}
		at = stand(w.folder)
		if at.Loose != 4 || !at.LooseSince.Equal(time.Date(2026, 3, 1, 8, 0, 9, 1000, time.UTC)) {
			w.t.Errorf("four loose lines: %+v", at)
		}
		if at.Batches != 6 || at.Sealed != 4 || at.UnsealedSince.IsZero() || at.Until.After(at.UnsealedSince) || at.Leaves != 5 {
			w.t.Errorf("four of six are sealed: %+v", at)
		}
		if one, two := at.Witnesses[0], at.Witnesses[1]; one.Leaves != 1 || time.Since(one.At) > time.Minute || two.Leaves != 5 || !two.At.IsZero() {
			w.t.Errorf("one has cosigned all but the last leaf, two none: %+v", at.Witnesses)
		}
		if at := stand(nil); at.Batches != 6 || at.Sealed != 0 || at.Leaves != 0 || at.Loose != 4 {
			w.t.Errorf("without a log: %+v", at)
		}
	})
}

// TestStanding: what waits, what is bound and what is sealed is told apart; a record that was put back does not fit, and neither does one
// whose last batch is another.
func TestStanding(t *testing.T) {
	eachWorld(t, func(w *world) {
		ctx := w.t.Context()
		stands := func() Standing {
			w.t.Helper()
			s, err := w.sealer.Standing(ctx)
			if err != nil {
				w.t.Fatal(err)
			}
			return s
		}
		if s := stands(); s.Log != "" || s.Batches != 0 || s.Loose != 0 || s.Fits {
			w.t.Errorf("before anything: %+v", s)
		}
		bind(w.t, w.db, 3)
		if s := stands(); s.Batches != 3 || s.Sealed != 0 || s.Log != "" {
			w.t.Errorf("before it is sealed: %+v", s)
		}
		for more := true; more; {
			var err error
			if more, err = w.sealer.Step(ctx); err != nil {
				w.t.Fatal(err)
			}
		}
		l, err := w.folder.Log(1)
		if err != nil {
			w.t.Fatal(err)
		}
		s := stands()
		if s.Batches != 3 || s.Sealed != 3 || !s.Fits || s.Log != l.Origin || s.Leaves != l.Size || !bytes.Equal(s.Root, l.Root) || s.Until.IsZero() || s.Cosigned != 0 {
			w.t.Errorf("sealed: %+v", s)
		}
		if err := w.folder.KeepCosigned(l.Epoch, "witness", l.Note); err != nil {
			w.t.Fatal(err)
		}
		bind(w.t, w.db, 1)
		if err := w.db.Trace(ctx, record(9, 1)); err != nil {
			w.t.Fatal(err)
		}
		if s := stands(); s.Batches != 4 || s.Sealed != 3 || s.Loose != 1 || !s.Fits || s.Cosigned != l.Size {
			w.t.Errorf("with more to seal: %+v", s)
		}
		w.exec("UPDATE batch SET digest = ? WHERE n = 3", bytes.Repeat([]byte{1}, 32))
		if s := stands(); s.Fits || s.Sealed != 3 {
			w.t.Errorf("another last batch: %+v", s)
		}
		w.exec("DELETE FROM batch WHERE n >= 3")
		if s := stands(); s.Fits || s.Batches != 2 || s.Sealed != 3 {
			w.t.Errorf("put back: %+v", s)
		}
		stranger := newFolder(w.t, w.folder.Dir(), tlog.Private([]byte("another key")))
		if _, err := Stand(ctx, w.db, stranger); fault.CodeOf(err) != fault.Unprocessable {
			w.t.Errorf("a checkpoint of another key: %v", err)
		}
		if s, err := Stand(ctx, w.db, nil); err != nil || s.Log != "" || s.Batches != 2 {
			w.t.Errorf("without a log: %+v, %v", s, err)
		}
	})
}
