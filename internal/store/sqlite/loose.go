package sqlite

import (
	"context"
	"errors"
	"math"
	"slices"

	"yitong/internal/fault"
	"yitong/internal/store"
	"yitong/internal/store/seal"
)

const (
	gatherMost = 16 << 20 // bytes of rows that are brought into the record in one transaction
	// ofRecord is added to the numbers of rows in the record itself: so they come first, and none is also one of a row beside it.
	ofRecord = math.MinInt64

	sqlLoose       = "SELECT id + ?1, lines FROM loose ORDER BY id"
	sqlBoundBeside = "SELECT coalesce((SELECT CAST(CAST(value AS TEXT) AS INTEGER) FROM setting WHERE name = 'beside'), 0)"
	sqlBindBeside  = "INSERT OR REPLACE INTO setting (name, value) VALUES ('beside', CAST(CAST(? AS TEXT) AS BLOB))"
)

// errNotAsWritten tells of a row that cannot be read any more, nor was bound.
var errNotAsWritten = fault.Wrap(nil, "a row of the trail beside the record is not what was written")

// Trace implements [store.Trail]: beside the record, or in it.
func (d *DB) Trace(ctx context.Context, lines []byte) error {
	if err := store.CheckLines(lines); err != nil {
		return err
	}
	for row := range store.Rows(lines) {
		if d.besides.write(d.bodies.Store(seal.AboutLines, row)) {
			continue
		}
		if err := d.traceWithin(ctx, row); err != nil {
			return fail(err, "adding to the trail")
		}
	}
	return nil
}

// traceWithin adds a row to the record itself, and takes over the file beside it if the process that had it has ended.
func (d *DB) traceWithin(ctx context.Context, row []byte) error {
	bound, err := d.boundBeside(ctx)
	if err == nil {
		err = d.besides.take(bound)
	}
	if err != nil {
		return err
	}
	return d.Write(ctx, store.Work{Do: func(t store.Tx, _ store.Found) error { return t.Trace(row) }})
}

// Loose implements [store.Trail]: the rows of the record, then those beside it.
func (d *DB) Loose(ctx context.Context, most int) ([]store.Loose, error) {
	list, most, err := d.looseWithin(ctx, most)
	if err != nil || most < 0 {
		return list, fail(err, "reading the trail")
	}
	bound, err := d.boundBeside(ctx)
	if err == nil {
		list, err = d.besides.read(list, most, bound, d.bodies)
	}
	if err == nil {
		bound, err = d.boundBeside(ctx) // once more: what was bound meanwhile is found there
	}
	list = slices.DeleteFunc(list, func(l store.Loose) bool { return l.ID > 0 && l.ID <= bound })
	if err == nil && slices.ContainsFunc(list, func(l store.Loose) bool { return l.Lines == nil }) {
		err = errNotAsWritten
	}
	return list, fail(err, "reading the trail")
}

// looseWithin are rows of the record, as many as hold so many bytes, and how many bytes are left: below 0 if there are more rows.
func (d *DB) looseWithin(ctx context.Context, most int) (list []store.Loose, left int, err error) {
	rows, err := d.run[sqlLoose].QueryContext(ctx, ofRecord)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var l store.Loose
		err := rows.Scan(&l.ID, &l.Lines)
		if err == nil {
			l.Lines, err = d.bodies.Open(seal.AboutLines, l.Lines)
		}
		if most -= len(l.Lines); err != nil || most < 0 && len(list) > 0 {
			return list, most, err
		}
		list = append(list, l)
	}
	return list, max(most, 0), rows.Err()
}

func (d *DB) boundBeside(ctx context.Context) (bound int64, err error) {
	return bound, d.run[sqlBoundBeside].QueryRowContext(ctx).Scan(&bound)
}

// bindBeside notes that rows beside the record, ascending, are bound. The error is errNotBound if one of them is not there any more.
func (t *tx) bindBeside(b *besides, rows []int64) error {
	if len(rows) == 0 {
		return nil
	}
	var bound int64
	if err := t.w.stmt[sqlBoundBeside].QueryRow().Scan(&bound); err != nil {
		return err
	}
	there, err := b.behind(bound)
	if err != nil {
		return err
	}
	for i, p := range there {
		switch {
		case i < len(rows) && p.number > rows[i]:
			return errNotBound
		case i < len(rows) && p.number < rows[i]:
			return fault.Wrap(nil, "there are rows before those that are to be bound")
		}
	}
	if len(there) < len(rows) {
		return errNotBound
	}
	return t.w.exec(sqlBindBeside, rows[len(rows)-1])
}

// gather brings rows that a server has left unbound into the record, where backups and [DB.Reseal] find them.
func (d *DB) gather(ctx context.Context) error {
	bound, err := d.boundBeside(ctx)
	if err != nil {
		return fail(err, "reading the trail")
	}
	if d.besides, err = openBesides(d.path, bound); err != nil {
		return err
	}
	for {
		rows, err := d.besides.read(nil, gatherMost, bound, d.bodies)
		if err == nil && len(rows) > 0 {
			err = d.Write(ctx, store.Work{Do: func(t store.Tx, _ store.Found) error { return t.(*tx).gather(d.besides, rows) }})
		}
		if err == nil && len(rows) == 0 {
			err = d.besides.clear()
			return fail(err, "reading the trail")
		}
		if err != nil && !errors.Is(err, errNotBound) { // unless another process was quicker
			return fail(err, "reading the trail")
		}
		if bound, err = d.boundBeside(ctx); err != nil {
			return fail(err, "reading the trail")
		}
	}
}

func (t *tx) gather(b *besides, rows []store.Loose) error {
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	if err := t.bindBeside(b, ids); err != nil {
		return err
	}
	for _, r := range rows {
		if r.Lines == nil {
			return errNotAsWritten
		}
		if err := t.Trace(r.Lines); err != nil {
			return err
		}
	}
	return nil
}
