package validate

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/structure"
	"yitong/internal/fhir/terminology"
)

// Bounds of the mutations, so that all run within seconds.
const (
	mutantsOfFamily  = 100
	examplesOfType   = 8
	largestExample   = 30_000 // bytes
	leastFoundOfAll  = 0.99
	leastFoundOfEach = 0.97
)

// example is a valid resource with its values.
type example struct {
	name  string
	src   []byte
	sites []site
}

// site is a value in an example that can be changed.
type site struct {
	example *example
	n       fhir.Node       // the value: an item where the element is an array
	member  fhir.Node       // the value or the array around it; absent for the resource itself
	parent  fhir.Node       // the object that it is a member of
	in      *schema.Shape   // of parent; nil for the resource itself
	of      *schema.Element // nil for the resource itself
	shape   *schema.Shape   // of the value, nil for primitives
}

// sitesOf lists the values of a resource, what stands beside primitives left out.
func (e *example) sitesOf(at site) {
	e.sites = append(e.sites, at)
	if at.shape == nil {
		return
	}
	for m := at.n.First(); m.Exists(); m = m.Next() {
		of, ok := at.shape.Element(m.Name())
		if !ok || m.Name()[0] == '_' {
			continue
		}
		values := []fhir.Node{m}
		if of.Many {
			values = nil
			for i := m.First(); i.Exists(); i = i.Next() {
				values = append(values, i)
			}
		}
		for _, n := range values {
			if n.Kind() == fhir.Null {
				continue
			}
			inner := site{example: e, n: n, member: m, parent: at.n, in: at.shape, of: of, shape: of.Shape}
			if of.Kind == schema.AnyResource {
				inner.shape = shapeOfResource(n)
			}
			e.sitesOf(inner)
		}
	}
}

func shapeOfResource(n fhir.Node) *schema.Shape {
	typ, _ := schema.TypeOf(n.Get("resourceType").Str())
	return typ.Shape()
}

// resource tells whether the site is a whole resource, contained or not.
func (s site) resource() bool { return s.of == nil || s.of.Kind == schema.AnyResource }

// object tells whether the site is an object in which a member of the name may be, and is not yet.
func (s site) object(member string) bool {
	if s.shape == nil || s.n.Get(member).Exists() {
		return false
	}
	_, ok := s.shape.Element([]byte(member))
	return ok
}

// definition is what R4 says of the element.
func (s site) definition() *structure.Element {
	if s.in == nil {
		return nil
	}
	typ, _, _ := strings.Cut(s.in.Name, ".")
	d, err := structure.R4().Definition(typ)
	if err != nil {
		return nil
	}
	name := s.of.Name
	if s.of.Choice != "" {
		name = s.of.Choice + "[x]"
	}
	for _, e := range d.Elements {
		if e.Path == s.in.Name+"."+name && e.SliceName == "" {
			return e
		}
	}
	return nil
}

// mutation is a change of an example, and where which error is to be.
type mutation struct {
	change      fhir.Edit
	rule, place string // rule "": any
}

// instead puts another value in the place of one.
func instead(n fhir.Node, raw, rule, place string) mutation {
	start, end := n.Span()
	return mutation{fhir.Edit{Start: start, End: end, New: []byte(raw)}, rule, place}
}

// with adds members, written as JSON, to an object.
func with(n fhir.Node, members, rule, place string) mutation {
	start, _ := n.Span()
	if n.Len() > 0 {
		members += ","
	}
	return mutation{fhir.Edit{Start: start + 1, End: start + 1, New: []byte(members)}, rule, place}
}

// rebuilt writes an object with a member renamed, or left out where the name is "".
func rebuilt(n, member fhir.Node, name string) string {
	var members []string
	for m := n.First(); m.Exists(); m = m.Next() {
		called := string(m.Name())
		if m == member {
			called = name
		}
		if called != "" {
			members = append(members, fmt.Sprintf("%q:%s", called, m.Raw()))
		}
	}
	return "{" + strings.Join(members, ",") + "}"
}

// family is a way to break one rule.
type family struct {
	name string
	fits func(site) bool
	make func(site, *rand.Rand) mutation
}

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

