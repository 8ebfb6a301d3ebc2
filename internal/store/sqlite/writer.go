package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"runtime/debug"
	"sync"

	"yitong/internal/fault"
	"yitong/internal/store"
)

const (
	groupMost = 256  // members of one commit
	queueMost = 1024 // writes that may wait; more are told to try again
)

// writer is the one goroutine that changes the file. What it runs has been prepared outside it; its statements never
// run under a request's context, for cancelling one would roll the whole group back.
type writer struct {
	db    *sql.DB
	conn  *sql.Conn
	stmt  map[string]*sql.Stmt
	queue chan *member
	mu    sync.RWMutex // guards closing queue against senders
	down  bool
	done  chan struct{}
}

// member is one write of a group.
type member struct {
	ctx  context.Context
	work store.Work
	err  error
	done chan struct{}
}

func openWriter(ctx context.Context, dsn string) (*writer, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fault.Wrap(err, "opening the database file")
	}
	db.SetMaxOpenConns(1)
	w := &writer{db: db, stmt: map[string]*sql.Stmt{}, queue: make(chan *member, queueMost), done: make(chan struct{})}
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
func (d *DB) Write(ctx context.Context, w store.Work) error {
	m := &member{ctx: ctx, work: w, done: make(chan struct{})}
	if err := d.writer.send(m); err != nil {
		return err
	}
	<-m.done
	return m.err
}

func (w *writer) send(m *member) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.down {
		return fault.New(fault.Unavailable, "The server is stopping. Try again in a moment.")
	}
	select {
	case w.queue <- m:
		return nil
	default:
		return fault.New(fault.Unavailable, "More than %d writes are waiting. Try again in a moment.", queueMost)
	}
}

func (w *writer) stop() {
	w.mu.Lock()
	if !w.down {
		w.down = true
		close(w.queue)
	}
	w.mu.Unlock()
	<-w.done
}

// close closes the statements too: with any of them open SQLite would not fold its log into the file.
func (w *writer) close() error {
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
	group := make([]*member, 0, groupMost)
	for first := range w.queue {
		group = append(group[:0], first)
		for more := true; more && len(group) < groupMost; {
			select {
			case m, ok := <-w.queue:
				if more = ok; ok {
					group = append(group, m)
				}
			default:
				more = false
			}
		}
		w.commit(group)
		for _, m := range group {
			close(m.done)
		}
	}
}

// commit runs a group in one transaction. If the transaction itself breaks (a full disk, say), each member runs again
// alone, so that only those fail that must.
func (w *writer) commit(group []*member) {
	if len(group) == 1 {
		w.alone(group[0])
		return
	}
	if w.together(group) {
		return
	}
	w.exec(sqlRollback) //nolint:errcheck // there may be nothing left to roll back
	for _, m := range group {
		w.alone(m)
	}
}

// together tells whether the transaction stood to its commit; every member then has its result.
func (w *writer) together(group []*member) bool {
	if w.exec(sqlBegin) != nil {
		return false
	}
	for _, m := range group {
		if w.exec(sqlSavepoint) != nil {
			return false
		}
		m.err = w.attempt(m)
		if m.err != nil && w.exec(sqlUndo) != nil {
			return false
		}
		if w.exec(sqlRelease) != nil {
			return false
		}
	}
	return w.exec(sqlCommit) == nil
}

func (w *writer) alone(m *member) {
	if m.err = fail(w.exec(sqlBegin), "beginning a transaction"); m.err != nil {
		return
	}
	if m.err = w.attempt(m); m.err == nil {
		if m.err = fail(w.exec(sqlCommit), "committing"); m.err == nil {
			return
		}
	}
	w.exec(sqlRollback) //nolint:errcheck // the transaction is gone either way
}

// attempt runs a member; a panic in it is its own error.
func (w *writer) attempt(m *member) (err error) {
	if m.ctx.Err() != nil {
		return fault.New(fault.Unavailable, "The request was given up before its turn came.").Because(m.ctx.Err())
	}
	defer func() {
		if p := recover(); p != nil {
			err = fault.Wrap(fmt.Errorf("panic: %v\n%s", p, debug.Stack()), "writing")
		}
	}()
	t := &tx{w: w}
	found, err := t.Gather(m.work.Want)
	if err != nil {
		return err
	}
	return m.work.Do(t, found)
}

func (w *writer) exec(q string, args ...any) error {
	_, err := w.stmt[q].Exec(args...)
	return err
}
