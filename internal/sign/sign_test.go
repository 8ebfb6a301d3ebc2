package sign_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/sign"
	"yitong/internal/vault"
)

// TestSign signs a resource, and finds the signature valid; then the resource is changed, and the signature still is
// that of the version that was signed.
func TestSign(t *testing.T) {
	eachDatabase(t, func(w world) {
		made := w.signed()
		if made.Event != gate.Created {
			w.Fatal(made.Event)
		}
		p, err := fhir.ParseResource(made.Version.Resource())
		if err != nil {
			w.Fatal(err)
		}
		if to := p.Root.Get("target").First().Get("reference").Str(); to != "Observation/1/_history/1" {
			w.Error(to)
		}
		if by, _ := p.Extended(gate.Custodian); by != "Organization/a" {
			w.Error(by)
		}
		s := w.one()
		c := s.Certificate
		if !s.Valid() || !s.Here || s.Who != "Practitioner/wang" || s.Display != "王医生" || s.Version != 1 || !s.Unchanged || len(s.Changes) > 0 || !s.Stamped {
			w.Errorf("%+v", s)
		}
		if !s.At.Equal(w.clock.Now()) || s.Purpose != sign.PurposeAuthor || s.Name != "Observation/1/_history/1" {
			w.Error(s.At, s.Purpose, s.Name)
		}
		if c.Subject.CommonName != "王医生" || c.Subject.SerialNumber != "Practitioner/wang" || c.Subject.Organization[0] != "甲医院" ||
			c.Issuer.CommonName != "区域平台 Issuing CA 1" || c.NotAfter.Sub(c.NotBefore) < 2*365*24*time.Hour {
			w.Error(c.Subject, c.Issuer, c.NotBefore, c.NotAfter)
		}

		w.put("Observation/1", kept("a")+","+strings.Replace(observation, "5.60", "5.6", 1))
		s = w.one()
		if !s.Valid() || s.Unchanged || len(s.Changes) != 1 || s.Changes[0].Path != "Observation.value.value" || !s.AllTold {
			w.Errorf("%v %v %+v", s.Faults, s.Unchanged, s.Changes)
		}
		w.put("Observation/1", kept("a")+","+observation+`,"note":[{"text":"a"}]`)
		w.put("Observation/1", kept("a")+","+observation) // put back
		if s = w.one(); !s.Valid() || !s.Unchanged || len(s.Changes) > 0 {
			w.Errorf("%v %v %+v", s.Faults, s.Unchanged, s.Changes)
		}
	})
}

// TestWhoMaySign: nobody but practitioners signs, and nothing that they do not see whole.
func TestWhoMaySign(t *testing.T) {
	eachDatabase(t, func(w world) {
		try := func(s *gate.Session, a sign.Asked) error {
			_, err := w.Sign(w.Context(), s, a)
			return err
		}
		one := sign.Asked{Ref: ref("Observation/1")}
		w.refused(try(w.as(gate.Resident, "Patient/li", ""), one), fault.Forbidden)
		w.refused(try(w.as(gate.Doctor, "Person/7", "Organization/a"), one), fault.Forbidden)
		w.refused(try(w.as(gate.System, "Device/feed", "Organization/a"), one), fault.Forbidden)
		w.refused(try(w.as(gate.Doctor, "Practitioner/wang", ""), one), fault.Forbidden)
		w.refused(try(w.as(gate.Guide, "Practitioner/wang", "Organization/a"), one), fault.Forbidden)
		w.refused(try(w.as(gate.Guide, "Practitioner/wang", "Organization/a"), sign.Asked{Ref: ref("Patient/li")}), fault.Forbidden) // masked
		w.refused(try(w.as(gate.Doctor, "Practitioner/wang", "Organization/b"), one), fault.NotFound)
		w.refused(try(w.wang(), sign.Asked{Ref: ref("Observation/2")}), fault.NotFound)
		w.refused(try(w.wang(), sign.Asked{Ref: ref("Observation/1"), Newest: 2}), fault.Precondition)
		w.refused(try(w.wang(), sign.Asked{Ref: ref("Observation/1"), Version: 2}), fault.NotFound)
		w.refused(try(w.wang(), sign.Asked{Ref: ref("Observation/1"), Purpose: "1.2.840.10065.1.12.1.19"}), fault.Unprocessable)
		program := w.wang().Actor()
		program.Client = "app"
		w.refused(try(w.gate.Session(program), one), fault.Forbidden)
		if list := w.verified("Observation/1"); len(list) > 0 {
			w.Error(list)
		}
		made := w.signed()
		w.refused(try(w.wang(), sign.Asked{Ref: made.Version.Ref}), fault.Unprocessable)
		if err := try(w.as(gate.Pharmacist, "Practitioner/qian", "Organization/a"), sign.Asked{Ref: ref("Observation/1"), Version: 1, Newest: 1, Purpose: "1.2.840.10065.1.12.1.5"}); err != nil {
			w.Error(err)
		}
		if list := w.verified("Observation/1"); len(list) != 2 || list[0].Purpose != "1.2.840.10065.1.12.1.5" || !list[0].Valid() || !list[1].Valid() {
			w.Errorf("%+v", list)
		}
	})
}

