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

// alsoCalled are the other Patients that stand for the same resident as one that is asked for: the one to which it refers, and
// those that this lists. For what names no Patient there are none.
func (r *Record) alsoCalled(asked string, targets []string) (names []string) {
	typ, id, whole := strings.Cut(asked, "/")
	if !whole {
		typ, id = "Patient", asked
		if targets != nil && !slices.Contains(targets, typ) {
			return nil
		}
	}
	patient := r.anywhere("Patient", id)
	if typ != "Patient" || patient == nil {
		return nil
	}
	if to := linksOf(patient, "refer", "replaced-by"); len(to) > 0 {
		last := to[len(to)-1]
		names = append(names, last)
		if patient = r.anywhere("Patient", strings.TrimPrefix(last, "Patient/")); patient == nil {
			return names
		}
	}
	names = append(names, linksOf(patient, "seealso", "replaces")...)
	return slices.DeleteFunc(names, func(name string) bool { return name == "Patient/"+id })
}

// linksOf are the Patients to which one is linked in any of some ways.
func linksOf(patient *Resource, ways ...string) (names []string) {
	list, _ := member(patient.Body, "link").([]any)
	for _, link := range list {
		if to := text(member(member(link, "other"), "reference")); slices.Contains(ways, text(member(link, "type"))) && strings.HasPrefix(to, "Patient/") && to != patient.Name() {
			names = append(names, to)
		}
	}
	return names
}
