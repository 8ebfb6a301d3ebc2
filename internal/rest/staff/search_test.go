package staff_test

import (
	"net/http"
	"slices"
	"testing"
)

// names are the sign-in names of the accounts of an answer.
func names(answer map[string]any) (list []string) {
	all, _ := answer["accounts"].([]any)
	for _, one := range all {
		name, _ := one.(map[string]any)["name"].(string)
		list = append(list, name)
	}
	return list
}

// TestSearch: staff are found by a part of what they are called, each administrator's own, page by page.
func TestSearch(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		for _, one := range [][2]string{
			{"administrator at a", `{"name":"wang","called":"王医生","phone":"13900000000"}`},
			{"administrator at a", `{"name":"wangli","called":"王丽"}`},
			{"administrator at b", `{"name":"zhao","called":"赵护士"}`},
			{"operator", `{"name":"cdc-wang","called":"疾控王"}`},
		} {
			id := w.must(one[0], "POST", "/staff/accounts", one[1])["id"].(string)
			if one[0] == "administrator at b" {
				w.must(one[0], "POST", "/staff/accounts/"+id+"/grants", `{"role":"nurse","institution":"Organization/b"}`)
			}
		}
		for _, c := range []struct {
			as, body string
			want     []string
			total    float64
		}{
			{"operator", `{}`, []string{"wang", "wangli", "zhao", "cdc-wang"}, 4},
			{"operator", `{"institution":"Organization/b"}`, []string{"zhao"}, 1},
			{"operator", `{"text":"WANG","most":2}`, []string{"wang", "wangli"}, 3},
			{"operator", `{"text":"疾控"}`, []string{"cdc-wang"}, 1},
			{"administrator at a", `{}`, []string{"wang", "wangli"}, 2},
			{"administrator at a", `{"text":"139 0000"}`, []string{"wang"}, 1},
			{"administrator at a", `{"institution":"Organization/b"}`, []string{"wang", "wangli"}, 2},
			{"administrator at a", `{"text":"zhao"}`, nil, 0},
			{"administrator at b", `{"text":"护士"}`, []string{"zhao"}, 1},
		} {
			answer := w.must(c.as, "POST", "/staff/accounts/_search", c.body)
			if !slices.Equal(names(answer), c.want) || answer["total"] != c.total {
				t.Errorf("%s finds by %s: %v of %v, want %v of %v", c.as, c.body, names(answer), answer["total"], c.want, c.total)
			}
		}
		found := w.must("operator", "POST", "/staff/accounts/_search", `{"text":"wang","most":2}`)
		rest := w.must("operator", "POST", "/staff/accounts/_search", `{"text":"wang","most":2,"behind":"`+found["next"].(string)+`"}`)
		if !slices.Equal(names(rest), []string{"cdc-wang"}) || rest["total"] != 3.0 || rest["next"] != nil {
			t.Errorf("behind the first page: %v", rest)
		}
		for _, body := range []string{`{"most":0}`, `{"most":1001}`, `{"name":"wang"}`, `[]`} {
			if status, answer := w.ask("operator", "POST", "/staff/accounts/_search", body); status != http.StatusBadRequest || answer["message"] == "" {
				t.Errorf("%s is answered %d %v", body, status, answer)
			}
		}
		nurse := first(w.must("operator", "POST", "/staff/accounts/_search", `{"text":"zhao"}`)["accounts"])
		if can := first(nurse["can"]); can["role"] != "nurse" || can["institution"] != "Organization/b" {
			t.Errorf("a nurse is found as %v", nurse)
		}
	})
}

// TestGrantsAreTold: an account is shown with who gave and ended its roles, and why.
func TestGrantsAreTold(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		id := w.must("operator", "POST", "/staff/accounts", `{"name":"liu"}`)["id"].(string)
		grant := w.must("operator", "POST", "/staff/accounts/"+id+"/grants", `{"role":"cdc","institution":"Organization/a","reason":"借调"}`)["id"].(string)
		w.must("operator", "POST", "/staff/accounts/"+id+"/grants", `{"role":"insurer","institution":"Organization/b"}`)
		w.must("operator", "DELETE", "/staff/grants/"+grant, "")
		shown := w.must("operator", "GET", "/staff/accounts/liu", "")
		of := map[any]map[string]any{}
		for _, g := range shown["grants"].([]any) {
			of[g.(map[string]any)["role"]] = g.(map[string]any)
		}
		const me = "account/account-of-operator"
		ended, open := of["cdc"], of["insurer"]
		if ended["by"] != me || ended["endedBy"] != me || ended["at"] == nil || ended["endedAt"] == nil || ended["reason"] != "借调" || ended["ended"] != true {
			t.Errorf("a role that has ended is told as %v", ended)
		}
		if open["by"] != me || open["endedBy"] != nil || open["endedAt"] != nil {
			t.Errorf("a role that holds is told as %v", open)
		}
	})
}

// TestRefusalsNameTheField: what is wrong with a field is told with its name.
func TestRefusalsNameTheField(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		id := w.must("administrator at a", "POST", "/staff/accounts", `{"name":"wang"}`)["id"].(string)
		grants := "/staff/accounts/" + id + "/grants"
		for _, c := range []struct {
			as, address, body, at string
			status                int
		}{
			{"administrator at a", "/staff/accounts", `{"name":"w"}`, "name", http.StatusBadRequest},
			{"administrator at a", "/staff/accounts", `{"name":"wang"}`, "name", http.StatusConflict},
			{"administrator at a", "/staff/accounts", `{"name":"li-na","phone":"139"}`, "phone", http.StatusBadRequest},
			{"administrator at a", "/staff/accounts", `{"name":"li-na","person":"Practitioner/none"}`, "person", http.StatusForbidden},
			{"administrator at a", grants, `{"role":"king"}`, "role", http.StatusUnprocessableEntity},
			{"administrator at a", grants, `{"role":"doctor"}`, "institution", http.StatusUnprocessableEntity},
			{"administrator at a", grants, `{"role":"doctor","institution":"Organization/none"}`, "institution", http.StatusUnprocessableEntity},
			{"administrator at a", grants, `{"role":"operator"}`, "role", http.StatusForbidden},
			{"administrator at a", grants, `{"role":"doctor","institution":"Organization/a","from":"2026-01-02T00:00:00Z","until":"2026-01-01T00:00:00Z"}`, "until", http.StatusUnprocessableEntity},
			{"administrator at a", grants, `{"role":"proxy","resident":"Patient/x"}`, "until", http.StatusUnprocessableEntity},
			{"operator", "/staff/clients", `{"name":"","scopes":"openid"}`, "name", http.StatusUnprocessableEntity},
			{"operator", "/staff/clients", `{"name":"x","scopes":"x/y"}`, "institution", http.StatusUnprocessableEntity},
		} {
			status, answer := w.ask(c.as, "POST", c.address, c.body)
			var at any
			if places, _ := first(answer["issue"])["expression"].([]any); len(places) > 0 {
				at = places[0]
			}
			if status != c.status || at != c.at || first(answer["issue"])["diagnostics"] != answer["message"] {
				t.Errorf("%s by %s is answered %d %v, want %d at %s", c.address, c.body, status, answer, c.status, c.at)
			}
		}
	})
}
