package sign

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/smx509"
	"github.com/google/uuid"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// Owner is whose key it is: a practitioner at an institution, by their names in the record and as they are called.
type Owner struct {
	Practitioner string // such as Practitioner/wang
	Institution  string // such as Organization/a
	Name         string
	At           string // how the institution is called
	By           string // who asks, for the trail; "" for the practitioner
}

// String tells an owner from all others.
func (o Owner) String() string { return o.Practitioner + " at " + o.Institution }

// by is who asks.
func (o Owner) by() string { return cmp.Or(o.By, o.Practitioner) }

// subject is the name of an owner in certificates.
func (o Owner) subject() pkix.Name {
	return pkix.Name{
		Country: []string{"CN"}, Organization: []string{clip(o.At)}, OrganizationalUnit: []string{clip(o.Institution)},
		CommonName: clip(o.Name), SerialNumber: clip(o.Practitioner),
	}
}

// signer is the key of an owner that signs, with its certificate.
type signer struct {
	item        store.Item // of the key
	kept        keyItem
	key         *sm2.PrivateKey
	certificate *smx509.Certificate
	above       []*smx509.Certificate
	cut         bool // an authority above it was revoked
	read        time.Time
}

// signs tells whether the key may sign at an instant.
func (k *signer) signs(at time.Time) bool { return holds(k.certificate, at) && !k.cut }

// keyItem is a key as the register keeps it. Its owner is the item's; the one that signs has the owner as name.
type keyItem struct {
	Sealed      []byte    `json:"sealed"` // PKCS #8
	Made        time.Time `json:"made"`
	Retired     time.Time `json:"retired,omitzero"` // since when it signs no longer
	Certificate string    `json:"certificate"`      // its fingerprint
}

// certificateItem is a certificate of a practitioner as the register keeps it. Its ID is the fingerprint, its owner the
// practitioner.
type certificateItem struct {
	DER         []byte    `json:"der"`
	Chain       [][]byte  `json:"chain,omitempty"` // above it, of another authority than the embedded one
	Key         string    `json:"key"`
	Institution string    `json:"institution"`
	Kept        time.Time `json:"kept"` // since when
	Embedded    bool      `json:"embedded,omitempty"`
	// Revocation is nil, or that of the certificate. It stands here too: without the item nothing of it is valid, so that
	// nobody makes it valid by taking something out.
	Revocation *Revocation `json:"revocation,omitempty"`
}

// Fingerprint tells a certificate from all others: its SM3 in hexadecimal.
func Fingerprint(c *smx509.Certificate) string {
	digest := sm3.Sum(c.Raw)
	return hex.EncodeToString(digest[:])
}

// signer is the key with which an owner signs now. It is made where there is none, or where its certificate has ended
// or was revoked, or one above it was.
func (s *Service) signer(ctx context.Context, o Owner) (*signer, error) {
	now := s.now()
	s.mu.Lock()
	known := s.keys[o.String()]
	s.mu.Unlock()
	if known != nil && known.signs(now) && !now.Before(known.read) && now.Sub(known.read) < believed {
		return known, nil
	}
	if s.config.Vault == nil {
		return nil, errNoVault()
	}
	for range 3 { // another server may be quicker
		found, err := s.current(ctx, o)
		if err == nil && (found == nil || !found.signs(now)) {
			found, err = s.newSigner(ctx, o, found, now)
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
		if len(s.keys) >= keysMost {
			clear(s.keys)
		}
		s.keys[o.String()] = found
		return found, nil
	}
	return nil, errQuicker
}

// keysMost is how many keys a server remembers.
const keysMost = 1000

// forget makes the service read keys, authorities and revocations again, and look whether there are new lists of these.
func (s *Service) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.keys)
	clear(s.authorities)
	clear(s.lists)
	s.roots.read = time.Time{}
}

// current is the key that signs for an owner, nil where there is none.
func (s *Service) current(ctx context.Context, o Owner) (*signer, error) {
	i, err := s.db.Named(ctx, kindKey, o.String())
	if err != nil || !i.Exists() {
		return nil, err
	}
	if i.Owner != o.String() {
		return nil, fault.Wrap(errForged, "reading the key of "+o.String())
	}
	return s.openSigner(ctx, i)
}

func (s *Service) openSigner(ctx context.Context, i store.Item) (*signer, error) {
	k := &signer{item: i}
	if _, err := s.read(i, &k.kept); err != nil {
		return nil, err
	}
	var err error
	if k.key, err = s.unsealed("key "+i.ID+" of "+i.Owner, k.kept.Sealed); err != nil {
		return nil, err
	}
	c, err := s.Certificate(ctx, k.kept.Certificate)
	if err != nil {
		return nil, err
	}
	k.certificate = c.Certificate
	if k.above = c.Chain; c.Embedded {
		k.above, err = s.above(ctx, c.Certificate)
	}
	if err != nil {
		return nil, err
	}
	wrong, err := s.cut(ctx, append([]*smx509.Certificate{k.certificate}, k.above...), always)
	k.cut = wrong != nil
	return k, err
}

