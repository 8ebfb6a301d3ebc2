package sign

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"yitong/internal/fault"
	"yitong/internal/sign/canonical"
	"yitong/internal/sign/cms"
	"yitong/internal/sign/stamp"
)

// Code says in which way a signature is not valid.
type Code string

// The ways.
const (
	Format     Code = "format"     // of the signature or of what it covers: not known here
	Altered    Code = "altered"    // the signature itself
	Content    Code = "content"    // the version that it names has other content
	OtherOne   Code = "other"      // it was made for another version, or resource
	NoTime     Code = "no-time"    // it has no timestamp, but should
	BadTime    Code = "bad-time"   // its timestamp is altered, for another signature, or of nobody who is trusted
	Untrusted  Code = "untrusted"  // its certificate leads to no authority that is trusted
	NotYet     Code = "not-yet"    // its certificate began later
	Ended      Code = "ended"      // its certificate had ended
	Revoked    Code = "revoked"    // its certificate was revoked
	Unsuitable Code = "unsuitable" // its certificate is not for this
	OtherHand  Code = "other-hand" // its certificate is of somebody else
)

// Fault is why a signature is not valid.
type Fault struct {
	Code    Code
	Message string // for people
}

// Finding is what is known of a signature.
type Finding struct {
	Name        string    // of the version, as the signature says it; "" if it does not
	Purpose     string    // as the signature says it
	At          time.Time // when it was made: by its timestamp, or else when it came into the record
	Stamped     bool      // At is from a timestamp that is trusted
	StampedBy   string    // the authority's name
	Certificate *smx509.Certificate
	Revocation  *Revocation // of the certificate, also one that counts since later
	Faults      []Fault     // none: it is valid

	asked bool   // who has the certificate was looked up
	owner string // of the certificate, a practitioner; "" if nobody here is known to have it
	err   error  // why it could not be judged
}

// Valid tells whether nothing is wrong.
func (f Finding) Valid() bool { return len(f.Faults) == 0 && f.err == nil }

func (f *Finding) add(code Code, format string, args ...any) {
	f.Faults = append(f.Faults, Fault{code, fault.New("", format, args...).Message})
}

// held is what the record has under the name that a signature is held against.
type held struct {
	name  string          // of the version; "" if it is not known which one was signed
	form  *canonical.Form // nil if there is no such version
	stamp bool            // the signature must have a timestamp; else the record's word counts for when it came
}

// judge looks at a signature that came into the record at an instant, the zero Time if it has not yet. All that is
// wrong is told.
func (s *Service) judge(ctx context.Context, der []byte, what held, came time.Time) (f Finding) {
	c, err := cms.Parse(der)
	if err != nil {
		f.add(Format, "%s", fault.From(err).Message)
		return f
	}
	f.Certificate = c.Certificate()
	var id []byte
	f.Name, id, f.Purpose = bound(c.Signed)
	if err := c.Check(false); err != nil {
		f.add(Altered, "%s", fault.From(err).Message)
		return f // nothing that it says is known to be said by anybody
	}
	f.content(c, what, id)
	if f.err = s.time(ctx, &f, c, came, what.stamp); f.err != nil || f.At.IsZero() {
		return f // a fault says that nobody knows when
	}
	f.err = s.holder(ctx, &f, c)
	return f
}

// content holds a signature against what the record has.
func (f *Finding) content(c *cms.Signature, what held, id []byte) {
	other := f.Name != "" && what.name != "" && f.Name != what.name
	if other {
		f.add(OtherOne, "The signature was made for %s, not for %s.", f.Name, what.name)
	}
	switch {
	case what.form == nil:
		f.add(Content, "The version that was signed is not in the record.")
	case !c.Covers(what.form.Text):
		f.add(Content, "The content is not what was signed.")
	case id != nil && !other && !bytes.Equal(id, contentID(what.name, *what.form)):
		f.add(Content, "The content is not what was signed: numbers are written in another way.")
	}
}

// time finds out when a signature was made, which must have a timestamp or may do without.
func (s *Service) time(ctx context.Context, f *Finding, c *cms.Signature, came time.Time, must bool) error {
	f.At = came
	der := cms.Find(c.Unsigned, cms.TimeStamp)
	if der == nil {
		if must {
			f.add(NoTime, "The signature has no timestamp, with which all that are made here begin.")
		}
		return nil
	}
	t, err := stamp.ParseToken(der)
	switch {
	case err != nil:
		f.add(BadTime, "%s", fault.From(err).Message)
		return nil
	case !t.Of(c.Value):
		f.add(BadTime, "The timestamp is for another signature.")
		return nil
	}
	by := t.Signature.Certificate()
	if !stamp.Stamps(by) {
		f.add(BadTime, "The certificate of the timestamp is not for timestamps.")
		return nil
	}
	wrong, err := s.standing(ctx, by, t.Signature.Certificates, t.At, func(r *Revocation) bool { return r.voids(t.At, came) })
	if err != nil {
		return err
	}
	if wrong != nil {
		f.add(BadTime, "The timestamp cannot be trusted: %s", wrong.Message)
		return nil
	}
	revoked, here, err := s.authorityRevocation(ctx, by)
	switch {
	case errors.Is(err, errForged):
		f.add(BadTime, "The timestamp cannot be trusted: what the register has about the revocation of its certificate was not written by the platform.")
		return nil
	case err != nil:
		return err
	case !here:
		f.add(BadTime, "The timestamp cannot be trusted: the register does not have its certificate, though the platform's own authority has issued it.")
		return nil
	case revoked != nil && revoked.voids(t.At, came):
		f.add(BadTime, "The timestamp cannot be trusted: its certificate was revoked (%s) since %s.", revoked.Reason, revoked.Since.UTC().Format(time.RFC3339))
		return nil
	}
	if !came.IsZero() && t.At.After(came.Add(t.Accuracy+clockMost)) {
		f.add(BadTime, "The timestamp (%s) is from later than the signature came into the record; the clocks of the authority and of the database differ.", t.At.Format(time.RFC3339))
		return nil
	}
	f.At, f.Stamped, f.StampedBy = t.At, true, by.Subject.String()
	return nil
}

