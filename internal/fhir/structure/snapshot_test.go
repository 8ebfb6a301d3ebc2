package structure

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

func parse(t testing.TB, text string) fhir.Node {
	t.Helper()
	tree, err := fhir.Parse([]byte(text))
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return tree.Root()
}

// profile writes a profile on a type with the elements, each the members of an ElementDefinition behind its path.
func profile(url, base, of string, elements ...string) string {
	if !strings.Contains(base, ":") {
		base = official + base
	}
	var list []string
	for _, e := range append([]string{of}, elements...) {
		path, members, _ := strings.Cut(e, " ")
		if members != "" {
			members = "," + members
		}
		list = append(list, fmt.Sprintf(`{"path":%q%s}`, path, members))
	}
	return fmt.Sprintf(`{"resourceType":"StructureDefinition","url":%q,"name":"P","kind":"resource","abstract":false,
		"type":%q,"baseDefinition":%q,"derivation":"constraint","differential":{"element":[%s]}}`,
		url, of, base, strings.Join(list, ","))
}

// describe writes the elements of a snapshot of which the id starts so.
func describe(d *Definition, prefix string) string {
	var b strings.Builder
	for _, e := range d.Elements {
		if strings.HasPrefix(e.ID, prefix) {
			fmt.Fprintf(&b, "%s %d..%s %s\n", e.ID, e.Min, maxText(e.Max), codes(e.Types))
		}
	}
	return b.String()
}

// above is a library with a base that has a pattern, and one with a closed slicing.
func above(t testing.TB) *Library {
	t.Helper()
	return R4().With(keep(t,
		profile("http://x/pattern", "Patient", "Patient",
			`Patient.maritalStatus "patternCodeableConcept":{"coding":[{"code":"b","system":"s"}]}`),
		profile("http://x/closed", "Patient", "Patient",
			`Patient.name `+strings.Replace(byCode, `"open"`, `"closed"`, 1), `Patient.name "sliceName":"a"`)))
}

// typeOf is the type that a base is for.
func typeOf(base string) string {
	switch base {
	case "bp":
		return "Observation"
	case "http://x/pattern":
		return "Patient"
	}
	return base
}

const byCode = `"slicing":{"discriminator":[{"type":"pattern","path":"code"}],"rules":"open"}`

func TestSnapshots(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		of       string
		elements []string
		prefix   string
		want     string
	}{
		"narrower": {"Patient", []string{`Patient.name "min":1,"max":"1"`}, "Patient.name", `
Patient.name 1..1 HumanName
`},
		"into a data type": {"Patient", []string{`Patient.name.family "min":1`}, "Patient.name", `
Patient.name 0..* HumanName
Patient.name.id 0..1 string
Patient.name.extension 0..* Extension
Patient.name.use 0..1 code
Patient.name.text 0..1 string
Patient.name.family 1..1 string
Patient.name.given 0..* string
Patient.name.prefix 0..* string
Patient.name.suffix 0..* string
Patient.name.period 0..1 Period
`},
		"into the extensions of a choice": {"Patient", []string{`Patient.deceased[x].extension "max":"0"`}, "Patient.deceased", `
Patient.deceased[x] 0..1 boolean, dateTime
Patient.deceased[x].id 0..1 string
Patient.deceased[x].extension 0..0 Extension
`},
		"a choice by a short name": {"Patient", []string{`Patient.deceasedBoolean "min":1`}, "Patient.deceased", `
Patient.deceased[x] 0..1 boolean
Patient.deceased[x]:deceasedBoolean 1..1 boolean
`},
		"a choice by two short names": {"Observation", []string{`Observation.valueString "max":"0"`,
			`Observation.valueQuantity.code "min":1`}, "Observation.value", `
Observation.value[x] 0..1 Quantity, CodeableConcept, string, boolean, integer, Range, Ratio, SampledData, time, dateTime, Period
Observation.value[x]:valueString 0..0 string
Observation.value[x]:valueQuantity 0..1 Quantity
Observation.value[x]:valueQuantity.id 0..1 string
Observation.value[x]:valueQuantity.extension 0..* Extension
Observation.value[x]:valueQuantity.value 0..1 decimal
Observation.value[x]:valueQuantity.comparator 0..1 code
Observation.value[x]:valueQuantity.unit 0..1 string
Observation.value[x]:valueQuantity.system 0..1 uri
Observation.value[x]:valueQuantity.code 1..1 code
`},
		"slices begin optional, and as the sliced element": {"Observation", []string{
			`Observation.category "min":1,"mustSupport":true,` + byCode,
			`Observation.category "sliceName":"a"`, `Observation.category "sliceName":"b","min":1,"max":"1",` + byCode,
			`Observation.category "sliceName":"b/c"`}, "Observation.category", `
Observation.category 1..* CodeableConcept
Observation.category:a 0..* CodeableConcept
Observation.category:b 1..1 CodeableConcept
Observation.category:b/c 0..1 CodeableConcept
`},
		"a name without slices": {"Patient", []string{`Patient.gender "sliceName":"sex","min":1`}, "Patient.gender", `
Patient.gender:sex 1..1 code
`},
		"a new slice behind those of the base": {"bp", []string{`Observation.component "sliceName":"MAP","min":1`},
			"Observation.component:MAP.code", `
Observation.component:MAP.code 1..1 CodeableConcept
`},
		"into the contentReference of a resource inside": {"Bundle", []string{
			`Bundle.entry.resource "type":[{"code":"Questionnaire"}]`, `Bundle.entry.resource.item.item.text "min":1`},
			"Bundle.entry.resource.item.item.t", `
Bundle.entry.resource.item.item.text 1..1 string
Bundle.entry.resource.item.item.type 1..1 code
`},
		"a pattern that asks for more": {"http://x/pattern", []string{
			`Patient.maritalStatus "patternCodeableConcept":{"coding":[{"code":"c"},{"system":"s","code":"b"}],"text":"t"}`},
			"Patient.marital", `
Patient.maritalStatus 0..1 CodeableConcept
`},
		"a profile that nobody has": {"Patient", []string{
			`Patient.generalPractitioner "type":[{"code":"Reference","targetProfile":["http://x/none"]}]`}, "Patient.general", `
Patient.generalPractitioner 0..* Reference
`},
		"by path and order, without ids": {"Observation", []string{
			`Observation.component "min":2,` + byCode,
			`Observation.component "sliceName":"s","min":1,"max":"1"`,
			`Observation.component.value[x] "type":[{"code":"Quantity"}]`,
			`Observation.component "sliceName":"d","min":1,"max":"1"`,
			`Observation.component.value[x] "min":1`}, "Observation.component:d.value", `
Observation.component:d.value[x] 1..1 Quantity, CodeableConcept, string, boolean, integer, Range, Ratio, SampledData, time, dateTime, Period
`},
		"into a contentReference": {"Questionnaire", []string{`Questionnaire.item.item.item.linkId "maxLength":9`},
			"Questionnaire.item.item.item", `
Questionnaire.item.item.item 0..* BackboneElement
Questionnaire.item.item.item.id 0..1 string
Questionnaire.item.item.item.extension 0..* Extension
Questionnaire.item.item.item.modifierExtension 0..* Extension
Questionnaire.item.item.item.linkId 1..1 string
Questionnaire.item.item.item.definition 0..1 uri
`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := Read(parse(t, profile("http://x/p", c.of, typeOf(c.of), c.elements...)), above(t))
			if err != nil {
				t.Fatal(err)
			}
			if got := "\n" + describe(d, c.prefix); !strings.HasPrefix(got, c.want) {
				t.Errorf("got %s", got)
			}
		})
	}
}

