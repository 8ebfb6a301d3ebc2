package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"yitong/internal/fhir"
	"yitong/internal/store"
)

const (
	ranges     = " FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::int[]) WITH ORDINALITY k(h, o1, r1, o2, r2, most, n)"
	textRanges = " FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::int[]) WITH ORDINALITY k(h, o1, r1, o2, r2, most, n)"
	lateral    = " CROSS JOIN LATERAL (SELECT "
	inIx       = " FROM ix WHERE ix.h = k.h AND (ix.o, ix.rid) > (k.o1, k.r1) AND (ix.o, ix.rid) < (k.o2, k.r2)"
	inStr      = ` FROM str WHERE str.h = k.h AND (str.v, str.rid) > (k.o1 COLLATE "C", k.r1) AND (str.v, str.rid) < (k.o2 COLLATE "C", k.r2)`
	inRes      = " FROM res WHERE res.type = k.h AND res.method <> 4 AND (res.updated, res.rid) > (k.o1, k.r1) AND (res.updated, res.rid) < (k.o2, k.r2)"

	sqlUp          = "SELECT k.n, x.o, x.rid" + ranges + lateral + "ix.o, ix.rid" + inIx + " ORDER BY ix.o, ix.rid LIMIT k.most) x ORDER BY k.n, x.o, x.rid"
	sqlDown        = "SELECT k.n, x.o, x.rid" + ranges + lateral + "ix.o, ix.rid" + inIx + " ORDER BY ix.o DESC, ix.rid DESC LIMIT k.most) x ORDER BY k.n, x.o DESC, x.rid DESC"
	sqlTextsUp     = "SELECT k.n, x.v, x.rid" + textRanges + lateral + "str.v, str.rid" + inStr + " ORDER BY str.v, str.rid LIMIT k.most) x ORDER BY k.n, x.v, x.rid"
	sqlTextsDown   = "SELECT k.n, x.v, x.rid" + textRanges + lateral + "str.v, str.rid" + inStr + " ORDER BY str.v DESC, str.rid DESC LIMIT k.most) x ORDER BY k.n, x.v DESC, x.rid DESC"
	sqlChangesUp   = "SELECT k.n, x.o, x.rid" + ranges + lateral + "res.updated AS o, res.rid" + inRes + " ORDER BY res.updated, res.rid LIMIT k.most) x ORDER BY k.n, x.o, x.rid"
	sqlChangesDown = "SELECT k.n, x.o, x.rid" + ranges + lateral + "res.updated AS o, res.rid" + inRes + " ORDER BY res.updated DESC, res.rid DESC LIMIT k.most) x ORDER BY k.n, x.o DESC, x.rid DESC"

	sqlSize        = "SELECT k.n, x.size, 0::bigint" + ranges + lateral + "count(*) AS size FROM (SELECT 1" + inIx + " LIMIT k.most) y) x"
	sqlTextsSize   = "SELECT k.n, x.size, 0::bigint" + textRanges + lateral + "count(*) AS size FROM (SELECT 1" + inStr + " LIMIT k.most) y) x"
	sqlChangesSize = "SELECT k.n, x.size, 0::bigint" + ranges + lateral + "count(*) AS size FROM (SELECT 1" + inRes + " LIMIT k.most) y) x"

	sqlHeld   = "SELECT k.n FROM unnest($1::bigint[]) WITH ORDINALITY k(h, n) WHERE EXISTS (SELECT 1 FROM ix WHERE ix.h = k.h)"
	sqlNames  = "SELECT k.n, r.type, r.id FROM unnest($1::bigint[]) WITH ORDINALITY k(rid, n) JOIN res r ON r.rid = k.rid"
	sqlBodies = "SELECT 0::bigint, ctid, " + columns + " FROM res WHERE rid = ANY($1::bigint[]) AND method <> 4"
	sqlBorn   = "SELECT rid, updated FROM hist WHERE rid = ANY($1::bigint[]) AND ver = 1"
)

// question is the statement for ranges of one kind, and their columns.
type question struct {
	sql              string
	at               []int // which of the ranges asked for
	keys, r1, r2     []int64
	orders1, orders2 []int64
	texts1, texts2   []string
	most             []int32
}

