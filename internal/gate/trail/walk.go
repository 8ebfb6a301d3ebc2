package trail

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// walk goes through the batches of the database and the leaves of the log, side by side.
type walk struct {
	v     Verification
	r     *Report
	chain chain
	read  reader

	sealed int64 // the last batch that has a leaf
	erased int64 // up to which number the lines of batches may be gone
	bound  time.Time
	last   int64 // of the database
	told   int64 // batches when Progress was called
}

// tellEvery is after how many batches Progress is called.
const tellEvery = 256

// all compares every sealed batch with its leaf, until the first that does not fit.
func (w *walk) all(ctx context.Context) (err error) {
	if w.last, err = w.v.DB.LastBatch(ctx); err != nil {
		return err
	}
	if err := w.statements(ctx); err != nil {
		return err
	}
	if len(w.chain) > 0 {
		w.sealed = w.chain[0].first.Sealed
		if w.sealed > 0 {
			w.r.Doubts = append(w.r.Doubts, fmt.Sprintf("Nobody can tell whether batches 1 to %d are whole: their "+
				"log is lost, or was not kept.", w.sealed))
			w.read.skip(w.sealed + 1)
		}
	}
	for s, err := range w.chain.sealed(ctx) {
		if err != nil {
			return err
		}
		w.sealed = s.number
		b, err := w.read.batch(ctx)
		if err != nil {
			return err
		}
		found, err := w.fits(ctx, s, b)
		if err != nil {
			return err
		}
		if found != "" {
			w.r.wrong("%s", found)
			return w.skip(ctx)
		}
	}
	return nil
}

// statements reads what the logs say of themselves, to the end: what was said may hold for what stands before it.
func (w *walk) statements(ctx context.Context) error {
	for i := range w.chain {
		l := &w.chain[i]
		var at stand
		index := int64(0)
		for leaf, err := range l.log.Leaves(ctx, 0, l.log.Size) {
			var said *Statement
			if err == nil {
				said, err = at.add(index, leaf)
			}
			if err != nil {
				return err
			}
			if said != nil {
				w.say(l, said)
			}
			index++
		}
		if i+1 < len(w.chain) && at.sealed > w.chain[i+1].first.Sealed {
			w.r.Said = append(w.r.Said, fmt.Sprintf("Batches %d to %d of epoch %d were given up by that.",
				w.chain[i+1].first.Sealed+1, at.sealed, l.log.Epoch))
		}
		w.erased = max(w.erased, at.erased)
	}
	return nil
}

func (w *walk) say(l *link, s *Statement) {
	at := s.At.Format(time.RFC3339)
	switch {
	case s.Restored != nil && s.Restored.Epoch == 0:
		w.r.Said = append(w.r.Said, fmt.Sprintf("Epoch %d: %s said at %s that the log goes on from batch %d without "+
			"the one before: %q.", l.log.Epoch, s.Restored.By, at, s.Restored.From, s.Restored.Why))
	case s.Restored != nil:
		w.r.Said = append(w.r.Said, fmt.Sprintf("Epoch %d: %s said at %s that the database was restored from batch "+
			"%d: %q.", l.log.Epoch, s.Restored.By, at, s.Restored.From, s.Restored.Why))
	case s.Erasure != nil:
		w.r.Said = append(w.r.Said, fmt.Sprintf("The lines of batches %d to %d, bound before %s, were taken out at "+
			"%s by the rule %q.",
			s.Erasure.First, s.Erasure.Last, s.Erasure.Before.Format(time.RFC3339), at, s.Erasure.Rule))
	}
}

