package sign

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/sign/canonical"
	"yitong/internal/sign/cms"
	"yitong/internal/store"
)

var (
	typePractitioner, _ = schema.TypeOf("Practitioner")
	typeProvenance, _   = schema.TypeOf("Provenance")
)

// Asked is what somebody wants to sign.
type Asked struct {
	Ref     fhir.Ref
	Version int64  // which one; 0 for the newest
	Newest  int64  // which one must be the newest; 0 for any
	Purpose string // a code of [SystemPurpose]; "" for [PurposeAuthor]
	Again   *gate.Idempotency
}

// Sign signs a version of a resource in the name of who the session is of, and writes the signature as a Provenance.
//
// The error is Forbidden for whoever is no practitioner at an institution, or has a program act for them, or has not shown a
// second factor for longer than the service asks for, or does not see all of the resource: nobody signs what they have not
// read. It is that of reading for what the session may not
// read; Precondition where another version is the newest; Gone for a deletion; Unprocessable for what cannot be signed
// or a purpose that there is not; Unavailable where the authority for timestamps does not answer, or what was made would
// not be found valid.
func (s *Service) Sign(ctx context.Context, session *gate.Session, a Asked) (gate.Result, error) {
	actor := session.Actor()
	if local(actor.Reference).Type != typePractitioner || actor.Institution == "" {
		return gate.Result{}, fault.New(fault.Forbidden, "Resources are signed by a person who works at an institution, and is known in the record as a Practitioner; you are not.")
	}
	if actor.Client != "" {
		return gate.Result{}, fault.New(fault.Forbidden, "A program cannot sign in somebody's name; sign yourself, signed in at the platform.")
	}
	if s.config.Vault == nil {
		return gate.Result{}, errNoVault()
	}
	if err := s.fresh(actor); err != nil {
		return gate.Result{}, err
	}
	if a.Ref.Type == typeProvenance {
		return gate.Result{}, fault.New(fault.Unprocessable, "A Provenance is not signed by itself; sign what it is about.")
	}
	a.Purpose = cmp.Or(a.Purpose, PurposeAuthor)
	behalf := session.Behalf(Process)
	v, err := s.whole(ctx, session, behalf, a)
	if err != nil {
		return gate.Result{}, err
	}
	o, err := OwnerOf(ctx, behalf, actor.Reference, actor.Institution)
	if err != nil {
		return gate.Result{}, err
	}
	k, err := s.signer(ctx, o)
	if err != nil {
		return gate.Result{}, err
	}
	der, at, err := s.make(ctx, k, v, a.Purpose)
	if err != nil {
		return gate.Result{}, err
	}
	made, err := fhir.ParseResource(provenance(o, edition(v.Ref, v.Number), a.Purpose, der, at.In(s.config.Zone)))
	if err != nil {
		return gate.Result{}, fault.Wrap(err, "writing a signature")
	}
	results, err := behalf.Apply(ctx, []gate.Op{{Kind: gate.Create, Type: typeProvenance, Resource: made}}, a.Again)
	if err != nil {
		return gate.Result{}, err
	}
	return results[0], nil
}

// fresh refuses who has not shown a second factor for too long: a screen that was left open signs nothing (电子签名法 Art. 13:
// under the signer's control alone).
func (s *Service) fresh(actor gate.Actor) error {
	most := s.config.Fresh
	if most == 0 || !actor.Proved.IsZero() && s.now().Sub(actor.Proved) <= most {
		return nil
	}
	f := fault.New(fault.Forbidden, "Confirm that it is you before you sign: your second factor was last shown more than %d minutes ago, or not at all. Show it at %s, then sign again.",
		int(most.Minutes()), s.config.Confirm)
	chinese := fmt.Sprintf("签名前请再次确认是您本人：您最近一次第二步验证已超过 %d 分钟。请到 %s 完成第二步验证后再签名。", int(most.Minutes()), s.config.Confirm)
	f.Issue, f.Issues = "login", []fault.Issue{{Severity: "error", Type: "login", English: f.Message, Chinese: chinese}}
	return f
}

