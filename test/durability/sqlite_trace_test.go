package durability

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"yitong/internal/gate/trail"
	"yitong/internal/store/sqlite"
)

const (
	walHeader   = 32 // bytes at the head of SQLite's log
	frameHeader = 24 // and at the head of each frame
)

// sqliteLog reads what SQLite, and the record beside it, write before they answer.
//
// A write-ahead log has frames: each is a header and a page, each written by a call of its own. The header of a transaction's last
// frame tells how big the file is after its commit, that of any other frame tells 0. Of another file beside the database, what was
// written to it is taken to be there: whether the record reads it back at its start [found] shows.
//
// A mark belongs to the transaction in which it is first seen: nobody had known it before its request.
type sqliteLog struct {
	page  int64              // bytes, of logs whose head was written before the trace began
	files map[string]*frames // by paths
	known map[string]bool
}

// frames are those of a log.
type frames struct {
	page   int64    // bytes
	commit bool     // of the frame whose header came last
	open   []string // marks of the transaction that is being written
}

func newSQLiteLog() writeAheadLog { return newSQLiteLogOf(0) }

func newSQLiteLogOf(page int64) *sqliteLog {
	return &sqliteLog{page: page, files: map[string]*frames{}, known: map[string]bool{}}
}

// ahead tells whether a path is that of a write-ahead log.
func ahead(path string) bool { return strings.HasSuffix(path, "-wal") }

func (*sqliteLog) holds(path string) bool {
	_, beside, is := strings.Cut(filepath.Base(path), ".db-") // its name begins with the database's
	return is && !strings.HasSuffix(beside, "shm") && !strings.HasSuffix(beside, "journal")
}

func (l *sqliteLog) forget(mark string) { delete(l.known, mark) }

func (*sqliteLog) follows(string) bool { return true }

// unknown are the marks in a text that were not seen before.
func (l *sqliteLog) unknown(text []byte) (marks []string) {
	for _, found := range markPattern.FindAll(text, -1) {
		if m := string(found); !l.known[m] {
			l.known[m] = true
			marks = append(marks, m)
		}
	}
	return marks
}

func (l *sqliteLog) wrote(c *call) (marks []string, err error) {
	if !ahead(c.path) {
		return l.unknown(c.data), nil
	}
	f := l.files[c.path]
	if f == nil {
		f = &frames{page: l.page}
		l.files[c.path] = f
	}
	if c.offset == 0 {
		if len(c.data) != walHeader {
			return nil, fmt.Errorf("the head of the log has %d bytes", len(c.data))
		}
		f.page = int64(binary.BigEndian.Uint32(c.data[8:]))
		return nil, nil
	}
	if f.page == 0 {
		return nil, fmt.Errorf("a frame without a log")
	}
	within := (c.offset - walHeader) % (frameHeader + f.page)
	if within == 0 && len(c.data) == frameHeader {
		f.commit = binary.BigEndian.Uint32(c.data[4:]) != 0
		return nil, nil
	}
	if within != frameHeader || int64(len(c.data)) != f.page {
		return nil, fmt.Errorf("%d bytes at %d are no part of a frame", len(c.data), c.offset)
	}
	f.open = append(f.open, l.unknown(c.data)...)
	if f.commit {
		marks, f.open = f.open, nil
	}
	return marks, nil
}

// TestFaultSyncsOnSQLite traces a server and the careless ones.
func TestFaultSyncsOnSQLite(t *testing.T) {
	parallel(t)
	needTracer(t)
	many, turns := 8, 6
	if long() {
		turns = 25
	}
	trace := func(t *testing.T, env []string, args func(db string) []string) ([]moment, []string) {
		dir := t.TempDir()
		file, db := filepath.Join(dir, "trace"), filepath.Join(dir, "record.db")
		if env != nil {
			env = append(env, carelessEnv+"_DB="+db)
		}
		s := serve(t, env, append(tracer(file), args(db)...)...)
		answered := s.write(t, many, turns, 0)
		if env == nil {
			answered = append(answered, s.read(t, many, turns, 0)...)
			found(t, left(t, db), answered)
		}
		s.stop(t)
		return readTrace(t, file, s.cmd.Process.Pid), answered
	}
	t.Run("ours", func(t *testing.T) {
		parallel(t)
		moments, answered := trace(t, nil, func(db string) []string { return yitong("sqlite:" + db) })
		a, err := examine(moments, newSQLiteLog())
		if err != nil {
			t.Fatal(err)
		}
		a.clean(t, answered)
		entered(t, moments)
		spoiled(t, moments, newSQLiteLog)
	})
	for how := range careless["sqlite"] {
		t.Run(how, func(t *testing.T) {
			parallel(t)
			moments, answered := trace(t, []string{carelessEnv + "=" + how}, itself)
			a, err := examine(moments, newSQLiteLog())
			if err != nil {
				t.Fatal(err)
			}
			a.complains(t, answered)
		})
	}
}

// entered holds that the folder was synced after a log had been made in it, and before the first answer: a file whose name is
// lost is lost, too.
func entered(t *testing.T, moments []moment) {
	t.Helper()
	log := newSQLiteLogOf(0)
	made, named := map[string]*call{}, map[string]bool{} // the first call on each
	for _, m := range moments {
		switch {
		case log.holds(m.path) && made[m.path] == nil:
			made[m.path] = m.call
		case m.done && m.sync() && m.result == 0:
			for path, first := range made {
				named[path] = named[path] || m.path == filepath.Dir(path) && m.begin > first.begin
			}
		case answers(m.data):
			for path := range made {
				if !named[path] && ahead(path) {
					t.Errorf("the first answer was given before the folder of %s was synced", filepath.Base(path))
				}
			}
			if len(made) == 0 {
				t.Error("the first answer was given before there was a log")
			}
			return
		}
	}
	t.Error("there are no answers")
}

// left copies the files of a record as a server that dies now would leave them, and tells where. Those beside the database come first:
// what goes from them to the database meanwhile is in both. Nothing is folded while a server is as young as it is here.
func left(t *testing.T, path string) string {
	t.Helper()
	beside, err := filepath.Glob(path + "-*")
	if err != nil {
		t.Fatal(err)
	}
	slices.SortStableFunc(beside, func(a, b string) int {
		return cmp.Compare(strings.Count(b, "-"), strings.Count(a, "-")) // the log of a file beside it, that file, the database's log
	})
	to := filepath.Join(t.TempDir(), "left.db")
	for _, from := range append(beside, path) {
		if strings.HasSuffix(from, "-shm") {
			continue // SQLite makes it anew
		}
		text, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(to+strings.TrimPrefix(from, path), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// found holds that a record that was left by its server has a line with each of the marks of reads: what was synced is read back.
func found(t *testing.T, path string, marks []string) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var text bytes.Buffer
	batches, err := db.Batches(t.Context(), 1, 1<<20, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range batches {
		lines, err := trail.Unpack(b.Body)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(bytes.Join(lines, nil))
	}
	rows, err := db.Loose(t.Context(), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		text.Write(r.Lines)
	}
	reads := 0
	for _, m := range marks {
		if !strings.HasSuffix(m, readLetter) {
			continue
		}
		if reads++; !bytes.Contains(text.Bytes(), []byte(`"req":"`+m+`"`)) {
			t.Errorf("the line of the read %s is not there after a crash", m)
		}
	}
	if reads == 0 {
		t.Error("there were no reads")
	}
}
