package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// Shared is a handle on the file for a library that brings its own statements, such as a queue of jobs. What it writes
// takes its turn with the writes of the store, so neither meets a locked file; what it reads runs beside them. A
// transaction of its holds all writes up: it must be short, must use no other handle meanwhile, and is undone when
// nothing is asked of it for [turnMost].
func (d *DB) Shared() *sql.DB { return sql.OpenDB(connector{d}) }

// turnMost is how long a shared transaction may leave the writer waiting.
const turnMost = 5 * time.Second

// statementsMost bounds the statements that the writer keeps prepared for shared handles.
const statementsMost = 200

var errUndone = errors.New("the transaction was undone by its owner")

type connector struct{ db *DB }

func (c connector) Connect(context.Context) (driver.Conn, error) { return &sharedConn{db: c.db}, nil }
func (c connector) Driver() driver.Driver                        { return c }
func (c connector) Open(string) (driver.Conn, error)             { return &sharedConn{db: c.db}, nil }

// sharedConn is a connection as database/sql sees it: used by one goroutine at a time.
type sharedConn struct {
	db   *DB
	turn *turn // an open transaction
}

var (
	_ driver.ConnBeginTx    = (*sharedConn)(nil)
	_ driver.QueryerContext = (*sharedConn)(nil)
	_ driver.ExecerContext  = (*sharedConn)(nil)
)

func (c *sharedConn) Close() error { return nil }

// Begin implements [driver.Conn].
func (c *sharedConn) Begin() (driver.Tx, error) {
	return c.BeginTx(context.Background(), driver.TxOptions{})
}

// BeginTx implements [driver.ConnBeginTx]. It waits for the writer.
func (c *sharedConn) BeginTx(ctx context.Context, _ driver.TxOptions) (driver.Tx, error) {
	t := &turn{conn: c, ask: make(chan func()), end: make(chan error, 1), over: make(chan struct{})}
	begun, ran := make(chan struct{}), false
	go func() {
		defer close(t.over)
		t.err = c.db.Write(ctx, store.Work{Puts: store.BigPuts, Do: func(store.Tx, store.Found) error {
			if ran {
				return fault.New(fault.Unavailable, "The transaction broke off. Try again in a moment.")
			}
			ran = true
			close(begun)
			return t.serve()
		}})
	}()
	select {
	case <-begun:
		c.turn = t
		return t, nil
	case <-t.over:
		return nil, t.err
	}
}

// turn is a shared transaction: the writer carries out what is asked, until it is told the end.
type turn struct {
	conn *sharedConn
	ask  chan func()
	end  chan error
	over chan struct{}
	err  error // of the whole, when it is over
}

func (t *turn) serve() error {
	for {
		select {
		case do := <-t.ask:
			do()
		case err := <-t.end:
			return err
		case <-time.After(turnMost):
			return fault.New(fault.Unavailable, "A transaction was left open for %s and has been undone.", turnMost)
		}
	}
}

// Commit implements [driver.Tx].
func (t *turn) Commit() error { return t.finish(nil) }

// Rollback implements [driver.Tx].
func (t *turn) Rollback() error {
	if err := t.finish(errUndone); !errors.Is(err, errUndone) {
		return err
	}
	return nil
}

func (t *turn) finish(with error) error {
	t.conn.turn = nil
	t.end <- with
	<-t.over
	return t.err
}

// write runs do in the writer: in the open transaction, or else in one of its own.
func (c *sharedConn) write(ctx context.Context, do func() error) (err error) {
	if c.turn == nil {
		return c.db.Write(ctx, store.Work{Do: func(store.Tx, store.Found) error { return do() }})
	}
	done := make(chan struct{})
	select {
	case c.turn.ask <- func() { defer close(done); err = do() }:
		<-done
		return err
	case <-c.turn.over:
		return c.turn.err
	}
}

// ExecContext implements [driver.ExecerContext].
func (c *sharedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (result driver.Result, err error) {
	err = c.write(ctx, func() error {
		s, err := c.db.writer.shared(query)
		if err == nil {
			result, err = s.Exec(values(args)...)
		}
		return err
	})
	return result, err
}

// QueryContext implements [driver.QueryerContext].
func (c *sharedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	out := &sharedRows{}
	if c.turn == nil && reads(query) {
		rows, err := c.db.pool.QueryContext(ctx, query, values(args)...)
		return out, out.take(rows, err)
	}
	err := c.write(ctx, func() error {
		*out = sharedRows{}
		s, err := c.db.writer.shared(query)
		if err != nil {
			return err
		}
		rows, err := s.Query(values(args)...)
		return out.take(rows, err)
	})
	return out, err
}

// reads tells of a statement whether it only reads; comments may stand in front of it.
func reads(query string) bool {
	for line := range strings.Lines(query) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "--") {
			return strings.HasPrefix(line, "SELECT")
		}
	}
	return false
}

func values(args []driver.NamedValue) []any {
	out := make([]any, len(args))
	for i, a := range args {
		if out[i] = a.Value; a.Name != "" {
			out[i] = sql.Named(a.Name, a.Value)
		}
	}
	return out
}

// shared prepares a statement in the writer, once.
func (w *writer) shared(query string) (*sql.Stmt, error) {
	if s := w.others[query]; s != nil {
		return s, nil
	}
	s, err := w.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	if len(w.others) == statementsMost {
		w.forget()
	}
	w.others[query] = s
	return s, nil
}

// forget drops the statements of shared handles.
func (w *writer) forget() {
	for _, s := range w.others {
		_ = s.Close()
	}
	clear(w.others)
}

// sharedRows are rows that have been read whole, so that the writer does not wait for whoever goes through them.
type sharedRows struct {
	columns []string
	rows    [][]any
}

func (r *sharedRows) take(rows *sql.Rows, err error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	if r.columns, err = rows.Columns(); err != nil {
		return err
	}
	for rows.Next() {
		row, into := make([]any, len(r.columns)), make([]any, len(r.columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		r.rows = append(r.rows, row)
	}
	return rows.Err()
}

// Columns implements [driver.Rows].
func (r *sharedRows) Columns() []string { return r.columns }

// Close implements [driver.Rows].
func (r *sharedRows) Close() error { return nil }

// Next implements [driver.Rows].
func (r *sharedRows) Next(to []driver.Value) error {
	if len(r.rows) == 0 {
		return io.EOF
	}
	for i, v := range r.rows[0] {
		to[i] = v
	}
	r.rows = r.rows[1:]
	return nil
}

// Prepare implements [driver.Conn].
func (c *sharedConn) Prepare(query string) (driver.Stmt, error) { return sharedStmt{c, query}, nil }

// sharedStmt is a statement that is prepared where and when it runs.
type sharedStmt struct {
	conn  *sharedConn
	query string
}

func (s sharedStmt) Close() error  { return nil }
func (s sharedStmt) NumInput() int { return -1 }

// Exec implements [driver.Stmt].
func (s sharedStmt) Exec(args []driver.Value) (driver.Result, error) {
	return s.conn.ExecContext(context.Background(), s.query, named(args))
}

// Query implements [driver.Stmt].
func (s sharedStmt) Query(args []driver.Value) (driver.Rows, error) {
	return s.conn.QueryContext(context.Background(), s.query, named(args))
}

func named(args []driver.Value) []driver.NamedValue {
	out := make([]driver.NamedValue, len(args))
	for i, a := range args {
		out[i] = driver.NamedValue{Ordinal: i + 1, Value: a}
	}
	return out
}
