package validate

import (
	"strings"
	"unicode/utf8"

	"yitong/internal/fhir"
	"yitong/internal/fhir/narrative"
	"yitong/internal/fhir/primitive"
	"yitong/internal/fhir/structure"
)

// simple checks a value of a primitive type: its form, its bounds, and what stands beside it.
func (w *walk) simple(x value, r *rules) {
	if r.parts != nil {
		w.beside(x, r)
	} else if x.side.Exists() {
		if p, err := w.v.plan("Element"); err == nil {
			w.object(value{n: x.side, of: x.of}, p.root)
		}
	}
	if !x.n.Exists() {
		return
	}
	name := x.of.Type
	typ, known := primitive.TypeOf(name)
	if !known {
		return
	}
	if problem := typ.Check(x.n); problem != nil {
		w.report(x.n, found{Error, problem.Code, "format", asIs(problem.English, problem.Chinese)})
		return
	}
	if of := r.of; of != nil && of.MaxLength > 0 && utf8.RuneCountInString(x.n.Str()) > of.MaxLength {
		w.report(x.n, tooLong, of.MaxLength)
	}
	if name == "xhtml" {
		if problem := narrative.Check(x.n.Str()); problem != nil {
			w.report(x.n, found{Error, problem.Code, "narrative", asIs(problem.English, problem.Chinese)})
		}
	}
}

// safeNarrative is the function htmlChecks of FHIRPath.
func safeNarrative(xhtml string) bool { return narrative.Check(xhtml) == nil }

// beside checks what stands beside a primitive against rules about it, such as an extension that a profile requires.
func (w *walk) beside(x value, r *rules) {
	if x.side.Exists() {
		w.object(value{n: x.side, of: x.of}, r)
		return
	}
	for _, p := range r.parts {
		if p.name != "value" {
			w.absent(x, p)
		}
	}
}

// fixed checks a value against the one that the definition prescribes, whole or in part.
func (w *walk) fixed(x value, of *structure.Element) {
	if of == nil {
		return
	}
	if of.Fixed.Exists() && !fhir.Equal(x.n, of.Fixed) {
		w.report(x.place(), notFixed, clip(string(of.Fixed.Raw())))
	}
	if of.Pattern.Exists() && !fits(x.n, of.Pattern) {
		w.report(x.place(), notPattern, clip(string(of.Pattern.Raw())))
	}
}

// fits tells whether a value has all that a pattern has (R4, ElementDefinition.pattern[x]): each member of an object, and for
// each item of an array one that fits it.
func fits(n, pattern fhir.Node) bool {
	if n.Kind() != pattern.Kind() {
		return false
	}
	switch n.Kind() {
	case fhir.Object:
		for c := pattern.First(); c.Exists(); c = c.Next() {
			if !fits(n.Get(string(c.Name())), c) {
				return false
			}
		}
		return true
	case fhir.Array:
		for c := pattern.First(); c.Exists(); c = c.Next() {
			some := false
			for i := n.First(); i.Exists() && !some; i = i.Next() {
				some = fits(i, c)
			}
			if !some {
				return false
			}
		}
		return true
	default:
		return fhir.Equal(n, pattern)
	}
}

// bounds checks minValue and maxValue by the order of FHIRPath, which knows dates of different precision and units.
func (w *walk) bounds(x value, of *structure.Element) {
	if of == nil {
		return
	}
	for _, b := range [...]struct {
		limit fhir.Node
		rule  found
		text  string
	}{
		{of.MinValue, tooSmall, "$this >= %limit"},
		{of.MaxValue, tooGreat, "$this <= %limit"},
	} {
		if !b.limit.Exists() {
			continue
		}
		e, err := w.v.expression(b.text)
		if err != nil {
			panic(err) // it is part of the program
		}
		if w.breaks(e, x, b.limit) {
			w.report(x.n, b.rule, strings.Trim(clip(string(b.limit.Raw())), `"`))
		}
	}
}
