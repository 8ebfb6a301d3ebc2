package account_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/gate"
)

// placed is where somebody in a role is.
func placed(r gate.Role, where string) string {
	if r.Placed() {
		return where
	}
	return ""
}

// action is something that may be done by those whose hands it names.
type action struct {
	name, who string
	do        func(by account.Hand) error
}

// TestWhoMayDoWhat is the table of roles and actions: what is not named is refused.
func TestWhoMayDoWhat(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.put(post("at-a", "wang", "a", "doctor"), post("at-b", "zhao", "b", "nurse"))
		hands := map[string]account.Hand{"console": account.Console}
		for _, r := range gate.Roles() {
			if r != gate.Resident && r != gate.System {
				hands[string(r)] = w.hand("as-"+string(r), r, placed(r, "Organization/a"))
			}
		}
		adminB := w.hand("admin-b", gate.Administrator, "Organization/b")
		hands["resident"] = account.HandOf(must(w.BySession(w.Context(), w.verified("13900000001", "李小明", "110101199001011237")))(w))
		feed := w.register(w.feed("system/*.cruds"))
		hands["system"] = account.HandOf(must(w.ByAuthority(w.Context(), account.Authority{Client: feed.ID, Scopes: "system/*.cruds"}))(w))
		app := w.register(w.app("user/*.cruds"))
		for _, name := range []string{"operator", "administrator"} { // the same people, by a program of others
			p := *hands[name].Acting
			p.Client = app.ID
			hands[name+" by a program"] = account.HandOf(&p)
		}
		n := 0
		create := func(by account.Hand) string {
			n++
			return must(w.Create(w.Context(), by, account.Account{Name: fmt.Sprintf("target-%d", n)}))(w)
		}
		giveTo := func(by account.Hand) func(g account.Grant) error {
			return func(g account.Grant) error {
				g.Account = create(hands["administrator"])
				_, err := w.Give(w.Context(), by, g)
				return err
			}
		}
		const none = "console"
		actions := []action{
			{"create", "console operator administrator", func(by account.Hand) error {
				n++
				_, err := w.Create(w.Context(), by, account.Account{Name: fmt.Sprintf("target-%d", n)})
				return err
			}},
			{"create for a doctor of a", "console administrator", func(by account.Hand) error {
				w.put(thing{"Practitioner", fmt.Sprintf("d%d", n), `"active":true`})
				w.put(post(fmt.Sprintf("d%d", n), fmt.Sprintf("d%d", n), "a", "doctor"))
				n++
				_, err := w.Create(w.Context(), by, account.Account{Name: fmt.Sprintf("target-%d", n), Person: fmt.Sprintf("Practitioner/d%d", n-1)})
				return err
			}},
			{"create for a nurse of b", none, func(by account.Hand) error {
				n++
				w.put(thing{"Practitioner", fmt.Sprintf("d%d", n), `"active":true`})
				w.put(post(fmt.Sprintf("d%d", n), fmt.Sprintf("d%d", n), "b", "nurse"))
				_, err := w.Create(w.Context(), by, account.Account{Name: fmt.Sprintf("target-%d", n), Person: fmt.Sprintf("Practitioner/d%d", n)})
				return err
			}},
			{"invite what a has made", "console administrator", func(by account.Hand) error {
				_, err := w.Invite(w.Context(), by, create(hands["administrator"]), true)
				return err
			}},
			{"invite what b has made", none, func(by account.Hand) error {
				_, err := w.Invite(w.Context(), by, create(adminB), true)
				return err
			}},
			{"invite what the platform has made", "console operator", func(by account.Hand) error {
				_, err := w.Invite(w.Context(), by, create(account.Console), true)
				return err
			}},
			{"disable what a has made", "console operator administrator", func(by account.Hand) error {
				return w.Disable(w.Context(), by, create(hands["administrator"]), "left")
			}},
			{"disable what b has made", "console operator", func(by account.Hand) error {
				return w.Disable(w.Context(), by, create(adminB), "left")
			}},
			{"disable a resident", "console operator", func(by account.Hand) error {
				n++
				return w.Disable(w.Context(), by, w.signed(w.newcomer(n)).Account.ID, "misuse")
			}},
			{"find what b has made", "console operator", func(by account.Hand) error {
				_, _, err := w.Find(w.Context(), by, create(adminB))
				return err
			}},
			{"find what a has made", "console operator administrator", func(by account.Hand) error {
				_, _, err := w.Find(w.Context(), by, create(hands["administrator"]))
				return err
			}},
			{"list accounts", "console operator", func(by account.Hand) error { _, err := w.Accounts.Accounts(w.Context(), by, "", 10); return err }},
			{"list clients", "console operator administrator", func(by account.Hand) error { _, err := w.Clients(w.Context(), by, "", 10); return err }},
			{"search staff", "console operator administrator", func(by account.Hand) error {
				_, _, _, err := w.Staff(w.Context(), by, account.Sought{Most: 10})
				return err
			}},
			{"history", "console operator", func(by account.Hand) error {
				_, err := w.History(w.Context(), by, "account", create(account.Console))
				return err
			}},
			{"history of what a has made", "console operator administrator", func(by account.Hand) error {
				_, err := w.History(w.Context(), by, "account", create(hands["administrator"]))
				return err
			}},
			{"history of what b has made", "console operator", func(by account.Hand) error {
				_, err := w.History(w.Context(), by, "account", create(adminB))
				return err
			}},
			{"history of whom a has made, and who works at b too", "console operator", func(by account.Hand) error {
				id := create(hands["administrator"])
				w.give(id, "doctor", "Organization/b")
				_, err := w.History(w.Context(), by, "account", id)
				return err
			}},
			{"history of a grant at a", "console operator", func(by account.Hand) error {
				_, err := w.History(w.Context(), by, "grant", w.give(create(hands["administrator"]), "doctor", "Organization/a"))
				return err
			}},
			{"register an app", "console operator", func(by account.Hand) error {
				_, err := w.Register(w.Context(), by, w.app("user/*.rs"))
				return err
			}},
			{"register a feed of a", "console administrator", func(by account.Hand) error {
				_, err := w.Register(w.Context(), by, w.feed("system/*.rs"))
				return err
			}},
			{"register a feed of a that may ask about the tokens of others", none, func(by account.Hand) error {
				c := w.feed("system/*.rs")
				c.Introspects = true
				_, err := w.Register(w.Context(), by, c)
				return err
			}},
			{"register a feed of b", none, func(by account.Hand) error {
				c := w.feed("system/*.rs")
				c.Institution = "Organization/b"
				_, err := w.Register(w.Context(), by, c)
				return err
			}},
			{"change the keys of a feed of b", none, func(by account.Hand) error {
				c := w.feed("system/*.rs")
				c.Institution = "Organization/b"
				c = w.register(c)
				c.Institution, c.KeysURL = "Organization/a", "https://evil.example/jwks" // said to be a's
				_, err := w.Register(w.Context(), by, c)
				return err
			}},
			{"make an app a feed of a", "console", func(by account.Hand) error {
				c := w.feed("system/*.rs")
				c.ID = w.register(w.app("user/*.rs")).ID
				_, err := w.Register(w.Context(), by, c)
				return err
			}},
			{"make a feed of a an app", "console", func(by account.Hand) error {
				c := w.app("user/*.rs")
				c.ID = w.register(w.feed("system/*.rs")).ID
				_, err := w.Register(w.Context(), by, c)
				return err
			}},
			{"close a client", "console operator", func(by account.Hand) error {
				return w.Close(w.Context(), by, w.register(w.feed("system/*.rs")).ID, "misuse")
			}},
			{"take a doctor's role at a", "console administrator", func(by account.Hand) error {
				id := create(hands["administrator"])
				return w.Take(w.Context(), by, w.give(id, "doctor", "Organization/a"))
			}},
			{"take a doctor's role at b", none, func(by account.Hand) error {
				id := create(adminB)
				return w.Take(w.Context(), by, w.give(id, "doctor", "Organization/b"))
			}},
			{"take an operator's role", none, func(by account.Hand) error {
				return w.Take(w.Context(), by, w.give(create(account.Console), "operator", ""))
			}},
		}
		for _, r := range gate.Roles() {
			may := map[gate.Role]string{
				gate.Operator: none, gate.Regulator: "console operator", gate.Insurer: "console operator", gate.CDC: "console operator",
				gate.Resident: "", gate.System: "",
			}
			who, ok := may[r]
			if !ok {
				who = "console administrator"
			}
			g := account.Grant{Role: r, Institution: placed(r, "Organization/a")}
			if r == gate.Proxy || r == gate.Resident {
				g.Resident, g.Until, g.Reason = "Patient/li", w.clock.Now().AddDate(0, 6, 0), "mother"
			}
			actions = append(actions, action{"give the role " + string(r), who, func(by account.Hand) error { return giveTo(by)(g) }})
			if r.Placed() && r != gate.System {
				g := g
				g.Institution = "Organization/b"
				if who == "console administrator" {
					who = none
				}
				actions = append(actions, action{"give the role " + string(r) + " at b", who, func(by account.Hand) error { return giveTo(by)(g) }})
			}
		}
		for _, a := range actions {
			for name, by := range hands {
				err := a.do(by)
				may := slices.Contains(strings.Fields(a.who), name)
				if may && err != nil ||
					!may && fault.CodeOf(err) != fault.Forbidden && !(a.who == "" && fault.CodeOf(err) == fault.Unprocessable) {
					w.Errorf("%s: %s: %v", name, a.name, err)
				}
			}
		}
	})
}

