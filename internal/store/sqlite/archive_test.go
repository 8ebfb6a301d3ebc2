package sqlite_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"yitong/internal/store/sqlite"
)

// shelf is an archive that notes what it is told.
type shelf struct {
	mu     sync.Mutex
	fails  bool
	frames int64 // that it has
	folds  int
	closed *bool
	wrong  error
}

// Copy implements [sqlite.Archive].
func (s *shelf) Copy(length func() (int64, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	frames, err := length()
	if err != nil || s.fails {
		return errors.Join(err, errors.New("no room"))
	}
	if s.folds == 0 && frames < s.frames {
		s.wrong = fmt.Errorf("the log has %d frames, it had %d", frames, s.frames)
	}
	s.frames = frames
	return nil
}

// Folded implements [sqlite.Archive].
func (s *shelf) Folded() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.folds++
	if s.fails {
		s.wrong = errors.New("it is said that the archive has all, but it has not")
	}
}

// Close implements [sqlite.Archive].
func (s *shelf) Close(whole bool) error {
	s.closed = &whole
	return nil
}

// TestArchiving: the log is folded only when the archive has it, writes go on when it does not take it, and it is folded again when it does.
func TestArchiving(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "record.db")
	s := &shelf{fails: true}
	told := make(chan error, 10_000)
	db, err := sqlite.Open(t.Context(), path, sqlite.Archiving(s, sqlite.Pace{Every: time.Millisecond, Frames: 20, Fold: time.Hour}, func(err error) { told <- err }))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	write := func(until func() bool) {
		t.Helper()
		for n := 0; !until(); n++ {
			if n > 5000 {
				t.Fatal("it does not come about")
			}
			if err := db.Trace(t.Context(), []byte("x\n")); err != nil {
				t.Fatal(err)
			}
		}
	}
	snapshot := func() int64 {
		one, err := sqlite.TakeSnapshot(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		defer one.Close()
		return one.Frames
	}
	write(func() bool { return len(told) > 3 })
	if before := snapshot(); before <= 20 {
		t.Errorf("the log has %d frames, though nobody took them", before)
	}
	s.mu.Lock()
	s.fails = false
	s.mu.Unlock()
	write(func() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.folds > 2 })
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if s.wrong != nil || s.closed == nil || !*s.closed {
		t.Errorf("%v, closed %v", s.wrong, s.closed)
	}
}

// TestReplayRefuses: a log that does not reach as far as it should, or is not there.
func TestReplayRefuses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "record.db")
	db, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := sqlite.Replay(t.Context(), path, 3); err == nil {
		t.Error("three frames of no log were folded in")
	}
	if err := sqlite.Replay(t.Context(), path, 0); err != nil {
		t.Error(err)
	}
}
