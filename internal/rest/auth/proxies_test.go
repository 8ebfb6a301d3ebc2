package auth_test

import (
	"net/http"
	"strings"
	"testing"

	"yitong/internal/account"
	"yitong/internal/gate"
)

// TestProxiesForTheApp: a resident reads who may act for them; who acts for another one does not, nor does staff or who is not signed in.
func TestProxiesForTheApp(t *testing.T) {
	each(t, func(w *world) {
		w.wang()
		w.hospitals()
		w.put("Patient", "p2", `"identifier":[{"system":"urn:oid:2.16.156.10011.1.3","value":"420106195003070016"}],"name":[{"text":"王奶奶"}]`)
		b := w.browser()
		b.byPhone("")
		b.follow("document", "citizen", "called", "王小明", "number", "420106201503070018")
		ask := func(b *browser, method string) page {
			r, err := http.NewRequestWithContext(t.Context(), method, b.address("/auth/proxies").String(), nil)
			w.must(err)
			return b.do(r)
		}
		if p := ask(b, "GET"); p.status != 200 || p.text != `{"proxies":[]}` {
			t.Errorf("nobody acts: %d %s", p.status, p.text)
		}
		wang, err := w.accounts.Signed(t.Context(), b.cookie("yitong"))
		w.must(err)
		give := func(resident string) {
			_, err := w.accounts.Give(t.Context(), account.Console, account.Grant{
				Account: wang.Account.ID, Role: gate.Proxy, Resident: resident, Until: w.clock().AddDate(0, 6, 0), Reason: "照料",
			})
			w.must(err)
		}
		give("Patient/p1")
		give("Patient/p2")
		want := `{"called":"王小明","from":"2026-11-22T09:00:00Z","until":"2027-05-22T09:00:00Z","reason":"照料"}`
		if p := ask(b, "GET"); p.status != 200 || p.text != `{"proxies":[`+want+`]}` {
			t.Errorf("one acts: %d %s", p.status, p.text)
		}
		if p := ask(b, "DELETE"); p.status != 405 || p.header.Get("Allow") != "GET, HEAD" {
			t.Errorf("DELETE: %d", p.status)
		}
		p := b.see("/auth/role")
		b.follow("as", p.find(`value="(grant/[^"]+)"[^>]*><label[^>]*><strong>[^<]*</strong> <span>Patient/p2`))
		if p := ask(b, "GET"); p.status != 403 || strings.Contains(p.text, "照料") {
			t.Errorf("a proxy is told: %d %s", p.status, p.text)
		}
		staff, _ := w.enrolled("li.hua", "李华", doctorAt("h1"), doctorAt("h2"))
		if p := ask(staff, "GET"); p.status != 403 {
			t.Errorf("who acts as nothing is told: %d %s", p.status, p.text)
		}
		if p := ask(w.browser(), "GET"); p.status != 401 {
			t.Errorf("nobody is told: %d %s", p.status, p.text)
		}
	})
}