// newcomer is a resident by a phone of their own.
func (w world) newcomer(n int) (token string) {
	w.Helper()
	phone := fmt.Sprintf("137%08d", n)
	from := at(fmt.Sprintf("2001:db8:0:%x::1", n))
	good(w, w.SendCode(w.Context(), phone, from))
	return must(w.SignInByCode(w.Context(), phone, w.phones.code(phone), from))(w)
}

// TestNobodyRaisesThemself: no role gives its holder another one, or changes its holder's account.
func TestNobodyRaisesThemself(t *testing.T) {
	eachDatabase(t, func(w world) {
		for _, r := range []gate.Role{gate.Operator, gate.Administrator, gate.Doctor, gate.Office} {
			by := w.hand("as-"+string(r), r, placed(r, "Organization/a"))
			for _, wanted := range gate.Roles() {
				g := account.Grant{Account: by.Account, Role: wanted, Institution: placed(wanted, "Organization/a")}
				if wanted == gate.Proxy {
					g.Resident, g.Until, g.Reason = "Patient/li", w.clock.Now().AddDate(0, 6, 0), "mother"
				}
				if _, err := w.Give(w.Context(), by, g); err == nil {
					w.Errorf("%s gave themself the role %s", r, wanted)
				}
			}
			_, err := w.Invite(w.Context(), by, by.Account, true)
			refused(w, err, fault.Forbidden)
			refused(w, w.Disable(w.Context(), by, by.Account, ""), fault.Forbidden)
		}
	})
}

