package sqlite

import (
	"cmp"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"yitong/internal/fault"
	"yitong/internal/store"
	"yitong/internal/store/seal"
)

// besides is a file beside the record's. It holds the lines of the trail that answers leave, until they are bound: each commit to
// the record lets all connections that read it forget what they know of it, and a line is a commit. What is bound stands in the
// record, and with it the number of the last row here that is: none is bound twice, wherever a server is broken off.
//
// The file has two halves. From its beginning on a half has frames, one behind the other, whose numbers rise by one: each is a head
// (number of the row, 8 bytes; its length, 4; CRC-32C of these and the row, 4; the lowest byte first), and the row. What stands
// behind the last is torn, or from before the half was begun anew, which is when all its rows are bound: then its number is not the
// next. Behind a frame that failed none is written, for it would not be found.
//
// One process writes: the one that has locked the file. What others have to add, and what has no room, goes to the record itself.
type besides struct {
	file *os.File
	slow atomic.Int64 // added to every sync

	adding sync.Mutex // of those that write
	frame  []byte     // that was written last
	room   int64      // bytes of a half

	mu     sync.Mutex
	mine   bool    // this process has locked the file, and knows:
	rows   []place // those that are synced and not known to be bound, by their numbers
	number int64   // the newest that was given; none is given again
	half   int64   // that is written to
	end    int64   // of its frames
}

// place is where the frame of a row stands.
type place struct{ number, at, size int64 }

const (
	besidesSuffix = "-lines"  // follows the name of the record's file
	halfBytes     = 8 << 20   // what a busy server leaves in a second
	headBytes     = 8 + 4 + 4 // of a frame
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// openBesides opens the file beside that of a record, whose rows are bound up to a number.
func openBesides(path string, bound int64) (*besides, error) {
	path += besidesSuffix
	_, missing := os.Stat(path)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err == nil && missing != nil {
		err = syncFolder(filepath.Dir(path))
	}
	b := &besides{file: f, room: halfBytes}
	if err == nil {
		err = b.take(bound)
	}
	if err != nil {
		_ = b.close()
		return nil, fault.Wrap(err, "opening the file of lines beside the database")
	}
	return b, nil
}

func (b *besides) close() error {
	if b == nil || b.file == nil {
		return nil
	}
	_ = b.clear()
	return b.file.Close() // and unlocks it
}

// clear leaves nothing in the file of what is bound, if all is: who reads it elsewhere finds nothing there either.
func (b *besides) clear() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.mine || len(b.rows) > 0 {
		return nil
	}
	b.end = 0
	return b.file.Truncate(0)
}

