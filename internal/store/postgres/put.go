package postgres

import (
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"yitong/internal/fhir"
	"yitong/internal/store"
)

// copyFrom is the number of rows from which COPY is quicker than arrays.
const copyFrom = 64

// Put implements [store.Tx]. Small sets go as arrays with the next statements, big ones by COPY at once.
func (t *tx) Put(changes []store.Change) error {
	if len(changes) == 0 {
		return nil
	}
	now, err := t.Now()
	if err != nil {
		return err
	}
	var made, moved []*store.Change
	for i := range changes {
		c := &changes[i]
		c.Updated = store.After(now, c.Previous)
		if c.Body.Bytes == nil {
			c.Body.Bytes = []byte{}
		}
		if c.Number == 1 {
			made = append(made, c)
		} else {
			moved = append(moved, c)
		}
	}
	if len(changes) == 1 {
		return t.putOne(&changes[0])
	}
	if len(made) > 0 {
		if err := t.insert(made); err != nil {
			return err
		}
	}
	if len(moved) > 0 {
		t.update(moved)
	}
	return t.keys(changes)
}

func (t *tx) putOne(c *store.Change) error {
	add := keysOf(c.Add)
	at, number, method, splice := c.Updated.UnixMicro(), int32(c.Number), int16(c.Method), int32(c.Body.Splice)
	if c.Number == 1 {
		rids, err := t.db.take(t.ctx, 1)
		if err != nil {
			return err
		}
		c.Rid = rids[0]
		t.batch.Queue(sqlInsertOne, c.Rid, int16(c.Ref.Type), c.Ref.ID, number, at, method, c.Author, splice, c.Body.Bytes, spread(c.Ref), add)
		return nil
	}
	t.batch.Queue(sqlUpdateOne, c.Rid, t.rows[c.Rid], at, number, method, c.Author, splice, c.Body.Bytes, add).QueryRow(func(row pgx.Row) error {
		var written int
		if err := row.Scan(&written); err != nil || written == 2 {
			return err
		}
		return fmt.Errorf("version %d did not follow the newest", number)
	})
	if len(c.Drop) > 0 {
		t.batch.Queue(sqlDropKeys, keysOf(c.Drop), slices.Repeat([]int64{c.Rid}, len(c.Drop)))
	}
	return nil
}

func (t *tx) insert(made []*store.Change) error {
	rids, err := t.db.take(t.ctx, len(made))
	if err != nil {
		return err
	}
	for i, c := range made {
		c.Rid = rids[i]
	}
	if len(made) >= copyFrom {
		return t.copy("res", []string{"rid", "type", "id", "ver", "updated", "method", "author", "splice", "body", "spread"}, len(made), func(i int) []any {
			c := made[i]
			return []any{c.Rid, int16(c.Ref.Type), c.Ref.ID, int32(c.Number), c.Updated.UnixMicro(), int16(c.Method), c.Author, int32(c.Body.Splice), c.Body.Bytes, spread(c.Ref)}
		})
	}
	k := arrays(made)
	refs := make([]fhir.Ref, len(made))
	for i, c := range made {
		refs[i] = c.Ref
	}
	spreads, types, ids := names(refs)
	t.batch.Queue(sqlInsert, rids, types, ids, k.numbers, k.updated, k.methods, k.authors, k.splices, k.bodies, spreads)
	return nil
}

func (t *tx) update(moved []*store.Change) {
	k := arrays(moved)
	at := make([]pgtype.TID, len(moved))
	for i, c := range moved {
		at[i] = t.rows[c.Rid]
	}
	whole := func(tag pgconn.CommandTag) error {
		if tag.RowsAffected() != int64(len(moved)) {
			return fmt.Errorf("%d of %d versions followed the newest", tag.RowsAffected(), len(moved))
		}
		return nil
	}
	t.batch.Queue(sqlKeep, at, k.updated, k.numbers).Exec(whole)
	t.batch.Queue(sqlUpdate, at, k.updated, k.numbers, k.methods, k.authors, k.splices, k.bodies).Exec(whole)
}

// keys queues the keys that the changed resources lose and gain.
func (t *tx) keys(changes []store.Change) error {
	var add, drop, addTo, dropFrom []int64
	for _, c := range changes {
		for _, k := range c.Add {
			add, addTo = append(add, int64(k)), append(addTo, c.Rid)
		}
		for _, k := range c.Drop {
			drop, dropFrom = append(drop, int64(k)), append(dropFrom, c.Rid)
		}
	}
	if len(drop) > 0 {
		t.batch.Queue(sqlDropKeys, drop, dropFrom)
	}
	if len(add) >= copyFrom {
		return t.copy("ix", []string{"h", "o", "rid"}, len(add), func(i int) []any { return []any{add[i], int64(0), addTo[i]} })
	}
	if len(add) > 0 {
		t.batch.Queue(sqlAddKeys, add, addTo)
	}
	return nil
}

// copy sends rows by COPY, after what is queued.
func (t *tx) copy(table string, columns []string, n int, row func(int) []any) error {
	if err := t.flush(); err != nil {
		return err
	}
	source := pgx.CopyFromSlice(n, func(i int) ([]any, error) { return row(i), nil })
	_, err := t.conn.CopyFrom(t.ctx, pgx.Identifier{table}, columns, source)
	return err
}

// parameters are the columns of several changes.
type parameters struct {
	updated          []int64
	numbers, splices []int32
	methods          []int16
	authors          []string
	bodies           [][]byte
}

func arrays(changes []*store.Change) (p parameters) {
	for _, c := range changes {
		p.updated = append(p.updated, c.Updated.UnixMicro())
		p.numbers, p.splices = append(p.numbers, int32(c.Number)), append(p.splices, int32(c.Body.Splice))
		p.methods, p.authors = append(p.methods, int16(c.Method)), append(p.authors, c.Author)
		p.bodies = append(p.bodies, c.Body.Bytes)
	}
	return p
}

func keysOf(keys []store.Key) []int64 {
	out := make([]int64, len(keys))
	for i, k := range keys {
		out[i] = int64(k)
	}
	return out
}