// Every rule that a differential can break is refused, with the element and what to mend.
func TestRefusals(t *testing.T) {
	t.Parallel()
	patient := func(elements ...string) string { return profile("http://x/p", "Patient", "Patient", elements...) }
	observation := func(elements ...string) string {
		return profile("http://x/p", "Observation", "Observation", elements...)
	}
	for want, text := range map[string]string{
		"element Patient.names: there is no such element in Patient; it has id,":        patient(`Patient.names "min":1`),
		"element Patient.link.other: min is 0, and 1 in the base":                       patient(`Patient.link.other "min":0`),
		"element Patient.gender: max is above 1, the base's":                            patient(`Patient.gender "max":"*"`),
		"element Patient.name: min is 2 and max 1":                                      patient(`Patient.name "min":2,"max":"1"`),
		"element Patient.name: max is \"many\"":                                         patient(`Patient.name "max":"many"`),
		"element Patient.name: min must be an integer":                                  patient(`Patient.name "min":-1`),
		"element Patient.name: mustSupport is a string; it must be true or false":       patient(`Patient.name "mustSupport":"yes"`),
		"element Patient.active: isModifier differs from the base":                      patient(`Patient.active "isModifier":false`),
		"element Patient.contact: contentReference differs":                             patient(`Patient.contact "contentReference":"#Patient.link"`),
		"element Patient.gender: the binding is example, and required in the base":      patient(`Patient.gender "binding":{"strength":"example"}`),
		"the strength of the binding is \"strong\"":                                     patient(`Patient.gender "binding":{"strength":"strong"}`),
		"element Patient.gender: the type string is none of the base's, which are code": patient(`Patient.gender "type":[{"code":"string"}]`),
		"the targetProfile " + official + "Device is none of the base's":                patient(`Patient.managingOrganization "type":[{"code":"Reference","targetProfile":["` + official + `Device"]}]`),
		"element Patient.gender: a type has no code":                                    patient(`Patient.gender "type":[{}]`),
		"type is an object; it must be an array":                                        patient(`Patient.gender "type":{}`),
		"a constraint has no key":                                                       patient(`Patient.gender "constraint":[{}]`),
		"the severity of constraint a is \"\"":                                          patient(`Patient.gender "constraint":[{"key":"a"}]`),
		"constraint ele-1 is another one in " + official + "Element":                    patient(`Patient.gender "constraint":[{"key":"ele-1","severity":"error","expression":"true"}]`),
		"element Patient.deceased[x]: it has several types, and elements below it":      patient(`Patient.deceased[x].value "min":1`),
		"element Patient.name: it has the slice a and no slicing":                       patient(`Patient.name "min":1`, `Patient.name "sliceName":"a"`),
		"its slices need at least 3 together, and at most 2 are allowed": patient(`Patient.name "max":"2",`+byCode,
			`Patient.name "sliceName":"a","min":1`, `Patient.name "sliceName":"b","min":2`),
		"element Patient.name: the differential speaks of it twice": patient(`Patient.name "min":1`, `Patient.name "max":"1"`),
		"the rules of the slicing are \"\"":                         patient(`Patient.name "slicing":{}`),
		"its path begins with Person, and must begin with Patient":  patient(`Person.name "min":1`),
		"an element of the differential has no path":                patient(` "min":1`),
		"element Patient.name: the path has 40 parts":               patient(`Patient` + strings.Repeat(".x", 39) + ` "id":"Patient.name"`),
		"the fixed value differs from that of the base": profile("http://x/p", "bmi", "Observation",
			`Observation.value[x] `, `Observation.value[x].code "id":"Observation.value[x]:valueQuantity.code","fixedCode":"g"`),
		"the pattern leaves out what that of the base asks for": profile("http://x/p", "http://x/pattern", "Patient",
			`Patient.maritalStatus "patternCodeableConcept":{"coding":[{"system":"s","code":"c"}],"text":"t"}`),
		"the fixed value is of type string, and the element of code": patient(`Patient.gender "fixedString":"male"`),
		"the slicing of the base is closed, and b a slice": profile("http://x/p", "http://x/closed", "Patient",
			`Patient.name "sliceName":"b"`),
		"the slicing is open, and closed in the base": profile("http://x/p", "bmi", "Observation",
			`Observation.value[x] "slicing":{"rules":"open"}`),
		"mustSupport is false, and true in the base": profile("http://x/p", "vitalsigns", "Observation",
			`Observation.status "mustSupport":false`),
		"maxLength is 2000000": profile("http://x/p", "string", "string", `string.value "maxLength":2000000`),
		"needs its base http://x/none. There is no StructureDefinition": profile("http://x/p", "http://x/none", "Patient"),
		"need each other in a circle":                                   profile("http://x/p", "http://x/p", "Patient"),
		"A profile is for the type of its base":                         profile("http://x/p", "Person", "Patient"),
		"url is missing":                                                profile("", "Person", "Patient"),
		"has no differential":                                           strings.Replace(patient(), "differential", "snapshot", 1),
		"baseDefinition is missing":                                     strings.Replace(patient(), "baseDefinition", "base", 1),
		"derivation is missing":                                         strings.Replace(patient(), "derivation", "der", 1),
		"derivation is neither":                                         strings.Replace(patient(), `"constraint"`, `"other"`, 1),
		"type is missing":                                               strings.Replace(patient(), `"type"`, `"typ"`, 1),
		"The resource is no StructureDefinition":                        `{"resourceType":"Patient"}`,
		"min or max is missing": strings.Replace(observation(`Observation.new "type":[{"code":"string"}]`),
			`"constraint"`, `"specialization"`, 1),
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			_, err := Read(parse(t, text), above(t))
			var f *fault.Error
			if !errors.As(err, &f) || f.Code != fault.Unprocessable && f.Code != fault.TooLarge {
				t.Fatalf("got %v", err)
			}
			if !strings.Contains(f.Message, want) {
				t.Errorf("got %s", f.Message)
			}
		})
	}
}

