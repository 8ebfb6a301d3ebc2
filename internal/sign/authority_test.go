package sign_test

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"

	"yitong/internal/fault"
	"yitong/internal/sign"
	"yitong/internal/sign/stamp"
	"yitong/internal/store"
)

// TestIssuingRevoked: what was signed before the key of the issuing authority was not to be trusted stays valid, by a
// timestamp of another authority; what was signed since, by whomever, is not. The next signature has a new authority above
// it. The list of the root says so.
func TestIssuingRevoked(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.signed()
		w.clock.forward(day)
		compromised := w.clock.Now()
		w.clock.forward(day)
		w.signed()
		w.clock.forward(day)
		issuing := w.authority("Issuing")[0]
		if err := w.Revoke(w.Context(), issuing, sign.KeyCompromise, compromised, "Person/1"); err != nil {
			w.Fatal(err)
		}
		w.refused(w.Revoke(w.Context(), issuing, sign.Superseded, time.Time{}, "Person/1"), fault.Conflict)
		for _, s := range []*sign.Service{w.Service, w.server()} {
			w.Service = s
			list := w.verified("Observation/1")
			w.wrong(list[0], sign.Revoked)
			if !strings.Contains(list[0].Faults[0].Message, "Issuing CA 1") || !strings.Contains(list[0].Faults[0].Message, "key-compromise") {
				w.Error(list[0].Faults)
			}
			if !list[1].Valid() {
				w.Error(list[1].Faults)
			}
		}
		w.signed()
		list := w.verified("Observation/1")
		if !list[0].Valid() || list[0].Certificate.Issuer.CommonName == list[1].Certificate.Issuer.CommonName {
			w.Error(list[0].Faults, list[0].Certificate.Issuer)
		}
		all, err := w.AuthorityCertificates(w.Context())
		if err != nil || len(all) != 4 {
			w.Fatal(len(all), err)
		}
		var serial *big.Int
		for _, c := range all {
			if is := sign.Fingerprint(c.Certificate) == issuing; is != (c.Revocation != nil) {
				w.Error(c.Subject, c.Revocation)
			} else if is {
				serial = c.SerialNumber
			}
		}
		for name, want := range map[string]int{"root.0001": 1, "issuing.0001": 0, "issuing.0002": 0, "": 0} {
			der, err := w.List(w.Context(), name)
			if err != nil {
				w.Fatal(err)
			}
			l, err := smx509.ParseRevocationList(der)
			if err != nil || len(l.RevokedCertificateEntries) != want {
				w.Fatalf("the list of %q has %d entries (%v), want %d", name, len(l.RevokedCertificateEntries), err, want)
			}
			if want == 1 && (l.RevokedCertificateEntries[0].SerialNumber.Cmp(serial) != 0 || l.RevokedCertificateEntries[0].ReasonCode != 1) {
				w.Errorf("%+v", l.RevokedCertificateEntries)
			}
		}
	})
}

// TestIssuingRevokedElsewhere: a server that remembers a key below an authority that was revoked at another one signs
// nothing with it.
func TestIssuingRevokedElsewhere(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.signed()
		w.clock.forward(5 * time.Second)
		if err := w.server().Revoke(w.Context(), w.authority("Issuing")[0], sign.Superseded, time.Time{}, "Person/1"); err != nil {
			w.Fatal(err)
		}
		w.signed()
		for _, s := range w.verified("Observation/1") {
			if !s.Valid() {
				w.Error(s.Faults)
			}
		}
		if n := len(w.authority("Issuing")); n != 2 {
			w.Error(n)
		}
	})
}

// TestRenew: new authorities follow, and what the old ones have made stays as good as it was.
func TestRenew(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.signed()
		w.clock.forward(day)
		if err := w.Renew(w.Context(), "Person/console"); err != nil {
			w.Fatal(err)
		}
		w.signed()
		w.signedBy(w.as("doctor", "Practitioner/zhao", "Organization/a"), sign.Asked{Ref: ref("Observation/1")})
		list := w.verified("Observation/1")
		for i, want := range []string{"Issuing CA 2", "Issuing CA 1", "Issuing CA 1"} {
			if !list[i].Valid() || !strings.Contains(list[i].Certificate.Issuer.CommonName, want) {
				w.Error(i, list[i].Faults, list[i].Certificate.Issuer)
			}
		}
		if !strings.Contains(list[0].StampedBy, "Time Stamping Authority 2") || !strings.Contains(list[2].StampedBy, "Time Stamping Authority 1") {
			w.Error(list[0].StampedBy, list[2].StampedBy)
		}
		if i := w.item("sign-authority", "issuing.0002"); i.Author != "Person/console" {
			w.Error(i.Author)
		}
	})
}

