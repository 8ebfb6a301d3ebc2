package backup

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"yitong/internal/fault"
	"yitong/internal/store/sqlite"
)

// Stamp tells whether a database file is the same as it was: everything that changes it changes one of these.
type Stamp struct {
	Size     int64 `json:"size"`
	Modified int64 `json:"modified"` // nanoseconds since 1970
}

// stampOf is that of a file. It does not open it: closing it would take SQLite's locks away from this process.
func stampOf(path string) (Stamp, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Stamp{}, err
	}
	return Stamp{info.Size(), info.ModTime().UnixNano()}, nil
}

// Anchor says what of an archive follows a snapshot of a SQLite record.
type Anchor struct {
	At     time.Time `json:"at"`            // the snapshot has everything that was committed by then
	WAL    []byte    `json:"wal,omitempty"` // the header of the log that the snapshot was taken with; none if there was no log
	Frames int64     `json:"frames"`        // of that log, that the snapshot has at most
	Stamp  Stamp     `json:"stamp"`         // of the file, without a log
}

func anchorOf(path string) (a Anchor, err error) {
	w, f, err := openWAL(path)
	switch {
	case errors.Is(err, errNoLog):
		a.Stamp, err = stampOf(path)
		return a, err
	case err != nil:
		return a, err
	}
	a.WAL = w.head[:]
	return a, f.Close()
}

// same tells whether two anchors are of the same log, or of the same file without one.
func (a Anchor) same(b Anchor) bool { return string(a.WAL) == string(b.WAL) && a.Stamp == b.Stamp }

// leadsTo tells whether a segment is the first that follows the anchor.
func (a Anchor) leadsTo(s segmentHead) bool {
	if len(a.WAL) > 0 {
		return s.From.Frames == 0 && string(s.WAL) == string(a.WAL)
	}
	return s.From.Frames == 0 && s.Stamp == a.Stamp
}

// anchorTries bounds how often a snapshot is taken again because the log was begun anew meanwhile.
const anchorTries = 10

// TakeSnapshot holds a moment of a SQLite record and says what of an archive follows it. The errors are those of
// [sqlite.TakeSnapshot].
func TakeSnapshot(ctx context.Context, path string) (*sqlite.Snapshot, Anchor, error) {
	for range anchorTries {
		at := time.Now().UTC()
		before, err := anchorOf(path)
		if err != nil {
			return nil, before, fault.New(fault.NotFound, "The database %s cannot be read.", path).Because(err)
		}
		s, err := sqlite.TakeSnapshot(ctx, path)
		if err != nil {
			return nil, before, err
		}
		after, err := anchorOf(path)
		if err == nil && after.same(before) {
			after.At, after.Frames = at, s.Frames
			return s, after, nil
		}
		if err = errors.Join(err, s.Close()); err != nil {
			return nil, after, fault.Wrap(err, "taking a snapshot")
		}
	}
	return nil, Anchor{}, fault.New(fault.Unavailable, "The log of %s is begun anew again and again. Try again.", path)
}

// Database is the part that holds a SQLite file.
type Database struct{ Snapshot *sqlite.Snapshot }

// DatabasePart is the name of the part that holds the database.
const DatabasePart = "database"

// Name implements [Part].
func (Database) Name() string { return DatabasePart }

// Write implements [Part].
func (d Database) Write(_ context.Context, w io.Writer) error {
	_, err := d.Snapshot.WriteTo(w)
	return err
}
