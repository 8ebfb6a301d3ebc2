package sqlite

import (
	"context"
	"time"

	"yitong/internal/fhir/schema"
	"yitong/internal/store"
)

const (
	// There is one writer, and a transaction that is undone takes its numbers back: the order of the commits is that of
	// the numbers, and the feed needs no sequencer. Lines are never taken out of it.
	sqlLog     = "INSERT INTO feed (rid, ver, type) VALUES (?, ?, ?)"
	sqlEpochs  = "SELECT number, behind FROM epoch ORDER BY number"
	sqlFeedEnd = "SELECT coalesce(max(pos), 0) FROM feed"
	sqlFeed    = "SELECT f.pos, r.rid, r.type, r.id, f.ver, coalesce(h.updated, r.updated), coalesce(h.method, r.method), coalesce(h.author, r.author)," +
		" coalesce(h.splice, r.splice), coalesce(h.body, r.body) FROM feed f JOIN res r ON r.rid = f.rid LEFT JOIN hist h ON h.rid = f.rid AND h.ver = f.ver" +
		" WHERE (h.ver = f.ver OR r.ver = f.ver) AND f.pos > ?1 AND f.pos <= ?2 AND (?3 = 'null' OR f.type IN (SELECT value FROM json_each(?3))) ORDER BY f.pos"
	sqlFollowers = "SELECT name, epoch, pos FROM follower ORDER BY name"
	sqlNewEpoch  = "INSERT INTO epoch (number, behind) SELECT max(number) + 1, (" + sqlFeedEnd + ") FROM epoch"
	sqlAdvance   = "INSERT INTO follower (name, epoch, pos) SELECT ?1, ?4, ?5 WHERE ?2 + ?3 = 0 OR EXISTS (SELECT 1 FROM follower WHERE name = ?1)" +
		" ON CONFLICT (name) DO UPDATE SET epoch = ?4, pos = ?5 WHERE epoch = ?2 AND pos = ?3"
	sqlOutbox  = "SELECT count(*), coalesce(min(due), 0) FROM outbox"
	sqlEnqueue = "INSERT INTO outbox (due, id, kind, once, args) VALUES (?, ?, ?, ?, ?)" +
		" ON CONFLICT (kind, once) WHERE once <> '' DO UPDATE SET due = min(due, excluded.due)"
)

// Sequence implements [store.DB]: every change has its number when it is committed.
func (d *DB) Sequence(context.Context, int) (int, error) { return 0, nil }

// NewEpoch implements [store.DB].
func (d *DB) NewEpoch(ctx context.Context) (at store.Position, err error) {
	err = d.Write(ctx, store.Work{Do: func(store.Tx, store.Found) error { return fail(d.writer.exec(sqlNewEpoch), "beginning an epoch") }})
	if err != nil {
		return at, err
	}
	epochs, head, err := d.epochs(ctx)
	if err != nil {
		return at, err
	}
	return store.Position{Epoch: epochs[len(epochs)-1].Number, Number: head}, nil
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
	var wanted []int64
	for _, t := range types {
		wanted = append(wanted, int64(t))
	}
	rows, err := d.run[sqlFeed].QueryContext(ctx, from.Number, s.To.Number, list(wanted))
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
	rows, err := d.run[sqlEpochs].QueryContext(ctx)
	epochs, err = all(rows, err, func(row scanner) (e store.Epoch, err error) { return e, row.Scan(&e.Number, &e.Behind) })
	if err != nil {
		return nil, 0, err
	}
	return epochs, head, fail(d.run[sqlFeedEnd].QueryRowContext(ctx).Scan(&head), "reading the feed")
}

// FeedState implements [store.DB].
func (d *DB) FeedState(ctx context.Context) (s store.FeedState, err error) {
	rows, err := d.run[sqlFollowers].QueryContext(ctx) // first, so that nobody seems to be ahead
	s.Followers, err = all(rows, err, func(row scanner) (f store.Follower, err error) {
		return f, row.Scan(&f.Name, &f.At.Epoch, &f.At.Number)
	})
	if err != nil {
		return s, err
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
	err = d.run[sqlOutbox].QueryRowContext(ctx).Scan(&n, &due)
	return n, time.UnixMicro(due).UTC(), fail(err, "reading the outbox")
}

// Advance implements [store.Tx].
func (t *tx) Advance(name string, from, to store.Position) (bool, error) {
	return t.changed(sqlAdvance, name, from.Epoch, from.Number, to.Epoch, to.Number)
}

// Enqueue implements [store.Tx].
func (t *tx) Enqueue(jobs []store.Job) error {
	now, _ := t.Now()
	for _, j := range jobs {
		if err := j.Check(); err != nil {
			return err
		}
	}
	for _, j := range store.Distinct(jobs, now) {
		if err := t.w.exec(sqlEnqueue, j.Due.UnixMicro(), j.ID, j.Kind, j.Unique, j.Args); err != nil {
			return fail(err, "enqueueing a job")
		}
	}
	return nil
}
