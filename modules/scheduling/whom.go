package scheduling

import (
	"context"
	"slices"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/profiles"
	"yitong/internal/form"
	"yitong/internal/gate"
)

// patient are the Patients of whom somebody books for, the one that stands for them all first: residents book for themselves, proxies for
// whom they act for, others for whom they see.
func (d Desk) patient(ctx context.Context, s *gate.Session, asked *form.Reference) ([]fhir.Ref, error) {
	who := s.Actor()
	named := fhir.Ref{}
	if asked != nil {
		named = fhir.ParseReference(string(*asked)).Ref
	}
	if who.Role == gate.Resident || who.Role == gate.Proxy {
		names, err := s.Names(ctx, who.Resident)
		if err != nil {
			return nil, err
		}
		if asked != nil && !slices.Contains(names, named) {
			return nil, fault.New(fault.Forbidden, "You can book for yourself and for whom you act for: change to that person first. 请先切换到您代办的居民再预约。")
		}
		return names, nil
	}
	if asked == nil {
		return nil, fault.New(fault.Malformed, "Say for whom it is: patient is missing. 请选择就诊人。").At("patient")
	}
	v, err := s.Read(ctx, named)
	if err != nil {
		return nil, err
	}
	r, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return nil, fault.Wrap(err, "reading a Patient")
	}
	if dead(r) {
		return nil, fault.New(fault.Unprocessable, "Nobody can be booked for who has died. 该居民已登记死亡。").At("patient")
	}
	if who.Role == gate.System { // it comes online, where it counts which visits the person has missed
		return s.Behalf(Process).Names(ctx, gate.Golden(r))
	}
	return []fhir.Ref{gate.Golden(r)}, nil
}

// whom are the Patients of whom a place is for: a person who is named, or who shows a card.
func (d Desk) whom(ctx context.Context, s *gate.Session, in asked) ([]fhir.Ref, error) {
	switch role := s.Actor().Role; {
	case in.Number == nil:
		return d.patient(ctx, s, in.Patient)
	case in.Patient != nil:
		return nil, fault.New(fault.Malformed, "Say for whom it is by patient or by number, not by both. 就诊人与证件号只填一项。").At("number")
	case role != gate.Guide && role != gate.Doctor && role != gate.Nurse && role != gate.Office:
		return nil, fault.New(fault.Forbidden, "By a number only those book who see the card, at the window or on the telephone. 只有窗口和电话预约可以按证件号办理。").At("number")
	}
	process := s.Behalf(Process)
	var names []fhir.Ref
	err := d.looksUp(s, func() (err error) {
		names, _, err = d.holder(ctx, process, *in.Number)
		return err
	})
	if fault.CodeOf(err) == fault.NotFound {
		return nil, fault.New(fault.NotFound, "Nobody is known by this number: register the person first. 未找到该证件号对应的居民，请先登记建档。").At("number")
	}
	if err != nil {
		return nil, err
	}
	r, err := d.read(ctx, process, names[0].String())
	if err == nil && dead(r) {
		err = fault.New(fault.Unprocessable, "Nobody can be booked for who has died. 该居民已登记死亡。").At("number")
	}
	return names[:1], err
}

// realName refuses who is not known by name and by a document of identity, be it at another institution. Residents and who acts for them
// have shown theirs to sign in.
func (d Desk) realName(ctx context.Context, s *gate.Session, names []fhir.Ref) error {
	for _, name := range names {
		r, err := d.read(ctx, s, name.String())
		if err != nil {
			return err
		}
		if documented(r) {
			return nil
		}
	}
	return fault.New(fault.Unprocessable, "Booking is by real name: register a document of identity for this person first. 实名制预约：请先为就诊人登记姓名和有效身份证件。").At("patient").WithIssue("business-rule")
}

// documented tells whether a Patient has a name and a document of identity, by the profile of residents.
func documented(patient fhir.Resource) bool {
	if !patient.Root.Get("name").First().Exists() {
		return false
	}
	for one := patient.Root.Get("identifier").First(); one.Exists(); one = one.Next() {
		if is, _ := document(one); is && one.Get("value").Str() != "" {
			return true
		}
	}
	return false
}

// healthCard is the kind of document that a QR code holds.
const healthCard = "109"

// document tells whether an identifier is the number of a document of identity, and whether that is a health card.
func document(identifier fhir.Node) (is, card bool) {
	if identifier.Get("use").Str() == "old" {
		return false, false
	}
	is = identifier.Get("system").Str() == profiles.CitizenID
	for kind := identifier.Get("type").Get("coding").First(); kind.Exists(); kind = kind.Next() {
		if kind.Get("system").Str() == profiles.IdentityDocuments {
			is, card = true, card || kind.Get("code").Str() == healthCard
		}
	}
	return is, card
}

// documentsOf is by what a number is searched for that may be of a document: those of the systems of documents, and those without one, which
// their kind tells.
func documentsOf(number string) string {
	var all []string
	for _, system := range []string{profiles.CitizenID, profiles.BirthCertificate, ""} {
		all = append(all, system+"|"+number)
	}
	return strings.Join(all, ",")
}

// dead tells whether a Patient is known to have died.
func dead(patient fhir.Resource) bool {
	return string(patient.Root.Get("deceasedBoolean").Raw()) == "true" || patient.Root.Get("deceasedDateTime").Exists()
}

// died calls off what is for somebody who has died, and tells whether that is so. Nobody is told.
func (d Desk) died(ctx context.Context, s *gate.Session, b booking) (bool, error) {
	r, err := d.read(ctx, s, b.patient.String())
	if err != nil || !dead(r) {
		return false, err
	}
	b.off(OffUntreated)
	return true, d.settle(ctx, s, b)
}
