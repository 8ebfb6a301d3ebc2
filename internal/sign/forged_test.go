package sign_test

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/gate/trail"
	"yitong/internal/sign"
	"yitong/internal/store"
	"yitong/internal/vault"
)

// past does something to the register past the platform, as who has the database alone could.
func (w world) past(do func(tx store.Tx) (bool, error)) {
	w.Helper()
	err := w.db.Write(w.Context(), store.Work{Puts: 1, Do: func(tx store.Tx, _ store.Found) error {
		ok, err := do(tx)
		if err == nil && !ok {
			err = fault.New(fault.Conflict, "nothing was done")
		}
		return err
	}})
	if err != nil {
		w.Fatal(err)
	}
}

func (w world) item(kind, id string) store.Item {
	w.Helper()
	i, err := w.db.Item(w.Context(), kind, id)
	if err != nil || !i.Exists() {
		w.Fatal(kind, id, err)
	}
	return i
}

func (w world) items(kind string) []store.Item {
	w.Helper()
	list, err := w.db.Owned(w.Context(), kind, "*", "", 100)
	if err != nil {
		w.Fatal(err)
	}
	return list
}

// rewrite puts another body into an item, and brings it back to the first version.
func (w world) rewrite(i store.Item, body []byte) {
	w.Helper()
	i.Body, i.Number = body, 1
	w.past(func(tx store.Tx) (bool, error) {
		if ok, err := tx.Strike(i.Kind, i.ID); !ok || err != nil {
			return ok, err
		}
		return tx.Enter(i, false)
	})
}

// TestForgedAuthority puts an authority of a stranger into the register, with the certificates that it has made, and then a
// signature that it stamped: nobody believes it, also where it has the bytes of the platform's own marks.
func TestForgedAuthority(t *testing.T) {
	eachDatabase(t, func(w world) {
		var log bytes.Buffer
		w.Service = w.server(func(c *sign.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
		was := w.signed()
		stranger := newWorld(w, w.fresh())
		stranger.Service = stranger.server(func(c *sign.Config) { c.Vault, c.Name = vault.New("sign", master(w, 2)), "Stranger" })
		made := stranger.signed()
		for _, kind := range []string{"sign-authority", "sign-certificate"} {
			_, mark, _ := strings.Cut(string(w.items(kind)[0].Body), `"mark":`)
			for _, i := range stranger.items(kind) {
				thing, _, _ := strings.Cut(string(i.Body), `"mark":`)
				if i.Number = 1; kind == "sign-authority" {
					i.ID, i.Body = "0"+i.ID, []byte(thing+`"mark":`+mark)
				}
				w.past(func(tx store.Tx) (bool, error) { return tx.Enter(i, false) })
			}
		}
		text := string(made.Version.Body.Bytes)
		w.put("Provenance/forged", `"target":[{"reference":"Observation/1/_history/1"}],"recorded":"2026-01-01T00:00:00Z","agent":[{"who":{"reference":"Practitioner/wang"}}],`+
			text[strings.Index(text, `"signature":[`):len(text)-1])
		w.clock.forward(time.Minute)
		for _, s := range []*sign.Service{w.Service, w.server()} {
			v, err := s.Verify(w.Context(), w.all, ref("Observation/1"))
			if err != nil || len(v.Signatures) != 2 {
				w.Fatal(len(v.Signatures), err)
			}
			for _, one := range v.Signatures {
				if own := one.Provenance == was.Version.Ref; one.Valid() != own {
					w.Error(one.Provenance, one.Faults)
				}
			}
			text, err := s.Authorities(w.Context())
			if all, e := sign.ReadCertificates(text); err != nil || e != nil || len(all) != 3 {
				w.Error(len(all), err, e)
			}
		}
		if n := strings.Count(log.String(), "sign-authority/0issuing.0001"); n != 1 {
			w.Errorf("the log tells of it %d times:\n%s", n, log.String())
		}
	})
}

// TestRevocationAltered: who has the database alone does not make a revoked certificate valid again.
func TestRevocationAltered(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.signed()
		w.clock.forward(day)
		print := sign.Fingerprint(w.one().Certificate)
		if _, err := w.List(w.Context(), ""); err != nil {
			w.Fatal(err)
		}
		w.signed()
		if err := w.Revoke(w.Context(), print, sign.KeyCompromise, w.clock.Now().Add(-time.Hour), "Person/1"); err != nil {
			w.Fatal(err)
		}
		if _, err := w.List(w.Context(), ""); err != nil {
			w.Fatal(err)
		}
		newest := func() sign.Signature { w.Helper(); return w.verified("Observation/1")[0] }
		w.wrong(newest(), sign.Revoked)

		revocation := w.item("sign-revocation", print)
		lists := func() error {
			w.clock.forward(time.Minute) // for so long nobody looks
			_, err := w.List(w.Context(), "")
			return err
		}
		altered := bytes.Replace(revocation.Body, []byte(`"since":"`), []byte(`"since":"9`), 1)
		w.rewrite(revocation, altered)
		w.wrong(newest(), sign.Revoked)
		w.refused(lists(), fault.Internal)
		w.rewrite(revocation, revocation.Body)
		if err := lists(); err != nil {
			w.Error(err)
		}

		w.past(func(tx store.Tx) (bool, error) { return tx.Strike("sign-revocation", print) })
		w.wrong(newest(), sign.Revoked)
		w.refused(lists(), fault.Internal)
		w.refused(w.Revoke(w.Context(), print, sign.Superseded, time.Time{}, "Person/1"), fault.Conflict)

		i := w.item("sign-certificate", print)
		w.rewrite(i, i.Body) // as another version than it is
		w.wrong(newest(), sign.Untrusted)
		w.past(func(tx store.Tx) (bool, error) { return tx.Strike("sign-certificate", print) })
		w.wrong(newest(), sign.OtherHand)
	})
}

