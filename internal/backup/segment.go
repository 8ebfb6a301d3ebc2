package backup

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"yitong/internal/fault"
)

// A segment is a sealed file of an archive, DIR/RUN/NUMBER.segment, with a part of one log. Its chunks are the header, then frames and
// marks, told apart by their first byte. What stands behind the last mark does not count: the segment that follows begins there. A
// segment without its end was broken off.
const (
	framesChunk = 'f' // whole frames
	markChunk   = 'm' // a [mark]
	foldChunk   = 'd' // a [Stamp] of the file, into which all of the log up to the last mark was folded
	endChunk    = 'e' // a [segmentEnd], in the last chunk

	segmentSuffix = ".segment"
)

// segmentHead begins a segment.
type segmentHead struct {
	Run    string    `json:"run"`
	Number int       `json:"number"` // in the run, from 1
	Begun  time.Time `json:"begun"`
	WAL    []byte    `json:"wal"`   // header of the log
	From   walMark   `json:"from"`  // where in the log it begins
	After  *after    `json:"after"` // the log before; nil for the first of the run
	Stamp  Stamp     `json:"stamp"` // of the file that the log is to be folded into
}

// after says which log a log follows, all of which was archived.
type after struct {
	WAL    []byte `json:"wal"`
	Frames int64  `json:"frames"`
}

// mark says that all is there that was committed by an instant.
type mark struct {
	At time.Time `json:"at"`
	walMark
}

// segmentEnd ends a segment.
type segmentEnd struct {
	Closed *Stamp `json:"closed,omitempty"` // of the file, if the log was folded into it and the record closed
}

// segmentName is the name that a segment is sealed with, and its place in the archive.
func segmentName(run string, number int) string {
	return fmt.Sprintf("%s/%010d%s", run, number, segmentSuffix)
}

// segmentReader reads a segment.
type segmentReader struct {
	segmentHead
	file *os.File
	r    *Reader
	wal  *wal
	as   *Stamp // of the file, when all that was read so far had been folded into it; nil for not
}

// openSegment reads the header of a segment. The error is Unprocessable if it is broken, and has the cause errCut if the segment was
// broken off before it was begun.
func openSegment(dir, name string, key Key) (*segmentReader, error) {
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		return nil, fault.New(fault.Unavailable, "%s of the archive cannot be read.", name).Because(err)
	}
	s := &segmentReader{file: f}
	if s.r, err = NewReader(f, key, name); err == nil {
		err = s.begin(name)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return s, nil
}

func (s *segmentReader) begin(name string) error {
	text, err := s.r.Chunk()
	if err != nil {
		return err
	}
	if err = json.Unmarshal(text, &s.segmentHead); err == nil {
		s.wal, err = parseWAL(s.WAL)
	}
	if err != nil || segmentName(s.Run, s.Number) != name {
		return fault.New(fault.Unprocessable, "%s of the archive has no proper header.", name).Because(err)
	}
	return nil
}

// next is what comes next: frames, or a mark. It is [io.EOF] at the proper end.
func (s *segmentReader) next() (frames []byte, m *mark, err error) {
	bad := fault.New(fault.Unprocessable, "%s of the archive holds what does not belong there.", s.r.at)
	for {
		text, err := s.r.Chunk()
		if err != nil {
			return nil, nil, err
		}
		if len(text) == 0 {
			return nil, nil, bad
		}
		switch kind, text := text[0], text[1:]; kind {
		case framesChunk:
			if int64(len(text))%s.wal.frameBytes() != 0 {
				return nil, nil, bad
			}
			s.as = nil
			return text, nil, nil
		case markChunk:
			m = &mark{}
			if err := json.Unmarshal(text, m); err != nil {
				return nil, nil, bad.Because(err)
			}
			return nil, m, nil
		case foldChunk:
			s.as = &Stamp{}
			if err := json.Unmarshal(text, s.as); err != nil {
				return nil, nil, bad.Because(err)
			}
		case endChunk:
			var e segmentEnd
			if err := json.Unmarshal(text, &e); err != nil || !s.r.over {
				return nil, nil, bad.Because(err)
			}
			if e.Closed != nil {
				s.as = e.Closed
			}
			return nil, nil, io.EOF
		default:
			return nil, nil, bad
		}
	}
}

func (s *segmentReader) close() { _ = s.file.Close() }

// brokenOff tells whether an error is that of a segment without its end.
func brokenOff(err error) bool { return errors.Is(err, errCut) }

// runs are those of an archive, the earliest first.
func runs(dir string) (list []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fault.New(fault.Unavailable, "The archive %s cannot be read.", dir).Because(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			list = append(list, e.Name())
		}
	}
	return list, nil // ReadDir sorts them
}

// segments are the names of those of a run, in their order. The error is Unprocessable if one is missing between them.
func segments(dir, run string) (list []string, err error) {
	entries, err := os.ReadDir(filepath.Join(dir, run))
	if err != nil {
		return nil, fault.New(fault.Unavailable, "The archive %s cannot be read.", dir).Because(err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), segmentSuffix) {
			list = append(list, run+"/"+e.Name())
		}
	}
	slices.Sort(list)
	return list, nil
}
