package postgres

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
	"yitong/internal/store"
)

const (
	sqlLog = "INSERT INTO log (xid, n, rid, ver, type) SELECT $1, * FROM unnest($2::int[], $3::bigint[], $4::int[], $5::smallint[])"

	// Below the oldest transaction that is still under way (xmin) nothing can appear any more, and all that has been
	// committed can be seen. Neither the order of the commits nor that of a sequence says so: what began early may commit
	// late. For a resource the order of the transactions is that of its versions, for a transaction takes its number after
	// the snapshot in which it read the version before.
	sqlReady         = "SELECT EXISTS (SELECT 1 FROM log l WHERE l.xid >= s.xid AND l.xid < " + horizon + "), s.origin <> " + origin + " FROM sequencer s" // without writing anything
	sqlLockSequencer = "SELECT 1 FROM sequencer FOR UPDATE"                                                                                                // a statement of its own: the next one's snapshot comes after it
	sqlSequence      = "WITH taken AS (DELETE FROM log USING (SELECT l.ctid AS at FROM sequencer s JOIN log l ON l.xid >= s.xid AND l.xid < " + horizon +
		" ORDER BY l.xid, l.n LIMIT $1) t WHERE log.ctid = t.at RETURNING log.*), placed AS (" + sqlPlace + "), done AS (SELECT count(*) AS n FROM placed)" +
		" UPDATE sequencer SET pos = pos + done.n, xid = greatest(xid, (SELECT max(t.xid) FROM taken t)) FROM done RETURNING done.n"
	horizon  = "(pg_snapshot_xmin(pg_current_snapshot())::text::bigint)"
	sqlPlace = "INSERT INTO feed (pos, rid, ver, type) SELECT s.pos + row_number() OVER (ORDER BY t.xid, t.n), t.rid, t.ver, t.type FROM taken t, sequencer s RETURNING 1"

	// Nobody writes while the log is locked, so all of it is in order. Where the numbers of transactions begin anew, the
	// sequencer must look from the start.
	sqlLockLog = "LOCK TABLE log IN EXCLUSIVE MODE"
	sqlDrain   = "WITH taken AS (DELETE FROM log RETURNING log.*), placed AS (" + sqlPlace + "), done AS (SELECT count(*) AS n FROM placed)" +
		" UPDATE sequencer SET pos = pos + done.n, xid = 0, origin = $1 FROM done"
	sqlEpoch  = "INSERT INTO epoch (number, behind) SELECT max(e.number) + 1, min(s.pos) FROM epoch e, sequencer s RETURNING number, behind"
	sqlOrigin = "SELECT " + origin
	// The timeline is that of the log that is written now; the one of the last checkpoint is old for a while after a standby
	// has been promoted.
	origin = "((SELECT system_identifier FROM pg_control_system()) || ':' || (SELECT oid FROM pg_database WHERE datname = current_database())" +
		" || ':' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))"

	sqlSetOrigin   = "UPDATE sequencer SET origin = $1 WHERE origin = ''"
	sqlKnownOrigin = "SELECT origin FROM sequencer"

	sqlEpochs   = "SELECT number, behind FROM epoch ORDER BY number"
	sqlFeedHead = "SELECT pos FROM sequencer"
	sqlFeed     = "SELECT f.pos, r.rid, r.type, r.id, f.ver, coalesce(h.updated, r.updated), coalesce(h.method, r.method), coalesce(h.author, r.author)," +
		" coalesce(h.splice, r.splice), coalesce(h.body, r.body) FROM feed f JOIN res r ON r.rid = f.rid LEFT JOIN hist h ON h.rid = f.rid AND h.ver = f.ver" +
		" WHERE (h.ver = f.ver OR r.ver = f.ver) AND f.pos > $1 AND f.pos <= $2 AND ($3::smallint[] IS NULL OR f.type = ANY($3)) ORDER BY f.pos"
	sqlWaiting = "SELECT (SELECT count(*) FROM (SELECT 1 FROM log LIMIT $1) l), coalesce((SELECT coalesce(h.updated, r.updated) FROM (SELECT * FROM log ORDER BY xid, n LIMIT 1) l" +
		" JOIN res r ON r.rid = l.rid LEFT JOIN hist h ON h.rid = l.rid AND h.ver = l.ver), 0)"
	sqlFollowers = "SELECT name, epoch, pos FROM follower ORDER BY name"

	sqlAdvance = "INSERT INTO follower AS f (name, epoch, pos) SELECT $1, $4, $5 WHERE $2::bigint + $3::bigint = 0 OR EXISTS (SELECT 1 FROM follower WHERE name = $1)" +
		" ON CONFLICT (name) DO UPDATE SET epoch = $4, pos = $5 WHERE f.epoch = $2 AND f.pos = $3"
	sqlOutbox  = "SELECT count(*), coalesce(min(due), 0) FROM outbox"
	sqlEnqueue = "INSERT INTO outbox AS o (due, id, kind, once, args) SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bytea[])" +
		" ON CONFLICT (kind, once) WHERE once <> '' DO UPDATE SET due = least(o.due, excluded.due)"
)

