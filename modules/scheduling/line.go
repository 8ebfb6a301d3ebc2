package scheduling

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"
)

// spot is where somebody stands who waits at a department.
type spot struct {
	id    string
	since time.Time
	wish  *wish
}

func (b booking) spot() spot { return spot{b.ref.ID, b.created, b.wish} }

// earlier orders those who wait: by when they began, and where that is the same by their ids.
func (p spot) earlier(other spot) int {
	return cmp.Or(p.since.Compare(other.since), strings.Compare(p.id, other.id))
}

const (
	lineLasts = 5 * time.Second // that it is remembered who waits at a department
	linesMost = 1_000_000       // people of whom that is; with more all are forgotten
)

// lines are those who wait at departments, remembered for a moment: behind a draw thousands look at once how many are before them. nil
// remembers nothing.
type lines struct {
	busy sync.Mutex // of who reads one anew, for whom the others wait
	mu   sync.Mutex
	all  map[string]line // by departments
	many int             // people in them
}

type line struct {
	at    time.Time
	spots []spot // in their order
}

// of are those who wait at the department of somebody, who is among them; they are read where that was not just now.
func (l *lines) of(b booking, now time.Time, read func() ([]spot, error)) ([]spot, error) {
	if l == nil {
		return read()
	}
	if spots, is := l.known(b, now); is {
		return spots, nil
	}
	l.busy.Lock()
	defer l.busy.Unlock()
	if spots, is := l.known(b, now); is {
		return spots, nil
	}
	spots, err := read()
	if err == nil {
		l.keep(b.department, line{now, spots})
	}
	return spots, err
}

// known are those who wait, if it is known who did just now and somebody is among them: who has begun since counts before nobody who had.
func (l *lines) known(b booking, now time.Time) ([]spot, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	one, is := l.all[b.department]
	if !is || now.Sub(one.at).Abs() >= lineLasts {
		return nil, false
	}
	_, is = slices.BinarySearchFunc(one.spots, b.spot(), spot.earlier)
	return one.spots, is
}

func (l *lines) keep(department string, one line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.many += len(one.spots) - len(l.all[department].spots); l.many > linesMost || l.all == nil {
		l.all, l.many = map[string]line{}, len(one.spots)
	}
	l.all[department] = one
}