// questions groups ranges by the statement that reads them.
func questions(ranges []store.Range, most int, sql func(*store.Range) string) (list []*question) {
	byStatement := map[string]*question{}
	for i := range ranges {
		r := &ranges[i]
		q := byStatement[sql(r)]
		if q == nil {
			q = &question{sql: sql(r)}
			byStatement[q.sql] = q
			list = append(list, q)
		}
		key, limit := int64(r.Key), r.Most
		if r.Changes != 0 {
			key = int64(r.Changes)
		}
		if most > 0 {
			limit = most
		}
		q.at, q.keys, q.most = append(q.at, i), append(q.keys, key), append(q.most, int32(limit))
		q.r1, q.r2 = append(q.r1, r.From.Rid), append(q.r2, r.To.Rid)
		if r.Texts {
			q.texts1, q.texts2 = append(q.texts1, r.From.Text), append(q.texts2, r.To.Text)
		} else {
			q.orders1, q.orders2 = append(q.orders1, r.From.Order), append(q.orders2, r.To.Order)
		}
	}
	return list
}

// queue asks it; take gets the number of the range and what was found.
func (q *question) queue(t *tx, take func(at int, p store.Posting)) {
	args := []any{q.keys, q.orders1, q.r1, q.orders2, q.r2, q.most}
	texts := q.texts1 != nil
	if texts {
		args[1], args[3] = q.texts1, q.texts2
	}
	t.batch.Queue(q.sql, args...).Query(func(rows pgx.Rows) error {
		var n int64
		var p store.Posting
		into := []any{&n, &p.Order, &p.Rid}
		if texts && q.sql != sqlTextsSize {
			into[1] = &p.Text
		}
		_, err := pgx.ForEachRow(rows, into, func() error { take(q.at[n-1], p); return nil })
		return err
	})
}

func seekStatement(r *store.Range) string {
	up, down := sqlUp, sqlDown
	switch {
	case r.Texts:
		up, down = sqlTextsUp, sqlTextsDown
	case r.Changes != 0:
		up, down = sqlChangesUp, sqlChangesDown
	}
	if r.Down {
		return down
	}
	return up
}

func sizeStatement(r *store.Range) string {
	switch {
	case r.Texts:
		return sqlTextsSize
	case r.Changes != 0:
		return sqlChangesSize
	}
	return sqlSize
}

// Seek implements [store.Reader].
func (t *tx) Seek(_ context.Context, ranges []store.Range) ([][]store.Posting, error) {
	if err := t.queueWrites(); err != nil {
		return nil, err
	}
	found := make([][]store.Posting, len(ranges))
	for _, q := range questions(ranges, 0, seekStatement) {
		q.queue(t, func(at int, p store.Posting) { found[at] = append(found[at], p) })
	}
	return found, t.send()
}

// Sizes implements [store.Reader].
func (t *tx) Sizes(_ context.Context, ranges []store.Range, most int) ([]int, error) {
	if err := t.queueWrites(); err != nil {
		return nil, err
	}
	sizes := make([]int, len(ranges))
	for _, q := range questions(ranges, most, sizeStatement) {
		q.queue(t, func(at int, p store.Posting) { sizes[at] = int(p.Order) })
	}
	return sizes, t.send()
}

// Heads implements [store.Reader].
func (t *tx) Heads(_ context.Context, refs []fhir.Ref) ([]store.Version, error) {
	found, err := t.Gather(store.Want{Heads: refs})
	return found.Heads, err
}

// Holders implements [store.Reader].
func (t *tx) Holders(_ context.Context, keys []store.Key, most int) ([]store.Version, error) {
	found, err := t.Gather(store.Want{Seek: []store.Seek{{Keys: keys, Most: most}}})
	if err != nil {
		return nil, err
	}
	return found.Seek[0], nil
}

// Held implements [store.Reader].
func (t *tx) Held(_ context.Context, keys []store.Key) ([]bool, error) {
	if err := t.queueWrites(); err != nil {
		return nil, err
	}
	held := make([]bool, len(keys))
	t.batch.Queue(sqlHeld, keys).Query(func(rows pgx.Rows) error {
		var n int
		_, err := pgx.ForEachRow(rows, []any{&n}, func() error { held[n-1] = true; return nil })
		return err
	})
	return held, t.send()
}

