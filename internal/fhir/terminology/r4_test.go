package terminology

import (
	"slices"
	"testing"
)

const (
	fhirSet  = "http://hl7.org/fhir/ValueSet/"
	hl7Set   = "http://terminology.hl7.org/ValueSet/"
	actCode  = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
	actMood  = "http://terminology.hl7.org/CodeSystem/v3-ActMood"
	roleCode = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
)

// Answers about sets that everybody uses, taken from the pages of the specification.
func TestHas(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		set, system, code string
		want              Answer
	}{
		{fhirSet + "administrative-gender", "", "female", In},
		{fhirSet + "administrative-gender", "http://hl7.org/fhir/administrative-gender", "other", In},
		{fhirSet + "administrative-gender|4.0.1", "", "unknown", In},
		{fhirSet + "administrative-gender", "", "Female", Out}, // case counts
		{fhirSet + "administrative-gender", "", "f", Out},
		{fhirSet + "administrative-gender", "", "", Out},
		{fhirSet + "administrative-gender", "http://example.org", "female", Out},
		{fhirSet + "observation-status", "", "entered-in-error", In},
		{fhirSet + "observation-status", "", "finished", Out},
		{fhirSet + "all-types", "", "Patient", In},
		{fhirSet + "all-types", "", "HumanName", In},
		{fhirSet + "all-types", "", "Type", In},
		{fhirSet + "all-types", "", "Human", Out},
		{fhirSet + "resource-types", "", "Patient", In},
		{fhirSet + "resource-types", "", "HumanName", Out},
		{fhirSet + "defined-types", "", "xhtml", In},

		{fhirSet + "all-languages", "", "zh-Hant-HK", In},
		{fhirSet + "all-languages", languagesURL, "de-CH-1996", In},
		{fhirSet + "all-languages", "", "qqqq", Out},
		{fhirSet + "all-languages", "", "english", Out},
		{fhirSet + "languages", "", "zh-CN", In},
		{fhirSet + "languages", "", "zh-cn", In}, // tags have no case
		{fhirSet + "languages", "", "zh-Hant-HK", Out},
		{fhirSet + "mimetypes", "", "text/plain; charset=utf-8", In},
		{fhirSet + "mimetypes", "", "json", Unknown},
		{fhirSet + "mimetypes", "", "text", Out},
		{fhirSet + "currencies", "", "CNY", In},
		{fhirSet + "currencies", "", "HRK", In}, // retired, but an amount of 2020 stays one
		{fhirSet + "currencies", "", "RMB", Out},
		{fhirSet + "ucum-units", "", "mm[Hg]", In},
		{fhirSet + "ucum-units", "", "mmHg", Out},
		{fhirSet + "units-of-time", "", "wk", In},
		{fhirSet + "units-of-time", "", "week", Out},
		{fhirSet + "all-time-units", "", "ms", In},
		{fhirSet + "all-time-units", "", "mo", In},
		{fhirSet + "all-time-units", "", "kg", Out},
		{fhirSet + "all-distance-units", "", "[mi_i]", In},
		{fhirSet + "all-distance-units", "", "s", Out},
		{fhirSet + "ucum-common", "", "Cel", In},
		{fhirSet + "timezones", "", "Asia/Shanghai", In},
		{fhirSet + "timezones", "", "Asia/Beijing", Out},
		{fhirSet + "iso3166-1-2", "", "CN", In},
		{fhirSet + "iso3166-1-2", "", "CHN", Out},
		{fhirSet + "iso3166-1-3", "", "CHN", In},
		{fhirSet + "iso3166-1-3", "", "CN", Out},
		{fhirSet + "iso3166-1-N", "", "156", In},
		{fhirSet + "jurisdiction", "urn:iso:std:iso:3166", "CN", In},
		{fhirSet + "jurisdiction", "http://unstats.un.org/unsd/methods/m49/m49.htm", "150", In},  // Europe
		{fhirSet + "jurisdiction", "http://unstats.un.org/unsd/methods/m49/m49.htm", "156", Out}, // a country
		{fhirSet + "jurisdiction", "urn:iso:std:iso:3166:-2", "CN-GD", Unknown},
		{fhirSet + "jurisdiction", "urn:iso:std:iso:3166:-2", "Guangdong", Out},

		{hl7Set + "v3-ActEncounterCode", actCode, "AMB", In},
		{hl7Set + "v3-ActEncounterCode", actCode, "_ActEncounterCode", Out}, // excluded, and abstract
		{hl7Set + "v3-ActEncounterCode", actCode, "amb", Out},
		{hl7Set + "v3-ActEncounterCode", actCode, "OPTIN", Out}, // elsewhere in ActCode
		{hl7Set + "v3-PersonalRelationshipRoleType", roleCode, "MTH", In},
		{hl7Set + "v3-PersonalRelationshipRoleType", roleCode, "ADOPTF", In}, // nests in one code, is a child of another
		{hl7Set + "v3-PersonalRelationshipRoleType", roleCode, "HOSP", Out},
		{fhirSet + "inactive", actMood, "CRT", In},
		{fhirSet + "inactive", actMood, "_ActMoodPredicate", Out},
		{fhirSet + "patient-contactrelationship", "http://terminology.hl7.org/CodeSystem/v2-0131", "N", In},
		{fhirSet + "patient-contactrelationship", "http://terminology.hl7.org/CodeSystem/v2-0131", "n", In}, // v2 has no case
		{fhirSet + "patient-contactrelationship", "http://terminology.hl7.org/CodeSystem/v2-0131", "O", Out},
		{fhirSet + "yesnodontknow", "", "Y", In},
		{fhirSet + "yesnodontknow", "", "asked-unknown", In},
		{fhirSet + "yesnodontknow", "", "unknown", Out},

		{fhirSet + "observation-codes", loincURL, "2093-3", Unknown},
		{fhirSet + "observation-codes", loincURL, "2093-4", Out}, // check digit
		{fhirSet + "observation-vitalsignresult", loincURL, "8867-4", In},
		{fhirSet + "observation-vitalsignresult", loincURL, "2093-3", Out},
		{fhirSet + "condition-code", snomedURL, "73211009", Unknown},
		{fhirSet + "condition-code", snomedURL, "73211008", Out},
		{fhirSet + "allergyintolerance-code", snomedURL, "387207008", Unknown},
		{fhirSet + "vaccine-code", "http://hl7.org/fhir/sid/cvx", "207", Unknown}, // not here
		{fhirSet + "use-context", "http://example.org", "x", Unknown},             // one of its imports is not here
		{fhirSet + "use-context", "http://hl7.org/fhir/administrative-gender", "male", In},
		{fhirSet + "service-type", "", "124", In},     // an example of a system
		{fhirSet + "service-type", "", "xx", Unknown}, // of which the rest is not here
	} {
		s, ok := R4().ValueSet(c.set)
		if !ok {
			t.Errorf("%s is not here", c.set)
			continue
		}
		if got := s.Has(c.system, c.code); got != c.want {
			t.Errorf("%s: %s|%s is %s, want %s", c.set, c.system, c.code, got, c.want)
		}
	}
}

