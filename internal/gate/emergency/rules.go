package emergency

import (
	"maps"
	"slices"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
)

// Rules are what a region settles about emergency access.
type Rules struct {
	Lasts      time.Duration         `yaml:"lasts"`      // of a permit
	Review     time.Duration         `yaml:"review"`     // until a use has to be reviewed
	Open       int                   `yaml:"open"`       // permits that one practitioner has at a time, at most
	Window     time.Duration         `yaml:"window"`     // before now, of the uses that are counted if nobody says otherwise
	Visit      time.Duration         `yaml:"visit"`      // around a use, in which a visit to the institution goes with it
	Night      Hours                 `yaml:"night"`      // by the region's clocks
	Patterns   map[Pattern]Threshold `yaml:"patterns"`   // that uses can make
	Complaints bilingual.Text        `yaml:"complaints"` // to whom residents turn who object
}

// Hours are those of a day from one full hour to before another, over midnight if the second is smaller.
type Hours struct {
	From int `yaml:"from"`
	To   int `yaml:"to"`
}

// in tells whether a time is in the hours, by the clock of its zone.
func (h Hours) in(t time.Time) bool {
	if h.From <= h.To {
		return h.From <= t.Hour() && t.Hour() < h.To
	}
	return h.From <= t.Hour() || t.Hour() < h.To
}

// Pattern is something about the uses of one practitioner that has to be looked into.
type Pattern string

// The patterns. Each counts the uses of one practitioner in a window of time.
const (
	Unjustified Pattern = "unjustified" // that were found to be so
	Unvisited   Pattern = "unvisited"   // for residents who were not at the institution around that time
	Repeated    Pattern = "repeated"    // for one and the same resident
	AtNight     Pattern = "night"       // at night
	Many        Pattern = "many"        // all of them
)

// Patterns are all, in a steady order.
func Patterns() []Pattern { return []Pattern{Unjustified, Unvisited, Repeated, AtNight, Many} }

// Threshold says when uses make a pattern, and how much that weighs against others.
type Threshold struct {
	From     int `yaml:"from"` // so many uses
	Severity int `yaml:"severity"`
}

// Bounds of what a region may settle.
const (
	lastsMost  = 72 * time.Hour
	reviewMost = 24 * time.Hour // later, and nobody remembers how it was
	openMost   = 20
	windowMost = 366 * 24 * time.Hour
	visitMost  = 30 * 24 * time.Hour
	hoursOfDay = 24
	severest   = 10
)

// Check refuses rules that leave something open, or by which emergency access would be no exception any more. The error is
// Malformed.
func (r Rules) Check() error {
	for _, one := range []struct {
		name     string
		is, most time.Duration
	}{{"lasts", r.Lasts, lastsMost}, {"review", r.Review, reviewMost}, {"window", r.Window, windowMost}, {"visit", r.Visit, visitMost}} {
		if one.is <= 0 || one.is > one.most {
			return fault.New(fault.Malformed, "emergency.%s is a time of at most %s, such as 8h.", one.name, one.most)
		}
	}
	switch {
	case r.Open < 1 || r.Open > openMost:
		return fault.New(fault.Malformed, "emergency.open is a number from 1 to %d.", openMost)
	case min(r.Night.From, r.Night.To) < 0 || max(r.Night.From, r.Night.To) >= hoursOfDay || r.Night.From == r.Night.To:
		return fault.New(fault.Malformed, "emergency.night goes from one hour to another, of 0 to %d.", hoursOfDay-1)
	case r.Complaints.Zh == "" || r.Complaints.En == "":
		return fault.New(fault.Malformed, "emergency.complaints says in Chinese (zh) and English (en) to whom residents turn.")
	}
	known := Patterns()
	for _, p := range slices.Sorted(maps.Keys(r.Patterns)) {
		if !slices.Contains(known, p) {
			return fault.New(fault.Malformed, "emergency.patterns names %q; there are %v.", p, known)
		}
	}
	for _, p := range known {
		if t := r.Patterns[p]; t.From < 1 || t.Severity < 1 || t.Severity > severest {
			return fault.New(fault.Malformed, "emergency.patterns.%s says from how many uses on (from), and how severe it is (severity, 1 to %d).", p, severest)
		}
	}
	return nil
}
