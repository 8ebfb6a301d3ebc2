package trail

import (
	"bytes"
	"context"
	"time"

	"yitong/internal/fault"
	"yitong/internal/store"
	"yitong/internal/tlog"
)

// Standing is how far the keeping of a trail has come at a moment. It is no verification: only the end of the log is held against the
// database.
type Standing struct {
	Loose      int       // lines that are in no batch yet, as far as there are few
	LooseSince time.Time // instant of the first of them; zero for none

	Batches       int64     // that have been bound
	Sealed        int64     // the last batch that has a leaf
	Until         time.Time // the latest instant of that batch; zero for none
	UnsealedSince time.Time // when the first batch was bound that has no leaf; zero for none
	Fits          bool      // the database has the last sealed batch as the log knows it

	Log       string // the name of the log; "" while there is none
	Leaves    int64
	Root      []byte
	Cosigned  int64 // leaves of the newest checkpoint that a witness has cosigned; 0 for none
	Witnesses []Cosigned
}

// Cosigned tells how far a witness has cosigned the log.
type Cosigned struct {
	Witness string
	Leaves  int64     // of the log that it has not cosigned
	At      time.Time // of the newest checkpoint that it has cosigned; zero for none
}

// Party tells what a witness has signed.
type Party interface {
	Name() string
	Signed(note []byte) bool
}

// standMost is how many bytes of lines are looked at that are in no batch.
const standMost = 1 << 20

// Stand tells how far the trail of a database has come, and how far it is sealed in a folder, nil for none, whichever server works on
// them; and what some witnesses have cosigned. The error is that of reading either, Unprocessable for a checkpoint that the folder's key
// has not signed.
func Stand(ctx context.Context, db store.Trail, folder *tlog.Folder, parties ...Party) (s Standing, err error) {
	if folder != nil { // first, so that no leaf is seen whose batch is not
		err = s.log(ctx, db, folder, parties)
	}
	if err != nil {
		return s, err
	}
	if s.Batches, err = db.LastBatch(ctx); err != nil {
		return s, err
	}
	return s, s.loose(ctx, db)
}

// Standing is [Stand] of the trail that the sealer seals.
func (s *Sealer) Standing(ctx context.Context, parties ...Party) (Standing, error) {
	return Stand(ctx, s.db, s.folder, parties...)
}

// loose counts what is in no batch.
func (s *Standing) loose(ctx context.Context, db store.Trail) error {
	rows, err := db.Loose(ctx, standMost)
	for _, row := range rows {
		s.Loose += bytes.Count(row.Lines, []byte{'\n'})
	}
	if err != nil || len(rows) == 0 {
		return err
	}
	line, _, _ := bytes.Cut(rows[0].Lines, []byte{'\n'})
	first, err := glance(string(line) + "\n")
	if err != nil {
		return fault.Wrap(err, "reading a line of the trail")
	}
	s.LooseSince = first.At
	return nil
}

// log reads the end of the log, and what the database has there.
func (s *Standing) log(ctx context.Context, db store.Trail, folder *tlog.Folder, parties []Party) error {
	l, err := newest(ctx, folder, folder.Log)
	if err != nil {
		return err
	}
	var at stand
	if l != nil {
		if at, err = standOf(ctx, l); err != nil {
			return err
		}
		s.Log, s.Leaves, s.Root, s.Sealed, s.Fits = l.Origin, l.Size, l.Root, at.sealed, at.last == nil
		if err := s.cosigned(folder, l, parties); err != nil {
			return err
		}
	}
	known, err := db.Batches(ctx, max(1, at.sealed), 2, false)
	for _, b := range known {
		switch {
		case b.Number == at.sealed:
			s.Until, s.Fits = b.Last, at.last == nil || bytes.Equal(b.Digest, at.last)
		case s.UnsealedSince.IsZero():
			s.UnsealedSince = b.Bound
		}
	}
	if at.last != nil && (len(known) == 0 || known[0].Number != at.sealed) {
		s.Fits = false
	}
	return err
}

// cosigned reads what has been cosigned of a log, by whomever and by each of some witnesses.
func (s *Standing) cosigned(folder *tlog.Folder, l *tlog.Log, parties []Party) error {
	kept, err := folder.Cosignatures(l.Epoch)
	if err != nil {
		return err
	}
	for _, one := range kept {
		if c, err := folder.Public().Read(one.Note, l.Origin); err == nil {
			s.Cosigned = max(s.Cosigned, c.Size)
		}
	}
	for _, p := range parties {
		has := Cosigned{Witness: p.Name(), Leaves: l.Size}
		for _, c := range kept {
			if cp, err := tlog.Claimed(c.Note); err == nil && p.Signed(c.Note) {
				has.Leaves, has.At = max(0, l.Size-cp.Size), c.At
			}
		}
		s.Witnesses = append(s.Witnesses, has)
	}
	return nil
}
