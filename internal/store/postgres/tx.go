package postgres

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/store"
)

const (
	attempts  = 12               // of one write, before its caller is told to try again
	patience  = 3                // collisions after which a write runs alone in this server
	writeMost = 30 * time.Second // a transaction may take, retries included
	ridStep   = 256              // of the sequence
)

// Write implements [store.DB]. A write that collides with others is tried again; after a few collisions it runs alone,
// so that it comes to its end however busy the server is. It does not follow the request's cancellation once it has begun: cancelling would cost
// the connection, and the client learns nothing from it.
func (d *DB) Write(ctx context.Context, puts int, fn func(store.Tx) error) error {
	if ctx.Err() != nil {
		return fault.New(fault.Unavailable, "The request was given up before its turn came.").Because(ctx.Err())
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeMost)
	defer cancel()
	if puts >= copyFrom {
		d.turn.Lock()
		defer d.turn.Unlock()
	}
	for attempt := 1; ; attempt++ {
		err := d.paced(ctx, attempt > patience, puts >= copyFrom, fn)
		if !collided(err) {
			return fail(err, "writing")
		}
		if attempt == attempts {
			return fault.New(fault.Unavailable, "Others kept changing the same resources. Try again in a moment.").Because(err)
		}
		time.Sleep(time.Duration(rand.IntN(1<<min(attempt, 6))) * time.Millisecond / 2)
	}
}

// paced makes an attempt beside others, or alone.
func (d *DB) paced(ctx context.Context, alone, inTurn bool, fn func(store.Tx) error) error {
	if alone {
		d.alone.Lock()
		defer d.alone.Unlock()
	} else {
		d.alone.RLock()
		defer d.alone.RUnlock()
	}
	return d.attempt(ctx, inTurn, fn)
}

func (d *DB) attempt(ctx context.Context, inTurn bool, fn func(store.Tx) error) error {
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if inTurn { // before the snapshot is taken, so not in the transaction
		if _, err := conn.Exec(ctx, sqlTakeTurn); err != nil {
			return err
		}
		defer conn.Exec(ctx, sqlEndTurn) //nolint:errcheck // a broken connection gives it back by itself
	}
	t := &tx{ctx: ctx, db: d, conn: conn, rows: map[int64]pgtype.TID{}}
	t.batch.Queue(sqlBegin)
	if err = t.run(fn); err == nil {
		t.batch.Queue("COMMIT")
		err = t.flush()
	}
	if err != nil && conn.Conn().PgConn().TxStatus() != 'I' {
		conn.Exec(ctx, "ROLLBACK") //nolint:errcheck // a broken connection is dropped by the pool
	}
	return err
}

// run calls fn; a panic in it becomes the caller's after the transaction has been rolled back.
func (t *tx) run(fn func(store.Tx) error) error {
	defer func() {
		if p := recover(); p != nil {
			t.conn.Exec(t.ctx, "ROLLBACK") //nolint:errcheck // as above
			panic(p)
		}
	}()
	return fn(t)
}

// tx queues its statements and sends them only when an answer is needed.
type tx struct {
	ctx   context.Context
	db    *DB
	conn  *pgxpool.Conn
	batch pgx.Batch
	at    time.Time
	rows  map[int64]pgtype.TID // where the gathered versions stand
}

// flush sends what is queued. What the queries read is taken up by their callbacks.
func (t *tx) flush() error {
	if t.batch.Len() == 0 {
		return nil
	}
	batch := t.batch
	t.batch = pgx.Batch{}
	return t.conn.SendBatch(t.ctx, &batch).Close()
}

// Now implements [store.Tx].
func (t *tx) Now() (time.Time, error) {
	if t.at.IsZero() {
		t.queueNow()
		if err := t.flush(); err != nil {
			return time.Time{}, err
		}
	}
	return t.at, nil
}

func (t *tx) queueNow() {
	t.batch.Queue(sqlNow).QueryRow(func(row pgx.Row) error {
		var micros int64
		err := row.Scan(&micros)
		t.at = time.UnixMicro(micros).UTC()
		return err
	})
}

