package fhir

import (
	"strings"
	"time"

	"yitong/internal/fault"
)

// precisions are the forms of date, dateTime and instant (R4, 2.24.0.1), coarsest first. A form without an offset
// stands for local time.
var precisions = []struct {
	layout string
	offset bool
	add    func(time.Time) time.Time // to the start of the next
}{
	{"2006", false, func(t time.Time) time.Time { return t.AddDate(1, 0, 0) }},
	{"2006-01", false, func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }},
	{"2006-01-02", false, func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }},
	{"2006-01-02T15:04Z07:00", true, func(t time.Time) time.Time { return t.Add(time.Minute) }},
	{"2006-01-02T15:04:05Z07:00", true, nil},
}

// precisionOf is the only form that a text of its length can have.
func precisionOf(s string) int {
	switch {
	case len(s) <= len("2006"):
		return 0
	case len(s) <= len("2006-01"):
		return 1
	case len(s) <= len("2006-01-02"):
		return 2
	case len(s) <= len("2006-01-02T15:04") || s[len("2006-01-02T15:04")] != ':':
		return 3
	}
	return 4
}

// ParsePeriod reads a date of any precision as the time that it covers, from start to before end, in UTC. zone is that
// of dates without an offset. Seconds may have a fraction, of which microseconds count.
func ParsePeriod(s string, zone *time.Location) (start, end time.Time, err error) {
	p := precisions[precisionOf(s)]
	strict := !strings.Contains(s, ",") && (len(s) <= 13 || s[13] == ':') // package time reads 5,5 seconds and 8 o'clock
	if t, err := time.ParseInLocation(p.layout, s, zone); err == nil && strict {
		if p.add != nil {
			return t.UTC(), p.add(t).UTC(), nil
		}
		unit := time.Second
		if _, fraction, ok := strings.Cut(s, "."); ok {
			digits := len(fraction) - len(strings.TrimLeft(fraction, "0123456789"))
			for range min(digits, 6) {
				unit /= 10
			}
		}
		t = t.UTC().Truncate(time.Microsecond)
		return t, t.Add(unit), nil
	}
	return start, end, fault.New(fault.Malformed, "%q is not a date or time of FHIR, such as 2026-11-21 or 2026-11-21T08:30:00+08:00.", clip([]byte(s))).WithIssue("value")
}
