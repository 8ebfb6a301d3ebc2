package sign

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/sign/canonical"
	"yitong/internal/sign/cms"
	"yitong/internal/store"
)

// Limits of one verification.
const (
	ProvenancesMost = 100 // of a resource that are looked at, the newest
	SignaturesMost  = 20  // in one of them
	dataMost        = (cms.BytesMost + 2) / 3 * 4
)

// Verified is what is known of the signatures of a resource.
type Verified struct {
	Newest     int64 // the version that is the newest now
	Signatures []Signature
	All        bool // these are all
}

// Signature is what is known of one.
type Signature struct {
	Provenance fhir.Ref
	Here       bool   // it was made by $sign
	Who        string // who has signed, as the Provenance says: a reference, or "" for none
	Display    string
	Version    int64 // the one that was signed; 0 if that is not known
	Finding
	Unchanged bool               // the newest version says the same as the one that was signed
	Changes   []canonical.Change // since then, as far as the session sees both versions
	AllTold   bool               // these are all changes
}

// Verify tells what the signatures of a resource are worth, which the session must be able to read; the newest first.
// Signatures that were made here belong to the resource: whoever may read it is told of them. Provenances that clients
// have written with signatures of their own are looked at as far as the session finds them.
//
// Its errors are those of reading.
func (s *Service) Verify(ctx context.Context, session *gate.Session, ref fhir.Ref) (v Verified, err error) {
	newest, err := session.Read(ctx, ref)
	if err != nil {
		return v, err
	}
	behalf := session.Behalf(Process)
	full, err := behalf.VRead(ctx, ref, newest.Number)
	if err != nil {
		return v, err
	}
	e := &examination{service: s, session: session, behalf: behalf, ref: ref, newest: full, editions: map[int64]*editionOf{}}
	found, all, err := e.provenances(ctx)
	if err != nil {
		return v, err
	}
	v = Verified{Newest: newest.Number, All: all}
	for _, p := range found {
		list, err := e.signatures(ctx, p)
		if err != nil {
			return v, err
		}
		v.Signatures = append(v.Signatures, list...)
	}
	return v, nil
}

// examination is a verification under way.
type examination struct {
	service         *Service
	session, behalf *gate.Session
	ref             fhir.Ref
	newest          store.Version
	editions        map[int64]*editionOf
}

// editionOf is a version as a signature covers it.
type editionOf struct {
	form    *canonical.Form // nil if there is no such version
	same    bool            // as the newest one
	changes []canonical.Change
	all     bool
}

// evidence is a Provenance that may carry signatures.
type evidence struct {
	store.Version
	here bool
}

