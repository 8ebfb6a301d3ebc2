package main

import (
	"cmp"
	"strings"

	"yitong/internal/app/region"
	"yitong/internal/fhir"
	"yitong/internal/fhir/profiles"
	"yitong/internal/gate"
)

// workplace is where most of the demo's staff work: staff see the residents of their institution.
const workplace = "Organization/" + region.Centre

// shownPerson is a resident of the region who is shown to people.
type shownPerson struct{ name, called, phone, number string }

// id is that of the Patient.
func (p shownPerson) id() string { return strings.TrimPrefix(p.name, "Patient/") }

// shown are people of the region to look at: a patient of the centre where the demo's staff work, somebody who acts for another one
// there, that other one, and a resident of another centre.
type shown struct {
	resident, proxy, ward, elsewhere shownPerson

	hospital string            // what the hospital is called that leads the alliance
	staff    map[string]string // what people of staff are called, by their references
}

// called is what somebody of staff is called.
func (s *shown) called(m member) string { return cmp.Or(m.called, s.staff[m.reference()]) }

// see takes up the people of a bundle.
func (s *shown) see(bundle []byte) error {
	if s.resident.name != "" && s.proxy.name != "" && s.elsewhere.name != "" {
		return nil
	}
	tree, err := fhir.Parse(bundle)
	if err != nil {
		return err
	}
	people := map[string]shownPerson{} // of the centre
	for e := tree.Root().Get("entry").First(); e.Exists(); e = e.Next() {
		r, err := fhir.ReadResource(e.Get("resource"))
		if err != nil {
			return err
		}
		keeper, _ := r.Extended(gate.Custodian)
		switch r.Type.String() {
		case "Organization":
			if r.ID == region.Hospital {
				s.hospital = r.Root.Get("name").Str()
			}
		case "Practitioner":
			s.meet(r)
		case "Patient":
			p := readPerson(r)
			if keeper == workplace {
				people[p.name] = p
			} else if s.elsewhere.name == "" && p.number != "" {
				s.elsewhere = p
			}
		case "Consent":
			to, of := people[r.Root.Get("provision").Get("actor").Item(0).Get("reference").Get("reference").Str()], people[r.Root.Get("patient").Get("reference").Str()]
			if s.proxy.name == "" && to.signs() && of.number != "" {
				s.proxy, s.ward = to, of
			}
		case "Condition": // somebody with a record to look at
			p := people[r.Root.Get("subject").Get("reference").Str()]
			lasts := r.Root.Get("category").Item(0).Get("coding").Item(0).Get("code").Str() == "problem-list-item"
			if s.resident.name == "" && p.signs() && lasts && p.name != s.proxy.name {
				s.resident = p
			}
		}
	}
	return nil
}

// meet takes up somebody of staff.
func (s *shown) meet(r fhir.Resource) {
	if s.staff == nil {
		s.staff = map[string]string{}
	}
	s.staff[r.Type.String()+"/"+r.ID] = r.Root.Get("name").Item(0).Get("text").Str()
}

// signs tells whether somebody can sign in: by phone, and by a citizen ID number that verifies the name.
func (p shownPerson) signs() bool { return p.phone != "" && p.number != "" }

func readPerson(r fhir.Resource) shownPerson {
	if r.Root.Get("deceasedDateTime").Exists() {
		return shownPerson{}
	}
	p := shownPerson{
		name: r.Type.String() + "/" + r.ID, called: r.Root.Get("name").Item(0).Get("text").Str(), phone: r.Root.Get("telecom").Item(0).Get("value").Str(),
	}
	for id := r.Root.Get("identifier").First(); id.Exists(); id = id.Next() {
		if id.Get("system").Str() == profiles.CitizenID {
			p.number = id.Get("value").Str()
		}
	}
	return p
}
