package structure

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"yitong/internal/fhir"
)

// Snapshot gives the bytes of a StructureDefinition with its generated snapshot in the place of what it has; the other
// bytes stay. Its errors are those of [Read].
//
// What is for people is as the differential or, for definitions that are not HL7's, its bases have it. An element or a
// constraint without such words gets a line that says where they are, because R4 wants them (sdf-3, eld-18, sdf-10).
func Snapshot(n fhir.Node, l *Library) ([]byte, error) {
	d, err := Read(n, l)
	if err != nil {
		return nil, err
	}
	w := writer{}
	w.WriteString(`{"element":[`)
	for i, e := range d.Elements {
		if i > 0 {
			w.WriteByte(',')
		}
		w.element(e)
	}
	w.WriteString("]}")
	doc, err := fhir.NewDoc(bytes.Clone(n.Raw()))
	if err != nil {
		return nil, err
	}
	if err := doc.Set([]fhir.Step{{Name: "snapshot"}}, w.Bytes()); err != nil {
		return nil, err
	}
	return doc.Bytes(), nil
}

// writer writes ElementDefinitions as JSON. A member without value is left out.
type writer struct{ bytes.Buffer }

// order is that of the members of ElementDefinition (R4 elementdefinition.html). cardinality stands for min, max and
// base, values for the members whose names end in a type.
var order = []string{"extension", "modifierExtension", "representation", "sliceName", "sliceIsConstraining", "label",
	"code", "slicing", "short", "definition", "comment", "requirements", "alias", "cardinality", "contentReference",
	"type", "meaningWhenMissing", "orderMeaning", "values", "example", "maxLength", "condition", "constraint",
	"mustSupport", "isModifier", "isModifierReason", "isSummary", "binding", "mapping"}

func (w *writer) element(e *Element) {
	rest := map[string]fhir.Node{}
	for _, n := range e.rest {
		rest[string(n.Name())] = n
	}
	w.WriteByte('{')
	w.quoted("id", e.ID)
	w.quoted("path", e.Path)
	for _, name := range order {
		if n, ok := rest[name]; ok {
			w.raw(name, n.Raw())
			delete(rest, name)
			continue
		}
		w.computed(e, name)
	}
	for _, n := range e.rest {
		if _, left := rest[string(n.Name())]; left {
			w.raw(string(n.Name()), n.Raw())
		}
	}
	w.WriteByte('}')
}

// computed writes the member of that name, or group of members, if the element has it.
func (w *writer) computed(e *Element, name string) {
	switch name {
	case "sliceName":
		w.quoted(name, e.SliceName)
	case "slicing":
		w.slicing(e.Slicing)
	case "definition":
		w.quoted(name, "See "+e.Base.Path+".")
	case "cardinality":
		w.raw("min", strconv.AppendInt(nil, int64(e.Min), 10))
		w.quoted("max", maxText(e.Max))
		w.value("base", map[string]any{"path": e.Base.Path, "min": e.Base.Min, "max": maxText(e.Base.Max)})
	case "contentReference":
		if e.ContentReference != "" {
			w.quoted(name, "#"+e.ContentReference)
		}
	case "type":
		w.types(e.Types)
	case "values":
		w.typed("fixed", e.FixedType, e.Fixed)
		w.typed("pattern", e.PatternType, e.Pattern)
		w.typed("minValue", e.MinValueType, e.MinValue)
		w.typed("maxValue", e.MaxValueType, e.MaxValue)
	case "maxLength":
		if e.MaxLength > 0 {
			w.value(name, e.MaxLength)
		}
	case "condition":
		if len(e.conditions) > 0 {
			w.value(name, e.conditions)
		}
	case "constraint":
		w.constraints(e.Constraints)
	case "mustSupport":
		w.flag(name, e.MustSupport)
	case "isModifier":
		w.flag(name, e.Modifier)
	case "isModifierReason":
		if e.Modifier {
			w.quoted(name, "See "+e.Base.Path+".")
		}
	case "isSummary":
		w.flag(name, e.Summary)
	case "binding":
		w.binding(e.Binding)
	}
}

func maxText(max int) string {
	if max == Many {
		return "*"
	}
	return strconv.Itoa(max)
}

