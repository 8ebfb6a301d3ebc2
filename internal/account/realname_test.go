package account_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/profiles"
	"yitong/internal/gate"
)

// TestRealNames: who a resident is can be verified in one way; whatever is wrong, the refusal is the same to the letter.
func TestRealNames(t *testing.T) {
	rates := account.UsualRates
	rates.Verify = account.Rate{Burst: 100, Every: time.Second}
	eachDatabase(t, func(w world) {
		const liCard, chenCard = "110101199001011237", "110101199002021245"
		other := func(id, name, number, phone, more string) thing {
			return thing{"Patient", id, person(name, number, phone) + more}
		}
		inactive := other("p3", "周一", "110101199003031253", "13900000003", "")
		inactive.members = `"active":false` + inactive.members[len(`"active":true`):]
		w.put(
			inactive,
			other("p4", "吴二", "110101199004041261", "13900000004", `,"deceasedBoolean":true`),
			other("p5", "郑三", "110101199005051270", "13900000005", `,"deceasedDateTime":"2025-01-01"`),
			other("p6", "孙四", "110101199006061288", "13900000006", ""),
			other("p7", "孙四", "110101199006061288", "13900000006", ""), // registered twice
			thing{"Patient", "p8", `"name":[{"use":"old","text":"钱五"},{"text":"钱六"}],"identifier":[{"system":"` + card + `","value":"110101199008081304"}],"telecom":[{"system":"email","value":"13900000008"},{"system":"phone","value":"139-0000-0009"}]`},
			thing{"Patient", "p9", `"name":[{"text":"无电话"}],"identifier":[{"system":"` + card + `","value":"110101199009091312"}]`},
		)
		two := other("p10", "冯七", "110101199010101328", "13900000013", "") // who has two phones
		two.members = replace(t, two.members, `"telecom":[`, `"telecom":[{"system":"phone","value":"13900000012"},`)
		w.put(two)
		w.verified("13900000013", "冯七", "110101199010101328") // this Patient has an account from now on
		w.verified("13900000002", "陈芳", chenCard)
		claim := func(name, number string) account.Claim {
			return account.Claim{Name: name, System: card, Number: number}
		}
		want := ""
		for _, c := range []struct {
			why, phone string
			claim      account.Claim
		}{
			{"another name", "13900000001", claim("李大明", liCard)},
			{"part of the name", "13900000001", claim("李", liCard)},
			{"another number", "13900000001", claim("李小明", "110101199001011238")},
			{"somebody else's number", "13900000001", claim("李小明", chenCard)},
			{"a number of another system", "13900000001", account.Claim{Name: "李小明", System: "urn:oid:1.2.3", Number: liCard}},
			{"another phone", "13911111111", claim("李小明", liCard)},
			{"somebody else's phone, who has no account", "13900000003", claim("李小明", liCard)},
			{"inactive", "13900000003", claim("周一", "110101199003031253")},
			{"dead", "13900000004", claim("吴二", "110101199004041261")},
			{"dead since", "13900000005", claim("郑三", "110101199005051270")},
			{"two Patients", "13900000006", claim("孙四", "110101199006061288")},
			{"an old name", "13900000009", claim("钱五", "110101199008081304")},
			{"a phone that is a mail address", "13900000008", claim("钱六", "110101199008081304")},
			{"no phone", "13900000010", claim("无电话", "110101199009091312")},
			{"an account has them already", "13900000012", claim("冯七", "110101199010101328")},
			{"another phone, and an account has her already", "13900000014", claim("陈芳", chenCard)},
			{"several numbers", "13900000001", claim("李小明", liCard+","+chenCard)},
			{"a system within the number", "13900000001", account.Claim{Name: "李小明", System: "x," + card, Number: liCard}},
			{"any number", "13900000001", claim("李小明", "*")},
			{"the phone of the claim itself", "13911111111", account.Claim{Name: "李小明", System: card, Number: liCard, Phone: "+8613900000001"}},
		} {
			w.clock.forward(time.Hour)
			s := w.signed(w.resident(c.phone))
			_, err := w.VerifyName(w.Context(), s, c.claim, here)
			if fault.CodeOf(err) != fault.Unknown {
				w.Errorf("%s: %v", c.why, err)
				continue
			}
			message := refused(w, err, fault.Unknown)
			if want == "" {
				want = message
			}
			if message != want {
				w.Errorf("%s is told %q, others %q", c.why, message, want)
			}
			if a := w.signedIn(s).Account; a.Person != "" || !a.Checked.IsZero() {
				w.Errorf("%s: the account is %+v", c.why, a)
			}
		}

		w.clock.forward(time.Hour)
		s := w.signed(w.resident("13900000009"))
		token := must(w.VerifyName(w.Context(), s, claim("钱六", " 110101199008081304 "), here))(w)
		p := must(w.BySession(w.Context(), token))(w)
		if p.Role != gate.Resident || p.Resident != "Patient/p8" || p.Person != "Patient/p8" || p.Called != "钱六" {
			w.Errorf("acts as %+v", p)
		}
		if a := w.signed(token).Account; !a.Checked.Equal(w.Now()) {
			w.Errorf("verified at %v", a.Checked)
		}
		_, err := w.VerifyName(w.Context(), w.signed(token), claim("李小明", liCard), here)
		refused(w, err, fault.Precondition) // once is enough
	}, func(c *account.Config) { c.Rates = rates })
}

