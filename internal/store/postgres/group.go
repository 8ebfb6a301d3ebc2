package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/store"
)

const (
	lanesLeast = 2                // groups that are under way at the same time: one for each processor, and so many
	attempts   = 12               // of a write by itself, before its caller is told to try again
	patience   = 3                // collisions after which a write keeps all others of this server out
	writeMost  = 30 * time.Second // a transaction may take, retries included

	settleMost = 5 * time.Second // that a write waits to be told whether it was committed
)

// Write implements [store.DB]. Writes that come at the same time share a transaction, its two round trips and its sync.
func (d *DB) Write(ctx context.Context, w store.Work) error {
	if !w.Big() {
		return d.queue.Write(ctx, w)
	}
	d.turn.Lock()
	defer d.turn.Unlock()
	m := store.NewMember(ctx, w)
	if err := m.GivenUp(); err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(context.Background(), writeMost)
	defer cancel()
	d.single(limited, m)
	return m.Err
}

// lane carries groups out, one after the other: whatever has come while the one before was under way.
func (d *DB) lane() {
	for {
		group := d.queue.Next()
		if group == nil {
			return
		}
		for len(group) > 0 {
			group = d.together(group)
		}
	}
}

// together carries a group out in one transaction and answers its members. Those that depend on what others of the
// group write are left for the next one. If the transaction breaks, each member runs by itself.
func (d *DB) together(group []*store.Member) (left []*store.Member) {
	ctx, cancel := context.WithTimeout(context.Background(), writeMost)
	defer cancel()
	attempt := func() error {
		return d.transaction(ctx, false, func(t *tx) (err error) {
			left, err = t.members(group)
			return err
		})
	}
	err := d.beside(attempt)
	if collided(err) && len(group) > 1 { // once more together, with no other of this server beside it, is cheaper than each by itself
		err = d.alone(attempt)
	}
	_, unknown := errors.AsType[unsettled](err)
	if err != nil && !unknown {
		left = nil // all run again
	}
	for _, m := range group {
		if slices.Contains(left, m) {
			continue
		}
		switch {
		case unknown && m.Err == nil:
			m.Err = fail(err, "committing")
		case err != nil && !unknown:
			d.single(ctx, m) // in what is left of the time: others wait behind it
		}
		m.Done()
	}
	return left
}

// single carries a write out by itself. When it collides with others it is tried again; after a few collisions it runs
// alone, so that it comes to its end however busy the server is.
func (d *DB) single(ctx context.Context, m *store.Member) {
	bulk := m.Work.Big()
	attempt := func() error {
		return d.transaction(ctx, bulk, func(t *tx) error {
			if _, err := t.members([]*store.Member{m}); err != nil {
				return err
			}
			return m.Err
		})
	}
	for n := 1; ; n++ {
		pace := d.beside
		if n > patience {
			pace = d.alone
		}
		err := pace(attempt)
		if !collided(err) {
			m.Err = fail(err, "writing")
			return
		}
		if n == attempts {
			m.Err = fault.New(fault.Unavailable, "Others kept changing the same resources. Try again in a moment.").Because(err)
			return
		}
		time.Sleep(time.Duration(rand.IntN(1<<min(n, 6))) * time.Millisecond / 2)
	}
}

func (d *DB) beside(do func() error) error {
	d.pace.RLock()
	defer d.pace.RUnlock()
	return do()
}

func (d *DB) alone(do func() error) error {
	d.pace.Lock()
	defer d.pace.Unlock()
	return do()
}

// transaction runs do and commits, or rolls back where it fails.
func (d *DB) transaction(ctx context.Context, inTurn bool, do func(*tx) error) error {
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if inTurn { // before the snapshot is taken, so not in the transaction
		if _, err := conn.Exec(ctx, sqlTakeTurn); err != nil {
			return err
		}
		defer endTurn(ctx, conn)
	}
	t := newTx(ctx, d, conn)
	t.writing = true
	t.batch.Queue(sqlBegin)
	if err := do(t); err != nil {
		return t.rollback(err)
	}
	sent, err := t.commit()
	if err == nil || !sent || collided(err) || !conn.Conn().IsClosed() && conn.Conn().PgConn().TxStatus() != 'I' {
		return t.rollback(err)
	}
	return d.settle(ctx, t, err)
}

// endTurn gives the turn of big writes back. A broken connection does so by itself, and so does one that is given up here.
func endTurn(ctx context.Context, conn *pgxpool.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleMost)
	defer cancel()
	conn.Exec(ctx, sqlEndTurn) //nolint:errcheck // see above
}

