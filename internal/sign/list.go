package sign

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"math/big"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// Where certificates and lists of revocations are published, below the platform's address.
const (
	PathAuthorities = "/pki/ca.pem"
	PathList        = "/pki/crl.der" // of the authority that issues now
	PathListPEM     = "/pki/crl.pem"
	PathLists       = "/pki/crl/" // behind it the name of an authority, such as issuing.0001
)

// external is the owner of revocations of certificates that other authorities have made; these publish lists of their
// own.
const external = "external"

// groupName is the owner of the revocations of what a key has issued.
func groupName(keyID string) string {
	if keyID == external {
		return keyID
	}
	return hex.EncodeToString([]byte(keyID))
}

// How long a list of revocations is good, and after which part of that the next is made.
const (
	listLasts = 7 * 24 * time.Hour
	listAfter = 24 * time.Hour
)

// listItem is the last list of an authority that was made.
type listItem struct {
	DER  []byte    `json:"der"`
	Made time.Time `json:"made"`
	Has  int       `json:"has"` // entries
}

// invalidityDate is the extension of an entry that says since when the key is not trusted (RFC 5280, 5.3.2).
var invalidityDate = asn1.ObjectIdentifier{2, 5, 29, 24}

// List is the list of revocations (RFC 5280, in DER) of an authority by its name, such as issuing.0001; of the one that
// issues certificates now for "". It is complete, also for certificates that have ended, because signatures are looked at
// long after; and made anew each day and after each revocation. The error is NotFound for an authority that there is not, Internal where
// revocations that the last one had are no longer in the register, or were altered.
func (s *Service) List(ctx context.Context, name string) ([]byte, error) {
	i, kept, err := s.lister(ctx, name)
	if err != nil {
		return nil, err
	}
	a, err := smx509.ParseCertificate(kept.Certificate)
	if err != nil {
		return nil, fault.Wrap(err, "reading a certificate of the embedded authority")
	}
	group := groupName(string(a.SubjectKeyId))
	entries, err := s.entries(ctx, group)
	if err != nil {
		return nil, err
	}
	before, err := s.db.Item(ctx, kindList, group)
	if err != nil {
		return nil, err
	}
	var last listItem
	now := s.now()
	is, err := s.read(before, &last)
	switch {
	case err != nil:
		return nil, err
	case last.Has > len(entries):
		return nil, fault.Wrap(nil, fmt.Sprintf("making a list of revocations: the last one of %s had %d, but the register has %d that were written under the platform's key", i.ID, last.Has, len(entries)))
	case is && last.Has == len(entries) && now.Sub(last.Made) < listAfter:
		return last.DER, nil
	}
	by, err := s.openAuthority(ctx, i, kept)
	if err != nil {
		return nil, err
	}
	return s.newList(ctx, by, before, group, entries, now)
}

// lister is the authority of a name as the register keeps it.
func (s *Service) lister(ctx context.Context, name string) (i store.Item, kept authorityItem, err error) {
	if name == "" {
		err = each(ctx, s, kindAuthority, string(roleIssuing), func(one store.Item, is authorityItem) error {
			i, kept = one, is
			return nil
		})
	} else if i, err = s.db.Item(ctx, kindAuthority, name); err == nil {
		_, err = s.read(i, &kept)
	}
	if err == nil && (!i.Exists() || i.Owner == string(roleTime)) {
		err = fault.New(fault.NotFound, "There is no such authority here; the first is made when somebody signs.")
	}
	return i, kept, err
}

// entries are the revocations of what an authority has issued.
func (s *Service) entries(ctx context.Context, group string) (list []x509.RevocationListEntry, err error) {
	err = each(ctx, s, kindRevocation, group, func(_ store.Item, r Revocation) error {
		since, err := asn1.MarshalWithParams(r.Since.UTC().Truncate(time.Second), "generalized")
		if err != nil {
			return fault.Wrap(err, "writing a list of revocations")
		}
		list = append(list, x509.RevocationListEntry{
			SerialNumber: new(big.Int).SetBytes(r.Serial), RevocationTime: r.At, ReasonCode: codes[r.Reason],
			ExtraExtensions: []pkix.Extension{{Id: invalidityDate, Value: since}},
		})
		return nil
	})
	return list, err
}

// newList makes the next list, numbered behind the last. If another server is quicker, its list is as good.
func (s *Service) newList(
	ctx context.Context, by *authority, before store.Item, group string, entries []x509.RevocationListEntry, now time.Time,
) ([]byte, error) {
	der, err := smx509.CreateRevocationList(rand.Reader, &x509.RevocationList{
		Number: big.NewInt(before.Number + 1), ThisUpdate: now, NextUpdate: now.Add(listLasts), RevokedCertificateEntries: entries,
	}, by.certificate, by.key)
	if err != nil {
		return nil, fault.Wrap(err, "making a list of revocations")
	}
	err = s.write(ctx, func(tx store.Tx) error {
		_, err := s.enter(tx, store.Item{Kind: kindList, ID: group, Number: before.Number}, listItem{der, now, len(entries)}, false)
		return err
	})
	return der, err
}