// fits compares the next batch that the database has with the next one that was sealed, and says what is wrong.
func (w *walk) fits(ctx context.Context, s sealedBatch, b *store.Batch) (string, error) {
	switch {
	case b == nil:
		return fmt.Sprintf("Batches %d to %d are missing at the end, which were sealed: the database was rolled "+
			"back, or they were taken out.", s.number, w.end(ctx)), nil
	case b.Number < s.number:
		return fmt.Sprintf("A batch was inserted with the number %d.", b.Number), nil
	case b.Number > s.number:
		return fmt.Sprintf("Batch %d is missing, which was sealed.", s.number), nil
	}
	w.r.Batches++
	if w.v.Progress != nil && w.r.Batches-w.told >= tellEvery {
		w.told = w.r.Batches
		w.v.Progress(w.r.Lines, b.Number, w.last)
	}
	if b.Body == nil {
		return w.gone(ctx, s, b)
	}
	lines, err := Unpack(b.Body)
	if err != nil {
		return fmt.Sprintf("The lines of batch %d were altered: they cannot be read any more.", b.Number), nil
	}
	w.r.Lines += int64(len(lines))
	digest, tags := Digest(b.Number, lines)
	if !bytes.Equal(digest, s.digest) {
		return w.diagnose(ctx, s, b, lines, tags)
	}
	return w.heading(b, lines, digest, tags), nil
}

// end is the last batch that was sealed.
func (w *walk) end(ctx context.Context) (last int64) {
	for s, err := range w.chain.sealed(ctx) {
		if err != nil {
			break
		}
		last = s.number
	}
	return last
}

// gone looks at a batch whose lines are not there.
func (w *walk) gone(ctx context.Context, s sealedBatch, b *store.Batch) (string, error) {
	if b.Number > w.erased { // perhaps it was said after the log was opened
		l, err := newest(ctx, w.v.Folder, w.v.Folder.Log)
		if err != nil || l == nil {
			return "", err
		}
		at, err := standOf(ctx, l)
		if err != nil {
			return "", err
		}
		w.erased = max(w.erased, at.erased)
	}
	switch {
	case b.Number > w.erased:
		return fmt.Sprintf("The lines of batch %d are gone, and no rule was named by which they may be.", b.Number), nil
	case !bytes.Equal(b.Digest, s.digest):
		return fmt.Sprintf("The digest of batch %d was altered.", b.Number), nil
	}
	w.r.Erased++
	return w.times(b), nil
}

// heading compares what a batch says of its lines with these, which are whole.
func (w *walk) heading(b *store.Batch, lines [][]byte, digest, tags []byte) string {
	switch {
	case !bytes.Equal(b.Digest, digest):
		return fmt.Sprintf("The digest of batch %d was altered; its lines were not.", b.Number)
	case !bytes.Equal(b.Tags, tags):
		return fmt.Sprintf("The tags of batch %d were altered; its lines were not.", b.Number)
	case b.Lines != len(lines):
		return fmt.Sprintf("The number of lines that batch %d says it has was altered: %d in place of %d.",
			b.Number, b.Lines, len(lines))
	}
	first, last, ok := span(lines)
	if ok && (!b.First.Equal(first) || !b.Last.Equal(last)) {
		return fmt.Sprintf("The times that batch %d says its lines have were altered.", b.Number)
	}
	if w.v.Hasher != nil && !w.keyed(b, lines) {
		return fmt.Sprintf("The keys by which batch %d is found were altered; its lines were not.", b.Number)
	}
	return w.times(b)
}

// keyed tells whether a batch has the keys of its lines: with others, searches would pass it over.
func (w *walk) keyed(b *store.Batch, lines [][]byte) bool {
	var keys []store.Key
	for _, line := range lines {
		r, err := glance(string(line))
		if err != nil {
			return false
		}
		keys = append(keys, Keys(*w.v.Hasher, &r)...)
	}
	slices.Sort(keys)
	return slices.Equal(slices.Compact(keys), slices.Sorted(slices.Values(b.Keys)))
}

