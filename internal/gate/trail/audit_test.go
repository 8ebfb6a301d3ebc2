package trail

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/fhir/structure"
	"yitong/internal/fhir/terminology"
	"yitong/internal/fhir/validate"
)

var at = time.Date(2026, 11, 22, 2, 3, 4, 567890_000, time.UTC)

const id = "019aa2f5-1111-7222-8333-444455556666"

// sheet names two members of the staff and one institution.
var sheet = Sheet{Zone: time.FixedZone("", 8*3600), Site: "示范县", Name: func(ref string) string {
	return map[string]string{"Practitioner/wang": "王<强>", "Practitioner/li": "李敏", "Organization/county": "县医院"}[ref]
}}

// kinds are records of every kind.
func kinds() map[string]Record {
	doctor := Record{ID: id, At: at, Do: "read", Outcome: Done, Who: "Practitioner/wang", As: "doctor", Grant: "g 1", For: "Organization/county", Client: "his", Why: "TREAT", From: "10.1.2.3", Request: "req-1"}
	with := func(change func(*Record)) Record { r := doctor; change(&r); return r }
	return map[string]Record{
		"read": with(func(r *Record) {
			r.On, r.Saw, r.Of = "Observation/1", []string{"Observation/1/2"}, []string{"Patient/mine"}
		}),
		"search of several": with(func(r *Record) {
			r.Do, r.On, r.Query = "search-type", "Observation", "patient=Patient/mine,Patient/other&code=HIV"
			r.Of = []string{"Patient/other", "Patient/mine"}
			r.Saw = []string{"Observation/7/1 0", "Observation/8/1 1", "Condition/9/3 1", "Appointment/5/1 0,1", "Patient/other/1", "Patient/mine/4", "Observation/10/1 0"}
			r.By = []string{"Consent/secret 0", "Consent/open 1"}
		}),
		"search of several, not said which": with(func(r *Record) {
			r.Do, r.On, r.Of, r.Saw = "search-type", "Observation", []string{"Patient/mine", "Patient/other"}, []string{"Observation/7/1", "Observation/8/1"}
		}),
		"search with nothing": with(func(r *Record) {
			r.Do, r.On, r.Query, r.Of = "search-type", "Immunization", "patient=Patient/mine", []string{"Patient/mine"}
		}),
		"count": with(func(r *Record) {
			r.Do, r.On, r.Query, r.Of, r.Number = "search-type", "Condition", "patient=Patient/mine&_summary=count", []string{"Patient/mine"}, 12
		}),
		"denied": with(func(r *Record) {
			r.Outcome, r.Do, r.On, r.Of = Denied, "read", "Patient/mine", []string{"Patient/mine"}
		}),
		"absent": with(func(r *Record) { r.Outcome, r.On, r.Of = Absent, "Condition/77", []string{"Patient/mine"} }),
		"refused": with(func(r *Record) {
			r.Outcome, r.Do, r.On, r.Of = Refused, "update", "Condition/77", []string{"Patient/mine"}
		}),
		"failed": with(func(r *Record) { r.Outcome, r.Do, r.On, r.Of = Failed, "delete", "Consent/7", []string{"Patient/mine"} }),
		"transaction": with(func(r *Record) {
			r.Do, r.On, r.Of = "transaction", "", []string{"Patient/mine"}
			r.Wrote = []string{"C Condition/1/1", "C MedicationRequest/1/1", "U Encounter/2/3", "D Flag/3/2"}
			r.Saw = []string{"Patient/mine/1"}
		}),
		"created by an update": with(func(r *Record) {
			r.Do, r.On, r.Of, r.Wrote = "update", "Observation/x", []string{"Patient/mine"}, []string{"C Observation/x/1"}
		}),
		"emergency": with(func(r *Record) {
			r.Do, r.On, r.Of, r.Why, r.Process = "$emergency-access", "Patient/mine", []string{"Patient/mine"}, "ETREAT", "emergency"
			r.Wrote = []string{"C Consent/1/1", "C Task/1/1", "C Communication/1/1"}
		}),
		"by an emergency": with(func(r *Record) {
			r.Do, r.On, r.Of, r.Why = "$everything", "Patient/mine", []string{"Patient/mine"}, "ETREAT"
			r.Saw, r.By = []string{"Patient/mine/1", "Condition/1/1", "Condition/2/1"}, []string{"Consent/1"}
		}),
		"an operation":  with(func(r *Record) { r.Do, r.On, r.Of = "$graph", "Patient/mine", []string{"Patient/mine"} }),
		"the platform":  {ID: id, At: at, Do: "update", Outcome: Done, Process: "retention", Of: []string{"Patient/mine"}, Wrote: []string{"U Consent/1/2"}},
		"a system":      {ID: id, At: at, Do: "create", Outcome: Done, Who: "Device/his", As: "system", For: "Organization/county", Client: "his", Of: []string{"Patient/mine"}, Wrote: []string{"C Observation/1/1"}},
		"a stranger":    {ID: id, At: at, Do: "search-compartment", Outcome: Done, Who: "Practitioner/nobody", As: "nurse", For: "Organization/nowhere", On: "Condition", Of: []string{"Patient/mine"}, Saw: []string{"Condition/1/1"}},
		"a new role":    {ID: id, At: at, Do: "history-instance", Outcome: Done, Who: "Practitioner/li", As: "chaplain", Of: []string{"Patient/mine"}, Saw: []string{"Condition/1/1", "Condition/1/2"}},
		"oneself":       {ID: id, At: at, Do: "read", Outcome: Done, Who: "Patient/mine", As: "resident", From: "10.9.9.9", On: "Patient/mine", Of: []string{"Patient/mine"}, Saw: []string{"Patient/mine/1"}},
		"a proxy":       {ID: id, At: at, Do: "create", Outcome: Done, Who: "Patient/daughter", As: "proxy", Of: []string{"Patient/mine"}, Wrote: []string{"C Appointment/1/1"}},
		"the directory": {ID: id, At: at, Do: "search-type", Outcome: Done, Who: "Patient/mine", As: "resident", On: "Organization", Query: "name=县", Saw: []string{"Organization/county/1", "Organization/town/1"}},
		"the trail": with(func(r *Record) {
			r.Do, r.On, r.Of = "search-type", "AuditEvent", []string{"Patient/other", "Patient/mine"}
			r.Saw = []string{"AuditEvent/0192/1 0", "AuditEvent/0193/1", "AuditEvent/0194/1 1"}
		}),
		"the trail of one": {ID: id, At: at, Do: "search-type", Outcome: Done, Who: "Patient/mine", As: "resident", On: "AuditEvent", Query: "patient=Patient/mine",
			Of: []string{"Patient/mine"}, Saw: []string{"AuditEvent/0192/1", "AuditEvent/0193/1"}},
		"the trail, with nothing":    {ID: id, At: at, Do: "search-type", Outcome: Done, Who: "Patient/mine", As: "resident", On: "AuditEvent", Of: []string{"Patient/mine"}},
		"a sign-in":                  {ID: id, At: at, Do: "sign-in", Outcome: Done, Who: "Person/7", From: "192.0.2.1", On: "account/7", Query: "signed in otp"},
		"a sign-in that is refused":  {ID: id, At: at, Do: "sign-in", Outcome: Denied, Who: "Person/7", From: "192.0.2.1", On: "account/7", Query: "refused second"},
		"a sign-in as one":           {ID: id, At: at, Do: "sign-in", Outcome: Denied, Who: "Person/7", From: "192.0.2.1", On: "account/7", Query: "refused phone", Of: []string{"Patient/mine"}},
		"accounts":                   {ID: id, At: at, Do: "look", Outcome: Done, Who: "Person/7", As: "operator", On: "account", Query: "most=12", Number: 12},
		"an account":                 {ID: id, At: at, Do: "look", Outcome: Done, Who: "Person/7", As: "operator", On: "account/8"},
		"an account that is changed": {ID: id, At: at, Do: "account", Outcome: Done, Who: "account/7", On: "account/8", Wrote: []string{"U account/8/2"}, Sums: []string{"x"}},
		"an entry of a batch": with(func(r *Record) {
			r.Outcome, r.Do, r.On, r.Of = Denied, "batch", "DELETE Observation/li", []string{"Patient/mine"}
		}),
		"all of a resident": with(func(r *Record) { r.Outcome, r.Do, r.On = Denied, "$everything", "Patient/other/$everything" }),
		"a history":         {ID: id, At: at, Do: "look", Outcome: Done, Who: "Person/7", As: "operator", On: "history/account/8"},
		"a program":         {ID: id, At: at, Do: "authorize", Outcome: Done, Who: "Patient/mine", As: "resident", Client: "diary", On: "client/diary", Query: "scope=openid", Of: []string{"Patient/mine"}},
		"for an instance":   {ID: id, At: at, Do: "export-nightly", Outcome: Done, As: "operator"},
	}
}

