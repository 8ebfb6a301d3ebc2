package rule

import (
	_ "embed" // for workdays.csv
	"time"

	"yitong/internal/bilingual"
)

//go:embed workdays.csv
var workdayRows string

// WorkdayTable is the table of [Calendar]: the days that a notice makes working days or days off, against what the
// weekday says.
var WorkdayTable = Of[bool](Table{
	Name:  "workday",
	Title: bilingual.Text{Zh: "工作日", En: "working day"},
	About: bilingual.Text{
		Zh: "国务院办公厅每年关于部分节假日安排的通知所定的放假日（no）和调休上班日（yes）；未列出的日子，周一至周五为工作日。",
		En: "The days off (no) and the weekend days on which people work (yes), by the yearly notice of the General Office of the " +
			"State Council. On all other days, Monday to Friday are working days. A region can have days of its own.",
	},
	Rows:    workdayRows,
	Edition: "2026-01",
	Sparse:  true,
})

// Calendar counts working days in a region.
type Calendar struct {
	page  *page
	place region
}

// Calendar is that of a region. The error is Unprocessable for what is no region, NotFound where the book lacks the
// [WorkdayTable], Internal where a version for the region cannot be read that no later one has taken the place of: it may name any day.
func (b *Book) Calendar(code string) (Calendar, error) {
	p, place, _, err := b.place(WorkdayTable.table.Name, code, nil)
	if err != nil {
		return Calendar{}, err
	}
	since := lastDay // from which day on a later version counts
	for _, l := range p.layers {
		switch {
		case !place.within(l.scope):
		case l.broken == nil:
			since = min(since, l.start)
		case l.start < since:
			return Calendar{}, l.broken
		}
	}
	return Calendar{p, place}, nil
}

// said is what the table says of a day.
func (c Calendar) said(d day) (is, known bool) {
	if row := c.page.nearest(c.place, 0, d); row != nil {
		return row.value.number == 1, true
	}
	return false, false
}

// settled tells whether the notice for the year of a day is known: the first of January is a holiday by law
// (全国年节及纪念日放假办法), so every notice names it.
func (c Calendar) settled(year int) bool {
	_, known := c.said(day(time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC).Unix() / secondsOfDay))
	return known
}

func (c Calendar) workday(d day) bool {
	if is, known := c.said(d); known {
		return is
	}
	weekday := d.utc().Weekday()
	return weekday != time.Saturday && weekday != time.Sunday
}

// Workday tells whether the date of an instant in a zone is a working day. provisional says that the notice for that
// year is not known, so that only weekends are counted as days off.
func (c Calendar) Workday(at time.Time, zone *time.Location) (is, provisional bool) {
	d := dayOf(at, zone)
	return c.workday(d), !c.settled(d.utc().Year())
}

// Holiday tells whether a notice makes the date of an instant in a zone a day off, be it a weekend or not.
func (c Calendar) Holiday(at time.Time, zone *time.Location) bool {
	works, noticed := c.said(dayOf(at, zone))
	return noticed && !works
}

// Makeup tells whether a notice makes the date of an instant in a zone a working day that is a day of a weekend (调休上班日).
func (c Calendar) Makeup(at time.Time, zone *time.Location) bool {
	d := dayOf(at, zone)
	works, noticed := c.said(d)
	weekday := d.utc().Weekday()
	return noticed && works && (weekday == time.Saturday || weekday == time.Sunday)
}

// Until is the end of the n-th working day behind the date of an instant in a zone (民法典 Art. 201, 203: the day on which a period begins
// does not count, and it ends with its last day): the first instant of the day behind it. provisional is as for [Calendar.AddWorkdays].
func (c Calendar) Until(from time.Time, n int, zone *time.Location) (end time.Time, provisional bool) {
	last, provisional := c.AddWorkdays(from, n, zone)
	year, month, day := last.In(zone).Date()
	return time.Date(year, month, day+1, 0, 0, 0, 0, zone), provisional
}

// AddWorkdays is the same time of the day on the n-th working day behind the date of an instant in a zone, or before it
// for a negative n; that date itself is not counted, and 0 changes nothing. provisional says that a day of a year
// counts whose notice is not known.
func (c Calendar) AddWorkdays(t time.Time, n int, zone *time.Location) (at time.Time, provisional bool) {
	local := t.In(zone)
	first := dayOf(t, zone)
	step, left := day(1), n
	if n < 0 {
		step, left = -1, -n
	}
	d, year := first, -1
	for left > 0 {
		d += step
		if y := d.utc().Year(); y != year {
			year = y
			provisional = provisional || !c.settled(y)
		}
		if c.workday(d) {
			left--
		}
	}
	return local.AddDate(0, 0, int(d-first)), provisional
}