// take locks the file if no other process has, and looks what it holds.
func (b *besides) take(bound int64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.mine {
		return nil
	}
	err := syscall.Flock(int(b.file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil
	}
	if err != nil {
		return err
	}
	rows, err := b.scan()
	if err != nil {
		return errors.Join(err, syscall.Flock(int(b.file.Fd()), syscall.LOCK_UN))
	}
	b.mine, b.rows, b.number = true, rows, bound
	if n := len(rows); n > 0 {
		last := rows[n-1]
		b.number, b.half = max(bound, last.number), last.at/b.room
		b.end = last.at + last.size - b.half*b.room
	}
	return nil
}

// write adds a row and tells whether it is durable. It is not where this process may not write, there is no room, or it failed.
func (b *besides) write(row []byte) bool {
	b.adding.Lock()
	defer b.adding.Unlock()
	p, is := b.place(headBytes + int64(len(row)))
	if !is {
		return false
	}
	frame := binary.LittleEndian.AppendUint64(b.frame[:0], uint64(p.number))
	frame = binary.LittleEndian.AppendUint32(frame, uint32(len(row)))
	frame = append(binary.LittleEndian.AppendUint32(frame, 0), row...)
	binary.LittleEndian.PutUint32(frame[headBytes-4:], sumOf(frame))
	if b.frame = frame; cap(frame) > trailKept {
		b.frame = nil
	}
	_, err := b.file.WriteAt(frame, p.at)
	time.Sleep(time.Duration(b.slow.Load()))
	if err == nil {
		err = syncData(b.file)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != nil {
		b.end = b.room
		return false
	}
	b.rows, b.end = append(b.rows, p), b.end+p.size
	return true
}

// place is that of the next row, whose frame has so many bytes.
func (b *besides) place(size int64) (place, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.rows) == 0 {
		b.end = 0
	} else if b.end+size > b.room && b.rows[0].at/b.room == b.half { // so the other half has none
		b.half, b.end = 1-b.half, 0
	}
	if !b.mine || b.end+size > b.room {
		return place{}, false
	}
	b.number++
	return place{b.number, b.half*b.room + b.end, size}, true
}

// sumOf is the checksum of a frame.
func sumOf(frame []byte) uint32 {
	return crc32.Update(crc32.Checksum(frame[:headBytes-4], castagnoli), castagnoli, frame[headBytes:])
}

// frameOf is the number and the size of the frame that a text begins with; 0 if it does not with a whole one.
func frameOf(text []byte) (number, size int64) {
	if len(text) < headBytes {
		return 0, 0
	}
	size = headBytes + int64(binary.LittleEndian.Uint32(text[8:]))
	if size > int64(len(text)) || binary.LittleEndian.Uint32(text[headBytes-4:]) != sumOf(text[:size]) {
		return 0, 0
	}
	return int64(binary.LittleEndian.Uint64(text)), size
}

// scan finds the rows in the file, by their numbers. Of a file that another process writes it finds all that are synced and were
// not bound before it was called: a half that has one of them is not begun anew.
func (b *besides) scan() (rows []place, err error) {
	info, err := b.file.Stat()
	if err != nil {
		return nil, err
	}
	for half := range int64(2) {
		text := make([]byte, min(max(info.Size()-half*b.room, 0), b.room))
		n, err := b.file.ReadAt(text, half*b.room)
		if err != nil && err != io.EOF {
			return nil, err
		}
		number, size := frameOf(text[:n])
		for at, want := int64(0), number; size > 0 && number == want; want++ {
			rows = append(rows, place{number, half*b.room + at, size})
			at += size
			number, size = frameOf(text[at:n])
		}
	}
	slices.SortFunc(rows, func(a, b place) int { return cmp.Compare(a.number, b.number) })
	return rows, nil
}

// behind are the rows whose numbers are greater than one.
func (b *besides) behind(number int64) ([]place, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	all, err := b.rows, error(nil)
	if !b.mine {
		all, err = b.scan()
	}
	return slices.Clone(all[upto(all, number):]), err
}

// drop forgets rows that are bound, in a transaction that has been committed.
func (b *besides) drop(bound int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rows = b.rows[upto(b.rows, bound):]
}

// upto is how many rows have numbers up to one.
func upto(rows []place, number int64) int {
	n, is := slices.BinarySearchFunc(rows, number, func(p place, number int64) int { return cmp.Compare(p.number, number) })
	if is {
		n++
	}
	return n
}

// read adds rows to a list until the bytes that it may hold are used up: those behind a number up to which all are bound. One that
// is bound meanwhile may have no lines.
func (b *besides) read(list []store.Loose, most int, bound int64, bodies seal.Bodies) ([]store.Loose, error) {
	b.drop(bound)
	rows, err := b.behind(bound)
	for i := 0; i < len(rows) && err == nil; i++ {
		l := store.Loose{ID: rows[i].number}
		frame := make([]byte, rows[i].size)
		if _, err = b.file.ReadAt(frame, rows[i].at); err == nil {
			if number, size := frameOf(frame); number == l.ID && size == rows[i].size {
				l.Lines, err = bodies.Open(seal.AboutLines, frame[headBytes:])
			}
		}
		if most -= len(l.Lines); most < 0 && len(list) > 0 {
			break
		}
		list = append(list, l)
	}
	return list, err
}

func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}
