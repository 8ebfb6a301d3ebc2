package validate

import (
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/fhirpath"
	"yitong/internal/fhir/schema"
)

// walk is one validation.
type walk struct {
	v        *Validator
	options  Options
	issues   []Issue
	errors   int  // that were found, reported or not
	warnings int  // and issues below
	quiet    bool // only count errors: to see whether something conforms
	work     int  // steps left
	nested   int
	profile  string // the canonical of the definition that is being applied

	env     fhirpath.Env
	root    fhir.Node            // what was handed in
	outer   fhir.Node            // the resource around, contained resources passed over: %rootResource
	self    fhir.Node            // the resource, contained or not: %resource
	way     []step               // from the resource to the element that is being looked at
	seen    map[string]fhir.Node // ids of elements of the resource
	scratch []value              // where the members of objects are put in order
	entries entries
	held    held
}

// step is an element on the way: by which name its definition calls it, and its type.
type step struct {
	name string // "contact", "value[x]"; for the resource its type
	typ  string // "HumanName", "Patient.contact"
	at   value  // the one that is being looked at
}

// value is one value of an element: the JSON value, what stands beside it, and the element.
type value struct {
	n, side fhir.Node
	of      *schema.Element
}

// place is where issues about the value are reported.
func (x value) place() fhir.Node {
	if x.n.Exists() && x.n.Kind() != fhir.Null {
		return x.n
	}
	return x.side
}

func (x value) focus() fhirpath.Value {
	if x.of == nil {
		return fhirpath.Of(x.n)
	}
	return fhirpath.OfElement(x.n, x.side, x.of)
}

// step counts work; false when there has been too much.
func (w *walk) step() bool {
	w.work--
	if w.work%1024 == 0 {
		select {
		case <-w.options.Done:
			w.work = 0
		default:
		}
	}
	return w.work > 0
}

// resource validates a resource that stands at n. Where it stands, rules may be set (of Bundle.entry.resource, say), and
// profiles.
func (w *walk) resource(n fhir.Node, r *rules, profiles []string) {
	if n.Kind() != fhir.Object {
		w.report(n, notAnObject, n.Kind())
		return
	}
	typ, ok := schema.TypeOf(n.Get("resourceType").Str())
	if !ok {
		w.report(n, unknownType, clip(n.Get("resourceType").Str()))
		return
	}
	outer, resource, way, profile, seen := w.outer, w.self, w.way, w.profile, w.seen
	w.self, w.seen = n, nil
	if w.outer == (fhir.Node{}) || len(way) > 0 && way[len(way)-1].name != "contained" {
		w.outer = n
	}
	w.way = append(w.way[len(w.way):], step{name: typ.String(), typ: typ.String(), at: value{n: n}})
	defer func() { w.outer, w.self, w.way, w.profile, w.seen = outer, resource, way, profile, seen }()
	if typ == typeBundle {
		around := w.entries
		w.entries = indexed(n)
		defer func() { w.entries = around }()
	}
	for _, p := range w.plansFor(n, typ, profiles) {
		w.profile = p.definition.URL
		w.conform(value{n: n}, p)
	}
	if r != nil {
		w.profile = profile
		w.allowed(n, typ, r)
	}
	w.contained(n)
	if typ == typeBundle {
		w.bundle(n)
	}
}

// conform applies a plan to the value whose definition it is.
func (w *walk) conform(x value, p *plan) {
	w.object(x, p.root)
	w.invariants(x, p.root.checks)
}

// plansFor gives the definitions that a resource has to conform to: the profiles that it names and those that are asked
// for, or its type where there is none of them. A profile's plan holds all rules of its type.
func (w *walk) plansFor(n fhir.Node, typ schema.Type, profiles []string) (plans []*plan) {
	add := func(at fhir.Node, canonical string, missing found) {
		p, err := w.v.plan(canonical)
		switch {
		case err != nil && missing.severity == Error:
			w.report(at, missing, clip(canonical), say(err))
		case err != nil && fault.CodeOf(err) != fault.NotFound:
			w.report(at, brokenProfile, clip(canonical), say(err))
		case err != nil:
			w.report(at, missing, clip(canonical))
		case p.definition.Type != typ.String() && p.definition.Type != "Resource" && p.definition.Type != "DomainResource":
			w.report(at, profileOfOther, clip(canonical), p.definition.Type, typ)
		default:
			plans = append(plans, p)
		}
	}
	for _, canonical := range profiles {
		add(n, canonical, noSuchProfile)
	}
	for c := n.Get("meta").Get("profile").First(); c.Exists(); c = c.Next() {
		if c.Kind() == fhir.String {
			add(c, c.Str(), unknownProfile)
		}
	}
	for _, p := range plans {
		if p.definition.Type == typ.String() {
			return plans
		}
	}
	add(n, typ.String(), noSuchProfile)
	return plans
}

