package structure

import (
	"slices"
	"strconv"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

const (
	maxValueSet = official + "elementdefinition-maxValueSet"
	fhirType    = official + "structuredefinition-fhir-type"
	regex       = official + "regex"
)

// systemTypes is where FHIRPath has its types.
const systemTypes = "http://hl7.org/fhirpath/"

// reader reads the members of an ElementDefinition. The first fault that it meets stays in err.
type reader struct {
	source string // canonical of the definition
	id     string // of the element, for errors
	err    error
}

func (r *reader) fail(at fhir.Node, format string, args ...any) {
	if r.err == nil {
		r.err = unfit(r.source, r.id, format, args...).At(at.Path())
	}
}

// unfit says which element of which definition breaks a rule.
func unfit(source, id, format string, args ...any) *fault.Error {
	about := append([]any{source, id}, args...)
	return fault.New(fault.Unprocessable, "StructureDefinition %s, element %s: "+format, about...)
}

// apply puts what an ElementDefinition says over what e says. What it does not speak of stays.
func (r *reader) apply(e *Element, n fhir.Node) {
	for m := n.First(); m.Exists(); m = m.Next() {
		name := string(m.Name())
		switch name {
		case "id", "path", "sliceName", "base":
		case "min":
			e.Min = r.count(m)
		case "max":
			e.Max = r.max(m)
		case "contentReference":
			_, e.ContentReference, _ = strings.Cut(r.str(m), "#")
		case "type":
			r.types(e, m)
		case "maxLength":
			e.MaxLength = r.count(m)
		case "condition":
			e.conditions = union(e.conditions, r.strs(m))
		case "constraint":
			r.constraints(e, m)
		case "mustSupport":
			e.MustSupport = r.boolean(m)
		case "isModifier":
			e.Modifier = r.boolean(m)
		case "isSummary":
			e.Summary = r.boolean(m)
		case "binding":
			r.binding(e, m)
		case "slicing":
			r.slicing(e, m)
		default:
			r.value(e, name, m)
		}
	}
}

// value reads the members whose names end in a type, and keeps those that are for people.
func (r *reader) value(e *Element, name string, m fhir.Node) {
	for prefix, to := range map[string]struct {
		value *fhir.Node
		name  *string
	}{
		"fixed": {&e.Fixed, &e.FixedType}, "pattern": {&e.Pattern, &e.PatternType},
		"minValue": {&e.MinValue, &e.MinValueType}, "maxValue": {&e.MaxValue, &e.MaxValueType},
	} {
		if of, ok := strings.CutPrefix(name, prefix); ok && of != "" && of[0] >= 'A' && of[0] <= 'Z' {
			*to.value, *to.name = m, typeName(of)
			return
		}
	}
	e.rest = slices.DeleteFunc(slices.Clone(e.rest), func(n fhir.Node) bool { return string(n.Name()) == name })
	e.rest = append(e.rest, m)
}

// typeName gives the type whose name stands capitalised behind the name of a choice: of "Code" code, of "Quantity"
// Quantity.
func typeName(capitalised string) string {
	if capitalised == "" {
		return ""
	}
	if small := strings.ToLower(capitalised[:1]) + capitalised[1:]; slices.Contains(primitives, small) {
		return small
	}
	return capitalised
}

// primitives are the primitive types of R4 (datatypes.html).
var primitives = []string{"base64Binary", "boolean", "canonical", "code", "date", "dateTime", "decimal", "id",
	"instant", "integer", "markdown", "oid", "positiveInt", "string", "time", "unsignedInt", "uri", "url", "uuid",
	"xhtml"}

func (r *reader) types(e *Element, n fhir.Node) {
	e.Types = nil
	for _, m := range r.items(n) {
		t := TypeRef{
			Code:        r.str(m.Get("code")),
			Profiles:    r.strs(m.Get("profile")),
			Targets:     r.strs(m.Get("targetProfile")),
			Aggregation: r.strs(m.Get("aggregation")),
			Versioning:  r.str(m.Get("versioning")),
			regex:       extension(m, regex, "valueString"),
		}
		if t.Code == "" {
			r.fail(m, "a type has no code. Give it one, such as \"string\".")
		}
		if strings.HasPrefix(t.Code, systemTypes) {
			t.system = t.Code
			if t.Code = extension(m, fhirType, "valueUrl"); t.Code == "" {
				t.Code = typeName(strings.TrimPrefix(t.system, systemTypes+"System."))
			}
		}
		if t.regex != "" {
			e.Regex = t.regex
		}
		e.Types = append(e.Types, t)
	}
}

func (r *reader) constraints(e *Element, n fhir.Node) {
	for _, m := range r.items(n) {
		c := Constraint{
			Key:        r.str(m.Get("key")),
			Severity:   r.str(m.Get("severity")),
			Expression: r.str(m.Get("expression")),
			Source:     r.source,
			Human:      r.str(m.Get("human")),
		}
		switch i := slices.IndexFunc(e.Constraints, func(x Constraint) bool { return x.Key == c.Key }); {
		case c.Key == "":
			r.fail(m, "a constraint has no key. Give it one.")
		case c.Severity != "error" && c.Severity != "warning":
			r.fail(m, "the severity of constraint %s is %q; it is either error or warning.", c.Key, c.Severity)
		case i < 0:
			e.Constraints = append(slices.Clip(e.Constraints), c)
		case e.Constraints[i].Expression != c.Expression:
			r.fail(m, "constraint %s is another one in %s. Give it another key.", c.Key, e.Constraints[i].Source)
		}
	}
}

func (r *reader) binding(e *Element, n fhir.Node) {
	b := Binding{
		Strength:    r.str(n.Get("strength")),
		ValueSet:    r.str(n.Get("valueSet")),
		MaxValueSet: extension(n, maxValueSet, "valueCanonical"),
	}
	if b.MaxValueSet == "" {
		b.MaxValueSet = extension(n, maxValueSet, "valueUri")
	}
	if !slices.Contains(strengths, b.Strength) {
		r.fail(n, "the strength of the binding is %q; it is one of %s.", b.Strength, strings.Join(strengths, ", "))
	}
	if e.Binding != nil && b.ValueSet == "" {
		b.ValueSet = e.Binding.ValueSet
	}
	if e.Binding != nil && b.MaxValueSet == "" {
		b.MaxValueSet = e.Binding.MaxValueSet
	}
	e.Binding = &b
}

func (r *reader) slicing(e *Element, n fhir.Node) {
	s := Slicing{Rules: r.str(n.Get("rules"))}
	if o := n.Get("ordered"); o.Exists() {
		s.Ordered = r.boolean(o)
	}
	for _, m := range r.items(n.Get("discriminator")) {
		s.Discriminators = append(s.Discriminators, Discriminator{r.str(m.Get("type")), r.str(m.Get("path"))})
	}
	if !slices.Contains(slicingRules, s.Rules) {
		r.fail(n, "the rules of the slicing are %q; they are one of %s.", s.Rules, strings.Join(slicingRules, ", "))
	}
	if e.Slicing != nil && s.Discriminators == nil {
		s.Discriminators = e.Slicing.Discriminators
	}
	e.Slicing = &s
}

func (r *reader) str(n fhir.Node) string {
	if n.Exists() && n.Kind() != fhir.String {
		r.fail(n, "%s is %s; it must be a string.", n.Name(), n.Kind())
	}
	return n.Str()
}

func (r *reader) strs(n fhir.Node) []string {
	var all []string
	for _, m := range r.items(n) {
		all = append(all, r.str(m))
	}
	return all
}

// items gives the items of an array; an absent one has none.
func (r *reader) items(n fhir.Node) []fhir.Node {
	if n.Exists() && n.Kind() != fhir.Array {
		r.fail(n, "%s is %s; it must be an array.", n.Name(), n.Kind())
		return nil
	}
	all := make([]fhir.Node, 0, n.Len())
	for m := n.First(); m.Exists(); m = m.Next() {
		all = append(all, m)
	}
	return all
}

func (r *reader) boolean(n fhir.Node) bool {
	if n.Kind() != fhir.True && n.Kind() != fhir.False {
		r.fail(n, "%s is %s; it must be true or false.", n.Name(), n.Kind())
	}
	return n.Kind() == fhir.True
}

func (r *reader) count(n fhir.Node) int {
	v, ok := n.Int()
	if !ok || v < 0 || v > MaxCardinality {
		r.fail(n, "%s must be an integer from 0 to %d.", n.Name(), MaxCardinality)
		return 0
	}
	return int(v)
}

func (r *reader) max(n fhir.Node) int {
	text := r.str(n)
	if text == "*" {
		return Many
	}
	v, err := strconv.Atoi(text)
	if err != nil || v < 0 || v > MaxCardinality {
		r.fail(n, "max is %q; it must be \"*\" or an integer from 0 to %d, as a string.", text, MaxCardinality)
		return 0
	}
	return v
}

// extension gives the string in an extension of n, "" if it is not there.
func extension(n fhir.Node, url, value string) string {
	for x := n.Get("extension").First(); x.Exists(); x = x.Next() {
		if x.Get("url").Str() == url {
			return x.Get(value).Str()
		}
	}
	return ""
}

// union appends what is not yet there.
func union(a, b []string) []string {
	a = slices.Clip(a)
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(a, s)
		}
	}
	return a
}