// TestOwned: nobody but $sign writes, changes or deletes its Provenances.
func TestOwned(t *testing.T) {
	eachDatabase(t, func(w world) {
		made := w.signed()
		r, err := fhir.ParseResource(made.Version.Body.Bytes)
		if err != nil {
			w.Fatal(err)
		}
		_, err = w.wang().Apply(w.Context(), []gate.Op{{Kind: gate.Create, Type: r.Type, Resource: r}}, nil)
		w.refused(err, fault.Forbidden)
		_, err = w.try(w.wang(), made.Version.Ref.String(), `"target":[{"reference":"Observation/1"}],"recorded":"2026-05-04T08:00:00Z","agent":[{"who":{"reference":"Practitioner/wang"}}]`)
		w.refused(err, fault.Forbidden)
		_, err = w.all.Apply(w.Context(), []gate.Op{{Kind: gate.Delete, Type: r.Type, ID: made.Version.Ref.ID}}, nil)
		w.refused(err, fault.Forbidden)
		if !w.one().Valid() {
			w.Error("the signature is gone")
		}
	})
}

// TestReaders: whoever may read the resource is told of its signatures, and nobody else.
func TestReaders(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.signed()
		for who, s := range map[string]*gate.Session{
			"resident": w.as(gate.Resident, "Patient/li", ""), "nurse": w.as(gate.Nurse, "Practitioner/zhao", "Organization/a"),
		} {
			if v, err := w.Verify(w.Context(), s, ref("Observation/1")); err != nil || len(v.Signatures) != 1 || !v.Signatures[0].Valid() {
				w.Errorf("%s: %+v, %v", who, v, err)
			}
		}
		_, err := w.Verify(w.Context(), w.as(gate.Doctor, "Practitioner/zhao", "Organization/b"), ref("Observation/1"))
		w.refused(err, fault.NotFound)
		_, err = w.Verify(w.Context(), w.as(gate.Regulator, "Person/3", "Organization/b"), ref("Observation/1"))
		w.refused(err, fault.Forbidden)
	})
}

// TestServersRace lets several servers sign for the first time at the same moment: there is one authority, and one key
// a person.
func TestServersRace(t *testing.T) {
	eachDatabase(t, func(w world) {
		var wait sync.WaitGroup
		for i := range 6 {
			server := w.server()
			wait.Go(func() {
				who := []string{"wang", "zhao"}[i%2]
				for {
					_, err := server.Sign(w.Context(), w.as(gate.Doctor, "Practitioner/"+who, "Organization/a"), sign.Asked{Ref: ref("Observation/1")})
					if fault.CodeOf(err) == fault.Unavailable {
						continue // others' writes stand in the way
					}
					if err != nil {
						w.Error(err)
					}
					return
				}
			})
		}
		wait.Wait()
		list, issuers, subjects := w.verified("Observation/1"), map[string]bool{}, map[string]bool{}
		for _, s := range list {
			if !s.Valid() {
				w.Error(s.Faults)
			}
			issuers[s.Certificate.Issuer.CommonName] = true
			subjects[sign.Fingerprint(s.Certificate)] = true
		}
		if len(list) != 6 || len(issuers) != 1 || len(subjects) != 2 {
			w.Error(len(list), issuers, len(subjects))
		}
		for _, kind := range []string{"sign-authority", "sign-key", "sign-certificate"} {
			items, err := w.db.Owned(w.Context(), kind, "*", "", 100)
			if want := map[string]int{"sign-authority": 3, "sign-key": 2, "sign-certificate": 2}[kind]; err != nil || len(items) != want {
				w.Errorf("%d of %s, %v", len(items), kind, err)
			}
			for _, i := range items {
				if strings.Contains(string(i.Body), "PRIVATE") {
					w.Error("a key lies open")
				}
			}
		}
	})
}

// TestNoKey: a server without the platform's key, or with another one, does not sign, and believes nothing of what the
// register has.
func TestNoKey(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.signed()
		for code, v := range map[fault.Code]*vault.Vault{fault.NotSupported: nil, fault.Internal: vault.New("sign", master(w, 2))} {
			w.Service = w.server(func(c *sign.Config) { c.Vault = v })
			if s := w.one(); s.Valid() || !slices.ContainsFunc(s.Faults, func(f sign.Fault) bool { return f.Code == sign.Untrusted }) {
				w.Error(s.Faults)
			}
			_, err := w.Sign(w.Context(), w.wang(), sign.Asked{Ref: ref("Observation/1")})
			w.refused(err, code)
			_, err = w.Certificate(w.Context(), sign.Fingerprint(w.one().Certificate))
			w.refused(err, fault.Internal)
		}
	})
}

// TestFresh: who has not shown a second factor for too long signs nothing, and is told where to show it.
func TestFresh(t *testing.T) {
	eachDatabase(t, func(w world) {
		const where = "https://record.example/auth/confirm"
		w.Service = w.server(func(c *sign.Config) { c.Fresh, c.Confirm = 30*time.Minute, where })
		for _, c := range []struct {
			proved time.Time
			code   fault.Code
		}{
			{w.clock.Now(), ""}, {w.clock.Now().Add(-30 * time.Minute), ""}, {w.clock.Now().Add(time.Second), ""}, // clocks of servers differ
			{w.clock.Now().Add(-30*time.Minute - time.Microsecond), fault.Forbidden}, {time.Time{}, fault.Forbidden},
		} {
			actor := w.wang().Actor()
			actor.Proved = c.proved
			_, err := w.Sign(w.Context(), w.gate.Session(actor), sign.Asked{Ref: ref("Observation/1")})
			w.refused(err, c.code)
			if f := fault.From(err); c.code != "" && (!strings.Contains(f.Message, where) || f.Issue != "login" || len(f.Issues) != 1 || !strings.Contains(f.Issues[0].Chinese, where)) {
				w.Errorf("%+v", f)
			}
		}
		if n := len(w.verified("Observation/1")); n != 3 {
			w.Error(n)
		}
		w.Service = w.server()
		w.signed() // nobody asks
	})
}
