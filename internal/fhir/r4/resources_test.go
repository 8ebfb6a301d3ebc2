package r4_test

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"yitong/internal/fhir/schema"
)

// writer draws the JSON text of a resource that has the shapes of R4 and the oddities of many authors: white space
// anywhere, decimals with zeros behind, numbers of twenty digits, escapes, members in any order, members that FHIR does
// not know, extensions beside primitives and contained resources.
type writer struct {
	*rapid.T
	out strings.Builder
}

func drawResource(t *rapid.T, typ string) string {
	w := &writer{T: t}
	w.space()
	w.resource(typ, 0)
	w.space()
	return w.out.String()
}

func (w *writer) pick(from ...string) string { return rapid.SampledFrom(from).Draw(w.T, "") }
func (w *writer) number(most int) int        { return rapid.IntRange(0, most).Draw(w.T, "") }
func (w *writer) space()                     { w.out.WriteString(w.pick("", "", "", " ", "\n\t", "  ", "\r\n")) }

// list writes n values between two brackets.
func (w *writer) list(brackets string, n int, value func(i int)) {
	w.out.WriteByte(brackets[0])
	w.space()
	for i := range n {
		if i > 0 {
			w.out.WriteByte(',')
			w.space()
		}
		value(i)
		w.space()
	}
	w.out.WriteByte(brackets[1])
}

// member is one member of an object: its name and what writes its value.
type member struct {
	name  string
	value func()
}

func (w *writer) object(members []member) {
	w.list("{}", len(members), func(i int) {
		w.out.WriteString(`"` + members[i].name + `"`)
		w.space()
		w.out.WriteByte(':')
		w.space()
		members[i].value()
	})
}

func (w *writer) resource(typ string, depth int) {
	t, _ := schema.TypeOf(typ)
	members := w.elements(t.Shape(), depth)
	name := member{"resourceType", func() { w.out.WriteString(`"` + typ + `"`) }}
	w.object(slices.Insert(members, w.number(len(members)), name))
}

// elements draws some elements of a shape, at most one of each choice.
func (w *writer) elements(s *schema.Shape, depth int) (members []member) {
	chosen := map[string]bool{}
	for range 1 + w.number(max(1, 5-depth)) {
		e := &s.Elements[w.number(len(s.Elements)-1)]
		if group := e.Choice + "|" + e.Name; e.Choice != "" {
			group = e.Choice
			if chosen[group] {
				continue
			}
			chosen[group] = true
		} else if chosen[group] {
			continue
		} else {
			chosen[group] = true
		}
		switch {
		case e.Kind != schema.Primitive && depth > 4:
		case e.Kind == schema.Primitive && w.number(2) == 0:
			members = append(members, w.beside(e)...)
		case e.Many:
			members = append(members, member{e.Name, func() { w.list("[]", 1+w.number(2), func(int) { w.value(e, depth) }) }})
		default:
			members = append(members, member{e.Name, func() { w.value(e, depth) }})
		}
	}
	if len(members) == 0 || w.number(6) == 0 {
		members = append(members, member{w.pick("x-vendor", "fhir_comments", "人"), w.unknown})
	}
	return members
}

// beside draws a primitive with extensions, or extensions alone.
func (w *writer) beside(e *schema.Element) []member {
	extension := func() {
		w.out.WriteString(w.pick(`{"id":"a"}`, `{ "extension": [{"url":"http://example.org/x", "valueDecimal":0.50}] }`))
	}
	value, other := func() { w.primitive(e) }, extension
	if e.Many {
		value = func() { w.out.WriteString(`[null, "x"]`) }
		other = func() { w.list("[]", 1, func(int) { extension() }) }
	}
	members := []member{{"_" + e.Name, other}, {e.Name, value}}
	return members[:1+w.number(1)]
}

func (w *writer) unknown() {
	w.out.WriteString(w.pick(`12345678901234567890`, `{"a":[null,1.00 ,{}]}`, `[]`, `"\u4e2d"`, `-0.0e+10`, `null`))
}

func (w *writer) value(e *schema.Element, depth int) {
	switch e.Kind {
	case schema.Primitive:
		w.primitive(e)
	case schema.AnyResource:
		w.resource(w.pick("Patient", "Observation", "Basic", "Medication"), depth+2)
	default:
		w.object(w.elements(e.Shape, depth+1))
	}
}

func (w *writer) primitive(e *schema.Element) {
	switch e.Type {
	case "boolean":
		w.out.WriteString(w.pick("true", "false"))
	case "integer", "positiveInt", "unsignedInt":
		w.out.WriteString(w.pick("0", "7", "-1", "12345678901234567890"))
	case "decimal":
		w.out.WriteString(w.pick("1.00", "0.0", "-1e-7", "12345678901234567890.10", fmt.Sprint(w.number(1000))))
	default:
		w.out.WriteString(w.pick(`"x"`, `"李晓明"`, `"\u674e\"\\ \/"`, `"2026-03-01"`, `"😀,}]{["`, `"\ud83d\ude00"`))
	}
}
