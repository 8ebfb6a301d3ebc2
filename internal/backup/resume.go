package backup

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"yitong/internal/fault"
)

// resume goes on with a run if nothing is missing between its end and the file.
func (a *Archive) resume(run string) error {
	list, err := segments(a.dir, run)
	if err != nil || len(list) == 0 {
		return err
	}
	last, end, err := a.ending(list)
	if fault.CodeOf(err) == fault.Unprocessable {
		return nil // a new run will do
	}
	if err != nil || last == nil {
		return err
	}
	_, tail := filepath.Split(list[len(list)-1])
	if _, err := fmt.Sscanf(tail, "%d", &a.number); err != nil {
		return fault.New(fault.Unprocessable, "The archive %s holds %s, which is no segment.", a.dir, tail)
	}
	now, f, err := openWAL(a.path)
	if err != nil && !errors.Is(err, errNoLog) {
		return err
	}
	if f != nil {
		defer f.Close()
	}
	stamp, err := stampOf(a.path)
	switch {
	case now != nil && now.head == last.wal.head && now.holds(f, end):
		a.wal, a.at, a.stamp, a.prior = last.wal, end, last.Stamp, last.After
	case err == nil && last.as != nil && *last.as == stamp: // what was written since is in the log that is there now, if any
		a.prior, a.closed = &after{last.WAL, end.Frames}, true
	default:
		return nil
	}
	a.run = run
	a.status.Run = run
	return nil
}

// ending finds the last segment of a run that was begun, and how far it reaches.
func (a *Archive) ending(list []string) (*segmentReader, walMark, error) {
	for i := len(list) - 1; i >= 0; i-- {
		s, err := openSegment(a.dir, list[i], a.key)
		if brokenOff(err) {
			continue
		}
		if err != nil {
			return nil, walMark{}, err
		}
		defer s.close()
		end := s.From
		for {
			_, m, err := s.next()
			if errors.Is(err, io.EOF) || brokenOff(err) {
				return s, end, nil
			}
			if err != nil {
				return nil, end, err
			}
			if m != nil {
				end = m.walMark
			}
		}
	}
	return nil, walMark{}, nil
}
