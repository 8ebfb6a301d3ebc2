package trail

import (
	"bytes"
	"context"
	"time"

	"yitong/internal/fault"
	"yitong/internal/store"
	"yitong/internal/tlog"
)

const maxReason = 1000 // bytes of who and why, each

// Restore is the order to go on after the database was brought back to what it was.
type Restore struct {
	From  int64  // the last batch that the database has in common with the log
	Epoch int    // that the new log has at least, where others know of epochs that the folder does not hold any more
	By    string // who says so
	Why   string
}

// Restore begins the log of a new epoch by the statement that the database was brought back, and what has become of the
// log before; batches behind From are sealed there. It tells the epoch. The error is Malformed if From is not the last
// batch that both have, and says which is; without a log in the folder, it may be any.
func (s *Sealer) Restore(ctx context.Context, r Restore) (int, error) {
	if r.By == "" || r.Why == "" || len(r.By) > maxReason || len(r.Why) > maxReason {
		return 0, fault.New(fault.Malformed, "Say who restores the database and why, in %d bytes each at most.",
			maxReason)
	}
	w, err := s.folder.Hold(s.key)
	if err != nil {
		return 0, err
	}
	defer w.Release()
	c, err := openChain(ctx, s.folder, func(epoch int) (*tlog.Log, error) { return w.Log(ctx, epoch) })
	if err != nil {
		return 0, err
	}
	now, err := s.now(ctx)
	if err != nil {
		return 0, err
	}
	said := Statement{At: now, Sealed: r.From, Restored: &Restored{From: r.From, By: r.By, Why: r.Why}}
	next := 1
	if len(c) > 0 {
		old := &c[len(c)-1]
		common, err := c.common(ctx, s.db)
		if err != nil {
			return 0, err
		}
		if r.From != common {
			return 0, fault.New(fault.Malformed,
				"The last batch that the database and the log have in common is %d, not %d.", common, r.From)
		}
		at, err := standOf(ctx, old.log)
		if err != nil {
			return 0, err
		}
		said.Erased = min(at.erased, r.From)
		said.Restored.Epoch, said.Restored.Checkpoint = old.log.Epoch, string(old.log.Note)
		next = old.log.Epoch + 1
	} else if last, err := s.db.LastBatch(ctx); err != nil || r.From < 0 || r.From > last {
		return 0, fault.New(fault.Malformed, "The database has %d batches, so it cannot go on from %d.",
			last, r.From).Because(err)
	} else if said.Erased, err = s.last(ctx, true, func(b *store.Batch) bool { return b.Body == nil }); err != nil {
		return 0, err // nobody can say any more why they are gone
	}
	next = max(next, r.Epoch)
	_, err = s.append(ctx, w, next, 0, stand{sealed: said.Sealed, erased: said.Erased}, [][]byte{said.leaf()})
	return next, err
}

// common is the last batch up to which the database has those that were sealed.
func (c chain) common(ctx context.Context, db store.Trail) (int64, error) {
	have := reader{db: db, bodies: false, next: 1}
	common := c[0].first.Sealed
	for sealed, err := range c.sealed(ctx) {
		if err != nil {
			return 0, err
		}
		have.skip(sealed.number)
		b, err := have.batch(ctx)
		if err != nil {
			return 0, err
		}
		if b == nil || b.Number != sealed.number || !bytes.Equal(b.Digest, sealed.digest) {
			break
		}
		common = sealed.number
	}
	return common, nil
}

// Erase takes the lines of batches out that were bound before an instant, by a rule that is named in the log: first
// that is said there, then it is done, so that lines never are gone without it. It tells up to which number lines are
// gone now. The error is Unavailable if not all of them are sealed yet, or another server holds the log: try again.
func (s *Sealer) Erase(ctx context.Context, before time.Time, rule string) (int64, error) {
	now, err := s.now(ctx)
	if err != nil {
		return 0, err
	}
	if before.After(now) || rule == "" || len(rule) > maxReason {
		return 0, fault.New(fault.Malformed,
			"What is taken out must be old, and the rule that allows it be named in %d bytes at most.", maxReason)
	}
	last, err := s.last(ctx, false, func(b *store.Batch) bool { return b.Bound.Before(before) })
	if err != nil || last == 0 {
		return 0, err
	}
	if err := s.announce(ctx, Erasure{Last: last, Before: before, Rule: rule}, now); err != nil {
		return 0, err
	}
	if err := s.stop("between saying and erasing"); err != nil {
		return 0, err
	}
	for {
		first, _, err := s.db.EraseBatches(ctx, before, sealMost)
		if err != nil || first == 0 {
			return last, err
		}
	}
}

// announce says in the log what will be taken out.
func (s *Sealer) announce(ctx context.Context, e Erasure, now time.Time) error {
	w, err := s.folder.Hold(s.key)
	if err != nil {
		return err
	}
	defer w.Release()
	l, err := s.current(ctx, w)
	if err != nil {
		return err
	}
	if s.at.sealed < e.Last {
		return fault.New(fault.Unavailable, "Batch %d is not sealed yet.", e.Last)
	}
	if s.at.erased >= e.Last {
		return nil
	}
	e.First = s.at.erased + 1
	at := s.at
	at.erased = e.Last
	said := Statement{At: now, Sealed: at.sealed, Erased: at.erased, Erasure: &e}
	_, err = s.append(ctx, w, l.Epoch, l.Size, at, [][]byte{said.leaf()})
	return err
}

// last is the number of the last batch of which something holds that holds of all before it, 0 for none.
func (s *Sealer) last(ctx context.Context, bodies bool, holds func(*store.Batch) bool) (int64, error) {
	last, err := s.db.LastBatch(ctx)
	if err != nil {
		return 0, err
	}
	low, high := int64(0), last+1 // of one it holds, of the other it does not
	for high-low > 1 {
		middle := low + (high-low)/2
		b, err := s.db.Batches(ctx, middle, 1, bodies)
		if err != nil {
			return 0, err
		}
		if len(b) == 1 && holds(&b[0]) {
			low = middle
		} else {
			high = middle
		}
	}
	return low, nil
}
