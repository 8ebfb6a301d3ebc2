package postgres

import (
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"yitong/internal/fhir"
	"yitong/internal/store"
	"yitong/internal/store/seal"
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
	if t.proof == nil && len(changes) > 0 {
		t.proof = changes[0]
	}
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
	if err := t.keys(changes); err != nil || len(changes) == 0 {
		return err
	}
	return t.queueLog(changes)
}

func (t *tx) insert(made []*store.Change) error {
	if len(made) >= copyFrom {
		return t.copy("res", []string{"rid", "type", "id", "ver", "updated", "method", "author", "splice", "body", "spread"}, len(made), func(i int) []any {
			c := made[i]
			return []any{c.Rid, int16(c.Ref.Type), c.Ref.ID, int32(c.Number), c.Updated.UnixMicro(), int16(c.Method), c.Author, int32(c.Body.Splice), t.stored(c), spread(c.Ref)}
		})
	}
	k := t.arrays(made)
	refs, rids := make([]fhir.Ref, len(made)), make([]int64, len(made))
	for i, c := range made {
		refs[i], rids[i] = c.Ref, c.Rid
	}
	spreads, types, ids := names(refs)
	t.batch.Queue(sqlInsert, rids, types, ids, k.numbers, k.updated, k.methods, k.authors, k.splices, k.bodies, spreads)
	return nil
}

func (t *tx) update(moved []*store.Change) {
	k := t.arrays(moved)
	at := make([]pgtype.TID, len(moved))
	for i, c := range moved {
		at[i] = t.rows[c.Rid]
	}
	t.batch.Queue(sqlKeep, at, k.updated, k.numbers)
	t.batch.Queue(sqlUpdate, at, k.updated, k.numbers, k.methods, k.authors, k.splices, k.bodies)
}

// keys queues the lines of the index that the changed resources lose and gain.
func (t *tx) keys(changes []*store.Change) error {
	var add, drop lines
	for _, c := range changes {
		add.take(c.Add, c.Rid)
		drop.take(c.Drop, c.Rid)
	}
	t.drop(&drop)
	again := slices.ContainsFunc(changes, func(c *store.Change) bool { return c.Again })
	return t.add(&add, len(changes) >= copyFrom && !again)
}

// drop queues lines of the index to be taken out.
func (t *tx) drop(l *lines) {
	if len(l.keys) > 0 {
		t.batch.Queue(sqlDropKeys, l.keys, l.orders, l.rids)
	}
	if len(l.textKeys) > 0 {
		t.batch.Queue(sqlDropTexts, l.textKeys, l.texts, l.textRids)
	}
}

// add queues lines of the index, or copies them.
func (t *tx) add(l *lines, bulk bool) error {
	if !bulk {
		if len(l.keys) > 0 {
			t.batch.Queue(sqlAddKeys, l.keys, l.orders, l.rids)
		}
		if len(l.textKeys) > 0 {
			t.batch.Queue(sqlAddTexts, l.textKeys, l.texts, l.textRids)
		}
		return nil
	}
	err := t.copy("ix", []string{"h", "o", "rid"}, len(l.keys), func(i int) []any { return []any{l.keys[i], l.orders[i], l.rids[i]} })
	if err != nil || len(l.texts) == 0 {
		return err
	}
	return t.copy("str", []string{"h", "v", "rid"}, len(l.textKeys), func(i int) []any { return []any{l.textKeys[i], l.texts[i], l.textRids[i]} })
}

// lines are columns of the two indexes.
type lines struct {
	keys, orders, rids []int64
	textKeys, textRids []int64
	texts              []string
}

func (l *lines) take(k store.Keys, rid int64) {
	for _, e := range k.Entries {
		l.keys, l.orders, l.rids = append(l.keys, int64(e.Key)), append(l.orders, e.Order), append(l.rids, rid)
	}
	for _, s := range k.Texts {
		l.textKeys, l.texts, l.textRids = append(l.textKeys, int64(s.Key)), append(l.texts, s.Value), append(l.textRids, rid)
	}
}

// Index implements [store.Tx].
func (t *tx) Index(list []store.Indexed) error {
	t.wrote = true
	if err := t.queueWrites(); err != nil {
		return err
	}
	var add, drop lines
	for _, x := range list {
		add.take(x.Add, x.Rid)
		drop.take(x.Drop, x.Rid)
	}
	t.drop(&drop)
	return t.add(&add, false)
}

// Define implements [store.Tx].
func (t *tx) Define(d store.Definition) error {
	return t.now(sqlDefine, int16(d.Type), d.ID, d.Ground, d.Text, int16(d.State), d.Wanted.UnixMicro())
}

// Undefine implements [store.Tx].
func (t *tx) Undefine(d store.Definition) error { return t.now(sqlUndefine, int16(d.Type), d.ID) }

// now queues a statement behind what has been put.
func (t *tx) now(q string, args ...any) error {
	t.wrote = true
	if err := t.queueWrites(); err != nil {
		return err
	}
	t.batch.Queue(q, args...)
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

// stored is the body of a change in the form in which it is stored.
func (t *tx) stored(c *store.Change) []byte {
	return t.db.bodies.Store(seal.AboutVersion(c.Ref, c.Number), c.Body.Bytes)
}

// parameters are the columns of several changes.
type parameters struct {
	updated          []int64
	numbers, splices []int32
	methods          []int16
	authors          []string
	bodies           [][]byte
}

func (t *tx) arrays(changes []*store.Change) (p parameters) {
	for _, c := range changes {
		p.updated = append(p.updated, c.Updated.UnixMicro())
		p.numbers, p.splices = append(p.numbers, int32(c.Number)), append(p.splices, int32(c.Body.Splice))
		p.methods, p.authors = append(p.methods, int16(c.Method)), append(p.authors, c.Author)
		p.bodies = append(p.bodies, t.stored(c))
	}
	return p
}
