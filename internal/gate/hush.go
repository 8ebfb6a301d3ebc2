package gate

import (
	"bytes"
	"context"
	"slices"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/store"
)

// tells tells whether the displays of references to a type could repeat what is hidden from the actor. Those to residents do not:
// who sees what is about somebody sees who that is, and how much of the name is for masks to say.
func (v *view) tells(t schema.Type) bool {
	is, known := v.telling[t]
	if !known {
		is = kept(t) && contentOf(t) != People && !v.whole(t, MayLook)
		v.telling[t] = is
	}
	return is
}

// displaysLooked is how many targets of references are read at a time.
const displaysLooked = 500

// hush leaves out of versions what their references say, in displays, of resources that the actor does not see, and the narratives
// beside these. All targets are read in one go, whether they are seen, hidden or not there.
func (v *view) hush(ctx context.Context, by reader, versions ...*store.Version) error {
	silent, err := v.silent(ctx, by, versions)
	if err != nil || silent == nil {
		return err
	}
	for _, one := range versions {
		if *one, err = silent.of(*one); err != nil {
			return err
		}
	}
	return nil
}

// hushAsked is hush for what was asked for by its name: the permits for those whom it is about count.
func (v *view) hushAsked(ctx context.Context, by reader, versions ...*store.Version) error {
	if !v.asks() {
		return v.hush(ctx, by, versions...)
	}
	if targets, err := v.targets(versions); err != nil || targets == nil {
		return err
	}
	var people []fhir.Ref
	for _, one := range versions {
		if one.Live() {
			r, err := fhir.ParseResource(one.Body.Bytes)
			if err != nil {
				return fault.Wrap(err, "reading a stored resource")
			}
			people = append(people, v.about(r)...)
		}
	}
	if people = v.unasked(people); len(people) > 0 && len(v.open)+len(people) <= peopleMost {
		if err := v.openFor(ctx, by, people); err != nil {
			return err
		}
	}
	return v.hush(ctx, by, versions...)
}

// targets are what versions say something of in displays that could repeat what is hidden, each once.
func (v *view) targets(versions []*store.Version) (targets []fhir.Ref, err error) {
	if a := v.actor.Access; a == nil || a.whole {
		return nil, nil
	}
	known := map[fhir.Ref]bool{}
	for _, one := range versions {
		if !one.Live() || !fhir.SaysOf(one.Body.Bytes, v.tells) {
			continue
		}
		r, err := fhir.ParseResource(one.Body.Bytes)
		if err != nil {
			return nil, fault.Wrap(err, "reading a stored resource")
		}
		r.Displays(func(to fhir.Ref, _ fhir.Node) {
			if !known[to] && v.tells(to.Type) {
				known[to] = true
				targets = append(targets, to)
			}
		})
	}
	return targets, nil
}

// silence are the resources of which references say nothing to the actor.
type silence map[fhir.Ref]bool

func (s silence) has(ref fhir.Ref) bool { return s[ref] }

// silent are the resources of which the references of versions say nothing to the actor, nil for none.
func (v *view) silent(ctx context.Context, by reader, versions []*store.Version) (silent silence, err error) {
	targets, err := v.targets(versions)
	if err != nil {
		return nil, err
	}
	for some := range slices.Chunk(targets, displaysLooked) {
		heads, err := by.Heads(ctx, some)
		if err != nil {
			return nil, err
		}
		for i, head := range heads {
			is := head.Live()
			if is {
				if is, err = v.seesIt(ctx, by, MayLook, head, false); err != nil {
					return nil, err
				}
			}
			if !is && silent == nil {
				silent = silence{}
			}
			if !is {
				silent[some[i]] = true
			}
		}
	}
	return silent, nil
}

// of is a version without what its references say of them.
func (s silence) of(version store.Version) (store.Version, error) {
	if s == nil || !version.Live() {
		return version, nil
	}
	text, err := fhir.Untold(version.Body.Bytes, s.has)
	if err != nil || len(text) == len(version.Body.Bytes) {
		return version, err
	}
	return rewritten(version, text)
}

// listen finds out of what the resources that ops change say nothing to the actor: of those that the actor sees.
func (t *transaction) listen(by reader, head func(i int) store.Version) (err error) {
	if t.whole() {
		return nil
	}
	var changed []*store.Version
	for i := range t.ops {
		if k := t.ops[i].Kind; k != Update && k != Patch {
			continue
		}
		v := head(i)
		if !v.Live() || !fhir.SaysOf(v.Body.Bytes, t.view.tells) {
			continue
		}
		is, err := t.view.seesIt(t.ctx, by, MayRead, v, false)
		if err != nil {
			return err
		}
		if is {
			changed = append(changed, &v)
		}
	}
	t.silent, err = t.view.silent(t.ctx, by, changed)
	return err
}

// patched is what a patch makes of a resource as the actor sees it, with what references say to others put back, and the narrative.
func (s silence) patched(o *Op, head store.Version, old fhir.Resource) ([]byte, error) {
	seen, err := s.of(head)
	if err != nil {
		return nil, err
	}
	text, err := o.Patch.Apply(seen.Resource())
	if err != nil || s == nil {
		return text, err
	}
	if text, err = fhir.Told(text, old, s.has); err != nil {
		return nil, err
	}
	narrative := old.Root.Get("text")
	if !narrative.Exists() || bytes.Contains(seen.Body.Bytes, narrative.Raw()) {
		return text, nil
	}
	doc, err := fhir.NewDoc(text)
	if err != nil {
		return nil, err
	}
	if at := fhir.ElementOf(doc).Child("text"); !at.Exists() {
		at.SetRaw(narrative.Raw())
		return doc.Bytes(), at.Err()
	}
	return text, nil
}

// retell puts what the references of the version before say of what the writer does not see into a new one that says nothing of it:
// the writer was not shown it.
func (d *decision) retell(old fhir.Resource, p *prepared) error {
	if d.silent == nil {
		return nil
	}
	text, err := fhir.Told(p.body.Bytes, old, d.silent.has)
	if err != nil || len(text) == len(p.body.Bytes) {
		return err
	}
	r, err := fhir.ParseResource(text)
	if err != nil {
		return fault.Wrap(err, "reading a resource again")
	}
	p.body = r.Body(r.ID, nil)
	return d.remark(p, fhir.Marking{})
}
