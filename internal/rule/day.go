package rule

import (
	"math"
	"time"
)

// day is a date as the number of days since 1970-01-01.
type day int32

// The ends that are left open.
const (
	firstDay day = math.MinInt32
	lastDay  day = math.MaxInt32
)

const secondsOfDay = 24 * 60 * 60

// The years that a date can have: others are slips of the hand.
const (
	yearLeast = 1900
	yearMost  = 2200
)

// parseDay reads a date such as 2026-01-31.
func parseDay(text string) (day, bool) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < yearLeast || t.Year() > yearMost {
		return 0, false
	}
	return day(t.Unix() / secondsOfDay), true
}

// dayOf is the date of an instant by the clocks of a zone.
func dayOf(at time.Time, zone *time.Location) day {
	_, offset := at.In(zone).Zone()
	seconds := at.Unix() + int64(offset)
	if seconds < 0 {
		seconds -= secondsOfDay - 1
	}
	return day(seconds / secondsOfDay)
}

// utc is the beginning of a date in UTC, for its calendar.
func (d day) utc() time.Time { return time.Unix(int64(d)*secondsOfDay, 0).UTC() }

// String is the date as rows have it; "" for an open end.
func (d day) String() string {
	if d == firstDay || d == lastDay {
		return ""
	}
	return d.utc().Format(time.DateOnly)
}
