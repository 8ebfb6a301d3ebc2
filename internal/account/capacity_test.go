package account_test

import (
	"slices"
	"testing"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/gate"
)

// can are the sources of what an account can act as now.
func (w world) can(id string) (sources []string) {
	w.Helper()
	who, _, err := w.Find(w.Context(), account.Console, id)
	good(w, err)
	for _, c := range must(w.Capacities(w.Context(), &who))(w) {
		sources = append(sources, c.Source)
	}
	return sources
}

// TestPosts: which PractitionerRoles make a role.
func TestPosts(t *testing.T) {
	eachDatabase(t, func(w world) {
		id := must(w.Create(w.Context(), account.Console, account.Account{Name: "wang", Person: "Practitioner/wang"}))(w)
		period := func(start, end string) string {
			text := `,"period":{`
			if start != "" {
				text += `"start":"` + start + `"`
			}
			if start != "" && end != "" {
				text += ","
			}
			if end != "" {
				text += `"end":"` + end + `"`
			}
			return text + "}"
		}
		replaced := func(x thing, old, new string) thing {
			x.members = replace(t, x.members, old, new)
			return x
		}
		for _, c := range []struct {
			why  string
			post thing
			want []string
		}{
			{"a doctor", post("p", "wang", "a", "doctor"), []string{"PractitionerRole/p#doctor"}},
			{"somebody else's", post("p", "zhao", "a", "doctor"), nil},
			{"until today", post("p", "wang", "a", "doctor", period("2020-01-01", "2026-05-04")), []string{"PractitionerRole/p#doctor"}},
			{"until yesterday", post("p", "wang", "a", "doctor", period("2020", "2026-05-03")), nil},
			{"from today", post("p", "wang", "a", "doctor", period("2026-05-04", "")), []string{"PractitionerRole/p#doctor"}},
			{"from a moment from now", post("p", "wang", "a", "doctor", period("2026-05-04T16:00:01+08:00", "")), nil},
			{"from now", post("p", "wang", "a", "doctor", period("2026-05-04T16:00:00+08:00", "")), []string{"PractitionerRole/p#doctor"}},
			{"until this month's end", post("p", "wang", "a", "doctor", period("", "2026-05")), []string{"PractitionerRole/p#doctor"}},
			{"not active", replaced(post("p", "wang", "a", "doctor"), `"active":true`, `"active":false`), nil},
			{"not said to be active", replaced(post("p", "wang", "a", "doctor"), `"active":true,`, ``), nil},
			{"at no institution", replaced(post("p", "wang", "a", "doctor"), `"organization":{"reference":"Organization/a"},`, ``), nil},
			{"at an institution with another system", replaced(post("p", "wang", "a", "doctor"), `Organization/a`, `https://other.example/Organization/a`), nil},
			{"at a person", replaced(post("p", "wang", "a", "doctor"), `Organization/a`, `Patient/li`), nil},
			{"at a version of an institution", replaced(post("p", "wang", "a", "doctor"), `Organization/a`, `Organization/a/_history/1`), []string{"PractitionerRole/p#doctor"}},
			{"a code of another system", replaced(post("p", "wang", "a", "doctor"), `http://terminology.hl7.org/CodeSystem/practitioner-role`, `http://other.example`), nil},
			{"a code without a system", replaced(post("p", "wang", "a", "doctor"), `"system":"http://terminology.hl7.org/CodeSystem/practitioner-role",`, ``), nil},
			{"a role that is no clinical one", replaced(post("p", "wang", "a", "operator"), `http://terminology.hl7.org/CodeSystem/practitioner-role`, `urn:yitong:role`), nil},
			{"an administrator", replaced(post("p", "wang", "a", "administrator"), `http://terminology.hl7.org/CodeSystem/practitioner-role`, `urn:yitong:role`), nil},
			{"a technician", replaced(post("p", "wang", "a", "technician"), `http://terminology.hl7.org/CodeSystem/practitioner-role`, `urn:yitong:role`), []string{"PractitionerRole/p#technician"}},
			{"two roles", replaced(post("p", "wang", "b", "nurse"), `"code":[`, `"code":[{"coding":[{"system":"urn:yitong:role","code":"office"}]},`), []string{"PractitionerRole/p#nurse", "PractitionerRole/p#office"}},
		} {
			w.put(c.post)
			if got := w.can(id); !slices.Equal(got, c.want) {
				w.Errorf("%s: %q, want %q", c.why, got, c.want)
			}
		}
		for _, c := range must(w.Capacities(w.Context(), &account.Account{Person: "Practitioner/wang"}))(w) {
			if c.Institution != "Organization/b" {
				w.Errorf("acts at %s", c.Institution)
			}
		}
	})
}

func replace(t testing.TB, text, old, new string) string {
	t.Helper()
	return string(tampered(t, []byte(text), old, new))
}

