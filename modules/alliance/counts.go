package alliance

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"yitong/internal/cases"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/process"
)

// departmentsMost is of how many departments the cases are counted.
const departmentsMost = 200

// counts are what a board tells of the open referrals of an institution. How many there are is counted in the index alone; only what is
// overdue, and what is for today, is looked at.
type counts struct {
	whole       bool
	states      map[string]*boardState
	departments map[string]*boardDepartment
	directory   directory
}

// count counts, as the platform. The names of departments are those that the session sees. late are the overdue cases, nil where they are
// not known yet.
func (l looking) count(ctx context.Context, s *gate.Session, late []referral) (c *counts, err error) {
	c = &counts{whole: true, states: map[string]*boardState{}, departments: map[string]*boardDepartment{}}
	var today []referral
	lateWhole, todayWhole := true, true
	all, inner := errgroup.WithContext(ctx)
	all.Go(func() (err error) {
		if late != nil {
			return nil
		}
		late, lateWhole, err = l.looked(inner, append(l.among(nil), l.overdue(), search.Pair{Name: "_sort", Value: "deadline"}))
		return err
	})
	all.Go(func() (err error) {
		year, month, day := l.now.Date()
		from, to := time.Date(year, month, day, 0, 0, 0, 0, l.now.Location()), time.Date(year, month, day+1, 0, 0, 0, 0, l.now.Location())
		state := stateScheduled
		today, todayWhole, err = l.looked(inner, append(l.among(&state), search.Pair{Name: "deadline", Value: "ge" + from.Format(time.RFC3339)},
			search.Pair{Name: "deadline", Value: "lt" + to.Format(time.RFC3339)}))
		return err
	})
	all.Go(func() (err error) { c.directory, err = l.directory(inner, s); return err })
	if err := all.Wait(); err != nil {
		return nil, err
	}
	c.whole = lateWhole && todayWhole
	for _, f := range slices.Concat(late, today) { // which an agreement of another time may have let go there
		if _, is := c.directory[f.department]; !is && f.department != "" {
			c.directory[f.department] = place{}
		}
	}
	if err := l.fill(ctx, c); err != nil {
		return nil, err
	}
	for _, f := range late {
		if s := c.states[f.State]; s != nil {
			s.Overdue++
		}
		if d := c.departments[f.department]; d != nil {
			d.Overdue++
		}
	}
	for _, f := range today {
		if d := c.departments[f.department]; d != nil {
			d.Today++
		}
	}
	return c, nil
}

// looked are the cases that a search finds, at most [boardLooks].
func (l looking) looked(ctx context.Context, pairs []search.Pair) (all []referral, whole bool, err error) {
	whole, err = cases.Each(ctx, l.session, typeTask, boardLooks, pairs, func(r fhir.Resource) bool {
		all = append(all, referralOf(r))
		return true
	})
	return all, whole, err
}

// marked counts the open cases of the institution that have each of some marks.
func (l looking) marked(ctx context.Context, marks []string) ([]int, error) {
	var lists [][]search.Pair
	for _, one := range marks {
		lists = append(lists, []search.Pair{{Name: "business-status", Value: process.PartOf(string(l.side), l.institution, one)}})
	}
	return l.session.Counts(ctx, typeTask, lists)
}

// fill counts what is open in each state and at each department, all in one look.
func (l looking) fill(ctx context.Context, c *counts) error {
	var marks []string
	var into []*int
	add := func(mark string, to *int) { marks, into = append(marks, mark), append(into, to) }
	for _, s := range states() {
		if s.Final() {
			continue
		}
		one := &boardState{State: s.Code, Zh: s.Words.Zh, En: s.Words.En}
		c.states[s.Code] = one
		for _, code := range directions {
			add(inState(code, s.Code), &one.Waiting)
		}
	}
	known := slices.Sorted(maps.Keys(c.directory))
	if len(known) > departmentsMost {
		known, c.whole = known[:departmentsMost], false
	}
	for _, department := range known {
		p := c.directory[department]
		one := &boardDepartment{Department: form.Named{Reference: form.Reference(department), Display: p.name}, Capacity: p.capacity}
		c.departments[department] = one
		add(atStage(department, waiting), &one.Waiting)
		add(atStage(department, awaited), &one.Scheduled)
	}
	counted, err := l.marked(ctx, marks)
	if err != nil {
		return err
	}
	for i, n := range counted {
		*into[i] += n
	}
	maps.DeleteFunc(c.departments, func(department string, d *boardDepartment) bool {
		return d.Waiting+d.Scheduled == 0 && !c.directory[department].own
	})
	return nil
}

// byState are the states in their order in which there is something.
func (c *counts) byState() (all []boardState) {
	for _, s := range states() {
		if one := c.states[s.Code]; one != nil && one.Waiting > 0 {
			all = append(all, *one)
		}
	}
	return all
}

// byDepartment are the departments by name.
func (c *counts) byDepartment() (all []boardDepartment) {
	for _, d := range c.departments {
		all = append(all, *d)
	}
	slices.SortFunc(all, func(a, b boardDepartment) int {
		return cmp.Or(cmp.Compare(a.Department.Display, b.Department.Display), cmp.Compare(a.Department.Reference, b.Department.Reference))
	})
	return all
}

// anyOf are alternatives of a criterion.
func anyOf(values []string) string { return strings.Join(values, ",") }
