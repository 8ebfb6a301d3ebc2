package naive

import (
	"slices"
	"strings"

	"yitong/internal/fhir/schema"
)

// pointer is what a reference says: the literal reference, or a canonical.
type pointer struct {
	literal   string
	canonical bool
}

// pointers are the references in a node.
func pointers(n node) []pointer {
	switch n.typ {
	case "Reference":
		if literal := text(member(n.value, "reference")); literal != "" {
			return []pointer{{literal: literal}}
		}
	case "canonical", "uri":
		return []pointer{{text(n.value), true}}
	}
	return nil
}

// local takes Type/id, with a version or without, apart; false for every other form.
func (p pointer) local() (typ, id string, ok bool) {
	name, _, _ := strings.Cut(p.literal, "/_history/")
	typ, id, ok = strings.Cut(name, "/")
	_, known := schema.TypeOf(typ)
	return typ, id, ok && known && !p.canonical && !strings.Contains(id, "/")
}

// referenceMatches compares a reference asked for with one of a resource. targets are the types that an id alone may
// mean; none means any.
func referenceMatches(asked string, targets []string, p pointer) bool {
	if p.literal == asked {
		return true
	}
	if p.canonical {
		url, _, _ := strings.Cut(p.literal, "|")
		return url == asked
	}
	typ, id, ok := p.local()
	switch {
	case !ok:
		return false
	case strings.Contains(asked, "/"):
		return typ+"/"+id == asked
	}
	return id == asked && (targets == nil || slices.Contains(targets, typ))
}
