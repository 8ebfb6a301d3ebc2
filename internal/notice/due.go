package notice

import (
	"slices"
	"time"
)

// waiting is a notice that is to leave by a channel for one person.
type waiting struct {
	Notice string    `json:"notice"` // id of the Communication
	Row    string    `json:"row"`    // of the inbox
	Kind   string    `json:"kind"`
	Said   said      `json:"said"`
	Sender string    `json:"sender,omitempty"`
	As     Recipient `json:"as"`               // as which the person is meant
	Due    time.Time `json:"due"`              // from when on it goes, and whatever waits with it
	Since  time.Time `json:"since"`            // when it was settled
	Passes bool      `json:"passes,omitempty"` // quiet hours do not hold it
	Alone  bool      `json:"alone,omitempty"`  // it does not wait for others, nor goes with those that do
	itemID string
}

// due says from when on a notice that was settled now may leave.
func due(k Kind, urgent bool, c Choices, digest time.Duration, now time.Time) (w waiting) {
	w.Passes = urgent || k.Mandatory
	w.Alone = w.Passes || k.AtOnce
	w.Since, w.Due = now, now
	if !w.Alone {
		w.Due = now.Add(digest)
	}
	if quiet := c.Quiet.Until(now); !w.Passes && !quiet.IsZero() {
		w.Due, w.Alone = quiet, false
	}
	return w
}

// ready parts what waits for one person and channel: what goes now, a message for each list, and when to look again;
// zero for never. What goes together is everything that waits as soon as one of it is due, but what does not wait goes
// without what does.
func ready(all []waiting, c Choices, now time.Time) (lists [][]waiting, next time.Time) {
	quiet := c.Quiet.Until(now)
	sooner := func(t time.Time) {
		if next.IsZero() || t.Before(next) {
			next = t
		}
	}
	var groups [2][]waiting
	for _, w := range all {
		switch {
		case !quiet.IsZero() && !w.Passes:
			sooner(quiet)
		case w.Alone:
			groups[0] = append(groups[0], w)
		default:
			groups[1] = append(groups[1], w)
		}
	}
	for _, g := range groups {
		if len(g) == 0 {
			continue
		}
		first := slices.MinFunc(g, func(a, b waiting) int { return a.Due.Compare(b.Due) })
		if first.Due.After(now) {
			sooner(first.Due)
			continue
		}
		for part := range slices.Chunk(g, messageMost) {
			lists = append(lists, part)
		}
	}
	return lists, next
}

// messageMost bounds the notices of one message.
const messageMost = 100

// meter counts the messages that have left for one person by one channel.
type meter struct {
	Day    string    `json:"day"`
	Today  int       `json:"today"`
	Minute time.Time `json:"minute"`
	Now    int       `json:"now"` // in that minute
}

// spend counts one message, unless as many have left as may; then it says when to look again.
func (m *meter) spend(day, minute int, now time.Time) (wait time.Time) {
	if today := now.Format(time.DateOnly); m.Day != today {
		m.Day, m.Today = today, 0
	}
	if at := now.Truncate(time.Minute); !m.Minute.Equal(at) {
		m.Minute, m.Now = at, 0
	}
	switch {
	case m.Today >= day:
		return time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, now.Location())
	case m.Now >= minute:
		return m.Minute.Add(time.Minute)
	}
	m.Today++
	m.Now++
	return time.Time{}
}
