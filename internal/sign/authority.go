package sign

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/smx509"

	"yitong/internal/fault"
	"yitong/internal/sign/stamp"
	"yitong/internal/store"
)

// role is one of the keys of the embedded authority.
type role string

const (
	roleRoot    role = "root"
	roleIssuing role = "issuing" // of certificates and of the list of revocations
	roleTime    role = "time"
)

// authority is a key of the embedded authority with its certificate.
type authority struct {
	id          string // such as issuing.0001
	key         *sm2.PrivateKey
	certificate *smx509.Certificate
	above       []*smx509.Certificate // up to the root
	revoked     *Revocation
	read        time.Time
}

// authorityItem is an authority as the register keeps it.
type authorityItem struct {
	Sealed      []byte `json:"sealed"` // PKCS #8
	Certificate []byte `json:"certificate"`
	// Revocation is nil, or that of the certificate. It stands here too: without the item nothing of it is valid.
	Revocation *Revocation `json:"revocation,omitempty"`
}

// errNoVault refuses to sign where there is no key to keep keys by.
func errNoVault() error {
	return fault.New(fault.NotSupported, "This server makes no signatures: it has no key of the platform (--key-file).")
}

// authority is the one of a role whose certificate is valid now and until an instant. It is made where there is none;
// of several servers one makes it.
func (s *Service) authority(ctx context.Context, r role, until time.Time) (*authority, error) {
	now := s.now()
	s.mu.Lock()
	known := s.authorities[r]
	s.mu.Unlock()
	if known.lasts(now, until) && !now.Before(known.read) && now.Sub(known.read) < believed {
		return known, nil
	}
	if s.config.Vault == nil {
		return nil, errNoVault()
	}
	for range 3 { // a server that was quicker has made it
		found, n, err := s.newestAuthority(ctx, r)
		if err == nil && !found.lasts(now, until) {
			found, err = s.newAuthority(ctx, r, n+1, "", now, until)
		}
		if errors.Is(err, errQuicker) {
			continue
		}
		if err != nil {
			return nil, err
		}
		found.read = now
		s.mu.Lock()
		defer s.mu.Unlock()
		s.authorities[r] = found
		return found, nil
	}
	return nil, errQuicker
}

// lasts tells whether an authority, nil for none, may be used now and until an instant.
func (a *authority) lasts(now, until time.Time) bool {
	return a != nil && a.revoked == nil && holds(a.certificate, now) && !until.After(a.certificate.NotAfter)
}

// holds tells whether a certificate is valid at an instant, its end included.
func holds(c *smx509.Certificate, at time.Time) bool {
	return !at.Before(c.NotBefore) && !at.After(c.NotAfter)
}

// newestAuthority is the newest of a role, nil where there is none, and how many there are.
func (s *Service) newestAuthority(ctx context.Context, r role) (a *authority, n int, err error) {
	var newest store.Item
	var kept authorityItem
	err = each(ctx, s, kindAuthority, string(r), func(i store.Item, one authorityItem) error {
		newest, kept = i, one
		n++
		return nil
	})
	if err == nil { // one that is not believed would be in the way of the next for ever: let it be known
		var next store.Item
		if next, err = s.db.Item(ctx, kindAuthority, authorityID(r, n+1)); err == nil {
			_, err = s.read(next, &authorityItem{})
		}
	}
	if err != nil || n == 0 {
		return nil, n, err
	}
	a, err = s.openAuthority(ctx, newest, kept)
	return a, n, err
}

func (s *Service) openAuthority(ctx context.Context, i store.Item, kept authorityItem) (*authority, error) {
	a := &authority{id: i.ID, revoked: kept.Revocation}
	var err error
	if a.key, err = s.unsealed("authority "+i.ID, kept.Sealed); err != nil {
		return nil, err
	}
	if a.certificate, err = smx509.ParseCertificate(kept.Certificate); err != nil {
		return nil, fault.Wrap(err, "reading a certificate of the embedded authority")
	}
	a.above, err = s.above(ctx, a.certificate)
	return a, err
}