var rules = sync.OnceValue(func() *validate.Validator { return validate.New(structure.R4(), terminology.R4()) })

// TestAuditEventIsValid: each is an AuditEvent by R4's rules, whoever looks, and stays as small as it was decided to be.
func TestAuditEventIsValid(t *testing.T) {
	t.Parallel()
	for name, r := range kinds() {
		for _, patients := range [][]string{nil, {"Patient/mine"}, {"Patient/daughter"}} {
			text := sheet.AuditEvent(r, patients)
			e, err := fhir.ParseResource(text)
			if err != nil {
				t.Fatalf("%s: %v in %s", name, err, text)
			}
			for _, i := range rules().Resource(e.Root, validate.Options{}) {
				if strings.Contains(i.English, "A reference to Person may not stand here") {
					continue // who is no Practitioner and no Patient is found by it
				}
				if i.Severity == validate.Error || i.Rule != "reference-target" && !strings.Contains(i.English, "urn:yitong:") {
					t.Errorf("%s: %s %s: %s in %s", name, i.Severity, i.Place(), i.English, text)
				}
			}
		}
	}
}

// TestAuditEventGolden compares all of it with what is kept in testdata; UPDATE=1 writes that anew.
func TestAuditEventGolden(t *testing.T) {
	t.Parallel()
	for name, patients := range map[string][]string{"search of several": nil, "search of several, as one": {"Patient/mine"}, "denied": {"Patient/mine"}, "transaction": nil} {
		r := kinds()[strings.TrimSuffix(name, ", as one")]
		got := append(sheet.AuditEvent(r, patients), '\n')
		file := filepath.Join("testdata", strings.NewReplacer(" ", "-", ",", "").Replace(name)+".json")
		if os.Getenv("UPDATE") != "" {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil || string(got) != string(want) {
			t.Errorf("%s: %v\ngot  %s\nwant %s", name, err, got, want)
		}
	}
}

// found tells whether an AuditEvent is found by a query.
func found(t *testing.T, text []byte, query string) bool {
	t.Helper()
	e, err := fhir.ParseResource(text)
	if err != nil {
		t.Fatal(err)
	}
	name, value, _ := strings.Cut(query, "=")
	all, _, err := (&search.Parser{Table: search.R4(time.UTC)}).Criteria(e.Type, []search.Pair{{Name: name, Value: value}})
	if err != nil {
		t.Fatal(err)
	}
	return all[0].Matches(e, at)
}

// TestAuditEventIsFound by R4's search parameters.
func TestAuditEventIsFound(t *testing.T) {
	t.Parallel()
	several, all, mine := kinds()["search of several"], []string(nil), []string{"Patient/mine"}
	for _, c := range []struct {
		record   Record
		patients []string
		query    string
		want     bool
	}{
		{several, all, "patient=Patient/mine", true},
		{several, all, "patient=Patient/other", true},
		{several, mine, "patient=Patient/mine", true},
		{several, mine, "patient=Patient/other", false},
		{several, all, "agent=Practitioner/wang", true},
		{several, all, "agent=Organization/county", true},
		{several, all, "agent:identifier=urn:yitong:client|his", true},
		{several, all, "agent=Practitioner/li", false},
		{several, all, "agent-role=urn:yitong:role|doctor", true},
		{several, all, "entity=Observation/7", true},
		{several, mine, "entity=Observation/7", false},
		{several, mine, "entity=Observation/8", true},
		{several, all, "entity=Consent/secret", true},
		{several, mine, "entity=Consent/secret", false},
		{several, mine, "entity=Consent/open", true},
		{several, all, "action=E", true},
		{several, all, "type=rest", true},
		{several, all, "subtype=search-type", true},
		{several, all, "date=2026-11-22T02:03:04.567890Z", true},
		{several, all, "address=10.1.2.3", true},
		{several, mine, "address=10.1.2.3", false},
		{several, all, "outcome=0", true},
		{kinds()["denied"], mine, "outcome=4", true},
		{kinds()["denied"], mine, "outcome:not=0", true},
		{kinds()["denied"], mine, "subtype=urn:yitong:outcome|denied", true},
		{kinds()["failed"], mine, "outcome=8", true},
		{kinds()["failed"], mine, "action=D", true},
		{kinds()["created by an update"], mine, "action=C", true},
		{kinds()["emergency"], mine, "subtype=emergency-access", true},
		{kinds()["a proxy"], mine, "agent=Patient/daughter", false},
		{kinds()["a proxy"], all, "agent=Patient/daughter", true},
		{kinds()["a proxy"], []string{"Patient/daughter"}, "agent=Patient/daughter", true},
		{kinds()["a proxy"], []string{"Patient/daughter"}, "patient=Patient/mine", false},
	} {
		if got := found(t, sheet.AuditEvent(c.record, c.patients), c.query); got != c.want {
			t.Errorf("%s of %s as %v: %v", c.query, c.record.Do, c.patients, got)
		}
	}
}

// TestOnlyOneself: of a record about several, one of them sees nothing that names the others or what is theirs.
func TestOnlyOneself(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		others := rapid.IntRange(1, 20).Draw(t, "others")
		r := Record{
			ID: id, At: at, Do: rapid.SampledFrom([]string{"search-type", "transaction", "$export", "read"}).Draw(t, "do"),
			Outcome: rapid.SampledFrom(Outcomes()).Draw(t, "outcome"), Who: rapid.SampledFrom([]string{"Practitioner/li", "Patient/hidden-p"}).Draw(t, "who"),
			As: rapid.SampledFrom([]string{"doctor", "proxy", "resident", ""}).Draw(t, "as"), From: "hidden-address", Request: "hidden-request", Grant: "hidden-grant",
			Query: "name=hidden-query", On: rapid.SampledFrom([]string{"Observation", "Observation/hidden-on", "Patient/hidden-0", ""}).Draw(t, "on"), Number: 8_888_888,
		}
		me := rapid.IntRange(0, others).Draw(t, "me")
		for i := range others + 1 {
			if r.Of = append(r.Of, fmt.Sprintf("Patient/hidden-%d", i)); i == me {
				r.Of[i] = "Patient/me"
			}
		}
		mine := 0
		for i := range rapid.IntRange(0, 40).Draw(t, "entries") {
			of := rapid.IntRange(-1, others).Draw(t, "of")
			kind, places := "hidden", fmt.Sprintf(" %d", of)
			switch of {
			case me:
				kind = "shown"
				mine++
			case -1:
				places = rapid.SampledFrom([]string{"", " ", " 99", " x", " -1"}).Draw(t, "places")
			}
			what := fmt.Sprintf("Observation/%s-%d/1%s", kind, i, places)
			switch rapid.IntRange(0, 2).Draw(t, "list") {
			case 0:
				r.Saw = append(r.Saw, what)
			case 1:
				r.Wrote = append(r.Wrote, rapid.SampledFrom([]string{"C ", "U ", "D "}).Draw(t, "letter")+what)
			case 2:
				r.By = append(r.By, what)
			}
		}
		if rapid.Bool().Draw(t, "patients too") {
			r.Saw = append(r.Saw, fmt.Sprintf("Patient/hidden-%d/1 %d", me+1, me))
		}
		text := string(sheet.AuditEvent(r, []string{"Patient/me"}))
		for _, secret := range []string{"hidden", "8888888"} {
			if strings.Contains(text, secret) {
				t.Fatalf("%s tells of others in %s", secret, text)
			}
		}
		if n := strings.Count(text, "shown"); n != mine {
			t.Fatalf("%d of %d of one's own in %s", n, mine, text)
		}
	})
}

