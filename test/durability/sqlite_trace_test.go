package durability

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"testing"
)

const (
	walHeader   = 32 // bytes at the head of SQLite's log
	frameHeader = 24 // and at the head of each frame
)

// sqliteLog reads SQLite's log as it is written: a frame is a header and a page, each written by a call of its own. The
// header of a transaction's last frame tells how big the file is after its commit, that of any other frame tells 0.
//
// A mark belongs to the transaction in which it is first seen in a page: nobody had known it before its request.
type sqliteLog struct {
	page   int64 // bytes
	commit bool  // of the frame whose header came last
	known  map[string]bool
	open   []string // marks of the transaction that is being written
}

func newSQLiteLog() writeAheadLog { return &sqliteLog{known: map[string]bool{}} }

func (*sqliteLog) holds(path string) bool { return filepath.Ext(path) == ".db-wal" }

func (l *sqliteLog) forget(mark string) { delete(l.known, mark) }

func (*sqliteLog) follows(string) bool { return true }

func (l *sqliteLog) wrote(c *call) (marks []string, err error) {
	if c.offset == 0 {
		if len(c.data) != walHeader {
			return nil, fmt.Errorf("the head of the log has %d bytes", len(c.data))
		}
		l.page = int64(binary.BigEndian.Uint32(c.data[8:]))
		return nil, nil
	}
	if l.page == 0 {
		return nil, fmt.Errorf("a frame without a log")
	}
	within := (c.offset - walHeader) % (frameHeader + l.page)
	if within == 0 && len(c.data) == frameHeader {
		l.commit = binary.BigEndian.Uint32(c.data[4:]) != 0
		return nil, nil
	}
	if within != frameHeader || int64(len(c.data)) != l.page {
		return nil, fmt.Errorf("%d bytes at %d are no part of a frame", len(c.data), c.offset)
	}
	for _, found := range markPattern.FindAll(c.data, -1) {
		if m := string(found); !l.known[m] {
			l.known[m] = true
			l.open = append(l.open, m)
		}
	}
	if l.commit {
		marks, l.open = l.open, nil
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

// entered holds that the folder was synced after the log had been made in it, and before the first answer: a file whose name
// is lost is lost, too.
func entered(t *testing.T, moments []moment) {
	t.Helper()
	var log *call
	for _, m := range moments {
		switch {
		case log == nil && filepath.Ext(m.path) == ".db-wal":
			log = m.call
		case log != nil && m.done && m.sync() && m.result == 0 && m.path == filepath.Dir(log.path) && m.begin > log.begin:
			return
		case bytes.HasPrefix(m.data, []byte("HTTP/1.1 2")):
			t.Error("the first answer was given before the folder of the log was synced")
			return
		}
	}
	t.Error("there are no answers")
}
