package trail

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"time"

	"yitong/internal/fault"
	"yitong/internal/store"
	"yitong/internal/tlog"
)

const (
	// sealMost is how many batches are sealed in one step.
	sealMost = 64
	// newborn is how old a trail may be whose log is begun without being asked: with an older one, a log that is not
	// there is more likely lost, or on storage that is not mounted.
	newborn = time.Hour
	// heldMost is for how long another server may hold the log while this one has batches to seal: it may be ending its
	// last work.
	heldMost = 30 * time.Second
)

// Sealer makes each batch a leaf of the log, in the order of their numbers. Any number of servers may have one on the
// same database and folder: one at a time works, and what it was broken off at, the next brings to its end.
type Sealer struct {
	db     store.Trail
	folder *tlog.Folder
	key    ed25519.PrivateKey
	now    Clock
	meter  *meter
	binder *Binder // of this server; nil for none

	epoch int // where this server has last seen the log; 0 for not yet
	root  []byte
	at    stand

	heldFrom time.Time // since when another server has held the log, when this one wanted to seal

	stop func(step string) error // tests break it off here
}

// Clock tells the instant, as the database has it.
type Clock = func(context.Context) (time.Time, error)

// NewSealer prepares the sealing of a database's trail in a folder, whose logs the key signs, by the database's clock.
func NewSealer(db store.Trail, folder *tlog.Folder, key ed25519.PrivateKey, now Clock) *Sealer {
	on := func(string) error { return nil }
	return &Sealer{db: db, folder: folder, key: key, now: now, meter: newMeter(), stop: on}
}

// Step seals the batches that are not sealed yet, or some of them, and tells whether there are more. It does nothing
// while another server holds the log; the error is Unavailable if that takes longer than half a minute. The error is
// Conflict, and nothing is written, if the log knows of batches that the database has not, or has otherwise: then the
// database was brought back to what it was before, and nobody has said so ([Sealer.Restore]); if a batch is not what
// its digest says; or if the log of a trail that is not new is not there.
func (s *Sealer) Step(ctx context.Context) (more bool, err error) {
	defer func() {
		if fault.CodeOf(err) == fault.Conflict {
			s.meter.conflicts.Inc()
		}
	}()
	last, err := s.db.LastBatch(ctx)
	if err != nil {
		return false, err
	}
	s.meter.waiting(last, s.at.sealed)
	if last == s.at.sealed && s.unchanged(ctx) {
		return false, nil
	}
	w, err := s.folder.Hold(s.key)
	if errors.Is(err, tlog.ErrHeld) {
		return false, s.held(err)
	}
	if err != nil {
		return false, err
	}
	defer w.Release()
	s.heldFrom = time.Time{}
	l, err := s.current(ctx, w)
	if err != nil {
		return false, err
	}
	// Once more: another server may have sealed what was bound meanwhile.
	if last, err = s.db.LastBatch(ctx); err != nil {
		return false, err
	}
	if last < s.at.sealed {
		return false, s.ahead(last)
	}
	batches, err := s.db.Batches(ctx, s.at.sealed+1, sealMost, false)
	if err != nil || len(batches) == 0 {
		return false, err
	}
	if err := s.seal(ctx, w, l, batches); err != nil {
		return false, err
	}
	return s.at.sealed < last, nil
}

// held puts up with another server that holds the log, but not for long.
func (s *Sealer) held(err error) error {
	if s.heldFrom.IsZero() {
		s.heldFrom = time.Now()
	}
	if time.Since(s.heldFrom) < heldMost {
		return nil
	}
	return err
}

// unchanged tells whether the log is as this server has left it.
func (s *Sealer) unchanged(ctx context.Context) bool {
	l, err := newest(ctx, s.folder, s.folder.Log)
	return err == nil && l != nil && l.Epoch == s.epoch && bytes.Equal(l.Root, s.root)
}

func (s *Sealer) ahead(last int64) error {
	return fault.New(fault.Conflict,
		"The log of the trail in %s holds %d batches, the database %d: it was rolled back or restored. If that is "+
			"meant, run yitong trail restored --from %[3]d --why …; until then nothing is sealed.",
		s.folder.Dir(), s.at.sealed, last)
}

// current opens the log that batches go to, and looks where it stands and whether the database agrees. It is begun if
// there is none.
func (s *Sealer) current(ctx context.Context, w *tlog.Writer) (*tlog.Log, error) {
	l, err := newest(ctx, s.folder, func(epoch int) (*tlog.Log, error) { return w.Log(ctx, epoch) })
	if err != nil {
		return nil, err
	}
	if l == nil {
		return s.begin(ctx, w)
	}
	if s.epoch == l.Epoch && bytes.Equal(s.root, l.Root) {
		return l, nil
	}
	at, err := standOf(ctx, l)
	if err != nil {
		return nil, err
	}
	s.epoch, s.at = 0, at
	if at.last != nil {
		known, err := s.db.Batches(ctx, at.sealed, 1, false)
		if err != nil {
			return nil, err
		}
		if len(known) == 0 || known[0].Number != at.sealed || !bytes.Equal(known[0].Digest, at.last) {
			last, err := s.db.LastBatch(ctx)
			if err != nil {
				return nil, err
			}
			if last < at.sealed {
				return nil, s.ahead(last)
			}
			return nil, fault.New(fault.Conflict,
				"Batch %d of the trail is not the one that the log in %s has sealed: run yitong trail "+
					"verify.", at.sealed, s.folder.Dir())
		}
	}
	s.epoch, s.root = l.Epoch, l.Root
	return l, nil
}