// Names implements [store.Reader].
func (t *tx) Names(_ context.Context, rids []int64) ([]fhir.Ref, error) {
	if err := t.queueWrites(); err != nil {
		return nil, err
	}
	refs := make([]fhir.Ref, len(rids))
	t.batch.Queue(sqlNames, rids).Query(func(rows pgx.Rows) error {
		var n int
		var ref fhir.Ref
		_, err := pgx.ForEachRow(rows, []any{&n, &ref.Type, &ref.ID}, func() error { refs[n-1] = ref; return nil })
		return err
	})
	return refs, t.send()
}

// Bodies implements [store.Reader].
func (t *tx) Bodies(_ context.Context, rids []int64) (list []store.Version, err error) {
	if err := t.queueWrites(); err != nil {
		return nil, err
	}
	t.queueVersions(sqlBodies, func(_ int64, v store.Version) { list = append(list, v) }, rids)
	err = t.send()
	return list, err
}

// Born implements [store.Reader].
func (t *tx) Born(_ context.Context, rids []int64) (map[int64]time.Time, error) {
	if err := t.queueWrites(); err != nil {
		return nil, err
	}
	born := make(map[int64]time.Time, len(rids))
	t.batch.Queue(sqlBorn, rids).Query(func(rows pgx.Rows) error {
		var rid, micros int64
		_, err := pgx.ForEachRow(rows, []any{&rid, &micros}, func() error { born[rid] = time.UnixMicro(micros).UTC(); return nil })
		return err
	})
	return born, t.send()
}

// reading runs do outside a transaction.
func reading[T any](ctx context.Context, d *DB, do func(*tx) (T, error)) (T, error) {
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		var none T
		return none, fail(err, "reading")
	}
	defer conn.Release()
	found, err := do(newTx(ctx, d, conn))
	return found, fail(err, "reading")
}

// Gather implements [store.DB].
func (d *DB) Gather(ctx context.Context, want store.Want) (store.Found, error) {
	return reading(ctx, d, func(t *tx) (store.Found, error) { return t.Gather(want) })
}

// Seek implements [store.Reader].
func (d *DB) Seek(ctx context.Context, ranges []store.Range) ([][]store.Posting, error) {
	return reading(ctx, d, func(t *tx) ([][]store.Posting, error) { return t.Seek(ctx, ranges) })
}

// Sizes implements [store.Reader].
func (d *DB) Sizes(ctx context.Context, ranges []store.Range, most int) ([]int, error) {
	return reading(ctx, d, func(t *tx) ([]int, error) { return t.Sizes(ctx, ranges, most) })
}

// Heads implements [store.Reader].
func (d *DB) Heads(ctx context.Context, refs []fhir.Ref) ([]store.Version, error) {
	if len(refs) == 1 { // which takes a third of it
		one, err := d.Head(ctx, refs[0])
		return []store.Version{one}, err
	}
	return reading(ctx, d, func(t *tx) ([]store.Version, error) { return t.Heads(ctx, refs) })
}

// Held implements [store.Reader].
func (d *DB) Held(ctx context.Context, keys []store.Key) ([]bool, error) {
	return reading(ctx, d, func(t *tx) ([]bool, error) { return t.Held(ctx, keys) })
}

// Names implements [store.Reader].
func (d *DB) Names(ctx context.Context, rids []int64) ([]fhir.Ref, error) {
	return reading(ctx, d, func(t *tx) ([]fhir.Ref, error) { return t.Names(ctx, rids) })
}

// Bodies implements [store.Reader].
func (d *DB) Bodies(ctx context.Context, rids []int64) ([]store.Version, error) {
	return reading(ctx, d, func(t *tx) ([]store.Version, error) { return t.Bodies(ctx, rids) })
}

// Born implements [store.Reader].
func (d *DB) Born(ctx context.Context, rids []int64) (map[int64]time.Time, error) {
	return reading(ctx, d, func(t *tx) (map[int64]time.Time, error) { return t.Born(ctx, rids) })
}

// Holders implements [store.Reader].
func (d *DB) Holders(ctx context.Context, keys []store.Key, most int) ([]store.Version, error) {
	return reading(ctx, d, func(t *tx) ([]store.Version, error) { return t.Holders(ctx, keys, most) })
}
