package main

const parameterURL = "http://hl7.org/fhir/SearchParameter/"

// slips are the places where R4's definitions are not what the specification means, with what it does mean.
var slips = []struct{ parameter, is, meant string }{
	// The type is missing.
	{"InsurancePlan-name", "name | alias", "InsurancePlan.name | InsurancePlan.alias"},
	// There is no type DateTime.
	{"Observation-code-value-date", "value.as(DateTime) | value.as(Period)", "value.as(dateTime) | value.as(Period)"},
	// The code is called by the parameter for the target, and the target by the one for the code.
	{"DocumentReference-relationship", parameterURL + "DocumentReference-relatesto", parameterURL + "DocumentReference-relation"},
	{"DocumentReference-relationship", parameterURL + "DocumentReference-relation", parameterURL + "DocumentReference-relatesto"},
}

// mend replaces slips in the expressions of a parameter and in what its components are.
func (p *parameter) mend() {
	p.Expression = p.meant(p.Expression)
	for i, c := range p.Component {
		p.Component[i].Expression = p.meant(c.Expression)
		p.Component[i].Definition = p.meant(c.Definition)
	}
}

func (p *parameter) meant(text string) string {
	for _, s := range slips {
		if s.parameter == p.ID && s.is == text {
			return s.meant
		}
	}
	return text
}
