package staff_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/rest/staff"
	"yitong/internal/store"
	"yitong/test/databases"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// world is a desk, and people who ask there: the operator, administrators of the hospitals a and b, and a doctor.
type world struct {
	t        *testing.T
	db       *deaf
	accounts *account.Accounts
	desk     http.Handler
	ids      map[string]string
}

func eachWorld(t *testing.T, test func(*testing.T, *world)) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		quiet := &deaf{DB: db}
		g := gate.New(db, gate.Config{References: true})
		box, err := account.NewBox(make([]byte, account.KeyBytes))
		if err != nil {
			t.Fatal(err)
		}
		a, err := account.New(quiet, g, account.Config{Box: box, Work: account.Work{Memory: 8, Passes: 1, Lanes: 1}})
		if err != nil {
			t.Fatal(err)
		}
		w := &world{t: t, db: quiet, accounts: a, ids: map[string]string{}}
		organization, _ := schema.TypeOf("Organization")
		for _, id := range []string{"a", "b"} {
			r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":"Organization","id":%q}`, id))
			if err != nil {
				t.Fatal(err)
			}
			session := g.Session(gate.Actor{Reference: "Device/test", Access: gate.Whole()})
			if _, err := session.Apply(t.Context(), []gate.Op{{Kind: gate.Update, Type: organization, ID: id, Resource: r}}, nil); err != nil {
				t.Fatal(err)
			}
		}
		w.desk = staff.New(a, staff.Config{Who: w.who, Address: func(*http.Request) netip.Addr { return netip.MustParseAddr("192.0.2.1") }}).Handler()
		test(t, w)
	})
}

// who reads who asks from a header, such as "administrator at a".
func (w *world) who(r *http.Request) (*account.Principal, error) {
	text := r.Header.Get("As")
	if text == "" {
		return nil, fault.New(fault.Unknown, "Sign in.")
	}
	role, place, _ := strings.Cut(text, " at ")
	p := &account.Principal{Account: "account-of-" + text, Capacity: account.Capacity{Role: gate.Role(role)}}
	if place != "" {
		p.Institution = "Organization/" + place
	}
	return p, nil
}

// ask sends a request and reads the answer.
func (w *world) ask(as, method, address, body string) (int, map[string]any) {
	w.t.Helper()
	r := httptest.NewRequest(method, address, strings.NewReader(body))
	r.Header.Set("As", as)
	r.Header.Set("Content-Type", "application/json")
	got := httptest.NewRecorder()
	w.desk.ServeHTTP(got, r)
	answer := map[string]any{}
	if strings.HasPrefix(got.Header().Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(got.Body.Bytes(), &answer); err != nil {
			w.t.Fatalf("%s %s is answered %q", method, address, got.Body)
		}
	}
	for _, secret := range []string{"argon2id", "digest", `"password":"`, `"seed":"`, `"secret":"AA`} {
		if strings.Contains(got.Body.String(), secret) {
			w.t.Errorf("%s %s tells a secret: %s", method, address, got.Body)
		}
	}
	return got.Code, answer
}

func (w *world) must(as, method, address, body string) map[string]any {
	w.t.Helper()
	status, answer := w.ask(as, method, address, body)
	if status != http.StatusOK {
		w.t.Fatalf("%s: %s %s is answered %d %v", as, method, address, status, answer)
	}
	return answer
}

// TestAdministratorsLookAfterTheirStaff goes through the life of an account.
func TestAdministratorsLookAfterTheirStaff(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		const mine = "administrator at a"
		id := w.must(mine, "POST", "/staff/accounts", `{"name":"wang","called":"王医生","phone":"13900000000"}`)["id"].(string)
		code := w.must(mine, "POST", "/staff/accounts/"+id+"/invite", `{}`)["code"].(string)
		if _, err := w.accounts.Accept(t.Context(), "wang", code, "four unrelated words here", account.From{}); err != nil {
			t.Fatal(err)
		}
		grant := w.must(mine, "POST", "/staff/accounts/"+id+"/grants", `{"role":"doctor","institution":"Organization/a"}`)["id"].(string)
		shown := w.must(mine, "GET", "/staff/accounts/wang", "")
		if shown["called"] != "王医生" || shown["home"] != "Organization/a" || first(shown["grants"])["id"] != grant {
			t.Errorf("the account is shown as %v", shown)
		}
		w.must(mine, "DELETE", "/staff/grants/"+grant, "")
		w.must(mine, "POST", "/staff/accounts/"+id+"/disable", `{"reason":"离职"}`)
		if _, err := w.accounts.SignIn(t.Context(), "wang", "four unrelated words here", account.From{}); fault.CodeOf(err) != fault.Forbidden {
			t.Errorf("a disabled account signs in: %v", err)
		}
		changes := w.must("operator", "GET", "/staff/history/account/"+id, "")["changes"].([]any)
		if last := changes[0].(map[string]any); last["by"] != "account/account-of-"+mine || len(changes) < 4 {
			t.Errorf("%d changes, the last by %v", len(changes), last["by"])
		}
	})
}

