package gate

import (
	"cmp"
	"slices"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/store"
)

// decision is what a transaction does, given the newest versions and what its conditions mean.
type decision struct {
	*transaction
	resolved resolution
	heads    map[fhir.Ref]store.Version
	live     map[fhir.Ref]bool             // what is known of targets of references
	holders  map[store.Key][]store.Version // what is known of resources that point to one

	changes  []store.Change
	done     []outcome // by op
	owner    map[fhir.Ref]int
	unmet    map[string]int          // ops that create because nothing meets their condition, by its text
	links    []placed                // references that must lead somewhere
	moves    []moves                 // of places
	were     map[fhir.Ref][]fhir.Ref // the residents whom what is changed was about before
	consents []consenting            // that say what is withheld
}

// learn takes up what was found.
func (d *decision) learn(want store.Want, found store.Found) {
	d.heads = make(map[fhir.Ref]store.Version, len(want.Heads))
	d.live = make(map[fhir.Ref]bool, len(want.Live))
	d.holders = map[store.Key][]store.Version{}
	d.learnMore(want, found)
}

func (d *decision) learnMore(want store.Want, found store.Found) {
	for i, ref := range want.Heads {
		d.heads[ref] = found.Heads[i]
	}
	for i, ref := range want.Live {
		d.live[ref] = found.Live[i]
	}
	for i, s := range want.Seek {
		d.holders[s.Keys[0]] = found.Seek[i]
	}
}

// outcome is what becomes of one op: a change, or a version as it is.
type outcome struct {
	event  Event
	change int // index of changes, -1 for none
	kept   prepared
	found  store.Version
	read   fhir.Ref
}

// placed is a reference and the op that makes it.
type placed struct {
	reference
	op    *Op
	stood bool // it was there in the version before, and tells nothing new
}

// decide goes through the ops in the order of a transaction.
func (d *decision) decide() error {
	d.done = make([]outcome, len(d.ops))
	d.owner = make(map[fhir.Ref]int, len(d.ops))
	d.unmet = map[string]int{}
	order := make([]int, len(d.ops))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(d.ops[a].Kind, d.ops[b].Kind) })
	for _, i := range order {
		o := &d.ops[i]
		d.done[i].change = -1
		if err := d.distinct(i); err != nil {
			return err
		}
		if err := d.op(i, o); err != nil {
			return o.at(err)
		}
	}
	return d.apart()
}

// apart refuses an op that creates because nothing meets its condition, while another creates what does.
func (d *decision) apart() error {
	if len(d.unmet) == 0 {
		return nil
	}
	byTerm := map[search.Term][]int{}
	var written []int
	for i := range d.ops {
		if e := d.done[i].event; e == Created || e == Updated {
			written = append(written, i)
			for _, t := range d.done[i].kept.terms.Entries {
				byTerm[t.Term] = append(byTerm[t.Term], i)
			}
		}
	}
	for i := range d.ops {
		c := d.ops[i].Match
		if c == nil || d.done[i].event != Created {
			continue
		}
		same := written
		if terms := d.session.gate.listTerms(c.all[0]); terms != nil {
			same = nil
			for _, t := range terms {
				same = append(same, byTerm[t]...)
			}
		}
		if len(same) > apartMost {
			return d.ops[i].at(fault.New(fault.TooLarge, "The condition could be met by %d resources of the transaction itself; name an identifier in it.", len(same)))
		}
		for _, j := range same {
			if j != i && c.met(d.done[j].kept) {
				return d.ops[i].at(fault.New(fault.Malformed, "%s creates what the condition of %s means; only one of them may.", d.ops[j].Place, d.ops[i].Place).WithIssue("duplicate"))
			}
		}
	}
	return nil
}

// apartMost bounds how many resources of a transaction a condition is compared with.
const apartMost = 200

// head is the version that an op finds.
func (d *decision) head(i int) store.Version {
	if o := &d.ops[i]; o.Match != nil {
		if v := d.resolved[o.Match.String()]; v != nil {
			return *v
		}
	}
	return d.heads[d.meant(i, d.resolved)]
}

