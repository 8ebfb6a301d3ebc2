package alliance

import (
	"context"
	"strings"

	"yitong/internal/cases"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
)

// extensionCapacity names the extension of a HealthcareService that says how many referrals the department takes a day (valueInteger).
const extensionCapacity = "urn:yitong:referrals-a-day"

// place is a department that can be asked.
type place struct {
	name     string
	capacity *int
	own      bool // of the institution that looks
}

// directory are departments, by their references.
type directory map[string]place

var (
	typeAffiliation, _ = schema.TypeOf("OrganizationAffiliation")
	typeProvenance, _  = schema.TypeOf("Provenance")
	typeService, _     = schema.TypeOf("HealthcareService")
)

// directory are the departments that count for a board: of what was received the institution's own; of what was sent those that take
// referrals by the agreements of its alliances.
func (l looking) directory(ctx context.Context, s *gate.Session) (directory, error) {
	if l.side == Received {
		return l.services(ctx, s, search.Pair{Name: "organization", Value: l.institution})
	}
	var alliances, taking []string
	criteria := []search.Pair{{Name: "active", Value: "true"}, {Name: "participating-organization", Value: l.institution}}
	_, err := cases.Each(ctx, s, typeAffiliation, departmentsMost, criteria, func(r fhir.Resource) bool {
		alliances = append(alliances, r.Root.Get("organization").Get("reference").Str())
		return true
	})
	if err != nil || alliances == nil {
		return directory{}, err
	}
	criteria = []search.Pair{{Name: "active", Value: "true"}, {Name: "primary-organization", Value: anyOf(alliances)}}
	_, err = cases.Each(ctx, s, typeAffiliation, departmentsMost, criteria, func(r fhir.Resource) bool {
		for service := r.Root.Get("healthcareService").First(); service.Exists(); service = service.Next() {
			_, id, _ := strings.Cut(service.Get("reference").Str(), "/")
			if r.Root.Get("participatingOrganization").Get("reference").Str() != l.institution {
				taking = append(taking, search.Escape(id))
			}
		}
		return true
	})
	if err != nil || taking == nil {
		return directory{}, err
	}
	return l.services(ctx, s, search.Pair{Name: "_id", Value: anyOf(taking[:min(len(taking), departmentsMost+1)])})
}

func (l looking) services(ctx context.Context, s *gate.Session, criterion search.Pair) (directory, error) {
	all := directory{}
	_, err := cases.Each(ctx, s, typeService, departmentsMost+1, []search.Pair{criterion}, func(r fhir.Resource) bool {
		p := place{name: cases.Called(r), own: r.Root.Get("providedBy").Get("reference").Str() == l.institution}
		for e := r.Root.Get("extension").First(); e.Exists(); e = e.Next() {
			if n, is := e.Get("valueInteger").Int(); is && e.Get("url").Str() == extensionCapacity {
				a := int(n)
				p.capacity = &a
			}
		}
		all[fhir.Ref{Type: typeService, ID: r.ID}.String()] = p
		return true
	})
	return all, err
}
