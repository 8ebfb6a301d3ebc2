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
	var kept certificateItem
	if err == nil {
		_, err = s.read(i, &kept)
	}
	if err != nil {
		return Certificate{}, err
	}
	return s.certificate(ctx, i, kept)
}

// Certificates are those of a practitioner, the newest first, revoked and ended ones too.
func (s *Service) Certificates(ctx context.Context, practitioner string) (list []Certificate, err error) {
	err = each(ctx, s, kindCertificate, practitioner, func(i store.Item, kept certificateItem) error {
		c, err := s.certificate(ctx, i, kept)
		list = append(list, c)
		return err
	})
	slices.SortStableFunc(list, func(a, b Certificate) int { return b.Kept.Compare(a.Kept) })
	return list, err
}

// AuthorityCertificates are those of the embedded authority, revoked and ended ones too. None is there until somebody signs.
func (s *Service) AuthorityCertificates(ctx context.Context) (list []Certificate, err error) {
	all, err := s.published(ctx)
	for _, one := range all {
		c := Certificate{Certificate: one.Certificate, Embedded: true}
		if err == nil {
			c.Revocation, err = s.revocation(ctx, Fingerprint(one.Certificate), one.kept.Revocation)
		}
		list = append(list, c)
	}
	return list, err
}

func (s *Service) certificate(ctx context.Context, i store.Item, kept certificateItem) (c Certificate, err error) {
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
	c.Revocation, err = s.revocation(ctx, i.ID, kept.Revocation)
	return c, err
}
