package scheduling

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/rule"
)

// limits are those of a region on a day.
type limits struct {
	hold        time.Duration
	departments int
	bars        ban
	cancels     ban // by visits that were cancelled
	cancelReach reach
	cancelBy    time.Duration // of the day before
	late        time.Duration
	realName    []Channel // for which whom it is for has shown a document
	returns
}

// limits looks up those by which an institution goes.
func (d Desk) limits(ctx context.Context, s *gate.Session, institution string, now time.Time) (l limits, err error) {
	region, err := d.region(ctx, s, institution)
	if err != nil {
		return l, err
	}
	q := rule.Ask(d.Book(), region, now)
	l = limits{
		hold: rule.Answer(q, HoldLasts), departments: int(rule.Answer(q, Departments)), cancelBy: time.Duration(rule.Answer(q, CancelBy)), late: rule.Answer(q, Late),
		bars:        ban{misses: int(rule.Answer(q, Misses)), within: rule.Answer(q, MissesWithin), lasts: rule.Answer(q, MissesBan)},
		cancels:     ban{misses: int(rule.Answer(q, Cancels)), within: rule.Answer(q, CancelsWithin), lasts: rule.Answer(q, CancelsBan)},
		cancelReach: reach(rule.Answer(q, CancelsScope)),
		returns: returns{
			rest: rule.Answer(q, ReturnedRest), near: rule.Answer(q, ReturnedNear), offer: rule.Answer(q, OfferLasts),
			quietFrom: time.Duration(rule.Answer(q, QuietFrom)), quietTo: time.Duration(rule.Answer(q, QuietTo)),
			wishes: int(rule.Answer(q, Wishes)), rests: int(rule.Answer(q, ReturnedMost)), holds: int(rule.Answer(q, Holds)),
		},
	}
	for _, c := range Channel("").Codes() {
		if rule.Answer(q, RealName, c.Code) {
			l.realName = append(l.realName, Channel(c.Code))
		}
	}
	return l, q.Err()
}

// ban is how missed visits bar somebody from booking online.
type ban struct {
	misses        int
	within, lasts time.Duration
}

// until is until when somebody is barred who has missed visits at some instants; the zero time for who is not, or was.
func (b ban) until(missed []time.Time) (end time.Time) {
	slices.SortFunc(missed, time.Time.Compare)
	for i := b.misses - 1; i < len(missed); i++ {
		if last := missed[i]; last.Sub(missed[i-b.misses+1]) <= b.within {
			end = last.Add(b.lasts)
		}
	}
	return end
}

// refusal is told who is barred until an instant.
func (b ban) refusal(until time.Time) error {
	return fault.New(fault.Unprocessable, "After %d missed visits one cannot book online until %s; call, or come to the window. 爽约达到 %[1]d 次，%[2]s 前暂停线上预约，可电话或到窗口预约。",
		b.misses, until.Format("2006-01-02")).WithIssue("business-rule")
}

// missedName is the place that a missed visit takes among those of its person, by which it is known when that was.
func missedName(start time.Time, of fhir.Ref) string { return instant(start) + "/" + of.ID }

// missedAt is when a visit was missed that has such a place.
func missedAt(name string) time.Time {
	text, _, _ := strings.Cut(name, "/")
	t, _ := time.Parse(time.RFC3339Nano, text) // it was written here
	return t
}

// deadline is until when whom a visit is for may cancel or change it by themselves: a time of the day before.
func (l limits) deadline(start time.Time) time.Time {
	year, month, day := start.Date()
	return time.Date(year, month, day-1, 0, 0, 0, 0, start.Location()).Add(l.cancelBy)
}

// atEase tells whether who is booked at an instant without being asked has as long as an offer lasts to cancel it by themselves, and not at
// night.
func (l limits) atEase(now, start time.Time) bool {
	_, night := l.quiet(now)
	return !night && now.Add(l.offer).Before(l.deadline(start))
}

// moments remembers for a moment what was read just now, by its name. nil remembers nothing.
type moments[T any] struct {
	known sync.Map // moment[T] by names
	many  atomic.Int64
}

type moment[T any] struct {
	value T
	at    time.Time
}

const (
	momentLasts = 2 * time.Second // that something is remembered
	momentsMost = 10_000          // things; with one more all of them are forgotten
)

// of is what stands under a name, read where that was not just now.
func (m *moments[T]) of(name any, now time.Time, read func() (T, error)) (T, error) {
	if m == nil {
		return read()
	}
	if known, is := m.known.Load(name); is && now.Sub(known.(moment[T]).at).Abs() < momentLasts {
		return known.(moment[T]).value, nil
	}
	value, err := read()
	if err == nil {
		if m.many.Add(1) > momentsMost {
			m.known.Clear()
			m.many.Store(1)
		}
		m.known.Store(name, moment[T]{value, now})
	}
	return value, err
}

// forget lets something be read anew.
func (m *moments[T]) forget(name any) {
	if m != nil {
		m.known.Delete(name)
	}
}