// families lists all. What needs several resources, or a particular one, is in testdata/broken.txt.
func families() []family {
	all := slices.Concat(structureFamilies(), valueFamilies(), referenceFamilies(), extensionFamilies(), containedFamilies())
	for _, typ := range badOrder {
		all = append(all, family{"form of " + typ, func(s site) bool { return s.of != nil && s.of.Type == typ },
			func(s site, r *rand.Rand) mutation {
				return instead(s.n, pick(r, badValues[typ]), "format", s.n.Path())
			}})
	}
	for _, c := range badComplex {
		all = append(all, family{c.rule + " of " + c.typ, func(s site) bool { return s.of != nil && s.of.Type == c.typ },
			func(s site, _ *rand.Rand) mutation { return instead(s.n, c.raw, c.rule, s.n.Path()+c.below) }})
	}
	return all
}

func structureFamilies() []family {
	inside := func(s site) bool { return s.of != nil }
	return []family{
		{"required element removed", func(s site) bool {
			return inside(s) && s.of.Required && !s.parent.Get("_"+s.of.Name).Exists()
		}, func(s site, _ *rand.Rand) mutation {
			return instead(s.parent, rebuilt(s.parent, s.member, ""), "cardinality", s.parent.Path())
		}},
		{"array around one", func(s site) bool { return inside(s) && !s.of.Many }, func(s site, _ *rand.Rand) mutation {
			return instead(s.n, "["+string(s.n.Raw())+"]", "structure", s.n.Path())
		}},
		{"one without array", func(s site) bool { return inside(s) && s.of.Many }, func(s site, _ *rand.Rand) mutation {
			return instead(s.member, string(s.n.Raw()), "structure", s.member.Path())
		}},
		{"unknown element", func(s site) bool { return s.shape != nil }, func(s site, r *rand.Rand) mutation {
			name := pick(r, []string{"unheardOf", "_unheardOf", "identifer", "Id", "fhir_comments"})
			return with(s.n, fmt.Sprintf(`%q:["x"]`, name), "structure", s.n.Path()+"."+name)
		}},
		{"name in capitals", inside, func(s site, _ *rand.Rand) mutation {
			name := strings.ToUpper(s.of.Name)
			return instead(s.parent, rebuilt(s.parent, s.member, name), "structure", s.parent.Path()+"."+name)
		}},
		{"another JSON kind", inside, func(s site, _ *rand.Rand) mutation {
			raw := map[fhir.Kind]string{fhir.String: "17", fhir.Number: `"17"`, fhir.True: `"true"`, fhir.False: "0",
				fhir.Object: `"text"`}
			return instead(s.n, raw[s.n.Kind()], "", s.n.Path())
		}},
		{"object for a primitive", func(s site) bool {
			return inside(s) && s.shape == nil
		}, func(s site, _ *rand.Rand) mutation {
			return instead(s.n, `{"value":"x"}`, "", s.n.Path())
		}},
		{"empty string", func(s site) bool { return s.n.Kind() == fhir.String }, func(s site, _ *rand.Rand) mutation {
			return instead(s.n, `""`, "", s.n.Path())
		}},
		{"empty object", func(s site) bool { return inside(s) && s.shape != nil }, func(s site, _ *rand.Rand) mutation {
			return instead(s.n, "{}", "", s.n.Path())
		}},
		{"empty array", func(s site) bool { return inside(s) && s.of.Many }, func(s site, _ *rand.Rand) mutation {
			return instead(s.member, "[]", "structure", s.member.Path())
		}},
		{"null", func(s site) bool { return inside(s) && !s.of.Many }, func(s site, _ *rand.Rand) mutation {
			return instead(s.n, "null", "structure", s.n.Path())
		}},
		{"null among items", func(s site) bool {
			return inside(s) && s.of.Many && s.n == s.member.First() && !s.parent.Get("_"+s.of.Name).Exists()
		}, func(s site, _ *rand.Rand) mutation {
			return instead(s.n, string(s.n.Raw())+",null", "structure", s.member.Path()+"[1]")
		}},
		{"array in an array", func(s site) bool { return inside(s) && s.of.Many }, func(s site, _ *rand.Rand) mutation {
			return instead(s.n, "["+string(s.n.Raw())+"]", "", s.n.Path())
		}},
		{"an id twice", func(s site) bool {
			return inside(s) && !s.resource() && s.object("id") && !s.parent.Get("resourceType").Exists() &&
				!s.parent.Get("id").Exists() && s.of.Type != "ElementDefinition" && s.in.Name != "ElementDefinition"
		}, func(s site, _ *rand.Rand) mutation {
			start, end := s.parent.Span()
			at, _ := s.n.Span()
			src := s.example.src
			raw := `{"id":"twin",` + string(src[start+1:at]) + `{"id":"twin",` + string(src[at+1:end])
			return instead(s.parent, raw, "id", s.n.Path()+".id")
		}},
		{"unknown resource type", func(s site) bool { return s.resource() }, func(s site, _ *rand.Rand) mutation {
			place := s.n.Path()
			if s.of == nil {
				place = "Person2" // paths begin with what the resource calls itself
			}
			return instead(s.n.Get("resourceType"), `"Person2"`, "structure", place)
		}},
	}
}

