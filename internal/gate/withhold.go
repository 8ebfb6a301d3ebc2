package gate

import (
	"cmp"
	"context"
	"slices"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/store"
)

// withheldByMost bounds the Consents that withhold one resource.
const withheldByMost = 100

// withhold puts the label of what a resident withholds on the resources that the transaction's Consents name, and takes it off
// those that no Consent names any more. Each gets a new version by it.
func (d *decision) withhold(tx store.Tx) error {
	done := map[fhir.Ref]bool{}
	for _, c := range d.consents {
		for _, ref := range c.now {
			if !done[ref] && !slices.Contains(c.was, ref) {
				if err := d.setWithheld(tx, ref, c.patient, true); err != nil {
					return d.ops[c.op].at(err)
				}
			}
			done[ref] = true
		}
	}
	for _, c := range d.consents {
		for _, ref := range c.was {
			if done[ref] {
				continue
			}
			done[ref] = true
			is, err := d.stillWithheld(tx, ref)
			if err == nil && !is {
				err = d.setWithheld(tx, ref, c.patient, false)
			}
			if err != nil {
				return d.ops[c.op].at(err)
			}
		}
	}
	return nil
}

// consenting is a Consent that a transaction changes, and what it withholds.
type consenting struct {
	op       int
	patient  fhir.Ref
	was, now []fhir.Ref
}

// consent notes what a new version of a Consent withholds, and the one before did.
func (d *decision) consent(op int, old *fhir.Resource, p prepared) {
	if p.ref.Type != typeConsent && (old == nil || old.Type != typeConsent) {
		return
	}
	c := consenting{op: op, patient: p.said.patient, now: p.said.withholds}
	if old != nil {
		was := d.session.gate.said(*old)
		c.was = was.withholds
		if p.body.Bytes == nil {
			c.patient = was.patient
		}
	}
	if len(c.was)+len(c.now) > 0 {
		d.consents = append(d.consents, c)
	}
}

// stillWithheld tells whether a Consent that the transaction does not change withholds a resource.
func (d *decision) stillWithheld(by reader, ref fhir.Ref) (bool, error) {
	g := d.session.gate
	var keys []store.Key
	for _, span := range g.index.Table().Referring(typeConsent, ref).Spans {
		keys = append(keys, g.hasher.Key(span.Term))
	}
	holders, err := by.Holders(context.Background(), keys, withheldByMost)
	if err != nil {
		return false, err
	}
	for _, v := range holders {
		if !v.Live() || d.changed(v.Ref) || v.Ref.Type != typeConsent {
			continue
		}
		r, err := fhir.ParseResource(v.Body.Bytes)
		if err != nil {
			return false, fault.Wrap(err, "reading a stored Consent")
		}
		if slices.Contains(g.said(r).withholds, ref) {
			return true, nil
		}
	}
	return len(holders) == withheldByMost, nil
}

// comesBack puts the label on a resource that had been deleted and is there again, if a Consent withholds it all the while.
func (d *decision) comesBack(p *prepared) error {
	if content := contentOf(p.ref.Type); content != Clinical && content != Money {
		return nil
	}
	is, err := d.stillWithheld(d.reader, p.ref)
	if err != nil || !is || p.said.withheld {
		return err
	}
	return d.remark(p, fhir.Marking{Label: []fhir.Coding{withheldLabel}})
}

// setWithheld makes the version of a resource in which it is withheld, or is not any more.
func (d *decision) setWithheld(tx store.Tx, ref, patient fhir.Ref, is bool) error {
	if d.changed(ref) {
		return fault.New(fault.Unprocessable, "The transaction changes %s and withholds it, or gives it free; do that one after the other.", ref)
	}
	heads, err := tx.Heads(context.Background(), []fhir.Ref{ref})
	if err != nil {
		return err
	}
	head := heads[0]
	if !head.Live() {
		if !is || !d.session.gate.config.References {
			return nil // it has been deleted meanwhile, or comes behind the Consent with its label
		}
		return unwithheld(ref)
	}
	old, err := fhir.ParseResource(head.Body.Bytes)
	if err != nil {
		return fault.Wrap(err, "reading a stored resource")
	}
	if mine, err := d.isOf(tx, old, patient); err != nil || is && !mine {
		return cmp.Or(err, error(unwithheld(ref))) // as if it were not there
	}
	if labelsOf(old).withheld == is {
		return nil
	}
	p := prepared{ref: ref, body: head.Body}
	m := fhir.Marking{Label: []fhir.Coding{withheldLabel}}
	if !is {
		m = fhir.Marking{Unlabel: []fhir.Coding{withheldLabel}}
	}
	if err := d.remark(&p, m); err != nil {
		return err
	}
	return d.next(store.Patch, head, ref, &old, &p)
}

// unwithheld refuses to withhold what is not there, or is not for the resident to withhold.
func unwithheld(ref fhir.Ref) *fault.Error {
	return fault.New(fault.Unprocessable, "%s cannot be withheld: there is no such resource about this resident's care.", ref)
}

// isOf tells whether a resource is about a resident alone, and may be withheld: who somebody is and what they have agreed to may
// not.
func (d *decision) isOf(tx store.Tx, r fhir.Resource, patient fhir.Ref) (bool, error) {
	if content := contentOf(r.Type); content != Clinical && content != Money {
		return false, nil
	}
	golden, err := d.goldenIn(tx, patient)
	if err != nil {
		return false, err
	}
	about := d.view.about(r)
	for _, ref := range about {
		if other, err := d.goldenIn(tx, ref); err != nil || other != golden {
			return false, err
		}
	}
	return len(about) > 0, nil
}
