package rule

import "time"

// Named is a day of which the [WorkdayTable] says what it is, against what its weekday says or beside that.
type Named struct {
	Date    string // such as 2026-10-01
	Workday bool
	Row     *Row // that says so
}

// Named are the days between the dates of two instants in a zone, the second included, that the table names.
func (c Calendar) Named(from, to time.Time, zone *time.Location) (all []Named) {
	for d, last := dayOf(from, zone), dayOf(to, zone); d <= last; d++ {
		if row := c.page.nearest(c.place, 0, d); row != nil {
			all = append(all, Named{d.String(), row.value.number == 1, row})
		}
	}
	return all
}
