package rule

import (
	"context"
	"iter"

	"yitong/internal/fault"
)

// Case is something that was decided by a row.
type Case struct {
	Subject string // what was decided, such as Task/0198
	Use
}

// Difference is a case that would be decided by another value. A row that is nil is there no more, or not found.
type Difference struct {
	Case
	Old *Row
	New *Row
	Why error // why there is no new row
}

// Differences are what a draft would change.
type Differences struct {
	Cases int          // that were decided by the table, and could be looked up again
	Same  int          // of these, with the same value
	Left  int          // cases of the table that record too little to be looked up again
	Some  []Difference // the first that are not the same
}

// differencesMost is how many differences are kept; the rest is counted.
const differencesMost = 10_000

// Unlike is how many cases would be decided by another value.
func (d Differences) Unlike() int { return d.Cases - d.Same }

// Try decides past cases again as if a draft of a table were published, and tells which would come out otherwise. Cases
// of other tables are passed over. The error is Unprocessable for a draft that cannot be, and that of ctx.
func Try(ctx context.Context, b *Book, draft Version, cases iter.Seq[Case]) (d Differences, err error) {
	draft.Published = forever
	next, err := b.With(draft)
	if err != nil {
		return d, err
	}
	for c := range cases {
		if err := ctx.Err(); err != nil {
			return d, fault.New(fault.Unavailable, "The trial was broken off.").InChinese("试算中断，请重试。").Because(err)
		}
		if c.Ref.Table() != draft.Table {
			continue
		}
		if c.At.IsZero() {
			d.Left++
			continue
		}
		d.Cases++
		old, _ := b.Row(c.Ref)
		found, why := next.Find(draft.Table, c.Region, c.At, c.Keys...)
		switch {
		case old != nil && found != nil && old.line.Value == found.line.Value:
			d.Same++
		case len(d.Some) < differencesMost:
			d.Some = append(d.Some, Difference{c, old, found, why})
		}
	}
	return d, nil
}