// above are the certificates of the embedded authority above one, up to the root.
func (s *Service) above(ctx context.Context, c *smx509.Certificate) (chain []*smx509.Certificate, err error) {
	all, err := s.published(ctx)
	if err != nil {
		return nil, err
	}
	for range all {
		if root(c) {
			break
		}
		for _, one := range all {
			if string(one.RawSubject) == string(c.RawIssuer) && string(one.SubjectKeyId) == string(c.AuthorityKeyId) {
				chain, c = append(chain, one.Certificate), one.Certificate
				break
			}
		}
	}
	return chain, nil
}

// unsealed opens a private key.
func (s *Service) unsealed(about string, sealed []byte) (*sm2.PrivateKey, error) {
	if s.config.Vault == nil {
		return nil, errNoVault()
	}
	text, err := s.config.Vault.Open(about, sealed)
	if err != nil {
		return nil, err
	}
	key, err := smx509.ParsePKCS8PrivateKey(text)
	own, ok := key.(*sm2.PrivateKey)
	if err != nil || !ok {
		return nil, fault.Wrap(err, "reading a private key of SM2")
	}
	return own, nil
}

// newKey makes a key pair, sealed about something.
func (s *Service) newKey(about string) (key *sm2.PrivateKey, sealed []byte, err error) {
	if key, err = sm2.GenerateKey(rand.Reader); err != nil {
		return nil, nil, fault.Wrap(err, "making a key of SM2")
	}
	text, err := smx509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, fault.Wrap(err, "making a key of SM2")
	}
	sealed, err = s.config.Vault.Seal(about, text)
	return key, sealed, err
}