// samples are values of types that choices have.
var samples = map[string]string{
	"string": `"x"`, "boolean": "true", "integer": "1", "dateTime": `"2026"`, "date": `"2026"`, "code": `"x"`,
	"uri": `"http://x.org"`, "canonical": `"http://x.org"`, "decimal": "1.5", "positiveInt": "1",
	"Quantity": `{"value":1}`, "CodeableConcept": `{"text":"x"}`, "Reference": `{"display":"x"}`,
	"Period": `{"start":"2026"}`, "Range": `{"low":{"value":1}}`, "Attachment": `{"title":"x"}`,
	"Age": `{"value":1,"code":"a","system":"http://unitsofmeasure.org"}`, "Timing": `{"code":{"text":"x"}}`,
}

func valueFamilies() []family {
	choice := func(s site) bool { return s.of != nil && s.of.Choice != "" }
	other := func(s site) (name, raw string) {
		for i := range s.in.Elements {
			e := &s.in.Elements[i]
			if e.Choice == s.of.Choice && e.Name != s.of.Name && samples[e.Type] != "" {
				return e.Name, samples[e.Type]
			}
		}
		return "", ""
	}
	return []family{
		{"two types of a choice", func(s site) bool {
			if !choice(s) {
				return false
			}
			name, _ := other(s)
			return name != ""
		}, func(s site, _ *rand.Rand) mutation {
			name, raw := other(s)
			return with(s.parent, fmt.Sprintf("%q:%s", name, raw), "choice", s.n.Path())
		}},
		{"type that a choice has not", func(s site) bool { return choice(s) && !s.beside(s.of.Choice+"Element") },
			func(s site, _ *rand.Rand) mutation {
				name := s.of.Choice + "Element"
				return instead(s.parent, rebuilt(s.parent, s.member, name), "structure", s.parent.Path()+"."+name)
			}},
		{"code outside a required set", func(s site) bool { return foreignCode(s) != "" },
			func(s site, _ *rand.Rand) mutation { return instead(s.n, foreignCode(s), "binding", s.n.Path()) }},
		{"narrative that acts", func(s site) bool { return s.of != nil && s.of.Type == "Narrative" },
			func(s site, r *rand.Rand) mutation {
				raw := fmt.Sprintf(`{"status":"generated","div":%s}`, fhir.Quote(pick(r, attacks)))
				return instead(s.n, raw, "narrative", s.n.Path()+".div")
			}},
		{"profile of another type", func(s site) bool {
			return s.resource() && s.shape.Name != "Observation" && !s.n.Get("meta").Exists()
		}, func(s site, r *rand.Rand) mutation {
			name := pick(r, []string{"bp", "vitalsigns", "Period", "data-absent-reason", "lipidprofile|4.0.1"})
			if s.shape.Name == "DiagnosticReport" {
				name = "bp"
			}
			return with(s.n, `"meta":{"profile":["`+coreBase+name+`"]}`, "profile", s.n.Path()+".meta.profile[0]")
		}},
	}
}

// beside tells whether the object around has an element of that name.
func (s site) beside(name string) bool { _, ok := s.in.Element([]byte(name)); return ok }

// foreignCode is a value with a code that the required value set of the element does not have, "" where it has none.
func foreignCode(s site) string {
	if s.of == nil || s.of.Type != "code" && s.of.Type != "Coding" && s.of.Type != "CodeableConcept" {
		return ""
	}
	e := s.definition()
	if e == nil || e.Binding == nil || e.Binding.Strength != "required" {
		return ""
	}
	set, ok := terminology.R4().ValueSet(e.Binding.ValueSet)
	if !ok {
		return ""
	}
	system, raw := "", `"not-a-code"`
	if s.of.Type != "code" {
		system, raw = "http://example.org/codes", `{"system":"http://example.org/codes","code":"not-a-code"}`
	}
	if set.Has(system, "not-a-code") != terminology.Out {
		return ""
	}
	if s.of.Type == "CodeableConcept" {
		return `{"coding":[` + raw + `]}`
	}
	return raw
}

