package cases

import (
	"iter"
	"maps"
	"slices"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/process"
)

// counted is what a board knows of a case.
type counted struct {
	stateOf
	institution     string // that answers for it
	open            bool
	begun, due, end time.Time
}

// stateOf is a state of a process. It is coded where the process has states of its own, beside those of Tasks.
type stateOf struct {
	process, state string
	coded          bool
}

// countedOf reads a case.
func countedOf(r fhir.Resource) counted {
	t, at := r.Root, func(n fhir.Node) time.Time {
		at, _ := time.Parse(time.RFC3339Nano, n.Str())
		return at
	}
	c := counted{open: slices.Contains(openStatuses, t.Get("status").Str()), begun: at(t.Get("authoredOn"))}
	c.process, c.state = t.Get("code").Get("coding").First().Get("code").Str(), t.Get("status").Str()
	if own := t.Get("businessStatus").Get("coding").First(); own.Get("system").Str() == process.SystemProcess+":"+c.process {
		c.state, c.coded = own.Get("code").Str(), true
	}
	c.institution, _ = r.Extended(gate.Custodian)
	if c.open {
		c.due = at(t.Get("restriction").Get("period").Get("end"))
	} else {
		c.end = at(t.Get("lastModified"))
	}
	return c
}

// tally counts cases. It is pure; days are those of the zone of now.
type tally struct {
	now, since, tomorrow time.Time
	processes            map[string]*load
	states               map[stateOf]*load
	institutions         map[string]*load
	took                 map[*load][]int // minutes
	daily                map[string]*boardDay
}

// newTally looks so many days back, today included.
func newTally(now time.Time, days int) *tally {
	year, month, day := now.Date()
	return &tally{
		now: now, since: time.Date(year, month, day-days+1, 0, 0, 0, 0, now.Location()), tomorrow: time.Date(year, month, day+1, 0, 0, 0, 0, now.Location()),
		processes: map[string]*load{}, states: map[stateOf]*load{}, institutions: map[string]*load{}, took: map[*load][]int{}, daily: map[string]*boardDay{},
	}
}

func (t *tally) add(c counted) {
	loads := []*load{at(t.processes, c.process), at(t.states, c.stateOf)}
	if c.institution != "" {
		loads = append(loads, at(t.institutions, c.institution))
	}
	for _, l := range loads {
		if !c.open {
			l.Ended++
			t.took[l] = append(t.took[l], int(c.end.Sub(c.begun)/time.Minute))
			continue
		}
		l.Open++
		switch {
		case c.due.IsZero():
		case !c.due.After(t.now):
			l.Overdue++
		case !c.due.After(t.tomorrow):
			l.Today++
		}
	}
	if !c.begun.Before(t.since) {
		t.on(c.begun).Begun++
	}
	if !c.open {
		t.on(c.end).Ended++
	} else if c.due.After(t.now) && c.due.Before(t.now.AddDate(1, 0, 0)) {
		t.on(c.due.Add(-time.Microsecond)).Due++ // what ends with a day falls due on it
	}
}

// on is the day of an instant.
func (t *tally) on(moment time.Time) *boardDay {
	day := moment.In(t.now.Location()).Format(time.DateOnly)
	d := at(t.daily, day)
	d.Day = form.Date(day)
	return d
}

// days are those on which there is something, the first first.
func (t *tally) days() (all []boardDay) {
	for _, day := range slices.Sorted(maps.Keys(t.daily)) {
		all = append(all, *t.daily[day])
	}
	return all
}

// times are the median of how long things took, and the time in which nine of ten were done (nearest rank); nil of nothing.
func times(minutes []int) (median, ninth *int) {
	n := len(minutes)
	if n == 0 {
		return nil, nil
	}
	sorted := slices.Sorted(slices.Values(minutes))
	middle := (sorted[(n-1)/2] + sorted[n/2]) / 2
	return &middle, &sorted[(9*n+9)/10-1]
}

// inOrder goes through what was counted by its keys, with the times that it took.
func inOrder[K comparable](t *tally, all map[K]*load, order func(a, b K) int) iter.Seq2[K, load] {
	return func(yield func(K, load) bool) {
		for _, key := range slices.SortedFunc(maps.Keys(all), order) {
			l := *all[key]
			l.Median, l.Ninth = times(t.took[all[key]])
			if !yield(key, l) {
				return
			}
		}
	}
}

// at is what a map has under a key, made where there is nothing.
func at[K comparable, V any](all map[K]*V, key K) *V {
	if all[key] == nil {
		all[key] = new(V)
	}
	return all[key]
}
