package naive

import (
	"encoding/json"
	"fmt"
	"math/bits"
	"regexp"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
)

// drawer draws resources of every type from small vocabularies, so that searches hit. What it fills are the elements that
// a type's search parameters speak of.
type drawer struct {
	*rapid.T
	facts *Facts
	names []string         // Type/id of all resources that there may be
	links map[string][]any // of Patients that stand for the same resident, by their names
}

// below draws a number from 0, each as likely as the other: rapid's own numbers are mostly small. It becomes 0 where rapid
// minimizes.
func (d drawer) below(n int) (drawn int) {
	digits := bits.Len(uint(n-1)) + 3
	for range digits {
		drawn *= 2
		if coin.Draw(d.T, "coin") {
			drawn++
		}
	}
	return drawn * n >> digits
}

var coin = rapid.Bool()

func pick[E any](d drawer, from ...E) E { return from[d.below(len(from))] }

func (d drawer) chance(percent int) bool { return d.below(100) >= 100-percent }

func some[E any](d drawer, most int, one func() E) (out []any) {
	for range 1 + d.below(most) {
		out = append(out, one())
	}
	return out
}

type object = map[string]any

// word is an identifier, or a text in quotes, of an expression.
var word = regexp.MustCompile(`'[^']*'|[A-Za-z]+`)

// words are those in the expressions of a type's parameters: the names of elements, and in quotes the codes that they
// look for.
func (d drawer) words(typ string) []string {
	out := []string{"type", "code", "value"}
	for _, p := range d.facts.Parameters[typ] {
		out = append(out, word.FindAllString(p.Expression, -1)...)
	}
	slices.Sort(out) // a draw must not depend on the order of a map
	return slices.Compact(out)
}

// resource draws a resource.
func (d drawer) resource(typ, id string) object {
	shape, _ := schema.ShapeOf(typ)
	r := d.object(shape, d.words(typ), 0)
	if typ == "Consent" && d.chance(70) {
		r = d.privacy()
	}
	r["resourceType"], r["id"] = typ, id
	if d.chance(60) {
		r["meta"] = d.meta()
	}
	if links := d.links[typ+"/"+id]; links != nil {
		r["link"] = links
	}
	if d.chance(8) {
		r["contained"] = []any{object{"resourceType": "Patient", "id": "c", "gender": "male", "name": []any{d.humanName()}}}
	}
	if d.chance(8) {
		r["extension"] = []any{object{"url": "http://example.org/x", "valueString": pick(d, labelsOfAll...)}}
	}
	return r
}

func (d drawer) meta() object {
	meta := object{}
	if d.chance(50) {
		meta["tag"] = some(d, 2, d.coding)
	}
	if d.chance(30) {
		meta["profile"] = some(d, 2, func() any { return pick(d, urls...) })
	}
	if d.chance(30) {
		meta["security"] = some(d, 1, d.coding)
	}
	if d.chance(30) {
		meta["source"] = pick(d, urls...)
	}
	if d.chance(60) {
		meta["extension"] = []any{object{"url": gate.Custodian, "valueReference": object{"reference": pick(d, "Organization/1", "Organization/2")}}}
	}
	if d.chance(30) {
		meta["security"] = append(list(meta["security"]), pick(d, withheldLabel, sensitiveLabel, sensitiveLabel))
	}
	return meta
}

// object draws the elements of a shape that are among the words.
func (d drawer) object(shape *schema.Shape, words []string, depth int) object {
	out := object{}
	for at := 0; at < len(shape.Elements); {
		e := shape.Elements[at]
		alternatives := shape.Elements[at : at+1]
		for e.Choice != "" && at+len(alternatives) < len(shape.Elements) && shape.Elements[at+len(alternatives)].Choice == e.Choice {
			alternatives = shape.Elements[at : at+len(alternatives)+1]
		}
		at += len(alternatives)
		name := e.Name
		if e.Choice != "" {
			name = e.Choice
		}
		if !slices.Contains(words, name) || slices.Contains(untouched, name) || !d.chance(60) {
			continue
		}
		if e.Choice != "" {
			e = pick(d, d.searched(alternatives, words)...)
		}
		d.fill(out, &e, words, depth)
	}
	return out
}

