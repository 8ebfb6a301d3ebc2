package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"yitong/internal/store"
	"yitong/internal/store/seal"
)

const (
	sqlKnown  = "SELECT value FROM setting WHERE name = 'seal'"
	sqlLearn  = "INSERT INTO setting (name, value) VALUES ('seal', ?) ON CONFLICT DO NOTHING" // another process may be quicker
	sqlChange = "UPDATE setting SET value = ? WHERE name = 'seal' AND value = ?"
	sqlWhole  = "INSERT INTO setting (name, value) VALUES ('seal', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
	sqlForgot = "DELETE FROM setting WHERE name = 'seal'"
)

// checkSeal refuses a record whose bodies cannot be opened, and remembers the key of one that has never been sealed.
func (d *DB) checkSeal(ctx context.Context) error {
	for {
		var known []byte
		err := d.pool.QueryRowContext(ctx, sqlKnown).Scan(&known)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fail(err, "reading the settings")
		}
		keep, err := d.bodies.Check(known, func() (seal.Held, error) { return d.held(ctx) })
		if err != nil || keep == nil {
			return err
		}
		q, args := sqlLearn, []any{keep}
		if known != nil {
			q, args = sqlChange, []any{keep, known}
		}
		err = d.Write(ctx, store.Work{Do: func(store.Tx, store.Found) error {
			_, err := d.writer.conn.ExecContext(context.Background(), q, args...)
			return fail(err, "keeping a setting")
		}})
		if err != nil {
			return err
		}
	}
}

// held tells what bodies there are. It looks at all of them at most, once in the life of a record.
func (d *DB) held(ctx context.Context) (h seal.Held, err error) {
	for _, t := range slices.Concat(sealedTables, []sealedTable{answers}) {
		var one seal.Held
		q := "SELECT EXISTS (SELECT 1 FROM " + t.name + " WHERE length(" + t.body + ") > 0), EXISTS (SELECT 1 FROM " + t.name + " WHERE " + t.sealed() + ")"
		if err := d.pool.QueryRowContext(ctx, q).Scan(&one.Any, &one.Sealed); err != nil {
			return h, fail(err, "looking for sealed bodies")
		}
		h.Any, h.Sealed = h.Any || one.Any, h.Sealed || one.Sealed
	}
	return h, nil
}

// sealedTable is a table with bodies, as far as sealing them anew goes: rows from one number to another, of which each
// tells its number, its body and what that is about; and how it is given another body.
type sealedTable struct {
	name, body string
	about      string // columns
	take       func(row scanner, number *int64, body *[]byte) (seal.About, error)
}

// sealedTables are all that have bodies. Their places are counted: add new ones at the end.
var sealedTables = []sealedTable{
	{"res", "body", "type, id, ver", takeVersion},
	{"hist", "body", "type, (SELECT id FROM res WHERE res.rid = hist.rid), ver", takeVersion},
	{"item", "body", "kind, id, ver", takeItem},
	{"item_past", "body", "kind, id, ver", takeItem},
	{"batch", "body", "n", func(row scanner, number *int64, body *[]byte) (seal.About, error) {
		var n int64
		err := row.Scan(number, body, &n)
		return seal.AboutBatch(n), err
	}},
	{"loose", "lines", "0", func(row scanner, number *int64, body *[]byte) (seal.About, error) {
		var none int64
		return seal.AboutLines, row.Scan(number, body, &none)
	}},
}

func takeVersion(row scanner, number *int64, body *[]byte) (seal.About, error) {
	var v store.Version
	err := row.Scan(number, body, &v.Ref.Type, &v.Ref.ID, &v.Number)
	return seal.AboutVersion(v.Ref, v.Number), err
}

func takeItem(row scanner, number *int64, body *[]byte) (seal.About, error) {
	var i store.Item
	err := row.Scan(number, body, &i.Kind, &i.ID, &i.Number)
	return seal.AboutItem(i.Kind, i.ID, i.Number), err
}

// sealed tells whether a body is sealed, as [seal.IsSealed] does.
func (t sealedTable) sealed() string {
	return "(substr(" + t.body + ", 1, 1) = x'01' OR substr(" + t.body + ", 1, 2) = x'0002')"
}

