package gate

import (
	"bytes"
	"cmp"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/store"
)

// needs is what an actor must be allowed to do for an op; an update may turn out to create.
func (o *Op) needs() May {
	return map[Kind]May{Delete: MayDelete, Create: MayCreate, Update: MayUpdate | MayCreate, Patch: MayUpdate, Read: MayRead}[o.Kind]
}

// permitted refuses ops that the actor may carry out on no resource of their types, and conditions by which it may not
// search.
func (t *transaction) permitted() error {
	if err := t.unwritten(); err != nil {
		return err
	}
	if a := t.session.actor.Access; a != nil && a.whole {
		return nil
	}
	for i := range t.ops {
		o := &t.ops[i]
		err := t.session.allow(o.Type, o.needs())
		if err == nil && o.Match != nil {
			err = t.session.allow(o.Type, MaySearch)
		}
		if err == nil && (o.Kind == Patch || o.Kind == Create && o.Match != nil) { // they are answered with what was there
			err = t.session.allow(o.Type, MayRead)
		}
		if err == nil && (o.Kind == Create || o.Kind == Update) {
			o.Resource.Links(func(l fhir.Link) {
				if c := t.session.conditional(l); c != nil && err == nil {
					err = t.session.allow(c.Type, MaySearch)
				}
			})
		}
		if err != nil {
			return o.at(err)
		}
	}
	return nil
}

// hidden refuses an op on a resource that the actor may not change, as if it were not there. A deletion that it may not see
// is no resource either.
func (t *transaction) hidden(o *Op, head store.Version) error {
	may := o.needs() &^ MayCreate
	if o.Kind == Create || !head.Exists() {
		return nil
	}
	if head.Live() {
		if err := t.seesAll(o, head); err != nil {
			return err
		}
		is, err := t.view.seesLive(t.ctx, t.reader, may, head)
		if is && o.Kind == Patch { // its tests tell what is there
			is, err = t.view.seesLive(t.ctx, t.reader, MayRead, head)
		}
		if is || err != nil {
			return err
		}
		if is, err = t.view.seesLive(t.ctx, t.reader, MayRead, head); err != nil || is {
			return cmp.Or(err, error(fault.New(fault.Forbidden, "You may not %s this %s, though you may read it: another institution answers for it, or it is of a kind that you do not write.", doing[may], head.Ref.Type)))
		}
	} else if o.Kind != Patch || t.session.whole(head.Ref.Type, may|MayRead) {
		return nil // to put it there is to create, to delete it changes nothing
	}
	return there(store.Version{}, head.Ref)
}

// seesAll refuses to change what the actor is shown with masks, or without what it contains: that would be lost, or patches would
// take the masks off.
func (t *transaction) seesAll(o *Op, head store.Version) error {
	if o.Kind == Delete || t.whole() || !t.view.masks() && !holdsOthers(head) {
		return nil
	}
	if is, err := t.view.seesLive(t.ctx, t.reader, MayLook, head); err != nil || !is {
		return err
	}
	shown, err := t.view.shown(head, MayLook)
	if err == nil && !bytes.Equal(shown.Body.Bytes, head.Body.Bytes) {
		err = fault.New(fault.Forbidden, "You do not see all of this %s, and so may not change it; who sees it whole may.", head.Ref.Type)
	}
	return err
}

// writable refuses a version that the actor may not write as it is.
func (d *decision) writable(event Event, p prepared) error {
	may := MayUpdate
	switch event {
	case Deleted:
		return nil // what is deleted has been looked at
	case Created:
		may = MayCreate
	}
	if d.session.whole(p.ref.Type, may) {
		return nil
	}
	r, err := fhir.ParseResource(p.body.Bytes)
	if err != nil {
		return fault.Wrap(err, "reading a resource again")
	}
	if d.view.writes(may, r) {
		return nil
	}
	if err := d.session.allow(r.Type, may); err != nil {
		return err
	}
	return fault.New(fault.Forbidden, "You may %s %s here, but none like this one: it is about somebody else, or of another kind than you have access to.", doing[may], r.Type)
}

// overlook takes what the actor may not see for what is not there, among the targets of references. It is the role that
// counts: a program that may write Observations for somebody may name the Patient, even if it may not read it.
func (d *decision) overlook(tx store.Tx) error {
	var want store.Want
	var asked []fhir.Ref
	role, known := d.view.role(), map[fhir.Ref]bool{}
	for _, l := range d.links {
		if l.old || l.stood || d.changed(l.to) || !d.live[l.to] || role == nil || role.sight(l.to.Type).whole(MayLook) || known[l.to] {
			continue
		}
		known[l.to] = true
		want.Heads = append(want.Heads, l.to)
		asked = append(asked, l.to)
	}
	if want.Empty() {
		return nil
	}
	found, err := tx.Gather(want)
	if err != nil {
		return err
	}
	for i, ref := range asked {
		if v := found.Heads[i]; v.Live() {
			if d.live[ref], err = role.seesLive(d.ctx, tx, MayLook, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// role is the view by the first layer of the actor's access; nil if the actor sees everything.
func (v *view) role() *view {
	a := v.actor.Access
	if a == nil || a.whole || len(a.layers) == 0 {
		return nil
	}
	r := *v
	r.sights, r.telling = map[schema.Type]sight{}, map[schema.Type]bool{}
	r.first = true
	return &r
}