// untouched are elements that every resource has and that are drawn apart, or not at all.
var untouched = []string{"id", "meta", "implicitRules", "text", "contained", "extension", "modifierExtension"}

// searched prefers, among the types of a choice, those that the drawer knows or that an expression names.
func (d drawer) searched(alternatives []schema.Element, words []string) []schema.Element {
	var out []schema.Element
	for _, e := range alternatives {
		if slices.Contains(words, e.Type) || d.knows(e.Type) && len(alternatives) < 12 {
			out = append(out, e)
		}
	}
	if out == nil {
		return alternatives
	}
	return out
}

// fill draws the values of an element; now and then an extension stands in place of a primitive.
func (d drawer) fill(out object, e *schema.Element, words []string, depth int) {
	one := func() any { return d.value(e, words, depth) }
	primitive := e.Kind == schema.Primitive
	switch {
	case e.Kind == schema.AnyResource:
	case primitive && d.chance(4):
		out["_"+e.Name] = object{"extension": []any{object{"url": "http://example.org/absent", "valueCode": "unknown"}}}
		if e.Many {
			out["_"+e.Name] = []any{out["_"+e.Name]}
		}
	case e.Many:
		if values := slices.DeleteFunc(some(d, 2, one), func(v any) bool { return v == nil }); len(values) > 0 {
			out[e.Name] = values
		}
	default:
		if v := one(); v != nil {
			out[e.Name] = v
		}
	}
}

// knows tells whether the drawer has a vocabulary for a type.
func (d drawer) knows(typ string) bool {
	e := schema.Element{Type: typ}
	probe := drawer{facts: d.facts}
	return probe.drawing(&e, nil) != nil
}

// value draws a value of an element, nil for none.
func (d drawer) value(e *schema.Element, words []string, depth int) any {
	if draw := d.drawing(e, words); draw != nil {
		return draw()
	}
	if e.Shape == nil || depth == 5 {
		return nil
	}
	if group := d.object(e.Shape, words, depth+1); len(group) > 0 {
		return group
	}
	return nil
}

// drawing is how values of a type are drawn, nil for a type without a vocabulary.
func (d drawer) drawing(e *schema.Element, words []string) func() any {
	of := func(vocabulary ...string) func() any { return func() any { return pick(d, vocabulary...) } }
	switch e.Type {
	case "string", "markdown":
		return of(labelsOfAll...)
	case "code":
		return func() any { return d.code(e.Name, words) }
	case "boolean":
		return func() any { return pick(d, true, false) }
	case "integer", "positiveInt", "unsignedInt":
		return func() any { return json.Number(pick(d, "1", "2", "5", "10", "100")) }
	case "decimal":
		return func() any { return json.Number(pick(d, decimals...)) }
	case "date":
		return of(dayTexts...)
	case "dateTime":
		return func() any { return d.dateTime() }
	case "instant":
		return of(instants...)
	case "id":
		return of("1", "2", "a1")
	case "uri", "url", "oid", "uuid":
		return of(urls...)
	case "canonical":
		return of(canonicals...)
	case "HumanName":
		return func() any { return d.humanName() }
	case "Address":
		return func() any { return d.address() }
	case "ContactPoint":
		return func() any { return d.contact() }
	case "Coding":
		return func() any { return d.coding() }
	case "CodeableConcept":
		return func() any { return d.concept() }
	case "Identifier":
		return func() any { return d.identifier() }
	case "Reference":
		return func() any { return d.reference(e) }
	case "Quantity", "SimpleQuantity", "MoneyQuantity", "Count", "Distance":
		return func() any { return d.quantity(pick(d, dimensions...), true) }
	case "Age", "Duration":
		return func() any { return d.quantity(dimensions[0], true) }
	case "Money":
		return func() any {
			return object{"value": json.Number(pick(d, decimals...)), "currency": pick(d, "CNY", "USD")}
		}
	case "Range":
		return func() any { return d.valueRange() }
	case "SampledData":
		return func() any { return d.samples() }
	case "Period":
		return func() any { return d.period() }
	case "Timing":
		return func() any { return d.timing() }
	case "Location.position":
		return func() any {
			p := pick(d, cities...)
			return object{"latitude": json.Number(p[0]), "longitude": json.Number(p[1])}
		}
	}
	return nil
}

func (d drawer) dateTime() string { return pick(d, pick(d, dayTexts, instants, instants)...) }

