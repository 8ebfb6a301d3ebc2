package region

import (
	"fmt"
	"slices"
	"strings"

	"yitong/internal/fhir"
	"yitong/internal/fhir/profiles"
	"yitong/internal/fhir/r4"
	"yitong/internal/gate"
	"yitong/internal/rule"
)

// base stands in front of the names that only this region uses. The domain is reserved for examples (RFC 2606).
const base = "https://chenglan.example/fhir/"

// Systems of identifiers.
const (
	citizenSystem       = profiles.CitizenID
	recordSystem        = profiles.HealthRecord
	institutionSystem   = profiles.CreditCode
	birthSystem         = profiles.BirthCertificate
	licenceSystem       = profiles.PracticeLicence
	qualificationSystem = profiles.QualificationCertificate
)

// Systems of codes.
const (
	terminology      = "http://terminology.hl7.org/CodeSystem/"
	loincSystem      = "http://loinc.org"
	diseaseSystem    = "http://hl7.org/fhir/sid/icd-10"
	drugSystem       = "http://www.whocc.no/atc" // of vaccines too
	unitSystem       = "http://unitsofmeasure.org"
	departmentSystem = profiles.Departments
	ethnicSystem     = profiles.EthnicGroups
	roleSystem       = gate.RoleURL        // of roles that HL7 has no code for
	divisionSystem   = rule.SystemDivision // codes of GB/T 2260
)

// coding is a code with its Chinese designation.
type coding struct{ system, code, display string }

func disorder(code, display string) coding   { return coding{diseaseSystem, code, display} }
func atc(code, display string) coding        { return coding{drugSystem, code, display} }
func department(code, display string) coding { return coding{departmentSystem, code, display} }

// hl7 is a code of HL7's own systems.
func hl7(system, code, display string) coding { return coding{terminology + system, code, display} }

// object is a JSON object of names and strings, without the empty ones. What is known as a whole is written as a whole,
// because each edit reads the resource again.
func object(pairs ...string) []byte {
	text := []byte{'{'}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			continue
		}
		if len(text) > 1 {
			text = append(text, ',')
		}
		text = append(text, fhir.Quote(pairs[i])...)
		text = append(text, ':')
		text = append(text, fhir.Quote(pairs[i+1])...)
	}
	return append(text, '}')
}

// in writes the code.
func (c coding) in(to r4.Coding) {
	to.SetRaw(object("system", c.system, "code", c.code, "display", c.display))
}

// as writes a concept of this one code; what has no code is text.
func (c coding) as(to r4.CodeableConcept) {
	if c.code == "" {
		to.SetText(c.display)
		return
	}
	c.in(to.Coding().Add())
}

// claim names the profiles that a resource keeps.
func claim(to r4.Resource, canonicals ...string) {
	to.Meta().SetRaw(describe("", canonicals))
}

// answer names the institution that answers for a resource, and the profiles that it keeps.
func answer(to r4.Resource, institution string, canonicals ...string) {
	to.Meta().SetRaw(answering(institution, canonicals...))
}

// answering is the meta of a resource: who answers for it, and its profiles.
func answering(institution string, canonicals ...string) []byte {
	reference := object("reference", "Organization/"+institution)
	custodian := slices.Concat([]byte(`"extension":[{"url":`), fhir.Quote(gate.Custodian), []byte(`,"valueReference":`), reference, []byte(`}]`))
	return describe(string(custodian), canonicals)
}

// describe is a meta: a member of it, "" for none, and the profiles.
func describe(member string, canonicals []string) []byte {
	var members []string
	if member != "" {
		members = append(members, member)
	}
	if len(canonicals) > 0 {
		var names []string
		for _, c := range canonicals {
			names = append(names, string(fhir.Quote(c)))
		}
		members = append(members, `"profile":[`+strings.Join(names, ",")+`]`)
	}
	return []byte("{" + strings.Join(members, ",") + "}")
}

// named is a reference with the words that tell a reader whom it names.
type named struct{ ref, display string }

func (n named) in(to r4.Reference) {
	to.SetRaw(object("reference", n.ref, "display", n.display))
}

// identify adds an identifier.
func identify(to r4.Items[r4.Identifier], use, system, value string, kind coding) {
	id := to.Add()
	id.SetUse(use)
	kind.as(id.Type())
	id.SetSystem(system)
	id.SetValue(value)
}

func phone(to r4.Items[r4.ContactPoint], use, number string) {
	point := to.Add()
	point.SetSystem("phone")
	point.SetValue(number)
	point.SetUse(use)
}

// address writes a postal address: its own words, then the parts, with the codes of the divisions where ISO 21090
// has them.
func address(to r4.Address, use string, s *street, line string) {
	of, in := s.district.above()
	text := fmt.Appendf(nil, `{"use":%q,"text":%q,"line":[%q]`, use, in.name+of.name+s.district.name+s.name+line, s.name+line)
	for _, part := range [...]struct {
		name string
		*division
	}{{"city", of}, {"district", s.district}, {"state", in}} {
		text = fmt.Appendf(text, `,%q:%q,"_%s":{"extension":[{"url":%q,"valueCoding":%s}]}`, part.name, part.division.name, part.name,
			divisionCode, object("system", divisionSystem, "code", part.code))
	}
	to.SetRaw(append(text, `,"country":"CN"}`...))
}

// divisionCode is the extension of a part of an address that holds its code.
const divisionCode = "http://hl7.org/fhir/StructureDefinition/iso21090-SC-coding"
