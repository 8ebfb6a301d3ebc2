package account_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// find searches in a session.
func (w world) find(s *gate.Session, kind, query string) (names []string, err error) {
	w.Helper()
	asked, err := s.Request([]schema.Type{typeOf(kind)}, gate.Pairs(query), gate.Wishes{})
	if err != nil {
		return nil, err
	}
	found, err := s.Search(w.Context(), asked, "test", "")
	if err != nil {
		return nil, err
	}
	for _, v := range slices.Concat(found.Matches, found.Included) {
		names = append(names, v.Ref.String())
	}
	slices.Sort(names)
	return names, nil
}

// see is the refusal of every way to look at a type; nil if one is open.
func (w world) see(s *gate.Session, kind string) (err error) {
	w.Helper()
	for _, look := range []func() error{
		func() error { _, err := w.find(s, kind, ""); return err },
		func() error { _, err := s.Read(w.Context(), ref(kind, "x")); return err },
		func() error { _, err := s.VRead(w.Context(), ref(kind, "x"), 1); return err },
		func() error {
			_, err := s.History(w.Context(), gate.History{Type: typeOf(kind), Count: 10})
			return err
		},
		func() error {
			_, err := s.History(w.Context(), gate.History{Type: typeOf(kind), ID: "x", Count: 10})
			return err
		},
		func() error {
			_, err := s.Apply(w.Context(), []gate.Op{{Kind: gate.Read, Type: typeOf(kind), ID: "x"}}, nil)
			return err
		},
	} {
		if err = look(); err == nil || fault.CodeOf(err) == fault.NotFound {
			return nil
		}
	}
	return err
}

// public tells whether a type is about nobody's health.
func public(t schema.Type) bool { return slices.Contains(gate.PublicTypes(), t) }

// observed puts in an observation of each resident.
func (w world) observed() {
	w.Helper()
	for _, who := range []string{"li", "chen"} {
		w.put(
			thing{"Observation", "o-" + who, observation(who)},
			thing{"Encounter", "e-" + who, fmt.Sprintf(`"status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/%s"}`, who)},
		)
		w.put(thing{"Observation", "o-" + who, observation(who) + `,"issued":"2026-05-04T08:00:00Z"`})
	}
}

func observation(who string) string {
	return fmt.Sprintf(`"meta":{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/a"}}]},`+
		`"status":"final","code":{"text":"血糖"},"subject":{"reference":"Patient/%s"}`, who)
}

// TestResidentsSeeTheirOwn: by no way to look at the record does a resident, or a proxy, see another's.
func TestResidentsSeeTheirOwn(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.observed()
		token := w.verified("13900000001", "李小明", "110101199001011237")
		own := must(w.BySession(w.Context(), token))(w)
		proxy := w.hand("zhao", gate.Proxy, "").Acting // of the same resident
		for name, p := range map[string]*account.Principal{"resident": own, "proxy": proxy} {
			s := w.gate.Session(p.Actor())
			for query, want := range map[string][]string{
				"Patient?":                                 {"Patient/li"},
				"Observation?":                             {"Observation/o-li"},
				"Observation?subject=Patient/chen":         nil,
				"Observation?_id=o-chen":                   nil,
				"Observation?_include=Observation:subject": {"Observation/o-li", "Patient/li"},
				"Observation?subject:Patient.name=陈芳":      nil,
				"Patient?_revinclude=Observation:subject":  {"Observation/o-li", "Patient/li"},
				"Patient?_has:Observation:subject:code=x":  nil,
				"Patient?phone=13900000002":                nil,
				"Encounter?":                               {"Encounter/e-li"},
				"Encounter?_lastUpdated=gt2000":            {"Encounter/e-li"},
				"Organization?":                            {"Organization/a", "Organization/b"},
			} {
				kind, rest, _ := strings.Cut(query, "?")
				got, err := w.find(s, kind, rest)
				if err != nil || !slices.Equal(got, want) {
					w.Errorf("%s finds %q by %s: %v", name, got, query, err)
				}
			}
			for _, r := range []string{"Patient/chen", "Observation/o-chen", "Encounter/e-chen"} {
				kind, id, _ := strings.Cut(r, "/")
				_, err := s.Read(w.Context(), ref(kind, id))
				hidden := refused(w, err, fault.NotFound)
				_, err = s.Read(w.Context(), ref(kind, "none"))
				if none := refused(w, err, fault.NotFound); strings.ReplaceAll(none, "none", id) != hidden {
					w.Errorf("%s is told %q, of what is not there %q", name, hidden, none)
				}
				_, err = s.VRead(w.Context(), ref(kind, id), 1)
				refused(w, err, fault.NotFound)
				if page, err := s.History(w.Context(), gate.History{Type: typeOf(kind), ID: id, Count: 10}); err == nil && len(page.Versions) > 0 {
					w.Errorf("%s sees the history of %s", name, r)
				}
			}
			must(s.VRead(w.Context(), ref("Observation", "o-li"), 1))(w)
			page := must(s.History(w.Context(), gate.History{Count: 100}))(w)
			seen := map[string]bool{}
			for _, v := range page.Versions {
				seen[v.Ref.String()] = true
			}
			if !seen["Observation/o-li"] || seen["Observation/o-chen"] || seen["Patient/chen"] || seen["Encounter/e-chen"] {
				w.Errorf("%s sees the history of %v", name, seen)
			}
			good(w, s.Scan(w.Context(), func(v store.Version) error {
				if strings.HasSuffix(v.Ref.ID, "chen") {
					w.Errorf("%s scans %s", name, v.Ref)
				}
				return nil
			}))
			for _, x := range []thing{
				{"Observation", "o-li", observation("li")},
				{"Observation", "new", observation("li")},
				{"Patient", "li", person("李小明", "1", "13900000001")},
				post("p", "wang", "a", "doctor"),
			} {
				refused(w, w.write(s, x), fault.Forbidden)
			}
		}
		if p := own.Actor(); p.Reference != "Patient/li" || p.Client != "" {
			w.Errorf("the resident is %+v", p)
		}
	})
}

