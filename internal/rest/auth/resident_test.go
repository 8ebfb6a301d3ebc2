package auth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"yitong/internal/account"
	"yitong/internal/fhir/profiles"
	"yitong/internal/gate"
)

const (
	phone = "139 0000 0001"
	e164  = "+8613900000001"
)

// wang makes a resident of the record.
func (w *world) wang() {
	w.put("Patient", "p1", `"identifier":[{"system":"`+profiles.CitizenID+`","value":"420106201503070018"}],
		"name":[{"text":"王小明"}],"telecom":[{"system":"phone","value":"13900000001"}]`)
}

// byPhone signs a resident in.
func (b *browser) byPhone(next string) page {
	b.Helper()
	b.see("/auth/phone?" + next)
	b.is(b.follow("phone", phone), 200, "输入验证码", "")
	b.mu.Lock()
	code := b.sent[e164]
	b.mu.Unlock()
	return b.follow("code", code)
}

func TestResidents(t *testing.T) {
	each(t, func(w *world) {
		w.wang()
		b := w.browser()
		b.see("/auth/phone")
		if got := b.last.find(`<a href="(tel:[^"]*)">0711-12320</a> <span>工作日`); got != "tel:0711-12320" || strings.Contains(b.last.text, "政务服务") {
			t.Errorf("the foot of the page leads to %q for help", got)
		}
		b.is(b.send("phone", "12345"), 400, "登录", "不是有效的手机号码")
		if b.last.find(`id="phone"[^>]*value="([^"]*)"`) != "12345" {
			t.Error("the number is lost")
		}
		b.is(b.send("phone", "13900000009"), 503, "登录", "短信暂时无法发送")
		p := b.send("phone", phone)
		if p.to() != "/auth/code" {
			t.Errorf("leads to %q: no number belongs into an address", p.to())
		}
		p = b.see(p.to())
		if !strings.Contains(p.text, "139 **** 0001") || strings.Contains(p.text, "0000001") {
			t.Error("the page should show the number, but not whole")
		}
		b.is(b.send("code", "000000"), 401, "输入验证码", "不正确或已过期")
		b.is(b.follow("do", "again"), 200, "输入验证码", "")
		b.is(b.follow("code", w.sent[e164]), 200, "实名认证", "")

		b.is(b.send("document", "citizen", "called", "王大明", "number", "420106201503070018"), 422, "实名认证",
			"与登记的不一致")
		if b.last.find(`id="number"[^>]*value="([^"]*)"`) == "" ||
			!strings.Contains(b.last.text, `value="citizen" selected`) {
			t.Error("what was typed is lost")
		}
		b.is(b.send("document", "citizen", "called", "", "number", "1"), 400, "实名认证", "请按证件填写")
		b.is(b.send("document", "birth", "called", "王小明", "number", "420106201503070018"), 422, "实名认证",
			"与登记的不一致")
		b.is(b.follow("document", "citizen", "called", "王小明", "number", "420106201503070018"), 200, "我的账户", "")
		for _, want := range []string{"王小明", "以 居民本人 身份操作", "已于 2026-11-22 17:00 认证"} {
			if !strings.Contains(b.last.text, want) {
				t.Errorf("the page of the account lacks %q", want)
			}
		}
		if p := b.get("/auth/real-name"); p.to() != "/auth/me" {
			t.Errorf("the name is asked for again: %d to %q", p.status, p.to())
		}
		for _, path := range []string{"/auth/me/password", "/auth/me/factors"} {
			b.is(b.get(path), 404, "无法继续", "没有这个页面")
		}
		b.is(b.get("/auth/set-up/app"), 501, "无法继续", "不需要第二步验证")
	})
}

func TestRealNameCanWait(t *testing.T) {
	w := one(t)
	b := w.browser()
	b.is(b.byPhone("next=/auth/me/sessions"), 200, "实名认证", "")
	b.is(b.follow("do", "later"), 200, "登录的设备", "")
	if !strings.Contains(b.last.text, "尚未选择身份") {
		t.Error("the banner should say that there is no role")
	}
	if _, err := w.accounts.BySession(t.Context(), b.cookie("yitong")); err == nil {
		t.Error("who has no verified name acts as somebody")
	}
}

