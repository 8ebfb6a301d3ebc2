package app

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/notice"
	"yitong/internal/store/sqlite"
)

// TestAddressees: whom a recipient means is who has the role, the post or the name now: not who has lost it, nor whose
// account is closed.
func TestAddressees(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	db, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "record.db"))
	must(err)
	defer db.Close()
	g := gate.New(db, gate.Config{})
	record := g.Session(gate.Actor{Reference: "Device/registry", Access: gate.Whole(), Process: gate.Everything})
	put := func(kind, id, members string) {
		t.Helper()
		r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":%q,"id":%q,%s}`, kind, id, members))
		must(err)
		of, _ := schema.TypeOf(kind)
		_, err = record.Apply(ctx, []gate.Op{{Kind: gate.Update, Type: of, ID: id, Resource: r}}, nil)
		must(err)
	}
	post := func(id, who, code string, active bool) {
		put("PractitionerRole", id, fmt.Sprintf(`"active":%v,"practitioner":{"reference":"Practitioner/%s"},"organization":{"reference":"Organization/a"},"code":[{"coding":[{"system":"urn:yitong:role","code":%q}]}]`, active, who, code))
	}
	put("Organization", "a", `"name":"a"`)
	put("Organization", "b", `"name":"b"`)
	for _, id := range []string{"wang", "zhao"} {
		put("Practitioner", id, `"active":true`)
	}
	post("p1", "wang", "office", true)
	post("p2", "zhao", "doctor", true)
	put("Patient", "li", `"active":true,"name":[{"text":"李小明"}],"identifier":[{"system":"urn:oid:2.16.156.10011.1.3","value":"110101199001011237"}],"telecom":[{"system":"phone","value":"13900000001"}],"link":[{"other":{"reference":"Patient/source"},"type":"seealso"}]`)
	put("Patient", "source", `"link":[{"other":{"reference":"Patient/li"},"type":"refer"}]`)

	box, err := account.NewBox(make([]byte, account.KeyBytes))
	must(err)
	sent := &lastText{}
	accounts, err := account.New(db, g, account.Config{Box: box, Work: account.Work{Memory: 64, Passes: 1, Lanes: 1}, Sender: sent})
	must(err)
	ids := map[string]string{}
	for name, person := range map[string]string{"ma-office": "", "su-office": "", "wang": "Practitioner/wang", "zhao": "Practitioner/zhao"} {
		ids[name], err = accounts.Create(ctx, account.Console, account.Account{Name: name, Person: person, Phone: "13900000009"})
		must(err)
	}
	give := func(name string, role gate.Role, where string) string {
		t.Helper()
		id, err := accounts.Give(ctx, account.Console, account.Grant{Account: ids[name], Role: role, Institution: where})
		must(err)
		return id
	}
	ma := give("ma-office", gate.Office, "Organization/a")
	give("su-office", gate.Office, "Organization/a")
	give("su-office", gate.Administrator, "Organization/b")
	must(accounts.SendCode(ctx, "13900000001", account.From{}))
	token, err := accounts.SignInByCode(ctx, "13900000001", sent.code(), account.From{})
	must(err)
	signed, err := accounts.Signed(ctx, token)
	must(err)
	ids["li"] = signed.Account.ID

	a := Addressees(g, accounts)
	means := func(want string, r notice.Recipient) {
		t.Helper()
		list, err := a.Holders(ctx, r, 10)
		must(err)
		var got []string
		for _, p := range list {
			for name, id := range ids {
				if id == p.Account {
					got = append(got, name)
				}
			}
			if p.Phone == "" {
				t.Error("the phone is missing")
			}
		}
		slices.Sort(got)
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%v means %q, want %q", r, text, want)
		}
	}
	office, li := notice.Recipient{Reference: "Organization/a", Role: gate.Office}, notice.Recipient{Reference: "Patient/li"}
	means("", li) // the real name is not verified
	_, err = accounts.VerifyName(ctx, signed, account.Claim{Name: "李小明", System: "urn:oid:2.16.156.10011.1.3", Number: "110101199001011237"}, account.From{})
	must(err)
	means("li", li)
	means("li", notice.Recipient{Reference: "Patient/source"})
	means("", notice.Recipient{Reference: "Patient/none"})
	means("ma-office su-office wang", office)
	means("su-office", notice.Recipient{Reference: "Organization/b", Role: gate.Administrator})
	means("", notice.Recipient{Reference: "Organization/b", Role: gate.Office})
	means("zhao", notice.Recipient{Reference: "Organization/a", Role: gate.Doctor})
	means("zhao", notice.Recipient{Reference: "Practitioner/zhao"})
	means("zhao", notice.Recipient{Reference: "PractitionerRole/p2"})
	if list, err := a.Holders(ctx, office, 2); err != nil || len(list) != 2 {
		t.Errorf("of many, two are %v %v", list, err)
	}

	must(accounts.Take(ctx, account.Console, ma))
	post("p1", "wang", "office", false)
	means("su-office", office)
	if _, is, err := a.Holds(ctx, ids["ma-office"], office); err != nil || is {
		t.Errorf("who has lost the role holds it: %v %v", is, err)
	}
	must(accounts.Disable(ctx, account.Console, ids["su-office"], "gone"))
	means("", office)
	if _, is, err := a.Holds(ctx, "none", office); err != nil || is {
		t.Errorf("nobody holds it: %v %v", is, err)
	}
}

// lastText is what a phone got last. It implements [account.Sender].
type lastText struct{ text string }

// TestNoticeSettings: settings by which nothing could be sent are refused at the start.
func TestNoticeSettings(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Serve){
		"no sender":        func(s *Serve) { s.MailHost, s.MailPort, s.MailTLS = "mail.example", 587, "starttls" },
		"no password":      func(s *Serve) { s.MailHost, s.MailPassword = "mail.example", "/nowhere" },
		"no roots":         func(s *Serve) { s.MailHost, s.MailRoots = "mail.example", "/nowhere" },
		"a digest before":  func(s *Serve) { s.NoticeDigest = -time.Second },
		"fewer than none":  func(s *Serve) { s.NoticeSMS = -1 },
		"a port too large": func(s *Serve) { s.MailHost, s.MailPort, s.MailTLS, s.MailFrom = "mail.example", 70000, "tls", "a@b.cn" },
	} {
		s := Serve{
			Record: Record{Database: Database{DB: "sqlite:" + filepath.Join(t.TempDir(), "record.db")}}, Addr: "127.0.0.1:8080", Auth: "required", MaxBody: 1 << 20,
			Zone: "Asia/Shanghai", LogLevel: "error",
		}
		change(&s)
		a, err := New(t.Context(), s)
		if err == nil {
			_ = a.Close()
		}
		if c := fault.CodeOf(err); c != fault.Malformed && c != fault.NotFound {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// Send implements [account.Sender].
func (l *lastText) Send(_ context.Context, _, text string) error {
	l.text = text
	return nil
}

// code is the one in it.
func (l *lastText) code() string { return regexp.MustCompile(`\b[0-9]{6}\b`).FindString(l.text) }
