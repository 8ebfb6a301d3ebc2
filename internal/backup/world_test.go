package backup_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yitong/internal/backup"
	"yitong/internal/store"
	"yitong/internal/store/sqlite"
)

// brisk is a pace by which a test sees many logs.
var brisk = sqlite.Pace{Every: 3 * time.Millisecond, Frames: 20, Fold: time.Hour}

func newKey(t testing.TB, fill byte) backup.Key {
	t.Helper()
	k, err := backup.NewKey([]byte(strings.Repeat(string(rune(fill)), backup.KeyBytes)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// world is a record that is archived.
type world struct {
	path, dir, archive string
	key                backup.Key
	db                 *sqlite.DB
	kept               *backup.Archive
	told               chan error
	pace               sqlite.Pace
	lines              []line
}

// line is one that was added to the trail, which stands for all that a record holds.
type line struct {
	text  string
	begun time.Time
	done  time.Time
}

func newWorld(t testing.TB) *world {
	t.Helper()
	dir := t.TempDir()
	return &world{dir: dir, path: filepath.Join(dir, "record.db"), archive: filepath.Join(dir, "archive"), key: newKey(t, 'k'), told: make(chan error, 1000), pace: brisk}
}

func (w *world) open(t testing.TB) {
	t.Helper()
	var err error
	if w.kept, err = backup.OpenArchive(w.archive, w.key, w.path); err != nil {
		t.Fatal(err)
	}
	w.db, err = sqlite.Open(context.Background(), w.path, sqlite.Archiving(w.kept, w.pace, w.tell))
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) tell(err error) {
	select {
	case w.told <- err:
	default:
	}
}

func (w *world) close(t testing.TB) {
	t.Helper()
	if err := w.db.Close(); err != nil {
		t.Fatal(err)
	}
}

// write adds lines of about so many bytes.
func (w *world) write(t testing.TB, n, bytes int) {
	t.Helper()
	for range n {
		l := line{text: fmt.Sprintf("%d %s\n", len(w.lines), strings.Repeat("x", bytes)), begun: time.Now()}
		if err := trace(context.Background(), w.db, []byte(l.text)); err != nil {
			t.Fatal(err)
		}
		l.done = time.Now()
		w.lines = append(w.lines, l)
	}
}

// backUp takes a backup into a new folder.
func (w *world) backUp(t testing.TB, name string) string {
	t.Helper()
	dir := filepath.Join(w.dir, name)
	m, err := backup.Begin(dir, w.key)
	if err != nil {
		t.Fatal(err)
	}
	s, anchor, err := backup.TakeSnapshot(context.Background(), w.path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	m.Database, m.Anchor = backup.SQLite, &anchor
	if err := m.Add(context.Background(), dir, w.key, backup.Database{Snapshot: s}); err != nil {
		t.Fatal(err)
	}
	if err := m.Finish(dir, w.key); err != nil {
		t.Fatal(err)
	}
	return dir
}

// restore brings a backup back, with the archive if until is not nil, and gives the lines that are there.
func (w *world) restore(t testing.TB, dir string, until *time.Time) ([]string, backup.Reached, error) {
	t.Helper()
	b, err := backup.Open(dir, w.key)
	if err != nil {
		return nil, backup.Reached{}, err
	}
	to, err := os.MkdirTemp(w.dir, "restored")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(to, "record.db")
	if err := b.ReadFile(context.Background(), backup.DatabasePart, path); err != nil {
		return nil, backup.Reached{}, err
	}
	var reached backup.Reached
	if until != nil {
		if reached, err = backup.Replay(context.Background(), w.archive, w.key, path, *b.Anchor, *until); err != nil {
			return nil, reached, err
		}
	}
	return linesOf(t, path), reached, nil
}

func linesOf(t testing.TB, path string) (list []string) {
	t.Helper()
	db, err := sqlite.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Loose(context.Background(), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		for l := range strings.Lines(string(r.Lines)) {
			list = append(list, l)
		}
	}
	return list
}

// first holds that the lines are the first ones that were written, and tells how many.
func (w *world) first(t testing.TB, got []string) int {
	t.Helper()
	if len(got) > len(w.lines) {
		t.Fatalf("%d lines are there, %d were written", len(got), len(w.lines))
	}
	for i, l := range got {
		if l != w.lines[i].text {
			t.Fatalf("line %d is %.20q, not %.20q", i, l, w.lines[i].text)
		}
	}
	return len(got)
}

var _ store.DB = (*sqlite.DB)(nil)

// trace writes lines of a transaction.
func trace(ctx context.Context, db store.DB, lines []byte) error {
	return db.Write(ctx, store.Work{Do: func(t store.Tx, _ store.Found) error { return t.Trace(lines) }})
}