var attacks = []string{
	`<div xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></div>`,
	`<div xmlns="http://www.w3.org/1999/xhtml"><a href="javascript:alert(1)">x</a></div>`,
	`<div xmlns="http://www.w3.org/1999/xhtml"><a href=" jAva&#x53;cript:alert(1)">x</a></div>`,
	`<div xmlns="http://www.w3.org/1999/xhtml"><img src="x" onerror="alert(1)"/></div>`,
	`<div xmlns="http://www.w3.org/1999/xhtml"><iframe src="http://example.org"/>x</div>`,
	`<div xmlns="http://www.w3.org/1999/xhtml"><form action="http://example.org"><input/></form></div>`,
	`<div xmlns="http://www.w3.org/1999/xhtml"><svg onload="alert(1)"/>x</div>`,
	`<div xmlns="http://www.w3.org/1999/xhtml"><!--><img src="x" onerror="alert(1)"/>--></div>`,
	`<div xmlns="http://www.w3.org/1999/xhtml"><object data="http://example.org"/>x</div>`,
	`<div xmlns="http://www.w3.org/1999/xhtml"><p style="background:url(javascript:alert(1))">x</p></div>`,
	`<div xmlns="http://www.w3.org/1999/xhtml"><link rel="stylesheet" href="http://example.org"/>x</div>`,
	`<div xmlns="http://www.w3.org/1999/xhtml"><b>x</div>`,
	`<div xmlns="http://www.w3.org/1999/xhtml">  &#160; </div>`,
	`<p xmlns="http://www.w3.org/1999/xhtml">x</p>`,
	`<div>x</div>`,
	`<div xmlns="http://www.w3.org/1999/xhtml">x</div><div xmlns="http://www.w3.org/1999/xhtml">y</div>`,
	`<!DOCTYPE div [<!ENTITY a "b">]><div xmlns="http://www.w3.org/1999/xhtml">&a;</div>`,
	`plain text`,
}

// badValues are values of primitive types that are not well formed.
var badValues = map[string][]string{
	"base64Binary": {`"a"`, `"aGk==="`, `"####"`, `"aGk"`, `""`},
	"boolean":      {`"true"`, "1", `"yes"`},
	"canonical":    {`"http://x.org/a b"`, `"http://x.org|1|2"`, `""`},
	"code":         {`" a"`, `"a "`, `"a  b"`, `"a\tb"`, `"　a"`, `""`},
	"date": {`"2026-13"`, `"2026-02-30"`, `"26-01-01"`, `"2026-1-1"`, `"2026-01-01T00:00:00Z"`, `"01.02.2026"`, `"today"`,
		`"2026-00"`},
	"dateTime": {`"2026-01-01T10:00Z"`, `"2026-01-01T10:00:00"`, `"2026-01-01T25:00:00Z"`, `"2026-02-29"`,
		`"2026-01-01 10:00:00Z"`, `"2026-01-01T10:00:00+15:00"`},
	"decimal":     {`"1.5"`, "true"},
	"id":          {`"a b"`, `"a_b"`, `"a/b"`, `"` + strings.Repeat("x", 65) + `"`, `"é"`},
	"instant":     {`"2026-01-01"`, `"2026-01-01T10:00:00"`, `"2026-01-01T10:00Z"`, `"2026-02-30T10:00:00Z"`},
	"integer":     {"1.5", "2147483648", "1e2", "1.0", `"1"`},
	"markdown":    {`""`, "1"},
	"oid":         {`"1.2.3"`, `"urn:oid:3.1"`, `"urn:oid:1.02"`, `"urn:oid:"`},
	"positiveInt": {"0", "-1", "1.0", "2147483648"},
	"string":      {`""`, "1"},
	"time":        {`"8:00:00"`, `"08:00"`, `"24:00:00"`, `"08:00:00Z"`, `"08:60:00"`},
	"unsignedInt": {"-1", "0.5", `"0"`},
	"uri":         {`"a b"`, `""`, `" http://x.org"`, `"http://x.org/\n"`},
	"url":         {`"a b"`, `""`},
	"uuid": {`"urn:uuid:1"`, `"3c9e0ad2-4dfd-4c8f-9d7d-8f4f0c1b4a11"`,
		`"urn:uuid:3c9e0ad2-4dfd-4c8f-9d7d-8f4f0c1b4a1g"`},
}

