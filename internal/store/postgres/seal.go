package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"yitong/internal/store"
	"yitong/internal/store/seal"
)

const (
	sqlKnown  = "SELECT value FROM setting WHERE name = 'seal'"
	sqlLearn  = "INSERT INTO setting (name, value) VALUES ('seal', $1) ON CONFLICT DO NOTHING" // another server may be quicker
	sqlChange = "UPDATE setting SET value = $1 WHERE name = 'seal' AND value = $2"
	sqlWhole  = "INSERT INTO setting (name, value) VALUES ('seal', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
	sqlForgot = "DELETE FROM setting WHERE name = 'seal'"
)

// checkSeal refuses a record whose bodies cannot be opened, and remembers the key of one that has never been sealed.
func (d *DB) checkSeal(ctx context.Context) error {
	for {
		var known []byte
		err := d.pool.QueryRow(ctx, sqlKnown).Scan(&known)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
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
		if _, err := d.pool.Exec(ctx, q, args...); err != nil {
			return fail(err, "keeping a setting")
		}
	}
}

// held tells what bodies there are. It looks at all of them at most, once in the life of a record.
func (d *DB) held(ctx context.Context) (h seal.Held, err error) {
	for _, t := range sealedTables {
		var one seal.Held
		q := "SELECT EXISTS (SELECT FROM " + t.name + " t WHERE octet_length(t." + t.body + ") > 0), EXISTS (SELECT FROM " + t.name + " t WHERE " + t.sealed() + ")"
		if err := d.pool.QueryRow(ctx, q).Scan(&one.Any, &one.Sealed); err != nil {
			return h, fail(err, "looking for sealed bodies")
		}
		h.Any, h.Sealed = h.Any || one.Any, h.Sealed || one.Sealed
	}
	return h, nil
}

// sealedTable is a table with bodies, as far as sealing them anew goes.
type sealedTable struct {
	name, body string
	about      string // columns that tell what a body is about
	take       func(row pgx.CollectableRow, at *pgtype.TID, body *[]byte) (seal.About, error)
}

// sealedTables are all that have bodies. Their places are counted: add new ones at the end.
var sealedTables = []sealedTable{
	{"res", "body", "t.type, t.id, t.ver", takeVersion},
	{"hist", "body", "t.type, (SELECT id FROM res WHERE res.rid = t.rid), t.ver", takeVersion},
	{"item", "body", "t.kind, t.id, t.ver", takeItem},
	{"item_past", "body", "t.kind, t.id, t.ver", takeItem},
	{"batch", "body", "t.n", func(row pgx.CollectableRow, at *pgtype.TID, body *[]byte) (seal.About, error) {
		var n int64
		err := row.Scan(at, body, &n)
		return seal.AboutBatch(n), err
	}},
	{"loose", "lines", "0", func(row pgx.CollectableRow, at *pgtype.TID, body *[]byte) (seal.About, error) {
		var none int64
		return seal.AboutLines, row.Scan(at, body, &none)
	}},
	{"answer", "text", "t.key", func(row pgx.CollectableRow, at *pgtype.TID, body *[]byte) (seal.About, error) {
		var key []byte
		err := row.Scan(at, body, &key)
		return seal.AboutAnswer(key), err
	}},
}

func takeVersion(row pgx.CollectableRow, at *pgtype.TID, body *[]byte) (seal.About, error) {
	var v store.Version
	err := row.Scan(at, body, &v.Ref.Type, &v.Ref.ID, &v.Number)
	return seal.AboutVersion(v.Ref, v.Number), err
}

func takeItem(row pgx.CollectableRow, at *pgtype.TID, body *[]byte) (seal.About, error) {
	var i store.Item
	err := row.Scan(at, body, &i.Kind, &i.ID, &i.Number)
	return seal.AboutItem(i.Kind, i.ID, i.Number), err
}

// sealed tells whether a body is sealed, as [seal.IsSealed] does.
func (t sealedTable) sealed() string {
	return `(substr(t.` + t.body + `, 1, 1) = '\x01'::bytea OR substr(t.` + t.body + `, 1, 2) = '\x0002'::bytea)`
}

// otherForm are rows in some blocks of a table whose bodies are not in the form that is wanted: not behind the lead of
// [seal.Bodies], or sealed where that is NULL. They are locked, so that they stay where they are. A row that moves out of
// the blocks before gets a body in the form that is wanted.
func (t sealedTable) otherForm() string {
	return "SELECT t.ctid, t." + t.body + ", " + t.about + " FROM " + t.name + " t" +
		" WHERE t.ctid >= format('(%s,0)', $1::bigint)::tid AND t.ctid < format('(%s,0)', $2::bigint)::tid" +
		" AND octet_length(t." + t.body + ") > 0 AND CASE WHEN $3::bytea IS NULL THEN " + t.sealed() +
		" ELSE substr(t." + t.body + ", 1, octet_length($3)) <> $3 END FOR UPDATE OF t"
}

// resealBlock is how many rows are taken to stand in a block, so that as many are read as are asked for, or not many
// more.
const resealBlock = 8

// Reseal implements [seal.Resealer]. Behind of a place is a block.
func (d *DB) Reseal(ctx context.Context, from seal.Place, most int) (to seal.Place, changed int, over bool, err error) {
	if from.Table == len(sealedTables) {
		err := d.resealed(ctx)
		return from, 0, err == nil, fail(err, "sealing bodies")
	}
	t := sealedTables[from.Table]
	var end int64
	if err := d.pool.QueryRow(ctx, "SELECT pg_relation_size($1::regclass) / current_setting('block_size')::bigint", t.name).Scan(&end); err != nil {
		return from, 0, false, fail(err, "sealing bodies")
	}
	if end <= from.Behind {
		return seal.Place{Table: from.Table + 1}, 0, false, nil
	}
	end = min(end, from.Behind+max(1, int64(most/resealBlock)))
	err = d.atOnce(ctx, "sealing bodies", func(ctx context.Context, conn *pgx.Conn) error {
		return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			changed, err = d.reseal(ctx, tx, t, from.Behind, end)
			return err
		})
	})
	if err != nil {
		return from, 0, false, err
	}
	return seal.Place{Table: from.Table, Behind: end}, changed, false, nil
}

// resealed notes that all bodies are in the form that is wanted.
func (d *DB) resealed(ctx context.Context) error {
	if !d.bodies.On {
		_, err := d.pool.Exec(ctx, sqlForgot)
		return err
	}
	_, err := d.pool.Exec(ctx, sqlWhole, d.bodies.Whole())
	if err == nil {
		d.bodies.Refuse()
	}
	return err
}

func (d *DB) reseal(ctx context.Context, tx pgx.Tx, t sealedTable, from, to int64) (int, error) {
	rows, err := tx.Query(ctx, t.otherForm(), from, to, d.bodies.Lead())
	if err != nil {
		return 0, err
	}
	var places []pgtype.TID
	bodies, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) ([]byte, error) {
		var at pgtype.TID
		var body []byte
		about, err := t.take(row, &at, &body)
		if err != nil {
			return nil, err
		}
		places = append(places, at)
		return d.bodies.Again(about, body)
	})
	if err != nil || len(bodies) == 0 {
		return 0, err
	}
	_, err = tx.Exec(ctx, "UPDATE "+t.name+" t SET "+t.body+" = c.body FROM unnest($1::tid[], $2::bytea[]) c(at, body) WHERE t.ctid = c.at", places, bodies)
	return len(bodies), err
}

var _ seal.Resealer = (*DB)(nil)