// queueLog writes changes into the log.
func (t *tx) queueLog(changes []*store.Change) error {
	xid, err := strconv.ParseInt(t.xid, 10, 64)
	if err != nil {
		return fault.Wrap(err, "reading the number of a transaction")
	}
	first := t.logged
	t.logged += len(changes)
	if len(changes) >= copyFrom {
		return t.copy("log", []string{"xid", "n", "rid", "ver", "type"}, len(changes), func(i int) []any {
			c := changes[i]
			return []any{xid, int32(first + i), c.Rid, int32(c.Number), int16(c.Ref.Type)}
		})
	}
	ns, rids, vers, types := make([]int32, len(changes)), make([]int64, len(changes)), make([]int32, len(changes)), make([]int16, len(changes))
	for i, c := range changes {
		ns[i], rids[i], vers[i], types[i] = int32(first+i), c.Rid, int32(c.Number), int16(c.Ref.Type)
	}
	t.batch.Queue(sqlLog, xid, ns, rids, vers, types)
	return nil
}

// Sequence implements [store.DB].
func (d *DB) Sequence(ctx context.Context, most int) (n int, err error) {
	var ready, elsewhere bool
	if err := d.pool.QueryRow(ctx, sqlReady).Scan(&ready, &elsewhere); err != nil {
		return 0, fail(err, "numbering changes")
	}
	if elsewhere { // a standby has been promoted while we were at work
		if err := d.settleEpoch(ctx); err != nil {
			return 0, err
		}
	}
	if !ready {
		return 0, nil
	}
	var batch pgx.Batch
	batch.Queue(sqlLockSequencer)
	batch.Queue(sqlSequence, most).QueryRow(func(row pgx.Row) error { return row.Scan(&n) })
	err = d.pool.SendBatch(ctx, &batch).Close()
	return n, fail(err, "numbering changes")
}

// NewEpoch implements [store.DB].
func (d *DB) NewEpoch(ctx context.Context) (at store.Position, err error) {
	here, err := d.origin(ctx)
	if err != nil {
		return at, err
	}
	var batch pgx.Batch
	batch.Queue("BEGIN") // a lock needs one that is explicit
	batch.Queue(sqlLockSequencer)
	batch.Queue(sqlLockLog)
	batch.Queue(sqlDrain, here)
	batch.Queue(sqlEpoch).QueryRow(func(row pgx.Row) error { return row.Scan(&at.Epoch, &at.Number) })
	batch.Queue("COMMIT")
	err = d.pool.SendBatch(ctx, &batch).Close()
	return at, fail(err, "beginning an epoch")
}

func (d *DB) origin(ctx context.Context) (here string, err error) {
	return here, fail(d.pool.QueryRow(ctx, sqlOrigin).Scan(&here), "asking which server this is")
}

// settleEpoch begins an epoch where the tables have come to another server, or the server has been promoted or brought
// back: changes that others have seen may be lost, and the numbers of transactions may begin anew.
func (d *DB) settleEpoch(ctx context.Context) error {
	here, err := d.origin(ctx)
	if err != nil {
		return err
	}
	var known string
	tag, err := d.pool.Exec(ctx, sqlSetOrigin, here)
	if err == nil {
		err = d.pool.QueryRow(ctx, sqlKnownOrigin).Scan(&known)
	}
	if err != nil || tag.RowsAffected() == 1 || known == here {
		return fail(err, "asking which server this is")
	}
	_, err = d.NewEpoch(ctx)
	return err
}

