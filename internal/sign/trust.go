package sign

import (
	"context"
	"encoding/pem"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// roots are the certificates that are trusted, as they were read a moment ago.
type roots struct {
	read time.Time
	own  int // of the embedded authority
	// What the register has of it: keys that issue, by their names, and its certificates, by their fingerprints, with their
	// revocations.
	issuers map[string]bool
	revoked map[string]*Revocation
	looked  *sync.Map // what was found about authorities since it was read, by their fingerprints: an authorityState each
	trusted *smx509.CertPool
	between *smx509.CertPool
	chains  *sync.Map // that were found, by the fingerprint of their first certificate
	count   *atomic.Int64
}

// chainsMost is how many chains are remembered.
const chainsMost = 10_000

// believed is how long what was read of the embedded authority is not read again.
const believed = 2 * time.Second

// trust are the certificates that are trusted; fresh ones are read now.
func (s *Service) trust(ctx context.Context, fresh bool) (roots, error) {
	now := s.now()
	s.mu.Lock()
	known := s.roots
	s.mu.Unlock()
	if !fresh && known.trusted != nil && !now.Before(known.read) && now.Sub(known.read) < believed {
		return known, nil
	}
	own, err := s.published(ctx)
	if err != nil {
		return known, err
	}
	if known.trusted == nil || known.own != len(own) { // none ever goes away
		known = roots{own: len(own), trusted: smx509.NewCertPool(), between: smx509.NewCertPool(), chains: &sync.Map{}, count: &atomic.Int64{}}
		all := slices.Clone(s.config.Trusted)
		for _, c := range own {
			all = append(all, c.Certificate)
		}
		for _, c := range all {
			if root(c) {
				known.trusted.AddCert(c)
			} else {
				known.between.AddCert(c)
			}
		}
	}
	known.issuers, known.revoked, known.looked = map[string]bool{}, map[string]*Revocation{}, &sync.Map{}
	for _, c := range own {
		if known.revoked[Fingerprint(c.Certificate)] = c.kept.Revocation; c.IsCA {
			known.issuers[string(c.SubjectKeyId)] = true
		}
	}
	known.read = now
	s.mu.Lock()
	defer s.mu.Unlock()
	s.roots = known
	return known, nil
}

// publishedOne is a certificate of the embedded authority.
type publishedOne struct {
	*smx509.Certificate
	item store.Item
	kept authorityItem
}

// root tells whether a certificate has no other one above it.
func root(c *smx509.Certificate) bool { return string(c.RawIssuer) == string(c.RawSubject) }

// published are all certificates of the embedded authority, those that have ended too.
func (s *Service) published(ctx context.Context) (all []publishedOne, err error) {
	err = each(ctx, s, kindAuthority, "*", func(i store.Item, kept authorityItem) error {
		c, err := smx509.ParseCertificate(kept.Certificate)
		if err != nil {
			return fault.Wrap(err, "reading a certificate of the embedded authority")
		}
		all = append(all, publishedOne{c, i, kept})
		return nil
	})
	return all, err
}

// Authorities are the certificates of the embedded authority as PEM, for everybody: with them a signature is checked
// elsewhere. It is empty as long as nobody has signed.
func (s *Service) Authorities(ctx context.Context) ([]byte, error) {
	all, err := s.published(ctx)
	var text []byte
	for _, c := range all {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return text, err
}

// ReadCertificates reads certificates in PEM, such as those of licensed authorities that are trusted. The error is
// Malformed.
func ReadCertificates(text []byte) (list []*smx509.Certificate, err error) {
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			break
		}
		text = rest
		c, err := smx509.ParseCertificate(block.Bytes)
		if block.Type != "CERTIFICATE" || err != nil {
			return nil, fault.New(fault.Malformed, "This is no file of certificates in PEM.").Because(err)
		}
		list = append(list, c)
	}
	if len(list) == 0 {
		return nil, fault.New(fault.Malformed, "This is no file of certificates in PEM.")
	}
	return list, nil
}