// TestNobodyAppointsThemself: a post that its person has written does not count, until somebody else has looked at it.
func TestNobodyAppointsThemself(t *testing.T) {
	eachDatabase(t, func(w world) {
		id := must(w.Create(w.Context(), account.Console, account.Account{Name: "wang", Person: "Practitioner/wang"}))(w)
		self := w.gate.Session(gate.Actor{Reference: "Practitioner/wang", Access: gate.Whole()})
		good(w, w.write(self, post("p", "wang", "a", "doctor")))
		if got := w.can(id); len(got) > 0 {
			w.Errorf("can act as %q", got)
		}
		colleague := w.gate.Session(gate.Actor{Reference: "Practitioner/zhao", Access: gate.Whole()})
		good(w, w.write(colleague, post("p", "wang", "a", "doctor", `,"availabilityExceptions":"none"`)))
		if got := w.can(id); !slices.Equal(got, []string{"PractitionerRole/p#doctor"}) {
			w.Errorf("can act as %q", got)
		}
		good(w, w.write(self, post("p", "wang", "b", "doctor")))
		if got := w.can(id); len(got) > 0 {
			w.Errorf("moved themself to another institution: can act as %q", got)
		}
	})
}

// TestGrants: from when, until when, and which make no sense.
func TestGrants(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := must(w.Create(w.Context(), account.Console, account.Account{Name: "wang"}))(w)
		resident := w.signed(w.verified("13900000001", "李小明", "110101199001011237")).Account.ID
		now := w.clock.Now()
		give := func(g account.Grant) (string, error) { return w.Give(w.Context(), account.Console, g) }
		for why, g := range map[string]account.Grant{
			"no role":                        {Account: wang, Role: "king", Institution: "Organization/a"},
			"residents show their name":      {Account: wang, Role: gate.Resident, Resident: "Patient/li"},
			"systems are clients":            {Account: wang, Role: gate.System, Institution: "Organization/a"},
			"a doctor at no institution":     {Account: wang, Role: gate.Doctor},
			"a doctor of a resident":         {Account: wang, Role: gate.Doctor, Institution: "Organization/a", Resident: "Patient/li"},
			"a doctor at a person":           {Account: wang, Role: gate.Doctor, Institution: "Patient/li"},
			"a doctor at what is not there":  {Account: wang, Role: gate.Doctor, Institution: "Organization/zz"},
			"a doctor at what cannot be":     {Account: wang, Role: gate.Doctor, Institution: "Organization/a?_id=a"},
			"an operator at an institution":  {Account: wang, Role: gate.Operator, Institution: "Organization/a"},
			"a proxy for ever":               {Account: wang, Role: gate.Proxy, Resident: "Patient/li", Reason: "mother"},
			"a proxy for two years":          {Account: wang, Role: gate.Proxy, Resident: "Patient/li", Reason: "mother", Until: w.clock.Now().AddDate(2, 0, 0)},
			"a proxy for no reason":          {Account: wang, Role: gate.Proxy, Resident: "Patient/li", Until: w.clock.Now().AddDate(0, 6, 0)},
			"a proxy for nobody":             {Account: wang, Role: gate.Proxy},
			"a proxy for what is not there":  {Account: wang, Role: gate.Proxy, Resident: "Patient/zz", Until: w.clock.Now().AddDate(0, 6, 0), Reason: "mother"},
			"a proxy at an institution":      {Account: wang, Role: gate.Proxy, Resident: "Patient/li", Institution: "Organization/a"},
			"it ends before it begins":       {Account: wang, Role: gate.Guide, Institution: "Organization/a", From: now, Until: now},
			"a doctor who signs in by phone": {Account: resident, Role: gate.Doctor, Institution: "Organization/a"},
			"an operator without a password": {Account: resident, Role: gate.Operator},
		} {
			_, err := give(g)
			if fault.CodeOf(err) != fault.Unprocessable {
				w.Errorf("%s: %v", why, err)
			}
		}
		_, err := give(account.Grant{Account: "nobody", Role: gate.Guide, Institution: "Organization/a"})
		refused(w, err, fault.NotFound)

		later := must(give(account.Grant{Account: wang, Role: gate.Guide, Institution: "Organization/a", From: now.Add(time.Hour), Until: now.Add(2 * time.Hour)}))(w)
		steady := must(give(account.Grant{Account: wang, Role: gate.Doctor, Institution: "Organization/b/_history/1"}))(w)
		ended := must(give(account.Grant{Account: wang, Role: gate.Doctor, Institution: "Organization/a", Ended: true}))(w) // cannot be given so
		if got := w.can(wang); !slices.Equal(got, []string{"grant/" + steady, "grant/" + ended}) {
			w.Errorf("can act as %q", got)
		}
		good(w, w.Take(w.Context(), account.Console, ended))
		for _, step := range []struct {
			after time.Duration
			later bool
		}{{0, false}, {time.Hour - time.Microsecond, false}, {time.Microsecond, true}, {time.Hour - time.Microsecond, true}, {time.Microsecond, false}} {
			w.clock.forward(step.after)
			if got := w.can(wang); slices.Contains(got, "grant/"+later) != step.later || slices.Contains(got, "grant/"+ended) {
				w.Errorf("%v: can act as %q", w.clock.Now().Sub(now), got)
			}
		}
		who, grants, err := w.Find(w.Context(), account.Console, wang)
		good(w, err)
		if len(grants) != 3 || who.ID != wang || grants[1].Institution != "Organization/b" {
			w.Errorf("%+v has %+v", who, grants)
		}
		refused(w, w.Take(w.Context(), account.Console, "nothing"), fault.NotFound)
		good(w, w.Disable(w.Context(), account.Console, wang, "left"))
		who.Disabled = "left"
		_, err = w.Capacities(w.Context(), &who)
		refused(w, err, fault.Forbidden)
	})
}

