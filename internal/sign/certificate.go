package sign

import (
	"context"
	"slices"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// Certificate is what the register has about a certificate of a practitioner.
type Certificate struct {
	*smx509.Certificate
	Chain        []*smx509.Certificate // above it, of another authority
	Embedded     bool                  // of the embedded authority
	Practitioner string
	Institution  string
	Kept         time.Time
	Revocation   *Revocation // nil: none
}

// Revocation is the end of a certificate before its time.
type Revocation struct {
	At     time.Time `json:"at"`    // when it was said
	Since  time.Time `json:"since"` // from when on the key is not to be trusted; not behind At
	Reason Reason    `json:"reason"`
	By     string    `json:"by"`
	Serial []byte    `json:"serial"`
	Ends   time.Time `json:"ends"` // of the certificate
}

// Reason is why a certificate is revoked (RFC 5280, 5.3.1).
type Reason string

// The reasons.
const (
	Unspecified        Reason = "unspecified"
	KeyCompromise      Reason = "key-compromise"
	AffiliationChanged Reason = "affiliation-changed"
	Superseded         Reason = "superseded"
	Cessation          Reason = "cessation-of-operation"
	Privilege          Reason = "privilege-withdrawn"
)

// codes are the numbers of the reasons in lists of revocations.
var codes = map[Reason]int{Unspecified: 0, KeyCompromise: 1, AffiliationChanged: 3, Superseded: 4, Cessation: 5, Privilege: 9}

// Certificate is the one of a fingerprint. The error is NotFound where there is none.
func (s *Service) Certificate(ctx context.Context, fingerprint string) (Certificate, error) {
	i, err := s.db.Item(ctx, kindCertificate, fingerprint)
	if err == nil && !i.Exists() {
		err = fault.New(fault.NotFound, "There is no certificate %s here.", fingerprint)
	}
	if err != nil {
		return Certificate{}, err
	}
	return s.certificate(ctx, i)
}

// Certificates are those of a practitioner, the newest first, revoked and ended ones too.
func (s *Service) Certificates(ctx context.Context, practitioner string) (list []Certificate, err error) {
	err = each(ctx, s.db, kindCertificate, practitioner, func(i store.Item) error {
		c, err := s.certificate(ctx, i)
		list = append(list, c)
		return err
	})
	slices.SortStableFunc(list, func(a, b Certificate) int { return b.Kept.Compare(a.Kept) })
	return list, err
}

func (s *Service) certificate(ctx context.Context, i store.Item) (c Certificate, err error) {
	var kept certificateItem
	if _, err = read(i, &kept); err != nil {
		return c, err
	}
	c = Certificate{Embedded: kept.Embedded, Practitioner: i.Owner, Institution: kept.Institution, Kept: kept.Kept}
	for n, der := range slices.Insert(kept.Chain, 0, kept.DER) {
		one, err := smx509.ParseCertificate(der)
		if err != nil {
			return c, fault.Wrap(err, "reading a certificate of the register")
		}
		if n == 0 {
			c.Certificate = one
		} else {
			c.Chain = append(c.Chain, one)
		}
	}
	c.Revocation, err = s.revocation(ctx, i.ID)
	return c, err
}

// revocation is that of the certificate of a fingerprint, nil where there is none.
func (s *Service) revocation(ctx context.Context, fingerprint string) (*Revocation, error) {
	i, err := s.db.Item(ctx, kindRevocation, fingerprint)
	var r Revocation
	if err != nil {
		return nil, err
	}
	if ok, err := read(i, &r); err != nil || !ok {
		return nil, err
	}
	return &r, nil
}

// Revoke ends a certificate before its time, from an instant on that has passed; the zero Time is now. What was signed
// since is not valid; what was signed before stays so. The owner's next signature makes a new key. Nothing takes a
// revocation back.
//
// The error is NotFound for a certificate of no practitioner here, Malformed for another reason or an instant to come,
// Conflict if it is revoked already.
func (s *Service) Revoke(ctx context.Context, fingerprint string, reason Reason, since time.Time, by string) error {
	now := s.now()
	if since = since.UTC().Truncate(time.Microsecond); since.IsZero() {
		since = now
	}
	if _, known := codes[reason]; !known || since.After(now) {
		return fault.New(fault.Malformed, "A revocation has a reason (%s, %s, %s, %s, %s or %s) and an instant that has passed.",
			Unspecified, KeyCompromise, AffiliationChanged, Superseded, Cessation, Privilege)
	}
	c, err := s.Certificate(ctx, fingerprint)
	if err != nil {
		return err
	}
	owner := Owner{Practitioner: c.Practitioner, Institution: c.Institution}
	group := external
	if c.Embedded {
		group = string(c.AuthorityKeyId)
	}
	r := Revocation{At: now, Since: since, Reason: reason, By: by, Serial: c.SerialNumber.Bytes(), Ends: c.NotAfter}
	defer s.forget()
	return s.write(ctx, func(tx store.Tx) error {
		switch ok, err := enter(tx, store.Item{Kind: kindRevocation, ID: fingerprint, Owner: groupName(group), Author: by}, r, false); {
		case err != nil:
			return err
		case !ok:
			return fault.New(fault.Conflict, "The certificate is revoked already.")
		}
		i, err := tx.Named(ctx, kindKey, owner.String())
		if err != nil || !i.Exists() {
			return err
		}
		k := &signer{item: i}
		if _, err := read(i, &k.kept); err != nil || k.kept.Certificate != fingerprint {
			return err
		}
		return retire(tx, k, now)
	})
}
