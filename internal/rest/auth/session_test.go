package auth_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// TestSessionForTheApp: the browser app is told who is signed in and as what, takes another role and ends the session; nobody else
// can make the browser do that, and who is half signed in is told to be nobody.
func TestSessionForTheApp(t *testing.T) {
	each(t, func(w *world) {
		w.hospitals()
		b, _ := w.enrolled("li.hua", "李华", doctorAt("h1"), doctorAt("h2"))
		ask := func(b *browser, method, body string, headers ...string) (page, map[string]any) {
			r, err := http.NewRequestWithContext(t.Context(), method, b.address("/auth/session").String(), strings.NewReader(body))
			w.must(err)
			for i := 0; i < len(headers); i += 2 {
				r.Header.Set(headers[i], headers[i+1])
			}
			p := b.do(r)
			var told map[string]any
			if p.text != "" {
				w.must(json.Unmarshal([]byte(p.text), &told))
			}
			return p, told
		}
		_, told := ask(w.browser(), "GET", "")
		if told["signed"] != false || told["can"] != nil {
			t.Errorf("nobody is told to be %v", told)
		}
		if help, _ := told["help"].(map[string]any); told["zone"] != "Asia/Shanghai" || help["phone"] != "0711-12320" || help["hours"] != "工作日 8:00–17:30" || help["government"] != nil {
			t.Errorf("the zone and the help are told as %v, %v", told["zone"], told["help"])
		}
		if _, told := ask(w.browser(), "GET", "", "Accept-Language", "en"); told["help"].(map[string]any)["hours"] != "working days, 8:00 to 17:30" {
			t.Errorf("in English the help is told as %v", told["help"])
		}
		_, told = ask(b, "GET", "")
		can, _ := told["can"].([]any)
		if told["signed"] != true || told["called"] != "李华" || told["acts"] != nil || len(can) != 2 {
			t.Fatalf("li.hua is told to be %v", told)
		}
		second, _ := can[1].(map[string]any)
		source, _ := second["source"].(string)
		if p, _ := ask(b, "POST", `{"as":"`+source+`"}`, "Sec-Fetch-Site", "cross-site"); p.status != 403 {
			t.Errorf("another site chooses the role: %d %s", p.status, p.text)
		}
		if p, _ := ask(b, "POST", `{"as":"grant/none"}`); p.status < 400 || p.status > 499 || !strings.Contains(p.text, "message") {
			t.Errorf("a role that one has not: %d %s", p.status, p.text)
		}
		if p, _ := ask(b, "POST", `as`); p.status != 400 {
			t.Errorf("no JSON: %d %s", p.status, p.text)
		}
		p, told := ask(b, "POST", `{"as":"`+source+`"}`)
		acts, _ := told["acts"].(map[string]any)
		if p.status != 200 || acts["source"] != source || acts["role"] != "doctor" || acts["where"] != second["where"] {
			t.Errorf("as the second: %d %s", p.status, p.text)
		}
		if _, told := ask(b, "GET", ""); told["acts"] == nil {
			t.Error("the role was not kept")
		}
		if p, _ := ask(b, "PUT", ""); p.status != 405 {
			t.Errorf("PUT: %d", p.status)
		}
		if p, _ := ask(b, "DELETE", "", "Sec-Fetch-Site", "cross-site"); p.status != 403 {
			t.Errorf("another site signs out: %d", p.status)
		}
		if p, _ := ask(b, "DELETE", ""); p.status != 204 {
			t.Errorf("signing out: %d %s", p.status, p.text)
		}
		if _, told := ask(b, "GET", ""); told["signed"] != false {
			t.Errorf("behind the end: %v", told)
		}
		if p, _ := ask(b, "POST", `{"as":"`+source+`"}`); p.status != 401 {
			t.Errorf("nobody takes a role: %d", p.status)
		}
	})
}
