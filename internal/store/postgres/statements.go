package postgres

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"

	"yitong/internal/fault"
)

const (
	columns = "rid, type, id, ver, updated, method, author, splice, body"

	byName     = " WHERE r.spread = $1 AND r.type = $2 AND r.id = $3"
	sqlHead    = "SELECT " + columns + " FROM res r" + byName
	sqlVersion = "SELECT " + columns + " FROM res r" + byName + " AND r.ver = $4::bigint UNION ALL" +
		" SELECT h.rid, h.type, r.id, h.ver, h.updated, h.method, h.author, h.splice, h.body" +
		" FROM res r JOIN hist h ON h.rid = r.rid" + byName + " AND h.ver = $4::bigint"
	sqlVersions = "SELECT " + columns + ", 0::bigint FROM res r" + byName + " AND r.ver < $4::bigint UNION ALL" +
		" (SELECT h.rid, h.type, r.id, h.ver, h.updated, h.method, h.author, h.splice, h.body, h.until" +
		" FROM res r JOIN hist h ON h.rid = r.rid" + byName + " AND h.ver < $4::bigint ORDER BY h.ver DESC LIMIT $5)" +
		" ORDER BY 4 DESC LIMIT $5"
	sqlChanges = "(SELECT " + columns + ", 0::bigint FROM res" +
		" WHERE type = $1 AND updated <= $2 AND (updated, rid, ver) < ($2, $3, $4) ORDER BY updated DESC, rid DESC LIMIT $5) UNION ALL" +
		" (SELECT h.rid, h.type, r.id, h.ver, h.updated, h.method, h.author, h.splice, h.body, h.until FROM hist h JOIN res r ON r.rid = h.rid" +
		" WHERE h.type = $1 AND h.updated <= $2 AND (h.updated, h.rid, h.ver) < ($2, $3, $4)" +
		" ORDER BY h.updated DESC, h.rid DESC, h.ver DESC LIMIT $5) ORDER BY 5 DESC, 1 DESC, 4 DESC LIMIT $5"
	sqlScan  = "SELECT " + columns + " FROM res WHERE method <> 4 ORDER BY rid"
	sqlCount = "SELECT type, count(*) FROM res WHERE method <> 4 GROUP BY type"
	sqlNow   = "SELECT (extract(epoch FROM transaction_timestamp()) * 1000000)::bigint"

	sqlBegin = "BEGIN ISOLATION LEVEL SERIALIZABLE"
	sqlHeads = "SELECT k.n, r.ctid, r.rid, r.type, r.id, r.ver, r.updated, r.method, r.author, r.splice, r.body" + byNames
	// The row of number 0 tells the instant, and the transaction's number, by which it is known if its commit is not answered.
	sqlLive = "SELECT 0::bigint, (extract(epoch FROM transaction_timestamp()) * 1000000)::bigint, CASE WHEN $4 THEN pg_current_xact_id()::text ELSE '' END" +
		" UNION ALL SELECT k.n, 0, ''" + byNames + " WHERE r.method <> 4"
	byNames = " FROM unnest($1::int[], $2::smallint[], $3::text[]) WITH ORDINALITY k(spread, type, id, n)" +
		" JOIN res r ON r.spread = k.spread AND r.type = k.type AND r.id = k.id"
	sqlSeek = "SELECT 0::bigint, r.ctid, r.rid, r.type, r.id, r.ver, r.updated, r.method, r.author, r.splice, CASE WHEN $3 THEN '' ELSE r.body END" +
		" FROM res r WHERE r.rid IN (SELECT DISTINCT x.rid FROM unnest($1::bigint[]) k(h)" +
		" CROSS JOIN LATERAL (SELECT ix.rid FROM ix WHERE ix.h = k.h LIMIT $2) x LIMIT $2)" // of each key, for DISTINCT would read all of a long list
	sqlAnswer = "SELECT request, text FROM answer WHERE key = $1 AND until > (extract(epoch FROM transaction_timestamp()) * 1000000)::bigint"

	// Versions are replaced where they were read (ctid): to look them up again by their numbers would touch index pages
	// that other transactions are writing to.
	sqlInsert = "INSERT INTO res (" + columns + ", spread) SELECT * FROM unnest($1::bigint[], $2::smallint[], $3::text[], $4::int[]," +
		" $5::bigint[], $6::smallint[], $7::text[], $8::int[], $9::bytea[], $10::int[])"
	// A version that is not the newest any more divides by zero, so that the commit behind it in the pipeline is not made.
	sqlKeep = "WITH kept AS (INSERT INTO hist (rid, ver, type, updated, until, method, author, splice, body)" +
		" SELECT r.rid, r.ver, r.type, r.updated, c.until, r.method, r.author, r.splice, r.body" +
		" FROM unnest($1::tid[], $2::bigint[], $3::int[]) c(at, until, ver) JOIN res r ON r.ctid = c.at AND r.ver = c.ver - 1 RETURNING 1)" + unlessAll + " FROM kept"
	sqlUpdate = "WITH moved AS (UPDATE res r SET ver = c.ver, updated = c.updated, method = c.method, author = c.author, splice = c.splice, body = c.body" +
		" FROM unnest($1::tid[], $2::bigint[], $3::int[], $4::smallint[], $5::text[], $6::int[], $7::bytea[])" +
		" c(at, updated, ver, method, author, splice, body) WHERE r.ctid = c.at AND r.ver = c.ver - 1 RETURNING 1)" + unlessAll + " FROM moved"
	unlessAll    = " SELECT 1 / (count(*) = cardinality($1))::int"
	sqlAddKeys   = "INSERT INTO ix (h, o, rid) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) ON CONFLICT DO NOTHING"
	sqlDropKeys  = "DELETE FROM ix USING unnest($1::bigint[], $2::bigint[], $3::bigint[]) k(h, o, rid) WHERE ix.h = k.h AND ix.o = k.o AND ix.rid = k.rid"
	sqlAddTexts  = "INSERT INTO str (h, v, rid) SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[]) ON CONFLICT DO NOTHING"
	sqlDropTexts = `DELETE FROM str USING unnest($1::bigint[], $2::text[], $3::bigint[]) k(h, v, rid) WHERE str.h = k.h AND str.v = k.v COLLATE "C" AND str.rid = k.rid`
	sqlDefine    = "INSERT INTO definition AS d (type, id, ground, text, state, wanted) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (type, id)" +
		" DO UPDATE SET state = greatest(d.state, $5), wanted = greatest(d.wanted, $6), ground = CASE WHEN $4 = '' THEN d.ground ELSE $3 END, text = CASE WHEN $4 = '' THEN d.text ELSE $4 END"
	sqlUndefine = "DELETE FROM definition WHERE type = $1 AND id = $2"
	sqlRemember = "INSERT INTO answer (key, request, text, until) VALUES ($1, $2, $3, $4) ON CONFLICT (key)" +
		" DO UPDATE SET request = $2, text = $3, until = $4"
	sqlForget = "DELETE FROM answer WHERE until <= (extract(epoch FROM transaction_timestamp()) * 1000000)::bigint"
	// A commit is durable only with these on (PostgreSQL manual, 20.5); that of a session is set when it begins.
	sqlUnsafe = "SELECT coalesce(array_agg(name), '{}') FROM (VALUES ('fsync'), ('synchronous_commit'), ('full_page_writes')) s(name) WHERE current_setting(name) = 'off'"
	sqlStatus = "SELECT coalesce(pg_xact_status($1::text::xid8), '')"
	sqlRids   = "SELECT nextval('rid')"

	// The turn of big writes, among all servers on this database.
	sqlTakeTurn = "SELECT pg_advisory_lock(hashtext('yitong.turn'), 0)"
	sqlEndTurn  = "SELECT pg_advisory_unlock(hashtext('yitong.turn'), 0)"
)

