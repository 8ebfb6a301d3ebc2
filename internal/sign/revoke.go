package sign

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// revocation is that of the certificate of a fingerprint, of which the item of the certificate may have one, too; nil where
// there is none. The error is errForged for one that was not written under the platform's key.
func (s *Service) revocation(ctx context.Context, fingerprint string, too *Revocation) (*Revocation, error) {
	i, err := s.db.Item(ctx, kindRevocation, fingerprint)
	var r Revocation
	if err != nil {
		return nil, err
	}
	if ok, err := s.read(i, &r); err != nil || !ok {
		return too, err
	}
	return &r, nil
}

// revocable is a certificate that can be revoked.
type revocable struct {
	*smx509.Certificate
	group string                                // whose list it stands in
	owner string                                // whose key it is, of practitioners
	known *Revocation                           // nil: none
	say   func(tx store.Tx, r Revocation) error // in its own item, too
}

// Revoke ends a certificate before its time, from an instant on that has passed; the zero Time is now. What was signed
// since is not valid; what was signed before stays so. The owner's next signature makes a new key. Nothing takes a
// revocation back. A certificate is a practitioner's; or that of an authority, for certificates or for timestamps, the
// embedded one or one of those that are trusted: then what goes through it is judged so (RFC 5280, 6.1.3; RFC 3161, 4).
//
// The error is NotFound for all other certificates, Unprocessable for a root, which is above itself, Malformed for another
// reason or an instant to come, Conflict if it is revoked already.
func (s *Service) Revoke(ctx context.Context, fingerprint string, reason Reason, since time.Time, by string) error {
	now := s.now()
	if since = since.UTC().Truncate(time.Microsecond); since.IsZero() {
		since = now
	}
	if _, known := codes[reason]; !known || since.After(now) {
		return fault.New(fault.Malformed, "A revocation has a reason (%s, %s, %s, %s, %s or %s) and an instant that has passed.",
			Unspecified, KeyCompromise, AffiliationChanged, Superseded, Cessation, Privilege)
	}
	c, err := s.revocable(ctx, fingerprint, by)
	if err != nil {
		return err
	}
	r := Revocation{At: now, Since: since, Reason: reason, By: by, Serial: c.SerialNumber.Bytes(), Ends: c.NotAfter}
	defer s.forget()
	return s.write(ctx, func(tx store.Tx) error {
		ok, err := s.enter(tx, store.Item{Kind: kindRevocation, ID: fingerprint, Owner: groupName(c.group), Author: by}, r, false)
		if err == nil && (!ok || c.known != nil) {
			err = fault.New(fault.Conflict, "The certificate is revoked already.")
		}
		if err == nil {
			err = c.say(tx, r)
		}
		if err != nil || c.owner == "" {
			return err
		}
		i, err := tx.Named(ctx, kindKey, c.owner)
		if err != nil || !i.Exists() {
			return err
		}
		k := &signer{item: i}
		if _, err := s.read(i, &k.kept); err != nil || k.kept.Certificate != fingerprint {
			return err
		}
		return s.retire(tx, k, by, now)
	})
}

// revocable is the certificate of a fingerprint, to be revoked by somebody.
func (s *Service) revocable(ctx context.Context, fingerprint, by string) (c revocable, err error) {
	i, err := s.db.Item(ctx, kindCertificate, fingerprint)
	if err != nil {
		return c, err
	}
	if i.Exists() {
		return s.revocablePerson(ctx, i, by)
	}
	own, err := s.published(ctx)
	if err != nil {
		return c, err
	}
	for _, one := range own {
		if Fingerprint(one.Certificate) == fingerprint {
			if one.IsCA && root(one.Certificate) {
				return c, fault.New(fault.Unprocessable, "The root cannot be revoked: no authority is above it that could say so.")
			}
			return revocable{Certificate: one.Certificate, group: string(one.AuthorityKeyId), known: one.kept.Revocation, say: func(tx store.Tx, r Revocation) error {
				i, kept := one.item, one.kept
				i.Author, kept.Revocation = by, &r
				return must(s.enter(tx, i, kept, true))
			}}, nil
		}
	}
	at := slices.IndexFunc(s.config.Trusted, func(one *smx509.Certificate) bool { return Fingerprint(one) == fingerprint })
	if at < 0 {
		return c, fault.New(fault.NotFound, "There is no certificate %s here.", fingerprint)
	}
	if one := s.config.Trusted[at]; one.IsCA && root(one) {
		return c, fault.New(fault.Unprocessable, "A root cannot be revoked: no authority is above it that could say so. Take it out of --sign-trust.")
	}
	return revocable{Certificate: s.config.Trusted[at], group: external, say: func(store.Tx, Revocation) error { return nil }}, nil
}

