package primitive

// The readers below give the number of bytes that they took from the start of s, 0 when they find another form there.
// Their Problem is about a number that is out of its range.

func date(s []byte) *Problem {
	n, p := calendar(s)
	if p == nil && (n == 0 || n != len(s)) {
		return dateForm
	}
	return p
}

func dateTime(s []byte) *Problem {
	n, p := calendar(s)
	switch {
	case p != nil:
		return p
	case n == dayLen && n < len(s):
		return moment(s[n:], dateTimeForm)
	case n == 0 || n != len(s):
		return dateTimeForm
	}
	return nil
}

func instant(s []byte) *Problem {
	n, p := calendar(s)
	switch {
	case p != nil:
		return p
	case n == dayLen:
		return moment(s[n:], instantForm)
	}
	return instantForm
}

func timeOfDay(s []byte) *Problem {
	n, p := clock(s)
	if p == nil && (n == 0 || n != len(s)) {
		return timeForm
	}
	return p
}

// Lengths of a date by how precise it is.
const (
	yearLen  = len("2026")
	monthLen = len("2026-11")
	dayLen   = len("2026-11-21")
)

// calendar reads a year, a month or a day.
func calendar(s []byte) (n int, p *Problem) {
	if len(s) < yearLen {
		return 0, nil
	}
	century, year := two(s), two(s[2:])
	if century < 0 || year < 0 {
		return 0, nil
	}
	if year += century * 100; year == 0 {
		return 0, yearRange
	}
	if len(s) == yearLen || s[yearLen] != '-' {
		return yearLen, nil
	}
	month, ok := part(s[yearLen:], '-')
	if !ok {
		return 0, nil
	}
	if month < 1 || month > 12 {
		return 0, monthRange
	}
	if len(s) == monthLen || s[monthLen] != '-' {
		return monthLen, nil
	}
	day, ok := part(s[monthLen:], '-')
	if !ok {
		return 0, nil
	}
	if day < 1 || day > daysOf(year, month) {
		return 0, dayRange
	}
	return dayLen, nil
}

// daysOf is the length of a month in the Gregorian calendar, which FHIR extends to years before its time as ISO 8601
// does.
func daysOf(year, month int) int {
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		return 29
	}
	return int("\x1f\x1c\x1f\x1e\x1f\x1e\x1f\x1f\x1e\x1f\x1e\x1f"[month-1])
}

// moment checks what follows a day: T, a time, and an offset. form is the answer to anything else.
func moment(s []byte, form *Problem) *Problem {
	if len(s) == 0 || s[0] != 'T' {
		return form
	}
	n, p := clock(s[1:])
	if p != nil {
		return p
	}
	if n == 0 {
		return form
	}
	return offset(s[1+n:], form)
}

// clock reads a time of day. A second 60 is taken at every minute, as the expressions of R4 do: when leap seconds
// come is not known in advance.
func clock(s []byte) (n int, p *Problem) {
	const length = len("08:30:00")
	if len(s) < length {
		return 0, nil
	}
	hour := two(s)
	minute, ok := part(s[2:], ':')
	second, also := part(s[5:], ':')
	if hour < 0 || !ok || !also {
		return 0, nil
	}
	if hour > 23 || minute > 59 || second > 60 {
		return 0, clockRange
	}
	if len(s) == length || s[length] != '.' {
		return length, nil
	}
	n = length + 1
	for n < len(s) && digit(s[n]) {
		n++
	}
	if n == length+1 {
		return 0, nil
	}
	return n, nil
}

// offset checks the offset that s must be.
func offset(s []byte, form *Problem) *Problem {
	switch {
	case len(s) == 0:
		return offsetMissing
	case len(s) == 1 && s[0] == 'Z':
		return nil
	case len(s) != len("+08:00") || s[0] != '+' && s[0] != '-':
		return form
	}
	hour := two(s[1:])
	minute, ok := part(s[3:], ':')
	switch {
	case hour < 0 || !ok:
		return form
	case minute > 59 || hour*60+minute > 14*60:
		return offsetRange
	}
	return nil
}

// part reads a separator and two digits.
func part(s []byte, separator byte) (int, bool) {
	if len(s) < 3 || s[0] != separator {
		return 0, false
	}
	n := two(s[1:])
	return n, n >= 0
}

// two reads the two digits at the start of s, which has two bytes; -1 if they are none.
func two(s []byte) int {
	_ = s[1]
	if !digit(s[0]) || !digit(s[1]) {
		return -1
	}
	return int(s[0]-'0')*10 + int(s[1]-'0')
}

func digit(c byte) bool { return c-'0' <= 9 }