// Gather implements [store.Tx].
func (t *tx) Gather(want store.Want) (store.Found, error) {
	found := store.Found{
		Heads: make([]store.Version, len(want.Heads)),
		Live:  make([]bool, len(want.Live)),
		Seek:  make([][]store.Version, len(want.Seek)),
	}
	if t.at.IsZero() && len(want.Live) == 0 {
		t.queueNow()
	}
	if len(want.Heads) > 0 {
		spreads, types, ids := names(want.Heads)
		t.numbered(sqlHeads, func(n int64, v store.Version) { found.Heads[n-1] = v }, spreads, types, ids)
	}
	if len(want.Live) > 0 {
		spreads, types, ids := names(want.Live)
		t.batch.Queue(sqlLive, spreads, types, ids).Query(func(rows pgx.Rows) error { return t.takeLive(rows, found.Live) })
	}
	if len(want.Seek) > 0 {
		keys, most := make([]int64, len(want.Seek)), make([]int32, len(want.Seek))
		for i, s := range want.Seek {
			keys[i], most[i] = int64(s.Key), int32(s.Most)
		}
		t.numbered(sqlSeek, func(n int64, v store.Version) { found.Seek[n-1] = append(found.Seek[n-1], v) }, keys, most)
	}
	if want.Key != nil {
		t.batch.Queue(sqlAnswer, want.Key).Query(func(rows pgx.Rows) error {
			var a store.Answer
			_, err := pgx.ForEachRow(rows, []any{&a.Request, &a.Text}, func() error { found.Answer = &a; return nil })
			return err
		})
	}
	return found, t.flush()
}

// takeLive reads which of the wanted are live, and in the row of number 0 the instant.
func (t *tx) takeLive(rows pgx.Rows, live []bool) error {
	var n, micros int64
	_, err := pgx.ForEachRow(rows, []any{&n, &micros}, func() error {
		if n == 0 {
			t.at = time.UnixMicro(micros).UTC()
		} else {
			live[n-1] = true
		}
		return nil
	})
	return err
}

// Gather implements [store.DB].
func (d *DB) Gather(ctx context.Context, want store.Want) (store.Found, error) {
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		return store.Found{}, fail(err, "reading")
	}
	defer conn.Release()
	found, err := (&tx{ctx: ctx, db: d, conn: conn, rows: map[int64]pgtype.TID{}}).Gather(want)
	return found, fail(err, "reading")
}

// numbered queues a query whose first column tells which part of the question a row answers.
func (t *tx) numbered(q string, take func(int64, store.Version), args ...any) {
	t.batch.Queue(q, args...).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var n, updated int64
			var v store.Version
			var at pgtype.TID
			err := rows.Scan(&n, &at, &v.Rid, &v.Ref.Type, &v.Ref.ID, &v.Number, &updated, &v.Method, &v.Author, &v.Body.Splice, &v.Body.Bytes)
			if err != nil {
				return err
			}
			v.Updated = time.UnixMicro(updated).UTC()
			t.rows[v.Rid] = at
			take(n, v)
		}
		return rows.Err()
	})
}

func names(refs []fhir.Ref) (spreads []int32, types []int16, ids []string) {
	spreads, types, ids = make([]int32, len(refs)), make([]int16, len(refs)), make([]string, len(refs))
	for i, r := range refs {
		spreads[i], types[i], ids[i] = spread(r), int16(r.Type), r.ID
	}
	return spreads, types, ids
}

// spread is the hash that leads a resource's index entries (FNV-1a). It is stored: never change it.
func spread(ref fhir.Ref) int32 {
	h := uint32(2166136261)
	for i := range len(ref.ID) {
		h = (h ^ uint32(ref.ID[i])) * 16777619
	}
	return int32(h)
}

// Reserve implements [store.Tx].
func (t *tx) Reserve(scope, place, holder string, until time.Time) (bool, error) {
	return t.changed(sqlReserve, scope, place, holder, until.UnixMicro())
}

// Release implements [store.Tx].
func (t *tx) Release(scope, place, holder string) (bool, error) {
	return t.changed(sqlGiveBack, scope, place, holder)
}

func (t *tx) changed(q string, args ...any) (is bool, err error) {
	t.batch.Queue(q, args...).Exec(func(tag pgconn.CommandTag) error { is = tag.RowsAffected() == 1; return nil })
	err = t.flush()
	return is, err
}

// Remember implements [store.Tx].
func (t *tx) Remember(key []byte, a store.Answer, until time.Time) error {
	t.batch.Queue(sqlForget)
	t.batch.Queue(sqlRemember, key, a.Request, a.Text, until.UnixMicro())
	return nil
}

// ridBlock hands out numbers of resources from blocks of the database's sequence.
type ridBlock struct {
	mu         sync.Mutex
	next, last int64
}

// take gives n numbers, ascending.
func (d *DB) take(ctx context.Context, n int) ([]int64, error) {
	d.rids.mu.Lock()
	defer d.rids.mu.Unlock()
	out := make([]int64, 0, n)
	for len(out) < n {
		if d.rids.next == d.rids.last {
			if err := d.pool.QueryRow(ctx, sqlRids).Scan(&d.rids.next); err != nil {
				return nil, err
			}
			d.rids.last = d.rids.next + ridStep
		}
		out = append(out, d.rids.next)
		d.rids.next++
	}
	return out, nil
}