// TestWhoseCriteria: what was asked for is told to whoever asked it about nobody else, and to those who see all; neither the
// criteria nor the address of others to whom it is about.
func TestWhoseCriteria(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		who            string
		of, patients   []string
		query, address bool
	}{
		{"Patient/mine", []string{"Patient/mine"}, nil, true, true},
		{"Patient/mine", []string{"Patient/mine"}, []string{"Patient/mine"}, true, true},
		{"Patient/mine", []string{"Patient/mine", "Patient/local"}, []string{"Patient/mine", "Patient/local"}, true, true},
		{"Patient/mine", []string{"Patient/child"}, []string{"Patient/mine"}, false, true},
		{"Patient/mine", nil, []string{"Patient/mine"}, true, true},
		{"Patient/other", []string{"Patient/mine"}, []string{"Patient/mine"}, false, false},
		{"Practitioner/wang", []string{"Patient/mine"}, []string{"Patient/mine"}, false, false},
	} {
		r := Record{ID: id, At: at, Do: "search-type", Outcome: Done, Who: c.who, From: "10.1.1.1", On: "Observation", Query: "code=x", Of: c.of}
		text := string(sheet.AuditEvent(r, c.patients))
		if strings.Contains(text, `"query"`) != c.query || strings.Contains(text, `"network"`) != c.address {
			t.Errorf("by %s about %v, to %v: %s", c.who, c.of, c.patients, text)
		}
	}
}

// TestAuditEventIsBounded: what a page of a thousand gave out is one resource of modest size.
func TestAuditEventIsBounded(t *testing.T) {
	t.Parallel()
	r := kinds()["search of several"]
	r.Of, r.Saw = nil, nil
	for i := range 1000 {
		r.Of = append(r.Of, fmt.Sprintf("Patient/019aa2f5-1111-7222-8333-%012d", i))
		r.Saw = append(r.Saw, fmt.Sprintf("Observation/019aa2f5-1111-7222-8333-%012d/1 %d", i, i))
	}
	if n := len(sheet.AuditEvent(r, nil)); n > 700_000 {
		t.Errorf("it has %d bytes", n)
	}
	if n := len(sheet.AuditEvent(r, r.Of[:1])); n > 3_000 {
		t.Errorf("to one of them it has %d bytes", n)
	}
}

func BenchmarkAuditEvent(b *testing.B) {
	r := kinds()["read"]
	for b.Loop() {
		sheet.AuditEvent(r, nil)
	}
}
