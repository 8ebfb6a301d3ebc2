package postgres

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"yitong/internal/fhir"
	"yitong/internal/store"
	"yitong/internal/store/seal"
)

// tx is a transaction, of one write or of a group. What it writes is queued until an answer is needed or it commits.
type tx struct {
	ctx     context.Context
	db      *DB
	conn    *pgxpool.Conn
	batch   pgx.Batch
	at      time.Time
	xid     string
	writing bool                 // else it only reads, outside a transaction
	rows    map[int64]pgtype.TID // where the gathered versions stand

	pending []*store.Change
	proof   *store.Change // the first of what has been sent
	answers []remembered
	jobs    []store.Job
	trail   []byte // lines
	seats   map[store.Place]seat
	before  []seated // of the member that runs
	logged  int      // changes in the log so far
	written written
	broken  error // of a statement

	wrote, sent, flushed bool // of the member that runs: has queued writes, they have been sent, something has been sent
}

type remembered struct {
	key    []byte
	answer store.Answer
	until  time.Time
}

func newTx(ctx context.Context, d *DB, conn *pgxpool.Conn) *tx {
	return &tx{ctx: ctx, db: d, conn: conn, rows: map[int64]pgtype.TID{}, seats: map[store.Place]seat{}, written: written{map[fhir.Ref]bool{}, map[store.Key]bool{}, map[string]bool{}}}
}

// queueWrites makes statements of what has been put and remembered. Whatever is asked must be queued behind it.
func (t *tx) queueWrites() error {
	t.flushed = true
	t.sent = t.sent || t.wrote
	if err := t.queuePending(); err != nil {
		return t.fail(err)
	}
	if len(t.answers) > 0 {
		t.batch.Queue(sqlForget)
	}
	for _, a := range t.answers {
		text := t.db.bodies.Store(seal.AboutAnswer(a.key), a.answer.Text)
		t.batch.Queue(sqlRemember, a.key, a.answer.Request, text, a.until.UnixMicro())
	}
	t.answers = nil
	t.queueJobs()
	t.queueTrail()
	t.queueSeats()
	return nil
}

// send sends what is queued. What the queries read is taken up by their callbacks.
func (t *tx) send() error {
	if t.broken != nil || t.batch.Len() == 0 {
		return t.broken
	}
	batch := t.batch
	t.batch = pgx.Batch{}
	return t.fail(t.conn.SendBatch(t.ctx, &batch).Close())
}

// fail keeps the first error: after it nothing can be done in the transaction any more.
func (t *tx) fail(err error) error {
	if t.broken == nil {
		t.broken = err
	}
	return t.broken
}

// commit sends the last of the writes and commits. sent tells whether the database may have seen the COMMIT.
func (t *tx) commit() (sent bool, err error) {
	if err := t.queueWrites(); err != nil {
		return false, err
	}
	t.clearSeats()
	t.batch.Queue("COMMIT")
	return true, t.send()
}

// Now implements [store.Tx]. Every transaction gathers before anything else, and so knows it.
func (t *tx) Now() (time.Time, error) { return t.at, nil }

// Gather implements [store.Tx].
func (t *tx) Gather(want store.Want) (store.Found, error) {
	found, err := t.gather([]store.Want{want})
	if err != nil {
		return store.Found{}, err
	}
	return found[0], nil
}

// gather answers several questions in one round trip.
func (t *tx) gather(wants []store.Want) ([]store.Found, error) {
	if err := t.queueWrites(); err != nil {
		return nil, err
	}
	found := make([]store.Found, len(wants))
	var heads, live []fhir.Ref
	var headTo []*store.Version
	var liveTo []*bool
	if t.writing {
		t.lockSeats(placesOf(wants)) // first, so that who must wait has done nothing yet
	}
	for i, w := range wants {
		f := &found[i]
		*f = store.Found{Heads: make([]store.Version, len(w.Heads)), Live: make([]bool, len(w.Live)), Seek: make([][]store.Version, len(w.Seek))}
		heads, live = append(heads, w.Heads...), append(live, w.Live...)
		for j := range f.Heads {
			headTo = append(headTo, &f.Heads[j])
		}
		for j := range f.Live {
			liveTo = append(liveTo, &f.Live[j])
		}
		for j, s := range w.Seek {
			to := &f.Seek[j]
			t.queueVersions(sqlSeek, func(_ int64, v store.Version) { *to = append(*to, v) }, s.Keys, s.Most, s.Naming)
		}
		if w.Key != nil {
			t.queueAnswer(w.Key, f)
		}
	}
	if t.writing || len(live) > 0 {
		t.queueLive(live, liveTo)
	}
	if len(heads) > 0 {
		spreads, types, ids := names(heads)
		t.queueVersions(sqlHeads, func(n int64, v store.Version) { *headTo[n-1] = v }, spreads, types, ids)
	}
	return found, t.send()
}

func placesOf(wants []store.Want) (places []store.Place) {
	for _, w := range wants {
		places = append(places, w.Places...)
	}
	return places
}

// queueLive asks which resources are live, and the instant.
func (t *tx) queueLive(refs []fhir.Ref, to []*bool) {
	spreads, types, ids := names(refs)
	t.batch.Queue(sqlLive, spreads, types, ids, t.writing && t.xid == "").Query(func(rows pgx.Rows) error {
		var n, micros int64
		var xid string
		_, err := pgx.ForEachRow(rows, []any{&n, &micros, &xid}, func() error {
			if n == 0 {
				t.at = time.UnixMicro(micros).UTC()
				t.xid += xid // it is asked for once
			} else {
				*to[n-1] = true
			}
			return nil
		})
		return err
	})
}

func (t *tx) queueAnswer(key []byte, to *store.Found) {
	t.batch.Queue(sqlAnswer, key).Query(func(rows pgx.Rows) error {
		var a store.Answer
		_, err := pgx.ForEachRow(rows, []any{&a.Request, &a.Text}, func() (err error) {
			to.Answer = &a
			a.Text, err = t.db.bodies.Open(seal.AboutAnswer(key), a.Text)
			return err
		})
		return err
	})
}

// queueVersions asks for versions. The first column of a row tells which part of the question it answers.
func (t *tx) queueVersions(q string, take func(int64, store.Version), args ...any) {
	t.batch.Queue(q, args...).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var n, updated int64
			var v store.Version
			var at pgtype.TID
			err := rows.Scan(&n, &at, &v.Rid, &v.Ref.Type, &v.Ref.ID, &v.Number, &updated, &v.Method, &v.Author, &v.Body.Splice, &v.Body.Bytes)
			if err != nil {
				return err
			}
			if err := t.db.bodies.OpenVersion(&v); err != nil {
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

func (t *tx) changed(q string, args ...any) (is bool, err error) {
	t.wrote = true
	if err := t.queueWrites(); err != nil {
		return false, err
	}
	t.batch.Queue(q, args...).Exec(func(tag pgconn.CommandTag) error { is = tag.RowsAffected() == 1; return nil })
	err = t.send()
	return is, err
}

// Remember implements [store.Tx].
func (t *tx) Remember(key []byte, a store.Answer, until time.Time) error {
	t.wrote = true
	t.written.once[string(key)] = true
	t.answers = append(t.answers, remembered{key, a, until})
	return nil
}

// ridBlock hands out numbers of resources from blocks of the database's sequence.
type ridBlock struct {
	mu         sync.Mutex
	next, last int64
}

// ridStep is the sequence's.
const ridStep = 256

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
