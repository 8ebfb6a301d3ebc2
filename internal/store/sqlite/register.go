package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"yitong/internal/store"
	"yitong/internal/store/seal"
)

const (
	itemColumns = "kind, id, ver, updated, author, owner, until, body"
	// Of an item i, with its names.
	sqlItems = "SELECT i.kind, i.id, i.ver, i.updated, i.author, i.owner, i.until, i.body," +
		" (SELECT json_group_array(n.name) FROM item_name n WHERE n.kind = i.kind AND n.id = i.id) FROM item i"

	sqlItem  = sqlItems + " WHERE i.kind = ?1 AND i.id = ?2"
	sqlNamed = sqlItems + " WHERE i.kind = ?1 AND i.id = (SELECT id FROM item_name WHERE kind = ?1 AND name = ?2)"
	sqlOwned = sqlItems + " WHERE i.kind = ?1 AND i.owner = ?2 AND i.id > ?3 ORDER BY i.id LIMIT ?4"
	sqlOfAll = sqlItems + " WHERE i.kind = ?1 AND i.id > ?2 ORDER BY i.id LIMIT ?3"
	sqlPast  = sqlItem + " UNION ALL SELECT " + itemColumns + ", '[]' FROM item_past" +
		" WHERE kind = ?1 AND id = ?2 ORDER BY 3 DESC"

	sqlIsNext   = "SELECT coalesce((SELECT ver FROM item WHERE kind = ?1 AND id = ?2), 0) = ?3 - 1"
	sqlIsTaken  = "SELECT EXISTS (SELECT 1 FROM item_name WHERE kind = ?1 AND name = ?2 AND id <> ?3)"
	sqlKeepItem = "INSERT INTO item_past (" + itemColumns + ") SELECT " + itemColumns + " FROM item" +
		" WHERE kind = ?1 AND id = ?2"
	sqlEnter = "INSERT INTO item (" + itemColumns + ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)" +
		" ON CONFLICT (kind, id) DO UPDATE" +
		" SET ver = ?3, updated = max(?4, updated + 1), author = ?5, owner = ?6, until = ?7, body = ?8"
	sqlNameItem  = "INSERT INTO item_name (kind, name, id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
	sqlUnname    = "DELETE FROM item_name WHERE kind = ? AND id = ?"
	sqlStrike    = "DELETE FROM item WHERE kind = ? AND id = ?"
	sqlStrikeOld = "DELETE FROM item_past WHERE kind = ? AND id = ?"
	sqlRunOut    = "SELECT kind, id FROM item WHERE until < 9223372036854775807 AND until <= ? ORDER BY until LIMIT ?"
)

// item reads one row of items with their names.
func (r reader) item(row scanner) (i store.Item, err error) {
	var updated, until int64
	var names []byte
	if err := row.Scan(&i.Kind, &i.ID, &i.Number, &updated, &i.Author, &i.Owner, &until, &i.Body, &names); err != nil {
		return store.Item{}, err
	}
	i.Updated, i.Until = time.UnixMicro(updated).UTC(), time.UnixMicro(until).UTC()
	if string(names) != "[]" {
		err = json.Unmarshal(names, &i.Names)
		slices.Sort(i.Names)
	}
	if err != nil {
		return store.Item{}, err
	}
	return i, r.bodies.OpenItem(&i)
}

// oneItem reads at most one row.
func (r reader) oneItem(row *sql.Row) (store.Item, error) {
	i, err := r.item(row)
	if errors.Is(err, sql.ErrNoRows) {
		return store.Item{}, nil
	}
	return i, fail(err, "reading an item")
}

// Item implements [store.RegisterReader].
func (r reader) Item(_ context.Context, kind, id string) (store.Item, error) {
	return r.oneItem(r.run[sqlItem].QueryRow(kind, id))
}

// Named implements [store.RegisterReader].
func (r reader) Named(_ context.Context, kind, name string) (store.Item, error) {
	return r.oneItem(r.run[sqlNamed].QueryRow(kind, name))
}

