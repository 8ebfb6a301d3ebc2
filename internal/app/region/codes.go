package region

import (
	"slices"
	"strings"

	"yitong/internal/fhir"
	"yitong/internal/fhir/profiles"
	"yitong/internal/fhir/r4"
	"yitong/internal/gate"
)

// base stands in front of the names that only this region uses. The domain is reserved for examples (RFC 2606).
const base = "https://yunxi.example/fhir/"

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
func claim(to r4.Resource, canonicals ...string) { describe(to, "", canonicals) }

// answer names the institution that answers for a resource, and the profiles that it keeps.
func answer(to r4.Resource, institution string, canonicals ...string) {
	reference := object("reference", "Organization/"+institution)
	custodian := slices.Concat([]byte(`"extension":[{"url":`), fhir.Quote(gate.Custodian), []byte(`,"valueReference":`), reference, []byte(`}]`))
	describe(to, string(custodian), canonicals)
}

// describe writes the meta of a resource: a member of it, "" for none, and the profiles.
func describe(to r4.Resource, member string, canonicals []string) {
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
	to.Meta().SetRaw([]byte("{" + strings.Join(members, ",") + "}"))
}

// named is a reference with the words that tell a reader whom it names.
type named struct{ ref, display string }

func (n named) in(to r4.Reference) {
	to.SetRaw(object("reference", n.ref, "display", n.display))
}

// quantity is an exact decimal with its unit in words and in UCUM.
type quantity struct{ value, unit, ucum string }

func (q quantity) in(to r4.Quantity) {
	text := object("unit", q.unit, "system", unitSystem, "code", q.ucum)
	to.SetRaw(slices.Concat([]byte(`{"value":`+q.value+`,`), text[1:]))
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

// address writes a postal address in the county: its own words, then the parts.
func address(to r4.Address, t *town, line string) {
	to.SetText(countyName + t.name + line)
	to.Line().Add(t.name + line)
	to.SetDistrict(countyName)
	to.SetCountry("CN")
}