// signedIn reads the session's account anew.
func (w world) signedIn(s *account.Signed) *account.Signed {
	w.Helper()
	who, _, err := w.Find(w.Context(), account.Console, s.Account.ID)
	good(w, err)
	return &account.Signed{Session: s.Session, Account: who}
}

// TestNamesAreWrittenDifferently: dots, spaces, width and case do not tell people apart; the order of names does.
func TestNamesAreWrittenDifferently(t *testing.T) {
	eachDatabase(t, func(w world) {
		for i, c := range []struct {
			members, name string
			is            bool
		}{
			{`"name":[{"text":"古丽·买买提"}]`, "古丽 ．买买提", true},
			{`"name":[{"text":"古丽·买买提"}]`, "古丽", false},
			{`"name":[{"text":"x"},{"family":"Mamat","given":["Guli"]}]`, "MAMAT guli", true},
			{`"name":[{"family":"Mamat","given":["Guli"]}]`, "Ｍamatguli", true},
			{`"name":[{"family":"Mamat","given":["Guli"]}]`, "Guli Mamat", false},
			{`"name":[{"text":"·"}]`, "·", false},
			{`"name":[{"use":"usual"}]`, "·", false},
		} {
			id, phone := fmt.Sprintf("p%d", i), fmt.Sprintf("1390000001%d", i)
			w.put(thing{"Patient", id, c.members + fmt.Sprintf(`,"identifier":[{"system":%q,"value":"%dX"}],"telecom":[{"system":"phone","value":"+86 %s"}]`, card, i, phone)})
			_, err := w.VerifyName(w.Context(), w.signed(w.resident(phone)), account.Claim{Name: c.name, System: card, Number: fmt.Sprintf(" %dx", i)}, here)
			if (err == nil) != c.is {
				w.Errorf("%q for %s: %v", c.name, c.members, err)
			}
		}
	})
}

// TestDocumentsOfAKind: numbers without a system of their own, such as of passports, count with the kind of the document.
func TestDocumentsOfAKind(t *testing.T) {
	rates := account.UsualRates
	rates.Verify = account.Rate{Burst: 100, Every: time.Second}
	eachDatabase(t, func(w world) {
		document := func(id, name, phone, system, more string) thing {
			return thing{"Patient", id, fmt.Sprintf(`"name":[{"text":%q}],"identifier":[{%s"type":{"coding":[{"system":%q,"code":"03"}]},"value":%q}],"telecom":[{"system":"phone","value":%q}]`,
				name, more, system, "P"+id, phone)}
		}
		const kinds = profiles.IdentityDocuments
		w.put(
			document("1", "安娜", "13900000001", kinds, ""),
			document("2", "安娜", "13900000002", kinds, `"system":"urn:oid:1.2.3",`),
			document("3", "安娜", "13900000003", "urn:oid:1.2.3", ""),
			document("4", "安娜", "13900000004", kinds, ""),
		)
		twin := document("5", "伊娃", "13900000005", kinds, "")
		twin.members = replace(t, twin.members, `"P5"`, `"P4"`) // a number that two have
		w.put(twin)
		want := ""
		for _, c := range []struct {
			phone, name, kind, number string
			is                        bool
		}{
			{"13900000001", "安娜", "01", "P1", false},
			{"13900000001", "安娜", "03|P1", "", false},
			{"13900000001", "伊娃", "03", "P1", false},
			{"13900000002", "安娜", "03", "P1", false},
			{"13900000002", "安娜", "03", "P2", false},
			{"13900000003", "安娜", "03", "P3", false},
			{"13900000004", "安娜", "03", "P4", false},
			{"13900000001", "安娜", "03", " p1 ", true},
		} {
			w.clock.forward(time.Hour)
			_, err := w.VerifyName(w.Context(), w.signed(w.resident(c.phone)), account.Claim{Name: c.name, Kind: c.kind, Number: c.number}, here)
			if c.is || c.number == "" {
				if (err == nil) != c.is {
					w.Errorf("%+v: %v", c, err)
				}
				continue
			}
			message := refused(w, err, fault.Unknown)
			if want == "" {
				want = message
			}
			if message != want {
				w.Errorf("%+v is told %q, others %q", c, message, want)
			}
		}
	}, func(c *account.Config) { c.Rates = rates })
}