// other tells of a body whether it is not in the form that is wanted: not behind the lead of [seal.Bodies], or sealed where
// that is NULL.
func (t sealedTable) other(lead string) string {
	return "length(" + t.body + ") > 0 AND CASE WHEN " + lead + " IS NULL THEN " + t.sealed() +
		" ELSE substr(" + t.body + ", 1, length(" + lead + ")) <> " + lead + " END"
}

// otherForm are rows of a table whose bodies are not in the form that is wanted.
func (t sealedTable) otherForm() string {
	return "SELECT rowid, " + t.body + ", " + t.about + " FROM " + t.name + " WHERE rowid > ?1 AND rowid <= ?2 AND " + t.other("?3") + " ORDER BY rowid"
}

// Reseal implements [seal.Resealer].
func (d *DB) Reseal(ctx context.Context, from seal.Place, most int) (to seal.Place, changed int, over bool, err error) {
	if from.Table == len(sealedTables) {
		return d.resealAnswers(ctx, from, most)
	}
	t := sealedTables[from.Table]
	var end sql.NullInt64
	q := "SELECT max(rowid) FROM (SELECT rowid FROM " + t.name + " WHERE rowid > ? ORDER BY rowid LIMIT ?)"
	if err := d.pool.QueryRowContext(ctx, q, from.Behind, most).Scan(&end); err != nil {
		return from, 0, false, fail(err, "sealing bodies")
	}
	if !end.Valid {
		return seal.Place{Table: from.Table + 1}, 0, false, nil
	}
	err = d.Write(ctx, store.Work{Puts: store.BigPuts, Do: func(store.Tx, store.Found) error {
		changed, err = d.writer.reseal(t, from.Behind, end.Int64)
		return fail(err, "sealing bodies")
	}})
	if err != nil {
		return from, 0, false, err
	}
	return seal.Place{Table: from.Table, Behind: end.Int64}, changed, false, nil
}

// resealing is a row whose body is to be stored in another form.
type resealing struct {
	number int64
	key    []byte // in place of the number
	body   []byte
}

func (w *writer) reseal(t sealedTable, behind, end int64) (int, error) {
	rows, err := w.conn.QueryContext(context.Background(), t.otherForm(), behind, end, w.bodies.Lead())
	list, err := all(rows, err, func(row scanner) (r resealing, err error) {
		about, err := t.take(row, &r.number, &r.body)
		if err == nil {
			r.body, err = w.bodies.Again(about, r.body)
		}
		return r, err
	})
	for _, r := range list {
		if err == nil {
			_, err = w.conn.ExecContext(context.Background(), "UPDATE "+t.name+" SET "+t.body+" = ? WHERE rowid = ?", r.body, r.number)
		}
	}
	return len(list), err
}

// resealAnswers goes through the answers, which are few, and ends the whole.
func (d *DB) resealAnswers(ctx context.Context, from seal.Place, most int) (to seal.Place, changed int, over bool, err error) {
	err = d.Write(ctx, store.Work{Puts: store.BigPuts, Do: func(store.Tx, store.Found) error {
		changed, err = d.writer.resealAnswers(most)
		if err == nil && changed < most {
			err = d.writer.resealed()
		}
		return fail(err, "sealing bodies")
	}})
	if over = err == nil && changed < most; over && d.bodies.On {
		d.bodies.Refuse()
	}
	return from, changed, over, err
}

// resealed notes that all bodies are in the form that is wanted.
func (w *writer) resealed() error {
	q, args := sqlForgot, []any(nil)
	if w.bodies.On {
		q, args = sqlWhole, []any{w.bodies.Whole()}
	}
	_, err := w.conn.ExecContext(context.Background(), q, args...)
	return err
}

var answers = sealedTable{name: "answer", body: "text"}

func (w *writer) resealAnswers(most int) (int, error) {
	rows, err := w.conn.QueryContext(context.Background(), "SELECT key, text FROM answer WHERE "+answers.other("?1")+" LIMIT ?2", w.bodies.Lead(), most)
	list, err := all(rows, err, func(row scanner) (r resealing, err error) {
		if err = row.Scan(&r.key, &r.body); err == nil {
			r.body, err = w.bodies.Again(seal.AboutAnswer(r.key), r.body)
		}
		return r, err
	})
	for _, r := range list {
		if err == nil {
			_, err = w.conn.ExecContext(context.Background(), "UPDATE answer SET text = ? WHERE key = ?", r.body, r.key)
		}
	}
	return len(list), err
}

var _ seal.Resealer = (*DB)(nil)
