package postgres

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"yitong/internal/store"
	"yitong/internal/store/seal"
)

const (
	itemColumns = "kind, id, ver, updated, author, owner, until, body"
	// Of an item i, with its names.
	sqlItems = "SELECT i.kind, i.id, i.ver, i.updated, i.author, i.owner, i.until, i.body," +
		" ARRAY(SELECT n.name FROM item_name n WHERE n.kind = i.kind AND n.id = i.id ORDER BY n.name) FROM item i"

	sqlItem    = sqlItems + " WHERE i.kind = $1 AND i.id = $2"
	sqlNamed   = sqlItems + " WHERE i.kind = $1 AND i.id = (SELECT id FROM item_name WHERE kind = $1 AND name = $2)"
	sqlOwned   = sqlItems + " WHERE i.kind = $1 AND i.owner = $2 AND i.id > $3 ORDER BY i.id LIMIT $4"
	sqlOwnedBy = "SELECT x.*, k.n FROM unnest($2::text[]) WITH ORDINALITY k(owner, n) CROSS JOIN LATERAL (" + sqlItems +
		" WHERE i.kind = $1 AND i.owner = k.owner AND i.id > '' ORDER BY i.id LIMIT $3) x ORDER BY k.n, x.id"
	sqlOfAll = sqlItems + " WHERE i.kind = $1 AND i.id > $2 ORDER BY i.id LIMIT $3"
	sqlPast  = sqlItem + " UNION ALL SELECT " + itemColumns + ", '{}' FROM item_past" +
		" WHERE kind = $1 AND id = $2 ORDER BY 3 DESC"

	// Each looks and writes in one statement, whose parts all see what was there before it. A conflict with what its
	// snapshot does not show is an error, by which the transaction is tried again.
	//
	// A first version is inserted without a look for the item: that would remember a page of the index, and collide with
	// everybody who enters a neighbour (ADR 6).
	sqlEnterFirst = "WITH done AS (INSERT INTO item (" + itemColumns + ") SELECT $1, $2, 1, $3, $4, $5, $6, $7" +
		" WHERE NOT EXISTS (SELECT 1 FROM item_name WHERE kind = $1 AND name = ANY($8))" +
		" ON CONFLICT (kind, id) DO NOTHING RETURNING 1)" + nameItem
	sqlEnterNext = "WITH done AS (UPDATE item" +
		" SET ver = $9, updated = greatest($3, updated + 1), author = $4, owner = $5, until = $6, body = $7" +
		" WHERE kind = $1 AND id = $2 AND ver = $9::bigint - 1" +
		" AND NOT EXISTS (SELECT 1 FROM item_name WHERE kind = $1 AND name = ANY($8) AND id <> $2) RETURNING 1)," +
		" kept AS (INSERT INTO item_past (" + itemColumns + ") SELECT " + itemColumns + " FROM item" +
		" WHERE kind = $1 AND id = $2 AND $10 AND EXISTS (SELECT 1 FROM done))," +
		" unnamed AS (DELETE FROM item_name" +
		" WHERE kind = $1 AND id = $2 AND name <> ALL($8) AND EXISTS (SELECT 1 FROM done))" + nameItem
	nameItem = ", named AS (INSERT INTO item_name (kind, name, id)" +
		" SELECT $1, name, $2 FROM done, unnest($8::text[]) name" +
		" ON CONFLICT (kind, name) DO NOTHING) SELECT count(*) FROM done" // it may have the name already

	sqlStrike = "WITH done AS (DELETE FROM item WHERE kind = $1 AND id = $2 RETURNING kind, id)" + strikeRest
	sqlSweep  = "WITH done AS (DELETE FROM item WHERE ctid = ANY(ARRAY(SELECT ctid FROM item" +
		" WHERE until < 9223372036854775807 AND until <= $1 ORDER BY until LIMIT $2)) RETURNING kind, id)" + strikeRest
	strikeRest = ", unnamed AS (DELETE FROM item_name n USING done WHERE n.kind = done.kind AND n.id = done.id)," +
		" forgotten AS (DELETE FROM item_past p USING done WHERE p.kind = done.kind AND p.id = done.id)" +
		" SELECT count(*) FROM done"
)

func (d *DB) item(row pgx.CollectableRow) (store.Item, error) { return d.itemAnd(row) }

// itemAnd reads one row of an item, and what follows it.
func (d *DB) itemAnd(row pgx.CollectableRow, more ...any) (i store.Item, err error) {
	var updated, until int64
	err = row.Scan(append([]any{&i.Kind, &i.ID, &i.Number, &updated, &i.Author, &i.Owner, &until, &i.Body, &i.Names}, more...)...)
	if err != nil {
		return i, err
	}
	i.Updated, i.Until = time.UnixMicro(updated).UTC(), time.UnixMicro(until).UTC()
	if len(i.Names) == 0 {
		i.Names = nil
	}
	return i, d.bodies.OpenItem(&i)
}

// unkept tells whether PostgreSQL cannot keep a text.
func unkept(s string) bool { return strings.ContainsRune(s, 0) || !utf8.ValidString(s) }

