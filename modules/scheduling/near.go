package scheduling

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/profiles"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/rule"
)

const (
	departmentsMost   = 5_000 // of the directory that are looked at for one answer
	departmentsAtOnce = 50    // of which segments are read together
	idsAtOnce         = 100
)

var (
	typeOrganization, _ = schema.TypeOf("Organization")
	typeLocation, _     = schema.TypeOf("Location")
)

// department is a department of the directory, and where it is.
type department struct {
	ref, name   string
	institution string // reference
	hospital    string // what it is called
	level       string
	region      string
	phone       string
	address     string
	specialties []string
	booked      bool // it has a clinic
	fit         int  // by which of the specialties that are asked for
	languages   []string
	location    string // reference of its first one
	at          position
	located     bool // km says how far it is
	km          float64
}

// fitting are the departments that are as somebody wants: the nearest first where a position is given, else by the order of
// specialties that are asked for, and those of higher hospitals first.
// whole is false where there are more in the directory than are looked at.
func (d Desk) fitting(ctx context.Context, s *gate.Session, w wanted) (all []*department, whole bool, err error) {
	if w.wrong != nil {
		return nil, false, w.wrong
	}
	asked := w.specialties
	if w.disease != nil {
		of, err := d.specialties(*w.disease, d.Region, s.Now())
		if err != nil {
			return nil, false, err
		}
		asked = append(slices.Clone(asked), of...)
	}
	list, whole, err := d.listing(ctx, s, w.institution)
	if err != nil {
		return nil, whole, err
	}
	for _, one := range list { // each a copy
		one.fit = treats(one.specialties, asked)
		if (len(asked) == 0 || one.fit >= 0) && one.speaks(w.language) && (one.booked || w.unbooked) {
			all = append(all, &one)
		}
	}
	all = slices.DeleteFunc(all, func(one *department) bool {
		if w.from != nil && one.located {
			one.km = w.from.to(one.at)
		} else {
			one.located = false
		}
		there := strings.HasPrefix(one.region, strings.TrimRight(w.region, "0")) && (w.km == 0 || one.located && one.km <= w.km)
		return !there || w.level != nil && string(*w.level) != one.level
	})
	slices.SortStableFunc(all, func(a, b *department) int {
		return cmp.Or(
			cmp.Compare(b2i(b.located), b2i(a.located)), cmp.Compare(a.km, b.km), cmp.Compare(a.fit, b.fit), strings.Compare(rank(b.level), rank(a.level)),
			strings.Compare(a.hospital, b.hospital), strings.Compare(a.ref, b.ref),
		)
	})
	return all, whole, nil
}

// b2i puts what is before what is not.
func b2i(is bool) int {
	if is {
		return 1
	}
	return 0
}

// rank orders the levels of hospitals.
func rank(level string) string {
	if level == "none" {
		return "0"
	}
	return level
}

// departmentOf reads a HealthcareService.
func departmentOf(r fhir.Resource) department {
	d := department{ref: typeService.String() + "/" + r.ID, name: cases.Called(r), institution: r.Root.Get("providedBy").Get("reference").Str()}
	d.specialties = codesIn(r.Root.Get("specialty"), profiles.Departments)
	d.languages = codesIn(r.Root.Get("communication"), languageSystem)
	d.location = r.Root.Get("location").First().Get("reference").Str()
	return d
}

// languageSystem is that of codes of languages (BCP 47).
const languageSystem = "urn:ietf:bcp:47"

// codesIn are the codes of a system in a list of concepts.
func codesIn(list fhir.Node, system string) (codes []string) {
	for c := list.First(); c.Exists(); c = c.Next() {
		for coding := c.Get("coding").First(); coding.Exists(); coding = coding.Next() {
			if coding.Get("system").Str() == system {
				codes = append(codes, coding.Get("code").Str())
			}
		}
	}
	return codes
}

// speaks tells whether one is understood there in a language: en is met by en-GB too. Chinese is spoken everywhere.
func (d *department) speaks(language *string) bool {
	if language == nil || *language == "zh" || *language == "zh-CN" {
		return true
	}
	return slices.ContainsFunc(d.languages, func(l string) bool { return l == *language || strings.HasPrefix(l, *language+"-") })
}

// place reads to which hospitals departments belong, and where these are.
func (d Desk) place(ctx context.Context, s *gate.Session, all []department) error {
	hospitals, locations := map[string]fhir.Resource{}, map[string]fhir.Resource{}
	for _, one := range all {
		hospitals[one.institution] = fhir.Resource{}
		if one.location != "" {
			locations[one.location] = fhir.Resource{}
		}
	}
	if err := gather(ctx, s, typeOrganization, hospitals); err != nil {
		return err
	}
	if err := gather(ctx, s, typeLocation, locations); err != nil {
		return err
	}
	for i := range all {
		one := &all[i]
		h := hospitals[one.institution]
		one.hospital, one.level, one.region = cases.Called(h), levelOf(h), rule.Where(h)
		one.phone, one.address = phoneOf(h), h.Root.Get("address").First().Get("text").Str()
		at := locations[one.location].Root.Get("position")
		latitude, e1 := strconv.ParseFloat(string(at.Get("latitude").Raw()), 64)
		longitude, e2 := strconv.ParseFloat(string(at.Get("longitude").Raw()), 64)
		one.at, one.located = position{latitude, longitude}, e1 == nil && e2 == nil
	}
	return nil
}

// phoneOf is a number at which an institution is called, "" for none.
func phoneOf(r fhir.Resource) string {
	for t := r.Root.Get("telecom").First(); t.Exists(); t = t.Next() {
		if t.Get("system").Str() == "phone" {
			return t.Get("value").Str()
		}
	}
	return ""
}

// gather reads the resources of a type that a map names, into it.
func gather(ctx context.Context, s *gate.Session, t schema.Type, into map[string]fhir.Resource) error {
	var ids []string
	for name := range into {
		if ref := fhir.ParseReference(name).Ref; ref.Type == t {
			ids = append(ids, ref.ID)
		}
	}
	slices.Sort(ids)
	for part := range slices.Chunk(ids, idsAtOnce) {
		_, err := cases.Each(ctx, s, t, len(part), []search.Pair{{Name: "_id", Value: strings.Join(part, ",")}}, func(r fhir.Resource) bool {
			into[t.String()+"/"+r.ID] = r
			return true
		})
		if err != nil {
			return fault.Wrap(err, "reading where departments are")
		}
	}
	return nil
}
