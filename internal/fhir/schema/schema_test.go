package schema

import (
	"slices"
	"strings"
	"testing"
)

func shape(t *testing.T, name string) *Shape {
	t.Helper()
	s, ok := ShapeOf(name)
	if !ok {
		t.Fatalf("no shape %s", name)
	}
	return s
}

// element finds an element by its shape's name and its own: "Patient.contact", "name".
func element(t *testing.T, of, name string) *Element {
	t.Helper()
	e, ok := shape(t, of).Element([]byte(name))
	if !ok {
		t.Fatalf("%s has no element %s", of, name)
	}
	return e
}

func TestTypesAreNumberedByName(t *testing.T) {
	t.Parallel()
	types := Types()
	if len(types) != 146 {
		t.Fatalf("%d resource types, R4 has 146", len(types))
	}
	names := make([]string, len(types))
	for i, typ := range types {
		names[i] = typ.String()
		if int(typ) != i+1 {
			t.Errorf("%s is number %d at place %d", typ, typ, i+1)
		}
		if back, ok := TypeOf(names[i]); !ok || back != typ {
			t.Errorf("TypeOf(%s) = %d, %t", names[i], back, ok)
		}
		if typ.Shape().Name != names[i] {
			t.Errorf("%s has the shape of %s", typ, typ.Shape().Name)
		}
	}
	if !slices.IsSorted(names) {
		t.Error("not in order of name")
	}
}

// The store keeps the numbers, so they may never change.
func TestNumbersStay(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]Type{
		"Account": 1, "Bundle": 12, "Encounter": 44, "Observation": 96, "Patient": 103, "Task": 140, "VisionPrescription": 146,
	} {
		if got, _ := TypeOf(name); got != want {
			t.Errorf("%s is number %d, was %d", name, got, want)
		}
	}
}

func TestOnlyConcreteR4TypesAreTypes(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"", "patient", "Resource", "DomainResource", "MetadataResource", "HumanName", "Patient.contact", "Age",
		"SubscriptionStatus", "SubscriptionTopic", "Project", "Bot", "ClientApplication", "NutritionIntake",
	} {
		if typ, ok := TypeOf(name); ok {
			t.Errorf("%q is a type: %d", name, typ)
		}
	}
	for _, typ := range []Type{0, 147, 255} {
		if typ.String() != "" || typ.Shape() != nil {
			t.Errorf("%d is the type %s", typ, typ)
		}
	}
}

func TestEveryElementIsFoundAndWhole(t *testing.T) {
	t.Parallel()
	for name, s := range r4().shapes {
		for i := range s.Elements {
			e := &s.Elements[i]
			if found, ok := s.Element([]byte(e.Name)); !ok || found != e {
				t.Errorf("%s.%s is not found", name, e.Name)
			}
			if hasShape := e.Kind == Complex || e.Kind == Reference; (e.Shape != nil) != hasShape {
				t.Errorf("%s.%s: kind %d, shape %v", name, e.Name, e.Kind, e.Shape)
			}
			if e.Targets != nil && e.Kind != Reference {
				t.Errorf("%s.%s is no reference and has targets", name, e.Name)
			}
			if e.Choice != "" && (e.Many || !strings.HasPrefix(e.Name, e.Choice)) {
				t.Errorf("%s.%s is no alternative of %s[x]", name, e.Name, e.Choice)
			}
		}
		for _, absent := range []string{"", "x", "nope", "resourceTypes", "_id", "value[x]", "ID", strings.Repeat("y", 300)} {
			if e, ok := s.Element([]byte(absent)); ok {
				t.Errorf("%s has %q: %s", name, absent, e.Name)
			}
		}
	}
}

func TestNothingButR4(t *testing.T) {
	t.Parallel()
	for of, names := range map[string][]string{
		"Patient":             {"resourceType", "_birthDate", "deceased"},
		"Meta":                {"project", "author", "account", "compartment"},
		"Binary":              {"url", "text", "extension"},
		"ResearchStudy":       {"label", "recruitment"},
		"ElementDefinition":   {"meta"},
		"DetectedIssue":       {"subject"},
		"Questionnaire.item":  {"answer"},
		"Timing.repeat":       {"modifierExtension"},
		"DocumentReference":   {"facilityType"},
		"MedicationStatement": {"adherence"},
	} {
		for _, name := range names {
			if e, ok := shape(t, of).Element([]byte(name)); ok {
				t.Errorf("%s has %s", of, e.Name)
			}
		}
	}
	for _, name := range []string{"Questionnaire.item.item", "ResearchStudy.label", "CodeableReference", "string", "code"} {
		if _, ok := ShapeOf(name); ok {
			t.Errorf("%s has a shape", name)
		}
	}
}

func TestLookupsDoNotAllocate(t *testing.T) {
	member, s := []byte("valueCodeableConcept"), shape(t, "Observation")
	if n := testing.AllocsPerRun(100, func() {
		TypeOf("Observation")
		s.Element(member)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
