package sqlite

import (
	"context"
	"database/sql"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// Archive is where the log of the file is kept for good, so that the record can be brought back to any moment. Its methods are
// called one at a time.
type Archive interface {
	// Copy archives the log of the file, and returns when that is durable. length asks how many frames of it are committed: they
	// are on the disk, and so may be archived. The log may be begun anew at any moment once Folded was called.
	Copy(length func() (int64, error)) error
	// Folded tells that the log, all of which Copy has had, was folded into the file: whoever writes next begins it anew.
	Folded()
	// Close tells that the file is closed. whole tells that Copy has had all that was ever written.
	Close(whole bool) error
}

// Pace says how often the log is archived, and when it is folded into the file.
type Pace struct {
	Every  time.Duration // between two copies: how much may be lost with the file
	Frames int64         // that the log may have. Below those that SQLite's own checkpoints wait for: another program's that writes beside the server must not come first
	Fold   time.Duration // after which it is folded however short it is
}

// Usual is the pace of a server.
var Usual = Pace{Every: time.Second, Frames: 12_000, Fold: 10 * time.Minute}

const (
	// foldAtLast is at how many frames it is folded though the archive does not take it: half a gigabyte.
	foldAtLast = 64_000

	sqlLogLength = "PRAGMA wal_checkpoint(NOOP)" // asks how long the log is and does nothing
	sqlFold      = "PRAGMA wal_checkpoint(PASSIVE)"
	sqlCut       = "PRAGMA wal_checkpoint(TRUNCATE)" // tells no length when it has cut the log off
)

// Archiving has the log of the file archived, at a pace and before it is folded into the file, which nobody but the writer
// does any more. What goes wrong with it is told and does not stop writes.
func Archiving(to Archive, pace Pace, tell func(error)) Option {
	return func(d *DB) {
		d.archive = &archiving{to: to, pace: pace, tell: tell, folded: time.Now(), stop: make(chan struct{}), done: make(chan struct{})}
	}
}

// archiving feeds an archive. A nil one does nothing.
type archiving struct {
	to     Archive
	pace   Pace
	tell   func(error)
	conn   *sql.Conn  // that asks for the length of the log
	mu     sync.Mutex // of whoever copies
	folded time.Time  // when the log was last folded
	failed time.Time  // when it last could not be folded; of the writer alone
	due    atomic.Bool
	begun  bool
	stop   chan struct{}
	done   chan struct{}
}

// pragmas are those of a record's connections with or without an archive.
func (a *archiving) pragmas() string {
	if a == nil {
		return pragmas
	}
	return strings.Replace(pragmas, "wal_autocheckpoint(16000)", "wal_autocheckpoint(0)", 1)
}

func (a *archiving) start(ctx context.Context, d *DB) (err error) {
	if a == nil {
		return nil
	}
	if a.conn, err = d.pool.Conn(ctx); err != nil {
		return fault.Wrap(err, "archiving the log")
	}
	d.writer.archive = a
	a.begun = true
	go a.run(d.writer.queue)
	return nil
}

func (a *archiving) run(queue *store.Queue) {
	defer close(a.done)
	tick := time.NewTicker(a.pace.Every)
	defer tick.Stop()
	for {
		select {
		case <-a.stop:
			return
		case <-tick.C:
		}
		a.mu.Lock()
		frames, err := a.copy()
		late := frames > 0 && time.Since(a.folded) > a.pace.Fold
		a.mu.Unlock()
		if err != nil {
			a.tell(err)
		}
		if frames >= a.pace.Frames || late {
			a.due.Store(true)
			go queue.Write(context.Background(), store.Work{Do: func(store.Tx, store.Found) error { return nil }}) //nolint:errcheck // it only wakes the writer
		}
	}
}

// copy has all of the log archived, and tells how long it is.
func (a *archiving) copy() (frames int64, err error) {
	err = a.to.Copy(func() (int64, error) {
		var err error
		if _, frames, err = checkpoint(a.conn, sqlLogLength); err != nil {
			return 0, fault.Wrap(err, "measuring the log")
		}
		return frames, nil
	})
	return frames, err
}

// checkpoint tells whether all of the log is folded into the file now, and how long it is.
func checkpoint(conn *sql.Conn, q string) (all bool, frames int64, err error) {
	var busy, log, folded int64
	err = conn.QueryRowContext(context.Background(), q).Scan(&busy, &log, &folded)
	return busy == 0 && log == folded, max(0, log), err
}

// fold folds the log into the file if that is due, but not before it is archived. It runs between the writer's transactions.
func (a *archiving) fold(conn *sql.Conn) {
	if a == nil || !a.due.Swap(false) && !a.long(conn) {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.failed = time.Now()
	frames, failed := a.copy()
	if failed != nil {
		a.tell(failed)
		if frames < foldAtLast {
			return
		}
	}
	all, now, err := checkpoint(conn, sqlFold)
	if err != nil {
		a.tell(fault.Wrap(err, "folding the log"))
		return
	}
	a.folded = time.Now()
	if all && failed == nil && now == frames {
		a.failed = time.Time{}
		a.to.Folded()
	}
}

// long tells whether the log has become long since it was last looked at. It is not if it was just tried in vain to fold it.
func (a *archiving) long(conn *sql.Conn) bool {
	if time.Since(a.failed) < a.pace.Every {
		return false
	}
	_, frames, err := checkpoint(conn, sqlLogLength)
	return err == nil && frames >= a.pace.Frames
}

// cut folds the log into the file and cuts it off, whether or not the archive, whose disk may be the one that is full, takes it.
func (a *archiving) cut(conn *sql.Conn) {
	if a == nil {
		_, _, _ = checkpoint(conn, sqlCut) // if there is no room for that either, nothing is lost
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	_, failed := a.copy()
	if failed != nil {
		a.tell(failed)
	}
	if all, _, err := checkpoint(conn, sqlCut); err == nil && all && failed == nil {
		a.to.Folded()
	}
}

// end copies what was written last. Nobody writes any more. It tells whether the archive has everything.
func (a *archiving) end() (whole bool) {
	if a == nil || !a.begun {
		return false
	}
	close(a.stop)
	<-a.done
	_, err := a.copy()
	if err != nil {
		a.tell(err)
	}
	_ = a.conn.Close() // it goes back to the pool
	return err == nil
}

// close closes the archive behind the file.
func (a *archiving) close(whole bool) {
	if a == nil || !a.begun {
		return
	}
	if err := a.to.Close(whole); err != nil {
		a.tell(err)
	}
}
