package fhir

import (
	"slices"
	"strings"
	"unicode"

	"yitong/internal/fhir/schema"
)

// reference gives the rules for a reference: its own, and those for what it tells of the resource that it points at.
// nil means that it may tell all.
func (w *masker) reference(n Node, el *schema.Element, own *rules) *rules {
	tells, any := w.tells(n, el)
	search := (any || own != nil) && strings.Contains(n.Get("reference").Str(), "?") // with names or numbers in it
	if !search && tells == (told{}) {
		return own
	}
	w.repeats = true
	if tells.display == shown && strings.ContainsFunc(n.Get("display").Str(), unicode.IsDigit) {
		tells.display = tells.identifier // people write numbers behind names
	}
	r := tells.rules(el.Shape)
	if search {
		r.put("reference", rule{act: hidden})
	}
	return stricter(own, r)
}

// rules are those of the shape of references.
func (t told) rules(reference *schema.Shape) *rules {
	r := newRules(reference)
	r.put("display", rule{act: t.display, as: asName})
	r.put("identifier", rule{act: t.identifier, as: asIdentifier})
	return r
}

// tells is what is to be masked in a reference, and whether it may point at a type of which anything is.
func (w *masker) tells(n Node, el *schema.Element) (most told, any bool) {
	add := func(t schema.Type) {
		m := w.masks[t]
		any = any || !m.None()
		most.display = max(most.display, m.told.display)
		most.identifier = max(most.identifier, m.told.identifier)
		if t.String() == "PractitionerRole" { // has no name of its own and is called as the one who has it
			practitioner, _ := schema.TypeOf("Practitioner")
			any = any || !w.masks[practitioner].None()
			most.display = max(most.display, w.masks[practitioner].told.display)
		}
	}
	guess := func(t schema.Type) { // it may be of the type
		if !w.masks[t].named {
			add(t)
		}
	}
	pointed, said := pointedType(n), saidType(n)
	switch {
	case pointed != 0 || said != 0:
		add(pointed)
		add(said)
	case el.Targets == nil:
		for t := range w.masks {
			guess(t)
		}
	default:
		for _, t := range el.Targets {
			guess(t)
		}
	}
	return most, any
}

// pointedType is the type of the resource that a reference points at, by its address or as a contained one; 0 if it
// does not tell.
func pointedType(n Node) schema.Type {
	ref := n.Get("reference").Str()
	if id, is := strings.CutPrefix(ref, "#"); is {
		t := schema.Type(0)
		if id != "" {
			t, _ = schema.TypeOf(n.Contained(id).Get("resourceType").Str())
		}
		return t
	}
	ref, _, search := strings.Cut(ref, "?")
	if !search {
		ref, _, _ = strings.Cut(ref, "/_history/")
		end := strings.LastIndexByte(ref, '/')
		if end < 0 {
			return 0
		}
		ref = ref[:end]
	}
	return lastType(ref)
}

// saidType is the type that a reference says it points at; 0 if it does not.
func saidType(n Node) schema.Type { return lastType(n.Get("type").Str()) }

// lastType is the type that the last step of an address names.
func lastType(address string) schema.Type {
	t, _ := schema.TypeOf(address[strings.LastIndexByte(address, '/')+1:])
	return t
}

// queries are the rules for the places in a Bundle where a search or a condition stands, with the names and numbers
// in it; nil for shapes that have none.
func queries(shape *schema.Shape) *rules {
	switch shape.Name {
	case "Bundle.link", "Bundle.entry.request":
		r := newRules(shape)
		r.put("url", rule{act: masked, as: asURL})
		r.put("ifNoneExist", rule{act: hidden})
		return r
	}
	return nil
}

// stricter are the rules that hide what either hides. What both treat in their own way is hidden.
func stricter(a, b *rules) *rules {
	if a == nil || b == nil {
		if a == nil {
			return b
		}
		return a
	}
	both := &rules{a.shape, slices.Clone(a.of)}
	for i, other := range b.of {
		switch mine := &both.of[i]; {
		case other.act == shown && other.inside == nil:
		case mine.act == shown && mine.inside == nil:
			*mine = other
		case mine.act != other.act || mine.inside != other.inside:
			*mine = rule{act: hidden}
		}
	}
	return both
}

// labels are what meta.security says of a resource that is not as it is kept: codes of HL7's
// v3-ObservationValue, as R4's SUBSETTED is (R4, security-labels).
const (
	labelSystem   = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
	labelMasked   = "MASKED"
	labelRedacted = "REDACTED"
)

// label adds to the meta of a resource what was done to it, unless meta says so already.
func (w *masker) label(n Node) {
	meta := n.Get("meta")
	security := meta.Get("security")
	var add []byte
	for _, l := range []struct {
		code string
		is   bool
	}{{labelMasked, w.masked}, {labelRedacted, w.redacted}} {
		if !l.is || isLabelled(security, l.code) {
			continue
		}
		if add != nil {
			add = append(add, ',')
		}
		add = append(add, `{"system":"`+labelSystem+`","code":"`+l.code+`"}`...)
	}
	if add == nil {
		return
	}
	if security.Kind() > Null && security.Kind() != Array { // a label that should be in a list becomes its first
		add = slices.Concat(security.Raw(), []byte(","), add)
	}
	list := slices.Concat([]byte("["), add, []byte("]"))
	switch {
	case security.Kind() == Array:
		w.edits.insertLast(security, add)
	case security.Exists():
		w.edits.replace(security, list)
	case meta.Kind() == Object:
		w.edits.insertMember(meta, "security", list)
	case meta.Exists():
		w.edits.replace(meta, slices.Concat([]byte(`{"security":`), list, []byte("}")))
	default:
		w.edits.insertMember(n, "meta", slices.Concat([]byte(`{"security":`), list, []byte("}")))
	}
}

func isLabelled(security Node, code string) (is bool) {
	each(security, func(c Node) {
		is = is || c.Get("code").Str() == code && c.Get("system").Str() == labelSystem
	})
	return is
}
