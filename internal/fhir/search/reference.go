package search

import (
	"slices"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// literal is what an element names: the reference of a Reference, a canonical, or a resource that stands in the place
// of a reference, as in a Bundle.
func literal(at *path, n fhir.Node) string {
	if at.leaf == nil {
		return ""
	}
	switch at.leaf.Kind {
	case schema.Reference:
		return n.Get("reference").Str()
	case schema.AnyResource:
		if r, err := fhir.ReadResource(n); err == nil && r.ID != "" {
			return r.Type.String() + "/" + r.ID
		}
		return ""
	}
	return n.Str()
}

// leads tells whether what an element names is of the type that the path asks for.
func (p *path) leads(n fhir.Node) bool {
	if p.resolve == 0 {
		return true
	}
	text := literal(p, n)
	if ref := fhir.ParseReference(text); ref.Kind == fhir.ReferenceLocal {
		return ref.Ref.Type == p.resolve
	}
	if id, inside := strings.CutPrefix(text, "#"); inside {
		return n.Contained(id).Get("resourceType").Str() == p.resolve.String()
	}
	if name := typeIn(text); name != "" {
		return name == p.resolve.String()
	}
	return n.Get("type").Str() == p.resolve.String()
}

// typeIn is the type in an absolute URL of a resource, "" for none.
func typeIn(text string) string {
	parts := strings.Split(text, "/")
	if len(parts) > 3 && parts[len(parts)-2] == "_history" {
		parts = parts[:len(parts)-2]
	}
	if len(parts) < 3 {
		return ""
	}
	return parts[len(parts)-2]
}

// Referred calls do with every resource of this record that a reference parameter finds.
func (p *Parameter) Referred(r fhir.Resource, do func(fhir.Ref)) {
	p.each(r, func(at *path, n fhir.Node) bool {
		if ref := fhir.ParseReference(literal(at, n)); ref.Kind == fhir.ReferenceLocal {
			do(ref.Ref)
		}
		return true
	})
}

// referenceValue is a reference as it is asked for.
type referenceValue struct {
	refs    []fhir.Ref // of this record, one for each type that an id alone may mean
	version int64      // of it, 0 for any
	text    string     // an absolute URL or a canonical, with its version if one is asked for
}

// parseReference reads Type/id, Type/id/_history/n, id, a URL or a canonical.
func parseReference(p *Parameter, of schema.Type, text string) (*referenceValue, error) {
	text = plain(text)
	if fhir.ValidID(text) && !strings.Contains(text, "/") {
		v := &referenceValue{}
		targets := p.Targets
		if of != 0 {
			targets = []schema.Type{of}
		} else if targets == nil {
			targets = schema.Types()
		}
		for _, t := range targets {
			v.refs = append(v.refs, fhir.Ref{Type: t, ID: text})
		}
		return v, nil
	}
	ref := fhir.ParseReference(text)
	switch {
	case ref.Kind == fhir.ReferenceLocal && (of == 0 || ref.Ref.Type == of):
		return &referenceValue{refs: []fhir.Ref{ref.Ref}, version: ref.Version}, nil
	case ref.Kind == fhir.ReferenceLocal:
		return nil, fault.New(fault.Malformed, "The parameter %s:%s asks for a %s, but its value names a %s.", p.Name, of, of, ref.Ref.Type).WithIssue("value")
	case fhir.Absolute(text) && (of == 0 || typeIn(text) == of.String()):
		return &referenceValue{text: text}, nil
	case fhir.Absolute(text):
		return &referenceValue{}, nil // what is at that address is of another type
	}
	return nil, fault.New(fault.Malformed, "A reference is written Type/id, id or as an absolute URL.").WithIssue("value")
}

func (v *referenceValue) matches(at *path, n fhir.Node) bool {
	text := literal(at, n)
	if text == "" {
		return false
	}
	if v.text != "" {
		return text == v.text || strings.HasPrefix(text, v.text) && text[len(v.text)] == '|'
	}
	ref := fhir.ParseReference(text)
	return ref.Kind == fhir.ReferenceLocal && (v.version == 0 || v.version == ref.Version) && slices.Contains(v.refs, ref.Ref)
}

// identifierValue is what :identifier asks for.
type identifierValue struct{ *tokenValue }

var identifierPath = path{leaf: &schema.Element{Type: "Identifier"}}

func (v identifierValue) matches(at *path, n fhir.Node) bool {
	return at.leaf != nil && at.leaf.Kind == schema.Reference && v.tokenValue.matches(&identifierPath, n.Get("identifier"))
}
