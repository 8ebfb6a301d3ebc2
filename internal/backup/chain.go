package backup

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"yitong/internal/fault"
	"yitong/internal/store/sqlite"
)

// Reached tells how far an archive has brought a record.
type Reached struct {
	To    time.Time // all is there that was committed by then
	Next  time.Time // the first instant that the archive knows behind it, zero for none
	Logs  int       // that were folded in
	Notes []string  // what whoever restores should know
}

// replay brings a snapshot forward by the logs of an archive.
type replay struct {
	dir    string
	key    Key
	path   string // of the file that was restored
	anchor Anchor
	until  time.Time // zero for the end

	wal   *wal
	out   *bufio.Writer // FILE-wal
	file  *os.File
	at    walMark // behind the last mark, whose frames count
	ahead walMark // behind the frames that were written
	logs  int
	to    Reached
}

// Replay brings a SQLite file, restored from a backup with an anchor, to what it was at an instant, the zero one for the last that the
// archive has. The error is Unprocessable where the archive has a gap, is altered or does not go with the backup; and where it ends
// before the instant, or the backup is younger.
func Replay(ctx context.Context, dir string, key Key, path string, anchor Anchor, until time.Time) (Reached, error) {
	r := &replay{dir: dir, key: key, path: path, anchor: anchor, until: until}
	run, list, err := r.find()
	if err != nil {
		return r.to, err
	}
	if list == nil {
		return r.nothing("The archive has nothing that follows this backup: what was written after it is not there.")
	}
	defer r.abandon()
	over := false
	for i, name := range list {
		if over, err = r.segment(ctx, name, i == len(list)-1); err != nil || over {
			break
		}
	}
	if err == nil {
		err = r.finish(ctx, run, over)
	}
	return r.to, err
}

// nothing is the result when nothing of the archive is to be folded into the backup.
func (r *replay) nothing(why string) (Reached, error) {
	if r.until.Before(r.anchor.At) && !r.until.IsZero() {
		return r.to, fault.New(fault.Unprocessable, "This backup is of %s; take an earlier one to go back to %s.", told(r.anchor.At), told(r.until))
	}
	if !r.until.IsZero() && r.to.Next.IsZero() {
		return r.to, fault.New(fault.Unprocessable, "The archive %s does not reach beyond this backup, which is of %s.", r.dir, told(r.anchor.At))
	}
	r.to.To = r.anchor.At
	if why != "" {
		r.to.Notes = append(r.to.Notes, why)
	}
	return r.to, nil
}

// told is an instant as it can be given to --at.
func told(at time.Time) string { return at.Format(time.RFC3339Nano) }

// find gives the segments that follow the anchor: from the beginning of its log to the end of the run.
func (r *replay) find() (run string, list []string, err error) {
	all, err := runs(r.dir)
	if err != nil {
		return "", nil, err
	}
	if len(all) == 0 {
		return "", nil, fault.New(fault.NotFound, "%s holds no archive.", r.dir)
	}
	var damaged error
	for _, run = range all {
		names, err := segments(r.dir, run)
		if err != nil {
			return "", nil, err
		}
		for i, name := range names {
			s, err := openSegment(r.dir, name, r.key)
			if brokenOff(err) {
				continue
			}
			if fault.CodeOf(err) == fault.Unprocessable {
				damaged = err // which matters only if it is the one that is sought
				continue
			}
			if err != nil {
				return "", nil, err
			}
			s.close()
			if r.anchor.leadsTo(s.segmentHead) {
				return run, names[i:], numbered(run, names[i:], s.Number)
			}
		}
	}
	return "", nil, damaged
}

// numbered refuses a run with a segment missing.
func numbered(run string, names []string, from int) error {
	for i, name := range names {
		if want := segmentName(run, from+i); name != want {
			return fault.New(fault.Unprocessable, "%s of the archive is missing.", want)
		}
	}
	return nil
}

// segment takes up a segment, and tells whether the instant is reached.
func (r *replay) segment(ctx context.Context, name string, last bool) (over bool, err error) {
	s, err := openSegment(r.dir, name, r.key)
	if brokenOff(err) {
		return false, nil // nothing was written to it
	}
	if err != nil {
		return false, err
	}
	defer s.close()
	if err := r.join(ctx, s); err != nil {
		return false, err
	}
	for {
		frames, m, err := s.next()
		switch {
		case errors.Is(err, io.EOF), brokenOff(err):
			return false, nil // the next one goes on from the last mark, or there is a gap
		case err != nil && !last:
			return false, nil // so it must, if this was the end that a crash left
		case err != nil:
			return false, fault.New(fault.Unprocessable, "The end of the archive is damaged; name an instant until %s.", told(r.to.To)).Because(err)
		case m == nil:
			if err := r.write(frames); err != nil {
				return false, err
			}
		default:
			if over, err := r.mark(m); over || err != nil {
				return over, err
			}
		}
	}
}