// newSigner makes a key pair and a certificate of the embedded authority in place of a key; nil for none.
func (s *Service) newSigner(ctx context.Context, o Owner, before *signer, now time.Time) (*signer, error) {
	until := now.Add(s.config.life(now).Signer)
	by, err := s.authority(ctx, roleIssuing, until)
	if err != nil {
		return nil, err
	}
	k := &signer{item: store.Item{Kind: kindKey, ID: uuid.Must(uuid.NewV7()).String(), Owner: o.String(), Author: o.by(), Names: []string{o.String()}}}
	key, sealed, err := s.newKey("key " + k.item.ID + " of " + o.String())
	if err != nil {
		return nil, err
	}
	k.certificate, err = s.issue(&x509.Certificate{
		Subject: o.subject(), NotBefore: now, NotAfter: until, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
	}, &key.PublicKey, by, nil)
	if err != nil {
		return nil, err
	}
	k.key, k.above = key, append([]*smx509.Certificate{by.certificate}, by.above...)
	k.kept = keyItem{Sealed: sealed, Made: now, Certificate: Fingerprint(k.certificate)}
	kept := certificateItem{DER: k.certificate.Raw, Key: k.item.ID, Institution: o.Institution, Kept: now, Embedded: true}
	err = s.write(ctx, func(tx store.Tx) error {
		if before != nil {
			if err := s.retire(tx, before, o.by(), now); err != nil {
				return err
			}
		}
		err := must(s.enter(tx, store.Item{Kind: kindCertificate, ID: k.kept.Certificate, Owner: o.Practitioner, Author: o.by()}, kept, false))
		if err != nil {
			return err
		}
		return must(s.enter(tx, k.item, k.kept, false))
	})
	k.item.Number = 1
	return k, err
}

// retire lets a key sign no longer; it stays, with its owner.
func (s *Service) retire(tx store.Tx, k *signer, by string, now time.Time) error {
	i, kept := k.item, k.kept
	i.Names, i.Author, kept.Retired = nil, by, now
	return must(s.enter(tx, i, kept, true))
}

// Rotate lets a new key sign for an owner from now on, with a certificate of the embedded authority. What the old one
// has signed stays valid: its certificate is not revoked by this.
func (s *Service) Rotate(ctx context.Context, o Owner) error {
	if s.config.Vault == nil {
		return errNoVault()
	}
	defer s.forget()
	before, err := s.current(ctx, o)
	if err == nil {
		_, err = s.newSigner(ctx, o, before, s.now())
	}
	return err
}

// Request is a request for a certificate (PKCS #10, PEM) for the key of an owner, for a licensed authority. A key is
// made where the owner has none.
func (s *Service) Request(ctx context.Context, o Owner) ([]byte, error) {
	k, err := s.signer(ctx, o)
	if err != nil {
		return nil, err
	}
	der, err := smx509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: o.subject()}, k.key)
	if err != nil {
		return nil, fault.Wrap(err, "making a request for a certificate")
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}), nil
}

// Import lets the key of an owner sign under a certificate of another authority from now on. text is the certificate
// and, behind it, those above it but the root, in PEM; the root is among those that are trusted. The error is
// Unprocessable for a certificate of another key, one that is not for signatures, has ended or leads to no trusted
// root; NotFound where the owner has no key.
func (s *Service) Import(ctx context.Context, o Owner, text []byte) error {
	if s.config.Vault == nil {
		return errNoVault()
	}
	list, err := s.imported(ctx, text)
	if err != nil {
		return err
	}
	defer s.forget()
	k, err := s.current(ctx, o)
	switch {
	case err != nil:
		return err
	case k == nil:
		return fault.New(fault.NotFound, "%s has no key; ask for a request for a certificate first.", o)
	case !k.key.PublicKey.Equal(list[0].PublicKey):
		return fault.New(fault.Unprocessable, "The certificate is for another key than that of %s. Was the key renewed since the request?", o)
	}
	return s.write(ctx, func(tx store.Tx) error {
		if err := s.keep(tx, o, list, k.item.ID); err != nil {
			return err
		}
		i, next := k.item, k.kept
		i.Author, next.Certificate = o.by(), Fingerprint(list[0])
		return must(s.enter(tx, i, next, true))
	})
}

// Know keeps a certificate of another authority for a key that a practitioner has elsewhere, such as on a token of
// their own, so that signatures which clients make with it and write into Provenances are known to be theirs. text and
// errors are as for [Service.Import].
func (s *Service) Know(ctx context.Context, o Owner, text []byte) error {
	list, err := s.imported(ctx, text)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx store.Tx) error { return s.keep(tx, o, list, "") })
}

// imported reads a certificate of another authority with those above it.
func (s *Service) imported(ctx context.Context, text []byte) ([]*smx509.Certificate, error) {
	list, err := ReadCertificates(text)
	if err != nil {
		return nil, err
	}
	if c := list[0]; c.IsCA || c.KeyUsage != 0 && c.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		return nil, fault.New(fault.Unprocessable, "The certificate is not for the signatures of people.")
	}
	wrong, err := s.standing(ctx, list[0], list[1:], s.now(), always)
	if err == nil && wrong != nil {
		err = fault.New(fault.Unprocessable, "The certificate cannot be used: %s", wrong.Message)
	}
	return list, err
}

// keep writes a certificate of another authority into the register. One is kept once: it is of one practitioner.
func (s *Service) keep(tx store.Tx, o Owner, list []*smx509.Certificate, key string) error {
	kept := certificateItem{DER: list[0].Raw, Key: key, Institution: o.Institution, Kept: s.now()}
	for _, one := range list[1:] {
		kept.Chain = append(kept.Chain, one.Raw)
	}
	ok, err := s.enter(tx, store.Item{Kind: kindCertificate, ID: Fingerprint(list[0]), Owner: o.Practitioner, Author: o.by()}, kept, false)
	if err == nil && !ok {
		err = fault.New(fault.Conflict, "This certificate is kept here already.")
	}
	return err
}
