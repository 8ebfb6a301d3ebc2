package sign_test

import (
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/sign"
)

const day = 24 * time.Hour

// TestRevoked: what was signed before the key was not to be trusted stays valid; what was signed since is not.
func TestRevoked(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.signed()
		w.clock.forward(day)
		compromised := w.clock.Now()
		w.clock.forward(day)
		w.signed()
		w.clock.forward(day)
		list := w.verified("Observation/1")
		print := sign.Fingerprint(list[0].Certificate)
		w.refused(w.Revoke(w.Context(), print, "no-reason", time.Time{}, "Person/1"), fault.Malformed)
		w.refused(w.Revoke(w.Context(), print, sign.KeyCompromise, w.clock.Now().Add(time.Second), "Person/1"), fault.Malformed)
		w.refused(w.Revoke(w.Context(), "0", sign.KeyCompromise, time.Time{}, "Person/1"), fault.NotFound)
		if err := w.Revoke(w.Context(), print, sign.KeyCompromise, compromised, "Person/1"); err != nil {
			w.Fatal(err)
		}
		w.refused(w.Revoke(w.Context(), print, sign.Superseded, compromised, "Person/1"), fault.Conflict)
		list = w.verified("Observation/1")
		w.wrong(list[0], sign.Revoked)
		if !list[1].Valid() || list[1].Revocation == nil || list[1].Revocation.Reason != sign.KeyCompromise {
			w.Errorf("%+v", list[1])
		}

		w.signed() // with a new key
		list = w.verified("Observation/1")
		if !list[0].Valid() || sign.Fingerprint(list[0].Certificate) == print {
			w.Errorf("%+v", list[0])
		}
		all, err := w.Certificates(w.Context(), "Practitioner/wang")
		if err != nil || len(all) != 2 || all[0].Revocation != nil || all[1].Revocation == nil || all[1].Revocation.By != "Person/1" {
			w.Errorf("%+v, %v", all, err)
		}
	})
}

// TestRevokedElsewhere: a key that was revoked at another server signs nothing any more, though this one still
// remembers it.
func TestRevokedElsewhere(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.signed()
		w.clock.forward(time.Second)
		other := w.server()
		if err := other.Revoke(w.Context(), sign.Fingerprint(w.one().Certificate), sign.AffiliationChanged, time.Time{}, "Person/1"); err != nil {
			w.Fatal(err)
		}
		_, err := w.Sign(w.Context(), w.wang(), sign.Asked{Ref: ref("Observation/1")})
		w.refused(err, fault.Unavailable)
		w.clock.forward(5 * time.Second)
		w.signed()
		if list := w.verified("Observation/1"); len(list) != 2 || !list[0].Valid() || !list[1].Valid() {
			w.Errorf("%+v", list)
		}
	})
}

// TestList: the list of revocations is complete, numbered, signed by the authority, and made anew when something was
// revoked.
func TestList(t *testing.T) {
	eachDatabase(t, func(w world) {
		_, err := w.List(w.Context(), "")
		w.refused(err, fault.NotFound)
		w.signed()
		read := func() *smx509.RevocationList {
			w.Helper()
			der, err := w.List(w.Context(), "")
			if err != nil {
				w.Fatal(err)
			}
			l, err := smx509.ParseRevocationList(der)
			if err != nil {
				w.Fatal(err)
			}
			pem, err := w.Authorities(w.Context())
			if err != nil {
				w.Fatal(err)
			}
			all, err := sign.ReadCertificates(pem)
			if err != nil || len(all) != 3 {
				w.Fatal(len(all), err)
			}
			issuing := all[slices.IndexFunc(all, func(c *smx509.Certificate) bool { return strings.Contains(c.Subject.CommonName, "Issuing") })]
			if err := l.CheckSignatureFrom(issuing); err != nil {
				w.Error(err)
			}
			for name, code := range map[string]fault.Code{"issuing.0001": "", "root.0001": "", "time.0001": fault.NotFound, "issuing.0002": fault.NotFound} {
				_, err := w.List(w.Context(), name)
				w.refused(err, code)
			}
			return l
		}
		if l := read(); len(l.RevokedCertificateEntries) != 0 || l.Number.Cmp(big.NewInt(1)) != 0 || read().Number.Cmp(l.Number) != 0 {
			w.Error(l.Number, len(l.RevokedCertificateEntries))
		}
		c := w.one().Certificate
		if err := w.Revoke(w.Context(), sign.Fingerprint(c), sign.KeyCompromise, w.clock.Now().Add(-time.Hour), "Person/1"); err != nil {
			w.Fatal(err)
		}
		l := read()
		if len(l.RevokedCertificateEntries) != 1 || l.RevokedCertificateEntries[0].SerialNumber.Cmp(c.SerialNumber) != 0 ||
			l.RevokedCertificateEntries[0].ReasonCode != 1 || l.Number.Cmp(big.NewInt(2)) != 0 {
			w.Errorf("%+v", l.RevokedCertificateEntries)
		}
		w.clock.forward(8 * day)
		if next := read(); next.Number.Cmp(big.NewInt(3)) != 0 || !next.NextUpdate.After(w.clock.Now()) {
			w.Error(next.Number, next.NextUpdate)
		}
		if c.CRLDistributionPoints[0] != "https://record.example/pki/crl/issuing.0001" {
			w.Error(c.CRLDistributionPoints)
		}
	})
}

