package naive

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// span is a time from lo to before hi, in microseconds since 1970, UTC.
type span struct{ lo, hi int64 }

// The open ends of a span.
const (
	always = math.MinInt64
	never  = math.MaxInt64
)

var dateForm = regexp.MustCompile(`^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?)?)?)?$`)

// dateSpan is the time that a date of any precision covers. zone is that of dates without an offset.
func dateSpan(text string, zone *time.Location) (span, error) {
	m := dateForm.FindStringSubmatch(text)
	if m == nil {
		return span{}, fmt.Errorf("%q is no date", text)
	}
	zone, err := offset(m[8], zone)
	if err != nil {
		return span{}, err
	}
	field := func(i, otherwise int) int {
		if m[i] == "" {
			return otherwise
		}
		n, _ := strconv.Atoi(m[i]) // two or four digits
		return n
	}
	year, month, day := field(1, 0), field(2, 1), field(3, 1)
	hour, minute, second := field(4, 0), field(5, 0), field(6, 0)
	start := time.Date(year, time.Month(month), day, hour, minute, second, 0, zone)
	if y, mo, d := start.Date(); y != year || int(mo) != month || d != day || hour > 23 || minute > 59 || second > 59 {
		return span{}, fmt.Errorf("%q is not in the calendar", text)
	}
	switch {
	case m[2] == "":
		return span{start.UnixMicro(), time.Date(year+1, 1, 1, 0, 0, 0, 0, zone).UnixMicro()}, nil
	case m[3] == "":
		return span{start.UnixMicro(), time.Date(year, time.Month(month)+1, 1, 0, 0, 0, 0, zone).UnixMicro()}, nil
	case m[4] == "":
		return span{start.UnixMicro(), time.Date(year, time.Month(month), day+1, 0, 0, 0, 0, zone).UnixMicro()}, nil
	case m[6] == "":
		return span{start.UnixMicro(), start.UnixMicro() + 60_000_000}, nil
	}
	lo, width := start.UnixMicro(), int64(1_000_000)
	for i, digit := range m[7] {
		if i == 6 {
			break
		}
		width /= 10
		lo += int64(digit-'0') * width
	}
	return span{lo, lo + width}, nil
}

// offset is the zone of Z or +08:00, or the other one if there is none.
func offset(text string, otherwise *time.Location) (*time.Location, error) {
	switch text {
	case "":
		return otherwise, nil
	case "Z":
		return time.UTC, nil
	}
	hours, _ := strconv.Atoi(text[1:3])
	minutes, _ := strconv.Atoi(text[4:])
	if hours > 14 || minutes > 59 {
		return nil, fmt.Errorf("%s is no offset", text)
	}
	seconds := hours*3600 + minutes*60
	if text[0] == '-' {
		seconds = -seconds
	}
	return time.FixedZone(text, seconds), nil
}

// spans are the times in a node: of a date, a Period or a Timing.
func (r *Record) spans(n node) []span {
	switch n.typ {
	case "date", "dateTime", "instant":
		if s, err := dateSpan(text(n.value), r.Zone); err == nil {
			return []span{s}
		}
	case "Period":
		return r.ends(member(n.value, "start"), member(n.value, "end"))
	case "Timing":
		var all []span
		for _, event := range list(member(n.value, "event")) {
			all = append(all, r.spans(node{value: event, typ: "dateTime"})...)
		}
		if bounds := member(member(n.value, "repeat"), "boundsPeriod"); bounds != nil {
			all = append(all, r.spans(node{value: bounds, typ: "Period"})...)
		}
		if len(all) == 0 {
			return nil
		}
		whole := all[0]
		for _, s := range all {
			whole = span{min(whole.lo, s.lo), max(whole.hi, s.hi)}
		}
		return []span{whole}
	}
	return nil
}

// ends is the span of a Period; a side that is missing is open. One without either side is no time at all.
func (r *Record) ends(start, end any) []span {
	from, startErr := dateSpan(text(start), r.Zone)
	to, endErr := dateSpan(text(end), r.Zone)
	switch {
	case startErr != nil && endErr != nil:
		return nil
	case startErr != nil:
		return []span{{always, to.hi}}
	case endErr != nil:
		return []span{{from.lo, never}}
	case to.hi < from.lo: // it ends before it begins
		return nil
	}
	return []span{{from.lo, to.hi}}
}

var prefixes = []string{"eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"}

// cutPrefix takes the prefix off a value; without one it is eq.
func cutPrefix(value string) (prefix, rest string) {
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(value, p); ok {
			return p, rest
		}
	}
	return "eq", value
}

// dateMatches compares the span of a value asked for with that of a resource.
func dateMatches(prefix string, asked, has span, now time.Time) bool {
	a, b, lo, hi := asked.lo, asked.hi, has.lo, has.hi
	equal := a <= lo && hi <= b
	switch prefix {
	case "eq":
		return equal
	case "ne":
		return !equal
	case "gt":
		return hi > b
	case "lt":
		return lo < a
	case "ge":
		return hi > b || equal
	case "le":
		return lo < a || equal
	case "sa":
		return lo >= b
	case "eb":
		return hi <= a
	case "ap":
		away := now.UnixMicro() - (a + (b-a)/2)
		wide := max(away, -away) / 10
		return lo < b+wide && hi > a-wide
	}
	panic("no prefix " + prefix)
}
