package fhirpath

import (
	"slices"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// Functions that FHIR adds (R4 fhirpath.html, 2.1.3.5), and those that look at the tree and at the clock.

func fnChildren(m *machine, _ *call, in span) error {
	for i := in.from; i < in.to; i++ {
		v := m.items[i]
		if v.kind == kindTypeInfo {
			m.pushTypeInfo(v.typ, "namespace")
			m.pushTypeInfo(v.typ, "name")
		}
		if err := m.pushChildren(&v); err != nil {
			return err
		}
	}
	return nil
}

// fnDescendants gives every element below, each once as it is one, whether or not it equals another.
func fnDescendants(m *machine, c *call, in span) error {
	next := len(m.items)
	if err := fnChildren(m, c, in); err != nil {
		return err
	}
	for ; next < len(m.items); next++ {
		v := m.items[next]
		if err := m.pushChildren(&v); err != nil {
			return err
		}
	}
	return nil
}

func fnTrace(m *machine, c *call, in span) error {
	if m.env.Trace != nil {
		name, _, err := m.argument(c, 0, kindString)
		if err != nil {
			return err
		}
		shown := slices.Clone(Collection(m.items[in.from:in.to]))
		if len(c.args) == 2 {
			mark := len(m.items)
			if err := m.each(c.args[1], in, func(int, span) (bool, error) { return true, nil }); err != nil {
				return err
			}
			shown = slices.Clone(Collection(m.items[mark:]))
			m.cut(mark)
		}
		m.env.Trace(name.text, shown)
	}
	return m.pushSpan(in)
}

func fnNow(m *machine, c *call, _ span) error {
	now, err := m.now(c.name + "()")
	if err != nil {
		return err
	}
	return m.push(instant(now))
}

func fnToday(m *machine, c *call, _ span) error {
	now, err := m.now(c.name + "()")
	if err != nil {
		return err
	}
	return m.push(dateOf(now))
}

func fnTimeOfDay(m *machine, c *call, _ span) error {
	now, err := m.now(c.name + "()")
	if err != nil {
		return err
	}
	return m.push(Value{kind: kindTime, prec: precisionSecond, scale: 3, num: timeOf(now)})
}

func fnExtension(m *machine, c *call, in span) error {
	url, ok, err := m.argument(c, 0, kindString)
	if err != nil || !ok {
		return err
	}
	mark := len(m.items)
	for i := in.from; i < in.to; i++ {
		v := m.items[i]
		if v.kind != kindElement {
			continue
		}
		if err := m.pushFields(&v, v.typ.members["extension"], "extension"); err != nil {
			return err
		}
	}
	to := mark
	for i := mark; i < len(m.items); i++ {
		if text(m.items[i].node.Get("url")) == url.text {
			m.items[to] = m.items[i]
			to++
		}
	}
	m.cut(to)
	return nil
}

func fnHasValue(m *machine, _ *call, in span) error {
	return m.push(Boolean(in.len() == 1 && m.items[in.from].hasValue()))
}

func fnGetValue(m *machine, _ *call, in span) error {
	if in.len() != 1 || !m.items[in.from].hasValue() {
		return nil
	}
	return m.push(m.items[in.from].system())
}

// fnResolve gives what references, and texts that are one, point at; what cannot be found is left out.
func fnResolve(m *machine, _ *call, in span) error {
	for i := in.from; i < in.to; i++ {
		v := m.items[i]
		reference := v.system().text
		if v.kind == kindElement && v.node.Kind() == fhir.Object {
			reference = text(v.node.Get("reference"))
		}
		if reference == "" {
			continue
		}
		if n, ok := m.resolve(reference, v.node); ok {
			if err := m.push(Of(n)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *machine) resolve(reference string, in fhir.Node) (fhir.Node, bool) {
	root := m.root()
	if id, ok := strings.CutPrefix(reference, "#"); ok {
		if id == "" {
			return root, root.Exists()
		}
		n := in.Contained(id)
		if !n.Exists() {
			n = root.Contained(id)
		}
		return n, n.Exists()
	}
	if n, ok := m.inBundle(root, reference); ok {
		return n, true
	}
	if m.env.Resolve == nil {
		return fhir.Node{}, false
	}
	return m.env.Resolve(reference, in)
}

// root is the resource that nothing contains but a Bundle.
func (m *machine) root() fhir.Node {
	switch {
	case m.env.Root.Exists():
		return m.env.Root
	case m.env.Resource.Exists():
		return m.env.Resource
	case m.focus.len() > 0:
		return m.items[m.focus.from].node
	}
	return fhir.Node{}
}

// inBundle finds the resource of an entry whose fullUrl is the reference, or ends with a relative one (R4 bundle.html,
// 2.36.4.1).
func (m *machine) inBundle(bundle fhir.Node, reference string) (fhir.Node, bool) {
	for e := bundle.Get("entry").First(); e.Exists(); e = e.Next() {
		_ = m.spend(1) // the next step fails when this was too much
		url, ok := strings.CutSuffix(text(e.Get("fullUrl")), reference)
		if ok && (url == "" || !fhir.Absolute(reference) && strings.HasSuffix(url, "/")) {
			n := e.Get("resource")
			return n, n.Exists()
		}
	}
	return fhir.Node{}, false
}

func fnMemberOf(m *machine, c *call, in span) error {
	valueSet, ok, err := m.argument(c, 0, kindString)
	if err != nil || !ok || in.len() == 0 {
		return err
	}
	if in.len() > 1 {
		return errMany("memberOf()", in.len())
	}
	if m.env.MemberOf == nil {
		return errNoTerminology(c)
	}
	member, known := m.env.MemberOf(valueSet.text, m.items[in.from])
	if !known {
		return nil
	}
	return m.push(Boolean(member))
}

func errNoTerminology(c *call) error {
	return fault.New(fault.NotSupported,
		"FHIRPath, %s: %s() needs a terminology service, and there is none here.", c.at, c.name)
}

func fnSubsumes(m *machine, c *call, in span) error   { return m.subsumes(c, in, false) }
func fnSubsumedBy(m *machine, c *call, in span) error { return m.subsumes(c, in, true) }

// subsumes tells whether any coding of one side is, in the same system, any of the other side or above it.
func (m *machine) subsumes(c *call, in span, turned bool) error {
	other, err := m.other(c)
	if err != nil {
		return err
	}
	upper, lower := in, other
	if turned {
		upper, lower = other, in
	}
	if in.len() > 1 || other.len() > 1 {
		return errMany(c.what, max(in.len(), other.len()))
	}
	if in.len() == 0 || other.len() == 0 {
		m.cut(other.from)
		return nil
	}
	if m.env.Subsumes == nil {
		return errNoTerminology(c)
	}
	t := m.subsumption(codings(m.items[upper.from].node), codings(m.items[lower.from].node))
	m.cut(other.from)
	return m.pushTruth(t)
}

func (m *machine) subsumption(upper, lower []fhir.Node) truth {
	result := no
	for _, a := range upper {
		for _, b := range lower {
			system := text(a.Get("system"))
			if system != text(b.Get("system")) {
				continue
			}
			subsumes, known := m.env.Subsumes(system, text(a.Get("code")), text(b.Get("code")))
			switch {
			case known && subsumes:
				return yes
			case !known:
				result = unknown
			}
		}
	}
	return result
}

// codings are those of a CodeableConcept, or the Coding itself.
func codings(n fhir.Node) []fhir.Node {
	list := n.Get("coding")
	if !list.Exists() {
		return []fhir.Node{n}
	}
	var found []fhir.Node
	for c := list.First(); c.Exists(); c = c.Next() {
		found = append(found, c)
	}
	return found
}

func fnHTMLChecks(m *machine, _ *call, in span) error {
	if in.len() != 1 {
		return nil
	}
	v := m.items[in.from].system()
	ok := v.kind == kindString
	if ok && m.env.HTMLChecks != nil {
		ok = m.env.HTMLChecks(v.text)
	}
	return m.push(Boolean(ok))
}

func fnConformsTo(m *machine, c *call, in span) error {
	profile, ok, err := m.argument(c, 0, kindString)
	if err != nil || !ok || in.len() == 0 {
		return err
	}
	if in.len() > 1 {
		return errMany("conformsTo()", in.len())
	}
	if m.env.ConformsTo == nil {
		return fault.New(fault.NotSupported, "FHIRPath, %s: conformsTo() needs profiles, and there are none here.", c.at)
	}
	conforms, err := m.env.ConformsTo(profile.text, m.items[in.from])
	if err != nil {
		return err
	}
	return m.push(Boolean(conforms))
}
