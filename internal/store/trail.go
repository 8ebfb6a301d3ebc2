package store

import (
	"bytes"
	"context"
	"iter"
	"math"
	"time"

	"yitong/internal/fault"
)

// Trail is what a database keeps of who did what: lines that are only ever added, and batches into which they are
// bound. What a line says is not the store's business (internal/gate/trail).
type Trail interface {
	// Trace adds lines to the trail, each of which ends with a line feed. They are durable when it returns nil; after
	// an error they may have been added all the same, and adding them once more does no harm. The slice is the caller's
	// again then. What belongs to a transaction is added by its [Tx] instead.
	Trace(ctx context.Context, lines []byte) error
	// Loose are rows that are in no batch yet, the earliest first: as many as hold at most so many bytes, but one if
	// there is any. A row that is committed late is given late; none is ever passed over. Lines that were added by
	// several may be in one row.
	Loose(ctx context.Context, most int) ([]Loose, error)
	// Bind puts batches in the place of the rows that they were made of, all of them in one transaction or none, and fills in
	// Bound. The rows are the first that Loose gives, or some of these when others have taken the rest: of what Trace has left,
	// none may be passed over. It tells false, and changes nothing, if a batch does not follow the one before, the first of them
	// the newest that there is, or if one of the rows is not there any more: then another server was quicker.
	Bind(ctx context.Context, list ...Binding) (bool, error)
	// Batches are at most so many batches from a number on, ascending, without their bodies unless asked for.
	Batches(ctx context.Context, from int64, most int, bodies bool) ([]Batch, error)
	// LastBatch is the number of the newest batch, 0 for none.
	LastBatch(ctx context.Context) (int64, error)
	// FindBatches are the numbers of at most Most batches that may hold what is sought, newest first, without those
	// that have been erased.
	FindBatches(ctx context.Context, s Sought) ([]int64, error)
	// EraseBatches takes the bodies and the keys of at most so many batches out that were bound before an instant and
	// still have them, the oldest first; the rest of each stays. It tells the numbers of the first and the last of
	// them, 0 for none.
	EraseBatches(ctx context.Context, before time.Time, most int) (first, last int64, err error)
}

// Loose is a row of the trail that is in no batch yet: lines that were added together.
type Loose struct {
	ID    int64
	Lines []byte
}

// Batch is a part of the trail whose lines have been bound together.
type Batch struct {
	Number      int64     // from 1 without a gap
	First, Last time.Time // the earliest and the latest instant of its lines, in microseconds
	Bound       time.Time // when it was bound, by the database's clock; never before that of the batch before, nor before Last
	Lines       int
	Digest      []byte // of what was bound
	Tags        []byte // by which a line that does not fit can be told from the others
	Body        []byte // the lines, never empty; nil if they have been erased
	Keys        []Key  // by which it is found, ascending; read with the body
}

// Binding is a batch that is to be bound, and the numbers of the rows in whose place it comes.
type Binding struct {
	*Batch
	Rows []int64
}

// Check refuses a batch that could not be told from an erased one.
func (b *Batch) Check() error {
	if len(b.Body) == 0 {
		return fault.Wrap(nil, "binding a batch of the trail: it has no body")
	}
	return nil
}

// Sought says which batches are looked for: all whose lines may lie between two instants, both included; zero for no
// such bound.
type Sought struct {
	Key      *Key // that the batch was bound with; nil for any
	From, To time.Time
	Below    int64 // the number that they lie below, 0 for any
	Most     int
}

// BoundWithin is the time within which almost all batches are bound after their first lines. Those that are not are
// looked at whenever lines from before an instant are sought; the indexes of the drivers know it as a number.
const BoundWithin = time.Hour

// Window is what is sought as numbers: the instants between which lines lie, in microseconds, the instant by which
// batches with lines from before the second one are bound, but for the late ones, and the number that those of batches
// lie below.
func (s Sought) Window() (from, to, bound, below int64) {
	from, to, bound, below = math.MinInt64, math.MaxInt64, math.MaxInt64, math.MaxInt64
	if !s.From.IsZero() {
		from = s.From.UnixMicro()
	}
	if !s.To.IsZero() {
		to = s.To.UnixMicro()
		bound = s.To.Add(BoundWithin).UnixMicro()
	}
	if s.Below > 0 {
		below = s.Below
	}
	return from, to, bound, below
}

// CheckLines refuses what is not whole lines: the last of them would run into whatever comes behind it.
func CheckLines(lines []byte) error {
	if n := len(lines); n > 0 && lines[n-1] != '\n' {
		return fault.Wrap(nil, "adding to the trail: the last line does not end with a line feed")
	}
	return nil
}

// rowBytes is about how many bytes of lines one row holds: a line is never parted.
const rowBytes = 4 << 20

// Rows are lines, which end with a line feed, as rows hold them.
func Rows(lines []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for len(lines) > 0 {
			end := len(lines)
			if end > rowBytes {
				end = rowBytes + bytes.IndexByte(lines[rowBytes:], '\n') + 1
			}
			if !yield(lines[:end:end]) {
				return
			}
			lines = lines[end:]
		}
	}
}