// badOrder lists their types in order, so that the table is always the same.
var badOrder = func() (types []string) {
	for typ := range badValues {
		types = append(types, typ)
	}
	slices.Sort(types)
	return types
}()

// badComplex are values of data types that break an invariant.
var badComplex = []struct{ typ, raw, rule, below string }{
	{"Quantity", `{"value":1,"code":"mg"}`, "qty-3", ""},
	{"Period", `{"start":"2026-01-02","end":"2026-01-01"}`, "per-1", ""},
	{"Range", `{"low":{"value":2},"high":{"value":1}}`, "rng-2", ""},
	{"Ratio", `{"numerator":{"value":1}}`, "rat-1", ""},
	{"Ratio", `{"denominator":{"value":1}}`, "rat-1", ""},
	{"Attachment", `{"data":"aGk="}`, "att-1", ""},
	{"ContactPoint", `{"value":"1"}`, "cpt-2", ""},
	{"Reference", `{"reference":"#nowhere"}`, "ref-1", ""},
	{"Age", `{"value":0,"code":"a","system":"http://unitsofmeasure.org"}`, "age-1", ""},
	{"Duration", `{"value":1,"code":"a"}`, "drt-1", ""},
	{"Expression", `{"language":"text/fhirpath"}`, "exp-1", ""},
	{"Timing", `{"repeat":{"duration":1}}`, "tim-1", ".repeat"},
	{"Timing", `{"repeat":{"period":-1,"periodUnit":"d"}}`, "tim-5", ".repeat"},
	{"Timing", `{"repeat":{"offset":5}}`, "tim-9", ".repeat"},
	{"Timing", `{"repeat":{"when":["HS"],"timeOfDay":["08:00:00"]}}`, "tim-10", ".repeat"},
	{"Dosage", `{"asNeededBoolean":true,"asNeededCodeableConcept":{"text":"x"}}`, "choice", ".asNeeded"},
	{"CodeableConcept", `{"id":"alone"}`, "ele-1", ""},
	{"Identifier", `{"value":"1","assigner":{"reference":"Patient/1"}}`, "target", ".assigner"},
	{"Identifier", `{"use":"mine"}`, "binding", ".use"},
	{"HumanName", `{"use":"pet"}`, "binding", ".use"},
	{"Annotation", `{"authorString":"x"}`, "cardinality", ""},
	{"Signature", `{"when":"2026-01-01T00:00:00Z"}`, "cardinality", ""},
	{"UsageContext", `{"code":{"code":"x"}}`, "cardinality", ""},
	{"TriggerDefinition", `{"type":"named-event"}`, "trd-3", ""},
}

// otherType is a resource type that a reference may not point at.
func otherType(s site, r *rand.Rand) string {
	for {
		if typ := pick(r, schema.Types()); !slices.Contains(s.of.Targets, typ) {
			return typ.String()
		}
	}
}

func referenceFamilies() []family {
	bound := func(s site) bool { return s.of != nil && s.of.Kind == schema.Reference && s.of.Targets != nil }
	to := func(name, format string) family {
		return family{name, bound, func(s site, r *rand.Rand) mutation {
			return instead(s.n, fmt.Sprintf(format, otherType(s, r)), "target", s.n.Path())
		}}
	}
	return []family{
		to("reference to another type", `{"reference":"%s/1"}`),
		to("absolute reference to another type", `{"reference":"http://example.org/fhir/%s/1/_history/2"}`),
		to("logical reference to another type", `{"type":"%s","identifier":{"value":"1"}}`),
		{"type beside the reference", func(s site) bool { return s.of != nil && s.of.Kind == schema.Reference },
			func(s site, _ *rand.Rand) mutation {
				return instead(s.n, `{"reference":"Patient/1","type":"Group"}`, "target", s.n.Path()+".type")
			}},
	}
}

