package fhirpath

import (
	"strings"
	"time"
)

// precision is the finest part that a date or time states.
type precision uint8

const (
	precisionYear precision = iota
	precisionMonth
	precisionDay
	precisionHour
	precisionMinute
	precisionSecond // with its fraction, of which Value.scale counts the digits
)

// Dates and times are counted in microseconds, dates from 1 January of the year 0, times from midnight.
const (
	second = int64(1e6)
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour

	fractionDigits = 6                // of a second that count
	maxYear        = 9999             // FHIRPath, 4.1.5
	maxShift       = 14 * int64(hour) // the farthest that an offset is from UTC
	minOffset      = -12 * 60         // minutes
	maxOffset      = 14 * 60          // minutes
	epochDays      = 719528           // from 1 January of the year 0 to 1970
)

// units are the microseconds of what a precision counts, from hours to seconds.
var units = [...]int64{precisionDay: day, precisionHour: hour, precisionMinute: minute, precisionSecond: 1}

// civil is a date of the calendar.
type civil struct{ year, month, day int }

// days counts the days from 1 January of the year 0 (proleptic Gregorian).
func (c civil) days() int64 {
	y, m := int64(c.year), int64(c.month)
	if m <= 2 {
		y--
		m += 12
	}
	y += 400 // so that the divisions below are of positive numbers
	d := 365*y + y/4 - y/100 + y/400 + (153*(m-3)+2)/5 + int64(c.day) - 1
	return d + 60 - 146097
}

