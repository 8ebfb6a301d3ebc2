package terminology

import (
	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// The names of properties that have a meaning of their own, by the uris that a system may define others for.
var meanings = map[string]string{
	"http://hl7.org/fhir/concept-properties#parent":        "parent",
	"http://hl7.org/fhir/concept-properties#child":         "child",
	"http://hl7.org/fhir/concept-properties#notSelectable": "notSelectable",
	"http://hl7.org/fhir/concept-properties#inactive":      "inactive",
	"http://hl7.org/fhir/concept-properties#status":        "status",
}

// systemReader reads a CodeSystem resource.
type systemReader struct {
	*CodeSystem
	names map[string]string // what the properties mean that are called otherwise
	links []link
}

// link is a parent or child that a property names; the code may be defined further down.
type link struct {
	from  int32
	to    string
	child bool
}

// readCodeSystem reads a CodeSystem resource. The error, Malformed, says what it lacks. A supplement has no codes of
// its own and counts as a system of which nothing is here.
func readCodeSystem(n fhir.Node) (*CodeSystem, error) {
	if n.Get("resourceType").Str() != "CodeSystem" {
		return nil, fault.New(fault.Malformed, "This is no CodeSystem.").At(n.Path())
	}
	if n.Get("url").Str() == "" {
		return nil, fault.New(fault.Malformed, "The code system has no url.").At("CodeSystem.url")
	}
	stated := n.Get("caseSensitive")
	c, err := readFolding(n, stated.Kind() != fhir.True)
	if err != nil && !stated.Exists() {
		return readFolding(n, false) // codes that differ by case say that it counts
	}
	return c, err
}

// readFolding reads a CodeSystem resource whose codes are compared with or without their case.
func readFolding(n fhir.Node, fold bool) (*CodeSystem, error) {
	c := &CodeSystem{
		URL:      n.Get("url").Str(),
		Version:  n.Get("version").Str(),
		complete: n.Get("content").Str() == "complete",
		fold:     fold,
		index:    map[string]int32{},
	}
	if n.Get("content").Str() == "supplement" {
		return c, nil
	}
	r := systemReader{CodeSystem: c, names: map[string]string{}}
	for p := n.Get("property").First(); p.Exists(); p = p.Next() {
		if name := meanings[p.Get("uri").Str()]; name != "" {
			r.names[p.Get("code").Str()] = name
		}
	}
	if err := r.read(n, -1); err != nil {
		return nil, err
	}
	r.connect()
	return c, nil
}

// read reads the concepts of a system, or those below a concept, which nest no deeper than JSON may.
func (r *systemReader) read(n fhir.Node, parent int32) error {
	for p := n.Get("concept").First(); p.Exists(); p = p.Next() {
		code := p.Get("code").Str()
		k := key(code, r.fold)
		if _, twice := r.index[k]; twice || code == "" {
			return fault.New(fault.Malformed, "Each concept has a code of its own; %q is empty or taken.", code).At(p.Path())
		}
		i := int32(len(r.concepts))
		r.index[k] = i
		r.concepts = append(r.concepts, concept{code: code, display: p.Get("display").Str(), parent: parent})
		for q := p.Get("property").First(); q.Exists(); q = q.Next() {
			r.property(i, q)
		}
		if err := r.read(p, i); err != nil {
			return err
		}
	}
	return nil
}

// property reads a property of the concept at i.
func (r *systemReader) property(i int32, q fhir.Node) {
	name, value := q.Get("code").Str(), propertyValue(q)
	if known := r.names[name]; known != "" {
		name = known
	}
	c := &r.concepts[i]
	switch name {
	case "parent", "child":
		r.links = append(r.links, link{i, value, name == "child"})
		return
	case "notSelectable", "abstract": // R4 has two systems that say abstract
		c.abstract = value == "true"
	case "inactive":
		c.inactive = value == "true"
	case "status":
		c.inactive = value == "retired" || value == "inactive"
	}
	if r.properties == nil {
		r.properties = map[int32][]property{}
	}
	r.properties[i] = append(r.properties[i], property{name, value})
}

// propertyValue is the value of a property as filters compare it: a Coding by its code, everything else as written.
func propertyValue(q fhir.Node) string {
	for v := q.First(); v.Exists(); v = v.Next() {
		if name := v.Name(); len(name) < len("valueX") || string(name[:len("value")]) != "value" {
			continue
		}
		switch v.Kind() {
		case fhir.String:
			return v.Str()
		case fhir.Object:
			return v.Get("code").Str()
		default:
			return string(v.Raw())
		}
	}
	return ""
}

// connect makes parents of the links.
func (r *systemReader) connect() {
	for _, l := range r.links {
		to, ok := r.index[key(l.to, r.fold)]
		if !ok {
			continue
		}
		child, parent := l.from, to
		if l.child {
			child, parent = to, l.from
		}
		if r.concepts[child].parent == parent {
			continue
		}
		if r.further == nil {
			r.further = map[int32][]int32{}
		}
		r.further[child] = append(r.further[child], parent)
	}
}
