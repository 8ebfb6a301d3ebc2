package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"yitong/internal/fault"
	"yitong/internal/store"
	"yitong/internal/store/seal"
)

// writer is the one goroutine that changes the file. What it runs has been prepared outside it; its statements never
// run under a request's context, for cancelling one would roll the whole group back.
type writer struct {
	db    *sql.DB
	conn  *sql.Conn
	stmt  map[string]*sql.Stmt // by their texts
	queue *store.Queue
	done  chan struct{}
	slow  atomic.Int64 // added to every commit

	archive *archiving // nil for none
	trail   []byte     // lines that the transaction adds to the trail; of the goroutine alone

	bodies seal.Bodies
	others map[string]*sql.Stmt // of shared handles, by their texts; of the goroutine alone
}

func openWriter(ctx context.Context, dsn string, bodies seal.Bodies) (*writer, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fault.Wrap(err, "opening the database file")
	}
	db.SetMaxOpenConns(1)
	w := &writer{db: db, stmt: map[string]*sql.Stmt{}, bodies: bodies, queue: store.NewQueue(), done: make(chan struct{}), others: map[string]*sql.Stmt{}}
	if err := w.open(ctx); err != nil {
		_ = db.Close()
		return nil, fault.Wrap(err, "opening the database file")
	}
	go w.run()
	return w, nil
}

func (w *writer) open(ctx context.Context) (err error) {
	if err = migrate(ctx, w.db); err != nil {
		return err
	}
	if w.conn, err = w.db.Conn(ctx); err != nil {
		return err
	}
	for _, q := range writerStatements {
		if w.stmt[q], err = w.conn.PrepareContext(ctx, q); err != nil {
			return fmt.Errorf("%w in %s", err, q)
		}
	}
	return nil
}

// Write implements [store.DB].
func (d *DB) Write(ctx context.Context, w store.Work) error { return d.writer.queue.Write(ctx, w) }

func (w *writer) stop() {
	w.queue.Close()
	<-w.done
}

// close closes the statements too: with any of them open SQLite would not fold its log into the file.
func (w *writer) close() error {
	w.forget()
	for _, s := range w.stmt {
		if err := s.Close(); err != nil {
			return err
		}
	}
	if err := w.conn.Close(); err != nil {
		return err
	}
	return w.db.Close()
}

func (w *writer) run() {
	defer close(w.done)
	for {
		group := w.queue.Next()
		if group == nil {
			return
		}
		w.commit(group)
		w.archive.fold(w.conn)
	}
}

// commit runs the members of a group in one transaction, but big ones alone: a savepoint keeps every page that a member
// changes as it was, which costs them more than a sync of their own. If the transaction itself breaks (a full disk, say),
// each runs again alone, so that only those fail that must.
func (w *writer) commit(group []*store.Member) {
	var small, big []*store.Member
	for _, m := range group {
		if m.Work.Big() {
			big = append(big, m)
		} else {
			small = append(small, m)
		}
	}
	if len(small) > 1 {
		if late, stood := w.together(small); stood {
			for _, m := range small {
				if !slices.Contains(late, m) {
					m.Done()
				}
			}
			small = late
		} else {
			w.exec(sqlRollback) //nolint:errcheck // there may be nothing left to roll back
		}
	}
	for _, m := range append(small, big...) {
		w.alone(m)
		m.Done()
	}
}

// patience is how long the others of a group wait for a member. One that takes longer is undone and runs by itself.
const patience = 50 * time.Millisecond

// together tells whether the transaction stood to its commit; every member then has its result, but those that were late.
func (w *writer) together(group []*store.Member) (late []*store.Member, stood bool) {
	if w.begin() != nil {
		return nil, false
	}
	for _, m := range group {
		traced := len(w.trail)
		if w.exec(sqlSavepoint) != nil {
			return nil, false
		}
		t := &tx{reader: reader{w.stmt, w.bodies}, w: w, end: time.Now().Add(patience)}
		if m.Err = w.attempt(m, t); t.late {
			late = append(late, m)
		}
		if m.Err != nil || t.late {
			w.trail = w.trail[:traced]
			if w.exec(sqlUndo) != nil {
				return nil, false
			}
		}
		if w.exec(sqlRelease) != nil {
			return nil, false
		}
	}
	return late, w.end() == nil
}

func (w *writer) begin() error {
	w.clearTrail()
	return w.exec(sqlBegin)
}

// end commits.
func (w *writer) end() error {
	if err := w.addTrail(); err != nil {
		return err
	}
	time.Sleep(time.Duration(w.slow.Load()))
	return w.exec(sqlCommit)
}

// fold makes room on a full disk: what stands in the log is brought into the file, which most often has the pages for it
// already, and the log is cut off.
func (w *writer) fold(err error) {
	var e *sqlite.Error
	if errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_FULL {
		w.archive.cut(w.conn)
	}
}

// SlowCommits adds a time to every commit from now on, as a slower disk would: for measurements.
func (d *DB) SlowCommits(by time.Duration) {
	d.writer.slow.Store(int64(by))
	d.besides.slow.Store(int64(by))
}

func (w *writer) alone(m *store.Member) {
	if m.Err = fail(w.begin(), "beginning a transaction"); m.Err != nil {
		return
	}
	if m.Err = w.attempt(m, &tx{reader: reader{w.stmt, w.bodies}, w: w}); m.Err == nil {
		if m.Err = fail(w.end(), "committing"); m.Err == nil {
			return
		}
	}
	w.exec(sqlRollback) //nolint:errcheck // the transaction is gone either way
	w.fold(m.Err)
}

// attempt runs a member; a panic in it is its own error.
func (w *writer) attempt(m *store.Member, t *tx) (err error) {
	if err := m.GivenUp(); err != nil {
		return err
	}
	defer func() {
		if p := recover(); p != nil {
			err = fault.Wrap(fmt.Errorf("panic: %v\n%s", p, debug.Stack()), "writing")
		}
	}()
	found, err := t.Gather(m.Work.Want)
	if err != nil {
		return err
	}
	return m.Work.Do(t, found)
}

func (w *writer) exec(q string, args ...any) error {
	_, err := w.stmt[q].Exec(args...)
	return err
}
