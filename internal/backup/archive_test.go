package backup_test

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/store/sqlite"
)

var end time.Time

// TestRestoreToTheEnd brings everything back that was written, through several logs, a backup taken between them, and a stop.
func TestRestoreToTheEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.open(t)
	w.write(t, 200, 3000)
	early := w.backUp(t, "early")
	w.write(t, 200, 3000)
	late := w.backUp(t, "late")
	w.write(t, 200, 3000)
	w.close(t)
	w.open(t)
	w.write(t, 50, 10)
	still := w.backUp(t, "still")
	w.close(t)
	stopped := w.backUp(t, "stopped")
	w.open(t)
	w.write(t, 50, 10)
	w.close(t)
	if s := w.kept.Status(); s.Gaps != 0 {
		t.Errorf("%d runs were begun", s.Gaps)
	}
	for _, dir := range []string{early, late, still, stopped} {
		got, reached, err := w.restore(t, dir, &end)
		if err != nil {
			t.Errorf("%s: %v", dir, err)
			continue
		}
		if n := w.first(t, got); n != len(w.lines) {
			t.Errorf("%s: %d lines of %d came back: %+v", dir, n, len(w.lines), reached)
		}
		t.Logf("%+v", reached)
	}
	for len(w.told) > 0 {
		t.Error(<-w.told)
	}
}

// TestRestoreToAMoment brings back what was written by moments, and nothing that was begun much later.
func TestRestoreToAMoment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.open(t)
	w.write(t, 50, 3000)
	dir := w.backUp(t, "backup")
	behind := len(w.lines)
	w.write(t, 300, 3000)
	w.close(t)
	for i := behind + 40; i < len(w.lines); i += 37 {
		at := w.lines[i].done
		got, reached, err := w.restore(t, dir, &at)
		if err != nil {
			t.Errorf("line %d: %v", i, err)
			continue
		}
		n := w.first(t, got)
		for _, l := range w.lines[:n] {
			if l.begun.After(reached.Next) && !reached.Next.IsZero() {
				t.Errorf("a line is there that was begun at %s, after %s", l.begun, reached.Next)
			}
		}
		for j, l := range w.lines[n:] {
			if l.done.Before(reached.To) {
				t.Errorf("line %d, done at %s, is not there at %s", n+j, l.done, reached.To)
			}
		}
		if reached.To.After(at) || !reached.Next.After(at) {
			t.Errorf("asked for %s, reached %s, next %s", at, reached.To, reached.Next)
		}
	}
}

