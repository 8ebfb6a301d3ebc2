package search

import (
	"math"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// period is the time from lo to before hi, in microseconds since 1970.
type period struct{ lo, hi int64 }

// always is a period that is open on both sides. The least number of all stands for no date in the index.
var always = period{math.MinInt64 + 1, math.MaxInt64}

func readPeriod(text string, zone *time.Location) (period, bool) {
	start, end, err := fhir.ParsePeriod(text, zone)
	if err != nil {
		return period{}, false
	}
	return period{start.UnixMicro(), end.UnixMicro()}, true
}

// periodOf is the time that an element covers, false for none that can be read.
func periodOf(at *path, n fhir.Node, zone *time.Location) (period, bool) {
	switch at.leaf.Type {
	case "Period":
		return between(n, zone)
	case "Timing":
		return timing(n, zone)
	case "date", "dateTime", "instant":
		return readPeriod(n.Str(), zone)
	}
	return period{}, false // such as the text or the age of a choice
}

// between is the time of a Period; a side that is not given is open.
func between(n fhir.Node, zone *time.Location) (period, bool) {
	p, any := always, false
	if start, ok := readPeriod(n.Get("start").Str(), zone); ok {
		p.lo, any = start.lo, true
	}
	if end, ok := readPeriod(n.Get("end").Str(), zone); ok {
		p.hi, any = end.hi, true
	}
	return p, any && p.lo < p.hi // what ends before it begins is no time
}

// timing is the time from the first to the last event, bounds included.
func timing(n fhir.Node, zone *time.Location) (all period, any bool) {
	take := func(p period, ok bool) {
		switch {
		case !ok:
		case !any:
			all, any = p, true
		default:
			all = period{min(all.lo, p.lo), max(all.hi, p.hi)}
		}
	}
	for e := n.Get("event").First(); e.Exists(); e = e.Next() {
		take(readPeriod(e.Str(), zone))
	}
	if bounds := n.Get("repeat").Get("boundsPeriod"); bounds.Exists() {
		take(between(bounds, zone))
	}
	return all, any
}

// dateValue is a date as it is asked for.
type dateValue struct {
	prefix prefix
	period
	zone *time.Location
}

func parseDate(text string, zone *time.Location, now time.Time) (*dateValue, error) {
	p, rest, err := cutPrefix(text)
	if err != nil {
		return nil, err
	}
	start, end, err := fhir.ParsePeriod(offset(rest, zone), zone)
	if err != nil {
		return nil, fault.From(err)
	}
	v := &dateValue{p, period{start.UnixMicro(), end.UnixMicro()}, zone}
	if p == "ap" {
		middle := v.lo + (v.hi-v.lo)/2
		tenth := now.UnixMicro() - middle
		if tenth = tenth / 10; tenth < 0 {
			tenth = -tenth
		}
		v.lo, v.hi = v.lo-tenth, v.hi+tenth
	}
	return v, nil
}

// offset gives a time without an offset, which R4 allows in a search alone, that of the zone.
func offset(text string, zone *time.Location) string {
	_, clock, ok := strings.Cut(text, "T")
	if !ok || strings.ContainsAny(clock, "Z+-") {
		return text
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return text + t.Format("Z07:00")
		}
	}
	return text
}

func (v *dateValue) matches(at *path, n fhir.Node) bool {
	p, ok := periodOf(at, n, v.zone)
	return ok && v.holds(p)
}

// holds compares a resource's period; ne is turned round by who asks.
func (v *dateValue) holds(p period) bool {
	within := v.lo <= p.lo && p.hi <= v.hi
	switch v.prefix {
	case "gt":
		return p.hi > v.hi
	case "lt":
		return p.lo < v.lo
	case "ge":
		return p.hi > v.hi || within
	case "le":
		return p.lo < v.lo || within
	case "sa":
		return p.lo >= v.hi
	case "eb":
		return p.hi <= v.lo
	case "ap":
		return p.lo < v.hi && p.hi > v.lo
	}
	return within // eq and ne
}
