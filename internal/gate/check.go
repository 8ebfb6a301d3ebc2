package gate

import (
	"cmp"
	"slices"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/store"
)

// check keeps the record whole: what the changes refer to must be there, and what they delete must not be referred to.
func (d *decision) check(tx store.Tx) error {
	size := 0
	for i, o := range d.done {
		if o.read == (fhir.Ref{}) {
			continue
		}
		v, err := d.readable(o.read)
		if err != nil {
			return d.ops[i].at(err)
		}
		if size += len(v.Body.Bytes); size > readMost {
			return d.ops[i].at(fault.New(fault.TooLarge, "What the transaction reads has more than %d bytes; read it by itself.", readMost))
		}
	}
	if !d.session.gate.config.References {
		return nil
	}
	want, gone := d.unknown()
	if !want.Empty() {
		found, err := tx.Gather(want)
		if err != nil {
			return err
		}
		d.learnMore(want, found)
	}
	if err := d.overlook(tx); err != nil {
		return err
	}
	if err := d.leadSomewhere(); err != nil {
		return err
	}
	for _, c := range gone {
		if err := d.unreferred(tx, c); err != nil {
			return err
		}
	}
	return nil
}

// unknown is what must still be asked, and the deletions.
func (d *decision) unknown() (want store.Want, gone []*store.Change) {
	for _, l := range d.links {
		if l.old {
			continue
		}
		if _, known := d.live[l.to]; !known && !d.changed(l.to) {
			d.live[l.to] = false
			want.Live = append(want.Live, l.to)
		}
		if _, known := d.heads[l.to]; !known && l.version > 0 {
			d.heads[l.to] = store.Version{}
			want.Heads = append(want.Heads, l.to)
		}
	}
	for i := range d.changes {
		c := &d.changes[i]
		if c.Method != store.Delete {
			continue
		}
		gone = append(gone, c)
		seek := d.pointingTo(c.Ref)
		if _, known := d.holders[seek.Keys[0]]; !known {
			want.Seek = append(want.Seek, seek)
		}
	}
	return want, gone
}

// changed tells whether the transaction itself makes a version of a resource.
func (d *decision) changed(ref fhir.Ref) bool {
	i, ok := d.owner[ref]
	return ok && d.done[i].change >= 0
}

// readMost bounds what the reads of one transaction give together.
const readMost = 64 << 20

// readable is the version that a read will show; it refuses the read of what will not be there.
func (d *decision) readable(ref fhir.Ref) (store.Version, error) {
	v := d.heads[ref]
	if d.changed(ref) {
		v = d.changes[d.done[d.owner[ref]].change].Version
	}
	if d.session.whole(ref.Type, MayRead) {
		return v, there(v, ref)
	}
	if !v.Live() {
		return v, there(store.Version{}, ref)
	}
	v, err := d.view.seen(d.ctx, d.reader, v, MayRead)
	return v, cmp.Or(err, there(v, ref))
}

func (d *decision) leadSomewhere() error {
	for _, l := range d.links {
		is, newest := d.live[l.to], d.heads[l.to].Number
		if d.changed(l.to) {
			c := d.changes[d.done[d.owner[l.to]].change]
			is, newest = c.Live(), c.Number
		} else if l.old {
			continue
		}
		if is && l.version <= newest || is && l.old {
			continue
		}
		f := fault.New(fault.Unprocessable, "The reference %s leads nowhere: there is no such resource.", l.to)
		if is {
			f = fault.New(fault.Unprocessable, "The reference leads nowhere: the newest version of %s is %d.", l.to, newest)
		}
		return f.WithIssue("not-found").At(l.op.inRequest(l.place.Path()))
	}
	return nil
}

// unreferred refuses a delete while resources that the transaction does not change point to the target.
func (d *decision) unreferred(tx store.Tx, c *store.Change) error {
	var others []fhir.Ref
	for _, v := range d.holders[d.pointingTo(c.Ref).Keys[0]] {
		if !d.changed(v.Ref) {
			others = append(others, v.Ref)
		}
	}
	for some := range slices.Chunk(others, 8) { // the first settles it, but for keys that collide
		found, err := tx.Gather(store.Want{Heads: some})
		if err != nil {
			return err
		}
		for _, v := range found.Heads {
			if points, err := pointsTo(v, c.Ref); err != nil || points {
				name := v.Ref.String()
				if is, fails := d.view.seesLive(d.ctx, d.reader, MayLook, v); fails != nil || !is {
					name, err = "another resource", cmp.Or(err, fails)
				}
				f := fault.New(fault.Conflict, "%s cannot be deleted: %s points to it. Delete or change that first, or in the same transaction.", c.Ref, name)
				return cmp.Or(err, d.ops[d.owner[c.Ref]].at(f))
			}
		}
	}
	return nil
}

func pointsTo(v store.Version, ref fhir.Ref) (bool, error) {
	r, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return false, fault.Wrap(err, "reading a stored resource")
	}
	return slices.ContainsFunc(references(r), func(r reference) bool { return r.to == ref }), nil
}
