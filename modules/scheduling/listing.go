package scheduling

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"yitong/internal/cases"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/form"
	"yitong/internal/gate"
)

// listings are the departments of the directory, remembered for a moment: what changes there counts a little later.
type listings struct {
	known atomic.Pointer[listed]
	busy  sync.Mutex // of who reads them anew
}

type listed struct {
	at    time.Time
	all   []department
	whole bool
}

const listingLasts = 30 * time.Second

// listing are the active departments of the directory, or those of one institution, with where they are and whether they have clinics. Nobody
// changes them. whole is false where there are more.
func (d Desk) listing(ctx context.Context, s *gate.Session, institution *form.Reference) (all []department, whole bool, err error) {
	if institution != nil || d.listings == nil {
		return d.directory(ctx, s, institution)
	}
	l := d.listings
	known := l.known.Load()
	if known.fresh(s.Now()) {
		return known.all, known.whole, nil
	}
	if known == nil {
		l.busy.Lock() // who comes meanwhile waits for the same answer
	} else if !l.busy.TryLock() { // somebody reads them anew
		return known.all, known.whole, nil
	}
	defer l.busy.Unlock()
	if known = l.known.Load(); known.fresh(s.Now()) {
		return known.all, known.whole, nil
	}
	if all, whole, err = d.directory(ctx, s, nil); err == nil {
		l.known.Store(&listed{s.Now(), all, whole})
	}
	return all, whole, err
}

func (l *listed) fresh(now time.Time) bool {
	return l != nil && now.Sub(l.at).Abs() < listingLasts
}

// directory reads them.
func (d Desk) directory(ctx context.Context, s *gate.Session, institution *form.Reference) (all []department, whole bool, err error) {
	pairs := []search.Pair{{Name: "active", Value: "true"}}
	if institution != nil {
		pairs = append(pairs, search.Pair{Name: "organization", Value: string(*institution)})
	}
	whole, err = cases.Each(ctx, s, typeService, departmentsMost, pairs, func(r fhir.Resource) bool {
		if one := departmentOf(r); one.institution != "" {
			all = append(all, one)
		}
		return true
	})
	if err == nil {
		err = d.place(ctx, s, all)
	}
	if err == nil {
		err = d.clinicsOf(ctx, s, all)
	}
	return all, whole, err
}

// clinicsOf finds out which departments have a clinic.
func (d Desk) clinicsOf(ctx context.Context, s *gate.Session, all []department) error {
	have := map[string]bool{}
	for part := range slices.Chunk(all, idsAtOnce) {
		var of []string
		for _, one := range part {
			of = append(of, search.Escape(one.ref))
		}
		pairs := []search.Pair{{Name: "_tag", Value: System + "|" + tagClinic}, {Name: "active", Value: "true"}, {Name: "actor", Value: strings.Join(of, ",")}}
		_, err := cases.Each(ctx, s, typeSchedule, clinicsMost, pairs, func(r fhir.Resource) bool {
			have[r.Root.Get("actor").First().Get("reference").Str()] = true // the department is the first
			return true
		})
		if err != nil {
			return err
		}
	}
	for i := range all {
		all[i].booked = have[all[i].ref]
	}
	return nil
}
