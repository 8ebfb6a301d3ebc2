package fhir

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"yitong/internal/fhir/schema"
	"yitong/test/conformance"
)

var samples = sync.OnceValue(func() []conformance.Sample { return slices.Collect(conformance.Spread()) })

// Made-up resources of every type go in and come out with every byte of their authors'.
func TestSpread(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 8, 30, 0, 120_000_000, time.UTC)
	types := map[schema.Type]int{}
	for _, s := range samples() {
		types[s.Type]++
		r, err := ParseResource(s.Text)
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		if r.Type != s.Type || r.ID != s.ID {
			t.Errorf("%s was read as %s/%s", s.Name, r.Type, r.ID)
		}
		body := r.Body("given."+s.ID, nil)
		rendered := body.Render(12, now)
		if err := conformance.Same(s.Text, rendered); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
		var seen struct {
			ID   string
			Meta map[string]json.RawMessage
		}
		if err := json.Unmarshal(rendered, &seen); err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		version, updated := string(seen.Meta["versionId"]), string(seen.Meta["lastUpdated"])
		if seen.ID != "given."+s.ID || version != `"12"` || updated != `"2026-11-21T08:30:00.120000Z"` || seen.Meta["_versionId"] != nil {
			t.Errorf("%s came out as %s, %v", s.Name, seen.ID, seen.Meta)
		}
		again, err := ParseResource(rendered)
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		if err := conformance.Same(rendered, again.Body(again.ID, nil).Render(13, now)); err != nil {
			t.Errorf("%s, written back as it was read: %v", s.Name, err)
		}
	}
	if len(types) != len(schema.Types()) {
		t.Errorf("samples of %d types", len(types))
	}
}

// The reader sees in every sample what encoding/json sees.
func TestSpreadIsReadAsJSON(t *testing.T) {
	t.Parallel()
	for _, s := range samples() {
		tree, err := Parse(s.Text)
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		d := json.NewDecoder(bytes.NewReader(s.Text))
		d.UseNumber()
		var want any
		if err := d.Decode(&want); err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		if got := plainValue(tree.Root()); !reflect.DeepEqual(got, want) {
			t.Errorf("%s is read otherwise than by encoding/json", s.Name)
		}
	}
}

// Every part of a sample that a client may ask for is a resource, and asking twice cuts nothing more.
func TestSpreadInPart(t *testing.T) {
	t.Parallel()
	for _, s := range samples() {
		r, err := ParseResource(s.Text)
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		whole := r.Body("x", nil).Render(1, time.Unix(0, 0))
		for _, kind := range []string{"true", "text", "data"} {
			part := inPart(t, s.Name, kind, whole)
			var seen map[string]json.RawMessage
			if err := json.Unmarshal(part, &seen); err != nil {
				t.Fatalf("%s, %s: %v", s.Name, kind, err)
			}
			if string(seen["id"]) != `"x"` || seen["meta"] == nil || string(seen["resourceType"]) != `"`+s.Type.String()+`"` {
				t.Errorf("%s, %s: %s", s.Name, kind, part)
			}
			if _, there := seen["text"]; there && kind != "text" {
				t.Errorf("%s, %s: it has a narrative", s.Name, kind)
			}
			if twice := inPart(t, s.Name, kind, part); len(twice) != len(part)+len(subsetted)+1 {
				t.Errorf("%s, %s: cut to %s, and again to %s", s.Name, kind, part, twice)
			}
		}
	}
}

func inPart(t *testing.T, name, summary string, whole []byte) []byte {
	t.Helper()
	subset, err := NewSubset(summary, nil)
	if err != nil {
		t.Fatal(err)
	}
	part, err := subset.Of(whole)
	if err != nil {
		t.Fatalf("%s, %s: %v", name, summary, err)
	}
	return part
}

// A link can be rewritten without another byte changing.
func TestSpreadRewritten(t *testing.T) {
	t.Parallel()
	for _, s := range samples() {
		r, err := ParseResource(s.Text)
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		var there, back Edits
		r.Links(func(l Link) {
			start, end := l.Node.Span()
			there = append(there, Edit{start, end, []byte(`"urn:uuid:1"`)})
		})
		start, end := r.Root.Span()
		text, _ := slices.Clone(there).Apply(s.Text, start, end, start)
		changed, err := ParseResource(text)
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		i := 0
		changed.Links(func(l Link) {
			start, end := l.Node.Span()
			back = append(back, Edit{start, end, s.Text[there[i].Start:there[i].End]})
			i++
		})
		if i != len(there) {
			t.Fatalf("%s has %d links and then %d", s.Name, len(there), i)
		}
		start, end = changed.Root.Span()
		if was, _ := back.Apply(text, start, end, start); !bytes.Equal(was, r.Root.Raw()) {
			t.Errorf("%s does not become again what it was", s.Name)
		}
	}
}

// Together the samples fill every element of every shape that a resource can hold.
func TestSpreadIsWhole(t *testing.T) {
	t.Parallel()
	seen := map[*schema.Element]bool{}
	for _, s := range samples() {
		r, err := ParseResource(s.Text)
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		mark(t, r.Root, r.Type.Shape(), seen)
	}
	reached := map[*schema.Shape]bool{}
	for _, typ := range schema.Types() {
		missing(t, typ.Shape(), reached, seen)
	}
	t.Logf("%d elements of %d shapes", len(seen), len(reached))
}

func mark(t *testing.T, n Node, shape *schema.Shape, seen map[*schema.Element]bool) {
	for c := n.First(); c.Exists(); c = c.Next() {
		name := bytes.TrimPrefix(c.Name(), []byte("_"))
		el, ok := shape.Element(name)
		switch {
		case !ok && string(name) == "resourceType":
			continue
		case !ok:
			t.Errorf("%s has no element %s", shape.Name, name)
			continue
		}
		seen[el] = true
		each(c, func(v Node) {
			switch {
			case c.Name()[0] == '_':
				mark(t, v, schema.ElementShape(), seen)
			case el.Kind == schema.AnyResource:
				inner, err := ReadResource(v)
				if err != nil {
					t.Error(err)
					return
				}
				mark(t, v, inner.Type.Shape(), seen)
			case el.Shape != nil:
				mark(t, v, el.Shape, seen)
			}
		})
	}
}

func missing(t *testing.T, s *schema.Shape, reached map[*schema.Shape]bool, seen map[*schema.Element]bool) {
	if reached[s] {
		return
	}
	reached[s] = true
	for i := range s.Elements {
		el := &s.Elements[i]
		if !seen[el] {
			t.Errorf("no sample has %s.%s", s.Name, el.Name)
		}
		if el.Shape != nil {
			missing(t, el.Shape, reached, seen)
		}
	}
}
