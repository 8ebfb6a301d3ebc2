package gate

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate/label"
	"yitong/internal/store"
	"yitong/internal/store/plan"
)

// Permit opens the record of one resident to somebody. Permits are rows that are kept in step with the Consents that they
// follow from, in the same transaction.
type Permit struct {
	Consent   string        `json:"-"`                   // Consent/…
	Patient   string        `json:"patient"`             // as the Consent names the resident
	Grantee   string        `json:"grantee"`             // such as Organization/… or Practitioner/…
	Role      Role          `json:"role,omitempty"`      // in which the grantee has it; "" for any
	At        string        `json:"at,omitempty"`        // the institution for which a person has it, Organization/…; "" for any
	From      time.Time     `json:"from,omitzero"`       // zero: at once
	Until     time.Time     `json:"-"`                   // [store.ForEver]: until it is withdrawn
	Types     []schema.Type `json:"-"`                   // which resources; nil: all
	Names     []string      `json:"types,omitempty"`     // the names of Types
	Classes   label.Set     `json:"-"`                   // of sensitive content that it names
	Labels    []label.Class `json:"classes,omitempty"`   // the names of Classes
	Emergency bool          `json:"emergency,omitempty"` // it opens everything
	Kind      string        `json:"kind,omitempty"`      // what it follows from, such as [PermitProcess]; "" for the resident's own wish

	number string // system|value of a document of the grantee, who is no resident of this record if Grantee is ""
}

const (
	kindPermit  = "permit"
	kindGranted = "granted" // the same rows by their grantee, of residents who act for others
	permitsPage = 200
)

// covers tells whether the permit is for resources of a type with such labels.
func (p *Permit) covers(t schema.Type, l labels) bool {
	if p.Emergency {
		return true
	}
	return !l.withheld && l.classes&^p.Classes == 0 && (p.Types == nil || slices.Contains(p.Types, t))
}

// permitsFor are the permits that the actor has for a resident now.
func (v *view) permitsFor(ctx context.Context, by reader, golden fhir.Ref) ([]Permit, error) {
	all, err := permitsOf(ctx, by, kindPermit, golden.String())
	now := v.gate.now()
	return slices.DeleteFunc(all, func(p Permit) bool {
		return !p.holds(now) || !v.actor.is(p.Grantee) || p.Role != "" && p.Role != v.actor.Role || p.At != "" && p.At != v.actor.Institution
	}), err
}

// is tells whether a permit to a grantee is one to the actor: as the person, or as somebody of the institution.
func (a Actor) is(grantee string) bool {
	return grantee != "" && (grantee == a.Reference || grantee == a.Institution)
}

// permitsOf are the permits of an owner that have not been withdrawn.
func permitsOf(ctx context.Context, by store.RegisterReader, kind, owner string) (all []Permit, err error) {
	behind := ""
	for {
		page, err := by.Owned(ctx, kind, owner, behind, permitsPage)
		if err != nil {
			return nil, err
		}
		for _, item := range page {
			p, err := readPermit(item)
			if err != nil {
				return nil, err
			}
			all = append(all, p)
			behind = item.ID
		}
		if len(page) < permitsPage {
			return all, nil
		}
	}
}

func readPermit(i store.Item) (p Permit, err error) {
	if err := json.Unmarshal(i.Body, &p); err != nil {
		return p, fault.Wrap(err, "reading a permit")
	}
	for _, name := range p.Names {
		t, _ := schema.TypeOf(name)
		p.Types = append(p.Types, t)
	}
	for _, class := range p.Labels {
		p.Classes.Add(class)
	}
	p.Until = i.Until
	p.Consent = "Consent/" + i.ID[:max(0, len(i.ID)-permitSuffix)]
	return p, nil
}

// rowOf is the ID of the nth row of a Consent.
func rowOf(consent fhir.Ref, n int) string { return fmt.Sprintf("%s/%02d", consent.ID, n) }

// permitSuffix is the length of what stands behind the id of the Consent in the id of a row: a dash and its number.
const permitSuffix = 3

// item is the permit as a row, the nth of its Consent.
func (p *Permit) item(consent fhir.Ref, n int, golden fhir.Ref, author string) (store.Item, error) {
	p.Names, p.Labels = nil, p.Classes.Classes()
	for _, t := range p.Types {
		p.Names = append(p.Names, t.String())
	}
	body, err := json.Marshal(p)
	if err != nil {
		return store.Item{}, fault.Wrap(err, "writing a permit")
	}
	return store.Item{
		Kind: kindPermit, ID: rowOf(consent, n), Number: 1, Author: author, Owner: golden.String(),
		Until: p.Until, Body: body,
	}, nil
}

