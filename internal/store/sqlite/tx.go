package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/store"
	"yitong/internal/store/seal"
)

// tx is one member's view of the writer's transaction.
type tx struct {
	reader
	w  *writer
	at time.Time

	end  time.Time // until when others wait with it, zero for a member by itself
	late bool      // it has not come to its end by then
}

// inTime refuses to go on when others have waited long enough. The member runs again by itself.
func (t *tx) inTime() error {
	if t.end.IsZero() || time.Now().Before(t.end) {
		return nil
	}
	t.late = true
	return fault.New(fault.Unavailable, "The write takes too long to share a transaction.")
}

// Now implements [store.Tx].
func (t *tx) Now() (time.Time, error) {
	if t.at.IsZero() {
		t.at = now()
	}
	return t.at, nil
}

// Gather implements [store.Tx].
func (t *tx) Gather(want store.Want) (store.Found, error) {
	if err := t.inTime(); err != nil {
		return store.Found{}, err
	}
	at, _ := t.Now()
	return gather(t.reader, at, want)
}

// Gather implements [store.DB].
func (d *DB) Gather(_ context.Context, want store.Want) (store.Found, error) {
	return gather(d.reader, now(), want)
}

func gather(stmt reader, at time.Time, want store.Want) (found store.Found, err error) {
	if found.Heads, err = stmt.Heads(context.Background(), want.Heads); err != nil {
		return found, err
	}
	found.Live = make([]bool, len(want.Live))
	for i, ref := range want.Live {
		if found.Live[i], err = live(stmt, ref); err != nil {
			return found, err
		}
	}
	found.Seek = make([][]store.Version, len(want.Seek))
	for i, s := range want.Seek {
		q := sqlSeek
		if s.Naming {
			q = sqlNaming
		}
		rows, err := stmt.run[q].Query(list(s.Keys), s.Most)
		if found.Seek[i], err = all(rows, err, stmt.version); err != nil {
			return found, err
		}
	}
	if want.Key != nil {
		found.Answer, err = answer(stmt, at, want.Key)
	}
	return found, err
}

func live(stmt reader, ref fhir.Ref) (bool, error) {
	var is bool
	err := stmt.run[sqlLive].QueryRow(ref.Type, ref.ID).Scan(&is)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return is, fail(err, "reading")
}

func answer(stmt reader, at time.Time, key []byte) (*store.Answer, error) {
	var a store.Answer
	err := stmt.run[sqlAnswer].QueryRow(key, at.UnixMicro()).Scan(&a.Request, &a.Text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err == nil {
		a.Text, err = stmt.bodies.Open(seal.AboutAnswer(key), a.Text)
	}
	return &a, fail(err, "reading")
}

// Put implements [store.Tx].
func (t *tx) Put(changes []store.Change) error {
	at, _ := t.Now()
	for i := range changes {
		if err := t.put(&changes[i], at); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) put(c *store.Change, at time.Time) error {
	if err := t.inTime(); err != nil {
		return err
	}
	c.Updated = store.After(at, c.Previous)
	body := t.bodies.Store(seal.AboutVersion(c.Ref, c.Number), c.Body.Bytes)
	updated := c.Updated.UnixMicro()
	if c.Number == 1 {
		done, err := t.w.stmt[sqlInsert].Exec(c.Ref.Type, c.Ref.ID, c.Number, updated, c.Method, c.Author, c.Body.Splice, body)
		if err != nil {
			return fail(err, "writing")
		}
		if c.Rid, err = done.LastInsertId(); err != nil {
			return fail(err, "writing")
		}
	} else {
		kept, err := t.w.stmt[sqlKeep].Exec(c.Rid, updated, c.Number-1)
		if err != nil {
			return fail(err, "writing")
		}
		if n, err := kept.RowsAffected(); err != nil || n != 1 {
			return fault.Wrap(err, "writing: the version before is not the newest")
		}
		if err := t.w.exec(sqlUpdate, c.Rid, c.Number, updated, c.Method, c.Author, c.Body.Splice, body); err != nil {
			return fail(err, "writing")
		}
	}
	if err := t.w.exec(sqlLog, c.Rid, c.Number, c.Ref.Type); err != nil {
		return fail(err, "writing")
	}
	if err := t.index(sqlDropKey, sqlDropText, c.Drop, c.Rid); err != nil {
		return err
	}
	return t.index(sqlAddKey, sqlAddText, c.Add, c.Rid)
}

// index adds lines of the index, or drops them.
func (t *tx) index(entry, text string, keys store.Keys, rid int64) error {
	for _, e := range keys.Entries {
		if err := t.w.exec(entry, int64(e.Key), e.Order, rid); err != nil {
			return fail(err, "writing")
		}
	}
	for _, s := range keys.Texts {
		if err := t.w.exec(text, int64(s.Key), s.Value, rid); err != nil {
			return fail(err, "writing")
		}
	}
	return nil
}

// Index implements [store.Tx].
func (t *tx) Index(list []store.Indexed) error {
	for _, x := range list {
		if err := t.index(sqlDropKey, sqlDropText, x.Drop, x.Rid); err != nil {
			return err
		}
		if err := t.index(sqlAddKey, sqlAddText, x.Add, x.Rid); err != nil {
			return err
		}
	}
	return nil
}

// Define implements [store.Tx].
func (t *tx) Define(d store.Definition) error {
	return fail(t.w.exec(sqlDefine, d.Type, d.ID, d.Ground, d.Text, d.State, d.Wanted.UnixMicro()), "keeping a definition")
}

// Undefine implements [store.Tx].
func (t *tx) Undefine(d store.Definition) error {
	return fail(t.w.exec(sqlUndefine, d.Type, d.ID), "dropping a definition")
}

// Reserve implements [store.Tx].
func (t *tx) Reserve(p store.Place, holder string, until time.Time) (bool, error) {
	at, _ := t.Now()
	return t.changed(sqlReserve, p.Scope, p.Name, holder, until.UnixMicro(), at.UnixMicro())
}

// Release implements [store.Tx].
func (t *tx) Release(p store.Place, holder string) (bool, error) {
	return t.changed(sqlGiveBack, p.Scope, p.Name, holder)
}

func (t *tx) changed(q string, args ...any) (bool, error) {
	if err := t.inTime(); err != nil {
		return false, err
	}
	done, err := t.w.stmt[q].Exec(args...)
	if err != nil {
		return false, fail(err, "reserving")
	}
	n, err := done.RowsAffected()
	return n == 1, fail(err, "reserving")
}

// Remember implements [store.Tx].
func (t *tx) Remember(key []byte, a store.Answer, until time.Time) error {
	at, _ := t.Now()
	if err := t.w.exec(sqlForget, at.UnixMicro()); err != nil {
		return fail(err, "remembering an answer")
	}
	text := t.bodies.Store(seal.AboutAnswer(key), a.Text)
	return fail(t.w.exec(sqlRemember, key, a.Request, text, until.UnixMicro()), "remembering an answer")
}