// TestRealNamesAreNotTried: who tries is slowed down, for an account and for a number; a success uses up as much.
func TestRealNamesAreNotTried(t *testing.T) {
	eachDatabase(t, func(w world) {
		s := w.signed(w.resident("13900000001"))
		try := func(number string) error {
			_, err := w.VerifyName(w.Context(), s, account.Claim{Name: "李小明", System: card, Number: number}, here)
			return err
		}
		for i := range 5 {
			refused(w, try(fmt.Sprintf("11010119900101000%d", i)), fault.Unknown)
		}
		refused(w, try("110101199001011237"), fault.TooOften)
		w.clock.forward(20 * time.Minute)
		w.signed(w.resident("13900000001"))
		refused(w, try("110101199001011237"), fault.TooOften)

		// One number, from many accounts.
		tries := 0
		for i := range 8 {
			from := at(fmt.Sprintf("198.51.100.%d", i))
			phone := fmt.Sprintf("1370000000%d", i)
			good(w, w.SendCode(w.Context(), phone, from))
			token := must(w.SignInByCode(w.Context(), phone, w.phones.code(phone), from))(w)
			for range 3 {
				_, err := w.VerifyName(w.Context(), w.signed(token), account.Claim{Name: "李小明", System: card, Number: "110101199001011237"}, from)
				if fault.CodeOf(err) == fault.Unknown {
					tries++
				} else {
					refused(w, err, fault.TooOften)
				}
			}
		}
		if tries != 20 {
			w.Errorf("a number was looked at %d times", tries)
		}
	})
}

// TestClaimsThatAreNone are told what to give, and cost nothing.
func TestClaimsThatAreNone(t *testing.T) {
	eachDatabase(t, func(w world) {
		s := w.signed(w.resident("13900000001"))
		for range 3 {
			for _, c := range []account.Claim{{}, {Name: "李小明", System: card}, {System: card, Number: "1"}, {Name: "李小明", Number: "1"}, {Name: " ", System: card, Number: "\t"}} {
				_, err := w.VerifyName(w.Context(), s, c, here)
				refused(w, err, fault.Malformed)
			}
		}
		must(w.VerifyName(w.Context(), s, account.Claim{Name: "李小明", System: card, Number: "110101199001011237"}, here))(w)
		wang := w.hire(account.Account{Name: "wang"})
		_, err := w.VerifyName(w.Context(), w.signed(wang.Token), account.Claim{Name: "李小明", System: card, Number: "110101199001011237"}, here)
		refused(w, err, fault.NotSupported)
	})
}

// provider is a service that says what the test wants.
type provider struct {
	who fhir.Ref
	err error
	got account.Claim
}

func (p *provider) Verify(_ context.Context, c account.Claim) (fhir.Ref, error) {
	p.got = c
	return p.who, p.err
}

// TestOtherProviders: a service of others gets the phone that has signed in, not the one that is claimed; what it says counts.
func TestOtherProviders(t *testing.T) {
	p := &provider{err: fault.New(fault.Unavailable, "The police's service is down.")}
	eachDatabase(t, func(w world) {
		p := &provider{err: p.err}
		w.config.Verifier = p
		w = w.on(w.server())
		s := w.signed(w.resident("13900000002"))
		c := account.Claim{Name: "李小明", System: card, Number: "1", Phone: "+8613900000001"}
		_, err := w.VerifyName(w.Context(), s, c, here)
		refused(w, err, fault.Unavailable)
		if p.got.Phone != "+8613900000002" {
			w.Errorf("the service was told %+v", p.got)
		}
		p.err = nil
		_, err = w.VerifyName(w.Context(), s, c, here)
		refused(w, err, fault.Unknown)
		p.who = ref("Patient", "chen")
		token := must(w.VerifyName(w.Context(), s, c, here))(w)
		if who := must(w.BySession(w.Context(), token))(w); who.Resident != "Patient/chen" {
			w.Errorf("acts as %+v", who)
		}
	})
}
