package scheduling

import (
	"context"
	"slices"
	"time"

	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
)

// limits are those of a region on a day.
type limits struct {
	hold        time.Duration
	departments int
	bars        ban
	cancelBy    time.Duration // of the day before
	late        time.Duration
}

// limits looks up those by which an institution goes.
func (d Desk) limits(ctx context.Context, s *gate.Session, institution string, now time.Time) (l limits, err error) {
	region, err := d.region(ctx, s, institution)
	if err != nil {
		return l, err
	}
	book := d.Book()
	if l.hold, _, err = HoldLasts.Find(book, region, now); err != nil {
		return l, err
	}
	departments, _, err := Departments.Find(book, region, now)
	if err != nil {
		return l, err
	}
	l.departments = int(departments)
	misses, _, err := Misses.Find(book, region, now)
	if err != nil {
		return l, err
	}
	l.bars.misses = int(misses)
	if l.bars.within, _, err = MissesWithin.Find(book, region, now); err != nil {
		return l, err
	}
	if l.bars.lasts, _, err = MissesBan.Find(book, region, now); err != nil {
		return l, err
	}
	by, _, err := CancelBy.Find(book, region, now)
	if err != nil {
		return l, err
	}
	l.cancelBy = time.Duration(by)
	l.late, _, err = Late.Find(book, region, now)
	return l, err
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

// missedMost is how many missed visits of a person are looked at.
const missedMost = 100

// banned refuses who has missed too many visits lately.
func (d Desk) banned(ctx context.Context, s *gate.Session, patient fhir.Ref, l limits, now time.Time) error {
	var missed []time.Time
	_, err := cases.Each(ctx, s, typeAppointment, missedMost, []search.Pair{
		{Name: "patient", Value: patient.String()}, {Name: "status", Value: statusMissed}, {Name: "_tag", Value: System + "|" + tagBooking},
		{Name: "date", Value: "ge" + now.Add(-l.bars.within-l.bars.lasts).Format(time.RFC3339)},
	}, func(r fhir.Resource) bool {
		if b, is := bookingOf(r, 0, d.Zone); is {
			missed = append(missed, b.start)
		}
		return true
	})
	if err != nil {
		return err
	}
	if until := l.bars.until(missed); now.Before(until) {
		return fault.New(fault.Unprocessable, "After %d missed visits one cannot book online until %s; call, or come to the window. 爽约达到 %[1]d 次，%[2]s 前暂停线上预约，可电话或到窗口预约。",
			l.bars.misses, until.In(d.Zone).Format("2006-01-02")).WithIssue("business-rule")
	}
	return nil
}

// freely tells whether whom a visit is for may still cancel or change it by themselves: until a time of the day before.
func (l limits) freely(start, now time.Time) bool {
	year, month, day := start.Date()
	return now.Before(time.Date(year, month, day-1, 0, 0, 0, 0, start.Location()).Add(l.cancelBy))
}