func (d *decision) op(i int, o *Op) error {
	ref, head := d.meant(i, d.resolved), d.head(i)
	if o.Kind == Read {
		d.done[i].read, d.done[i].event = ref, Found
		return nil
	}
	if o.Kind == Create && head.Live() && o.Match != nil {
		if j, ok := d.owner[head.Ref]; ok && d.ops[j].Kind == Delete {
			return d.own(i, head.Ref)
		}
		if is, err := d.view.seesLive(d.ctx, d.reader, MayRead, head); err != nil || !is {
			return cmp.Or(err, error(fault.New(fault.Forbidden, "What meets the condition is there already, but you may not read it.")))
		}
		d.done[i].event, d.done[i].found = Found, head
		return nil
	}
	if err := d.hidden(o, head); fault.CodeOf(err) == fault.NotFound && o.Match != nil {
		return fault.New(fault.NotFound, "No %s meets the condition.", o.Type)
	} else if fault.CodeOf(err) == fault.NotFound {
		return cmp.Or(o.precondition(store.Version{}, ref), err) // as where nothing is
	} else if err != nil {
		return err
	}
	if err := o.precondition(head, ref); err != nil {
		return err
	}
	switch o.Kind {
	case Delete:
		return d.delete(i, ref, head)
	case Patch:
		return d.patch(i, ref, head)
	}
	return d.put(i, o, head)
}

// precondition checks If-Match and If-None-Match.
func (o *Op) precondition(head store.Version, ref fhir.Ref) error {
	switch {
	case o.IfVersion != 0 && !head.Live():
		return fault.New(fault.Precondition, "If-Match names a version, but there is no %s now.", ref)
	case o.IfVersion > 0 && o.IfVersion != head.Number:
		return fault.New(fault.Precondition, "If-Match names version %d, but the newest version of %s is %d. Read it and make the change again.", o.IfVersion, ref, head.Number)
	case o.IfAbsent && head.Live():
		return fault.New(fault.Precondition, "If-None-Match is *, but %s is there, in version %d.", ref, head.Number)
	}
	return nil
}

// own refuses two ops on one resource.
func (d *decision) own(i int, ref fhir.Ref) error {
	if other, taken := d.owner[ref]; taken {
		return fault.New(fault.Malformed, "%s and %s of the transaction are both about %s; only one may be.", d.ops[other].Place, d.ops[i].Place, ref).WithIssue("duplicate")
	}
	d.owner[ref] = i
	return nil
}

// distinct refuses two ops that would each create what the same condition means.
func (d *decision) distinct(i int) error {
	o := &d.ops[i]
	if o.Match == nil || d.resolved[o.Match.String()] != nil || o.Kind != Create && o.Kind != Update {
		return nil
	}
	if other, taken := d.unmet[o.Match.String()]; taken {
		return o.at(fault.New(fault.Malformed, "%s and %s of the transaction have the same condition; only one may.", d.ops[other].Place, o.Place).WithIssue("duplicate"))
	}
	d.unmet[o.Match.String()] = i
	return nil
}

func methodOf(k Kind, event Event) store.Method {
	switch {
	case k == Update && event == Created:
		return store.PutNew
	case k == Update:
		return store.Put
	case k == Patch:
		return store.Patch
	case k == Delete:
		return store.Delete
	}
	return store.Post
}

