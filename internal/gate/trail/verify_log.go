package trail

import (
	"bytes"
	"context"
	"fmt"

	"yitong/internal/tlog"
)

// judge compares one log with the checkpoints that others have kept of it, while its tree grows.
type judge struct {
	v      Verification
	r      *Report
	l      *link
	tree   tlog.Tree
	at     map[int64][]kept // by their sizes
	agreed map[string]int64 // who has kept one that fits, and the largest size of these
	beyond []kept           // that are larger than the log, which another one has followed
	forked []string         // what to report of those that do not fit, if the log fits its own
}

// log goes through the leaves of one log and compares the root of their tree with checkpoints: its own, and those that
// others have kept. newest tells whether no other log follows it.
func (v Verification) log(ctx context.Context, l *link, known []kept, newest bool, r *Report) error {
	j := &judge{v: v, r: r, l: l, at: map[int64][]kept{}, agreed: map[string]int64{}}
	for _, k := range known {
		j.sort(k, newest)
	}
	j.compare()
	for leaf, err := range l.log.Leaves(ctx, 0, l.log.Size) {
		if err != nil {
			return err
		}
		j.tree.Add(leaf)
		j.compare()
	}
	if !bytes.Equal(j.tree.Root(), l.log.Root) {
		return j.altered(ctx)
	}
	r.Wrong = append(r.Wrong, j.forked...)
	j.lost()
	return nil
}

// sort puts a checkpoint where it will be compared, or reports what its size says already.
func (j *judge) sort(k kept, newest bool) {
	l := j.l.log
	cp, err := j.v.Folder.Public().Read(k.note, l.Origin)
	switch {
	case err != nil:
		j.r.wrong("What %s says of the log %s is not a checkpoint of it.", k.by, l.Origin)
	case k.last && cp.Size < l.Size:
		j.r.wrong("The log %s had %d leaves when another one followed it, and has %d now: leaves were added behind "+
			"its end.", l.Origin, cp.Size, l.Size)
	case cp.Size <= l.Size:
		j.at[cp.Size] = append(j.at[cp.Size], k)
	case newest || k.last:
		j.r.wrong("The log %s was rolled back: %s has seen %d leaves, it has %d.", l.Origin, k.by, cp.Size, l.Size)
	default:
		j.beyond = append(j.beyond, k)
	}
}

// compare looks at the checkpoints of the size that the tree has now.
func (j *judge) compare() {
	for _, k := range j.at[j.tree.Size()] {
		cp, err := tlog.Claimed(k.note)
		if err == nil && bytes.Equal(cp.Root, j.tree.Root()) {
			j.agreed[k.by] = max(j.agreed[k.by], cp.Size)
			continue
		}
		j.forked = append(j.forked, fmt.Sprintf("The log %s was forked: %s has seen other leaves among the first %d.",
			j.l.log.Origin, k.by, cp.Size))
	}
}

// lost reports what somebody has seen of a log that was itself brought back to what it was before another one followed
// it. An earlier checkpoint of the same witness, which was brought back with it, shows that what is left is no other
// log.
func (j *judge) lost() {
	l := j.l.log
	for _, k := range j.beyond {
		cp, err := tlog.Claimed(k.note)
		if err != nil {
			continue
		}
		if size := j.agreed[k.by]; size > 0 {
			j.r.Said = append(j.r.Said, fmt.Sprintf("%s has seen %d leaves of the log %s, which had %d when another "+
				"one followed it, the first %d as they were cosigned: the others were lost with what was restored.",
				k.by, cp.Size, l.Origin, l.Size, size))
			continue
		}
		j.r.Doubts = append(j.r.Doubts, fmt.Sprintf("%s has seen %d leaves of the log %s, which had %d when another "+
			"one followed it, and nothing that it has cosigned earlier shows that these were among them.",
			k.by, cp.Size, l.Origin, l.Size))
	}
}

// altered reports a log whose leaves do not give the root of its checkpoint.
func (j *judge) altered(ctx context.Context) error {
	l, i := j.l.log, int64(0)
	for leaf, err := range l.Leaves(ctx, 0, l.Size) {
		if err != nil {
			return err
		}
		is, err := l.HashKept(i, leaf)
		if err != nil {
			return err
		}
		if !is {
			j.r.wrong("The log %s was altered: leaf %d is not the one that its tree was built with.", l.Origin, i)
			return nil
		}
		i++
	}
	j.r.wrong("The log %s was altered: its %d leaves do not give the root that its checkpoint has.", l.Origin, l.Size)
	return nil
}