// TestAuthorityTakenOut: who has the database alone does not make signatures valid by taking out that an authority was
// revoked, nor by taking it out itself: signatures carry its certificate.
func TestAuthorityTakenOut(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.signed()
		w.clock.forward(day)
		issuing := w.authority("Issuing")[0]
		if err := w.Revoke(w.Context(), issuing, sign.KeyCompromise, w.clock.Now().Add(-2*day), "Person/1"); err != nil {
			w.Fatal(err)
		}
		w.wrong(w.one(), sign.Revoked)
		revocation := w.item("sign-revocation", issuing)
		for _, c := range []struct {
			do   func()
			code sign.Code
		}{
			{func() {
				w.rewrite(revocation, []byte(strings.Replace(string(revocation.Body), `"since":"`, `"since":"9`, 1)))
			}, sign.Revoked},
			{func() { w.past(func(tx store.Tx) (bool, error) { return tx.Strike("sign-revocation", issuing) }) }, sign.Revoked},
			{func() { w.past(func(tx store.Tx) (bool, error) { return tx.Strike("sign-authority", "issuing.0001") }) }, sign.Untrusted},
		} {
			c.do()
			w.clock.forward(5 * time.Second)
			w.wrong(w.one(), c.code)
			w.Service = w.server()
			w.wrong(w.one(), c.code)
		}
	})
}

// foreign is another authority, with one below it that has issued the certificate of one for timestamps.
type foreign struct {
	root, between *smx509.Certificate
	stamp.Authority
	now func() time.Time
}

func newForeign(w world) *foreign {
	w.Helper()
	f := &foreign{now: w.clock.Now}
	var above *smx509.Certificate
	var key *sm2.PrivateKey
	for n, name := range []string{"Other Root", "Other CA", "Other TSA"} {
		own, err := sm2.GenerateKey(rand.Reader)
		if err != nil {
			w.Fatal(err)
		}
		template := &x509.Certificate{
			SerialNumber: big.NewInt(int64(n) + 1), Subject: pkix.Name{CommonName: name}, NotBefore: f.now().Add(-day), NotAfter: f.now().Add(99 * day),
			BasicConstraintsValid: true, IsCA: n < 2, SubjectKeyId: []byte{byte(n) + 1},
		}
		if parent := template; n < 2 {
			template.KeyUsage = x509.KeyUsageCertSign
			if n == 0 {
				above, key = (*smx509.Certificate)(parent), own
			}
		} else {
			template.KeyUsage = x509.KeyUsageDigitalSignature
			template.ExtraExtensions = []pkix.Extension{{Id: []int{2, 5, 29, 37}, Critical: true, Value: []byte{0x30, 0x0a, 0x06, 0x08, 0x2b, 6, 1, 5, 5, 7, 3, 8}}}
		}
		der, err := smx509.CreateCertificate(rand.Reader, template, above.ToX509(), &own.PublicKey, key)
		if err != nil {
			w.Fatal(err)
		}
		if above, err = smx509.ParseCertificate(der); err != nil {
			w.Fatal(err)
		}
		key = own
		switch n {
		case 0:
			f.root = above
		case 1:
			f.between = above
		case 2:
			f.Authority = stamp.Authority{Key: own, Certificate: above, Others: []*smx509.Certificate{f.between}, Policy: sign.PolicyID, Accuracy: time.Second}
		}
	}
	return f
}

func (f *foreign) Stamp(_ context.Context, text []byte) ([]byte, error) {
	return f.Token(stamp.NewRequest(text), f.now())
}