// A written snapshot is read as the differential of a definition that says the same, and leaves other bytes alone.
func TestWriting(t *testing.T) {
	t.Parallel()
	text := profile("http://x/p", "bp", "Observation", `Observation.status "short":"<何>","definition":"d",
		"constraint":[{"key":"x-1","severity":"error","human":"h","expression":"a < b"}]`)
	out, err := Snapshot(parse(t, text), R4())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(out, []byte(text[:len(text)-1])) {
		t.Errorf("other bytes changed: %.300s", out)
	}
	var written struct {
		Snapshot struct{ Element []map[string]any }
	}
	if err := json.Unmarshal(out, &written); err != nil {
		t.Fatal(err)
	}
	d, err := Read(parse(t, text), R4())
	if err != nil {
		t.Fatal(err)
	}
	elements := parse(t, string(out)).Get("snapshot").Get("element")
	if elements.Len() != len(d.Elements) {
		t.Fatalf("%d elements written, want %d", elements.Len(), len(d.Elements))
	}
	for i, e := range d.Elements {
		have, want := publishedFacts(t, elements.Item(i)), factsOf(e)
		for _, name := range keys(want) {
			if have[name] != want[name] {
				t.Errorf("%s %s: %s, want %s", e.ID, name, have[name], want[name])
			}
		}
		for _, m := range []string{"definition", "min", "max", "base"} {
			if written.Snapshot.Element[i][m] == nil {
				t.Errorf("%s has no %s", e.ID, m)
			}
		}
	}
	if !bytes.Contains(out, []byte(`"short":"<何>"`)) || !bytes.Contains(out, []byte(`"expression":"a < b"`)) {
		t.Error("what the differential says is lost")
	}
}
