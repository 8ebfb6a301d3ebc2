package region

import (
	"strings"
	"testing"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

var someDay = time.Date(2026, 11, 21, 9, 30, 0, 0, china)

// world is a region as read back.
type world struct {
	resources []fhir.Resource
	byName    map[string]fhir.Resource
	bundle    map[string]int // of each resource
	bundles   int
}

// read makes a region and reads it, and checks the bundles on the way.
func read(t *testing.T, o Options) *world {
	t.Helper()
	w := &world{byName: map[string]fhir.Resource{}, bundle: map[string]int{}}
	for text, err := range Make(o) {
		if err != nil {
			t.Fatal(err)
		}
		tree, err := fhir.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if kind := tree.Root().Get("type").Str(); kind != "transaction" {
			t.Fatalf("bundle of type %q", kind)
		}
		entries := tree.Root().Get("entry")
		for e := entries.First(); e.Exists(); e = e.Next() {
			w.entry(t, e)
		}
		w.bundles++
	}
	return w
}

func (w *world) entry(t *testing.T, e fhir.Node) {
	t.Helper()
	r, err := fhir.ReadResource(e.Get("resource"))
	if err != nil {
		t.Fatal(err)
	}
	name := r.Type.String() + "/" + r.ID
	request := e.Get("request")
	if r.ID == "" || request.Get("method").Str() != "PUT" || request.Get("url").Str() != name || e.Get("fullUrl").Str() != base+name {
		t.Errorf("entry of %s: %s %s", name, e.Get("fullUrl").Raw(), request.Raw())
	}
	if _, twice := w.byName[name]; twice {
		t.Errorf("%s comes twice", name)
	}
	w.resources = append(w.resources, r)
	w.byName[name] = r
	w.bundle[name] = w.bundles
}

// of are the resources of a type.
func (w *world) of(resourceType string) (found []fhir.Node) {
	for _, r := range w.resources {
		if r.Type.String() == resourceType {
			found = append(found, r.Root)
		}
	}
	return found
}

// residents are the Patients that stand for people; the others refer to them.
func (w *world) residents() (found []fhir.Node) {
	for _, p := range w.of("Patient") {
		if p.Get("link").Item(0).Get("type").Str() != "refer" {
			found = append(found, p)
		}
	}
	return found
}

// subject is the reference to the patient of a resource, "" if it has none.
func subject(n fhir.Node) string {
	return n.Get("subject").Get("reference").Str() + n.Get("patient").Get("reference").Str() + n.Get("beneficiary").Get("reference").Str()
}

// code is the first code of a concept.
func code(concept fhir.Node) string { return concept.Get("coding").Item(0).Get("code").Str() }

// identifier is a resource's value in a system.
func identifier(n fhir.Node, system string) string {
	list := n.Get("identifier")
	for id := list.First(); id.Exists(); id = id.Next() {
		if id.Get("system").Str() == system {
			return id.Get("value").Str()
		}
	}
	return ""
}

func clock(t *testing.T, s string) time.Time {
	t.Helper()
	start, _, err := fhir.ParsePeriod(s, china)
	if err != nil {
		t.Error(err)
	}
	return start
}

// shaped checks an object against the tables of FHIR R4: no element that is unknown, none missing that is required, arrays
// where they belong, the right kinds of values, nothing empty, references to what they may point at.
func shaped(t *testing.T, n fhir.Node, shape *schema.Shape) {
	t.Helper()
	if n.Kind() != fhir.Object || n.Len() == 0 {
		t.Errorf("%s should be an object that is not empty: %s", n.Path(), n.Raw())
		return
	}
	for i := range shape.Elements {
		el := &shape.Elements[i]
		v := n.Get(el.Name)
		if el.Required && el.Choice == "" && !v.Exists() {
			t.Errorf("%s lacks %s: %s", n.Path(), el.Name, n.Raw())
		}
		if el.Required && el.Choice != "" && !chosen(n, shape, el.Choice) {
			t.Errorf("%s lacks %s[x]", n.Path(), el.Choice)
		}
	}
	for m := n.First(); m.Exists(); m = m.Next() {
		if string(m.Name()) == "resourceType" {
			continue
		}
		if string(m.Name()[:1]) == "_" {
			beside, known := shape.Element(m.Name()[1:])
			if !known || beside.Kind != schema.Primitive || !n.Get(beside.Name).Exists() {
				t.Errorf("%s stands beside nothing", m.Path())
			}
			continue
		}
		el, known := shape.Element(m.Name())
		if !known {
			t.Errorf("%s is no element", m.Path())
			continue
		}
		if el.Many != (m.Kind() == fhir.Array) {
			t.Errorf("%s: array or not?", m.Path())
		}
		each := m
		if el.Many {
			each = m.First()
		}
		for ; each.Exists(); each = each.Next() {
			valued(t, each, el)
			if !el.Many {
				break
			}
		}
	}
}

func chosen(n fhir.Node, shape *schema.Shape, choice string) bool {
	for i := range shape.Elements {
		if el := &shape.Elements[i]; el.Choice == choice && n.Get(el.Name).Exists() {
			return true
		}
	}
	return false
}

func valued(t *testing.T, n fhir.Node, el *schema.Element) {
	t.Helper()
	switch el.Kind {
	case schema.Complex:
		shaped(t, n, el.Shape)
	case schema.Reference:
		shaped(t, n, el.Shape)
		if !n.Get("reference").Exists() && n.Get("display").Str() != "" {
			return // somebody of whom there is no resource
		}
		target, _, _ := strings.Cut(n.Get("reference").Str(), "/")
		allowed := el.Targets == nil
		for _, a := range el.Targets {
			allowed = allowed || a.String() == target
		}
		if !allowed {
			t.Errorf("%s may not point at %s", n.Path(), target)
		}
	case schema.Primitive:
		kind := fhir.String
		switch el.Type {
		case "boolean":
			if n.Kind() == fhir.False {
				return
			}
			kind = fhir.True
		case "integer", "positiveInt", "unsignedInt", "decimal":
			kind = fhir.Number
		}
		if n.Kind() != kind || n.Str() == "" && kind == fhir.String {
			t.Errorf("%s should be %s: %s", n.Path(), el.Type, n.Raw())
		}
		if el.Type == "date" || el.Type == "dateTime" || el.Type == "instant" {
			clock(t, n.Str())
		}
	}
}