// provenances are those of the resource, the newest first, and whether these are all.
func (e *examination) provenances(ctx context.Context) (list []evidence, all bool, err error) {
	all = true
	for _, way := range []struct {
		session *gate.Session
		here    bool
		more    []search.Pair
	}{
		{e.behalf, true, []search.Pair{{Name: "agent-type", Value: systemProcess + "|" + Process}}},
		{e.session, false, nil},
	} {
		pairs := append([]search.Pair{
			{Name: "target", Value: e.ref.String()}, {Name: "_sort", Value: "-_lastUpdated"}, {Name: "_count", Value: "100"}, // ProvenancesMost
		}, way.more...)
		asked, err := way.session.Request([]schema.Type{typeProvenance}, pairs, gate.Wishes{})
		if err != nil {
			return nil, false, err
		}
		results, err := way.session.Search(ctx, asked, "signatures", "")
		if fault.CodeOf(err) == fault.Forbidden && !way.here {
			continue
		}
		if err != nil {
			return nil, false, err
		}
		all = all && results.Next == ""
		for _, v := range results.Matches {
			if !slices.ContainsFunc(list, func(o evidence) bool { return o.Ref == v.Ref }) {
				list = append(list, evidence{v, way.here})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b evidence) int { return b.Updated.Compare(a.Updated) })
	return list, all, nil
}

// signatures looks at those of one Provenance.
func (e *examination) signatures(ctx context.Context, p evidence) (list []Signature, err error) {
	r, err := fhir.ParseResource(p.Body.Bytes)
	if err != nil {
		return nil, fault.Wrap(err, "reading a stored resource")
	}
	version, is := e.target(r.Root.Get("target"))
	if !is {
		return nil, nil
	}
	what, err := e.edition(ctx, version)
	if err != nil {
		return nil, err
	}
	for n := r.Root.Get("signature").First(); n.Exists() && len(list) < SignaturesMost; n = n.Next() {
		one := Signature{Provenance: p.Ref, Here: p.here, Version: version, Unchanged: what.same, Changes: what.changes, AllTold: what.all}
		who := n.Get("who")
		one.Who, one.Display = who.Get("reference").Str(), who.Get("display").Str()
		one.Finding = e.look(ctx, n, p, what, version)
		if one.err != nil {
			return nil, one.err
		}
		one.hand()
		list = append(list, one)
	}
	return list, nil
}

// target is which version of the resource a Provenance is about; 0 if it does not say.
func (e *examination) target(n fhir.Node) (version int64, is bool) {
	for t := n.First(); t.Exists(); t = t.Next() {
		if to := fhir.ParseReference(t.Get("reference").Str()); to.Kind == fhir.ReferenceLocal && to.Ref == e.ref {
			return to.Version, true
		}
	}
	return 0, false
}

// edition is a version of the resource; 0 for the newest.
func (e *examination) edition(ctx context.Context, number int64) (*editionOf, error) {
	if known := e.editions[number]; known != nil {
		return known, nil
	}
	v := e.newest
	if number != 0 && number != v.Number {
		var err error
		v, err = e.behalf.VRead(ctx, e.ref, number)
		if c := fault.CodeOf(err); c == fault.NotFound || c == fault.Gone {
			e.editions[number] = &editionOf{}
			return e.editions[number], nil
		}
		if err != nil {
			return nil, err
		}
	}
	then, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return nil, fault.Wrap(err, "reading a stored resource")
	}
	out := &editionOf{same: true, all: true}
	if f, err := canonical.Of(then.Root); err == nil { // what has no form was never signed
		out.form = &f
	}
	if v.Number != e.newest.Number {
		err = e.compare(ctx, out, then, v.Number)
	}
	e.editions[number] = out
	return out, err
}

// compare tells what has changed since a version, as far as the session sees both.
func (e *examination) compare(ctx context.Context, out *editionOf, then fhir.Resource, number int64) error {
	now, err := fhir.ParseResource(e.newest.Body.Bytes)
	if err != nil {
		return fault.Wrap(err, "reading a stored resource")
	}
	changes, all := canonical.Changes(then.Root, now.Root)
	if out.same = len(changes) == 0; out.same {
		return nil
	}
	var seen [2]fhir.Resource
	for i, n := range []int64{number, e.newest.Number} {
		v, err := e.session.VRead(ctx, e.ref, n)
		if c := fault.CodeOf(err); c == fault.NotFound || c == fault.Forbidden {
			return nil // what it was then is not for the session to see
		}
		if err == nil {
			seen[i], err = fhir.ParseResource(v.Body.Bytes)
		}
		if err != nil {
			return err
		}
	}
	visible, allVisible := canonical.Changes(seen[0].Root, seen[1].Root)
	out.changes, out.all = visible, all && allVisible && len(visible) == len(changes)
	return nil
}

// look judges one signature.
func (e *examination) look(ctx context.Context, n fhir.Node, p evidence, what *editionOf, version int64) (f Finding) {
	format, target, data := n.Get("sigFormat").Str(), n.Get("targetFormat").Str(), n.Get("data").Str()
	if format != FormatSignature || target != FormatTarget || len(data) > dataMost {
		f.At = p.Updated
		f.add(Format, "Signatures with sigFormat %q and targetFormat %q are not known here; those with %q and %q are.", format, target, FormatSignature, FormatTarget)
		return f
	}
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(data), ""))
	if err != nil {
		f.At = p.Updated
		f.add(Format, "The data of the signature is not in base64.")
		return f
	}
	h := held{form: what.form, stamp: p.here}
	if version != 0 {
		h.name = edition(e.ref, version)
	}
	return e.service.judge(ctx, der, h, p.Updated)
}

// hand tells whether the certificate is of who the Provenance says has signed, by what is kept of it: what authorities
// write into names is for nobody here to say.
func (s *Signature) hand() {
	switch {
	case !s.asked || s.Who == s.owner && s.Who != "":
	case s.owner == "":
		s.add(OtherHand, "Nobody here is known to have this certificate.")
	default:
		s.add(OtherHand, "The certificate is of %s, not of who is said to have signed.", s.owner)
	}
}