// TestStamperRevoked: a timestamp under a certificate that was revoked is worth nothing since; where the key is in other
// hands, nothing at all unless the record had the signature before. The next signature has another one.
func TestStamperRevoked(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.signed()
		w.clock.forward(day)
		w.signed()
		stamper := func() string {
			w.Helper()
			list := w.authority("Time")
			return list[len(list)-1]
		}
		first := stamper()
		if err := w.Revoke(w.Context(), first, sign.Cessation, w.clock.Now().Add(-time.Hour), "Person/1"); err != nil {
			w.Fatal(err)
		}
		w.refused(w.Revoke(w.Context(), first, sign.Cessation, time.Time{}, "Person/1"), fault.Conflict)
		list := w.verified("Observation/1")
		w.lacks(list[0], sign.BadTime)
		if !list[1].Valid() {
			w.Error(list[1].Faults)
		}
		w.clock.forward(3 * time.Second)
		w.signed()
		second := stamper()
		if list = w.verified("Observation/1"); !list[0].Valid() || first == second {
			w.Error(list[0].Faults)
		}
		if err := w.Revoke(w.Context(), second, sign.KeyCompromise, time.Time{}, "Person/1"); err != nil {
			w.Fatal(err)
		}
		w.lacks(w.verified("Observation/1")[0], sign.BadTime) // which came into the record by the database's clock, long after

		w.past(func(tx store.Tx) (bool, error) { return tx.Strike("sign-revocation", first) })
		w.lacks(w.verified("Observation/1")[1], sign.BadTime)
		w.past(func(tx store.Tx) (bool, error) { return tx.Strike("sign-authority", "time.0001") })
		w.Service = w.server()
		w.lacks(w.verified("Observation/1")[1], sign.BadTime)
		w.refused(w.Revoke(w.Context(), w.authority("Root")[0], sign.Cessation, time.Time{}, "Person/1"), fault.Unprocessable)
	})
}

// TestStamperRevokedLater: what the record had before the key of a timestamp came into other hands stays valid.
func TestStamperRevokedLater(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.clock.forward(time.Since(w.clock.Now())) // to the database's time
		w.signed()
		w.clock.forward(day)
		if err := w.Revoke(w.Context(), w.authority("Time")[0], sign.KeyCompromise, time.Time{}, "Person/1"); err != nil {
			w.Fatal(err)
		}
		if s := w.one(); !s.Valid() {
			w.Error(s.Faults)
		}
	})
}

