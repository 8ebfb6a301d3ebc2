package gate

import (
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/store"
)

// check keeps the record whole: what the changes refer to must be there, and what they delete must not be referred to.
func (d *decision) check(tx store.Tx) error {
	for i, o := range d.done {
		if o.read != (fhir.Ref{}) {
			if err := d.readable(o.read); err != nil {
				return d.ops[i].at(err)
			}
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
	if err := d.leadSomewhere(); err != nil {
		return err
	}
	for _, c := range gone {
		if err := d.unreferred(c); err != nil {
			return err
		}
	}
	return nil
}

// unknown is what must still be asked, and the deletions.
func (d *decision) unknown() (want store.Want, gone []*store.Change) {
	for _, l := range d.links {
		if _, known := d.live[l.to]; !known && !d.changed(l.to) {
			d.live[l.to] = false
			want.Live = append(want.Live, l.to)
		}
	}
	for i := range d.changes {
		c := &d.changes[i]
		if c.Method != store.Delete {
			continue
		}
		gone = append(gone, c)
		seek := d.pointingTo(c.Ref)
		if _, known := d.holders[seek.Key]; !known {
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

// readable refuses the read of what will not be there.
func (d *decision) readable(ref fhir.Ref) error {
	v := d.heads[ref]
	if d.changed(ref) {
		v = d.changes[d.done[d.owner[ref]].change].Version
	}
	return there(v, ref)
}

func (d *decision) leadSomewhere() error {
	for _, l := range d.links {
		is := d.live[l.to]
		if d.changed(l.to) {
			is = d.changes[d.done[d.owner[l.to]].change].Live()
		}
		if !is {
			path := l.place.Path()
			return fault.New(fault.Unprocessable, "The reference %s leads nowhere: there is no such resource.", l.to).WithIssue("not-found").At(l.op.inRequest(path))
		}
	}
	return nil
}

// unreferred refuses a delete while resources that the transaction does not change point to the target.
func (d *decision) unreferred(c *store.Change) error {
	for _, v := range d.holders[d.pointingTo(c.Ref).Key] {
		if _, ours := d.owner[v.Ref]; ours && d.changed(v.Ref) || v.Ref == c.Ref {
			continue
		}
		r, err := fhir.ParseResource(v.Body.Bytes)
		if err != nil {
			return fault.Wrap(err, "reading a stored resource")
		}
		for _, ref := range describe(r).references {
			if ref.to == c.Ref {
				o := &d.ops[d.owner[c.Ref]]
				return o.at(fault.New(fault.Conflict, "%s cannot be deleted: %s points to it. Delete or change that first, or in the same transaction.", c.Ref, v.Ref))
			}
		}
	}
	return nil
}
