package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The committed tables are what the definitions give. Where these are not installed there is nothing to compare.
func TestTablesAreUpToDate(t *testing.T) {
	t.Parallel()
	from := filepath.Join("..", filepath.FromSlash(definitions))
	if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
		t.Skip("the definitions are not installed: npm ci --prefix internal/fhir/schema/generate")
	}
	want, err := generate(from)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../r4.txt")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("r4.txt differs from its definitions: run the generator")
	}
}

// folder is a made-up package of definitions: file names to texts.
type folder map[string]string

func (f folder) generate(t *testing.T) (string, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range f {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := generate(dir)
	return string(text), err
}

func (f folder) with(name, text string) folder {
	changed := maps.Clone(f)
	changed[name] = text
	return changed
}

// parameters makes a bundle of search parameters.
func parameters(definitions ...string) string {
	var entries []string
	for _, d := range definitions {
		entries = append(entries, `{"resource": `+d+`}`)
	}
	return `{"entry": [` + strings.Join(entries, ",") + `]}`
}

var small = folder{
	"Bundle-searchParams.json": parameters(
		`{"id": "clinical-status", "url": "u:status", "code": "status", "base": ["Observation", "List"], "type": "token",
			"expression": "Observation.status | List.status"}`,
		`{"id": "patient", "url": "u:patient", "code": "patient", "base": ["Observation", "DeviceUseStatement"], "type": "reference",
			"target": ["Patient", "Group"],
			"expression": "Observation.subject.where(resolve() is Patient) | DeviceUseStatement.subject"}`,
		`{"id": "quantity", "url": "u:quantity", "code": "value-quantity", "base": ["Observation"], "type": "quantity",
			"expression": "(Observation.value as Quantity) | Observation.value.as(SampledData)"}`,
		`{"id": "both", "url": "u:both", "code": "both", "base": ["Observation"], "type": "composite",
			"expression": "Observation | Observation.component", "component": [
				{"definition": "u:status", "expression": "%resource.status"},
				{"definition": "u:quantity", "expression": "value.as(Quantity)"}]}`,
		`{"id": "tag", "url": "u:tag", "code": "_tag", "base": ["Resource"], "type": "token", "expression": "Resource.meta.tag"}`,
		`{"id": "content", "url": "u:content", "code": "_content", "base": ["Resource"], "type": "string"}`),
	"CompartmentDefinition-patient.json": `{"id": "patient", "code": "Patient", "resource": [
		{"code": "Patient", "param": ["{def}"]}, {"code": "Observation", "param": ["patient", "both"]}, {"code": "List"}]}`,
	"CompartmentDefinition-example.json": `{"id": "example", "code": "Device"}`,
	"StructureDefinition-Observation.json": `{"fhirVersion": "4.0.1", "snapshot": {"element": [
		{"path": "Observation.status", "binding": {"strength": "required", "valueSet": "u:one|4.0.1"}}]}}`,
	"StructureDefinition-List.json": `{"fhirVersion": "4.0.1", "snapshot": {"element": [
		{"path": "List.status", "binding": {"strength": "required", "valueSet": "u:two"}}]}}`,
	"StructureDefinition-profile.json": `{"fhirVersion": "4.0.1", "derivation": "constraint", "snapshot": {"element": [
		{"path": "Observation.status", "binding": {"strength": "required", "valueSet": "u:two"}}]}}`,
	"ValueSet-one.json": `{"url": "u:one", "compose": {"include": [{"valueSet": ["u:inner"]}, {"system": "s:1", "concept": []}]}}`,
	"ValueSet-two.json": `{"url": "u:two", "compose": {"include": [{"system": "s:1"}, {"system": "s:2"}]}}`,
	"ValueSet-in.json":  `{"url": "u:inner", "compose": {"include": [{"system": "s:1"}]}}`,
}

func TestTables(t *testing.T) {
	t.Parallel()
	got, err := small.generate(t)
	if err != nil {
		t.Fatal(err)
	}
	want := header + `parameters DeviceUseStatement
  patient reference Group,Patient subject
parameters List
  status token - status
parameters Observation
  both composite - $this | component ; status=%resource.status ; value-quantity=value.ofType(Quantity)
  patient reference Patient subject.where(resolve() is Patient)
  status token - status
  value-quantity quantity - value.ofType(Quantity) | value.ofType(SampledData)
parameters Resource
  _tag token - meta.tag
compartment Patient
  Observation patient both
  Patient {def}
system Observation.status s:1
`
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestBadDefinitionsAreErrors(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]folder{
		"no Bundle-searchParams.json": {},
		"ValueSet-one.json":           small.with("ValueSet-one.json", "{"),
		"the value set u:inner is unknown": small.with("ValueSet-in.json",
			`{"url": "u:other"}`),
		"Observation has no parameter subject": small.with("CompartmentDefinition-patient.json",
			`{"code": "Patient", "resource": [{"code": "Observation", "param": ["subject"]}]}`),
	} {
		if text, err := f.generate(t); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("wrote %d bytes, error %v; want one with %q", len(text), err, want)
		}
	}
}

func TestBadParametersAreErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ base, kind, rest, want string }{
		{`"Patient"`, "colour", `"expression": "Patient.name"`, "no kind"},
		{`"Patient"`, "string", `"expression": "Patient.name.first()"`, "not understood"},
		{`"Patient"`, "string", `"expression": "name"`, "starts at none"},
		{`"Patient"`, "string", `"expression": "Person.name"`, "starts at none"},
		{`"Patient", "Person"`, "string", `"expression": "Patient.name"`, "no expression for Person"},
		{`"Human"`, "string", `"expression": "Human.name"`, "no expression for Human"},
		{`"Patient", "Patient"`, "string", `"expression": "Patient.name"`, "two parameters p"},
		{`"Patient"`, "string", `"expression": "Patient.nom"`, "leads nowhere"},
		{`"Patient"`, "reference", `"target": ["Group"], "expression": "Patient.generalPractitioner"`, "none of the targets"},
		{`"Patient"`, "composite", `"expression": "Patient"`, "without components"},
		{`"Patient"`, "composite", `"expression": "Patient", "component": [{"expression": "nom"}, {"expression": "name"}]`,
			"leads nowhere"},
		{`"Patient"`, "composite", `"expression": "Patient", "component": [{"expression": "name"}, {"expression": "name"}]`,
			"has no parameter"},
	} {
		definition := fmt.Sprintf(`{"id": "p", "url": "u:p", "code": "p", "base": [%s], "type": "%s", %s}`, c.base, c.kind, c.rest)
		f := small.with("Bundle-searchParams.json", parameters(definition))
		if _, err := f.generate(t); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\nerror %v; want one with %q", definition, err, c.want)
		}
	}
}
