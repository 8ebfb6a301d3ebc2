package backup

import (
	"encoding/binary"
	"errors"
	"io"
	"os"

	"yitong/internal/fault"
)

// What SQLite's write-ahead log looks like (sqlite.org/fileformat2.html §4): a header, then frames, each of which is a page with a
// header. A frame that ends a transaction says how many pages the database has then.
const (
	walHead   = 32
	frameHead = 24
	walMagic  = 0x377f0682 // with the last bit set, checksums are of big-endian numbers
)

// walMark is a place in a log: behind a frame.
type walMark struct {
	Frames int64     `json:"frames"`
	Sum    [2]uint32 `json:"sum"` // the checksum up to there
}

// wal is one log, from its beginning until it is begun anew.
type wal struct {
	head     [walHead]byte
	order    binary.ByteOrder
	pageSize int64
	start    walMark
}

// errNoLog tells that there is no log now.
var errNoLog = errors.New("there is no log")

// parseWAL reads the header of a log. The error is Unprocessable.
func parseWAL(head []byte) (*wal, error) {
	if len(head) != walHead {
		return nil, fault.New(fault.Unprocessable, "The header of a database's log has %d bytes, not %d.", walHead, len(head))
	}
	w := &wal{head: [walHead]byte(head), order: binary.LittleEndian}
	number := binary.BigEndian.Uint32(head)
	if number&^1 != walMagic {
		return nil, fault.New(fault.Unprocessable, "That is no log of a database.")
	}
	if number&1 != 0 {
		w.order = binary.BigEndian
	}
	w.pageSize = int64(binary.BigEndian.Uint32(head[8:]))
	if w.pageSize < 512 || w.pageSize > 65536 || w.pageSize&(w.pageSize-1) != 0 {
		return nil, fault.New(fault.Unprocessable, "The log of a database has pages of %d bytes.", w.pageSize)
	}
	w.start.Sum = w.sum([2]uint32{}, head[:24])
	if w.start.Sum != [2]uint32{binary.BigEndian.Uint32(head[24:]), binary.BigEndian.Uint32(head[28:])} {
		return nil, fault.New(fault.Unprocessable, "The header of a database's log is broken.")
	}
	return w, nil
}

// openWAL opens the log of a database file. The error is [errNoLog] if nothing was written to one since it was last cut off. Reading
// this file, unlike the database and its index, takes no lock of SQLite's away.
func openWAL(path string) (*wal, *os.File, error) {
	f, err := os.Open(path + "-wal")
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil, errNoLog
	}
	if err != nil {
		return nil, nil, fault.New(fault.Unavailable, "The database's log cannot be read.").Because(err)
	}
	var head [walHead]byte
	if _, err = f.ReadAt(head[:], 0); errors.Is(err, io.EOF) {
		f.Close()
		return nil, nil, errNoLog
	}
	var w *wal
	if err == nil {
		w, err = parseWAL(head[:])
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return w, f, nil
}

// frameBytes is how long a frame is.
func (w *wal) frameBytes() int64 { return frameHead + w.pageSize }

// offset is where the frames behind a mark begin in the file.
func (w *wal) offset(m walMark) int64 { return walHead + m.Frames*w.frameBytes() }

// sum goes on with SQLite's checksum.
func (w *wal) sum(s [2]uint32, text []byte) [2]uint32 {
	a, b := s[0], s[1]
	if w.order == binary.LittleEndian {
		for ; len(text) >= 8; text = text[8:] {
			a += binary.LittleEndian.Uint32(text) + b
			b += binary.LittleEndian.Uint32(text[4:]) + a
		}
	} else {
		for ; len(text) >= 8; text = text[8:] {
			a += binary.BigEndian.Uint32(text) + b
			b += binary.BigEndian.Uint32(text[4:]) + a
		}
	}
	return [2]uint32{a, b}
}

// follow checks whole frames that come behind a mark. It gives the mark behind them, and whether the last of them ends a transaction.
func (w *wal) follow(m walMark, frames []byte) (walMark, bool, error) {
	commit := false
	for ; len(frames) > 0; frames = frames[w.frameBytes():] {
		f := frames[:w.frameBytes()]
		m.Sum = w.sum(w.sum(m.Sum, f[:8]), f[frameHead:])
		told := [2]uint32{binary.BigEndian.Uint32(f[16:]), binary.BigEndian.Uint32(f[20:])}
		if string(f[8:16]) != string(w.head[16:24]) || told != m.Sum {
			return m, false, fault.New(fault.Unprocessable, "Frame %d of the database's log is broken.", m.Frames+1)
		}
		m.Frames++
		commit = binary.BigEndian.Uint32(f[4:]) != 0
	}
	return m, commit, nil
}

// holds tells whether a log has a mark, by the checksum that the frame before it bears.
func (w *wal) holds(f io.ReaderAt, m walMark) bool {
	if m.Frames == 0 {
		return m == w.start
	}
	var sum [8]byte
	_, err := f.ReadAt(sum[:], walHead+(m.Frames-1)*w.frameBytes()+16)
	return err == nil && m.Sum == [2]uint32{binary.BigEndian.Uint32(sum[:]), binary.BigEndian.Uint32(sum[4:])}
}
