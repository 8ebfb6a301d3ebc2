package trail

import (
	"context"
	"fmt"
	"iter"
	"math"

	"yitong/internal/fault"
	"yitong/internal/store"
	"yitong/internal/tlog"
)

// chain are the logs of a trail, each of which goes on from the one before; none if nothing was sealed.
type chain []link

// link is the log of one epoch.
type link struct {
	log   *tlog.Log
	first *Statement // its first leaf
	until int64      // the last batch that counts: from where a log behind it goes on
}

// openChain opens the logs that the newest one goes back to. The error is Unprocessable if one is missing or is none.
func openChain(ctx context.Context, f *tlog.Folder, open func(epoch int) (*tlog.Log, error)) (chain, error) {
	l, err := newest(ctx, f, open)
	if err != nil || l == nil {
		return nil, err
	}
	var back chain
	until := int64(math.MaxInt64)
	for {
		leaf, err := l.Leaf(ctx, 0)
		if err != nil {
			return nil, err
		}
		_, first, err := readLeaf(leaf)
		if err != nil || first == nil || !first.begins() {
			return nil, fault.New(fault.Unprocessable,
				"The first leaf of the log %s does not say what it goes on from.", l.Origin).Because(err)
		}
		back = append(back, link{l, first, until})
		if first.Began != nil || first.Restored.Epoch == 0 {
			break
		}
		until = min(until, first.Restored.From)
		before := first.Restored.Epoch
		if before >= l.Epoch {
			return nil, fault.New(fault.Unprocessable, "The log %s says that it goes on from epoch %d.",
				l.Origin, before)
		}
		after := l
		if l, err = open(before); err != nil || l.Size == 0 {
			if err == nil || fault.CodeOf(err) == fault.NotFound {
				err = fault.New(fault.Unprocessable, "The log of epoch %d is missing, from which %s goes on.",
					before, after.Origin)
			}
			return nil, err
		}
	}
	c := make(chain, 0, len(back))
	for i := len(back) - 1; i >= 0; i-- {
		c = append(c, back[i])
	}
	return c, nil
}

// sealedBatch is what the log says of a batch.
type sealedBatch struct {
	number int64
	digest []byte
	link   int   // of the chain
	index  int64 // of the leaf
	erased int64 // up to which number the lines of batches may be gone, as was said until then
}

// sealed are the batches that were sealed and count, in the order of their numbers, which have no gap.
func (c chain) sealed(ctx context.Context) iter.Seq2[sealedBatch, error] {
	return func(yield func(sealedBatch, error) bool) {
		for i := range c {
			if !c.sealedBy(ctx, i, yield) {
				return
			}
		}
	}
}

// sealedBy goes through one log, and tells whether to go on.
func (c chain) sealedBy(ctx context.Context, i int, yield func(sealedBatch, error) bool) bool {
	l := &c[i]
	var at stand
	index := int64(0)
	for leaf, err := range l.log.Leaves(ctx, 0, l.log.Size) {
		var said *Statement
		if err == nil {
			said, err = at.add(index, leaf)
		}
		if err != nil {
			yield(sealedBatch{}, err)
			return false
		}
		if said == nil {
			if at.sealed > l.until {
				return true
			}
			if !yield(sealedBatch{at.sealed, at.last, i, index, at.erased}, nil) {
				return false
			}
		}
		index++
	}
	if i+1 < len(c) && at.sealed < c[i+1].first.Sealed {
		yield(sealedBatch{}, fault.New(fault.Unprocessable, "The log %s goes on from batch %d, but the one before "+
			"it ends with %d.",
			c[i+1].log.Origin, c[i+1].first.Sealed, at.sealed))
		return false
	}
	return true
}

// reader reads batches ascending, as many at a time as memory bears.
type reader struct {
	db     store.Trail
	bodies bool
	next   int64 // number to go on from
	have   []store.Batch
	most   int
}

const (
	readBytes = 32 << 20 // of bodies at a time, about
	readMost  = 2048
	readFirst = 16
)

// skip goes on from a number, if it is not there yet.
func (r *reader) skip(to int64) {
	for len(r.have) > 0 && r.have[0].Number < to {
		r.have = r.have[1:]
	}
	r.next = max(r.next, to)
}

// batch is the next one that there is, nil for none.
func (r *reader) batch(ctx context.Context) (*store.Batch, error) {
	if len(r.have) == 0 {
		if r.most == 0 {
			r.most = readFirst
		}
		var err error
		if r.have, err = r.db.Batches(ctx, r.next, r.most, r.bodies); err != nil || len(r.have) == 0 {
			return nil, err
		}
		size := 0
		for i := range r.have {
			size += len(r.have[i].Body) + len(r.have[i].Tags) + 256
		}
		r.most = min(max(1, readBytes/(size/len(r.have))), readMost, 4*r.most)
		for i := range r.have {
			if n := r.have[i].Number; n < r.next {
				return nil, fault.Wrap(fmt.Errorf("batch %d behind %d", n, r.next), "reading batches of the trail")
			}
			r.next = r.have[i].Number + 1
		}
	}
	b := &r.have[0]
	r.have = r.have[1:]
	return b, nil
}
