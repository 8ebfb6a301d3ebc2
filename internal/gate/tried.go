package gate

import (
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/store"
)

// tried notes whom ops that are refused are about, so that they can see that somebody tried: those whom the resources are about
// that the ops mean, and residents whom their bodies or conditions name, if there are any of these. Only ops that have failed pay
// for it. Whether what they name is there or not, the database is asked the same, once.
func (t *transaction) tried(failed error) error {
	s := t.session
	switch code := fault.CodeOf(failed); {
	case s.journal == nil, code == fault.Internal, code == fault.Unavailable, code == fault.Unknown:
		return nil // it leaves no line, or there is no asking the database
	}
	asked := trying{heads: map[fhir.Ref]bool{}, people: map[fhir.Ref]bool{}}
	for i := range t.ops {
		if err := t.naming(i, &asked); err != nil {
			return err
		}
	}
	var found store.Found
	if !asked.Empty() {
		var err error
		if found, err = s.gate.db.Gather(t.ctx, asked.Want); err != nil {
			return err
		}
	}
	for i, is := range found.Live {
		if is {
			s.tellAsked(asked.Live[i])
		}
	}
	return s.tellMet(append(found.Heads, t.meets()...)...)
}

// tellMet notes whom versions are about, whatever the request that has met them is answered.
func (s *Session) tellMet(versions ...store.Version) error {
	if s.journal == nil {
		return nil
	}
	for _, v := range versions {
		if !v.Exists() {
			continue
		}
		refs, err := s.of(v)
		if err != nil {
			return err
		}
		s.tellAsked(refs...)
	}
	return nil
}

// trying is what ops name: resources, and residents.
type trying struct {
	store.Want
	heads, people map[fhir.Ref]bool
}

func (w *trying) head(ref fhir.Ref) {
	if ref.ID != "" && !w.heads[ref] {
		w.heads[ref] = true
		w.Heads = append(w.Heads, ref)
	}
}

func (w *trying) resident(ref fhir.Ref) {
	if !w.people[ref] {
		w.people[ref] = true
		w.Live = append(w.Live, ref)
	}
}

// criteria are those residents whom criteria name.
func (w *trying) criteria(all []*search.Criterion) {
	for _, c := range all {
		c.Named(typePatient, func(ref fhir.Ref, is bool) {
			if is {
				w.resident(ref)
			}
		})
	}
}

// naming adds what an op names: its target, and residents in its condition and its body, as that came or as a patch would leave it.
func (t *transaction) naming(i int, w *trying) error {
	o := &t.ops[i]
	w.head(o.target())
	if o.Match != nil {
		w.criteria(o.Match.all)
	}
	body := o.Resource
	switch p := t.ahead[i]; {
	case o.Kind == Patch && p.body.Bytes != nil:
		var err error
		if body, err = fhir.ParseResource(p.body.Bytes); err != nil {
			return fault.Wrap(err, "reading a resource again")
		}
	case o.Kind == Update:
		w.head(fhir.Ref{Type: o.Type, ID: body.ID}) // a conditional one may create under its own id
	case o.Kind != Create || o.Type == typePatient:
		return nil // a Patient that is to be created gets a name of its own
	}
	for _, ref := range (&view{Session: t.session}).about(body) {
		w.resident(ref)
	}
	if o.Kind != Patch {
		body.Links(func(l fhir.Link) {
			if c := t.session.conditional(l); c != nil && c.Type == typePatient {
				w.criteria(c.all)
			}
		})
	}
	return nil
}

// meets are what the conditions of the ops mean, as far as it is known, and the Patients whom conditional references mean.
func (t *transaction) meets() (heads []store.Version) {
	own := map[string]bool{}
	for i := range t.ops {
		if c := t.ops[i].Match; c != nil {
			own[c.String()] = true
		}
	}
	for text, v := range t.met {
		if v != nil && (own[text] || v.Ref.Type == typePatient) {
			heads = append(heads, *v)
		}
	}
	return heads
}
