package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/store"
)

const (
	columns = "rid, type, id, ver, updated, method, author, splice, body"
	past    = "rid, type, ?2, ver, updated, method, author, splice, body"

	sqlHead    = "SELECT " + columns + " FROM res WHERE type = ?1 AND id = ?2"
	sqlVersion = "SELECT " + columns + " FROM res WHERE type = ?1 AND id = ?2 AND ver = ?3" +
		" UNION ALL SELECT " + past + " FROM hist WHERE rid = (SELECT rid FROM res WHERE type = ?1 AND id = ?2) AND ver = ?3"
	sqlVersions = "SELECT " + columns + ", 0 FROM res WHERE type = ?1 AND id = ?2 AND ver < ?3" +
		" UNION ALL SELECT * FROM (SELECT " + past + ", until FROM hist" +
		" WHERE rid = (SELECT rid FROM res WHERE type = ?1 AND id = ?2) AND ver < ?3 ORDER BY ver DESC LIMIT ?4)" +
		" ORDER BY 4 DESC LIMIT ?4"
	sqlChanges = "SELECT * FROM (SELECT " + columns + ", 0 FROM res" +
		" WHERE type = ?1 AND updated <= ?2 AND (updated, rid, ver) < (?2, ?3, ?4) ORDER BY updated DESC, rid DESC LIMIT ?5)" +
		" UNION ALL SELECT * FROM (SELECT h.rid, h.type, r.id, h.ver, h.updated, h.method, h.author, h.splice, h.body, h.until" +
		" FROM hist h JOIN res r ON r.rid = h.rid WHERE h.type = ?1 AND h.updated <= ?2 AND (h.updated, h.rid, h.ver) < (?2, ?3, ?4)" +
		" ORDER BY h.updated DESC, h.rid DESC, h.ver DESC LIMIT ?5) ORDER BY 5 DESC, 1 DESC, 4 DESC LIMIT ?5"
	sqlScan  = "SELECT " + columns + " FROM res WHERE method <> 4 ORDER BY rid"
	sqlCount = "SELECT type, count(*) FROM res WHERE method <> 4 GROUP BY type"

	sqlBegin     = "BEGIN IMMEDIATE"
	sqlCommit    = "COMMIT"
	sqlRollback  = "ROLLBACK"
	sqlSavepoint = "SAVEPOINT m"
	sqlUndo      = "ROLLBACK TO m"
	sqlRelease   = "RELEASE m"

	sqlLive   = "SELECT 1 FROM res WHERE type = ?1 AND id = ?2 AND method <> 4"
	having    = " FROM res r WHERE r.rid IN (SELECT DISTINCT rid FROM ix WHERE h IN (SELECT value FROM json_each(?1)) LIMIT ?2)"
	sqlSeek   = "SELECT r.rid, r.type, r.id, r.ver, r.updated, r.method, r.author, r.splice, r.body" + having
	sqlNaming = "SELECT r.rid, r.type, r.id, r.ver, r.updated, r.method, r.author, r.splice, x''" + having
	sqlInsert = "INSERT INTO res (" + columns + ") VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)"
	sqlKeep   = "INSERT INTO hist (rid, ver, type, updated, until, method, author, splice, body)" +
		" SELECT rid, ver, type, updated, ?2, method, author, splice, body FROM res WHERE rid = ?1 AND ver = ?3"
	sqlUpdate   = "UPDATE res SET ver = ?2, updated = ?3, method = ?4, author = ?5, splice = ?6, body = ?7 WHERE rid = ?1"
	sqlAddKey   = "INSERT INTO ix (h, o, rid) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
	sqlDropKey  = "DELETE FROM ix WHERE h = ? AND o = ? AND rid = ?"
	sqlAddText  = "INSERT INTO str (h, v, rid) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
	sqlDropText = "DELETE FROM str WHERE h = ? AND v = ? AND rid = ?"
	sqlDefine   = "INSERT INTO definition (type, id, ground, text, state, wanted) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (type, id)" +
		" DO UPDATE SET state = max(state, ?5), wanted = max(wanted, ?6), ground = iif(?4 = '', ground, ?3), text = iif(?4 = '', text, ?4)"
	sqlUndefine = "DELETE FROM definition WHERE type = ? AND id = ?"
	sqlReserve  = "INSERT INTO place (scope, place, holder, until) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (scope, place)" +
		" DO UPDATE SET holder = ?3, until = ?4 WHERE holder = ?3 OR until <= ?5"
	sqlGiveBack   = "DELETE FROM place WHERE scope = ? AND place = ? AND holder = ?"
	sqlReserved   = "SELECT scope, place, holder, until FROM place ORDER BY scope, place"
	sqlReservedIn = "SELECT scope, place, holder, until FROM place WHERE scope IN (SELECT value FROM json_each(?1)) ORDER BY scope, place"
	sqlAnswer     = "SELECT request, text FROM answer WHERE key = ? AND until > ?"
	sqlRemember   = "INSERT INTO answer (key, request, text, until) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (key)" +
		" DO UPDATE SET request = ?2, text = ?3, until = ?4"
	sqlForget = "DELETE FROM answer WHERE until <= ?"
)