// Owned implements [store.RegisterReader].
func (r reader) Owned(_ context.Context, kind, owner, behind string, most int) ([]store.Item, error) {
	q, args := sqlOwned, []any{kind, owner, behind, most}
	if owner == "*" {
		q, args = sqlOfAll, []any{kind, behind, most}
	}
	rows, err := r.run[q].Query(args...)
	return all(rows, err, r.item)
}

// OwnedBy implements [store.Register].
func (d *DB) OwnedBy(_ context.Context, kind string, owners []string, most int) ([][]store.Item, error) {
	lists := make([][]store.Item, len(owners))
	for i, owner := range owners {
		rows, err := d.run[sqlOwned].Query(kind, owner, "", most)
		if lists[i], err = all(rows, err, d.item); err != nil {
			return nil, err
		}
	}
	return lists, nil
}

// Past implements [store.Register].
func (d *DB) Past(ctx context.Context, kind, id string) ([]store.Item, error) {
	rows, err := d.run[sqlPast].QueryContext(ctx, kind, id)
	return all(rows, err, d.item)
}

// Enter implements [store.RegisterTx]. There is one writer: what it has looked at is still so when it writes.
func (t *tx) Enter(i store.Item, keep bool) (bool, error) {
	if free, err := t.mayEnter(i); err != nil || !free {
		return false, err
	}
	at, _ := t.Now()
	body := t.bodies.Store(seal.AboutItem(i.Kind, i.ID, i.Number), i.Body)
	if keep {
		if err := t.w.exec(sqlKeepItem, i.Kind, i.ID); err != nil {
			return false, fail(err, "keeping an item")
		}
	}
	err := t.w.exec(sqlEnter, i.Kind, i.ID, i.Number, at.UnixMicro(), i.Author, i.Owner, i.Until.UnixMicro(), body)
	if err == nil {
		err = t.w.exec(sqlUnname, i.Kind, i.ID)
	}
	for _, name := range i.Names {
		if err == nil {
			err = t.w.exec(sqlNameItem, i.Kind, name, i.ID)
		}
	}
	return err == nil, fail(err, "entering an item")
}

// mayEnter tells whether a version follows the one that is there, and no other item has one of its names.
func (t *tx) mayEnter(i store.Item) (may bool, err error) {
	if err := t.inTime(); err != nil {
		return false, err
	}
	if err := t.w.stmt[sqlIsNext].QueryRow(i.Kind, i.ID, i.Number).Scan(&may); err != nil || !may {
		return false, fail(err, "reading an item")
	}
	for _, name := range i.Names {
		var taken bool
		if err := t.w.stmt[sqlIsTaken].QueryRow(i.Kind, name, i.ID).Scan(&taken); err != nil || taken {
			return false, fail(err, "reading an item")
		}
	}
	return true, nil
}

// Strike implements [store.RegisterTx].
func (t *tx) Strike(kind, id string) (bool, error) {
	was, err := t.changed(sqlStrike, kind, id)
	if err != nil || !was {
		return false, err
	}
	if err := t.w.exec(sqlUnname, kind, id); err != nil {
		return false, fail(err, "striking an item")
	}
	return true, fail(t.w.exec(sqlStrikeOld, kind, id), "striking an item")
}

// Sweep implements [store.Register].
func (d *DB) Sweep(ctx context.Context, by time.Time, most int) (n int, err error) {
	err = d.Write(ctx, store.Work{Puts: most, Do: func(x store.Tx, _ store.Found) error {
		n = 0
		rows, err := d.writer.stmt[sqlRunOut].Query(by.UnixMicro(), most)
		out, err := all(rows, err, func(row scanner) (i store.Item, err error) { return i, row.Scan(&i.Kind, &i.ID) })
		for _, i := range out {
			if err == nil {
				_, err = x.Strike(i.Kind, i.ID)
			}
		}
		n = len(out)
		return err
	}})
	return n, err
}