// allowed checks a resource against the element that it stands in: its type, and one of the type's profiles.
func (w *walk) allowed(n fhir.Node, typ schema.Type, r *rules) {
	var profiles []string
	for _, t := range r.types {
		if t.name != "Resource" && t.name != typ.String() {
			continue
		}
		if len(t.profiles) == 0 {
			return
		}
		profiles = append(profiles, t.profiles...)
	}
	if profiles == nil && len(r.types) > 0 {
		w.report(n, wrongType, typ, typesOf(r))
		return
	}
	w.profiles(value{n: n}, profiles)
}

// conformsToOne tells whether a value conforms to one of some profiles. Those that are not known count as kept.
func (w *walk) conformsToOne(x value, profiles []string) bool {
	if w.nested >= MostNested {
		return true
	}
	for _, canonical := range profiles {
		p, err := w.v.plan(canonical)
		if err != nil || w.tries(x, p) {
			return true
		}
	}
	return false
}

// conformsTo is the function conformsTo of FHIRPath.
func (w *walk) conformsTo(profile string, x fhirpath.Value) (bool, error) {
	p, err := w.v.plan(profile)
	if err != nil || w.nested >= MostNested {
		return false, err
	}
	env, way := w.env, w.way // it is in the middle of an evaluation
	defer func() { w.env, w.way = env, way }()
	w.env = w.expressions()
	v := value{n: x.Node(), side: x.Side()}
	if _, typ := x.Type(); !v.n.Get("resourceType").Exists() {
		v.of = &schema.Element{Name: typ, Type: typ, Kind: schema.Complex}
		v.of.Shape, _ = schema.ShapeOf(typ)
		w.way = append(way[:len(way):len(way)], step{name: typ, typ: typ, at: v})
	}
	return w.tries(v, p), nil
}

// tries tells whether a value conforms to a definition, without reporting anything.
func (w *walk) tries(x value, p *plan) bool {
	quiet, errors, profile := w.quiet, w.errors, w.profile
	w.quiet, w.errors = true, 0
	w.nested++
	if typ := x.n.Get("resourceType"); x.of == nil && typ.Exists() {
		if typ.Str() != p.definition.Type && p.definition.Type != "Resource" && p.definition.Type != "DomainResource" {
			w.errors++
		} else {
			outer, resource, way, seen := w.outer, w.self, w.way, w.seen
			if !inside(x.n, w.outer) {
				w.outer = x.n
			}
			w.self, w.seen, w.way = x.n, nil, append(w.way[len(w.way):], step{name: typ.Str(), typ: typ.Str(), at: x})
			w.conform(x, p)
			w.outer, w.self, w.way, w.seen = outer, resource, way, seen
		}
	} else {
		w.conform(x, p)
	}
	conforms := w.errors == 0
	w.nested--
	w.quiet, w.errors, w.profile = quiet, errors, profile
	return conforms
}

// inside tells whether a value stands within another of the same text.
func inside(n, outer fhir.Node) bool {
	start, end := n.Span()
	from, to := outer.Span()
	return n.SameText(outer) && from <= start && end <= to
}

// invariants evaluates the invariants of an element on a value.
func (w *walk) invariants(x value, checks []*check) {
	for _, c := range checks {
		if c.severity != Error && (w.options.Errors || w.quiet) || !w.step() {
			continue
		}
		if holds, err := w.holds(x, c); fault.CodeOf(err) == fault.TooLarge {
			w.work = 0
		} else if err != nil {
			w.report(x.place(), unevaluable, c.key, say(err))
		} else if !holds {
			w.report(x.place(), c.broken())
		}
	}
}

func (w *walk) holds(x value, c *check) (bool, error) {
	if c.native != nil {
		return c.native(w, x), nil
	}
	holds, known, err := w.truth(c.expression, x)
	return holds || !known && c.lenient, err
}

// truth evaluates an expression about a value, and counts the work.
func (w *walk) truth(e *fhirpath.Expression, x value) (holds, known bool, err error) {
	w.env.Resource, w.env.Root, w.env.Work = w.self, w.outer, min(w.work, mostAtOnce)
	holds, known, err = e.Truth(&w.env, x.focus())
	w.spent()
	return holds, known, err
}

// spent takes the steps of the last evaluation off what is left.
func (w *walk) spent() {
	w.work -= w.env.Spent
	w.env.Spent = 0
}

// broken is the issue for an invariant: our sentence where we have one, else that of its definition.
func (c *check) broken() found {
	en, zh := c.en, c.zh
	switch {
	case en != "":
	case c.human != "":
		en, zh = c.human, c.human
	default:
		en, zh = "This has to hold: "+c.text, "须满足条件："+c.text
	}
	return found{c.severity, "invariant", c.key, asIs(en+" ("+c.key+")", zh+"（"+c.key+"）")}
}
