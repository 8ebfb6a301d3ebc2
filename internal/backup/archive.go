package backup

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"time"

	"yitong/internal/fault"
)

// markEvery is how often an archive notes that nothing was written.
const markEvery = 10 * time.Second

// Archive keeps the logs of a SQLite record for good. It implements [sqlite.Archive].
type Archive struct {
	dir  string
	key  Key
	path string // of the database

	run    string
	number int        // of the last segment
	prior  *after     // the log before, all of which is archived
	closed bool       // prior was folded, and the file is as it was left
	wal    *wal       // the log that is being archived, nil for none yet
	at     walMark    // how far
	folded bool       // and all of it is in the file now
	stamp  Stamp      // of the file when the log began
	begun  time.Time  // of the run
	seg    *segment   // nil for none open
	buffer []byte     // of frames
	status lockStatus // for who looks on
}

// segment is a sealed file that is being written.
type segment struct {
	file   *os.File
	path   string
	w      *Writer
	marked time.Time
	whole  int64 // bytes up to the last mark; 0 without one
}

// Status tells how an archive does.
type Status struct {
	Run   string    // since when there is no gap
	Begun time.Time // of the run in this process, zero if it goes on from an earlier one
	To    time.Time // everything is archived that was committed by then; zero for not yet
	Bytes int64     // sealed by this process
	Gaps  int64     // runs that had to be begun by this process, the first one included
}

type lockStatus struct {
	mu sync.Mutex
	Status
}

// OpenArchive prepares an archive of a SQLite file, before that is opened. It goes on from where the archive ends if the file has not
// been written to by others since; else a new run begins with the first write, and needs a new backup. The error is Forbidden if the
// archive was sealed with another key.
func OpenArchive(dir string, key Key, path string) (*Archive, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, cannotWrite(dir, err)
	}
	a := &Archive{dir: dir, key: key, path: path}
	list, err := runs(dir)
	if err != nil || len(list) == 0 {
		return a, err
	}
	if err := a.resume(list[len(list)-1]); err != nil {
		return nil, err
	}
	return a, nil
}

// Status tells how the archive does. It may be called at any time.
func (a *Archive) Status() Status {
	a.status.mu.Lock()
	defer a.status.mu.Unlock()
	return a.status.Status
}

// Copy implements [sqlite.Archive].
func (a *Archive) Copy(length func() (int64, error)) error {
	at := time.Now()
	now, f, frames, err := a.look(length)
	if err == nil {
		err = a.copy(at, now, f, frames)
	}
	if f != nil {
		f.Close()
	}
	if err != nil {
		a.undo()
		return err
	}
	a.status.mu.Lock()
	a.status.To = at
	a.status.mu.Unlock()
	return nil
}

// lookTries bounds how often a log is looked at that is being begun anew.
const lookTries = 5

// look opens the log and asks for its length. There is no log, and no file, if it was cut off.
func (a *Archive) look(length func() (int64, error)) (*wal, *os.File, int64, error) {
	for range lookTries {
		before, f, err := openWAL(a.path)
		if err != nil && !errors.Is(err, errNoLog) {
			return nil, nil, 0, err
		}
		frames, err := length()
		if err != nil {
			return before, f, 0, err
		}
		after, g, err := openWAL(a.path)
		if err != nil && !errors.Is(err, errNoLog) {
			return before, f, 0, err
		}
		if g != nil {
			g.Close()
		}
		if before == nil && after == nil || before != nil && after != nil && before.head == after.head {
			return before, f, frames, nil
		}
		if f != nil {
			f.Close()
		}
	}
	return nil, nil, 0, fault.New(fault.Unavailable, "The log is begun anew again and again.")
}

func (a *Archive) copy(at time.Time, now *wal, f *os.File, frames int64) error {
	if frames == 0 && a.wal == nil {
		return nil // what there is has been folded in long ago
	}
	if frames == 0 { // it was cut off, or will be begun anew
		return a.note(at, a.at)
	}
	if now == nil {
		return fault.Wrap(nil, "archiving: the log is gone")
	}
	if a.wal == nil || now.head != a.wal.head || frames < a.at.Frames || !now.holds(f, a.at) {
		if err := a.begin(now); err != nil {
			return err
		}
	}
	if frames == a.at.Frames {
		return a.note(at, a.at)
	}
	to, err := a.frames(f, frames)
	if err != nil {
		return err
	}
	return a.note(at, to)
}

// begin goes over to another log: one that follows what is archived without a gap, or else one that begins a run.
func (a *Archive) begin(now *wal) error {
	a.end(segmentEnd{})
	follows := a.run != "" && (a.wal == nil && a.closed || a.wal != nil && a.folded && now.head != a.wal.head)
	switch {
	case follows && a.wal != nil:
		a.prior = &after{a.wal.head[:], a.at.Frames}
	case !follows:
		a.prior, a.number = nil, 0
		a.begun = time.Now().UTC()
		a.run = fmt.Sprintf("%s-%08x", a.begun.Format("20060102T150405.000000Z"), rand.Uint32())
		a.status.mu.Lock()
		a.status.Run, a.status.Begun = a.run, a.begun
		a.status.Gaps++
		a.status.mu.Unlock()
	}
	stamp, err := stampOf(a.path)
	if err != nil {
		return fault.Wrap(err, "archiving")
	}
	a.wal, a.at, a.folded, a.closed, a.stamp = now, now.start, false, false, stamp
	return nil
}

