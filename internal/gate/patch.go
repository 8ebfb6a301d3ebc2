package gate

import (
	"context"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/store"
)

// patched is what became of a patch ahead of the database's transaction, for the version that stood then.
type patched struct {
	rid, number int64
	prepared
	err error
}

// patchAhead applies the patches to the versions that stand now. In the transaction they are applied again only where
// another version stands. Those that will be refused there anyway are left to it. The error is TooLarge where the patches
// are too much work together.
func (t *transaction) patchAhead(ctx context.Context, found store.Found, resolved resolution) error {
	heads := make(map[fhir.Ref]store.Version, len(t.want.Heads))
	for i, ref := range t.want.Heads {
		heads[ref] = found.Heads[i]
	}
	standing := func(i int) store.Version {
		o := &t.ops[i]
		if o.Match == nil {
			return heads[o.target()]
		}
		if match := resolved[o.Match.String()]; match != nil {
			return *match
		}
		return store.Version{}
	}
	if err := t.listen(t.reader, standing); err != nil {
		return err
	}
	seen := map[fhir.Ref]bool{}
	work := 0
	for i := range t.ops {
		o := &t.ops[i]
		if o.Kind != Patch {
			continue
		}
		head := standing(i)
		if !head.Live() || seen[head.Ref] || t.hidden(o, head) != nil || o.precondition(head, head.Ref) != nil {
			continue
		}
		seen[head.Ref] = true
		if work += max(1, o.Patch.Len()) * len(head.Body.Bytes); work > fhir.MaxPatchWork {
			return o.at(fault.New(fault.TooLarge, "The patches of the transaction are too much work; send fewer at once."))
		}
		if ctx.Err() != nil {
			return fault.New(fault.Unavailable, "The request was given up.").Because(ctx.Err())
		}
		p, err := t.patch(o, head, resolved)
		t.ahead[i] = patched{head.Rid, head.Number, p, err}
	}
	return nil
}

// patch applies an op's patch to a version.
func (t *transaction) patch(o *Op, head store.Version, resolved resolution) (prepared, error) {
	old, err := fhir.ParseResource(head.Resource())
	if err != nil {
		return prepared{}, fault.Wrap(err, "reading a stored resource")
	}
	text, err := t.silent.patched(o, head, old)
	if err != nil {
		return prepared{}, err
	}
	r, err := fhir.ParseResource(text)
	if err != nil {
		return prepared{}, err
	}
	if err := r.Check(); err != nil {
		return prepared{}, err
	}
	if r.Type != head.Ref.Type || r.ID != head.Ref.ID {
		return prepared{}, fault.New(fault.Unprocessable, "The patch would change the resource's type or id.")
	}
	links := linksOf(old)
	changed := *o
	changed.Resource = r
	p, err := t.prepareOne(rewriting{t.session, &changed, t.known, resolved, links}, head.Ref)
	for i := range p.references {
		p.references[i].old = links.references[p.references[i].place.Str()]
	}
	return p, err
}

func (d *decision) patch(i int, ref fhir.Ref, head store.Version) error {
	if ref.ID == "" {
		return fault.New(fault.NotFound, "No %s meets the condition.", ref.Type)
	}
	if err := there(head, ref); err != nil {
		return err
	}
	p := d.ahead[i]
	if p.rid != head.Rid || p.number != head.Number {
		p.prepared, p.err = d.transaction.patch(&d.ops[i], head, d.resolved)
	}
	if p.err != nil {
		return p.err
	}
	return d.change(i, head.Ref, head, Updated, p.prepared)
}