// TestAboveStamperRevoked: a timestamp is worth nothing since the authority above the one that made it was revoked; where
// its key is in other hands, nothing at all unless the record had the signature before.
func TestAboveStamperRevoked(t *testing.T) {
	for reason, second := range map[sign.Reason]bool{sign.Superseded: true, sign.KeyCompromise: false} {
		t.Run(string(reason), func(t *testing.T) {
			eachDatabase(t, func(w world) {
				f := newForeign(w)
				w.Service = w.server(func(c *sign.Config) {
					c.Stamper, c.Trusted = f, []*smx509.Certificate{f.root, f.between}
				})
				w.signed()
				w.clock.forward(day)
				w.signed()
				w.refused(w.Revoke(w.Context(), sign.Fingerprint(f.root), reason, time.Time{}, "Person/1"), fault.Unprocessable)
				if err := w.Revoke(w.Context(), sign.Fingerprint(f.between), reason, w.clock.Now().Add(-time.Hour), "Person/1"); err != nil {
					w.Fatal(err)
				}
				list := w.verified("Observation/1")
				w.lacks(list[0], sign.BadTime)
				if !strings.Contains(list[0].Faults[0].Message, "Other CA") {
					w.Error(list[0].Faults)
				}
				if list[1].Valid() != second { // it came into the record by the database's clock, long after
					w.Error(list[1].Faults)
				}
			})
		})
	}
}

// counted counts what is read of the register.
type counted struct {
	store.DB
	reads *atomic.Int64
}

func (c counted) Item(ctx context.Context, kind, id string) (store.Item, error) {
	c.reads.Add(1)
	return c.DB.Item(ctx, kind, id)
}

func (c counted) Owned(ctx context.Context, kind, owner, behind string, most int) ([]store.Item, error) {
	c.reads.Add(1)
	return c.DB.Owned(ctx, kind, owner, behind, most)
}

// TestListIsKept: a list costs nothing while it is asked for again and again, and is another one soon after something was
// revoked, be it at another server.
func TestListIsKept(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.signed()
		reads := new(atomic.Int64)
		with := w
		with.db = counted{w.db, reads}
		with.Service = with.server()
		entries := func() int {
			w.Helper()
			der, err := with.List(w.Context(), "")
			if err != nil {
				w.Fatal(err)
			}
			l, err := smx509.ParseRevocationList(der)
			if err != nil {
				w.Fatal(err)
			}
			return len(l.RevokedCertificateEntries)
		}
		if n := entries(); n != 0 {
			w.Error(n)
		}
		before := reads.Load()
		for range 100 {
			entries()
		}
		if n := reads.Load() - before; n != 0 {
			w.Errorf("%d reads for a list that there is", n)
		}
		if err := w.Revoke(w.Context(), sign.Fingerprint(w.one().Certificate), sign.Superseded, time.Time{}, "Person/1"); err != nil {
			w.Fatal(err)
		}
		w.clock.forward(time.Minute)
		if n := entries(); n != 1 {
			w.Error("what another server has revoked is not in the list:", n)
		}
		w.past(func(tx store.Tx) (bool, error) { return tx.Strike("sign-revocation", w.items("sign-revocation")[0].ID) })
		w.clock.forward(time.Minute)
		_, err := with.List(w.Context(), "")
		w.refused(err, fault.Internal)
		before = reads.Load()
		_, err = with.List(w.Context(), "")
		w.refused(err, fault.Internal)
		if n := reads.Load() - before; n != 0 {
			w.Errorf("%d reads for a list that cannot be made", n)
		}
	})
}

// TestListWithoutKey: a server without the platform's key gives the last list as long as it is good, and no other one.
func TestListWithoutKey(t *testing.T) {
	eachDatabase(t, func(w world) {
		without := func() *sign.Service { return w.server(func(c *sign.Config) { c.Vault = nil }) }
		_, err := without().List(w.Context(), "")
		w.refused(err, fault.NotFound)
		w.signed()
		for _, name := range []string{"", "issuing.0001"} {
			_, err = without().List(w.Context(), name)
			w.refused(err, fault.Unavailable) // none was published yet
		}
		want, err := w.List(w.Context(), "")
		if err != nil {
			w.Fatal(err)
		}
		stranger := newWorld(w, w.fresh())
		stranger.signed()
		if _, err := stranger.List(w.Context(), ""); err != nil {
			w.Fatal(err)
		}
		own := w.items("sign-list")[0]
		w.rewrite(own, stranger.items("sign-list")[0].Body)
		_, err = without().List(w.Context(), "")
		w.refused(err, fault.Unavailable)
		w.rewrite(own, own.Body)

		s := without()
		for range 2 {
			for _, name := range []string{"", "issuing.0001"} {
				if got, err := s.List(w.Context(), name); err != nil || string(got) != string(want) {
					w.Error(name, err)
				}
			}
			w.clock.forward(6 * day)
		}
		_, err = s.List(w.Context(), "")
		w.refused(err, fault.Unavailable)
		_, err = s.List(w.Context(), "time.0001")
		w.refused(err, fault.NotFound)
	})
}
