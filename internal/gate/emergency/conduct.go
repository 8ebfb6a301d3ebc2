package emergency

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"yitong/internal/fhir"
)

// Made is a use that somebody has made.
type Made struct {
	Practitioner, Institution string
	Resident                  fhir.Ref  // the Patient that stands for them
	At                        time.Time // by the region's clocks
	Due                       time.Time // of the review
	Reviewed, Unjustified     bool
	Visited                   bool // the resident was at the institution around that time
}

// Conduct is what the uses of one practitioner come to.
type Conduct struct {
	Practitioner, Name string
	Institutions       []string // at which they were made
	Counts             map[Pattern]int
	Open, Overdue      int     // reviews that have not been done, and those of them that should have been
	Often              []Often // the residents with several uses, most first
	Patterns           []Pattern
	Severity           int // of all patterns together
}

// Often is a resident whose record one practitioner has opened several times.
type Often struct {
	Resident fhir.Ref
	Masked   string // name
	Times    int
}

// Conducts sums uses up, a line for each practitioner: the one with the most severe patterns first, then the one with the
// most uses.
func (r Rules) Conducts(uses []Made, now time.Time) []Conduct {
	of := map[string][]Made{}
	for _, u := range uses {
		of[u.Practitioner] = append(of[u.Practitioner], u)
	}
	all := make([]Conduct, 0, len(of))
	for who, made := range of {
		all = append(all, r.conduct(who, made, now))
	}
	slices.SortFunc(all, func(a, b Conduct) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(b.Counts[Many], a.Counts[Many]), strings.Compare(a.Practitioner, b.Practitioner))
	})
	return all
}

// conduct sums the uses of one practitioner up.
func (r Rules) conduct(who string, uses []Made, now time.Time) Conduct {
	c := Conduct{Practitioner: who, Counts: map[Pattern]int{Many: len(uses)}}
	times := map[fhir.Ref]int{}
	for _, u := range uses {
		times[u.Resident]++
		if !slices.Contains(c.Institutions, u.Institution) {
			c.Institutions = append(c.Institutions, u.Institution)
		}
		for p, is := range map[Pattern]bool{Unjustified: u.Unjustified, Unvisited: !u.Visited, AtNight: r.Night.in(u.At)} {
			if is {
				c.Counts[p]++
			}
		}
		if !u.Reviewed {
			c.Open++
			if !now.Before(u.Due) {
				c.Overdue++
			}
		}
	}
	slices.Sort(c.Institutions)
	for resident, n := range times {
		c.Counts[Repeated] = max(c.Counts[Repeated], n)
		if n > 1 {
			c.Often = append(c.Often, Often{Resident: resident, Times: n})
		}
	}
	slices.SortFunc(c.Often, func(a, b Often) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), strings.Compare(a.Resident.ID, b.Resident.ID))
	})
	for _, p := range Patterns() {
		if t := r.Patterns[p]; c.Counts[p] >= t.From {
			c.Patterns, c.Severity = append(c.Patterns, p), c.Severity+t.Severity
		}
	}
	return c
}