// TestOperatorsSeeNothingClinical, of any type, by any way; nor do those who watch or pay.
func TestOperatorsSeeNothingClinical(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.observed()
		some := map[gate.Role]string{gate.Administrator: "Task AuditEvent Communication", gate.Regulator: "Task AuditEvent Communication Subscription", gate.Insurer: "Coverage Claim ClaimResponse Task Communication Subscription"} // of theirs
		for role, where := range map[gate.Role]string{gate.Operator: "", gate.Administrator: "Organization/a", gate.Regulator: "Organization/a", gate.Insurer: "Organization/a"} {
			s := w.gate.Session(w.hand("as-"+string(role), role, where).Acting.Actor())
			closed := 0
			for _, kind := range schema.Types() {
				if public(kind) || slices.Contains(strings.Fields(some[role]), kind.String()) {
					continue
				}
				closed++
				if err := w.see(s, kind.String()); fault.CodeOf(err) != fault.Forbidden {
					w.Errorf("%s looks at %s: %v", role, kind, err)
				}
			}
			if closed < 90 {
				w.Errorf("only %d types are clinical", closed)
			}
			good(w, s.Scan(w.Context(), func(v store.Version) error {
				if !public(v.Ref.Type) {
					w.Errorf("%s scans %s", role, v.Ref)
				}
				return nil
			}))
			for _, query := range []string{"Organization?_revinclude=Patient:organization", "Practitioner?_revinclude=Encounter:practitioner", "Practitioner?_has:Encounter:practitioner:status=finished", "Organization?_has:Patient:organization:name=x"} {
				kind, rest, _ := strings.Cut(query, "?")
				names, err := w.find(s, kind, rest)
				for _, n := range names {
					if t, _, _ := strings.Cut(n, "/"); !public(typeOf(t)) {
						w.Errorf("%s finds %s by %s, %v", role, n, query, err)
					}
				}
			}
			refused(w, w.write(s, thing{"Observation", "x", observation("li")}), fault.Forbidden)
		}
	})
}

