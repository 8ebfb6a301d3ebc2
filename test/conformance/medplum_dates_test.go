//go:build conformance

package conformance

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// prefixes of dates; only ap is a different span in each implementation.
var prefixes = []string{"", "eq", "ne", "lt", "gt", "le", "ge", "sa", "eb"}

// dates asks for the beginnings and ends of values: their year, month, day, second and millisecond.
func (p *plan) dates(q *parameter) {
	drawn := p.draw(q, func(v value) string {
		switch {
		case slices.Contains(q.Types, "Timing"):
			return hollow
		case rollsOver(v):
			return shortMonths
		}
		return ""
	})
	for _, v := range drawn {
		at := v.Start
		if at == "" || v.End != "" && p.IntN(4) == 0 {
			at = v.End
		}
		for _, length := range []int{4, 7, 10, 19, 23} {
			text := at[:length]
			if length > 10 {
				text += "Z"
			}
			if month, err := time.Parse("2006-01", text); err == nil && month.AddDate(0, 1, -1).Day() < 31 {
				p.skipped[shortMonths]++
			} else if !holds(q, text) {
				p.skipped[overlapping]++
			} else {
				p.ask(q, "", prefixes[p.IntN(len(prefixes))]+text)
			}
		}
	}
	if slices.Equal(q.Types, []string{"date"}) && !slices.ContainsFunc(q.Values, func(v value) bool { return !v.aDay() }) {
		p.add(question{of: q.of, query: "_sort=" + q.Name, shape: "_sort", ordered: true})
	}
}

// aDay tells whether a value is a whole day, so that its text sorts as it does.
func (v value) aDay() bool {
	return len(v.Start) > 10 && v.Start[10:] == "T00:00:00.000Z" && v.End == v.Start[:10]+"T23:59:59.999Z"
}

// rollsOver tells whether a value is a month that Medplum ends in the next one.
func rollsOver(v value) bool {
	return strings.HasSuffix(v.Start, "-01T00:00:00.000Z") && strings.HasSuffix(v.End, "T23:59:59.999Z") &&
		v.Start[:7] < v.End[:7] && v.End[8:10] <= "03"
}

// holds tells whether a date holds all values of the parameter that it touches, and more of them than an end.
func holds(q *parameter, text string) bool {
	text = strings.TrimSuffix(text, "Z")
	first, last := text+"0000-01-01T00:00:00.000"[len(text):], text+"0000-12-31T23:59:59.999"[len(text):]
	for _, v := range q.Values {
		start, end := strings.TrimSuffix(v.Start, "Z"), cmp.Or(strings.TrimSuffix(v.End, "Z"), "9999")
		if end < start || start <= last && end >= first && (start < first || end > last || start == last || end == first) {
			return false
		}
	}
	return true
}