// join goes on with a segment: of the same log from the last mark, or of the one that follows it.
func (r *replay) join(ctx context.Context, s *segmentReader) error {
	gap := fault.New(fault.Unprocessable, "The archive has a gap before %s: what was written before it is missing or damaged.", s.r.at)
	if r.wal != nil && s.wal.head == r.wal.head {
		if s.From != r.at {
			return gap
		}
		return r.seek()
	}
	if r.wal != nil {
		if s.After == nil || string(s.After.WAL) != string(r.wal.head[:]) || s.After.Frames != r.at.Frames {
			return gap
		}
		if err := r.fold(ctx); err != nil {
			return err
		}
	}
	if s.From != s.wal.start {
		return gap
	}
	r.wal, r.at = s.wal, s.wal.start
	f, err := os.OpenFile(r.path+"-wal", os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return cannotWrite(r.path, err)
	}
	r.file, r.out = f, bufio.NewWriterSize(f, chunkBytes)
	if _, err := r.out.Write(r.wal.head[:]); err != nil {
		return cannotWrite(r.path, err)
	}
	r.ahead = r.at
	return nil
}

// seek goes back behind the last mark.
func (r *replay) seek() error {
	if r.ahead == r.at {
		return nil
	}
	err := r.out.Flush()
	if err == nil {
		_, err = r.file.Seek(r.wal.offset(r.at), io.SeekStart)
	}
	if err != nil {
		return cannotWrite(r.path, err)
	}
	r.ahead = r.at
	return nil
}

func (r *replay) write(frames []byte) (err error) {
	if r.ahead, _, err = r.wal.follow(r.ahead, frames); err != nil {
		return err
	}
	if _, err := r.out.Write(frames); err != nil {
		return cannotWrite(r.path, err)
	}
	return nil
}

// mark takes up what was written before a mark, if that is not too late.
func (r *replay) mark(m *mark) (over bool, err error) {
	if !r.until.IsZero() && m.At.After(r.until) {
		r.to.Next = m.At
		return true, nil
	}
	if m.walMark != r.ahead {
		return false, fault.New(fault.Unprocessable, "The archive is altered: a mark is not where its frames end.")
	}
	r.at, r.to.To = r.ahead, m.At
	return false, nil
}

// fold folds the log that was written so far into the file.
func (r *replay) fold(ctx context.Context) error {
	if r.wal == nil {
		return nil
	}
	err := r.out.Flush()
	if err == nil {
		err = r.file.Truncate(r.wal.offset(r.at))
	}
	if err = errors.Join(err, r.file.Sync(), r.file.Close()); err != nil {
		return cannotWrite(r.path, err)
	}
	r.file = nil
	if r.at.Frames == 0 {
		return nil
	}
	r.logs++
	return sqlite.Replay(ctx, r.path, r.at.Frames)
}

// finish folds the last log in, if the snapshot is not younger than it.
func (r *replay) finish(ctx context.Context, run string, over bool) error {
	if r.wal == nil || string(r.wal.head[:]) == string(r.anchor.WAL) && r.at.Frames < r.anchor.Frames {
		_, err := r.nothing("") // what the archive has of the log, the backup has too
		return err
	}
	if !r.until.IsZero() && !over && r.to.To.Before(r.until) {
		return fault.New(fault.Unprocessable, "What the archive has of the run %s ends at %s; a restore cannot go beyond it, to %s.", run, told(r.to.To), told(r.until))
	}
	if err := r.fold(ctx); err != nil {
		return err
	}
	r.to.Logs = r.logs
	if all, err := runs(r.dir); err != nil {
		return err
	} else if last := all[len(all)-1]; last != run {
		r.to.Notes = append(r.to.Notes, fmt.Sprintf("The archive has a gap behind this: the run %s, which began later, needs a backup that was taken during it.", last))
	}
	return nil
}

// abandon removes a log that was not folded in.
func (r *replay) abandon() {
	if r.file != nil {
		_ = r.file.Close()
		_ = os.Remove(r.path + "-wal")
	}
}
