package queue

import (
	"context"
	"math"
	"sync"
	"time"

	"yitong/internal/gate"
	"yitong/modules/scheduling/wait"
)

const (
	pastDays    = 28               // of whose waits something is learnt
	learntLasts = 10 * time.Minute // before it is learnt anew
)

// learnt is what past waits tell, remembered for a while.
type learnt struct{ known, plans sync.Map } // models, and plans, by queues

// plan is when people of a queue are seen on a day.
type plan struct {
	spans []Span
	at    time.Time
}

// planned is when people of a queue are seen, read where that was not a while ago.
func (l *learnt) planned(of string, now time.Time, read func() ([]Span, error)) ([]Span, error) {
	if l == nil {
		return read()
	}
	if known, is := l.plans.Load(of); is && now.Sub(known.(plan).at).Abs() < learntLasts {
		return known.(plan).spans, nil
	}
	spans, err := read()
	if err == nil {
		l.plans.Store(of, plan{spans, now})
	}
	return spans, err
}

type model struct {
	*wait.Model
	at time.Time
}

// model is what the past waits of a queue tell; nil where they are too few.
func (d Desk) model(ctx context.Context, s *gate.Session, of string, now time.Time) (*wait.Model, error) {
	if d.learnt != nil {
		if known, is := d.learnt.known.Load(of); is && now.Sub(known.(model).at).Abs() < learntLasts {
			return known.(model).Model, nil
		}
	}
	today, _ := d.dayOf(now)
	past, err := d.tickets(ctx, s.Unseen(), SystemLine, of, today.AddDate(0, 0, -pastDays), today, historyMost)
	if err != nil {
		return nil, err
	}
	days := map[string][]*ticket{}
	for _, t := range past {
		day := t.arrived.Format(time.DateOnly)
		days[day] = append(days[day], t)
	}
	var spells [][]wait.Spell
	for _, day := range days {
		spells = append(spells, spellsOf(day, spansOf(day), now))
	}
	m := wait.Learn(spells)
	if d.learnt != nil {
		d.learnt.known.Store(of, model{m, now})
	}
	return m, nil
}

// spellsOf are the waits of tickets until now. Of who was never called until the day was over it is not known how long they waited.
func spellsOf(all []*ticket, spans []Span, now time.Time) (spells []wait.Spell) {
	for _, t := range all {
		lasted, called := t.waited(now)
		if left, is := t.last(actLeave); is && !called && left.Reason == reasonDay {
			continue
		}
		spells = append(spells, wait.Spell{Began: t.arrived, Opens: beginsAt(spans, t.start), Ahead: t.ahead, Rooms: t.open, Lasted: lasted, Called: called})
	}
	return spells
}

// expects says how long somebody waits in a queue with so many ahead, whose people are called from an instant on; nil where too little is known,
// or nobody calls though it is time.
func (d Desk) expects(ctx context.Context, s *gate.Session, of string, today []*ticket, spans []Span, now, opens time.Time, ahead, rooms int) (*expected, error) {
	m, err := d.model(ctx, s, of, now)
	if err != nil || m == nil || rooms == 0 && !now.Before(opens) {
		return nil, err
	}
	e := m.Expect(spellsOf(today, spans, now), now, opens, ahead, rooms)
	return &expected{Low: minutes(e.Low), Median: minutes(e.Median), High: minutes(e.High)}, nil
}

// meanOf is the mean wait of those who were called, in minutes; nil where nobody was.
func meanOf(today []*ticket, now time.Time) *int {
	mean, is := wait.Mean(spellsOf(today, nil, now))
	if !is {
		return nil
	}
	n := minutes(mean)
	return &n
}

// minutes are those of a time, rounded up.
func minutes(d time.Duration) int { return int(math.Ceil(d.Minutes())) }
