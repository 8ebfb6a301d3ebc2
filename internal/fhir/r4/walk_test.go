package r4_test

import (
	"reflect"
	"strings"
	"testing"

	"yitong/internal/fhir"
	"yitong/internal/fhir/r4"
	"yitong/internal/fhir/schema"
)

// views makes the view of a document for each type that has one.
var views = map[string]func(*fhir.Doc) (any, error){
	"AllergyIntolerance": as(r4.AsAllergyIntolerance), "Appointment": as(r4.AsAppointment), "CarePlan": as(r4.AsCarePlan),
	"Composition": as(r4.AsComposition), "Condition": as(r4.AsCondition), "Consent": as(r4.AsConsent),
	"DiagnosticReport": as(r4.AsDiagnosticReport), "Encounter": as(r4.AsEncounter), "Immunization": as(r4.AsImmunization),
	"Location": as(r4.AsLocation), "MedicationRequest": as(r4.AsMedicationRequest), "Observation": as(r4.AsObservation),
	"Organization": as(r4.AsOrganization), "Patient": as(r4.AsPatient), "Practitioner": as(r4.AsPractitioner),
	"PractitionerRole": as(r4.AsPractitionerRole), "RelatedPerson": as(r4.AsRelatedPerson), "Schedule": as(r4.AsSchedule),
	"ServiceRequest": as(r4.AsServiceRequest), "Slot": as(r4.AsSlot), "Task": as(r4.AsTask),
}

func as[R any](view func(*fhir.Doc) (R, error)) func(*fhir.Doc) (any, error) {
	return func(d *fhir.Doc) (any, error) { return view(d) }
}

// method finds the method of a view by the name of an element and what stands before it, whatever its initialisms.
func method(view reflect.Value, prefix, element string) reflect.Value {
	for m := range view.Type().Methods() {
		if strings.EqualFold(m.Name, prefix+element) {
			return view.Method(m.Index)
		}
	}
	return reflect.Value{}
}

func call(m reflect.Value, args ...any) reflect.Value {
	in := make([]reflect.Value, len(args))
	for i, a := range args {
		in[i] = reflect.ValueOf(a)
	}
	if out := m.Call(in); len(out) > 0 {
		return out[0]
	}
	return reflect.Value{}
}

func nodeOf(view reflect.Value) fhir.Node {
	return view.Interface().(interface{ Node() fhir.Node }).Node()
}

// sample is a value for an element as a setter takes it and as JSON has it.
func sample(e *schema.Element) (value any, raw string) {
	switch e.Type {
	case "boolean":
		return true, "true"
	case "integer", "positiveInt", "unsignedInt":
		return 7, "7"
	case "decimal":
		return "1.00", "1.00"
	}
	return "x", `"x"`
}

// Every element of every type that is reached has its methods, and they read and write that element.
func TestEveryElement(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for name, view := range views {
		doc, err := fhir.NewDoc([]byte(`{"resourceType":"` + name + `"}`))
		if err != nil {
			t.Fatal(err)
		}
		v, err := view(doc)
		if err != nil {
			t.Fatal(err)
		}
		s, _ := schema.ShapeOf(name)
		everyElement(t, reflect.ValueOf(v), s, seen)
		if got := string(doc.Bytes()); got != `{"resourceType":"`+name+`"}` {
			t.Errorf("what was set is not all removed: %s", got)
		}
	}
	if len(seen) < 90 {
		t.Errorf("only %d types were reached", len(seen))
	}
}

func everyElement(t *testing.T, view reflect.Value, s *schema.Shape, seen map[string]bool) {
	t.Helper()
	if seen[s.Name] {
		return
	}
	seen[s.Name] = true
	for i := range s.Elements {
		e := &s.Elements[i]
		get := method(view, "", e.Name)
		if !get.IsValid() {
			t.Errorf("%s has no method for %s", view.Type(), e.Name)
			continue
		}
		value, raw := sample(e)
		switch {
		case e.Kind == schema.Primitive && e.Many:
			list := call(get).Interface().(r4.Strings)
			list.Add("x", "y")
			if got := string(nodeOf(view).Get(e.Name).Raw()); got != `["x","y"]` || list.At(1) != "y" || list.Len() != 2 {
				t.Errorf("%s.%s was written as %s", view.Type(), e.Name, got)
			}
			list.Remove(0)
			list.Remove(0)
		case e.Kind == schema.Primitive:
			call(method(view, "Set", e.Name), value)
			if got := string(nodeOf(view).Get(e.Name).Raw()); got != raw {
				t.Errorf("%s.%s was written as %s", view.Type(), e.Name, got)
			}
			if got := call(get).Interface(); got != value {
				t.Errorf("%s.%s reads as %v", view.Type(), e.Name, got)
			}
			if remove := method(view, "Remove", e.Name); remove.IsValid() {
				call(remove)
			} else {
				call(method(view, "Set", e.Name), "")
			}
		case e.Many:
			item := call(call(get).MethodByName("Add"))
			below(t, view, e, item, seen)
		default:
			below(t, view, e, call(get), seen)
		}
	}
}

// below checks that the view of an element stands at its place, and then its own elements.
func below(t *testing.T, view reflect.Value, e *schema.Element, child reflect.Value, seen map[string]bool) {
	t.Helper()
	place := child.Interface().(interface {
		PutString(name, v string)
		GetString(name string) string
		Remove()
	})
	place.PutString("id", "x")
	n := nodeOf(view).Get(e.Name)
	if e.Many {
		n = n.Item(0)
	}
	if n.Get("id").Str() != "x" {
		t.Errorf("%s.%s stands elsewhere", view.Type(), e.Name)
	}
	place.Remove()
	if e.Shape != nil {
		everyElement(t, child, e.Shape, seen)
	}
}
