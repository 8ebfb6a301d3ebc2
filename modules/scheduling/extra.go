package scheduling

import (
	"context"
	"slices"
	"time"

	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
)

// post is what a doctor is at a hospital (PractitionerRole).
type post struct {
	name string   // PractitionerRole/…
	at   []string // HealthcareService/…
}

// posts are those that a doctor has now at the institution where they work.
func (d Desk) posts(ctx context.Context, s *gate.Session, who gate.Actor) (all []post, err error) {
	if fhir.ParseReference(who.Reference).Ref.Type.String() != "Practitioner" {
		return nil, nil // an account without a resource has none
	}
	_, err = cases.Each(ctx, s, typePost, postsMost, []search.Pair{{Name: "practitioner", Value: who.Reference}, {Name: "organization", Value: who.Institution}}, func(r fhir.Resource) bool {
		if string(r.Root.Get("active").Raw()) != "false" {
			one := post{name: r.Type.String() + "/" + r.ID}
			for at := r.Root.Get("healthcareService").First(); at.Exists(); at = at.Next() {
				one.at = append(one.at, at.Get("reference").Str())
			}
			all = append(all, one)
		}
		return true
	})
	return all, err
}

// givenBy tells whether who has some posts gives the extra places of a segment: of a doctor's, that doctor alone; else each of the department.
func (g segment) givenBy(posts []post) bool {
	return slices.ContainsFunc(posts, func(p post) bool {
		if g.doctor != "" {
			return p.name == g.doctor
		}
		return slices.Contains(p.at, g.department)
	})
}

// gives refuses a doctor who gives an extra place of a segment that is not theirs.
func (d Desk) gives(ctx context.Context, s *gate.Session, g segment) error {
	posts, err := d.posts(ctx, s.Behalf(Process), s.Actor())
	if err == nil && !g.givenBy(posts) {
		err = fault.New(fault.Forbidden, "Extra places are for the doctor of the clinic to give, or for a doctor of the department where it has none. 加号由该门诊的医师办理；未指定医师的，由本科室医师办理。").At("reason")
	}
	return err
}

// extras tells of each segment how many extra places who asks may give, where they are a doctor who gives them.
func (d Desk) extras(ctx context.Context, s *gate.Session, all []segment, has map[string]map[int]bool, now time.Time) (map[fhir.Ref]int, error) {
	who := s.Actor()
	if who.Role != gate.Doctor || !slices.ContainsFunc(all, func(g segment) bool { return g.institution == who.Institution }) {
		return nil, nil
	}
	posts, err := d.posts(ctx, s.Behalf(Process), who)
	of := map[fhir.Ref]int{}
	for _, g := range all {
		if g.institution == who.Institution && g.givenBy(posts) {
			of[g.ref] = len(g.Open(AtDoctor, has[g.scope()], now))
		}
	}
	return of, err
}