// change adds the next version of a resource.
func (d *decision) change(i int, ref fhir.Ref, head store.Version, event Event, p prepared) error {
	if err := d.own(i, ref); err != nil {
		return err
	}
	var old *fhir.Resource
	if head.Live() {
		r, err := fhir.ParseResource(head.Body.Bytes)
		if err != nil {
			return fault.Wrap(err, "reading a stored resource")
		}
		old = &r
		if d.were == nil {
			d.were = map[fhir.Ref][]fhir.Ref{}
		}
		d.were[ref] = d.view.about(r)
	}
	if event != Deleted {
		if err := d.keep(old, &p); err != nil {
			return err
		}
	}
	if event == Updated && d.ops[i].Kind == Update {
		if err := d.retell(*old, &p); err != nil {
			return err
		}
	}
	if head.Deleted() {
		if err := d.comesBack(&p); err != nil {
			return err
		}
	}
	if err := cmp.Or(d.writable(event, p), d.owned(&d.ops[i], old, p)); err != nil {
		return err
	}
	d.consent(i, old, p)
	if err := d.move(i, ref, old, p.places); err != nil {
		return err
	}
	if err := d.next(methodOf(d.ops[i].Kind, event), head, ref, old, &p); err != nil {
		return err
	}
	d.done[i].event, d.done[i].change, d.done[i].kept = event, len(d.changes)-1, p
	var stood map[string]bool // before
	if old != nil && !d.whole() {
		stood = linksOf(*old).references
	}
	for _, r := range p.references {
		d.links = append(d.links, placed{r, &d.ops[i], stood[r.place.Str()]})
	}
	return nil
}

// next adds a version with its lines of the index.
func (d *decision) next(method store.Method, head store.Version, ref fhir.Ref, old *fhir.Resource, p *prepared) error {
	c := store.Change{Version: store.Version{
		Rid: head.Rid, Ref: ref, Number: head.Number + 1, Method: method, Author: d.session.actor.Reference, Body: p.body,
	}, Previous: head.Updated}
	ix := d.session.gate.index
	if p.body.Bytes != nil && p.kept != ix.Kept() { // it has waited while definitions changed
		r, err := fhir.ParseResource(p.body.Bytes)
		if err != nil {
			return fault.Wrap(err, "reading a resource again")
		}
		p.terms = ix.Terms(r)
	}
	ix.Index(&c, old, p.terms)
	d.changes = append(d.changes, c)
	return nil
}

func (d *decision) put(i int, o *Op, head store.Version) error {
	p := d.prepared[i]
	if o.Match != nil && o.Resource.ID != "" && o.Kind == Update && o.Resource.ID != p.ref.ID {
		return fault.New(fault.Malformed, "The condition means %s, but the resource has the id %s. Leave the id out.", p.ref, o.Resource.ID)
	}
	event := Created
	if head.Live() {
		if o.Match != nil && d.resolved[o.Match.String()] == nil {
			return fault.New(fault.Conflict, "Nothing meets the condition, but %s, the id of the resource, is there.", p.ref)
		}
		event = Updated
	}
	return d.change(i, p.ref, head, event, p)
}

func (d *decision) delete(i int, ref fhir.Ref, head store.Version) error {
	if !head.Live() {
		if d.done[i].event = Nothing; d.session.whole(ref.Type, MayLook) { // for others it never was there
			d.done[i].found = head
		}
		if ref.ID == "" {
			return nil
		}
		return d.own(i, ref)
	}
	return d.change(i, head.Ref, head, Deleted, prepared{})
}

// results turns the outcomes into results, once the changes have been put.
func (d *decision) results() ([]Result, error) {
	out := make([]Result, len(d.done))
	var read []*store.Version
	for i, o := range d.done {
		out[i] = Result{Event: o.event, Version: o.found, Issues: d.ops[i].issues(o.kept.issues)}
		if o.change >= 0 {
			out[i].Version = d.changes[o.change].Version
		}
		if o.read != (fhir.Ref{}) {
			out[i].Version = d.heads[o.read]
			if owner, ok := d.owner[o.read]; ok && d.done[owner].change >= 0 {
				out[i].Version = d.changes[d.done[owner].change].Version
			}
		}
		var err error
		switch o.event {
		case Found:
			out[i].Version, err = d.view.shown(out[i].Version, MayRead)
			read = append(read, &out[i].Version)
		case Updated:
			out[i].Version, err = d.silent.of(out[i].Version)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, d.view.hushAsked(d.ctx, d.reader, read...)
}