func (s *Service) revocablePerson(ctx context.Context, i store.Item, by string) (out revocable, err error) {
	var kept certificateItem
	if _, err = s.read(i, &kept); err != nil {
		return out, err
	}
	c, err := s.certificate(ctx, i, kept)
	if err != nil {
		return out, err
	}
	out = revocable{Certificate: c.Certificate, group: external, owner: Owner{Practitioner: c.Practitioner, Institution: c.Institution}.String(), known: c.Revocation}
	if c.Embedded {
		out.group = string(c.AuthorityKeyId)
	}
	out.say = func(tx store.Tx, r Revocation) error {
		i.Author, kept.Revocation = by, &r
		return must(s.enter(tx, i, kept, true))
	}
	return out, nil
}

// authorityRevocation is that of a certificate by which certificates or timestamps were made; nil for none. here is false
// for one that the embedded authority has issued, but that is not in the register, where all are that it has made. The
// error is errForged for a revocation that was altered.
func (s *Service) authorityRevocation(ctx context.Context, by *smx509.Certificate) (r *Revocation, here bool, err error) {
	print := Fingerprint(by)
	for _, fresh := range []bool{false, true} { // another server may have made it a moment ago
		known, err := s.trust(ctx, fresh)
		if err != nil {
			return nil, false, err
		}
		var is bool
		if r, is = known.revoked[print]; is || !known.issuers[string(by.AuthorityKeyId)] {
			here = true
			break
		}
	}
	r, err = s.revocation(ctx, print, r)
	return r, here, err
}

// authorityState is what was found about an authority.
type authorityState struct {
	revoked *Revocation
	here    bool
	err     error // nil or errForged
}

// authorityState is as [Service.authorityRevocation], but a moment old perhaps: nearly every signature goes through the same
// few authorities.
func (s *Service) authorityState(ctx context.Context, c *smx509.Certificate) (a authorityState, err error) {
	known, err := s.trust(ctx, false)
	if err != nil {
		return a, err
	}
	if found, is := known.looked.Load(Fingerprint(c)); is {
		return found.(authorityState), nil
	}
	a.revoked, a.here, a.err = s.authorityRevocation(ctx, c)
	if a.err != nil && !errors.Is(a.err, errForged) {
		return a, a.err
	}
	known.looked.Store(Fingerprint(c), a)
	return a, nil
}

// always is of revocations that count whenever something was signed.
func always(*Revocation) bool { return true }

// cut tells what is wrong with a chain because of the authorities between its first certificate and its root, nil for
// nothing: one of them was revoked, by a revocation that counts, or nobody can tell.
func (s *Service) cut(ctx context.Context, chain []*smx509.Certificate, counts func(*Revocation) bool) (*Fault, error) {
	for _, c := range chain[min(1, len(chain)):] {
		if root(c) {
			continue
		}
		a, err := s.authorityState(ctx, c)
		name := c.Subject.String()
		switch {
		case err != nil:
			return nil, err
		case a.err != nil:
			return &Fault{Revoked, "What the register has about a revocation of the authority " + name + " was not written by the platform: nobody can tell whether it was revoked."}, nil
		case !a.here:
			return &Fault{Untrusted, "The register does not have the certificate of the authority " + name + ", though the platform's own authority has issued it."}, nil
		case a.revoked != nil && counts(a.revoked):
			return &Fault{Revoked, fmt.Sprintf("The certificate was issued by the authority %s, whose own was revoked (%s) since %s.",
				name, a.revoked.Reason, a.revoked.Since.UTC().Format(time.RFC3339))}, nil
		}
	}
	return nil, nil
}

// voids tells whether a revocation of the certificate of a timestamp takes its worth from it. What was stamped before
// stays so where the key was only given up (RFC 3161, 4). Where it may be in other hands they may have stamped any
// instant: then it counts when the signature came into the record, the zero Time if it has not yet.
func (r *Revocation) voids(at, came time.Time) bool {
	switch r.Reason {
	case Unspecified, AffiliationChanged, Superseded, Cessation:
		return !at.Before(r.Since)
	}
	return came.IsZero() || !came.Before(r.Since)
}