// civilOf is the date of a day counted from 1 January of the year 0.
func civilOf(days int64) civil {
	z := days - 60 + 146097
	era := z / 146097
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	c := civil{year: int(yoe + era*400 - 400), month: int(mp + 3), day: int(doy - (153*mp+2)/5 + 1)}
	if c.month > 12 {
		c.month -= 12
		c.year++
	}
	return c
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// digits reads n digits at the start of s.
func digits(s string, n int) (v int, ok bool) {
	if len(s) < n {
		return 0, false
	}
	for i := range n {
		c := s[i]
		if c < '0' || c > '9' {
			return 0, false
		}
		v = v*10 + int(c-'0')
	}
	return v, true
}

// parseDateTime reads a date or date and time of any precision. It is a DateTime, without a time too.
func parseDateTime(s string) (Value, bool) {
	v, rest, ok := scanDateTime(s)
	return v, ok && rest == ""
}

// scanDateTime reads the longest date and time at the start of s and gives the rest. ok is false when there is none or
// when it names no day of the calendar.
func scanDateTime(s string) (v Value, rest string, ok bool) {
	c := civil{month: 1, day: 1}
	if c.year, ok = digits(s, 4); !ok || c.year == 0 {
		return v, s, false
	}
	v.kind, rest = kindDateTime, s[4:]
	if n, ok := part(rest, '-'); ok {
		c.month, v.prec, rest = n, precisionMonth, rest[3:]
		if n, ok := part(rest, '-'); ok {
			c.day, v.prec, rest = n, precisionDay, rest[3:]
		}
	}
	if c.month < 1 || c.month > 12 || c.day < 1 || c.day > daysIn(c.year, c.month) {
		return v, s, false
	}
	v.num = c.days() * day
	if !strings.HasPrefix(rest, "T") {
		return v, rest, true
	}
	t, after, ok := scanTime(rest[1:])
	if !ok {
		return v, rest, !isDigit(rest[1:])
	}
	if v.prec != precisionDay {
		return v, s, false
	}
	v.num, v.prec, v.scale, rest = v.num+t.num, t.prec, t.scale, after
	return v.scanOffset(rest)
}

func isDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// part reads a separator and two digits.
func part(s string, separator byte) (int, bool) {
	if s == "" || s[0] != separator {
		return 0, false
	}
	return digits(s[1:], 2)
}

// scanOffset reads the offset behind a time, if there is one.
func (v Value) scanOffset(s string) (Value, string, bool) {
	if strings.HasPrefix(s, "Z") {
		v.zoned = true
		return v, s[1:], true
	}
	if len(s) < 6 || s[0] != '+' && s[0] != '-' {
		return v, s, true
	}
	h, okH := digits(s[1:], 2)
	m, okM := part(s[3:], ':')
	if !okH || !okM {
		return v, s, true
	}
	if v.offset = int16(h*60 + m); s[0] == '-' {
		v.offset = -v.offset
	}
	v.zoned = true
	return v, s[6:], m < 60 && v.offset >= -maxOffset && v.offset <= maxOffset
}

func parseTime(s string) (Value, bool) {
	v, rest, ok := scanTime(s)
	return v, ok && rest == ""
}

// scanTime reads the longest time at the start of s and gives the rest.
func scanTime(s string) (v Value, rest string, ok bool) {
	h, ok := digits(s, 2)
	if !ok || h > 23 {
		return v, s, false
	}
	v, rest = Value{kind: kindTime, prec: precisionHour, num: int64(h) * hour}, s[2:]
	n, ok := part(rest, ':')
	if !ok {
		return v, rest, true
	}
	if n > 59 {
		return v, s, false
	}
	v.prec, v.num, rest = precisionMinute, v.num+int64(n)*minute, rest[3:]
	if n, ok = part(rest, ':'); !ok {
		return v, rest, true
	}
	if n > 59 {
		return v, s, false
	}
	v.prec, v.num, rest = precisionSecond, v.num+int64(n)*second, rest[3:]
	if len(rest) < 2 || rest[0] != '.' || !isDigit(rest[1:]) {
		return v, rest, true
	}
	rest = rest[1:]
	for unit := second / 10; isDigit(rest); unit /= 10 {
		v.num += int64(rest[0]-'0') * unit
		v.scale = min(v.scale+1, fractionDigits)
		rest = rest[1:]
	}
	return v, rest, true
}

// instant is a moment as a DateTime to the millisecond, in its own zone.
func instant(t time.Time) Value {
	_, offset := t.Zone()
	v := dateOf(t)
	v.kind, v.prec, v.scale, v.zoned, v.offset = kindDateTime, precisionSecond, 3, true, int16(offset/60)
	v.num += timeOf(t)
	return v
}

func dateOf(t time.Time) Value {
	y, m, d := t.Date()
	return Value{kind: kindDate, prec: precisionDay, num: civil{y, int(m), d}.days() * day}
}

func timeOf(t time.Time) int64 {
	h, m, s := t.Clock()
	return int64(h)*hour + int64(m)*minute + int64(s)*second + int64(t.Nanosecond())/1e6*1000
}

// appendDate writes a date or time as far as it is known.
func (v *Value) appendDate(b []byte) []byte {
	if v.kind != kindTime {
		c := civilOf(v.num / day)
		b = appendPadded(b, uint64(c.year), 4)
		if v.prec >= precisionMonth {
			b = appendPadded(append(b, '-'), uint64(c.month), 2)
		}
		if v.prec >= precisionDay {
			b = appendPadded(append(b, '-'), uint64(c.day), 2)
		}
		if v.prec <= precisionDay {
			return b
		}
		b = append(b, 'T')
	}
	t := uint64(v.num % day)
	b = appendPadded(b, t/uint64(hour), 2)
	if v.prec >= precisionMinute {
		b = appendPadded(append(b, ':'), t/uint64(minute)%60, 2)
	}
	if v.prec >= precisionSecond {
		b = appendPadded(append(b, ':'), t/uint64(second)%60, 2)
		if v.scale > 0 {
			fraction := t % uint64(second) / uint64(powers[fractionDigits-v.scale])
			b = appendPadded(append(b, '.'), fraction, int(v.scale))
		}
	}
	return v.appendOffset(b)
}

func (v *Value) appendOffset(b []byte) []byte {
	offset := v.offset
	switch {
	case !v.zoned:
		return b
	case offset == 0:
		return append(b, 'Z')
	case offset < 0:
		b, offset = append(b, '-'), -offset
	default:
		b = append(b, '+')
	}
	b = appendPadded(b, uint64(offset/60), 2)
	return appendPadded(append(b, ':'), uint64(offset%60), 2)
}

// truncate is the start of what a date or time names when it is known to a coarser precision only.
func (v *Value) truncate(p precision) int64 {
	if p >= precisionDay {
		return v.num - v.num%units[p]
	}
	c := civilOf(v.num / day)
	if c.day = 1; p == precisionYear {
		c.month = 1
	}
	return c.days() * day
}

// compareDates compares two dates or two times part by part from the coarsest on. known is false where one of them ends
// before they differ, and where one has an offset, the other none, and the answer depends on it (FHIRPath, 6.1.1).
func compareDates(a, b *Value) (order int, known bool) {
	if a.kind != kindTime && a.prec > precisionDay && b.prec > precisionDay {
		switch {
		case a.zoned && b.zoned:
			a, b = a.utc(), b.utc()
		case a.zoned != b.zoned:
			return compareUnzoned(a, b)
		}
	}
	p := min(a.prec, b.prec)
	switch x, y := a.truncate(p), b.truncate(p); {
	case x < y:
		return -1, true
	case x > y:
		return 1, true
	}
	return 0, a.prec == b.prec
}

// compareUnzoned compares a time that has an offset with one that has none: they differ when they do so in every zone.
func compareUnzoned(a, b *Value) (order int, known bool) {
	d := a.utc().num - b.utc().num
	margin := maxShift + max(units[a.prec], units[b.prec])
	switch {
	case d < -margin:
		return -1, true
	case d > margin:
		return 1, true
	}
	return 0, false
}

func (v *Value) utc() *Value {
	u := *v
	u.num -= int64(v.offset) * minute
	u.offset = 0
	return &u
}