// frames copies frames of the log up to one that ends a transaction.
func (a *Archive) frames(f io.ReaderAt, to int64) (walMark, error) {
	if err := a.open(); err != nil {
		return a.at, err
	}
	at, size := a.at, a.wal.frameBytes()
	most := (chunkBytes - 1) / size
	commit := false
	for at.Frames < to {
		n := min(most, to-at.Frames) * size
		a.buffer = append(a.buffer[:0], framesChunk)
		a.buffer = append(a.buffer, make([]byte, n)...)
		if _, err := f.ReadAt(a.buffer[1:], a.wal.offset(at)); err != nil {
			return a.at, fault.New(fault.Unavailable, "The database's log cannot be read.").Because(err)
		}
		var err error
		if at, commit, err = a.wal.follow(at, a.buffer[1:]); err != nil {
			return a.at, err
		}
		if err := a.chunk(a.buffer); err != nil {
			return a.at, err
		}
	}
	if !commit {
		return a.at, fault.New(fault.Unavailable, "The log ends within a transaction.")
	}
	return at, nil
}

// note marks how far the archive has come, durably.
func (a *Archive) note(at time.Time, to walMark) error {
	still := to == a.at
	if a.wal == nil || still && a.seg != nil && at.Sub(a.seg.marked) < markEvery {
		return nil
	}
	if still && a.seg == nil && a.folded {
		return nil
	}
	if err := a.open(); err != nil {
		return err
	}
	text, err := json.Marshal(mark{at.UTC(), to})
	if err != nil {
		return fault.Wrap(err, "archiving")
	}
	if err := a.chunk(append([]byte{markChunk}, text...)); err != nil {
		return err
	}
	if err := a.seg.file.Sync(); err != nil {
		return cannotWrite(a.dir, err)
	}
	a.at, a.seg.marked, a.seg.whole = to, at, a.seg.w.Sealed
	if !still {
		a.folded = false
	}
	return nil
}

// open begins a segment if none is open.
func (a *Archive) open() error {
	if a.seg != nil {
		return nil
	}
	name := segmentName(a.run, a.number+1)
	path := filepath.Join(a.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return cannotWrite(a.dir, err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return cannotWrite(a.dir, err)
	}
	a.number++
	a.seg = &segment{file: f, path: path}
	if a.seg.w, err = NewWriter(counting{f, &a.status}, a.key, name); err != nil {
		return cannotWrite(a.dir, err)
	}
	text, err := json.Marshal(segmentHead{Run: a.run, Number: a.number, Begun: time.Now().UTC(), WAL: a.wal.head[:], From: a.at, After: a.prior, Stamp: a.stamp})
	if err != nil {
		return fault.Wrap(err, "archiving")
	}
	if err := a.chunk(text); err != nil {
		return err
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return err
	}
	return syncDir(a.dir)
}

func (a *Archive) chunk(text []byte) error {
	_, err := a.seg.w.Write(text)
	if err == nil {
		err = a.seg.w.Flush()
	}
	if err != nil {
		return cannotWrite(a.dir, err)
	}
	return nil
}

// end ends the open segment properly, as far as that can be done: without its end it is as good.
func (a *Archive) end(e segmentEnd) {
	if a.seg == nil {
		return
	}
	text, err := json.Marshal(e)
	if err == nil {
		_, err = a.seg.w.Write(append([]byte{endChunk}, text...))
	}
	if err == nil {
		err = a.seg.w.Close()
	}
	if err == nil {
		_ = a.seg.file.Sync()
	}
	a.drop()
}

// drop leaves the open segment as it is.
func (a *Archive) drop() {
	if a.seg != nil {
		_ = a.seg.file.Close()
	}
	a.seg = nil
}

// undo takes back what was written behind the last mark, for its room may be needed, and leaves the segment. Nothing can be written in its
// place under the same key: another segment goes on.
func (a *Archive) undo() {
	s := a.seg
	a.drop()
	switch {
	case s == nil:
	case s.whole > 0:
		_ = os.Truncate(s.path, s.whole) // what stays does not count
	case os.Remove(s.path) == nil:
		a.number--
	}
}

// Folded implements [sqlite.Archive]. The archive goes on without a gap after a crash if that is noted before anybody writes again.
func (a *Archive) Folded() {
	a.folded = true
	stamp, err := stampOf(a.path)
	if err != nil || a.wal == nil || a.open() != nil {
		return
	}
	text, err := json.Marshal(stamp)
	if err == nil {
		err = a.chunk(append([]byte{foldChunk}, text...))
	}
	if err == nil {
		err = a.seg.file.Sync()
	}
	if err != nil {
		a.undo()
		return
	}
	a.seg.whole = a.seg.w.Sealed
}

// Close implements [sqlite.Archive].
func (a *Archive) Close(whole bool) error {
	var e segmentEnd
	if _, f, err := openWAL(a.path); err == nil {
		f.Close()
	} else if errors.Is(err, errNoLog) && whole && a.wal != nil {
		stamp, err := stampOf(a.path)
		if err != nil {
			return fault.Wrap(err, "ending the archive")
		}
		if err := a.open(); err != nil { // so that the end is noted even if nothing was written
			return err
		}
		a.seg.marked = time.Time{}
		if err := a.note(time.Now(), a.at); err != nil { // nobody has written since
			return err
		}
		e.Closed = &stamp
	}
	a.end(e)
	return nil
}

// counting counts what is written.
type counting struct {
	to     io.Writer
	status *lockStatus
}

// Write implements [io.Writer].
func (c counting) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.status.mu.Lock()
	c.status.Bytes += int64(n)
	c.status.mu.Unlock()
	return n, err
}
