package validate

import (
	"slices"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// object checks the members of an object: that the element has them, how many they are, and each of them.
func (w *walk) object(x value, r *rules) {
	if r.like != nil {
		r = r.like
	}
	if x.n.Kind() != fhir.Object {
		w.report(x.place(), notAnObject, x.n.Kind())
		return
	}
	base := len(w.scratch)
	w.scratch = append(w.scratch, make([]value, len(r.shape.Elements))...)
	members := w.scratch[base:]
	w.sort(x, r, members)
	for _, p := range r.parts {
		w.missing(x, p, r, members)
	}
	for i := range members {
		if m := members[i]; m.of != nil && r.places[i] >= 0 {
			w.member(m, r.parts[r.places[i]])
		}
		members = w.scratch[base : base+len(members)] // it may have moved
	}
	clear(members)
	w.scratch = w.scratch[:base]
}

// sort puts the members of an object into the order of its shape's elements.
func (w *walk) sort(x value, r *rules, members []value) {
	for c := x.n.First(); c.Exists(); c = c.Next() {
		name := c.Name()
		beside := len(name) > 1 && name[0] == '_'
		if beside {
			name = name[1:]
		}
		i := r.shape.Place(name)
		switch {
		case i < 0 || beside && r.shape.Elements[i].Kind != schema.Primitive:
			if r.abstract || r.side && x.of.Kind != schema.Primitive {
				continue
			}
			if string(c.Name()) != "resourceType" || x.of != nil && x.of.Kind != schema.AnyResource {
				w.report(c, unknownElement, w.nameOf(x), clip(string(c.Name())))
			}
			continue
		case beside:
			members[i].side = c
		default:
			members[i].n = c
		}
		members[i].of = &r.shape.Elements[i]
		if x.of != nil && string(name) == "id" && x.of.Kind != schema.AnyResource && x.of.Type != "ElementDefinition" {
			w.id(c)
		}
	}
	w.choices(x, members)
}

// choices reports a choice that was made twice.
func (w *walk) choices(x value, members []value) {
	var made *schema.Element
	for i := range members {
		of := members[i].of
		if of == nil || of.Choice == "" {
			continue
		}
		if made != nil && made.Choice == of.Choice {
			w.report(members[i].place(), twoChoices, of.Choice, made.Name, of.Name)
		}
		made = of
	}
}

// missing reports an element that should be there.
func (w *walk) missing(x value, p *part, r *rules, members []value) {
	if !p.needed || !w.step() {
		return
	}
	for i := range members {
		if members[i].of != nil && r.places[i] >= 0 && r.parts[r.places[i]] == p {
			return
		}
	}
	w.absent(x, p)
}

// absent reports that an element is not there, if it or one of its slices should be.
func (w *walk) absent(x value, p *part) {
	if p.min > 0 {
		w.report(x.place(), missingElement, w.nameOf(x), p.name)
		return
	}
	s := w.slicesOf(p)
	s.done(w, x)
}

// member checks what stands as one member of an object: its number, and every value.
func (w *walk) member(m value, p *part) {
	w.way = append(w.way, step{name: p.name, typ: m.of.Type})
	defer func() { w.way = w.way[:len(w.way)-1] }()
	if p.max == 0 {
		w.report(m.place(), notAllowed, p.name)
		return
	}
	if !m.of.Many {
		w.single(m, p)
		return
	}
	if !w.array(m.n) || !w.array(m.side) {
		return
	}
	n := max(m.n.Len(), m.side.Len())
	if p.max > 0 && n > p.max {
		w.report(m.place(), tooMany, p.name, n, p.max)
	}
	if n < p.min {
		w.report(m.place(), tooFew, p.name, n, p.min)
	}
	if m.n.Exists() && m.side.Exists() && m.n.Len() != m.side.Len() {
		w.report(m.side, unevenArrays, p.name, m.n.Len(), m.side.Len())
	}
	w.items(m, p)
}

func (w *walk) single(m value, p *part) {
	if m.n.Kind() == fhir.Array || m.side.Kind() == fhir.Array {
		w.report(m.place(), anArray, p.name)
		return
	}
	if m.n.Kind() == fhir.Null || m.side.Kind() == fhir.Null {
		at := m.n
		if m.n.Kind() != fhir.Null {
			at = m.side
		}
		w.report(at, aNull, p.name)
		return
	}
	s := w.slicesOf(p)
	w.value(m, s.rulesFor(w, m))
	s.done(w, m)
}

// array tells whether a value is an array or absent, and reports it if not.
func (w *walk) array(n fhir.Node) bool {
	switch {
	case !n.Exists():
	case n.Kind() != fhir.Array:
		w.report(n, noArray, w.way[len(w.way)-1].name)
		return false
	case n.Len() == 0:
		w.report(n, emptyArray, w.way[len(w.way)-1].name)
		return false
	}
	return true
}

// items checks every item of an array, and the slices that they belong to.
func (w *walk) items(m value, p *part) {
	s := w.slicesOf(p)
	n, side := m.n.First(), m.side.First()
	for n.Exists() || side.Exists() {
		item, null := value{n: n, side: side, of: m.of}, n
		if n.Kind() == fhir.Null {
			item.n = fhir.Node{}
		}
		if side.Kind() == fhir.Null {
			item.side = fhir.Node{}
		}
		switch {
		case item.n.Exists() || item.side.Exists():
			w.value(item, s.rulesFor(w, item))
		case null.Exists():
			w.report(null, aNull, p.name)
		default:
			w.report(side, aNull, p.name)
		}
		n, side = n.Next(), side.Next()
	}
	s.done(w, m)
}

// value checks one value of an element.
func (w *walk) value(x value, r *rules) {
	if !w.step() {
		return
	}
	w.way[len(w.way)-1].at = x
	t := w.typeOf(x, r)
	if t == nil && len(r.types) > 0 {
		w.report(x.place(), wrongType, x.of.Name, typesOf(r))
		return
	}
	switch {
	case x.of.Kind == schema.Primitive:
		w.simple(x, r)
	case x.of.Kind == schema.AnyResource:
		base := w.entries.base
		if len(w.way) == 3 && w.way[1].name == "entry" { // Bundle.entry.resource
			w.entries.base = baseOf(w.way[1].at.n.Get("fullUrl").Str())
		}
		w.resource(x.n, r, nil)
		w.entries.base = base
		if typ, ok := schema.TypeOf(x.n.Get("resourceType").Str()); ok {
			w.beyond(x, r.checks, typ.String())
		}
		return
	default:
		w.complex(x, r, t)
	}
	w.fixed(x, r.of)
	w.bounds(x, r.of)
	w.invariants(x, r.checks)
	if r.like != nil {
		w.others(x, r.like.checks, r.checks)
	}
	if r.binding != nil {
		w.bound(x, r.binding)
	}
}

// typeOf is the type among those that the element may have, nil if it is none of them or the rules name none.
func (w *walk) typeOf(x value, r *rules) *typed {
	for i := range r.types {
		name := r.types[i].name
		if name == x.of.Type || x.of.Kind == schema.AnyResource {
			return &r.types[i]
		}
		// A group's type is its path in the schema, and that of Resource.id is id.
		if len(r.types) == 1 && x.of.Choice == "" && (x.of.Kind == schema.Primitive || name == "BackboneElement" || name == "Element") {
			return &r.types[i]
		}
	}
	return nil
}

// profiles checks that a value conforms to one of some profiles. If there is only one, it is told what is wrong by that one.
func (w *walk) profiles(x value, profiles []string) {
	if len(profiles) != 1 || w.nested >= MostNested {
		if len(profiles) > 0 && !w.conformsToOne(x, profiles) {
			w.report(x.place(), noneOfProfiles, list(profiles))
		}
		return
	}
	p, err := w.v.plan(profiles[0])
	if err != nil {
		return
	}
	around := w.profile
	w.profile = p.definition.URL
	w.nested++
	w.conform(x, p)
	w.nested--
	w.profile = around
}

// ofType evaluates the invariants that the type of a value states beyond those of its element.
func (w *walk) ofType(x value, r *rules, t *typed) {
	if t == nil || t.at == nil {
		return
	}
	if p, err := w.v.plan(t.name); err == nil {
		w.others(x, p.root.checks, r.checks)
	}
}

// beyond evaluates the invariants that an element states beyond those of its type.
func (w *walk) beyond(x value, checks []*check, typ string) {
	if p, err := w.v.plan(typ); err == nil {
		w.others(x, checks, p.root.checks)
	}
}

// others evaluates the invariants that are not among those that are evaluated anyway.
func (w *walk) others(x value, checks, evaluated []*check) {
	for i, c := range checks {
		if !slices.ContainsFunc(evaluated, func(own *check) bool { return own.key == c.key }) {
			w.invariants(x, checks[i:i+1])
		}
	}
}

// complex checks a value that is an object: against what the definition says of its parts, and against its type.
func (w *walk) complex(x value, r *rules, t *typed) {
	if x.n.Kind() != fhir.Object {
		w.report(x.place(), notAnObject, x.n.Kind())
		return
	}
	inner := r
	if r.like != nil {
		inner = r.like
	}
	switch {
	case x.of.Type == "Extension":
		w.extension(x, r)
	case inner.parts != nil && !inner.side:
		w.object(x, inner)
		w.ofType(x, r, t)
	case t != nil && t.at != nil:
		if p, err := w.v.plan(t.name); err == nil {
			w.conform(x, p)
		}
	}
	if inner.parts != nil && inner.side { // of a choice of several types, what all of them have
		w.object(x, inner)
	}
	if t != nil && x.of.Type != "Extension" {
		w.profiles(x, t.profiles)
	}
	switch x.of.Type {
	case "Reference":
		w.reference(x, r)
	case "Coding":
		w.coding(x.n)
	case "Quantity", "Age", "Count", "Distance", "Duration":
		w.unit(x.n)
	}
}