// Renew lets new keys issue certificates and make timestamps from now on, such as after one was revoked. What the old ones
// have made stays as good as it was: they are not revoked by this.
func (s *Service) Renew(ctx context.Context, by string) error {
	if s.config.Vault == nil {
		return errNoVault()
	}
	defer s.forget()
	now := s.now()
	for r, until := range map[role]time.Time{roleIssuing: now.Add(s.config.life(now).Signer), roleTime: now} {
		_, n, err := s.newestAuthority(ctx, r)
		if err == nil {
			_, err = s.newAuthority(ctx, r, n+1, by, now, until)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// newAuthority makes the n-th of a role, valid at least until an instant; by is who wants it, "" if it is just needed. The
// error is errQuicker if another server has.
func (s *Service) newAuthority(ctx context.Context, r role, n int, by string, now, until time.Time) (*authority, error) {
	life := s.config.life(now)
	lasts := map[role]time.Duration{roleRoot: life.Root, roleIssuing: life.Issuing, roleTime: life.Stamper}[r]
	end := now.Add(lasts)
	if end.Before(until) {
		end = until
	}
	a := &authority{id: authorityID(r, n)}
	template := &x509.Certificate{NotBefore: now, NotAfter: end, BasicConstraintsValid: true, Subject: s.authorityName(r, n)}
	switch r {
	case roleRoot, roleIssuing:
		template.IsCA, template.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
		template.MaxPathLen, template.MaxPathLenZero = map[role]int{roleRoot: 1}[r], r == roleIssuing
	case roleTime:
		template.KeyUsage = x509.KeyUsageDigitalSignature
		template.ExtraExtensions = []pkix.Extension{onlyTimeStamping}
	}
	key, sealed, err := s.newKey("authority " + a.id)
	if err != nil {
		return nil, err
	}
	a.key = key
	var above *authority
	if r != roleRoot {
		if above, err = s.authority(ctx, roleRoot, end); err != nil {
			return nil, err
		}
		a.above = []*smx509.Certificate{above.certificate}
	}
	if a.certificate, err = s.issue(template, &key.PublicKey, above, key); err != nil {
		return nil, err
	}
	err = s.write(ctx, func(tx store.Tx) error {
		return must(s.enter(tx, store.Item{Kind: kindAuthority, ID: a.id, Owner: string(r), Author: by}, authorityItem{Sealed: sealed, Certificate: a.certificate.Raw}, false))
	})
	return a, err
}

// authorityID is the name of the n-th of a role, in the order of their names.
func authorityID(r role, n int) string { return fmt.Sprintf("%s.%04d", r, n) }

// onlyTimeStamping is the extended key usage of who makes timestamps, critical as RFC 3161, 2.3 asks.
var onlyTimeStamping = pkix.Extension{
	Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true,
	Value: []byte{0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08},
}

// authorityName is the name of the n-th of a role.
func (s *Service) authorityName(r role, n int) pkix.Name {
	called := map[role]string{roleRoot: "Root CA", roleIssuing: "Issuing CA", roleTime: "Time Stamping Authority"}[r]
	return pkix.Name{Country: []string{"CN"}, Organization: []string{clip(s.config.Name)}, CommonName: clip(fmt.Sprintf("%s %s %d", s.config.Name, called, n))}
}

// nameMost bounds the characters of a part of a name (X.520, upper bounds).
const nameMost = 64

func clip(text string) string {
	if runes := []rune(strings.TrimSpace(text)); len(runes) > nameMost {
		return string(runes[:nameMost])
	}
	return strings.TrimSpace(text)
}

// clocksDiffer is how long before the moment at which it is made a certificate begins: who uses it, or stamps what was
// signed under it, may have a clock that is behind.
const clocksDiffer = 5 * time.Minute

// issue makes a certificate for a key by an authority; nil: by the key itself, own.
func (s *Service) issue(template *x509.Certificate, public *ecdsa.PublicKey, by *authority, own *sm2.PrivateKey) (*smx509.Certificate, error) {
	number := make([]byte, 16)
	rand.Read(number)
	number[0] &= 0x7f
	number[0] |= 0x40 // always as long
	template.SerialNumber = new(big.Int).SetBytes(number)
	template.NotBefore = template.NotBefore.Add(-clocksDiffer).Truncate(time.Second)
	template.NotAfter = template.NotAfter.Add(time.Second - 1).Truncate(time.Second)
	id, err := keyID(public)
	if err != nil {
		return nil, err
	}
	template.SubjectKeyId = id
	parent, key := template, own
	if by != nil {
		parent, key = by.certificate.ToX509(), by.key
		if s.config.URL != "" {
			template.CRLDistributionPoints = []string{s.config.URL + PathLists + by.id}
		}
	}
	der, err := smx509.CreateCertificate(rand.Reader, template, parent, public, key)
	if err != nil {
		return nil, fault.Wrap(err, "making a certificate")
	}
	c, err := smx509.ParseCertificate(der)
	if err != nil {
		return nil, fault.Wrap(err, "reading a certificate that was made")
	}
	return c, nil
}

// keyID tells a public key from others: the first 20 bytes of its SM3.
func keyID(public *ecdsa.PublicKey) ([]byte, error) {
	der, err := smx509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, fault.Wrap(err, "writing a public key")
	}
	digest := sm3.Sum(der)
	return digest[:20], nil
}

// sent are the certificates of a chain that a signature carries: without the root, which who checks it must have from
// elsewhere.
func sent(chain []*smx509.Certificate) (list []*smx509.Certificate) {
	for _, c := range chain {
		if !root(c) {
			list = append(list, c)
		}
	}
	return list
}

// Stamp implements [Stamper] by the embedded authority. It has the time of this machine.
func (s *Service) Stamp(ctx context.Context, text []byte) ([]byte, error) {
	return s.StampFor(ctx, stamp.NewRequest(text))
}

// StampFor is the token of the embedded authority for a request.
func (s *Service) StampFor(ctx context.Context, r stamp.Request) ([]byte, error) {
	now := s.now()
	a, err := s.authority(ctx, roleTime, now)
	if err != nil {
		return nil, err
	}
	return stamp.Authority{Key: a.key, Certificate: a.certificate, Others: sent(a.above), Policy: PolicyID, Accuracy: time.Second}.Token(r, now)
}
