package patch_test

import (
	"bytes"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/fhirpath/patch"
)

// fuzzedBytes and fuzzedOperations keep an input of the fuzzer to what is done in an instant.
const (
	fuzzedBytes      = 16 << 10
	fuzzedOperations = 8
)

// FuzzPatch applies patches that come from anywhere: what comes out is a JSON text, or an error that says why and where;
// the source is as it was.
func FuzzPatch(f *testing.F) {
	const doc = `{"resourceType":"Patient","active":true,"name":[{"given":["a",null],"_given":[null,{"id":"i"}]},{}],"_birthDate":{"extension":[{"url":"u"}]},` +
		`"contact":[],"maritalStatus":null,"deceasedBoolean":false,"contained":[{"resourceType":"Organization","id":"o"}]}`
	for _, op := range []string{
		add("Patient", "birthDate", `"valueDate":"1990"`), add("Patient.birthDate", "extension", parts("url", `"valueUri":"v"`)), add("Patient", "contact", parts("gender", `"valueCode":"male"`)),
		add("Patient.name[0].given[0]", "id", `"valueString":"x"`), add("Patient", "maritalStatus", `"valueCodeableConcept":{"text":"x"}`),
		add("Patient", "contained", `"resource":{"resourceType":"Basic"}`), insert("Patient.name", 1, `"valueHumanName":{"text":"x"}`), insert("Patient.name[0].given", 2, `"valueString":"x"`),
		remove("Patient.name[1]"), remove("Patient.birthDate.extension"), remove("Patient.descendants()[3]"), remove("Patient.contained.where(id='o')"),
		replace("Patient.deceased", `"valueDateTime":"2026"`), replace("Patient.name.given[1]", `"_valueString":{"id":"j"}`), move("Patient.name", 0, 1), move("Patient.name[0].given", 1, 0),
	} {
		f.Add([]byte(doc), []byte(parameters(op)))
	}
	f.Fuzz(func(t *testing.T, src, sent []byte) {
		tree, err := fhir.Parse(sent)
		if err != nil || len(src) > fuzzedBytes {
			return
		}
		p, err := patch.Read(tree.Root())
		if err != nil {
			if code := fault.CodeOf(err); code != fault.Malformed && code != fault.TooLarge {
				t.Fatal(err)
			}
			return
		}
		if _, err := fhir.Parse(src); err != nil || p.Len() > fuzzedOperations {
			return
		}
		before := bytes.Clone(src)
		got, err := p.Apply(src)
		if !bytes.Equal(before, src) {
			t.Fatal("the source was changed")
		}
		if err == nil {
			_, err = fhir.Parse(got)
			if err != nil {
				t.Fatal(err, string(got))
			}
			return
		}
		switch fault.CodeOf(err) {
		case fault.Unprocessable, fault.NotSupported, fault.TooLarge:
		default:
			t.Fatal(err)
		}
		if len(fault.From(err).Expression) == 0 {
			t.Fatal("it does not say where: ", err)
		}
	})
}
