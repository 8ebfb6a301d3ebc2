package validate

import (
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/fhirpath"
	"yitong/internal/fhir/structure"
)

// extension checks an extension: against its definition, where that is known, and whether it may stand where it does
// (R4, extensibility.html).
func (w *walk) extension(x value, r *rules) {
	if r.parts != nil { // a part of an extension, or one that a profile says more about
		w.object(x, r)
	}
	url := x.n.Get("url").Str()
	if !fhir.Absolute(url) {
		switch {
		case w.inExtension():
			if outer := w.way[len(w.way)-2].at.n.Get("url").Str(); r.parts == nil && url != "" && fhir.Absolute(outer) {
				if _, err := w.v.plan(outer); err == nil {
					w.report(x.n.Get("url"), noSuchPart, clip(outer), clip(url))
				}
			}
		case url != "":
			w.report(x.n.Get("url"), relativeExtension, clip(url))
		}
		w.plain(x)
		return
	}
	modifier := w.way[len(w.way)-1].name == "modifierExtension"
	p, err := w.v.plan(url)
	if err != nil || p.definition.Type != "Extension" {
		w.plain(x)
		switch {
		case err == nil:
			w.report(x.n.Get("url"), notExtension, clip(url))
		case fault.CodeOf(err) != fault.NotFound:
			w.report(x.n.Get("url"), brokenProfile, clip(url), say(err))
		case modifier:
			w.report(x.n.Get("url"), unknownModifier, clip(url))
		default:
			w.report(x.n.Get("url"), unknownExtension, clip(url))
		}
		return
	}
	if root := p.definition.Elements[0]; root.Modifier != modifier {
		w.report(x.place(), wrongModifier(modifier), clip(url))
	}
	w.context(x, p.definition)
	profile := w.profile
	w.profile = p.definition.URL
	w.conform(x, p)
	w.profile = profile
}

// plain checks an extension of which no definition is known.
func (w *walk) plain(x value) {
	if p, err := w.v.plan("Extension"); err == nil {
		w.conform(x, p)
	}
}

// inExtension tells whether the extension that is being looked at stands directly in another.
func (w *walk) inExtension() bool { return len(w.way) > 1 && w.way[len(w.way)-2].typ == "Extension" }

// context checks whether an extension may stand where it does (R4, StructureDefinition.context).
func (w *walk) context(x value, d *structure.Definition) {
	if len(d.Context) == 0 {
		return
	}
	holder := w.way[:len(w.way)-1]
	for _, c := range d.Context {
		if w.inContext(c, holder) {
			w.contextInvariants(x, d, holder[len(holder)-1].at)
			return
		}
	}
	for _, expression := range contexts[d.URL] {
		if w.inContext(structure.Context{Type: "element", Expression: expression}, holder) {
			return
		}
	}
	var names []string
	for _, c := range d.Context {
		names = append(names, c.Expression)
	}
	w.report(x.place(), wrongContext, clip(d.URL), strings.Join(names, ", "))
}

// inContext tells whether the element at the end of a way is one that a context names.
func (w *walk) inContext(c structure.Context, way []step) bool {
	last := way[len(way)-1]
	switch c.Type {
	case "extension":
		return last.typ == "Extension" && last.at.n.Get("url").Str() == c.Expression
	case "fhirpath":
		e, err := w.v.expression(c.Expression)
		if err != nil {
			return true
		}
		w.env.Resource, w.env.Root, w.env.Work = w.self, w.outer, min(w.work, mostAtOnce)
		found, err := e.Evaluate(&w.env, fhirpath.Of(w.self))
		w.spent()
		if err != nil {
			return true
		}
		for _, v := range found {
			if v.Node() == last.at.n {
				return true
			}
		}
		return false
	}
	_, expression, inProfile := strings.Cut(c.Expression, "#")
	if !inProfile {
		expression = c.Expression
	}
	for _, name := range kindsOf(last.typ, len(way) == 1) {
		if name == expression {
			return true
		}
	}
	path := ""
	for i := len(way) - 1; i > 0; i-- {
		path = "." + way[i].name + path
		for _, of := range kindsOf(way[i-1].typ, i == 1) {
			if p := of + path; p == expression || strings.TrimSuffix(p, "[x]") == expression {
				return true
			}
		}
	}
	return false
}

// kindsOf lists a type and those that it specializes.
func kindsOf(typ string, resource bool) []string {
	switch {
	case resource && (typ == "Bundle" || typ == "Binary" || typ == "Parameters"):
		return []string{typ, "Resource", "Element"}
	case resource:
		return []string{typ, "DomainResource", "Resource", "Element"}
	case strings.Contains(typ, "."):
		return []string{typ, "BackboneElement", "Element"}
	}
	switch typ {
	case "Age", "Count", "Distance", "Duration", "MoneyQuantity", "SimpleQuantity":
		return []string{typ, "Quantity", "Element"}
	case "Dosage", "ElementDefinition", "Timing":
		return []string{typ, "BackboneElement", "Element"}
	case "code", "id", "markdown":
		return []string{typ, "string", "Element"}
	case "url", "canonical", "oid", "uuid":
		return []string{typ, "uri", "Element"}
	case "positiveInt", "unsignedInt":
		return []string{typ, "integer", "Element"}
	}
	return []string{typ, "Element"}
}

// contextInvariants evaluates what an extension's definition says about the element that holds it.
func (w *walk) contextInvariants(x value, d *structure.Definition, holder value) {
	for _, text := range d.ContextInvariants {
		e, err := w.v.expression(text)
		if err != nil {
			continue
		}
		w.env.Variables = map[string]fhirpath.Collection{"extension": {x.focus()}}
		holds, _, err := w.truth(e, holder)
		w.env.Variables = nil
		if err == nil && !holds {
			w.report(x.place(), brokenContext, clip(d.URL), text)
		}
	}
}
