package patch

import (
	"bytes"
	"slices"

	"yitong/internal/fhir"
)

// rewriting changes members of one object. Where the object is absent, it is made.
type rewriting struct {
	object  fhir.Node
	changes []change
}

// change puts a member in the place of another, or of none; without raw the member goes.
type change struct {
	was, now string
	raw      []byte
}

// edits are the edits of the text that the object stands in.
func (r rewriting) edits(src []byte) (e fhir.Edits) {
	start, end := r.object.Span()
	last, kept := start+1, false // where the member before ends; whether one of those before stays
	for m := r.object.First(); m.Exists(); m = m.Next() {
		from, stop := m.Span()
		i := slices.IndexFunc(r.changes, func(c change) bool { return c.was == string(m.Name()) })
		switch {
		case i < 0:
		case r.changes[i].raw == nil:
			to := stop
			if !kept && m.Next().Exists() {
				to += bytes.IndexByte(src[stop:], ',') + 1
			} else if !kept {
				to = end - 1
			}
			e = append(e, fhir.Edit{Start: last, End: to})
			last = to
			continue
		case r.changes[i].now == r.changes[i].was:
			e = append(e, fhir.Edit{Start: from, End: stop, New: r.changes[i].raw})
		default:
			name := last + bytes.IndexByte(src[last:], '"')
			e = append(e, fhir.Edit{Start: name, End: stop, New: r.changes[i].member()})
		}
		last, kept = stop, true
	}
	if fresh := r.fresh(); len(fresh) > 0 {
		if kept {
			fresh = append([]byte{','}, fresh...)
		}
		e = append(e, fhir.Edit{Start: last, End: last, New: fresh})
	}
	return e
}

// fresh writes the members that take no other's place.
func (r rewriting) fresh() []byte {
	var members [][]byte
	for _, c := range r.changes {
		if c.raw != nil && !r.object.Get(c.was).Exists() {
			members = append(members, c.member())
		}
	}
	return bytes.Join(members, []byte{','})
}

// text is the object when it was absent.
func (r rewriting) text() []byte {
	return slices.Concat([]byte{'{'}, r.fresh(), []byte{'}'})
}

func (c change) member() []byte {
	return slices.Concat([]byte{'"'}, []byte(c.now), []byte(`":`), c.raw)
}
