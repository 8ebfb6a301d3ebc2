package validate

import (
	"strings"
	"unicode"

	"yitong/internal/fhir"
	"yitong/internal/fhir/fhirpath"
	"yitong/internal/fhir/structure"
	"yitong/internal/fhir/terminology"
)

// binding says from which value set a coded element has to be.
type binding struct {
	set      *terminology.ValueSet // nil: it is not here
	name     string
	most     *terminology.ValueSet // that none may leave, whatever the strength
	mostName string
	strength string
	base     *binding // R4's own of the element, where it is required and the profile names another set
}

// bindingOf prepares the binding of an element; nil where it has none that could be broken.
func (v *Validator) bindingOf(e *structure.Element) *binding {
	made, base := v.binding(e.Binding), v.required(e)
	switch {
	case base == nil || e.Binding != nil && e.Binding.ValueSet == base.name && e.Binding.MaxValueSet == base.mostName:
		return made
	case made == nil:
		return base
	}
	made.base = base
	return made
}

// required is the binding that R4 itself has for an element, if it is required or has a maximum: no profile takes it away.
func (v *Validator) required(e *structure.Element) *binding {
	name, _, _ := strings.Cut(e.Base.Path, ".")
	d, err := structure.R4().Definition(name)
	if err != nil {
		return nil
	}
	for _, own := range d.Elements {
		if b := own.Binding; own.ID == e.Base.Path && b != nil && (b.Strength == "required" || b.MaxValueSet != "") {
			return v.binding(b)
		}
	}
	return nil
}

func (v *Validator) binding(b *structure.Binding) *binding {
	if b == nil || b.ValueSet == "" || b.MaxValueSet == "" && b.Strength != "required" && b.Strength != "extensible" {
		return nil
	}
	made := &binding{name: b.ValueSet, mostName: b.MaxValueSet, strength: b.Strength}
	made.set, _ = v.terms.ValueSet(b.ValueSet)
	if b.MaxValueSet != "" {
		made.most, _ = v.terms.ValueSet(b.MaxValueSet)
	}
	if made.set == nil && made.most == nil {
		return nil
	}
	return made
}

// bound checks a coded value against a binding (R4, terminologies.html#strength).
func (w *walk) bound(x value, b *binding) {
	if b.base != nil {
		w.bound(x, b.base)
	}
	if b.set != nil && w.memberOfSet(x, b.set) == terminology.Out {
		if b.strength == "required" {
			w.outOf(x, b.set, b.name, notInSet)
		} else if !textOnly(x) {
			w.outOf(x, b.set, b.name, notInExtensible)
		}
	}
	if b.most != nil && !textOnly(x) && w.memberOfSet(x, b.most) == terminology.Out {
		w.outOf(x, b.most, b.mostName, notInSet)
	}
}

// outOf reports a code that is not in a set, with codes that are, if the set lists any.
func (w *walk) outOf(x value, set *terminology.ValueSet, name string, f found) {
	if codes := examples(set); codes != "" {
		w.report(x.place(), f, coded(x), name, codes)
		return
	}
	f.text = notInRule
	w.report(x.place(), f, coded(x), name)
}

// memberOfSet tells whether a coded value is in a value set: a concept is by any of its codings.
func (w *walk) memberOfSet(x value, set *terminology.ValueSet) terminology.Answer {
	switch {
	case !x.n.Exists():
		return terminology.Unknown
	case x.n.Kind() == fhir.String:
		return set.Has("", x.n.Str())
	case x.of.Type != "CodeableConcept":
		if code := x.n.Get("code"); code.Exists() || x.of.Type == "Coding" {
			return hasCoding(set, x.n)
		}
		return terminology.Unknown
	}
	answer := terminology.Out
	for c := x.n.Get("coding").First(); c.Exists(); c = c.Next() {
		switch hasCoding(set, c) {
		case terminology.In:
			return terminology.In
		case terminology.Unknown:
			answer = terminology.Unknown
		case terminology.Out:
		}
	}
	return answer
}

// hasCoding tells whether a Coding, or a Quantity by its unit, is in a set. Without a system a code means nothing, so it is not.
func hasCoding(set *terminology.ValueSet, n fhir.Node) terminology.Answer {
	system, code := n.Get("system").Str(), n.Get("code").Str()
	if system == "" || code == "" {
		return terminology.Out
	}
	return set.Has(system, code)
}

// textOnly tells whether a concept has no codings.
func textOnly(x value) bool {
	return x.of.Type == "CodeableConcept" && x.n.Get("coding").Len() == 0
}

// coding checks a Coding by itself: that its code system, where it is known whole, has the code, and calls it so.
func (w *walk) coding(n fhir.Node) {
	code := n.Get("code")
	system, known := w.v.terms.CodeSystem(n.Get("system").Str())
	if !known || code.Kind() != fhir.String {
		return
	}
	if system.Has(code.Str()) == terminology.Out {
		f := noSuchCode
		if !system.Listed() { // its codes are only known by their form
			f.severity = Warning
		}
		w.report(code, f, clip(n.Get("system").Str()), clip(code.Str()))
		return
	}
	display := n.Get("display")
	right := system.Display(code.Str())
	if right != "" && display.Exists() && latin(display.Str()) && !strings.EqualFold(right, strings.TrimSpace(display.Str())) {
		w.report(display, otherDisplay, clip(n.Get("system").Str()), clip(code.Str()), right)
	}
}

// unit checks that a Quantity's code is a unit of UCUM, where it says so (R4, datatypes.html#Quantity).
func (w *walk) unit(n fhir.Node) {
	code := n.Get("code")
	if code.Kind() != fhir.String || n.Get("system").Str() != ucumSystem {
		return
	}
	if units, ok := w.v.terms.CodeSystem(ucumSystem); ok && units.Has(code.Str()) == terminology.Out {
		w.report(code, notUnit, clip(code.Str()))
	}
}

const ucumSystem = "http://unitsofmeasure.org"

// latin tells whether a text may be the English designation of a code; a Chinese one is a translation, not a slip.
func latin(s string) bool {
	return strings.IndexFunc(s, func(c rune) bool { return c > unicode.MaxLatin1 }) < 0
}

// memberOf is the function memberOf of FHIRPath.
func (w *walk) memberOf(valueSet string, v fhirpath.Value) (member, known bool) {
	set, ok := w.v.terms.ValueSet(valueSet)
	if !ok {
		return false, false
	}
	n := v.Node()
	var a terminology.Answer
	switch {
	case n.Kind() == fhir.Object && n.Get("coding").Exists():
		a = terminology.Out
		for c := n.Get("coding").First(); c.Exists() && a == terminology.Out; c = c.Next() {
			a = hasCoding(set, c)
		}
	case n.Kind() == fhir.Object:
		a = hasCoding(set, n)
	default:
		a = set.Has("", v.String())
	}
	return a == terminology.In, a != terminology.Unknown
}

// coded names the code of a value for a message.
func coded(x value) string {
	n := x.n
	if n.Kind() == fhir.String {
		return clip(n.Str())
	}
	if c := n.Get("coding").First(); c.Exists() {
		n = c
	}
	if code := n.Get("code").Str(); code != "" {
		return clip(n.Get("system").Str()) + "|" + clip(code)
	}
	return "(no code)"
}

// examples names codes of a set for a message: all of a small one.
func examples(set *terminology.ValueSet) string {
	const shown = 12
	codes, whole := set.Codes(shown)
	if len(codes) == 0 {
		return ""
	}
	var names []string
	for _, c := range codes {
		names = append(names, c.Code)
	}
	if !whole {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}