// TestSwitching: one account has several roles, acts in one, and changes openly; what has ended cannot be acted as.
func TestSwitching(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.put(post("p", "wang", "a", "doctor"))
		wang := w.hire(account.Account{Name: "wang", Called: "王医生", Person: "Practitioner/wang"})
		guide := w.give(wang.ID, "guide", "Organization/b")
		zhao := must(w.Create(w.Context(), account.Console, account.Account{Name: "zhao"}))(w)
		theirs := w.give(zhao, "operator", "")
		_, err := w.BySession(w.Context(), wang.Token)
		refused(w, err, fault.Forbidden) // has chosen nothing yet
		p := w.act(&wang, "PractitionerRole/p#doctor")
		if p.Role != gate.Doctor || p.Institution != "Organization/a" || p.At() != "a" || p.Called != "王医生" ||
			p.Account != wang.ID || p.Actor().Reference != "Practitioner/wang" || p.Session == "" {
			w.Errorf("acts as %+v", p)
		}
		if p := w.act(&wang, "grant/"+guide); p.Role != gate.Guide || p.Institution != "Organization/b" {
			w.Errorf("acts as %+v", p)
		}
		for _, source := range []string{"", "grant/" + theirs, "grant/x", "PractitionerRole/p", "PractitionerRole/p#nurse", "Patient/li", "Practitioner/wang", "client/x"} {
			_, err := w.Act(w.Context(), w.signed(wang.Token), source)
			refused(w, err, fault.Forbidden)
		}
		acts := 0
		for _, e := range w.log.all() {
			if e.What == "acts as doctor" || e.What == "acts as guide" {
				acts++
			}
		}
		if acts != 2 {
			w.Errorf("the log tells of %d changes", acts)
		}

		good(w, w.Take(w.Context(), account.Console, guide))
		_, err = w.BySession(w.Context(), wang.Token)
		refused(w, err, fault.Forbidden)
		w.act(&wang, "PractitionerRole/p#doctor")
		w.put(thing{"PractitionerRole", "p", replace(w, post("p", "wang", "a", "doctor").members, `"active":true`, `"active":false`)})
		w.clock.forward(2 * time.Second) // as long as somebody else's change may go unseen
		_, err = w.BySession(w.Context(), wang.Token)
		refused(w, err, fault.Forbidden)
		_, err = w.Acting(w.Context(), w.signed(wang.Token))
		refused(w, err, fault.Forbidden)
	})
}

// TestProxies act for one resident beside themselves.
func TestProxies(t *testing.T) {
	eachDatabase(t, func(w world) {
		token := w.verified("13900000001", "李小明", "110101199001011237")
		id := w.signed(token).Account.ID
		grant := must(w.Give(w.Context(), account.Console, account.Grant{Account: id, Role: gate.Proxy, Resident: "Patient/chen", Until: w.clock.Now().AddDate(0, 6, 0), Reason: "mother"}))(w)
		if got := w.can(id); !slices.Equal(got, []string{"Patient/li", "grant/" + grant}) {
			w.Errorf("can act as %q", got)
		}
		token = must(w.Act(w.Context(), w.signed(token), "grant/"+grant))(w)
		p := must(w.BySession(w.Context(), token))(w)
		if p.Role != gate.Proxy || p.Resident != "Patient/chen" || p.Person != "Patient/li" ||
			p.Actor().Reference != "Patient/li" {
			w.Errorf("acts as %+v", p)
		}
		program := *p
		program.Client = "app"
		refused(w, w.Take(w.Context(), account.HandOf(&program), grant), fault.Forbidden) // not a program for them
		good(w, w.Take(w.Context(), account.HandOf(p), grant))                            // who has a role gives it up
		_, err := w.BySession(w.Context(), token)
		refused(w, err, fault.Forbidden)
	})
}