// TestOperatorsMakeNoWay to records: each path that somebody who runs the platform could think of ends at a refusal.
func TestOperatorsMakeNoWay(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.observed()
		w.put(post("soon", "wang", "a", "doctor", `,"period":{"start":"2026-06-01"}`))
		w.put(post("now", "zhao", "a", "nurse"))
		by := w.hand("operator", gate.Operator, "")
		forbidden := func(path string, err error) {
			w.Helper()
			if fault.CodeOf(err) != fault.Forbidden {
				w.Errorf("%s: %v", path, err)
			}
		}
		// A second account of their own.
		puppet := must(w.Create(w.Context(), by, account.Account{Name: "puppet"}))(w)
		for _, r := range gate.Roles() {
			g := account.Grant{Account: puppet, Role: r, Institution: placed(r, "Organization/a")}
			if r == gate.Proxy {
				g.Resident, g.Until, g.Reason = "Patient/li", w.clock.Now().AddDate(0, 6, 0), "mother"
			}
			_, err := w.Give(w.Context(), by, g)
			if blind := r == gate.Regulator || r == gate.Insurer || r == gate.CDC; (err == nil) != blind {
				w.Errorf("gives the role %s: %v", r, err)
			}
		}
		// One in the name of somebody who is, or will be, a doctor.
		for _, who := range []string{"wang", "zhao"} {
			_, err := w.Create(w.Context(), by, account.Account{Name: "for-" + who, Person: "Practitioner/" + who})
			forbidden("an account for "+who, err)
		}
		// The account of somebody who sees records, will see them, has seen them, or appoints those who do.
		later := w.clock.Now().Add(time.Hour)
		grants := map[string]account.Grant{
			"doctor":            {Role: gate.Doctor, Institution: "Organization/a"},
			"doctor from later": {Role: gate.Doctor, Institution: "Organization/a", From: later},
			"office":            {Role: gate.Office, Institution: "Organization/a"},
			"guide":             {Role: gate.Guide, Institution: "Organization/a"},
			"proxy":             {Role: gate.Proxy, Resident: "Patient/li", Until: w.clock.Now().AddDate(0, 6, 0), Reason: "mother"},
			"administrator":     {Role: gate.Administrator, Institution: "Organization/a"},
			"operator":          {Role: gate.Operator},
		}
		i := 0
		for name, g := range grants {
			i++
			g.Account = must(w.Create(w.Context(), account.Console, account.Account{Name: fmt.Sprintf("someone-%d", i)}))(w)
			grant := must(w.Give(w.Context(), account.Console, g))(w)
			_, err := w.Invite(w.Context(), by, g.Account, true)
			forbidden("the account of a "+name, err)
			good(w, w.Take(w.Context(), account.Console, grant))
			_, err = w.Invite(w.Context(), by, g.Account, true)
			forbidden("the account of a "+name+" who was", err)
			good(w, w.Disable(w.Context(), by, g.Account, "checked")) // to stop somebody they may
			_, err = w.Invite(w.Context(), by, g.Account, true)
			forbidden("the disabled account of a "+name, err)
		}
		for _, who := range []string{"wang", "zhao"} {
			id := must(w.Create(w.Context(), account.Console, account.Account{Name: "true-" + who, Person: "Practitioner/" + who}))(w)
			_, err := w.Invite(w.Context(), by, id, true)
			forbidden("the account of "+who, err)
		}
		admin := w.hand("admin", gate.Administrator, "Organization/a")
		fresh := must(w.Create(w.Context(), admin, account.Account{Name: "fresh"}))(w) // who will be somebody
		_, err := w.Invite(w.Context(), by, fresh, false)
		forbidden("an account that an institution has just made", err)
		_, err = w.Give(w.Context(), admin, account.Grant{Account: puppet, Role: gate.Doctor, Institution: "Organization/a"})
		forbidden("an administrator takes the operator's puppet for a colleague", err)
		resident := w.signed(w.resident("13900000001")).Account.ID
		if _, err := w.Invite(w.Context(), by, resident, true); err == nil {
			w.Error("a resident gets a password")
		}
		// A program, or another one's keys.
		for _, scopes := range []string{"system/*.cruds", "system/Observation.r", ""} {
			_, err := w.Register(w.Context(), by, w.feed(scopes))
			forbidden("a feed", err)
		}
		feed := w.register(w.feed("system/*.cruds"))
		feed.KeysURL = "https://evil.example/jwks"
		_, err = w.Register(w.Context(), by, feed)
		forbidden("another one's keys", err)
		forApp := w.app("user/*.cruds patient/*.cruds")
		forApp.ID = feed.ID
		_, err = w.Register(w.Context(), by, forApp)
		forbidden("a feed made an app", err)
		app := must(w.Register(w.Context(), by, w.app("user/*.cruds patient/*.cruds")))(w)
		for _, a := range []account.Authority{
			{Client: app, Account: by.Account, Acting: by.Acting.Source, Scopes: "user/*.cruds"},
			{Client: app, Account: by.Account, Acting: by.Acting.Source, Scopes: "patient/*.cruds", Patient: "Patient/li"},
		} {
			s := w.gate.Session(must(w.ByAuthority(w.Context(), a))(w).Actor())
			if err := w.see(s, "Observation"); fault.CodeOf(err) != fault.Forbidden {
				w.Errorf("an app of their own, as %+v, sees Observations: %v", a, err)
			}
		}
		_, err = w.ByAuthority(w.Context(), account.Authority{Client: app, Scopes: "user/*.cruds patient/*.cruds", Patient: "Patient/li"})
		if fault.CodeOf(err) != fault.Unknown {
			w.Errorf("an app of their own, without a person: %v", err)
		}
		// The record itself.
		s := w.gate.Session(by.Acting.Actor())
		for _, x := range []thing{
			post("own", "wang", "a", "doctor"),
			{"PractitionerRole", "now", post("now", "zhao", "a", "doctor").members},
			{"Practitioner", "wang", `"active":true`},
			{"Patient", "own", person("操作员", "1", "13900000005")},
			{"RelatedPerson", "own", `"patient":{"reference":"Patient/li"}`},
			{"Consent", "own", `"status":"active"`},
			{"Group", "own", `"type":"person","actual":true`},
			{"Subscription", "own", `"status":"requested","reason":"x","criteria":"Observation?","channel":{"type":"rest-hook"}`},
		} {
			forbidden("writes "+x.kind, w.write(s, x))
		}
	})
}

