package trail

import (
	"context"
	"slices"
	"time"

	"yitong/internal/store"
)

// listMost is how many numbers of batches are asked for at once.
const listMost = 512

// numbers are those of the batches that may hold what is wanted, the highest first.
type numbers struct {
	db      store.Trail
	columns []*column
	lowest  int64 // that has been given, 0 for none
}

// column are the numbers of the batches with one key.
type column struct {
	store.Sought
	next []int64
	over bool
}

// numbers goes by the keys that fewest batches can be expected to have.
func (f *Finder) numbers(w Wanted) *numbers {
	n := &numbers{db: f.DB}
	add := func(key *store.Key) {
		n.columns = append(n.columns, &column{Sought: store.Sought{Key: key, From: w.From, To: w.To, Most: listMost}})
	}
	by := func(definition uint64, values []string) {
		for _, value := range values {
			key := keyOf(f.Hasher, definition, value)
			add(&key)
		}
	}
	switch {
	case w.Patients != nil:
		by(termOf, w.Patients)
	case w.Agents != nil:
		by(termWho, w.Agents)
	case w.Outcomes != nil && !slices.Contains(w.Outcomes, Done):
		for _, o := range w.Outcomes {
			by(termOut, []string{string(o)})
		}
	default:
		add(nil)
	}
	return n
}

// head is the highest number of a list that is left, 0 for none.
func (n *numbers) head(ctx context.Context, l *column) (int64, error) {
	if len(l.next) == 0 && !l.over {
		next, err := n.db.FindBatches(ctx, l.Sought)
		if err != nil {
			return 0, err
		}
		l.next, l.over = next, len(next) < l.Most
		if len(next) > 0 {
			l.Below = next[len(next)-1]
		}
	}
	if len(l.next) == 0 {
		return 0, nil
	}
	return l.next[0], nil
}

// run are the highest numbers that are left, without a gap between them; nil if none is left.
func (n *numbers) run(ctx context.Context, most int) (run []int64, err error) {
	for len(run) < most {
		highest := int64(0)
		for _, l := range n.columns {
			head, err := n.head(ctx, l)
			if err != nil {
				return nil, err
			}
			highest = max(highest, head)
		}
		if highest == 0 || run != nil && highest != run[len(run)-1]-1 {
			return run, nil
		}
		run, n.lowest = append(run, highest), highest
		for _, l := range n.columns {
			if len(l.next) > 0 && l.next[0] == highest {
				l.next = l.next[1:]
			}
		}
	}
	return run, nil
}

// since leaves out what holds nothing from an instant on.
func (n *numbers) since(at time.Time) {
	for _, c := range n.columns {
		if at.After(c.From) {
			c.From, c.Below, c.next, c.over = at, n.lowest, nil, false
		}
	}
}

// settled is an instant from which on no batch that is left holds anything, given the lowest that has been given.
func (n *numbers) settled(ctx context.Context, lowest store.Batch) (time.Time, error) {
	for _, from := range []time.Time{lowest.First, lowest.Last.Add(time.Microsecond)} {
		if is, err := n.holds(ctx, from); err != nil || !is {
			return from, err
		}
	}
	return lowest.Bound.Add(time.Microsecond), nil // no batch before was bound later, and none before its lines
}

// holds tells whether a batch that is left may hold something from an instant on.
func (n *numbers) holds(ctx context.Context, from time.Time) (bool, error) {
	for _, c := range n.columns {
		sought := c.Sought
		if sought.Below, sought.Most = n.lowest, 1; from.After(sought.From) {
			sought.From = from
		}
		if found, err := n.db.FindBatches(ctx, sought); err != nil || len(found) > 0 {
			return true, err
		}
	}
	return false, nil
}