// times compares when a batch was bound with the one before.
func (w *walk) times(b *store.Batch) string {
	if b.Bound.Before(w.bound) || b.Bound.Before(b.Last) || b.Last.Before(b.First) {
		return fmt.Sprintf("The times of batch %d were altered: it was bound before its lines, or before the batch "+
			"before it.", b.Number)
	}
	if late := b.Bound.Sub(b.First); late > store.BoundWithin {
		w.r.late(fmt.Sprintf("Batch %d has lines that say they are from %s, and were bound %s later: no server was there to bind them, "+
			"or somebody has put them in.", b.Number, b.First.Format(time.RFC3339), late.Round(time.Minute)))
	}
	w.bound = b.Bound
	return ""
}

// lateMost is how many batches are named whose lines are older than they should be.
const lateMost = 20

func (r *Report) late(text string) {
	if len(r.Late) < lateMost {
		r.Late = append(r.Late, text)
	}
}

// span is the earliest and the latest instant of lines; false if they have none.
func span(lines [][]byte) (first, last time.Time, ok bool) {
	var low, high int64
	for i, line := range lines {
		at, ok := instant(line)
		if !ok {
			return first, last, false
		}
		if i == 0 {
			low, high = at, at
		}
		low, high = min(low, at), max(high, at)
	}
	return time.UnixMicro(low).UTC(), time.UnixMicro(high).UTC(), len(lines) > 0
}

// instant reads the instant of a line as [Record.Append] writes it, without reading the rest.
func instant(line []byte) (int64, bool) {
	i := bytes.Index(line[:min(len(line), 128)], []byte(`","at":`))
	if i < 0 {
		return 0, false
	}
	at, digits := int64(0), 0
	for _, c := range line[i+len(`","at":`):] {
		if c < '0' || c > '9' || digits > 17 {
			break
		}
		at, digits = 10*at+int64(c-'0'), digits+1
	}
	return at, digits > 0
}

// skip goes behind what was sealed, without looking.
func (w *walk) skip(ctx context.Context) error {
	w.sealed = max(w.sealed, w.end(ctx))
	w.read.skip(w.sealed + 1)
	return nil
}

// rest looks at what is not sealed yet.
func (w *walk) rest(ctx context.Context) error {
	batches, oldest := 0, time.Time{}
	for {
		b, err := w.read.batch(ctx)
		if err != nil {
			return err
		}
		if b == nil {
			break
		}
		if len(w.r.Wrong) == 0 {
			if err := sealable(b, stand{sealed: w.sealed + int64(batches)}); err != nil {
				w.r.wrong("Not sealed yet, and not whole: %s", fault.From(err).Message)
			}
		}
		if batches++; batches == 1 {
			oldest = b.Bound
		}
	}
	if batches > 0 {
		w.unsealed(fmt.Sprintf("%d batches from %d on", batches, w.sealed+1), oldest)
	}
	loose, err := w.v.DB.Loose(ctx, unboundMost)
	if err != nil || len(loose) == 0 {
		return err
	}
	oldest, rows := w.v.Now, fmt.Sprintf("%d rows that are in no batch", len(loose))
	for _, row := range loose {
		for line := range bytes.Lines(row.Lines) {
			if at, ok := instant(line); ok && time.UnixMicro(at).Before(oldest) {
				oldest = time.UnixMicro(at)
			}
		}
	}
	w.unsealed(rows, oldest)
	return nil
}

// unsealed reports what has no leaf yet, since an instant.
func (w *walk) unsealed(what string, since time.Time) {
	age := max(0, w.v.Now.Sub(since)).Round(time.Millisecond)
	if age <= Unsealed {
		w.r.Notes = append(w.r.Notes, fmt.Sprintf("Not sealed yet: %s, for %v.", what, age))
		return
	}
	w.r.Doubts = append(w.r.Doubts, fmt.Sprintf("Nobody can tell whether %s are whole: they have not been sealed "+
		"for %v. While a server runs, that takes two seconds: is none running, is its log another one, or was the "+
		"log rolled back?", what, age))
}