// newest is the log of the newest epoch that has leaves; nil if there is none. A log without leaves is one whose first
// statement was broken off.
func newest(ctx context.Context, f *tlog.Folder, open func(epoch int) (*tlog.Log, error)) (*tlog.Log, error) {
	epochs, err := f.Epochs()
	if err != nil {
		return nil, err
	}
	for i := len(epochs) - 1; i >= 0; i-- {
		l, err := open(epochs[i])
		switch {
		case fault.CodeOf(err) == fault.NotFound || err == nil && l.Size == 0:
		default:
			return l, err
		}
	}
	return nil, nil
}

// begin begins the first log.
func (s *Sealer) begin(ctx context.Context, w *tlog.Writer) (*tlog.Log, error) {
	first, err := s.db.Batches(ctx, 1, 1, false)
	if err != nil {
		return nil, err
	}
	now, err := s.now(ctx)
	if err != nil {
		return nil, err
	}
	if len(first) > 0 && now.Sub(first[0].Bound) > newborn {
		return nil, fault.New(fault.Conflict,
			"The folder %s holds no log of the trail, which began at %s. Is it mounted? If the log is lost, or was "+
				"not kept until now, run yitong trail restored --from 0 --why …; until then nothing is sealed.",
			s.folder.Dir(), first[0].Bound.Format(time.RFC3339))
	}
	return s.append(ctx, w, 1, 0, stand{}, [][]byte{Statement{At: now, Began: &Began{}}.leaf()})
}

// seal makes batches leaves.
func (s *Sealer) seal(ctx context.Context, w *tlog.Writer, l *tlog.Log, batches []store.Batch) error {
	at := s.at
	var leaves [][]byte
	for i := range batches {
		b := &batches[i]
		if err := s.sealable(ctx, *b, at); err != nil {
			return err
		}
		if (l.Size+int64(len(leaves)))%milestone == 0 {
			now, err := s.now(ctx)
			if err != nil {
				return err
			}
			leaves = append(leaves, Statement{At: now, Sealed: at.sealed, Erased: at.erased}.leaf())
		}
		leaves = append(leaves, b.Digest)
		at.sealed, at.last = b.Number, b.Digest
	}
	if err := s.stop("before the leaves"); err != nil {
		return err
	}
	_, err := s.append(ctx, w, l.Epoch, l.Size, at, leaves)
	return err
}

// Follow has the sealer take the word of a server's own binder for what it has just bound, which is not read again then.
func (s *Sealer) Follow(b *Binder) { s.binder = b }

// sealable looks at a batch that was read without its body.
func (s *Sealer) sealable(ctx context.Context, b store.Batch, at stand) error {
	if digest := s.binder.digest(b.Number); digest != nil && bytes.Equal(digest, b.Digest) && b.Number == at.sealed+1 {
		return nil
	}
	whole, err := s.db.Batches(ctx, b.Number, 1, true)
	if err != nil {
		return err
	}
	if len(whole) > 0 && whole[0].Number == b.Number {
		b.Body = whole[0].Body
	}
	return sealable(&b, at)
}

// sealable tells whether a batch is what its digest says, and the next. Of one whose lines have been erased only the
// digest is left.
func sealable(b *store.Batch, at stand) error {
	number := at.sealed + 1
	if b.Number != number {
		return fault.New(fault.Conflict,
			"Batch %d of the trail is missing; nothing is sealed behind it. Run yitong trail verify.", number)
	}
	if b.Body == nil {
		if number > at.erased || len(b.Digest) != digestBytes {
			return fault.New(fault.Conflict,
				"The lines of batch %d of the trail are gone; nothing is sealed from it on. Run yitong trail "+
					"verify.", number)
		}
		return nil
	}
	lines, err := Unpack(b.Body)
	if err != nil {
		return fault.New(fault.Conflict,
			"The lines of batch %d of the trail cannot be read; nothing is sealed from it on.", number).Because(err)
	}
	if digest, _ := Digest(number, lines); !bytes.Equal(digest, b.Digest) {
		return fault.New(fault.Conflict,
			"The lines of batch %d of the trail are not those that were bound; nothing is sealed from it on. Run "+
				"yitong trail verify.", number)
	}
	return nil
}

// append adds leaves, behind which the log of an epoch stands at a place.
func (s *Sealer) append(
	ctx context.Context, w *tlog.Writer, epoch int, size int64, at stand, leaves [][]byte,
) (*tlog.Log, error) {
	s.epoch = 0 // until it is known
	l, err := w.Append(ctx, epoch, size, leaves)
	if err != nil {
		return nil, err
	}
	s.epoch, s.root, s.at = epoch, l.Root, at
	s.meter.sealed(at.sealed, l)
	return l, s.stop("behind the leaves")
}