// rollback ends a transaction that is still open, and passes on why.
func (t *tx) rollback(err error) error {
	if err != nil && t.conn.Conn().PgConn().TxStatus() != 'I' {
		t.conn.Exec(t.ctx, "ROLLBACK") //nolint:errcheck // a broken connection is dropped by the pool
	}
	return err
}

// unsettled is the error of a commit of which nobody can say whether it happened.
type unsettled struct{ cause error }

func (u unsettled) Error() string {
	return "whether the commit happened is not known: " + u.cause.Error()
}

// settle asks, on another connection, what became of a transaction whose commit was sent and not answered: nil if it
// happened, the cause if it did not, unsettled if that cannot be told. A number that is said to be committed is no proof:
// after a crash PostgreSQL gives the numbers again that had not reached its log, and others may have committed under them.
// So what the transaction put is looked for too.
func (d *DB) settle(ctx context.Context, t *tx, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleMost)
	defer cancel()
	for ctx.Err() == nil {
		var status string
		err := d.pool.QueryRow(ctx, sqlStatus, t.xid).Scan(&status)
		there := false
		if err == nil && status == "committed" && t.proof != nil {
			there, err = d.has(ctx, t.proof)
		}
		switch {
		case err == nil && there:
			return nil
		case err == nil && (status == "aborted" || status == "committed" && t.proof != nil), notYetGiven(err):
			return cause
		case err == nil && status != "in progress":
			return unsettled{cause}
		}
		select { // in progress, or the database cannot be asked yet
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
	return unsettled{cause}
}

// has tells whether a version is there as it was put.
func (d *DB) has(ctx context.Context, c *store.Change) (bool, error) {
	v, err := d.Version(ctx, c.Ref, c.Number)
	return v.Rid == c.Rid && v.Number == c.Number && v.Updated.Equal(c.Updated), err
}

// members gathers what all members want at once, then runs them one after the other. Its error means that the
// transaction cannot stand; a member's own error is its own.
func (t *tx) members(group []*store.Member) (left []*store.Member, err error) {
	wants := make([]store.Want, len(group))
	for i, m := range group {
		wants[i] = m.Work.Want
	}
	found, err := t.gather(wants)
	if err != nil {
		return nil, err
	}
	for i, m := range group {
		switch {
		case m.GivenUp() != nil:
			m.Err = m.GivenUp()
		case t.written.touch(m.Work.Want):
			left = append(left, m)
		default:
			if err := t.member(m, found[i]); err != nil {
				return nil, err
			}
		}
	}
	return left, nil
}

// member runs one member. What it has queued is dropped if it fails; if it has been sent already, the transaction
// cannot stand.
func (t *tx) member(m *store.Member, found store.Found) error {
	pending, answers, jobs, trail := len(t.pending), len(t.answers), len(t.jobs), len(t.trail)
	t.wrote, t.sent, t.flushed, t.before = false, false, false, nil
	if m.Err = t.attempt(m, found); m.Err == nil {
		return nil
	}
	if t.broken != nil {
		return t.broken
	}
	if t.sent {
		return m.Err
	}
	if t.flushed { // what others had queued before it
		pending, answers, jobs, trail = 0, 0, 0, 0
	}
	t.standUp()
	t.pending, t.answers, t.jobs, t.trail = t.pending[:pending], t.answers[:answers], t.jobs[:jobs], t.trail[:trail]
	return nil
}

// attempt runs a member's work; a panic in it is its own error.
func (t *tx) attempt(m *store.Member, found store.Found) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Wrap(fmt.Errorf("panic: %v\n%s", p, debug.Stack()), "writing")
		}
	}()
	return m.Work.Do(t, found)
}

// written is what the members of a group have put so far.
type written struct {
	refs map[fhir.Ref]bool
	keys map[store.Key]bool
	once map[string]bool
}

func (w *written) add(c *store.Change) {
	w.refs[c.Ref] = true
	for _, e := range c.Add.Entries {
		w.keys[e.Key] = true
	}
	for _, e := range c.Drop.Entries {
		w.keys[e.Key] = true
	}
}

// touch tells whether a question might be answered otherwise now.
func (w *written) touch(want store.Want) bool {
	return slices.ContainsFunc(want.Heads, func(r fhir.Ref) bool { return w.refs[r] }) ||
		slices.ContainsFunc(want.Live, func(r fhir.Ref) bool { return w.refs[r] }) ||
		slices.ContainsFunc(want.Seek, func(s store.Seek) bool {
			return slices.ContainsFunc(s.Keys, func(k store.Key) bool { return w.keys[k] })
		}) ||
		want.Key != nil && w.once[string(want.Key)]
}