// SQLSTATEs that matter here (PostgreSQL manual, appendix A).
const (
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	uniqueViolation      = "23505"
	invalidParameter     = "22023"
	lockNotAvailable     = "55P03"
)

// collided tells whether another transaction was quicker, so that trying again may help. A unique violation is one
// too: two creates of one name that did not see each other.
func collided(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == serializationFailure || e.Code == deadlockDetected || e.Code == uniqueViolation || e.Code == lockNotAvailable)
}

// notYetGiven tells whether the question for a transaction's status failed because its number has not been given: then
// PostgreSQL has crashed since, and the transaction never happened.
func notYetGiven(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == invalidParameter
}

// fail translates an error of the driver, nil for nil.
func fail(err error, doing string) error {
	if err == nil {
		return nil
	}
	var own *fault.Error
	var unknown unsettled
	switch {
	case errors.As(err, &own):
		return err
	case errors.As(err, &unknown):
		return fault.New(fault.Unavailable, "The connection to the database broke while it committed, so it is not known whether the change was stored. Look before trying again, or repeat the request with the same Idempotency-Key.").Because(err)
	}
	var e *pgconn.PgError
	switch said := errors.As(err, &e); {
	case !said && lost(err):
		return fault.New(fault.Unavailable, "The database cannot be reached. Try again in a moment.").Because(err)
	case said && (e.Code[:2] == "53" || e.Code[:2] == "57" || e.Code[:2] == "08"): // resources, intervention, connection
		return fault.New(fault.Unavailable, "The database cannot answer now. Try again in a moment.").Because(err)
	}
	return fault.Wrap(err, doing)
}

// lost tells whether it is the connection that failed, not the statement.
func lost(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, context.Canceled)
}