// clockMost is how far the clock of an authority for timestamps may be ahead of the record's.
const clockMost = time.Minute

// holder finds out whose the certificate is, and whether it was good when the signature was made.
func (s *Service) holder(ctx context.Context, f *Finding, c *cms.Signature) (err error) {
	print := Fingerprint(f.Certificate)
	i, err := s.db.Item(ctx, kindCertificate, print)
	if err != nil {
		return err
	}
	var kept certificateItem
	_, err = s.read(i, &kept)
	if f.asked = !errors.Is(err, errForged); !f.asked {
		f.add(Untrusted, "What the register has about the certificate was not written by the platform, or this server does not have the platform's key to tell.")
	} else if err != nil {
		return err
	}
	f.owner = i.Owner
	if u := f.Certificate.KeyUsage; u != 0 && u&(smx509.KeyUsageDigitalSignature|smx509.KeyUsageContentCommitment) == 0 || f.Certificate.IsCA {
		f.add(Unsuitable, "The certificate is not for the signatures of people.")
	}
	wrong, err := s.standing(ctx, f.Certificate, c.Certificates, f.At, func(r *Revocation) bool { return !f.At.Before(r.Since) })
	if err != nil {
		return err
	}
	if wrong != nil {
		f.Faults = append(f.Faults, *wrong)
	}
	f.Revocation, err = s.revocation(ctx, print, kept.Revocation)
	if errors.Is(err, errForged) {
		f.add(Revoked, "What the register has about a revocation of the certificate was not written by the platform: nobody can tell whether it was revoked.")
		return nil
	}
	if err == nil && f.Revocation != nil && !f.At.Before(f.Revocation.Since) {
		f.add(Revoked, "The certificate was revoked (%s) since %s, before the signature was made.", f.Revocation.Reason, f.Revocation.Since.UTC().Format(time.RFC3339))
	}
	return err
}

// standing tells what was wrong with a certificate at an instant, nil for nothing: its time, and that of those above it
// up to a root that is trusted, and that these were revoked, by revocations that count.
func (s *Service) standing(
	ctx context.Context, c *smx509.Certificate, along []*smx509.Certificate, at time.Time, counts func(*Revocation) bool,
) (wrong *Fault, err error) {
	switch {
	case at.Before(c.NotBefore):
		return &Fault{NotYet, "The certificate was not yet valid when the signature was made: it began at " + c.NotBefore.UTC().Format(time.RFC3339) + "."}, nil
	case at.After(c.NotAfter):
		return &Fault{Ended, "The certificate had ended when the signature was made: it ended at " + c.NotAfter.UTC().Format(time.RFC3339) + "."}, nil
	}
	chains, err := s.chains(ctx, c, along, at, false)
	if err == nil && len(chains) == 0 { // another server may have made the authority a moment ago
		chains, err = s.chains(ctx, c, along, at, true)
	}
	if err != nil {
		return nil, err
	}
	wrong = &Fault{Untrusted, "The certificate leads to no authority that is trusted here, or not as it stood when the signature was made."}
	for _, chain := range chains { // one that is good will do
		if wrong, err = s.cut(ctx, chain, counts); err != nil || wrong == nil {
			return nil, err
		}
	}
	return wrong, nil
}

// chains are the ways from a certificate up to a root that is trusted, none where it leads to none. Once found, they are
// remembered.
func (s *Service) chains(
	ctx context.Context, c *smx509.Certificate, along []*smx509.Certificate, at time.Time, fresh bool,
) ([][]*smx509.Certificate, error) {
	known, err := s.trust(ctx, fresh)
	if err != nil {
		return nil, err
	}
	print := Fingerprint(c)
	if found, is := known.chains.Load(print); is {
		chains := found.([][]*smx509.Certificate)
		ended := func(one *smx509.Certificate) bool { return !holds(one, at) }
		if !slices.ContainsFunc(chains, func(chain []*smx509.Certificate) bool { return slices.ContainsFunc(chain, ended) }) {
			return chains, nil
		}
	}
	between := known.between.Clone()
	for _, one := range along {
		between.AddCert(one)
	}
	chains, err := c.Verify(smx509.VerifyOptions{Roots: known.trusted, Intermediates: between, CurrentTime: at, KeyUsages: []smx509.ExtKeyUsage{smx509.ExtKeyUsageAny}})
	if err != nil {
		return nil, nil
	}
	if known.count.Add(1) > chainsMost {
		known.chains.Clear()
		known.count.Store(0)
	}
	known.chains.Store(print, chains)
	return chains, nil
}