// code draws a code that fits the element's name, or one that an expression looks for.
func (d drawer) code(name string, words []string) string {
	var quoted []string
	for _, w := range words {
		if name == "type" && w[0] == '\'' {
			quoted = append(quoted, strings.Trim(w, "'"))
		}
	}
	switch {
	case quoted != nil:
		return pick(d, quoted...)
	case name == "gender":
		return pick(d, "male", "female", "other")
	case strings.HasSuffix(strings.ToLower(name), "status"):
		return pick(d, "active", "final", "completed")
	case name == "use":
		return pick(d, "home", "work")
	}
	return pick(d, "a", "b", "a-b", "A")
}

func (d drawer) humanName() object {
	n := pick(d, people...)
	out := object{}
	if d.chance(50) {
		out["text"] = n[0] + n[1] + n[2]
	}
	if d.chance(70) || len(out) == 0 {
		out["family"], out["given"] = n[0], []any{n[2]}
	}
	if d.chance(10) {
		out["prefix"] = []any{"Dr."}
	}
	if n[1] != "" && d.chance(10) { // no Chinese name
		out["given"] = append(list(out["given"]), pick(d, "Eve", "Evelyn"))
	}
	return out
}

func (d drawer) address() object {
	out := object{"city": pick(d, "安国市", "Zürich", "Zug")}
	for _, part := range []struct {
		name   string
		values []string
	}{
		{"district", []string{"王村镇"}}, {"country", []string{"CN", "CH"}}, {"postalCode", []string{"071200", "8001"}},
		{"state", []string{"河北", "ZH"}}, {"text", []string{"安国市 王村镇"}}, {"use", []string{"home", "work"}},
	} {
		if d.chance(40) {
			out[part.name] = pick(d, part.values...)
		}
	}
	if d.chance(30) {
		out["line"] = some(d, 2, func() any { return pick(d, "东街 1号", "Bahnhofstrasse 7", "50% Lane_1") })
	}
	return out
}

func (d drawer) contact() object {
	out := object{"value": pick(d, "13900138000", "139-0013-8000", "(0312) 55 66", "Li@Example.org", "li@example.org")}
	if d.chance(80) {
		out["system"] = pick(d, "phone", "email")
	}
	return out
}

func (d drawer) coding() any {
	out := object{"code": pick(d, codeTexts...)}
	if d.chance(70) {
		out["system"] = pick(d, systems...)
	}
	if d.chance(30) {
		out["display"] = pick(d, labelsOfAll...)
	}
	return out
}

func (d drawer) concept() object {
	out := object{"coding": some(d, 2, d.coding)}
	if d.chance(30) {
		out["text"] = pick(d, labelsOfAll...)
	}
	return out
}

func (d drawer) identifier() object {
	out := object{"value": pick(d, "A1", "a1", "x,y", "p|q", `b\c`, "m$n", "0001")}
	if d.chance(60) {
		out["system"] = pick(d, systems...)
	}
	if d.chance(20) {
		out["type"] = object{"text": pick(d, labelsOfAll...)}
	}
	return out
}

// reference draws a reference, most often to a resource that is there, by any of the forms.
func (d drawer) reference(e *schema.Element) object {
	out := object{}
	target := d.target(e)
	typ, _, _ := strings.Cut(target, "/")
	switch d.below(20) {
	default:
		out["reference"] = target
	case 14, 15:
		out["reference"] = target + "/_history/1"
	case 16:
		out["reference"] = "http://example.org/fhir/" + target
	case 17:
		out["reference"] = typ + "/none"
	case 18:
		out["reference"] = "#c"
	case 19:
		out["type"], out["identifier"] = typ, d.identifier()
	}
	if d.chance(15) {
		out["display"] = pick(d, labelsOfAll...)
	}
	return out
}

func (d drawer) target(e *schema.Element) string {
	var fit []string
	for _, name := range d.names {
		typ, _, _ := strings.Cut(name, "/")
		t, _ := schema.TypeOf(typ)
		if e.Targets == nil || slices.Contains(e.Targets, t) {
			fit = append(fit, name)
		}
	}
	if fit == nil {
		return fmt.Sprintf("%s/1", pick(d, e.Targets...))
	}
	return pick(d, fit...)
}