var writerStatements = append([]string{
	sqlBegin, sqlCommit, sqlRollback, sqlSavepoint, sqlUndo, sqlRelease, sqlInsert, sqlKeep, sqlUpdate, sqlAddKey, sqlDropKey,
	sqlAddText, sqlDropText, sqlDefine, sqlUndefine, sqlReserve, sqlGiveBack, sqlRemember, sqlForget,
	sqlLog, sqlNewEpoch, sqlAdvance, sqlEnqueue, sqlIsNext, sqlIsTaken, sqlKeepItem, sqlEnter, sqlNameItem, sqlUnname,
	sqlStrike, sqlStrikeOld, sqlRunOut, sqlTrace, sqlBind, sqlBindBeside, sqlAddOne, sqlAddKeys, sqlUnbind, sqlErasable, sqlErase, sqlEraseKeys,
}, readerStatements...)

// fail translates an error of the driver, nil for nil.
func fail(err error, doing string) error {
	if err == nil {
		return nil
	}
	var e *sqlite.Error
	if errors.As(err, &e) {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_FULL:
			return fault.New(fault.Unavailable, "The disk of the database is full; nothing was written.").Because(err)
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM:
			return fault.New(fault.Unavailable, "The database cannot answer now; nothing was written. Try again in a moment.").Because(err)
		}
	}
	return fault.Wrap(err, doing)
}

type scanner interface{ Scan(...any) error }

// scan reads one row of columns, and what follows them.
func (r reader) scan(row scanner, more ...any) (v store.Version, err error) {
	var updated int64
	err = row.Scan(append([]any{&v.Rid, &v.Ref.Type, &v.Ref.ID, &v.Number, &updated, &v.Method, &v.Author, &v.Body.Splice, &v.Body.Bytes}, more...)...)
	if err != nil {
		return v, err
	}
	v.Updated = time.UnixMicro(updated).UTC()
	return v, r.bodies.OpenVersion(&v)
}

// version reads one row of columns.
func (r reader) version(row scanner) (store.Version, error) { return r.scan(row) }

// one reads at most one row.
func (r reader) one(row *sql.Row) (store.Version, error) {
	v, err := r.scan(row)
	if errors.Is(err, sql.ErrNoRows) {
		return store.Version{}, nil
	}
	return v, fail(err, "reading")
}

// each calls take for every row.
func each(rows *sql.Rows, err error, take func(scanner) error) error {
	if err != nil {
		return fail(err, "reading")
	}
	defer rows.Close()
	for rows.Next() {
		if err := take(rows); err != nil {
			return fail(err, "reading")
		}
	}
	return fail(rows.Err(), "reading")
}

// all reads every row.
func all[T any](rows *sql.Rows, err error, scan func(scanner) (T, error)) (out []T, _ error) {
	err = each(rows, err, func(row scanner) error {
		v, err := scan(row)
		out = append(out, v)
		return err
	})
	return out, err
}

func (r reader) past(row scanner) (p store.Past, err error) {
	var until int64
	if p.Version, err = r.scan(row, &until); until != 0 {
		p.Until = time.UnixMicro(until).UTC()
	}
	return p, err
}

