package rest

import (
	"slices"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// arguments are what an operation is called with: the parameters of a Parameters resource, or of the query.
type arguments struct {
	names     []string // that the operation knows
	texts     map[string][]string
	resources map[string]fhir.Node
}

// arguments reads what an operation is called with. A body that is no Parameters resource is the argument resource.
func (r *request) arguments(names ...string) (*arguments, error) {
	a := &arguments{names: append(names, "_format", "_pretty"), texts: map[string][]string{}, resources: map[string]fhir.Node{}}
	for name, values := range r.query {
		if err := a.known(name); err != nil {
			return nil, err
		}
		a.texts[name] = values
	}
	if len(r.body.bytes) == 0 && !r.body.node.Exists() {
		return a, nil
	}
	if r.body.typ != mediaFHIR && r.body.typ != mediaJSON {
		return nil, fault.New(fault.UnsupportedMedia, "Resources are taken as %s.", mediaFHIR)
	}
	n, err := r.body.parse()
	if err != nil {
		return nil, err
	}
	if n.Get("resourceType").Str() != "Parameters" {
		a.resources["resource"] = n
		return a, nil
	}
	for p := n.Get("parameter").First(); p.Exists(); p = p.Next() {
		name := p.Get("name").Str()
		if err := a.known(name); err != nil {
			return nil, fault.From(err).At(p.Path())
		}
		if resource := p.Get("resource"); resource.Exists() {
			a.resources[name] = resource
		}
		for m := p.First(); m.Exists(); m = m.Next() {
			if string(m.Name()) == "name" {
				continue
			}
			switch m.Kind() {
			case fhir.String:
				a.texts[name] = append(a.texts[name], m.Str())
			case fhir.Number, fhir.True, fhir.False:
				a.texts[name] = append(a.texts[name], string(m.Raw()))
			case fhir.Object:
				if string(m.Name()) == "valueReference" {
					a.texts[name] = append(a.texts[name], m.Get("reference").Str())
				}
			}
		}
	}
	return a, nil
}

func (a *arguments) known(name string) error {
	if slices.Contains(a.names, name) {
		return nil
	}
	return fault.New(fault.Malformed, "The parameter %q is not known here.", clip(name))
}

// one is a text that may be given once; "" if it is not.
func (a *arguments) one(name string) (string, error) {
	switch texts := a.texts[name]; len(texts) {
	case 0:
		return "", nil
	case 1:
		return texts[0], nil
	default:
		return "", fault.New(fault.Malformed, "The parameter %s may be given once only.", name)
	}
}