// Every value set of R4 is here and can be worked out, and says the same of its codes however it is asked.
func TestEverySetOpens(t *testing.T) {
	t.Parallel()
	for url := range embedded()["CodeSystem"] {
		if c, ok := R4().CodeSystem(url); !ok || c.Has(c.concepts[0].code) != In {
			t.Errorf("the code system %s cannot be read", url)
		}
	}
	if n := len(embedded()["ValueSet"]); n != 1311 { // 1316 of the package but five examples
		t.Errorf("%d value sets", n)
	}
	for url := range embedded()["ValueSet"] {
		n, _ := embedded().node("ValueSet", url)
		s, ok := R4().ValueSet(url + "|" + n.Get("version").Str())
		if !ok {
			t.Errorf("%s is not here", url)
			continue
		}
		codes, complete := s.Codes(100_000)
		for _, c := range codes {
			if a := s.Has(c.System, c.Code); a != In {
				t.Errorf("%s: %v is listed and %s", url, c, a)
			}
			if _, a := s.Find(c.Code); a != In {
				t.Errorf("%s: %v is listed and not found", url, c)
			}
		}
		if complete && s.Gaps() != nil {
			t.Errorf("%s is complete, but %q", url, s.Gaps())
		}
		if s.Has("http://example.org", "no such code") == In {
			t.Errorf("%s has everything", url)
		}
	}
}

// What the specification's expansions hold is what the sets hold.
func TestOfficialExpansions(t *testing.T) {
	t.Parallel()
	l := R4().With(resources(t, "testdata/expansions.ndjson"))
	misspelt := map[string]bool{"throttled": true, "lock-error": true} // tbrottled and lock in the compose
	for url, want := range map[string]struct {
		compose, expansion int // codes that the compose gives alone, codes of the expansion
	}{
		fhirSet + "example-expansion":      {0, 8}, // a filter of LOINC, which only the expansion tells
		fhirSet + "example-hierarchical":   {13, 13},
		fhirSet + "inactive-official":      {11, 5}, // the expansion leaves out what is below CRT
		fhirSet + "yesnodontknow-official": {3, 3},
	} {
		s, ok := l.ValueSet(url)
		if !ok {
			t.Fatalf("%s is not here", url)
		}
		d := l.definition(url)
		expanded := 0
		for _, system := range d.expansion {
			expanded += len(system.codes)
			for _, code := range system.codes {
				if system, a := s.Find(code); a != In && !misspelt[code] {
					t.Errorf("%s: %q is %s (%s)", url, code, a, system)
				}
			}
		}
		without := *d
		without.expansion = nil
		composed, _ := (&ValueSet{library: l, definition: &without}).Codes(100)
		if expanded != want.expansion || len(composed) != want.compose {
			t.Errorf("%s: %d codes of the compose, %d of the expansion, want %v", url, len(composed), expanded, want)
		}
	}
}

