package trail

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"yitong/internal/store"
)

// lookAhead is how many batches behind one whose lines do not fit are looked at, to tell whether they are those of
// another.
const lookAhead = 4096

// diagnose says what is wrong with a batch whose lines are not those that were sealed with its number: first whether
// they are those of another batch, then by the tags which line is the first that does not fit.
func (w *walk) diagnose(
	ctx context.Context, s sealedBatch, b *store.Batch, lines [][]byte, tags []byte,
) (string, error) {
	other, err := w.sealedAs(ctx, s, sumsOf(lines))
	if err != nil {
		return "", err
	}
	if other > 0 {
		there, err := w.batch(ctx, other)
		switch {
		case err != nil:
			return "", err
		case there != nil && bytes.Equal(numbered(s.number, there), s.digest):
			return fmt.Sprintf("Batches %d and %d were swapped.", s.number, other), nil
		case other == s.number+1:
			return fmt.Sprintf("Batch %d is missing, which was sealed: what stands in its place was sealed as "+
				"batch %d.", s.number, other), nil
		}
		return fmt.Sprintf("In the place of batch %d stands what was sealed as batch %d.", s.number, other), nil
	}
	next, err := w.batch(ctx, b.Number+1)
	if err != nil {
		return "", err
	}
	if next != nil && bytes.Equal(numbered(s.number, next), s.digest) {
		return fmt.Sprintf("A batch was inserted as batch %d; what was sealed as that stands as %d now.",
			b.Number, b.Number+1), nil
	}
	return byTags(b, lines, tags, bytes.Equal(b.Digest, s.digest)), nil
}

// batch reads one batch, and gives the sums of its lines; nil if it is not there or its lines cannot be read.
func (w *walk) batch(ctx context.Context, n int64) ([]byte, error) {
	b, err := w.v.DB.Batches(ctx, n, 1, true)
	if err != nil || len(b) == 0 || b[0].Number != n || b[0].Body == nil {
		return nil, err
	}
	lines, err := Unpack(b[0].Body)
	if err != nil {
		return nil, nil
	}
	return sumsOf(lines), nil
}

// sealedAs is the number of the batch behind one as which lines were sealed, 0 for none.
func (w *walk) sealedAs(ctx context.Context, from sealedBatch, sums []byte) (int64, error) {
	l := w.chain[from.link]
	at := stand{sealed: from.number}
	index := from.index + 1
	for leaf, err := range l.log.Leaves(ctx, index, index+lookAhead) {
		if err != nil {
			return 0, err
		}
		said, err := at.add(index, leaf)
		if err != nil {
			return 0, nil // that is told elsewhere
		}
		if said == nil && bytes.Equal(numbered(at.sealed, sums), at.last) {
			return at.sealed, nil
		}
		index++
	}
	return 0, nil
}

// sumsOf are the SM3 of lines, one behind the other.
func sumsOf(lines [][]byte) []byte {
	sums := make([]byte, 0, sm3.Size*len(lines))
	for _, line := range lines {
		sum := sm3.Sum(line)
		sums = append(sums, sum[:]...)
	}
	return sums
}

// numbered is the digest that lines with such sums have as a batch with a number.
func numbered(n int64, sums []byte) []byte {
	head := append(make([]byte, 0, len(digestOf)+16+len(sums)), digestOf...)
	head = binary.BigEndian.AppendUint64(head, uint64(n))
	head = binary.BigEndian.AppendUint64(head, uint64(len(sums)/sm3.Size))
	sum := sm3.Sum(append(head, sums...))
	return sum[:]
}

// byTags says which line of a batch does not fit, by the tags that it has and those that its lines give. heading tells
// whether its digest still is the one that was sealed.
func byTags(b *store.Batch, lines [][]byte, tags []byte, heading bool) string {
	had, have := split(b.Tags), split(tags)
	if slices.Equal(had, have) {
		what := "its tags and its digest"
		if heading {
			what = "its tags"
		}
		return fmt.Sprintf("The lines of batch %d were altered, and %s with them, so which line it was cannot be told.",
			b.Number, what)
	}
	front := 0
	for front < min(len(had), len(have)) && had[front] == have[front] {
		front++
	}
	back := 0
	for back < min(len(had), len(have))-front && had[len(had)-1-back] == have[len(have)-1-back] {
		back++
	}
	gone, come := had[front:len(had)-back], have[front:len(have)-back]
	line := func(i int) string { return describe(lines[i]) }
	switch {
	case len(gone) == 0:
		return fmt.Sprintf("%s inserted into batch %d as line %d%s.",
			were(len(come), "A line was", "lines were"), b.Number, front+1, line(front))
	case len(come) == 0:
		return fmt.Sprintf("%s missing from batch %d, the first is line %d.",
			were(len(gone), "A line is", "lines are"), b.Number, front+1)
	case slices.Equal(slices.Sorted(slices.Values(gone)), slices.Sorted(slices.Values(come))):
		return fmt.Sprintf("Lines of batch %d were put in another order: what stands as line %d%s was line %d.",
			b.Number, front+1, line(front), front+1+slices.Index(gone, come[0]))
	case len(gone) > len(come):
		return fmt.Sprintf("Lines of batch %d were altered and %d are missing; the first is line %d%s.",
			b.Number, len(gone)-len(come), front+1, line(front))
	case len(gone) < len(come):
		return fmt.Sprintf("Lines of batch %d were altered and %d were inserted; the first is line %d%s.",
			b.Number, len(come)-len(gone), front+1, line(front))
	}
	return fmt.Sprintf("Line %d of batch %d%s was altered.", front+1, b.Number, line(front))
}

func were(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// split gives tags one by one.
func split(tags []byte) (list []string) {
	for t := range slices.Chunk(tags, TagBytes) {
		list = append(list, string(t))
	}
	return list
}

var plain = regexp.MustCompile(`^[A-Za-z0-9$/_.:-]{1,200}$`)

// describe tells of a line, as it is now, who did what and when; "" if it cannot be read. No more than that is for who
// looks whether the trail is whole.
func describe(line []byte) string {
	r, err := Parse(line)
	if err != nil || r.At.UnixMicro() <= 0 {
		return ""
	}
	var parts []string
	if plain.MatchString(r.Do) {
		parts = append(parts, r.Do)
	}
	if plain.MatchString(r.Who) {
		parts = append(parts, "by "+r.Who)
	}
	return " (" + strings.Join(append(parts, "at "+r.At.Format(time.RFC3339Nano)), " ") + ")"
}