func TestProxiesChoose(t *testing.T) {
	w := one(t)
	w.wang()
	w.put("Patient", "p2", `"name":[{"text":"王奶奶"}]`)
	b := w.browser()
	b.byPhone("")
	b.follow("document", "citizen", "called", "王小明", "number", "420106201503070018")
	who, err := w.accounts.Signed(t.Context(), b.cookie("yitong"))
	w.must(err)
	_, err = w.accounts.Give(t.Context(), account.Console,
		account.Grant{Account: who.Account.ID, Role: gate.Proxy, Resident: "Patient/p2", Until: w.clock().AddDate(0, 6, 0), Reason: "mother"})
	w.must(err)
	p := b.see("/auth/role")
	b.is(p, 200, "选择身份", "")
	source := p.find(`value="(grant/[^"]+)"`)
	b.follow("as", source)
	if !strings.Contains(b.last.text, "以 代办人 身份操作 · Patient/p2") {
		t.Error("the banner does not say for whom the proxy acts")
	}
}

func TestTooManyCodes(t *testing.T) {
	w := one(t)
	b := w.browser()
	b.see("/auth/phone")
	for range 3 {
		if p := b.send("phone", phone); p.status != http.StatusSeeOther {
			t.Fatal(p.status, p.problem())
		}
		b.see("/auth/phone")
	}
	b.is(b.send("phone", phone), 429, "登录", "请等待 5 分钟")
	b.see("/auth/code")
	b.is(b.send("do", "again"), 429, "输入验证码", "请等待")
	w.wait(6 * time.Minute)
	b.is(b.send("code", w.sent[e164]), 401, "输入验证码", "不正确或已过期")
}

func TestCodeWithoutNumber(t *testing.T) {
	w := one(t)
	b := w.browser()
	if p := b.get("/auth/code?next=/auth/role"); p.to() != "/auth/phone?next=%2Fauth%2Frole" {
		t.Errorf("%d to %q", p.status, p.to())
	}
	b.see("/auth/phone")
	if p := b.post("/auth/code", b.last.token(), "code", "123456"); p.to() != "/auth/phone" {
		t.Errorf("%d to %q", p.status, p.to())
	}
	b.client.Jar.SetCookies(b.address("/"), []*http.Cookie{{Name: "yitong-phone", Value: url.QueryEscape("<script>")}})
	if p := b.get("/auth/code"); p.to() != "/auth/phone" {
		t.Errorf("with a number that is none: %d to %q", p.status, p.to())
	}
}

// Documents whose numbers have no system are known by their kind.
func TestPassport(t *testing.T) {
	w := one(t)
	w.put("Patient", "p3", `"identifier":[{"type":{"coding":[{"system":"`+profiles.IdentityDocuments+`","code":"032"}]},"value":"E1234567"}],
		"name":[{"text":"Ada King"}],"telecom":[{"system":"phone","value":"13900000001"}]`)
	b := w.browser()
	b.byPhone("")
	b.is(b.send("document", "taiwan", "called", "Ada King", "number", "E1234567"), 422, "实名认证", "与登记的不一致")
	b.is(b.send("document", "library-card", "called", "Ada King", "number", "E1234567"), 400, "实名认证", "请按证件填写")
	b.is(b.follow("document", "passport", "called", "Ada King", "number", "e1234567"), 200, "我的账户", "")
}

// A verified name holds for half a year, because numbers pass to others; then the person is asked again.
func TestRealNameRunsOut(t *testing.T) {
	w := one(t)
	w.wang()
	b := w.browser()
	b.byPhone("")
	b.is(b.follow("document", "citizen", "called", "王小明", "number", "420106201503070018"), 200, "我的账户", "")
	w.wait(181 * 24 * time.Hour)
	b.is(b.byPhone(""), 200, "实名认证", "")
	if p := b.see("/auth/me"); !strings.Contains(p.text, "未认证") || strings.Contains(p.text, "居民本人") {
		t.Error("who has to verify the name again acts yet")
	}
	b.see("/auth/real-name")
	b.is(b.follow("document", "citizen", "called", "王小明", "number", "420106201503070018"), 200, "我的账户", "")
	if !strings.Contains(b.last.text, "以 居民本人 身份操作") {
		t.Error("the name was verified again, and the person does not act")
	}
}
