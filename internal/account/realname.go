package account

import (
	"context"
	"strconv"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/fold"
	"yitong/internal/fhir/profiles"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// Claim is who somebody says they are (mission B6).
type Claim struct {
	Name   string // as on the document
	System string // of the number, such as urn:oid:2.16.156.10011.1.3 for the resident identity card; "" for one of a Kind
	Kind   string // of a document whose numbers have no system: a code of urn:yitong:codesystem:identity-document
	Number string
	Phone  string // by which the person has signed in, as E.164
}

// Verifier checks a claim, such as at the police's or a carrier's service. It gives the Patient of the record that the
// person is, the zero Ref if the details do not belong together; it must not tell which of them is wrong.
type Verifier interface {
	Verify(ctx context.Context, c Claim) (fhir.Ref, error)
}

// Population verifies claims by the residents who are registered in the record: name, number and phone must be those of one
// Patient that is active. The phone counts because names and numbers are known to many who are not the person; who has
// another phone than the register knows, has it entered at a service window.
type Population struct{ record *gate.Session }

// Verify implements [Verifier].
func (p Population) Verify(ctx context.Context, c Claim) (fhir.Ref, error) {
	t, _ := schema.TypeOf("Patient")
	by := search.Pair{Name: "identifier", Value: search.Escape(c.System) + "|" + search.Escape(c.Number)}
	asked, err := p.record.Request([]schema.Type{t}, []search.Pair{by, {Name: "_count", Value: strconv.Itoa(sameMost)}}, gate.Wishes{})
	if err != nil {
		return fhir.Ref{}, err
	}
	found, err := p.record.Search(ctx, asked, "verify", "")
	if err != nil || len(found.Matches) >= sameMost {
		return fhir.Ref{}, err
	}
	var who []fhir.Ref
	for _, v := range found.Matches {
		r, err := fhir.ParseResource(v.Body.Bytes)
		if err != nil {
			return fhir.Ref{}, fault.Wrap(err, "reading a Patient")
		}
		if c.numbered(r.Root) {
			who = append(who, v.Ref)
			if !p.is(r.Root, c) {
				return fhir.Ref{}, nil
			}
		}
	}
	if len(who) != 1 {
		return fhir.Ref{}, nil
	}
	return who[0], nil
}

// sameMost bounds the Patients that are looked at: numbers that have no system are unique among those of a kind only.
const sameMost = 20

// numbered tells whether a Patient has the number of the claim: one of a system, or of a kind of documents.
func (c Claim) numbered(n fhir.Node) bool {
	if c.System != "" {
		return true // it was searched for
	}
	for one := n.Get("identifier").First(); one.Exists(); one = one.Next() {
		if one.Get("value").Str() != c.Number || one.Get("system").Exists() {
			continue
		}
		for k := one.Get("type").Get("coding").First(); k.Exists(); k = k.Next() {
			if k.Get("system").Str() == profiles.IdentityDocuments && k.Get("code").Str() == c.Kind {
				return true
			}
		}
	}
	return false
}

// is tells whether a Patient is who the claim says.
func (p Population) is(n fhir.Node, c Claim) bool {
	if !lives(n) {
		return false
	}
	called, reached := false, false
	for one := n.Get("name").First(); one.Exists(); one = one.Next() {
		text := one.Get("text").Str()
		if text == "" {
			text = one.Get("family").Str() + one.Get("given").First().Str()
		}
		called = called || one.Get("use").Str() != "old" && sameName(text, c.Name)
	}
	for one := n.Get("telecom").First(); one.Exists(); one = one.Next() {
		if one.Get("system").Str() != "phone" {
			continue
		}
		phone, err := CheckPhone(one.Get("value").Str())
		reached = reached || err == nil && phone == c.Phone
	}
	return called && reached
}

// lives tells whether a Patient or Practitioner counts: it is not inactive, and the person has not died.
func lives(n fhir.Node) bool {
	return n.Get("active").Kind() != fhir.False && !n.Get("deceasedDateTime").Exists() && n.Get("deceasedBoolean").Kind() != fhir.True
}

// sameName compares names without the dots and spaces that people write differently.
func sameName(a, b string) bool {
	clean := func(s string) string {
		return fold.Text(strings.NewReplacer(" ", "", "·", "", "•", "", "・", "", "．", "", ".", "", "\u3000", "").Replace(s))
	}
	return clean(a) != "" && clean(a) == clean(b)
}

// checkedMost is how long a verified name holds. Carriers give numbers that were given up to others after some months, and a
// new holder of a number must not find the record of the one before.
const checkedMost = 180 * 24 * time.Hour

// Verified tells whether the account stands for somebody of the record now: staff always, residents while their real name
// is verified.
func (a *Account) Verified(now time.Time) bool {
	return a.Staff() || a.Person != "" && now.Sub(a.Checked) < checkedMost
}

// VerifyName verifies the real name of a resident who has signed in by phone; from then on the account stands for the Patient
// of the record, for half a year, and only ever for that one. The refusal is the same whatever is wrong, and also where the
// Patient has an account already, unless the phone of that is the person's no more.
func (a *Accounts) VerifyName(ctx context.Context, s *Signed, c Claim, from From) (token string, err error) {
	if err := s.signedIn(); err != nil {
		return "", err
	}
	if s.Account.Staff() || s.Account.Phone == "" {
		return "", fault.New(fault.NotSupported, "Real names are verified for residents, who sign in by phone.")
	}
	if s.Account.Verified(a.Now()) {
		return "", fault.New(fault.Precondition, "The name of this account has been verified.")
	}
	if c.Name, c.Number = strings.TrimSpace(c.Name), strings.ToUpper(strings.TrimSpace(c.Number)); c.Name == "" || c.Number == "" || c.System == "" && c.Kind == "" {
		return "", fault.New(fault.Malformed, "Give the name and the number as they stand on the document.")
	}
	c.Phone = s.Account.Phone
	if wait, err := a.spend(ctx, meter{"verify " + s.Account.ID, a.config.Rates.Verify}); err != nil {
		return "", err
	} else if wait > 0 {
		return "", a.often(ctx, "real name", s.Account.ID, s.Account.ID, from, wait)
	}
	var who fhir.Ref
	var before *kept[Account]
	err = a.attempt(ctx, "real name", c.Number, s.Account.ID, from, func() (ok bool, err error) {
		who, before, ok, err = a.claimed(ctx, s, c)
		return ok, err
	})
	if err != nil {
		return "", err
	}
	token, err = a.renew(ctx, s, func(tx store.Tx, next *Session) (did Event, err error) {
		if err := a.supersede(ctx, tx, before, s.Account.ID); err != nil {
			return did, err
		}
		k, err := a.account(ctx, tx, s.Account.ID)
		if err != nil {
			return did, err
		}
		k.Thing.Person, k.Thing.Checked, k.Thing.Called = who.String(), a.Now(), c.Name
		next.Acting = who.String()
		return Event{What: "verified a real name", person: k.Thing.Person}, keep(ctx, tx, k, k.Thing.ID)
	})
	if before != nil {
		a.known.forget()
	}
	return token, err
}

// claimed finds out who somebody is, and which account the person had with a phone that is theirs no more; nil for none.
func (a *Accounts) claimed(ctx context.Context, s *Signed, c Claim) (who fhir.Ref, before *kept[Account], ok bool, err error) {
	who, err = a.config.Verifier.Verify(ctx, c)
	if err != nil || who == (fhir.Ref{}) || s.Account.Person != "" && s.Account.Person != who.String() {
		return who, nil, false, err
	}
	other, err := a.named(ctx, a.db, "person:"+who.String())
	if err != nil || other == nil || other.Thing.ID == s.Account.ID {
		return who, nil, err == nil, err
	}
	c.Phone = other.Thing.Phone
	still, err := a.config.Verifier.Verify(ctx, c)
	return who, other, still != who, err
}

// supersede ends what an account stood for, with its sessions and programs.
func (a *Accounts) supersede(ctx context.Context, tx store.Tx, before *kept[Account], by string) error {
	if before == nil {
		return nil
	}
	k, err := a.account(ctx, tx, before.Thing.ID)
	if err != nil {
		return err
	}
	if k.Item.Number != before.Item.Number {
		return errRace()
	}
	k.Thing.Person, k.Thing.Checked, k.Thing.Called = "", time.Time{}, ""
	if err := a.endAll(ctx, tx, k.Thing.ID, ""); err != nil {
		return err
	}
	return keep(ctx, tx, k, by)
}