// crash gives the world as it is on the disk at some moment while others write: what a machine that stops leaves. Nothing is folded
// meanwhile.
func (w *world) crash(t testing.TB) *world {
	t.Helper()
	to := newWorld(t)
	for _, name := range []string{"archive", "record.db", "record.db-wal"} { // in this order: the archive is behind
		info, err := os.Stat(filepath.Join(w.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.IsDir() {
			err = os.CopyFS(filepath.Join(to.dir, name), os.DirFS(filepath.Join(w.dir, name)))
		} else {
			var text []byte
			if text, err = os.ReadFile(filepath.Join(w.dir, name)); err == nil {
				err = os.WriteFile(filepath.Join(to.dir, name), text, 0o600)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	to.lines = nil
	return to
}

// TestRestoreAfterCrashes: the archive goes on without a gap over crashes, and what comes back is what the record has.
func TestRestoreAfterCrashes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pace.Frames = 1 << 40 // nothing is folded
	w.open(t)
	w.write(t, 20, 3000)
	dir := w.backUp(t, "backup")
	for range 5 {
		until(t, func() bool { return !w.kept.Status().To.IsZero() })
		writing := make(chan struct{})
		go func() {
			defer close(writing)
			w.write(t, 60, 500)
		}()
		time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond) // any moment
		next := w.crash(t)
		<-writing
		w.close(t)
		w = next
		w.pace.Frames = 1 << 40
		w.open(t)
		if s := w.kept.Status(); s.Run == "" {
			t.Error("the archive has a gap")
		}
		w.write(t, 5, 10)
	}
	w.close(t)
	want := linesOf(t, w.path)
	got, reached, err := w.restore(t, dir, &end)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%d lines came back, not %d: %v %+v", len(got), len(want), err, reached)
	}
}

// TestGaps: what was written behind the archive's back begins another run, over which no restore goes.
func TestGaps(t *testing.T) {
	t.Parallel()
	for name, behind := range map[string]func(w *world){
		"by another program": func(w *world) {
			w.close(t)
			db, err := sqlite.Open(context.Background(), w.path)
			if err == nil {
				err = trace(context.Background(), db, []byte("x\n"))
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			w.open(t)
		},
		"while the archive's disk was full": func(w *world) {
			w.write(t, 10, 10)
			list, err := filepath.Glob(filepath.Join(w.archive, "*"))
			if err != nil {
				t.Fatal(err)
			}
			for _, run := range list {
				if err := os.Rename(run, run+".away"); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(run, nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			w.close(t) // folds the log; nobody took the last of it
			for _, run := range list {
				if err := os.Remove(run); err != nil {
					t.Fatal(err)
				}
				if err := os.Rename(run+".away", run); err != nil {
					t.Fatal(err)
				}
			}
			segments, err := filepath.Glob(filepath.Join(w.archive, "*", "*"))
			if err != nil {
				t.Fatal(err)
			}
			last := segments[len(segments)-1]
			spoil(t, last, func(b []byte) []byte { return b[:len(b)/2] }) // so its end is not there either
			w.open(t)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.open(t)
			w.write(t, 50, 3000)
			early := w.backUp(t, "early")
			w.write(t, 50, 3000)
			behind(w)
			w.write(t, 50, 3000)
			late := w.backUp(t, "late")
			w.write(t, 50, 3000)
			w.close(t)
			if s := w.kept.Status(); s.Gaps != 1 {
				t.Errorf("%d runs were begun", s.Gaps)
			}
			got, reached, err := w.restore(t, early, &end)
			if err != nil || len(got) < 50 || len(got) > 110 || len(reached.Notes) == 0 {
				t.Errorf("%d lines: %v %+v", len(got), err, reached)
			}
			at := w.lines[len(w.lines)-1].begun
			if _, _, err := w.restore(t, early, &at); fault.CodeOf(err) != fault.Unprocessable {
				t.Errorf("a restore went over a gap: %v", err)
			}
			want := linesOf(t, w.path)
			if got, _, err := w.restore(t, late, &end); err != nil || !slices.Equal(got, want) {
				t.Errorf("%d lines of %d: %v", len(got), len(want), err)
			}
		})
	}
}

// TestOffline: a command that looks at a record that was closed leaves the run of the archive as it is. One that opens a record whose
// server has crashed folds the log, which the archive then no longer sees: another run begins, and says so; what was archived until the
// crash comes back.
func TestOffline(t *testing.T) {
	t.Parallel()
	look := func(w *world) {
		db, err := sqlite.Open(t.Context(), w.path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.LastBatch(t.Context()); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
	w := newWorld(t)
	w.open(t)
	w.write(t, 30, 3000)
	dir := w.backUp(t, "backup")
	w.write(t, 30, 3000)
	w.close(t)
	look(w)
	w.pace.Frames = 1 << 40 // nothing is folded
	w.open(t)
	w.write(t, 30, 3000)
	if s := w.kept.Status(); s.Gaps != 0 {
		t.Errorf("after a look at a record that was closed, %d runs were begun", s.Gaps)
	}
	written := time.Now()
	until(t, func() bool { return w.kept.Status().To.After(written) })
	next := w.crash(t)
	next.lines = w.lines
	w.close(t)
	look(next)
	next.open(t)
	next.write(t, 30, 3000)
	late := next.backUp(t, "late")
	next.write(t, 30, 3000)
	next.close(t)
	if s := next.kept.Status(); s.Gaps != 1 {
		t.Errorf("after a look at a record that has crashed, %d runs were begun", s.Gaps)
	}
	got, reached, err := next.restore(t, dir, &end)
	if err != nil || next.first(t, got) != 90 || len(reached.Notes) != 1 {
		t.Errorf("to the crash: %d lines, %+v, %v", len(got), reached, err)
	}
	if got, _, err := next.restore(t, late, &end); err != nil || next.first(t, got) != 150 {
		t.Errorf("to the end, from a backup of the new run: %d lines, %v", len(got), err)
	}
}

// until waits for something that must come about.
func until(t *testing.T, is func() bool) {
	t.Helper()
	for n := 0; !is(); n++ {
		if n > 5000 {
			t.Fatal("it does not come about")
		}
		time.Sleep(time.Millisecond)
	}
}

// TestSpoiltArchives holds that an archive from which something is missing, or that was altered, is refused or brings back less, but
// never anything else.
func TestSpoiltArchives(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.open(t)
	w.write(t, 30, 3000)
	dir := w.backUp(t, "backup")
	w.write(t, 200, 3000)
	late := w.backUp(t, "late")
	w.write(t, 20, 3000)
	w.close(t)
	whole := w.archive
	segments, err := filepath.Glob(filepath.Join(whole, "*", "*"))
	if err != nil || len(segments) < 5 {
		t.Fatalf("%d segments, %v", len(segments), err)
	}
	relative := func(path string) string { return strings.TrimPrefix(path, whole) }
	middle, next := relative(segments[len(segments)-3]), relative(segments[len(segments)-2])
	for name, test := range map[string]struct {
		do   func(dir string)
		says string
	}{
		"missing": {func(dir string) { gone(t, dir, middle) }, "is missing"},
		"altered": {func(dir string) {
			spoil(t, dir+middle, func(b []byte) []byte { b[len(b)/2] ^= 1; return b })
		}, "gap"},
		"cut": {func(dir string) {
			spoil(t, dir+middle, func(b []byte) []byte { return b[:len(b)/2] })
		}, "gap"},
		"empty": {func(dir string) {
			spoil(t, dir+middle, func(b []byte) []byte { return nil })
		}, "gap"},
		"swapped": {func(dir string) {
			a, b, c := dir+middle, dir+next, dir+"/away"
			for _, move := range [][2]string{{a, c}, {b, a}, {c, b}} {
				if err := os.Rename(move[0], move[1]); err != nil {
					t.Fatal(err)
				}
			}
		}, "another file"},
		"altered at the end": {func(dir string) {
			spoil(t, dir+relative(segments[len(segments)-1]), func(b []byte) []byte { b[len(b)-1] ^= 1; return b })
		}, "end of the archive is damaged"},
		"none": {func(dir string) {
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
		}, "no archive"},
	} {
		w.archive = copyOf(t, whole)
		test.do(w.archive)
		_, _, err := w.restore(t, dir, &end)
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil {
			refused(t, err, "")
		}
	}
	w.archive = copyOf(t, whole)
	gone(t, w.archive, relative(segments[0])) // the later backup needs it no more
	if got, _, err := w.restore(t, late, &end); err != nil || len(got) != len(w.lines) {
		t.Errorf("without the oldest segment, %d lines of %d came back: %v", len(got), len(w.lines), err)
	}
	for range 30 { // a byte anywhere
		w.archive = copyOf(t, whole)
		spoil(t, w.archive+relative(segments[rand.IntN(len(segments))]), func(b []byte) []byte {
			b[rand.IntN(len(b))] ^= 1 << rand.IntN(8)
			return b
		})
		got, _, err := w.restore(t, dir, &end)
		if err != nil {
			refused(t, err, "")
		} else if n := w.first(t, got); n < 30 {
			t.Errorf("%d lines came back", n)
		}
	}
}