// authority are the certificates of the embedded authority of a kind.
func (w world) authority(name string) (list []string) {
	w.Helper()
	text, err := w.Authorities(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	all, err := sign.ReadCertificates(text)
	if err != nil {
		w.Fatal(err)
	}
	for _, c := range all {
		if strings.Contains(c.Subject.CommonName, name) {
			list = append(list, sign.Fingerprint(c))
		}
	}
	return list
}

// TestTrace: every version of what the register has about signatures has a line in the trail, which says who wrote it and
// what.
func TestTrace(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.signed()
		owner := sign.Owner{Practitioner: "Practitioner/wang", Institution: "Organization/a", By: "Person/console"}
		if err := w.Rotate(w.Context(), owner); err != nil {
			w.Fatal(err)
		}
		w.signed()
		if err := w.Revoke(w.Context(), sign.Fingerprint(w.verified("Observation/1")[0].Certificate), sign.Superseded, time.Time{}, "Person/1"); err != nil {
			w.Fatal(err)
		}
		other := newWorld(w, w.fresh())
		other.Service = other.server(func(c *sign.Config) { c.Name = "Other" })
		other.signed()
		text, err := other.Authorities(w.Context())
		if err != nil {
			w.Fatal(err)
		}
		roots, err := sign.ReadCertificates(text)
		if err != nil {
			w.Fatal(err)
		}
		owner.Practitioner = "Practitioner/qian"
		knows := w.server(func(c *sign.Config) { c.Trusted = roots })
		if err := knows.Know(w.Context(), owner, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: other.one().Certificate.Raw})); err != nil {
			w.Fatal(err)
		}

		lines := map[string]trail.Record{}
		rows, err := w.db.Loose(w.Context(), 1<<20)
		if err != nil {
			w.Fatal(err)
		}
		for _, row := range rows {
			for line := range bytes.Lines(row.Lines) {
				r, err := trail.Parse(line)
				if err != nil {
					w.Fatal(err)
				}
				if r.Do == "signature" {
					lines[r.Wrote[0][2:]] = r
				}
			}
		}
		count, by := 0, []string{}
		for _, kind := range []string{"sign-authority", "sign-key", "sign-certificate", "sign-revocation"} {
			for _, i := range w.items(kind) {
				versions, err := w.db.Past(w.Context(), kind, i.ID)
				if err != nil || len(versions) != int(i.Number) {
					w.Error(kind, i.ID, len(versions), err)
				}
				for _, v := range versions {
					count++
					by = append(by, kind+" "+v.Author)
					r := lines[fmt.Sprintf("%s/%s/%d", v.Kind, v.ID, v.Number)]
					if r.Who != v.Author || r.On != v.Kind+"/"+v.ID || r.Outcome != trail.Done || len(r.Sums) != 1 || r.Sums[0] != trail.ItemSum(v) {
						w.Errorf("%s/%s/%d: %+v", v.Kind, v.ID, v.Number, r)
					}
				}
			}
		}
		for _, want := range []string{
			"sign-key Practitioner/wang", "sign-key Person/console", "sign-key Person/1", "sign-certificate Person/console", "sign-certificate Person/1",
			"sign-revocation Person/1", "sign-authority ",
		} {
			if !slices.Contains(by, want) {
				w.Error(want, by)
			}
		}
		// Three authorities, two keys of which both were retired, three certificates of which one was revoked.
		if count != 3+4+4+1 || len(lines) != count {
			w.Error(count, len(lines))
		}
		report := &trail.Report{}
		if err := trail.VerifyContent(w.Context(), w.db, sign.Histories(), time.Now().Add(-time.Hour), report); err != nil || len(report.Wrong) > 0 {
			w.Error(report.Wrong, err)
		}
		i := w.item("sign-revocation", w.items("sign-revocation")[0].ID)
		w.past(func(tx store.Tx) (bool, error) { return tx.Strike(i.Kind, i.ID) })
		if err := trail.VerifyContent(w.Context(), w.db, sign.Histories(), time.Now().Add(-time.Hour), report); err != nil || len(report.Wrong) == 0 {
			w.Error(report.Wrong, err)
		}
	})
}
