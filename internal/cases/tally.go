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

// Counted is what figures of cases go by.
type Counted struct {
	stateOf
	Institution     string // that answers for it
	Open            bool
	Begun, Due, End time.Time // Due of an open one, End of one that has ended
}

// stateOf is a state of a process. It is coded where the process has states of its own, beside those of Tasks.
type stateOf struct {
	Process, State string
	coded          bool
}

// CountedOf reads a case.
func CountedOf(r fhir.Resource) Counted {
	t, at := r.Root, func(n fhir.Node) time.Time {
		at, _ := time.Parse(time.RFC3339Nano, n.Str())
		return at
	}
	c := Counted{Open: slices.Contains(openStatuses, t.Get("status").Str()), Begun: at(t.Get("authoredOn"))}
	c.Process, c.State = t.Get("code").Get("coding").First().Get("code").Str(), t.Get("status").Str()
	if own := t.Get("businessStatus").Get("coding").First(); own.Get("system").Str() == process.SystemProcess+":"+c.Process {
		c.State, c.coded = own.Get("code").Str(), true
	}
	c.Institution, _ = r.Extended(gate.Custodian)
	if c.Open {
		c.Due = at(t.Get("restriction").Get("period").Get("end"))
	} else {
		c.End = at(t.Get("lastModified"))
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

func (t *tally) add(c Counted) {
	loads := []*load{at(t.processes, c.Process), at(t.states, c.stateOf)}
	if c.Institution != "" {
		loads = append(loads, at(t.institutions, c.Institution))
	}
	for _, l := range loads {
		if !c.Open {
			l.Ended++
			t.took[l] = append(t.took[l], int(c.End.Sub(c.Begun)/time.Minute))
			continue
		}
		l.Open++
		switch {
		case c.Due.IsZero():
		case !c.Due.After(t.now):
			l.Overdue++
		case !c.Due.After(t.tomorrow):
			l.Today++
		}
	}
	if !c.Begun.Before(t.since) {
		t.on(c.Begun).Begun++
	}
	if !c.Open {
		t.on(c.End).Ended++
	} else if c.Due.After(t.now) && c.Due.Before(t.now.AddDate(1, 0, 0)) {
		t.on(c.Due.Add(-time.Microsecond)).Due++ // what ends with a day falls due on it
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

// Times are the median of how long things took, and the time in which nine of ten were done (nearest rank); nil of nothing.
func Times(minutes []int) (median, ninth *int) {
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
			l.Median, l.Ninth = Times(t.took[all[key]])
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