// grants moves the rows of permits along with the Consents and the links of Patients that a transaction changes.
func (d *decision) grants(tx store.Tx) error {
	for i := range d.changes {
		c := &d.changes[i]
		var err error
		switch {
		case c.Ref.Type == typeConsent:
			err = d.regrant(tx, c)
		case c.Ref.Type == typePatient:
			err = d.relink(tx, c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// regrant puts the rows of the newest version of a Consent in the place of those of the one before.
func (d *decision) regrant(tx store.Tx, c *store.Change) error {
	for n := range permitsOfConsent {
		there, err := tx.Strike(kindPermit, rowOf(c.Ref, n))
		if err == nil {
			_, err = tx.Strike(kindGranted, rowOf(c.Ref, n))
		}
		if err != nil {
			return err
		}
		if !there {
			break
		}
	}
	if c.Method == store.Delete {
		return nil
	}
	r, err := fhir.ParseResource(c.Body.Bytes)
	if err != nil {
		return fault.Wrap(err, "reading a Consent again")
	}
	permits := readConsent(r, d.session.gate.config.Zone).permits
	permits, err = d.known(tx, permits)
	if err != nil {
		return err
	}
	if err := d.bounded(tx, permits); err != nil {
		return err
	}
	for n := range permits {
		golden, err := d.goldenIn(tx, fhir.ParseReference(permits[n].Patient).Ref)
		if err != nil {
			return err
		}
		item, err := permits[n].item(c.Ref, n, golden, c.Author)
		if err != nil {
			return err
		}
		ok, err := tx.Enter(item, false)
		if err == nil && ok && strings.HasPrefix(permits[n].Grantee, "Patient/") {
			item.Kind, item.Owner = kindGranted, permits[n].Grantee
			ok, err = tx.Enter(item, false)
		}
		if err != nil || !ok {
			return cmp.Or(err, error(fault.New(fault.Internal, "The permit %s/%d is there already.", c.Ref, n)))
		}
	}
	return nil
}

// permitsMost bounds the permits that a resident has given at a time: each request that names the resident looks at them all.
const permitsMost = permitsPage - permitsOfConsent

// bounded refuses more permits than a resident may give.
func (d *decision) bounded(tx store.Tx, permits []Permit) error {
	if len(permits) == 0 || permits[0].Kind != "" {
		return nil
	}
	golden, err := d.goldenIn(tx, fhir.ParseReference(permits[0].Patient).Ref)
	if err != nil {
		return err
	}
	there, err := tx.Owned(d.ctx, kindPermit, golden.String(), "", permitsPage)
	if err == nil && len(there)+len(permits) > permitsMost {
		err = fault.New(fault.Unprocessable, "More than %d permits for one resident would stand; withdraw some that are not needed any more.", permitsMost).At("Consent.provision.actor")
	}
	return err
}

// known are the permits to grantees of this record. Whoever names a resident by the number of a document does not learn whether
// there is one with it.
func (d *decision) known(tx store.Tx, permits []Permit) (list []Permit, err error) {
	for _, p := range permits {
		names := []string{p.Grantee}
		if p.Grantee == "" {
			if names, err = d.numbered(tx, p.number); err != nil {
				return nil, err
			}
		}
		for _, p.Grantee = range names {
			if !slices.ContainsFunc(list, func(o Permit) bool { return o.Grantee == p.Grantee && o.Role == p.Role }) {
				list = append(list, p)
			}
		}
	}
	return list[:min(len(list), permitsOfConsent)], nil
}

// numberedMost bounds the Patients, not linked yet, that institutions have sent for one number of a document.
const numberedMost = 8

// numbered are the Patients with the number of a document who stand for themselves, such as Patient/…: as long as nobody has
// linked them, one person can have several.
func (d *decision) numbered(tx store.Tx, number string) (names []string, err error) {
	s := d.session.Behalf(Everything)
	c, err := s.Criteria(typePatient, url.Values{"identifier": {number}}.Encode())
	if err != nil {
		return nil, nil // no document has such a number
	}
	v, _, err := s.viewOf(d.ctx, tx, nil)
	if err != nil {
		return nil, err
	}
	page, err := v.planner(tx, plan.Inside).Page(d.ctx, plan.Query{Type: typePatient, All: c.all}, plan.Slice{Most: namesMost})
	if err != nil {
		return nil, err
	}
	for _, m := range page.Matches {
		if name := Golden(m.Resource).String(); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) > numberedMost {
		return nil, nil
	}
	return names, nil
}

// Entrusted are the permits that residents have given to another one, which hold now: whom that one may act for.
func (s *Session) Entrusted(ctx context.Context, to fhir.Ref) ([]Permit, error) {
	names, err := s.Names(ctx, to)
	if err != nil {
		return nil, err
	}
	var all []Permit
	for _, name := range names {
		some, err := permitsOf(ctx, s.gate.db, kindGranted, name.String())
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return slices.DeleteFunc(all, func(p Permit) bool { return !p.holds(s.gate.now()) }), nil
}

// Entrusting are the permits that a resident, by the name that stands for all of theirs, has given to other ones, which hold now: who may
// act for that one.
func (s *Session) Entrusting(ctx context.Context, golden fhir.Ref) ([]Permit, error) {
	all, err := permitsOf(ctx, s.gate.db, kindPermit, golden.String())
	return slices.DeleteFunc(all, func(p Permit) bool { return !p.holds(s.gate.now()) || !strings.HasPrefix(p.Grantee, "Patient/") }), err
}

func (p *Permit) holds(now time.Time) bool { return !now.Before(p.From) && now.Before(p.Until) }

// goldenIn is the Patient that stands for a resident once the transaction has been carried out.
func (d *decision) goldenIn(tx store.Tx, ref fhir.Ref) (fhir.Ref, error) {
	var v store.Version
	if d.changed(ref) {
		v = d.changes[d.done[d.owner[ref]].change].Version
	} else {
		heads, err := tx.Heads(d.ctx, []fhir.Ref{ref})
		if err != nil {
			return ref, err
		}
		v = heads[0]
	}
	if !v.Live() {
		return ref, nil
	}
	r, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return ref, fault.Wrap(err, "reading a Patient")
	}
	return Golden(r), nil
}

// relink moves the permits of a resident whose Patient refers to another one now.
func (d *decision) relink(tx store.Tx, c *store.Change) error {
	old, err := linksIn(d.heads[c.Ref], c.Ref)
	if err != nil {
		return err
	}
	is, err := linksIn(c.Version, c.Ref)
	if err != nil {
		return err
	}
	if old.golden() == is.golden() {
		return nil
	}
	behind := ""
	for {
		page, err := tx.Owned(d.ctx, kindPermit, old.golden().String(), behind, permitsPage)
		if err != nil {
			return err
		}
		for _, item := range page {
			behind = item.ID
			p, err := readPermit(item)
			if err != nil {
				return err
			}
			if p.Patient != c.Ref.String() {
				continue
			}
			item.Owner, item.Number = is.golden().String(), item.Number+1
			if ok, err := tx.Enter(item, false); err != nil || !ok {
				return cmp.Or(err, error(fault.New(fault.Internal, "A permit of %s has changed meanwhile.", c.Ref)))
			}
		}
		if len(page) < permitsPage {
			return nil
		}
	}
}

// Permits are those that a Consent gives. The Grantee of who is named by a number is "".
func Permits(consent fhir.Resource, zone *time.Location) []Permit {
	return readConsent(consent, zone).permits
}

// EachPermit calls do with every row of a record that has not run out, and the Patient under which it stands.
func EachPermit(ctx context.Context, by store.RegisterReader, do func(p Permit, owner string)) error {
	behind := ""
	for {
		page, err := by.Owned(ctx, kindPermit, "*", behind, permitsPage)
		if err != nil {
			return err
		}
		for _, item := range page {
			behind = item.ID
			p, err := readPermit(item)
			if err != nil {
				return err
			}
			do(p, item.Owner)
		}
		if len(page) < permitsPage {
			return nil
		}
	}
}

// Same tells whether a row is what a Consent gives.
func (p Permit) Same(given Permit) bool {
	return p.Patient == given.Patient && (p.Grantee == given.Grantee || given.Grantee == "") && p.From.Equal(given.From) && p.Until.Equal(given.Until) &&
		p.Role == given.Role && p.At == given.At && slices.Equal(p.Types, given.Types) && p.Classes == given.Classes && p.Emergency == given.Emergency && p.Kind == given.Kind
}
