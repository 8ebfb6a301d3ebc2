package gate

import (
	"bytes"
	"slices"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate/label"
	"yitong/internal/store"
)

var (
	typeBundle, _     = schema.TypeOf("Bundle")
	typeParameters, _ = schema.TypeOf("Parameters")

	contained = []byte(`"contained"`)
)

// holdsOthers tells whether there may be resources in a version: contained ones, or those of a Bundle or Parameters.
func holdsOthers(version store.Version) bool {
	return version.Ref.Type == typeBundle || version.Ref.Type == typeParameters || bytes.Contains(version.Body.Bytes, contained)
}

// inside tells of the resources in a version that is seen which of them are seen with it, and by which masks. What is contained has
// neither a custodian nor a compartment of its own: it has those of what contains it. So it is seen unless no rule of some layer
// lets look at any resource of its type, or its labels, and the codes in it, hide it.
func (v *view) inside(of fhir.Resource, version store.Version) func(fhir.Resource) (fhir.Mask, bool) {
	return func(in fhir.Resource) (mask fhir.Mask, seen bool) {
		if in.Type == typeAuditEvent { // which is none of the trail's, whatever it says
			return mask, false
		}
		var by []*compiled
		for _, layer := range v.sight(in.Type) {
			c := v.lookingAt(layer, of, in, version)
			if c == nil {
				return mask, false
			}
			by = append(by, c)
		}
		mask, err := together(in.Type, by)
		return mask, err == nil
	}
}

// lookingAt is the rule of a layer by which a resource in another one is seen; nil if none lets it be. Of rules for everything of the
// type it is the one that hides least; of those with conditions, which cannot be asked here, the one that hides most.
func (v *view) lookingAt(layer []*compiled, of, in fhir.Resource, version store.Version) (best *compiled) {
	for _, c := range layer {
		if !c.allows(MayLook) || !v.uncovered(c, of, in, version) {
			continue
		}
		if best == nil || c.shows(best) {
			best = c
		}
	}
	return best
}

// shows tells whether a rule goes before another one for what is in a resource.
func (c *compiled) shows(other *compiled) bool {
	switch {
	case c.conditional() != other.conditional():
		return other.conditional()
	case c.conditional():
		return len(c.masked) > len(other.masked)
	}
	return len(c.masked) < len(other.masked)
}

// conditional tells whether a rule is for some of the resources of its type only.
func (c *compiled) conditional() bool { return c.all != nil || c.within != nil }

// uncovered tells whether the labels of a resource in another, or the codes in it, leave it to be seen by a rule: the codes as of when
// the version was written, like labels.
func (v *view) uncovered(c *compiled, of, in fhir.Resource, version store.Version) bool {
	if c.labels == LabelsSelf {
		return true
	}
	l := labelsOf(in)
	l.classes |= label.Default().Of(in, version.Updated)
	return !c.hidden(l, !v.writing) || (c.permit || c.within != nil) && v.openedAs(of, in.Type, l)
}

// openedAs tells whether permits open something of a type, with such labels, that is in a resource.
func (v *view) openedAs(of fhir.Resource, t schema.Type, l labels) bool {
	if !v.permits() {
		return false
	}
	about := v.about(of)
	return len(about) > 0 && !slices.ContainsFunc(about, func(ref fhir.Ref) bool {
		return !slices.ContainsFunc(v.open, func(p *person) bool {
			return slices.Contains(p.names, ref) && slices.ContainsFunc(p.permits, func(permit Permit) bool { return permit.covers(t, l) })
		})
	})
}