// TestWhoMay tries everything as everybody.
func TestWhoMay(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		of := func(as, name string) string {
			return w.must(as, "POST", "/staff/accounts", `{"name":"`+name+`"}`)["id"].(string)
		}
		a, b, nobodys := of("administrator at a", "of-a"), of("administrator at b", "of-b"), of("operator", "of-nobody")
		w.must("administrator at a", "POST", "/staff/accounts/"+a+"/grants", `{"role":"nurse","institution":"Organization/a"}`)
		expires := time.Now().AddDate(1, 0, 0).Format(time.RFC3339)
		app := `{"name":"x","institution":"Organization/a","redirects":["https://a.example/back"],"scopes":"openid","expires":"` + expires + `"}`
		feed := `{"name":"x","institution":"Organization/a","backend":true,"keysUrl":"https://a.example/keys","scopes":"system/*.rs","expires":"` + expires + `"}`
		all := []string{"operator", "administrator at a", "administrator at b", "doctor at a", "resident", "regulator at a", ""}
		for _, c := range []struct{ method, address, body, who string }{
			{"GET", "/staff/accounts", "", "operator"},
			{"GET", "/staff/accounts?most=0", "", ""},
			{"POST", "/staff/accounts/_search", `{"text":"of-"}`, "operator,administrator at a,administrator at b"},
			{"GET", "/staff/accounts/of-a", "", "operator,administrator at a"},
			{"GET", "/staff/accounts/of-b", "", "operator,administrator at b"},
			{"GET", "/staff/accounts/nobody", "", ""},
			{"POST", "/staff/accounts/" + a + "/invite", "{}", "administrator at a"},
			{"POST", "/staff/accounts/" + b + "/invite", `{"reset":true}`, "administrator at b"},
			{"POST", "/staff/accounts/" + nobodys + "/invite", "{}", "operator"},
			{"POST", "/staff/accounts/" + a + "/disable", `{"reason":"x"}`, "operator,administrator at a"},
			{"POST", "/staff/accounts/" + a + "/disable", `{"reason":""}`, "operator,administrator at a"},
			{"POST", "/staff/accounts/" + a + "/grants", `{"role":"doctor","institution":"Organization/a"}`, "administrator at a"},
			{"POST", "/staff/accounts/" + a + "/grants", `{"role":"administrator","institution":"Organization/a"}`, "administrator at a"},
			{"POST", "/staff/accounts/" + b + "/grants", `{"role":"doctor","institution":"Organization/b"}`, "administrator at b"},
			{"POST", "/staff/accounts/" + nobodys + "/grants", `{"role":"doctor","institution":"Organization/a"}`, ""},
			{"POST", "/staff/accounts/" + nobodys + "/grants", `{"role":"operator"}`, ""},
			{"POST", "/staff/accounts/" + nobodys + "/grants", `{"role":"regulator","institution":"Organization/a"}`, "operator"},
			{"POST", "/staff/clients", app, "operator"},
			{"POST", "/staff/clients", feed, "administrator at a"},
			{"GET", "/staff/clients", "", "operator,administrator at a,administrator at b"},
			{"GET", "/staff/history/account/" + a, "", "operator,administrator at a"},
			{"GET", "/staff/history/account/" + b, "", "operator,administrator at b"},
			{"GET", "/staff/history/account/" + nobodys, "", "operator"},
			{"GET", "/staff/history/session/" + a, "", ""},
		} {
			for _, as := range all {
				status, answer := w.ask(as, c.method, c.address, c.body)
				may := c.who != "" && contains(strings.Split(c.who, ","), as)
				if (status == http.StatusOK) != may {
					t.Errorf("%q: %s %s %s is answered %d %v", as, c.method, c.address, c.body, status, answer)
				}
				if strings.HasPrefix(c.address, "/staff/accounts/") && (as == "resident" || as == "doctor at a") && status != http.StatusForbidden {
					t.Errorf("%q: %s is answered %d, which tells who has an account", as, c.address, status)
				}
				if as == "" && status != http.StatusUnauthorized {
					t.Errorf("nobody: %s %s is answered %d", c.method, c.address, status)
				}
			}
		}
	})
}

// first is the first of a list of objects.
func first(list any) map[string]any {
	if all, _ := list.([]any); len(all) > 0 {
		one, _ := all[0].(map[string]any)
		return one
	}
	return nil
}

func contains(list []string, one string) bool {
	for _, x := range list {
		if x == one {
			return true
		}
	}
	return false
}

// TestClients: a secret is told once and never shown; a change keeps it; bad bodies are refused with a reason.
func TestClients(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		expires := time.Now().AddDate(1, 0, 0).Format(time.RFC3339)
		body := `{"name":"随访","institution":"Organization/a","redirects":["https://a.example/back"],"scopes":"openid patient/*.rs","expires":"` + expires + `"`
		made := w.must("operator", "POST", "/staff/clients", body+`,"newSecret":true}`)
		id, secret := made["id"].(string), made["secret"].(string)
		shown := w.must("operator", "GET", "/staff/clients/"+id, "")
		if shown["secret"] != true || strings.Contains(fmt.Sprint(shown), secret) {
			t.Errorf("the client is shown as %v", shown)
		}
		w.must("operator", "PUT", "/staff/clients/"+id, body+`}`)
		c, err := w.accounts.Client(t.Context(), id)
		if err != nil || !c.Knows(secret) {
			t.Errorf("after a change the secret is another: %v", err)
		}
		w.must("operator", "POST", "/staff/clients/"+id+"/disable", `{"reason":"Vertrag beendet"}`)
		if c, err = w.accounts.Client(t.Context(), id); err != nil || c.Open(time.Now()) == nil {
			t.Errorf("the client is open still: %v", err)
		}
		for body, want := range map[string]int{
			`{`: 400, `{"nam":"x"}`: 400, `{"secret":"AAAA"}`: 400, `{"disabled":"x"}`: 400, body + `,"scopes":"x/y"}`: 400,
			body + `,"redirects":["http://evil.example/"]}`: 422, body + `,"institution":"Organization/none"}`: 422, body + `,"expires":"2020-01-01T00:00:00Z"}`: 422,
			strings.Repeat(" ", 70<<10) + `{}`: 400,
		} {
			if status, answer := w.ask("operator", "POST", "/staff/clients", body); status != want || answer["message"] == "" {
				t.Errorf("%.80s is answered %d %v, want %d", body, status, answer, want)
			}
		}
	})
}