func extensionFamilies() []family {
	one := func(name, url, rest, rule, below string) family {
		return family{name, func(s site) bool {
			return s.object("extension") && (s.of == nil || s.of.Type != "Extension")
		}, func(s site, _ *rand.Rand) mutation {
			return with(s.n, fmt.Sprintf(`"extension":[{%s%s}]`, url, rest), rule, s.n.Path()+".extension[0]"+below)
		}}
	}
	const unknown = `"url":"http://example.org/e",`
	known := func(name string) string { return `"url":"` + coreBase + name + `",` }
	return []family{
		one("extension without url", "", `"valueString":"x"`, "cardinality", ""),
		one("extension without value", "", `"url":"http://example.org/e"`, "ext-1", ""),
		one("extension with value and parts", unknown, `"valueCode":"x","extension":[{"url":"a","valueCode":"b"}]`,
			"ext-1", ""),
		one("extension with two values", unknown, `"valueString":"x","valueCode":"y"`, "choice", ".value"),
		one("extension with a relative url", `"url":"colour",`, `"valueString":"x"`, "extension", ".url"),
		one("extension with a url of something else", known("bp"), `"valueString":"x"`, "extension", ".url"),
		one("extension at another element", known("servicerequest-precondition"), `"valueCodeableConcept":{"text":"x"}`,
			"context", "").but("ServiceRequest"),
		one("extension with another type", known("originalText"), `"valueBoolean":true`, "type", ".value"),
		one("extension with a foreign code", known("data-absent-reason"), `"valueCode":"forgotten"`, "binding", ".value"),
		one("part of an extension without value", unknown, `"extension":[{"url":"a"}]`, "ext-1", ".extension[0]"),
		{"modifier in a data type", func(s site) bool {
			return s.object("extension") && !s.object("modifierExtension") && !s.n.Get("modifierExtension").Exists()
		}, func(s site, _ *rand.Rand) mutation {
			return with(s.n, `"modifierExtension":[{"url":"http://example.org/e","valueCode":"x"}]`, "structure",
				s.n.Path()+".modifierExtension")
		}},
		{"extension among modifiers", func(s site) bool {
			return s.object("modifierExtension")
		}, func(s site, _ *rand.Rand) mutation {
			return with(s.n, `"modifierExtension":[{`+known("data-absent-reason")+`"valueCode":"unknown"}]`, "extension",
				s.n.Path()+".modifierExtension[0]")
		}},
		{"extension of a primitive", func(s site) bool {
			return s.of != nil && s.shape == nil && !s.of.Many && s.of.Name != "id" && !s.parent.Get("_"+s.of.Name).Exists()
		}, func(s site, _ *rand.Rand) mutation {
			return with(s.parent, `"_`+s.of.Name+`":{"extension":[{"url":"http://example.org/e"}]}`, "ext-1",
				s.n.Path()+".extension[0]")
		}},
	}
}

// but leaves a shape out.
func (f family) but(shape string) family {
	fits := f.fits
	f.fits = func(s site) bool { return fits(s) && s.shape.Name != shape }
	return f
}

func containedFamilies() []family {
	one := func(name, raw, rule, below string) family {
		return family{name, func(s site) bool {
			return s.object("contained") && (s.member == fhir.Node{} || string(s.member.Name()) != "contained")
		}, func(s site, _ *rand.Rand) mutation {
			return with(s.n, `"contained":[`+raw+`]`, rule, s.n.Path()+below)
		}}
	}
	const basic = `"resourceType":"Basic","code":{"text":"x"}`
	return []family{
		one("contained without id", `{`+basic+`}`, "contained", ".contained[0]"),
		one("contained and not referred to", `{"id":"zz",`+basic+`}`, "dom-3", ""),
		one("contained in contained", `{"id":"zz",`+basic+`,"contained":[{"id":"zy",`+basic+`}]}`, "dom-2", ""),
		one("contained with a version", `{"id":"zz","meta":{"versionId":"1"},`+basic+`}`, "dom-4", ""),
		one("contained with a label", `{"id":"zz","meta":{"security":[{"code":"x"}]},`+basic+`}`, "dom-5", ""),
		one("two contained of an id", `{"id":"zz",`+basic+`},{"id":"zz",`+basic+`}`, "id", ".contained[1].id"),
		one("contained of no type", `{"id":"zz"}`, "structure", ".contained[0]"),
	}
}