// TestAdministratorsWritePostsOfTheirOwn institution, and move none out of it or into it.
func TestAdministratorsWritePostsOfTheirOwn(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.put(post("at-b", "zhao", "b", "nurse"))
		s := w.gate.Session(w.hand("admin", gate.Administrator, "Organization/a").Acting.Actor())
		good(w, w.write(s, post("at-a", "wang", "a", "doctor")))
		good(w, w.write(s, post("at-a", "wang", "a", "nurse")))
		for why, x := range map[string]thing{
			"a new one at another":      post("new", "wang", "b", "doctor"),
			"one at another":            post("at-b", "zhao", "b", "doctor"),
			"one of another's, moved":   post("at-b", "zhao", "a", "doctor"),
			"one of their own, moved":   post("at-a", "wang", "b", "doctor"),
			"one at nobody's":           {"PractitionerRole", "new", `"active":true,"practitioner":{"reference":"Practitioner/wang"}`},
			"an institution":            {"Organization", "a", `"name":"other"`},
			"a resident":                {"Patient", "li", person("李小明", "1", "13900000001")},
			"one elsewhere, so written": {"PractitionerRole", "new", `"active":true,"organization":{"reference":"https://other.example/Organization/a"}`},
			"one with such a display":   {"PractitionerRole", "new", `"active":true,"organization":{"display":"Organization/a"}`},
			"one that is contained":     {"PractitionerRole", "new", `"active":true,"contained":[{"resourceType":"Organization","id":"a"}],"organization":{"reference":"#a"}`},
		} {
			if c := fault.CodeOf(w.write(s, x)); c != fault.Forbidden && c != fault.NotFound {
				w.Errorf("%s: %s", why, c)
			}
		}
		_, err := s.Apply(w.Context(), []gate.Op{{Kind: gate.Delete, Type: typeOf("PractitionerRole"), ID: "at-a"}}, nil)
		refused(w, err, fault.Forbidden)
		names, err := w.find(w.record, "PractitionerRole", "organization=Organization/b")
		if err != nil || !slices.Equal(names, []string{"PractitionerRole/at-b"}) {
			w.Errorf("at b are %q, %v", names, err)
		}
		v := must(w.record.Read(w.Context(), ref("PractitionerRole", "at-b")))(w)
		if v.Number != 1 {
			w.Errorf("the post at b has %d versions", v.Number)
		}
		op := w.gate.Session(w.hand("oper", gate.Operator, "").Acting.Actor())
		refused(w, w.write(op, post("new", "wang", "a", "doctor")), fault.Forbidden)
		refused(w, w.write(op, thing{"Practitioner", "wang", `"name":[{"text":"x"}]`}), fault.Forbidden)
	})
}

// TestPrograms do what both the person's role and their scopes allow.
func TestPrograms(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.observed()
		wang := w.hire(account.Account{Name: "wang"})
		doctor := "grant/" + w.give(wang.ID, "doctor", "Organization/a")
		op := "grant/" + w.give(wang.ID, "operator", "")
		li := w.signed(w.verified("13900000001", "李小明", "110101199001011237")).Account.ID
		app := w.register(w.app("patient/*.cruds user/*.cruds"))
		feed := w.register(w.feed("system/*.cruds"))
		for _, c := range []struct {
			a    account.Authority
			want []string // observations
		}{
			{account.Authority{Account: wang.ID, Acting: doctor, Scopes: "user/*.rs"}, []string{"Observation/o-chen", "Observation/o-li"}},
			{account.Authority{Account: wang.ID, Acting: doctor, Scopes: "user/Patient.rs"}, nil},
			{account.Authority{Account: wang.ID, Acting: doctor, Scopes: "patient/Observation.rs", Patient: "Patient/li"}, []string{"Observation/o-li"}},
			{account.Authority{Account: wang.ID, Acting: doctor, Scopes: "patient/Observation.rs"}, nil},
			{account.Authority{Account: wang.ID, Acting: doctor, Scopes: "patient/Observation.rs", Patient: "Patient/li,Patient/chen"}, nil},
			{account.Authority{Account: wang.ID, Acting: doctor, Scopes: "user/Observation.rs?status=preliminary"}, nil},
			{account.Authority{Account: wang.ID, Acting: op, Scopes: "user/*.cruds"}, nil},
			{account.Authority{Account: wang.ID, Acting: op, Scopes: "patient/*.cruds", Patient: "Patient/li"}, nil},
			{account.Authority{Account: li, Acting: "Patient/li", Scopes: "user/*.cruds"}, []string{"Observation/o-li"}},
			{account.Authority{Account: li, Acting: "Patient/li", Scopes: "patient/*.rs", Patient: "Patient/li"}, []string{"Observation/o-li"}},
			{account.Authority{Account: li, Acting: "Patient/li", Scopes: "patient/*.rs", Patient: "Patient/chen"}, nil},
			{account.Authority{Client: feed.ID, Scopes: "system/*.rs"}, []string{"Observation/o-chen", "Observation/o-li"}},
			{account.Authority{Client: feed.ID, Scopes: "system/Patient.rs"}, nil},
			{account.Authority{Client: feed.ID, Scopes: "user/*.rs patient/*.rs", Patient: "Patient/li"}, nil},
		} {
			if c.a.Client == "" {
				c.a.Client = app.ID
			}
			s := w.gate.Session(must(w.ByAuthority(w.Context(), c.a))(w).Actor())
			got, err := w.find(s, "Observation", "")
			if err != nil {
				refused(w, err, fault.Forbidden)
			}
			refused(w, s.Call("emergency-access"), fault.Forbidden)
			if !slices.Equal(got, c.want) {
				w.Errorf("%+v finds %q", c.a, got)
			}
			err = w.write(s, thing{"Observation", "written", observation("li")})
			if mayWrite := strings.Contains(c.a.Scopes, "cruds") && c.a.Acting == doctor; (err == nil) != mayWrite {
				w.Errorf("%+v writes: %v", c.a, err)
			}
		}
	})
}
