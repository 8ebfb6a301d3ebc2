package validate

import (
	"slices"
	"strings"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/structure"
)

// targets says what a reference may point at.
type targets struct {
	types       []schema.Type // nil: any
	profiles    []string      // one of which the target has to conform to; nil: any
	aggregation []string
	versioning  string
	known       bool // which types the profiles are about
}

// targetsOf prepares the targets of an element; nil where it is no reference or may point at anything, in any way.
func (v *Validator) targetsOf(e *structure.Element) *targets {
	made := &targets{known: true}
	var plain []string // the types that may be pointed at whatever their profile
	for _, t := range e.Types {
		if t.Code != "Reference" {
			continue
		}
		made.aggregation, made.versioning = t.Aggregation, t.Versioning
		for _, url := range t.Targets {
			name, _ := strings.CutPrefix(url, coreBase)
			typ, ok := schema.TypeOf(name)
			switch {
			case ok:
			case name == "Resource" || name == "DomainResource":
				made.known = false
			default:
				made.profiles = append(made.profiles, url)
				typ = v.typeOfProfile(url)
				made.known = made.known && typ != 0
			}
			made.types = append(made.types, typ)
			if ok {
				plain = append(plain, coreBase+name)
			}
		}
	}
	if slices.Contains(made.types, 0) && len(made.profiles) == 0 {
		made.types = nil
	}
	if made.profiles != nil {
		made.profiles = append(made.profiles, plain...)
	}
	if (len(made.types) == 0 || !made.known) && made.profiles == nil && made.aggregation == nil && made.versioning == "" {
		return nil
	}
	return made
}

func (v *Validator) typeOfProfile(canonical string) schema.Type {
	d, err := v.library.Definition(canonical)
	if err != nil {
		return 0
	}
	typ, _ := schema.TypeOf(d.Type)
	return typ
}

// reference checks what a reference points at, as far as it can be told.
func (w *walk) reference(x value, r *rules) {
	text, t := x.n.Get("reference"), r.targets
	named, isNamed := schema.TypeOf(x.n.Get("type").Str())
	to, typ := w.target(text.Str(), t != nil && t.profiles != nil)
	if typ != 0 && isNamed && named != typ {
		w.report(x.n.Get("type"), otherTarget, named, typ)
	}
	if typ == 0 {
		typ = named
	}
	if text.Kind() == fhir.String && malformed(text.Str()) {
		w.report(text, noReference)
		return
	}
	if t == nil {
		return
	}
	if typ != 0 && t.known && len(t.types) > 0 && !slices.Contains(t.types, typ) {
		w.report(x.place(), wrongTarget, typ, typeNames(t.types))
		return
	}
	if t.profiles != nil && to.Exists() && !w.conformsToOne(value{n: to}, t.profiles) {
		w.report(x.place(), targetProfile, list(t.profiles))
	}
	if text.Exists() {
		w.manner(text, t)
	}
}

// malformed tells whether a reference is of no form that FHIR knows (R4, references.html#literal).
func malformed(text string) bool {
	return fhir.ParseReference(text).Kind == fhir.ReferenceOther && !fhir.Absolute(text)
}

// target finds out what a reference points at: the resource, where it is at hand, and its type; zero for what is not known.
// The caller's help is asked for only if it is needed.
func (w *walk) target(text string, needed bool) (to fhir.Node, typ schema.Type) {
	if text == "" {
		return to, 0
	}
	to, ok := w.here(text)
	if !ok && needed {
		to, ok = w.resolve(text)
	}
	if ok {
		typ, _ = schema.TypeOf(to.Get("resourceType").Str())
		return to, typ
	}
	if r := fhir.ParseReference(text); r.Kind == fhir.ReferenceConditional {
		return to, r.Type
	}
	path, _, _ := strings.Cut(text, "/_history/")
	id := strings.LastIndexByte(path, '/')
	if id < 0 || strings.HasPrefix(path, "urn:") || strings.ContainsAny(path, "?#") {
		return to, 0
	}
	kind := strings.LastIndexByte(path[:id], '/')
	typ, _ = schema.TypeOf(path[kind+1 : id])
	return to, typ
}

// manner checks how a reference may be written: aggregation and versioning (R4, ElementDefinition.type).
func (w *walk) manner(text fhir.Node, t *targets) {
	contained := strings.HasPrefix(text.Str(), "#")
	if len(t.aggregation) > 0 {
		_, bundled := w.entries.find(text.Str())
		is := "referenced"
		if contained {
			is = "contained"
		}
		if !slices.Contains(t.aggregation, is) && (!bundled || !slices.Contains(t.aggregation, "bundled")) {
			w.report(text, wrongAggregation, strings.Join(t.aggregation, ", "))
		}
	}
	versioned := strings.Contains(text.Str(), "/_history/")
	if !contained && (t.versioning == "specific" && !versioned || t.versioning == "independent" && versioned) {
		w.report(text, wrongVersioning, t.versioning)
	}
}

// resolve finds the resource that a reference names: contained, in the bundle, or by the caller's help.
func (w *walk) resolve(text string) (fhir.Node, bool) {
	n, ok := w.here(text)
	if !ok && w.options.Resolve != nil && text != "" && text[0] != '#' {
		return w.options.Resolve(text)
	}
	return n, ok
}

// here finds the resource that a reference names in the resource itself or in the bundle around.
func (w *walk) here(text string) (fhir.Node, bool) {
	if id, contained := strings.CutPrefix(text, "#"); contained {
		if id == "" {
			return w.outer, true
		}
		return w.inOuter(id)
	}
	return w.entries.find(text)
}

// resolveFor is the function resolve of FHIRPath.
func (w *walk) resolveFor(reference string, _ fhir.Node) (fhir.Node, bool) {
	return w.resolve(reference)
}

func typeNames(types []schema.Type) string {
	var names []string
	for _, t := range types {
		names = append(names, t.String())
	}
	return strings.Join(names, ", ")
}