// mutable gives the resources to mutate: those of testdata, and HL7's where they are installed.
var mutable = sync.OnceValues(func() (all []*example, err error) {
	texts := map[string][]byte{}
	own, err := valid()
	for name, text := range own {
		texts["testdata "+name] = []byte(text)
	}
	files, _ := filepath.Glob(filepath.Join(definitions, "[A-Z]*-*.json"))
	count := map[string]int{}
	for _, file := range files {
		typ, _, _ := strings.Cut(filepath.Base(file), "-")
		info, statErr := os.Stat(file)
		if count[typ]++; count[typ] > examplesOfType || statErr != nil || info.Size() > largestExample {
			continue
		}
		if texts[filepath.Base(file)], err = os.ReadFile(file); err != nil {
			return nil, err
		}
	}
	for name, text := range texts {
		tree, err := fhir.Parse(text)
		if err != nil {
			return nil, err
		}
		if len(errorsOf(r4().Resource(tree.Root(), Options{Errors: true}))) > 0 {
			continue // of HL7's some have, of ours none
		}
		e := &example{name: name, src: text}
		e.sitesOf(site{example: e, n: tree.Root(), shape: shapeOfResource(tree.Root())})
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b *example) int { return strings.Compare(a.name, b.name) })
	return all, err
})

// tally is what became of a family.
type tally struct {
	made, found int
	misses      []string
}

// mutate makes a family's mutants and looks for the error of each.
func mutate(t *testing.T, f family, all []*example) (result tally) {
	h := fnv.New64a()
	h.Write([]byte(f.name))
	r := rand.New(rand.NewPCG(1, h.Sum64()))
	var sites []site
	for _, e := range all {
		for _, s := range e.sites {
			if f.fits(s) {
				sites = append(sites, s)
			}
		}
	}
	r.Shuffle(len(sites), func(i, j int) { sites[i], sites[j] = sites[j], sites[i] })
	for _, s := range sites[:min(len(sites), mutantsOfFamily)] {
		m := f.make(s, r)
		src := slices.Concat(s.example.src[:m.change.Start], m.change.New, s.example.src[m.change.End:])
		tree, err := fhir.Parse(src)
		if err != nil {
			t.Errorf("%s: %v in %s", f.name, err, m.change.New)
			continue
		}
		issues := r4().Resource(tree.Root(), Options{Errors: true})
		checkTexts(t, issues)
		result.made++
		if slices.ContainsFunc(issues, func(i Issue) bool {
			return (m.rule == "" || i.Rule == m.rule) && i.Place() == m.place
		}) {
			result.found++
			continue
		}
		result.misses = append(result.misses, fmt.Sprintf("%s, %s: no %s at %s: %.200q%s", f.name, s.example.name, m.rule,
			m.place, m.change.New, told(issues)))
	}
	return result
}

func TestMutantsAreFound(t *testing.T) {
	t.Parallel()
	all, err := mutable()
	if err != nil {
		t.Fatal(err)
	}
	if files, _ := filepath.Glob(definitions); files == nil {
		t.Log("HL7's examples are not installed, so only our own are mutated: run npm ci in internal/fhir/schema/generate")
	}
	kinds := families()
	results := make([]tally, len(kinds))
	var wait sync.WaitGroup
	for i, f := range kinds {
		wait.Go(func() { results[i] = mutate(t, f, all) })
	}
	wait.Wait()
	var table bytes.Buffer
	sum := tally{}
	for i, f := range kinds {
		of := results[i]
		sum.made, sum.found = sum.made+of.made, sum.found+of.found
		fmt.Fprintf(&table, "\n%5d of %5d  %s", of.found, of.made, f.name)
		if float64(of.found) < leastFoundOfEach*float64(of.made) {
			t.Errorf("%s: %d of %d are found", f.name, of.found, of.made)
		}
		for _, miss := range of.misses {
			if testing.Verbose() {
				t.Log(miss)
			}
		}
		if of.made == 0 && len(all) > 200 {
			t.Errorf("no example can be mutated so: %s", f.name)
		}
	}
	t.Logf("%d examples%s\n%5d of %5d  in all", len(all), table.String(), sum.found, sum.made)
	if float64(sum.found) < leastFoundOfAll*float64(sum.made) {
		t.Errorf("%d of %d mutants are found", sum.found, sum.made)
	}
}