// Head implements [store.DB].
func (d *DB) Head(_ context.Context, ref fhir.Ref) (store.Version, error) {
	return d.one(d.run[sqlHead].QueryRow(ref.Type, ref.ID))
}

// Version implements [store.DB].
func (d *DB) Version(_ context.Context, ref fhir.Ref, number int64) (store.Version, error) {
	return d.one(d.run[sqlVersion].QueryRow(ref.Type, ref.ID, number))
}

// Versions implements [store.DB].
func (d *DB) Versions(ctx context.Context, ref fhir.Ref, before int64, n int) ([]store.Past, error) {
	rows, err := d.run[sqlVersions].QueryContext(ctx, ref.Type, ref.ID, before, n)
	return all(rows, err, d.past)
}

// Changes implements [store.DB].
func (d *DB) Changes(ctx context.Context, t schema.Type, before store.Mark, n int) ([]store.Past, error) {
	rows, err := d.run[sqlChanges].QueryContext(ctx, t, before.Updated.UnixMicro(), before.Rid, before.Number, n)
	return all(rows, err, d.past)
}

// Scan implements [store.DB].
func (d *DB) Scan(ctx context.Context, do func(store.Version) error) error {
	rows, err := d.pool.QueryContext(ctx, sqlScan)
	if err != nil {
		return fail(err, "reading")
	}
	defer rows.Close()
	for rows.Next() {
		v, err := d.scan(rows)
		if err != nil {
			return fail(err, "reading")
		}
		if err := do(v); err != nil {
			return err
		}
	}
	return fail(rows.Err(), "reading")
}

// Keys implements [store.DB].
func (d *DB) Keys(ctx context.Context) (n int64, err error) {
	err = d.pool.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM ix) + (SELECT count(*) FROM str)").Scan(&n)
	return n, fail(err, "counting")
}

// Count implements [store.DB].
func (d *DB) Count(ctx context.Context) (map[schema.Type]int64, error) {
	rows, err := d.pool.QueryContext(ctx, sqlCount)
	if err != nil {
		return nil, fail(err, "counting")
	}
	defer rows.Close()
	counts := map[schema.Type]int64{}
	for rows.Next() {
		var t schema.Type
		var n int64
		if err := rows.Scan(&t, &n); err != nil {
			return nil, fail(err, "counting")
		}
		counts[t] = n
	}
	return counts, fail(rows.Err(), "counting")
}

// Reserved implements [store.DB].
func (d *DB) Reserved(ctx context.Context, scopes ...string) ([]store.Reservation, error) {
	query, args := sqlReserved, []any{}
	if scopes != nil {
		query, args = sqlReservedIn, []any{list(scopes)}
	}
	rows, err := d.run[query].QueryContext(ctx, args...)
	return all(rows, err, func(row scanner) (store.Reservation, error) {
		r, until := store.Reservation{}, int64(0)
		err := row.Scan(&r.Scope, &r.Name, &r.Holder, &until)
		r.Until = time.UnixMicro(until).UTC()
		return r, err
	})
}

// Definitions implements [store.DB].
func (d *DB) Definitions(ctx context.Context, texts bool) ([]store.Definition, error) {
	q := "SELECT type, id, ground, text, state, wanted FROM definition ORDER BY type, id"
	if !texts {
		q = "SELECT type, id, '', '', state, wanted FROM definition ORDER BY type, id"
	}
	rows, err := d.pool.QueryContext(ctx, q)
	return all(rows, err, func(row scanner) (x store.Definition, err error) {
		var micros int64
		err = row.Scan(&x.Type, &x.ID, &x.Ground, &x.Text, &x.State, &micros)
		x.Wanted = time.UnixMicro(micros).UTC()
		return x, err
	})
}

// ClearIndex implements [store.DB].
func (d *DB) ClearIndex(ctx context.Context) error {
	return d.Write(ctx, store.Work{Do: func(tx store.Tx, _ store.Found) error {
		for _, q := range []string{"DELETE FROM ix", "DELETE FROM str", "DELETE FROM definition"} {
			if _, err := d.writer.conn.ExecContext(context.Background(), q); err != nil {
				return fail(err, "clearing the index")
			}
		}
		return nil
	}})
}