// items reads items by texts, which stand before the other arguments. By a text that PostgreSQL cannot keep there are
// none.
func (t *tx) items(q string, texts []string, more ...any) (list []store.Item, err error) {
	if slices.ContainsFunc(texts, unkept) {
		return nil, nil
	}
	if err := t.queueWrites(); err != nil {
		return nil, err
	}
	args := make([]any, 0, len(texts)+len(more))
	for _, s := range texts {
		args = append(args, s)
	}
	t.batch.Queue(q, append(args, more...)...).Query(func(rows pgx.Rows) error {
		list, err = pgx.CollectRows(rows, t.db.item)
		return err
	})
	err = t.send()
	return list, err
}

// item is the one of a list, or none.
func item(list []store.Item, err error) (store.Item, error) {
	if err != nil || len(list) == 0 {
		return store.Item{}, err
	}
	return list[0], nil
}

// Item implements [store.RegisterReader].
func (t *tx) Item(_ context.Context, kind, id string) (store.Item, error) {
	return item(t.items(sqlItem, []string{kind, id}))
}

// Named implements [store.RegisterReader].
func (t *tx) Named(_ context.Context, kind, name string) (store.Item, error) {
	return item(t.items(sqlNamed, []string{kind, name}))
}

// Owned implements [store.RegisterReader].
func (t *tx) Owned(_ context.Context, kind, owner, behind string, most int) ([]store.Item, error) {
	if owner == "*" {
		return t.items(sqlOfAll, []string{kind, behind}, most)
	}
	return t.items(sqlOwned, []string{kind, owner, behind}, most)
}

// Item implements [store.RegisterReader].
func (d *DB) Item(ctx context.Context, kind, id string) (store.Item, error) {
	return reading(ctx, d, func(t *tx) (store.Item, error) { return t.Item(ctx, kind, id) })
}

// Named implements [store.RegisterReader].
func (d *DB) Named(ctx context.Context, kind, name string) (store.Item, error) {
	return reading(ctx, d, func(t *tx) (store.Item, error) { return t.Named(ctx, kind, name) })
}

// Owned implements [store.RegisterReader].
func (d *DB) Owned(ctx context.Context, kind, owner, behind string, most int) ([]store.Item, error) {
	return reading(ctx, d, func(t *tx) ([]store.Item, error) { return t.Owned(ctx, kind, owner, behind, most) })
}

// OwnedBy implements [store.Register].
func (d *DB) OwnedBy(ctx context.Context, kind string, owners []string, most int) ([][]store.Item, error) {
	lists, names := make([][]store.Item, len(owners)), make([]*string, len(owners))
	for i := range owners {
		if !unkept(owners[i]) {
			names[i] = &owners[i]
		}
	}
	if unkept(kind) {
		return lists, nil
	}
	rows, err := d.pool.Query(ctx, sqlOwnedBy, kind, names, most)
	_, err = all(rows, err, func(row pgx.CollectableRow) (struct{}, error) {
		var n int64
		i, err := d.itemAnd(row, &n)
		if err == nil {
			lists[n-1] = append(lists[n-1], i)
		}
		return struct{}{}, err
	})
	return lists, err
}

// Past implements [store.Register].
func (d *DB) Past(ctx context.Context, kind, id string) ([]store.Item, error) {
	return reading(ctx, d, func(t *tx) ([]store.Item, error) { return t.items(sqlPast, []string{kind, id}) })
}

// Enter implements [store.RegisterTx].
func (t *tx) Enter(i store.Item, keep bool) (bool, error) {
	body, names := t.db.bodies.Store(seal.AboutItem(i.Kind, i.ID, i.Number), i.Body), i.Names
	if names == nil {
		names = []string{}
	}
	args := []any{i.Kind, i.ID, t.at.UnixMicro(), i.Author, i.Owner, i.Until.UnixMicro(), body, names}
	if i.Number != 1 {
		n, err := t.register(sqlEnterNext, append(args, i.Number, keep)...)
		return n == 1, err
	}
	n, err := t.register(sqlEnterFirst, args...)
	if err == nil && n == 0 {
		_, err = t.Item(t.ctx, i.Kind, i.ID) // so that the refusal, as any answer, rests on what has been read
	}
	return n == 1, err
}

// Strike implements [store.RegisterTx].
func (t *tx) Strike(kind, id string) (bool, error) {
	n, err := t.register(sqlStrike, kind, id)
	return n == 1, err
}

// Sweep implements [store.Register].
func (d *DB) Sweep(ctx context.Context, by time.Time, most int) (n int, err error) {
	err = d.Write(ctx, store.Work{Puts: most, Do: func(x store.Tx, _ store.Found) (err error) {
		n, err = x.(*tx).register(sqlSweep, by.UnixMicro(), most)
		return err
	}})
	return n, err
}

// register runs a statement that changes items, and tells how many. It does not wait long for a row: whoever has it may
// wait for one of ours, and most often leaves it changed, so that this transaction must be tried again anyway. After a
// statement that has changed nothing there is nothing to undo if the member fails.
func (t *tx) register(q string, args ...any) (n int, err error) {
	if err := t.queueWrites(); err != nil {
		return 0, err
	}
	t.batch.Queue(sqlHurry)
	t.batch.Queue(q, args...).QueryRow(func(row pgx.Row) error { return row.Scan(&n) })
	t.batch.Queue(sqlNoHurry)
	err = t.send()
	t.wrote, t.sent = t.wrote || n > 0, t.sent || n > 0
	return n, err
}