func (w *writer) raw(name string, json []byte) {
	if w.Bytes()[w.Len()-1] != '{' {
		w.WriteByte(',')
	}
	w.Write(fhir.Quote(name))
	w.WriteByte(':')
	w.Write(json)
}

func (w *writer) quoted(name, text string) {
	if text != "" {
		w.raw(name, fhir.Quote(text))
	}
}

func (w *writer) flag(name string, v bool) {
	if v {
		w.raw(name, []byte("true"))
	}
}

// value writes what always can be written: strings, numbers, and maps and slices of these.
func (w *writer) value(name string, v any) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("structure: " + err.Error())
	}
	w.raw(name, bytes.TrimSuffix(text.Bytes(), []byte("\n")))
}

func (w *writer) typed(name, of string, n fhir.Node) {
	if n.Exists() {
		w.raw(name+strings.ToUpper(of[:1])+of[1:], n.Raw())
	}
}

type (
	jsonExtension struct {
		URL       string `json:"url"`
		URLValue  string `json:"valueUrl,omitempty"`
		Text      string `json:"valueString,omitempty"`
		Canonical string `json:"valueCanonical,omitempty"`
	}
	jsonType struct {
		Extension   []jsonExtension `json:"extension,omitempty"`
		Code        string          `json:"code"`
		Profile     []string        `json:"profile,omitempty"`
		Targets     []string        `json:"targetProfile,omitempty"`
		Aggregation []string        `json:"aggregation,omitempty"`
		Versioning  string          `json:"versioning,omitempty"`
	}
	jsonConstraint struct {
		Key        string `json:"key"`
		Severity   string `json:"severity"`
		Human      string `json:"human"`
		Expression string `json:"expression,omitempty"`
		Source     string `json:"source,omitempty"`
	}
	jsonBinding struct {
		Extension []jsonExtension `json:"extension,omitempty"`
		Strength  string          `json:"strength"`
		About     string          `json:"description,omitempty"`
		ValueSet  string          `json:"valueSet,omitempty"`
	}
	jsonDiscriminator struct {
		Type string `json:"type"`
		Path string `json:"path"`
	}
	jsonSlicing struct {
		Discriminator []jsonDiscriminator `json:"discriminator,omitempty"`
		Ordered       bool                `json:"ordered"`
		Rules         string              `json:"rules"`
	}
)

func (w *writer) types(types []TypeRef) {
	if len(types) == 0 {
		return
	}
	all := make([]jsonType, len(types))
	for i, t := range types {
		all[i] = jsonType{Code: t.Code, Profile: t.Profiles, Targets: t.Targets, Aggregation: t.Aggregation,
			Versioning: t.Versioning}
		if t.system != "" {
			all[i].Code = t.system
			all[i].Extension = append(all[i].Extension, jsonExtension{URL: fhirType, URLValue: t.Code})
		}
		if t.regex != "" {
			all[i].Extension = append(all[i].Extension, jsonExtension{URL: regex, Text: t.regex})
		}
	}
	w.value("type", all)
}

func (w *writer) constraints(constraints []Constraint) {
	if len(constraints) == 0 {
		return
	}
	all := make([]jsonConstraint, len(constraints))
	for i, c := range constraints {
		if c.Human == "" {
			c.Human = "See " + c.Key + " of " + c.Source + "."
		}
		all[i] = jsonConstraint{c.Key, c.Severity, c.Human, c.Expression, c.Source}
	}
	w.value("constraint", all)
}

func (w *writer) binding(b *Binding) {
	if b == nil {
		return
	}
	out := jsonBinding{Strength: b.Strength, ValueSet: b.ValueSet}
	if b.ValueSet == "" {
		out.About = "No value set is named."
	}
	if b.MaxValueSet != "" {
		out.Extension = []jsonExtension{{URL: maxValueSet, Canonical: b.MaxValueSet}}
	}
	w.value("binding", out)
}

func (w *writer) slicing(s *Slicing) {
	if s == nil {
		return
	}
	out := jsonSlicing{Ordered: s.Ordered, Rules: s.Rules}
	for _, d := range s.Discriminators {
		out.Discriminator = append(out.Discriminator, jsonDiscriminator(d))
	}
	w.value("slicing", out)
}
