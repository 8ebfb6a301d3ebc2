package rule

import (
	"time"

	"yitong/internal/fault"
)

// Deadline is by when something must have been done.
type Deadline struct {
	Until time.Time
	// Uses are the rows by which it was counted: the first says how long, those behind it are of the notices that name the days off. Where
	// a notice is not known yet, the first is provisional.
	Uses []Use
}

// Provisional tells whether it can still move: the notice of a year that it reaches into is not known.
func (d Deadline) Provisional() bool { return len(d.Uses) > 0 && d.Uses[0].Provisional }

// Deadline is by when somebody in a region must have acted who begins at an instant, by a table of durations or of working days. The
// error is that of [Book.Find], and Internal for a table of something else.
func (b *Book) Deadline(table, region string, from time.Time) (Deadline, error) {
	row, err := b.Find(table, region, from)
	if err != nil {
		return Deadline{}, err
	}
	return b.count(row, row.Used(region, from))
}

// Recount counts a deadline anew from the use that it was counted by: by the same row, for what was decided stays, and by the days off
// that are known now. The error is NotFound for a row that there is not.
func (b *Book) Recount(u Use) (Deadline, error) {
	row, err := b.Row(u.Ref)
	if err != nil {
		return Deadline{}, err
	}
	return b.count(row, row.Used(u.Region, u.At))
}

func (b *Book) count(row *Row, by Use) (d Deadline, err error) {
	switch row.Kind() {
	case KindDuration:
		return Deadline{by.At.Add(row.Duration()), []Use{by}}, nil
	case KindWorkdays:
		c, err := b.Calendar(by.Region)
		if err != nil {
			return d, err
		}
		d.Until, by.Provisional = c.Until(by.At, row.Workdays(), b.zone)
		d.Uses = append([]Use{by}, c.notices(by, d.Until, b.zone)...)
		return d, nil
	}
	return d, fault.New(fault.Internal, "The rule %s does not say how long something may take.", row.table.Name)
}

// notices are the rows of the notices that are known of the years in which days are counted: those of their first of January, which every
// notice names.
func (c Calendar) notices(by Use, end time.Time, zone *time.Location) (all []Use) {
	first, last := by.At.In(zone).AddDate(0, 0, 1).Year(), end.In(zone).AddDate(0, 0, -1).Year()
	for year := first; year <= last; year++ {
		at := time.Date(year, time.January, 1, 0, 0, 0, 0, zone)
		if row := c.page.nearest(c.place, 0, dayOf(at, zone)); row != nil {
			all = append(all, row.Used(by.Region, at))
		}
	}
	return all
}