// OwnerOf is a practitioner at an institution, as a session reads how they are called, on behalf of whose it is.
func OwnerOf(ctx context.Context, s *gate.Session, practitioner, institution string) (o Owner, err error) {
	o = Owner{Practitioner: practitioner, Institution: institution, By: s.Actor().Reference}
	if o.Name, err = called(ctx, s, practitioner); err == nil {
		o.At, err = called(ctx, s, institution)
	}
	return o, err
}

// whole is the version that is to be signed, which the session must see without anything hidden.
func (s *Service) whole(ctx context.Context, session, behalf *gate.Session, a Asked) (v store.Version, err error) {
	newest, err := session.Read(ctx, a.Ref)
	if err != nil {
		return v, err
	}
	if a.Newest != 0 && newest.Number != a.Newest {
		return v, fault.New(fault.Precondition, "If-Match names version %d, but the newest version of %s is %d. Read it, then sign it.", a.Newest, a.Ref, newest.Number)
	}
	if v = newest; a.Version != 0 {
		if v, err = session.VRead(ctx, a.Ref, a.Version); err != nil {
			return v, err
		}
	}
	full, err := behalf.VRead(ctx, a.Ref, v.Number)
	if err != nil {
		return v, err
	}
	if !bytes.Equal(full.Body.Bytes, v.Body.Bytes) {
		return v, fault.New(fault.Forbidden, "A part of %s is hidden from you, or shown in part only; who signs a resource must see all of it.", a.Ref)
	}
	return v, nil
}

// make makes the signature of a version, and tells for when it has a timestamp. What would not be found valid is not
// given out.
func (s *Service) make(ctx context.Context, k *signer, v store.Version, why string) (der []byte, at time.Time, err error) {
	r, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return nil, at, fault.Wrap(err, "reading a stored resource")
	}
	f, err := canonical.Of(r.Root)
	if err != nil {
		return nil, at, err
	}
	_, oid, err := purpose(why)
	if err != nil {
		return nil, at, err
	}
	name := edition(v.Ref, v.Number)
	extra, err := attributes(name, f, oid)
	if err != nil {
		return nil, at, err
	}
	digest := sm3.Sum(f.Text)
	d := cms.Draft{Type: cms.Data, Digest: digest[:], Certificate: k.certificate, Others: sent(k.above), At: s.now(), Extra: extra}
	toSign, err := d.ToSign()
	if err != nil {
		return nil, at, err
	}
	value, err := k.key.Sign(rand.Reader, toSign, sm2.DefaultSM2SignerOpts)
	if err != nil {
		return nil, at, fault.Wrap(err, "signing")
	}
	var stamper Stamper = s
	if s.config.Stamper != nil {
		stamper = s.config.Stamper
	}
	token, err := stamper.Stamp(ctx, value)
	if err != nil {
		return nil, at, err
	}
	if der, err = d.Finish(toSign, value, cms.Attribute{Type: cms.TimeStamp, Value: token}); err != nil {
		return nil, at, err
	}
	came, err := s.db.Now(ctx)
	if err != nil {
		return nil, at, err
	}
	found := s.judge(ctx, der, held{name: name, form: &f, stamp: true}, came)
	if found.err != nil {
		return nil, at, found.err
	}
	if !found.Valid() {
		return nil, at, fault.New(fault.Unavailable, "The signature that was made is not valid: %s Try again; if it stays so, tell who runs the platform.", found.Faults[0].Message)
	}
	return der, found.At, nil
}

// called is how somebody is called in the record; their name in it where they are not called anything.
func called(ctx context.Context, s *gate.Session, name string) (string, error) {
	v, err := s.Read(ctx, local(name))
	if c := fault.CodeOf(err); c == fault.NotFound || c == fault.Gone {
		return name, nil
	}
	if err != nil {
		return "", err
	}
	r, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return "", fault.Wrap(err, "reading a stored resource")
	}
	n := r.Root.Get("name")
	if n.Kind() == fhir.String {
		return cmp.Or(n.Str(), name), nil
	}
	n = n.First()
	return cmp.Or(n.Get("text").Str(), n.Get("family").Str()+n.Get("given").First().Str(), name), nil
}

// local reads Type/id; the zero Ref for everything else.
func local(name string) fhir.Ref {
	if ref := fhir.ParseReference(name); ref.Kind == fhir.ReferenceLocal {
		return ref.Ref
	}
	return fhir.Ref{}
}