// Feed implements [store.DB].
func (d *DB) Feed(ctx context.Context, from store.Position, most int, types ...schema.Type) (s store.Stretch, err error) {
	epochs, head, err := d.epochs(ctx)
	if err != nil {
		return s, err
	}
	if from, err = from.Within(epochs, head); err != nil {
		return s, err
	}
	s.To = store.Position{Epoch: from.Epoch, Number: min(head, from.Number+int64(most))}
	if s.To == from {
		return s, nil
	}
	var wanted []int16
	for _, t := range types {
		wanted = append(wanted, int16(t))
	}
	rows, err := d.pool.Query(ctx, sqlFeed, from.Number, s.To.Number, wanted)
	if err != nil {
		return s, fail(err, "reading the feed")
	}
	defer rows.Close()
	for room := true; room && rows.Next(); {
		var e store.FeedEntry
		var updated int64
		v := &e.Version
		err := rows.Scan(&e.Place, &v.Rid, &v.Ref.Type, &v.Ref.ID, &v.Number, &updated, &v.Method, &v.Author, &v.Body.Splice, &v.Body.Bytes)
		if err != nil {
			return s, fail(err, "reading the feed")
		}
		v.Updated = time.UnixMicro(updated).UTC()
		if err := d.bodies.OpenVersion(v); err != nil {
			return s, err
		}
		room = s.Add(e)
	}
	return s, fail(rows.Err(), "reading the feed")
}

func (d *DB) epochs(ctx context.Context) (epochs []store.Epoch, head int64, err error) {
	var batch pgx.Batch
	batch.Queue(sqlEpochs).Query(func(rows pgx.Rows) (err error) {
		epochs, err = pgx.CollectRows(rows, pgx.RowToStructByPos[store.Epoch])
		return err
	})
	batch.Queue(sqlFeedHead).QueryRow(func(row pgx.Row) error { return row.Scan(&head) })
	err = d.pool.SendBatch(ctx, &batch).Close()
	return epochs, head, fail(err, "reading the feed")
}

// FeedState implements [store.DB].
func (d *DB) FeedState(ctx context.Context) (s store.FeedState, err error) {
	var oldest int64
	var batch pgx.Batch
	batch.Queue(sqlFollowers).Query(func(rows pgx.Rows) (err error) { // first, so that nobody seems to be ahead
		s.Followers, err = pgx.CollectRows(rows, func(r pgx.CollectableRow) (f store.Follower, err error) {
			return f, r.Scan(&f.Name, &f.At.Epoch, &f.At.Number)
		})
		return err
	})
	batch.Queue(sqlWaiting, store.WaitingMost).QueryRow(func(row pgx.Row) error { return row.Scan(&s.Waiting, &oldest) })
	if err = d.pool.SendBatch(ctx, &batch).Close(); err != nil {
		return s, fail(err, "reading the feed")
	}
	if oldest != 0 {
		s.Oldest = time.UnixMicro(oldest).UTC()
	}
	epochs, head, err := d.epochs(ctx)
	if err != nil {
		return s, err
	}
	s.Head = store.Position{Epoch: epochs[len(epochs)-1].Number, Number: head}
	return s, nil
}

// Outbox implements [store.DB].
func (d *DB) Outbox(ctx context.Context) (n int64, oldest time.Time, err error) {
	var due int64
	err = d.pool.QueryRow(ctx, sqlOutbox).Scan(&n, &due)
	return n, time.UnixMicro(due).UTC(), fail(err, "reading the outbox")
}

// Advance implements [store.Tx].
func (t *tx) Advance(name string, from, to store.Position) (bool, error) {
	return t.changed(sqlAdvance, name, from.Epoch, from.Number, to.Epoch, to.Number)
}

// Enqueue implements [store.Tx].
func (t *tx) Enqueue(jobs []store.Job) error {
	for _, j := range jobs {
		if err := j.Check(); err != nil {
			return err
		}
	}
	t.wrote = true
	t.jobs = append(t.jobs, jobs...)
	return nil
}

// queueJobs writes jobs into the outbox.
func (t *tx) queueJobs() {
	if len(t.jobs) == 0 {
		return
	}
	var due []int64
	var ids, kinds, once []string
	var args [][]byte
	for _, j := range store.Distinct(t.jobs, t.at) {
		due, ids, kinds, once, args = append(due, j.Due.UnixMicro()), append(ids, j.ID), append(kinds, j.Kind), append(once, j.Unique), append(args, j.Args)
	}
	t.batch.Queue(sqlEnqueue, due, ids, kinds, once, args)
	t.jobs = nil
}