// TestEnded: signatures outlive their certificates, and whoever signs behind their end gets a new key; also when the
// authority ends.
func TestEnded(t *testing.T) {
	eachDatabase(t, func(w world) {
		for range 8 {
			w.signed()
			w.clock.forward(3 * 365 * day)
		}
		list, prints, issuers := w.verified("Observation/1"), map[string]bool{}, map[string]bool{}
		for _, s := range list {
			if !s.Valid() {
				w.Error(s.At, s.Faults)
			}
			prints[sign.Fingerprint(s.Certificate)], issuers[s.Certificate.Issuer.CommonName] = true, true
		}
		if len(list) != 8 || len(prints) != 8 || len(issuers) != 3 {
			w.Error(len(list), len(prints), issuers)
		}
	})
}

// TestRotate lets a new key follow, and leaves what the old one has signed.
func TestRotate(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.signed()
		owner := sign.Owner{Practitioner: "Practitioner/wang", Institution: "Organization/a", Name: "王医生", At: "甲医院"}
		if err := w.Rotate(w.Context(), owner); err != nil {
			w.Fatal(err)
		}
		w.signed()
		list := w.verified("Observation/1")
		if !list[0].Valid() || !list[1].Valid() || list[0].Certificate.Equal(list[1].Certificate) {
			w.Errorf("%+v", list)
		}
	})
}

// TestLives takes how long certificates are valid from the instant at which they are made.
func TestLives(t *testing.T) {
	eachDatabase(t, func(w world) {
		later := w.clock.Now().Add(10 * day)
		w.Service = w.server(func(c *sign.Config) {
			first, second := sign.Lives[0], sign.Lives[0]
			second.From, second.Signer = later, 30*day
			c.Lives = []sign.Life{first, second}
		})
		w.signed()
		w.clock.forward(11 * day)
		if err := w.Rotate(w.Context(), sign.Owner{Practitioner: "Practitioner/wang", Institution: "Organization/a"}); err != nil {
			w.Fatal(err)
		}
		w.signed()
		list := w.verified("Observation/1")
		if a, b := lasts(list[1]), lasts(list[0]); a < 729*day || b > 31*day {
			w.Error(a, b)
		}
	})
}

func lasts(s sign.Signature) time.Duration {
	return s.Certificate.NotAfter.Sub(s.Certificate.NotBefore)
}

// TestTwoInstitutions: who works at two institutions has a key at each.
func TestTwoInstitutions(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.put("Observation/2", kept("b")+","+observation)
		w.signed()
		w.signedBy(w.as(gate.Doctor, "Practitioner/wang", "Organization/b"), sign.Asked{Ref: ref("Observation/2")})
		v, err := w.Verify(w.Context(), w.as(gate.Doctor, "Practitioner/wang", "Organization/b"), ref("Observation/2"))
		if err != nil || len(v.Signatures) != 1 || !v.Signatures[0].Valid() || v.Signatures[0].Certificate.Subject.Organization[0] != "乙医院" {
			w.Errorf("%+v, %v", v, err)
		}
	})
}

// behind puts another text into a Provenance of a signature, as somebody with the database in hand could.
func (w world) behind(made gate.Result, change func(text string) string) {
	w.Helper()
	r, err := fhir.ParseResource([]byte(change(string(made.Version.Body.Bytes))))
	if err != nil {
		w.Fatal(err)
	}
	everything := w.gate.Session(gate.Actor{Reference: "Device/restore", Access: gate.Whole(), Process: gate.Everything})
	if _, err := everything.Apply(w.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil); err != nil {
		w.Fatal(err)
	}
}

// TestMoved puts a true signature where it does not belong.
func TestMoved(t *testing.T) {
	eachDatabase(t, func(w world) {
		made := w.signed()
		w.put("Observation/1", kept("a")+","+observation+`,"note":[{"text":"a"}]`)
		w.put("Observation/1", kept("a")+","+observation) // the content of version 1
		w.behind(made, func(text string) string { return strings.ReplaceAll(text, "_history/1", "_history/3") })
		s := w.one()
		w.wrong(s, sign.OtherOne)
		w.behind(made, func(text string) string { return strings.ReplaceAll(text, "_history/1", "_history/2") })
		if s = w.one(); len(s.Faults) != 2 || s.Faults[0].Code != sign.OtherOne {
			w.Error(s.Faults)
		}
		w.behind(made, func(text string) string { return strings.ReplaceAll(text, "Practitioner/wang", "Practitioner/zhao") })
		w.wrong(w.one(), sign.OtherHand)
		w.behind(made, func(text string) string { return text })
		if s = w.one(); !s.Valid() {
			w.Error(s.Faults)
		}
	})
}
