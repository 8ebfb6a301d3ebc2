package auth_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/rest/auth"
)

// demo lets in a resident by a code, wholly; the doctor's account has been used too often.
type demo struct{ *world }

func (demo) People() []auth.DemoPerson {
	return []auth.DemoPerson{{"resident", gate.Resident, "王<小>明", ""}, {"doctor", gate.Doctor, "李华", ""}, {"hospital-office", gate.Office, "何静", "市<一>院"}}
}

func (d demo) SignIn(ctx context.Context, a *account.Accounts, name string, from account.From) (string, error) {
	const phone = "+8613900000001"
	switch name {
	case "resident":
		if err := a.SendCode(ctx, phone, from); err != nil {
			return "", err
		}
		return a.SignInByCode(ctx, phone, d.sent[phone], from)
	case "doctor":
		wait := fault.New(fault.TooOften, "later")
		wait.Wait = 20 * time.Second
		return "", wait
	}
	return "", fault.New(fault.NotFound, "nobody")
}

// TestDemonstration: a demonstration lets people in by a button, whose form is guarded as every other one.
func TestDemonstration(t *testing.T) {
	w := one(t)
	w.site = auth.New(w.accounts, auth.Config{Names: names{}, Apps: w.apps, Phones: true, Home: "/auth/me", Demo: demo{w}})
	w.serve = w.site.Handler()
	b := w.browser()
	p := b.get("/auth/sign-in?next=/auth/me/sessions")
	for _, want := range []string{
		"演示账户", `action="/auth/demo?next=%2Fauth%2Fme%2Fsessions"`, `name="as" value="resident"`, "王&lt;小&gt;明", "医师", `value="hospital-office"`, "何静 · 市&lt;一&gt;院",
	} {
		if !strings.Contains(p.text, want) {
			t.Errorf("the page to sign in lacks %q", want)
		}
	}
	token := p.token()
	b.is(b.post("/auth/demo", "", "as", "resident"), 403, "演示账户", "页面已过期")
	foreign := b.form("/auth/demo", token, "as", "resident")
	foreign.Header.Set("Origin", "https://elsewhere.example")
	foreign.Header.Set("Sec-Fetch-Site", "cross-site")
	if p := b.do(foreign); p.status != 403 || b.cookie("yitong") != "" {
		t.Errorf("the form of another site: %d", p.status)
	}
	b.is(b.post("/auth/demo", token, "as", "doctor"), 429, "演示账户", "半分钟")
	if got := b.last.header.Get("Retry-After"); got != "20" {
		t.Errorf("one waits for %q s", got)
	}
	b.is(b.post("/auth/demo", token, "as", "operator"), 404, "演示账户", "没有这个页面")
	if b.cookie("yitong") != "" {
		t.Error("a refusal leaves a session")
	}
	p = b.post("/auth/demo?next=/auth/me/sessions", token, "as", "resident")
	if p.status != http.StatusSeeOther || b.cookie("yitong") == "" {
		t.Errorf("the resident: %d %s", p.status, p.problem())
	}
}

// TestNoDemonstration: whatever is no demonstration has no such page, and says nothing of one.
func TestNoDemonstration(t *testing.T) {
	w := one(t)
	b := w.browser()
	p := b.get("/auth/sign-in")
	if strings.Contains(p.text, "演示") || strings.Contains(p.text, "/auth/demo") {
		t.Error("the page to sign in offers a demonstration")
	}
	if got := b.get("/auth/demo"); got.status != 404 {
		t.Errorf("GET: %d", got.status)
	}
	if got := b.post("/auth/demo", p.token(), "as", "resident"); got.status != 404 || b.cookie("yitong") != "" {
		t.Errorf("POST: %d", got.status)
	}
}