// TestAdministratorsStayAtHome: an administrator of one institution gets no account of another into their hands.
func TestAdministratorsStayAtHome(t *testing.T) {
	eachDatabase(t, func(w world) {
		a, b := w.hand("admin-a", gate.Administrator, "Organization/a"), w.hand("admin-b", gate.Administrator, "Organization/b")
		regulator := w.hand("regulator", gate.Regulator, "Organization/a")
		theirs := must(w.Create(w.Context(), b, account.Account{Name: "theirs"}))(w)
		mine := must(w.Create(w.Context(), a, account.Account{Name: "mine"}))(w)
		resident := w.signed(w.verified("13900000001", "李小明", "110101199001011237")).Account.ID
		refuse := func(what string, id string) {
			w.Helper()
			_, err := w.Invite(w.Context(), a, id, true)
			if fault.CodeOf(err) != fault.Forbidden {
				w.Errorf("invites %s: %v", what, err)
			}
			if err := w.Disable(w.Context(), a, id, "x"); fault.CodeOf(err) != fault.Forbidden {
				w.Errorf("disables %s: %v", what, err)
			}
			if _, _, err := w.Find(w.Context(), a, id); fault.CodeOf(err) != fault.Forbidden {
				w.Errorf("finds %s: %v", what, err)
			}
		}
		refuse("one of b", theirs)
		refuse("a regulator who sits at a", regulator.Account)
		refuse("the other administrator", b.Account)
		refuse("a resident", resident)
		// A role at one's own institution does not bring the account.
		must(w.Give(w.Context(), a, account.Grant{Account: theirs, Role: gate.Guide, Institution: "Organization/a"}))(w)
		refuse("one of b who helps at a", theirs)
		must(w.Invite(w.Context(), a, mine, true))(w)
		must(w.Give(w.Context(), b, account.Grant{Account: mine, Role: gate.Guide, Institution: "Organization/b"}))(w)
		refuse("one of a who helps at b", mine)
		must(w.Give(w.Context(), a, account.Grant{Account: resident, Role: gate.Proxy, Resident: "Patient/chen", Until: w.clock.Now().AddDate(0, 6, 0), Reason: "mother"}))(w)
		refuse("a resident who is a proxy", resident)
		// One who has a post elsewhere since.
		w.put(post("home", "zhao", "a", "nurse"))
		nurse := must(w.Create(w.Context(), a, account.Account{Name: "nurse", Person: "Practitioner/zhao"}))(w)
		must(w.Invite(w.Context(), a, nurse, true))(w)
		w.put(post("away", "zhao", "b", "nurse"))
		refuse("one of a who has a post at b", nurse)
		// What may not be: a person of another institution.
		w.put(post("p", "wang", "a", "doctor"), post("q", "wang", "b", "doctor"))
		_, err := w.Create(w.Context(), a, account.Account{Name: "wang", Person: "Practitioner/wang"})
		refused(w, err, fault.Forbidden)
		_, err = w.Create(w.Context(), a, account.Account{Name: "li", Person: "Patient/li"})
		if err == nil {
			w.Error("staff stand for a Patient")
		}
	})
}

