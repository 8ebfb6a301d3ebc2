package sign

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"errors"
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

// listed is what became of a list: it, or why there is none.
type listed struct {
	der []byte
	err error
	at  time.Time // when that was found out
}

// Limits of what lists cost, however often they are asked for.
const (
	listLook = time.Minute      // for so long nobody looks again whether something was revoked at another server
	listMost = 30 * time.Second // to make one
)

// errUnlisted is behind errors that asking again does not mend.
var errUnlisted = errors.New("there is no list of revocations to publish")

// List is the list of revocations (RFC 5280, in DER) of an authority by its name, such as issuing.0001; of the one that
// issues certificates now for "". It is complete, also for certificates that have ended, because signatures are looked at
// long after; and made anew each day and after each revocation. In between it is not made or read again, but once a
// minute it is looked whether another server has revoked something. A server without the platform's key gives the last one
// that was made, as long as that is good.
//
// The error is NotFound for an authority that there is not, Unavailable where there is no key and no list that is good,
// Internal where revocations that the last one had are no longer in the register, or were altered.
func (s *Service) List(ctx context.Context, name string) ([]byte, error) {
	if known, is := s.listed(name); is {
		return known.der, known.err
	}
	s.listing.Lock()
	defer s.listing.Unlock()
	if known, is := s.listed(name); is { // somebody else has made it meanwhile
		return known.der, known.err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), listMost) // it is for those who wait, too
	defer cancel()
	found := listed{at: s.now()}
	if found.der, found.err = s.list(ctx, name); found.err != nil && !errors.Is(found.err, errUnlisted) && !errors.Is(found.err, errForged) {
		return nil, found.err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lists[name] = found
	return found.der, found.err
}

// listed is what became of a list a moment ago.
func (s *Service) listed(name string) (known listed, is bool) {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	known, is = s.lists[name]
	return known, is && !now.Before(known.at) && now.Sub(known.at) < listLook
}

// list is the list of an authority as the register has it, or the next.
func (s *Service) list(ctx context.Context, name string) ([]byte, error) {
	if s.config.Vault == nil {
		return s.lastList(ctx, name)
	}
	i, kept, err := s.lister(ctx, name, s.read)
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
		return nil, fault.Wrap(errUnlisted, fmt.Sprintf("making a list of revocations: the last one of %s had %d, but the register has %d that were written under the platform's key", i.ID, last.Has, len(entries)))
	case is && last.Has == len(entries) && now.Sub(last.Made) < listAfter:
		return last.DER, nil
	}
	by, err := s.openAuthority(ctx, i, kept)
	if err != nil {
		return nil, err
	}
	return s.newList(ctx, by, before, group, entries, now)
}

// lastList is the list that was published last, for a server without the platform's key. It cannot tell who wrote what the
// register has, but who has asked can: the list is signed.
func (s *Service) lastList(ctx context.Context, name string) ([]byte, error) {
	i, kept, err := s.lister(ctx, name, unattested)
	if err != nil {
		return nil, err
	}
	none := fault.New(fault.Unavailable, "No list of revocations of %s is good now, and this server cannot make one: it does not have the platform's key. "+
		"Ask another server of this platform.", i.ID)
	a, err := smx509.ParseCertificate(kept.Certificate)
	if err != nil {
		return nil, none.Because(errors.Join(errUnlisted, err))
	}
	var last listItem
	item, err := s.db.Item(ctx, kindList, groupName(string(a.SubjectKeyId)))
	if err != nil {
		return nil, err
	}
	if _, err := unattested(item, &last); err != nil {
		return nil, none.Because(errors.Join(errUnlisted, err))
	}
	l, err := smx509.ParseRevocationList(last.DER)
	if err == nil {
		err = l.CheckSignatureFrom(a)
	}
	if err != nil || s.now().After(l.NextUpdate) {
		return nil, none.Because(errors.Join(errUnlisted, err))
	}
	return last.DER, nil
}

// lister is the authority of a name as the register keeps it, of those issuing certificates the newest for "". read makes it
// of its item; the newest that it believes counts.
func (s *Service) lister(
	ctx context.Context, name string, read func(store.Item, any) (bool, error),
) (i store.Item, kept authorityItem, err error) {
	if name == "" {
		err = eachRead(ctx, s, kindAuthority, string(roleIssuing), read, func(one store.Item, is authorityItem) error {
			i, kept = one, is
			return nil
		})
	} else if i, err = s.db.Item(ctx, kindAuthority, name); err == nil {
		_, err = read(i, &kept)
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

// newList makes the next list, numbered behind the last. If another server is quicker, its list is taken.
func (s *Service) newList(
	ctx context.Context, by *authority, before store.Item, group string, entries []x509.RevocationListEntry, now time.Time,
) ([]byte, error) {
	der, err := smx509.CreateRevocationList(rand.Reader, &x509.RevocationList{
		Number: big.NewInt(before.Number + 1), ThisUpdate: now, NextUpdate: now.Add(listLasts), RevokedCertificateEntries: entries,
	}, by.certificate, by.key)
	if err != nil {
		return nil, fault.Wrap(err, "making a list of revocations")
	}
	quicker := false
	err = s.write(ctx, func(tx store.Tx) error {
		ok, err := s.enter(tx, store.Item{Kind: kindList, ID: group, Number: before.Number}, listItem{der, now, len(entries)}, false)
		quicker = err == nil && !ok
		return err
	})
	if err != nil || !quicker {
		return der, err
	}
	var theirs listItem
	i, err := s.db.Item(ctx, kindList, group)
	if err == nil {
		_, err = s.read(i, &theirs)
	}
	return theirs.DER, err
}