func TestCodeSystem(t *testing.T) {
	t.Parallel()
	roles, ok := R4().CodeSystem(roleCode)
	if !ok {
		t.Fatal("no RoleCode")
	}
	for _, c := range []struct {
		a, b string
		want bool
		how  Answer
	}{
		{"FAMMEMB", "MTH", true, In},
		{"MTH", "FAMMEMB", false, In},
		{"MTH", "MTH", true, In},
		{"CHILD", "SONADOPT", true, In},
		{"SONC", "SONADOPT", true, In}, // its second parent
		{"SONC", "DAUADOPT", false, In},
		{"FAMMEMB", "nobody", false, Out},
	} {
		if got, how := roles.Subsumes(c.a, c.b); got != c.want || how != c.how {
			t.Errorf("%s subsumes %s: %t, %s", c.a, c.b, got, how)
		}
	}
	acts, _ := R4().CodeSystem("http://terminology.hl7.org/CodeSystem/v3-ActClass") // each code has one parent
	for _, c := range []struct {
		a, b string
		want bool
	}{{"ACT", "OBS", true}, {"OBS", "ACT", false}, {"OBS", "OBS", true}, {"OBS", "ENC", false}} {
		if got, how := acts.Subsumes(c.a, c.b); got != c.want || how != In {
			t.Errorf("%s subsumes %s: %t, %s", c.a, c.b, got, how)
		}
	}
	units, _ := R4().CodeSystem(ucumURL)
	if same, how := units.Subsumes("mg", "mg"); !same || how != In {
		t.Errorf("mg and mg: %t, %s", same, how)
	}
	if below, how := units.Subsumes("g", "mg"); below || how != Unknown {
		t.Errorf("g and mg: %t, %s", below, how)
	}
	if d := roles.Display("MTH"); d != "mother" {
		t.Errorf("MTH is displayed %q", d)
	}
	sct, _ := R4().CodeSystem(snomedURL)
	if got, how := sct.Subsumes("73211009", "44054006"); got || how != Unknown {
		t.Errorf("diabetes: %t, %s", got, how)
	}
	dicom, _ := R4().CodeSystem("http://dicom.nema.org/resources/ontology/DCM")
	if in, rest := dicom.Has("CT"), dicom.Has("999999"); in != In || rest != Unknown {
		t.Errorf("DICOM: %s, %s", in, rest)
	}
	if _, ok := R4().CodeSystem("http://example.org/none"); ok {
		t.Error("there is a system that nobody defined")
	}
	if _, ok := R4().CodeSystem(fhirSet + "languages"); ok {
		t.Error("a value set is a code system")
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	for canonical, want := range map[string]bool{
		hl7Set + "v3-NullFlavor":                    true,
		hl7Set + "v3-NullFlavor|2018-08-12":         true,
		hl7Set + "v3-NullFlavor|4.0.1":              true, // so cited by R4
		hl7Set + "v3-NullFlavor|9.9":                false,
		fhirSet + "languages|4.0.1":                 true,
		fhirSet + "languages|5.0.0":                 false,
		"http://hl7.org/fhir/administrative-gender": false, // a code system
		"http://example.org/none":                   false,
		fhirSet + "example-extensional":             false, // an example
		hl7Set + "v3-ConfidentialityClassification": true,
	} {
		if _, ok := R4().ValueSet(canonical); ok != want {
			t.Errorf("%s: %t", canonical, ok)
		}
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	s, _ := R4().ValueSet(fhirSet + "administrative-gender")
	codes, complete := s.Codes(10)
	const system = "http://hl7.org/fhir/administrative-gender"
	want := []Coding{
		{system, "male", "Male"}, {system, "female", "Female"}, {system, "other", "Other"}, {system, "unknown", "Unknown"},
	}
	if !slices.Equal(codes, want) || !complete {
		t.Errorf("%v, %t", codes, complete)
	}
	if codes, complete = s.Codes(2); len(codes) != 2 || complete {
		t.Errorf("of two: %v, %t", codes, complete)
	}
	if codes, complete = s.Codes(4); len(codes) != 4 || !complete {
		t.Errorf("of four: %v, %t", codes, complete)
	}
	s, _ = R4().ValueSet(fhirSet + "mimetypes")
	if codes, complete = s.Codes(10); len(codes) != 0 || complete {
		t.Errorf("media types: %v, %t", codes, complete)
	}
}