// TestCreate: names, phones and people are each of one account.
func TestCreate(t *testing.T) {
	eachDatabase(t, func(w world) {
		create := func(a account.Account) error {
			_, err := w.Create(w.Context(), account.Console, a)
			return err
		}
		good(w, create(account.Account{Name: "Wang", Phone: "13900000007", Person: "Practitioner/wang", Called: " 王 "}))
		for why, c := range map[string]struct {
			a    account.Account
			code fault.Code
		}{
			"the name":           {account.Account{Name: "wang "}, fault.Conflict},
			"the phone":          {account.Account{Name: "wang2", Phone: "+86 139 0000 0007"}, ""}, // of two people, or of one twice
			"the person":         {account.Account{Name: "wang3", Person: "Practitioner/wang"}, fault.Conflict},
			"no name":            {account.Account{Phone: "13900000008"}, fault.Malformed},
			"no phone":           {account.Account{Name: "wang4", Phone: "1"}, fault.Malformed},
			"no Practitioner":    {account.Account{Name: "wang5", Person: "Patient/li"}, fault.Unprocessable},
			"no Practitioner, 2": {account.Account{Name: "wang6", Person: "wang"}, fault.Unprocessable},
			"no institution":     {account.Account{Name: "wang7", Home: "Organization/none"}, fault.Unprocessable},
		} {
			if err := create(c.a); fault.CodeOf(err) != c.code {
				w.Errorf("%s: %v", why, err)
			}
		}
		for _, name := range []string{"WANG", "wang "} {
			who, _, err := w.Find(w.Context(), account.Console, name)
			good(w, err)
			if who.Name != "wang" || who.Called != "王" || who.Phone != "+8613900000007" || who.Password != nil || who.Strong() {
				w.Errorf("%+v", who)
			}
		}
		// What only the person may set is not taken from who makes the account.
		good(w, create(account.Account{Name: "zhao", Password: []byte("x"), Seed: []byte("x"), Spare: [][]byte{{1}}, Checked: w.Now(), Invite: &account.Invite{}}))
		who, _, err := w.Find(w.Context(), account.Console, "zhao")
		good(w, err)
		if who.Password != nil || who.Strong() || who.Spare != nil || !who.Checked.IsZero() || who.Home != "" ||
			who.Invite != nil {
			w.Errorf("%+v", who)
		}
		_, _, err = w.Find(w.Context(), account.Console, "nobody")
		refused(w, err, fault.NotFound)
		refused(w, w.Disable(w.Context(), account.Console, who.ID, strings.Repeat("x", 501)), fault.Unprocessable)
		_, err = w.Give(w.Context(), account.Console, account.Grant{Account: who.ID, Role: gate.Guide, Institution: "Organization/a", Reason: strings.Repeat("x", 501)})
		refused(w, err, fault.Unprocessable)
	})
}
