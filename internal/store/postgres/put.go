package postgres

import (
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"yitong/internal/fhir"
	"yitong/internal/store"
)

// copyFrom is the number of rows from which COPY is quicker than arrays.
const copyFrom = 64

// Put implements [store.Tx].
func (t *tx) Put(changes []store.Change) error {
	var made []*store.Change
	for i := range changes {
		c := &changes[i]
		c.Updated = store.After(t.at, c.Previous)
		if c.Body.Bytes == nil {
			c.Body.Bytes = []byte{}
		}
		if c.Number == 1 {
			made = append(made, c)
		}
		t.wrote = true
		t.written.add(c)
		t.pending = append(t.pending, c)
	}
	rids, err := t.db.take(t.ctx, len(made))
	if err != nil {
		return fail(err, "numbering resources")
	}
	for i, c := range made {
		c.Rid = rids[i]
	}
	return nil
}

// queuePending makes statements of what has been put: small sets go as arrays with the next statements, big ones by
// COPY at once.
func (t *tx) queuePending() error {
	changes := t.pending
	t.pending = nil
	var made, moved []*store.Change
	for _, c := range changes {
		if c.Number == 1 {
			made = append(made, c)
		} else {
			moved = append(moved, c)
		}
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

func (t *tx) insert(made []*store.Change) error {
	if len(made) >= copyFrom {
		return t.copy("res", []string{"rid", "type", "id", "ver", "updated", "method", "author", "splice", "body", "spread"}, len(made), func(i int) []any {
			c := made[i]
			return []any{c.Rid, int16(c.Ref.Type), c.Ref.ID, int32(c.Number), c.Updated.UnixMicro(), int16(c.Method), c.Author, int32(c.Body.Splice), c.Body.Bytes, spread(c.Ref)}
		})
	}
	k := arrays(made)
	refs, rids := make([]fhir.Ref, len(made)), make([]int64, len(made))
	for i, c := range made {
		refs[i], rids[i] = c.Ref, c.Rid
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
	t.batch.Queue(sqlKeep, at, k.updated, k.numbers)
	t.batch.Queue(sqlUpdate, at, k.updated, k.numbers, k.methods, k.authors, k.splices, k.bodies)
}

// keys queues the keys that the changed resources lose and gain.
func (t *tx) keys(changes []*store.Change) error {
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
	if err := t.send(); err != nil {
		return err
	}
	source := pgx.CopyFromSlice(n, func(i int) ([]any, error) { return row(i), nil })
	_, err := t.conn.CopyFrom(t.ctx, pgx.Identifier{table}, columns, source)
	return t.fail(err)
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
