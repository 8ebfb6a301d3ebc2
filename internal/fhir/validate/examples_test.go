package validate_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yitong/internal/fhir"
	"yitong/internal/fhir/structure"
	"yitong/internal/fhir/terminology"
	"yitong/internal/fhir/validate"
)

// examples is where npm puts HL7's package of all examples of R4.
const examples = "../schema/generate/node_modules/hl7.fhir.r4.examples"

// examplesLeast is how many of the files are resources; the package does not change any more.
const examplesLeast = 5305

// wrong are the official examples that break rules of R4: the rules, and why they are right.
var wrong = map[string]struct{ rules, why string }{
	"ActivityDefinition-blood-tubes-supply.json":                      {"narrative", "the div holds white space only (txt-2)"},
	"ActivityDefinition-heart-valve-replacement.json":                 {"narrative", "the div holds white space only (txt-2)"},
	"EventDefinition-example.json":                                    {"narrative", "the div holds white space only (txt-2)"},
	"Questionnaire-zika-virus-exposure-assessment.json":               {"narrative", "the div holds white space only (txt-2)"},
	"Bundle-10bb101f-a121-4264-a920-67be9cb82c74.json":                {"bundle", "the entry …/Patient/pat12 holds Patient/pat2"},
	"Bundle-3a0707d3-549e-4467-b8b8-5a2ab3800efe.json":                {"bundle", "the entry …/Patient/pat12 holds Patient/pat2"},
	"Bundle-lri-example.json":                                         {"bundle", "the entries …/Observation/lri-… hold Observations without that prefix"},
	"Bundle-b0a5e4277-83c4-4adb-87e2-e3efe3369b6f.json":               {"binding", "media types have parameters such as DICOM WADO-RS, which RFC 2045 wants in quotes"},
	"CodeSystem-v2-0550.json":                                         {"format", "codes end in a no-break space, or are one"},
	"Bundle-hla-1.json":                                               {"extension", "hla-genotyping-results-glstring has a part url, not uri"},
	"Bundle-v2-valuesets.json":                                        {"format", "codes of v2-0550 end in a no-break space, or are one"},
	"Bundle-dataelements.json":                                        {"bdl-7", "data elements stand there twice with one fullUrl"},
	"DeviceMetric-example.json":                                       {"target", "parent points at a DeviceDefinition, not at a Device"},
	"DeviceUseStatement-example.json":                                 {"target", "reasonReference points at a Procedure"},
	"MedicationRequest-medrx0301.json":                                {"target", "dispenseRequest.performer points at a Practitioner, not at an Organization"},
	"Observation-clinical-gender.json":                                {"target", "performer points at an Encounter"},
	"ImplementationGuide-fhir.json":                                   {"cardinality target", "name and status are not there; a reference has an id of 67 characters"},
	"ig-r4.json":                                                      {"cardinality target", "name and status are not there; a reference has an id of 67 characters"},
	"Questionnaire-qs1.json":                                          {"cardinality", "items have no linkId"},
	"SearchParameter-codesystem-extensions-CodeSystem-author.json":    {"cardinality", "base is not there"},
	"SearchParameter-codesystem-extensions-CodeSystem-effective.json": {"cardinality", "base is not there"},
	"SearchParameter-codesystem-extensions-CodeSystem-end.json":       {"cardinality", "base is not there"},
	"SearchParameter-codesystem-extensions-CodeSystem-keyword.json":   {"cardinality", "base is not there"},
	"SearchParameter-codesystem-extensions-CodeSystem-workflow.json":  {"cardinality", "base is not there"},
	"SearchParameter-valueset-extensions-ValueSet-author.json":        {"cardinality", "base is not there"},
	"SearchParameter-valueset-extensions-ValueSet-effective.json":     {"cardinality", "base is not there"},
	"SearchParameter-valueset-extensions-ValueSet-end.json":           {"cardinality", "base is not there"},
	"SearchParameter-valueset-extensions-ValueSet-keyword.json":       {"cardinality", "base is not there"},
	"SearchParameter-valueset-extensions-ValueSet-workflow.json":      {"cardinality", "base is not there"},
	"StructureDefinition-Definition.json":                             {"sdf-4", "a model that is not abstract and has no base"},
	"StructureDefinition-Event.json":                                  {"sdf-4", "a model that is not abstract and has no base"},
	"StructureDefinition-FiveWs.json":                                 {"sdf-4", "a model that is not abstract and has no base"},
	"StructureDefinition-Request.json":                                {"sdf-4", "a model that is not abstract and has no base"},
}

// TestExamples validates every official example of R4 (F8). None has an error but those that are known to be wrong, and
// these have no other.
func TestExamples(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(examples + "/*.json")
	if err != nil || len(files) == 0 {
		t.Skip("the examples are not installed: npm ci --prefix internal/fhir/schema/generate")
	}
	v := validate.New(structure.R4(), terminology.R4())
	seen := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r, err := fhir.ParseResource(text)
		if err != nil {
			continue // no resource, or the one whose id is too long
		}
		seen++
		name := filepath.Base(file)
		broken := map[string]validate.Issue{}
		for _, i := range v.Resource(r.Root, validate.Options{Errors: true}) {
			broken[i.Rule] = i
		}
		known := wrong[name]
		for rule := range strings.FieldsSeq(known.rules) {
			if _, found := broken[rule]; !found {
				t.Errorf("%s: %s is not seen: %s", name, rule, known.why)
			}
			delete(broken, rule)
		}
		for rule, i := range broken {
			t.Errorf("%s: %s at %s: %s", name, rule, i.Place(), i.English)
		}
	}
	if seen < examplesLeast {
		t.Errorf("only %d of %d examples were read", seen, examplesLeast)
	}
}

// TestSlips holds that each expression that is mended is one of R4, so that a slip of ours does not go unseen.
func TestSlips(t *testing.T) {
	t.Parallel()
	published := map[string]bool{}
	for _, url := range structure.R4().URLs() {
		d, err := structure.R4().Definition(url)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range d.Elements {
			for _, c := range e.Constraints {
				published[c.Key+" "+c.Expression] = true
			}
		}
	}
	for _, s := range validate.Slips() {
		if !published[s] {
			t.Errorf("R4 has no such invariant: %s", s)
		}
	}
}
