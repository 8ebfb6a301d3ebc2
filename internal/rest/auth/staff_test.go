package auth_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"yitong/internal/account"
	"yitong/internal/gate"
)

// hospitals makes the two institutions of the tests.
func (w *world) hospitals() {
	w.put("Organization", "h1", `"name":"市第一医院"`)
	w.put("Organization", "h2", `"name":"城东社区卫生服务中心"`)
}

func doctorAt(institution string) account.Grant {
	return account.Grant{Role: gate.Doctor, Institution: "Organization/" + institution}
}

// enrolled is the browser of somebody of staff who has set everything up and is signed in.
func (w *world) enrolled(name, called string, grants ...account.Grant) (*browser, string) {
	w.Helper()
	id, code := w.staff(name, called, grants...)
	b := w.browser()
	b.see("/auth/invite")
	b.follow("name", name, "code", code, "password", strongPassword, "repeat", strongPassword)
	b.see("/auth/set-up/app")
	b.seed = b.last.secret()
	b.is(b.send("code", b.code()), 200, "请保存备用码", "")
	return b, id
}

// signIn signs somebody in who is set up, in a browser.
func (b *browser) signIn(name, seed, next string) page {
	b.Helper()
	b.seed = seed
	b.see("/auth/sign-in?" + next)
	b.follow("name", name, "password", strongPassword)
	return b.send("code", b.code())
}

func TestStaffComeForTheFirstTime(t *testing.T) {
	each(t, func(w *world) {
		w.hospitals()
		_, code := w.staff("li.hua", "李华", doctorAt("h1"))
		b := w.browser()
		b.is(b.see("/auth/me"), 200, "登录", "")
		b.see("/auth/invite?next=/auth/me/sessions")
		b.is(b.send("name", "li.hua", "code", "WRONG", "password", strongPassword, "repeat", strongPassword), 401,
			"设置密码", "邀请码不正确")
		if strings.Contains(b.last.text, strongPassword) {
			t.Error("the page gives the password back")
		}
		b.is(b.send("name", "li.hua", "code", code, "password", strongPassword, "repeat", "other"), 422, "设置密码", "不一致")
		b.is(b.send("name", "li.hua", "code", code, "password", "password1234", "repeat", "password1234"), 422, "设置密码",
			"12 个字符")
		b.follow("name", "li.hua", "code", strings.ToLower(code), "password", strongPassword, "repeat", strongPassword)
		b.is(b.last, 200, "设置第二步验证", "")

		// Half a session opens nothing.
		for _, path := range []string{"/auth/me", "/auth/role", "/auth/me/sessions", "/auth/second"} {
			if p := b.get(path); p.status != 303 || !strings.HasPrefix(p.to(), "/auth/set-up") {
				t.Errorf("%s: %d to %q with half a session", path, p.status, p.to())
			}
		}
		p := b.see("/auth/set-up/app?next=/auth/me/sessions")
		b.seed = p.secret()
		if len(b.seed) != 32 || !strings.Contains(p.text, `<svg class="qr"`) ||
			!strings.Contains(p.text, `href="otpauth://totp/yitong.test:li.hua?`) {
			t.Fatalf("the page shows no secret: %q", b.seed)
		}
		b.is(b.send("code", "000000"), 401, "设置身份验证器", "不是当前的验证码")
		if b.last.secret() != "" {
			t.Error("another secret is shown after a wrong code")
		}
		p = b.send("code", b.code())
		b.is(p, 200, "请保存备用码", "")
		if n := strings.Count(p.text, "<li><code>"); n != 10 {
			t.Errorf("%d spare codes", n)
		}
		if on := p.find(`class="button" href="([^"]+)"`); on != "/auth/me/sessions" {
			t.Errorf("it goes on to %q", on)
		}
		p = b.see("/auth/me")
		b.is(p, 200, "我的账户", "")
		for _, want := range []string{"李华", "以 医师 身份操作 · 市第一医院", "li.hua", "剩余 10 个备用码"} {
			if !strings.Contains(p.text, want) {
				t.Errorf("the page of the account lacks %q", want)
			}
		}
		// The invitation counts once.
		b = w.browser()
		b.see("/auth/invite")
		b.is(b.send("name", "li.hua", "code", code, "password", strongPassword, "repeat", strongPassword), 401, "设置密码",
			"邀请码不正确")
	})
}

func TestStaffSignIn(t *testing.T) {
	each(t, func(w *world) {
		w.hospitals()
		first, _ := w.enrolled("li.hua", "李华", doctorAt("h1"))
		b := w.browser()
		b.seed = first.seed
		b.is(b.see("/auth/me/sessions"), 200, "登录", "")
		b.is(b.send("name", "li.hua", "password", "wrong"), 401, "登录", "用户名或密码不正确")
		if got := b.last.find(`id="name"[^>]*value="([^"]*)"`); got != "li.hua" {
			t.Errorf("the name is lost: %q", got)
		}
		b.is(b.send("name", "nobody", "password", "wrong"), 401, "登录", "用户名或密码不正确")
		b.is(b.follow("name", "li.hua", "password", strongPassword), 200, "第二步验证", "")
		for _, path := range []string{"/auth/me", "/auth/role", "/auth/me/factors", "/auth/set-up", "/auth/set-up/app",
			"/auth/set-up/passkey"} {
			if p := b.get(path); p.status != 303 || !strings.HasPrefix(p.to(), "/auth/second") {
				t.Errorf("%s: %d to %q with the password alone", path, p.status, p.to())
			}
		}
		if _, err := w.accounts.BySession(t.Context(), b.cookie("yitong")); err == nil {
			t.Error("half a session acts")
		}
		b.see("/auth/second?next=/auth/me/sessions")
		b.is(b.send("code", "123456"), 401, "第二步验证", "不是当前的验证码")
		code := b.code()
		b.is(b.follow("code", code), 200, "登录的设备", "")

		// A one-time password counts once, in other browsers too.
		other := w.browser()
		other.see("/auth/sign-in")
		other.follow("name", "li.hua", "password", strongPassword)
		other.is(other.send("code", code), 401, "第二步验证", "不是当前的验证码")

		// Who is signed in is led on.
		if p := b.get("/auth/sign-in?next=/auth/role"); p.status != 303 || p.to() != "/auth/role" {
			t.Errorf("sign-in of who is signed in: %d to %q", p.status, p.to())
		}
		if p := b.get("/auth/second"); p.status != 303 || p.to() != "/auth/me" {
			t.Errorf("second step of who is signed in: %d to %q", p.status, p.to())
		}
	})
}

func TestSpareCodes(t *testing.T) {
	w := one(t)
	b, _ := w.enrolled("li.hua", "李华")
	spare := b.last.find(`<li><code>([^<]+)`)
	other := w.browser()
	other.see("/auth/sign-in")
	other.follow("name", "li.hua", "password", strongPassword)
	if p := other.get("/auth/second?with=spare"); strings.Contains(p.text, `inputmode="numeric"`) {
		t.Error("a phone shows digits only for a spare code")
	}
	if !strings.Contains(other.last.text, "四组字母和数字") || strings.Contains(other.last.text, "6 位") {
		t.Error("the page does not say what a spare code looks like")
	}
	other.is(other.send("code", "AAAAA-AAAAA-AAAAA-AAAAA"), 401, "第二步验证", "这不是您的备用码")
	other.get("/auth/second?with=spare")
	other.is(other.follow("code", strings.ToLower(spare)), 200, "我的账户", "")
	if !strings.Contains(other.last.text, "剩余 9 个备用码") {
		t.Error("the code has not been used up")
	}
	other.see("/auth/me/factors")
	p := other.send("do", "spare")
	other.is(p, 200, "请保存备用码", "")
	if p.find(`<li><code>([^<]+)`) == spare {
		t.Error("the codes are the old ones")
	}
}

func TestTooManyAttempts(t *testing.T) {
	each(t, func(w *world) {
		w.enrolled("li.hua", "李华")
		b := w.browser()
		b.see("/auth/sign-in")
		for range 5 {
			b.is(b.send("name", "li.hua", "password", "wrong"), 401, "登录", "不正确")
		}
		p := b.send("name", "li.hua", "password", strongPassword)
		b.is(p, http.StatusTooManyRequests, "登录", "请等待 3 分钟")
		if p.header.Get("Retry-After") != "180" {
			t.Errorf("Retry-After %q", p.header.Get("Retry-After"))
		}
		w.wait(3*time.Minute + time.Second)
		b.is(b.follow("name", "li.hua", "password", strongPassword), 200, "第二步验证", "")
	})
}

func TestDisabledAccount(t *testing.T) {
	w := one(t)
	b, id := w.enrolled("li.hua", "李华")
	w.must(w.accounts.Disable(t.Context(), account.Console, id, "has left"))
	b.is(b.see("/auth/me"), 200, "登录", "")
	b.is(b.send("name", "li.hua", "password", strongPassword), 403, "登录", "账户已停用：has left。请联系本机构管理员。")
}

func TestRoles(t *testing.T) {
	each(t, func(w *world) {
		w.hospitals()
		b, _ := w.enrolled("li.hua", "李华", doctorAt("h1"),
			account.Grant{Role: gate.Administrator, Institution: "Organization/h2", Until: w.clock().Add(time.Hour)})
		if on := b.last.find(`class="button" href="([^"]+)"`); on != "/auth/role" {
			t.Fatalf("who has two roles goes on to %q", on)
		}
		p := b.see("/auth/role?next=/auth/me")
		b.is(p, 200, "选择身份", "")
		if strings.Contains(p.text, "<b>城东") || !strings.Contains(p.text, "&lt;b&gt;城东") {
			t.Error("the name of an institution is not escaped")
		}
		doctor := p.find(`value="(grant/[^"]+)"[^>]*><label[^>]*><strong>医师`)
		admin := p.find(`value="(grant/[^"]+)"[^>]*><label[^>]*><strong>机构管理员`)
		before := b.cookie("yitong")
		b.is(b.send("as", "grant/none"), 403, "选择身份", "不能以这个身份")
		if p := b.follow("as", doctor); !strings.Contains(p.text, "以 医师 身份操作 · 市第一医院") {
			t.Error("the banner does not say as what one acts")
		}
		if b.cookie("yitong") == before {
			t.Error("the session has the same token after a change of role")
		}
		b.see("/auth/role?next=/auth/me/sessions")
		b.is(b.follow("as", admin), 200, "登录的设备", "")
		if !strings.Contains(b.last.text, "以 机构管理员 身份操作 · &lt;b&gt;城东") {
			t.Error("the role was not switched")
		}
		acting, err := w.accounts.BySession(t.Context(), b.cookie("yitong"))
		if err != nil || acting.Role != gate.Administrator || acting.Institution != "Organization/h2" {
			t.Errorf("acts as %+v, %v", acting, err)
		}
	})
}

func TestSessions(t *testing.T) {
	each(t, func(w *world) {
		b, _ := w.enrolled("li.hua", "李华")
		other, third := w.browser(), w.browser()
		other.signIn("li.hua", b.seed, "")
		third.signIn("li.hua", b.seed, "")
		p := b.see("/auth/me/sessions")
		if n := strings.Count(p.text, `name="end"`); n != 3 || !strings.Contains(p.text, "Chrome · Windows") {
			t.Fatalf("%d sessions are shown", n)
		}
		s, err := w.accounts.Signed(t.Context(), other.cookie("yitong"))
		w.must(err)
		b.is(b.follow("end", s.Session.ID), 200, "登录的设备", "")
		if strings.Count(b.last.text, `name="end"`) != 2 || !strings.Contains(b.last.text, "已让该设备退出") {
			t.Error("the session is shown yet, or nothing is said")
		}
		other.is(other.see("/auth/me"), 200, "登录", "")

		// Nobody ends the sessions of others.
		stranger, _ := w.enrolled("wang", "王")
		s, err = w.accounts.Signed(t.Context(), third.cookie("yitong"))
		w.must(err)
		stranger.see("/auth/me/sessions")
		stranger.follow("end", s.Session.ID)
		third.is(third.see("/auth/me"), 200, "我的账户", "")

		b.see("/auth/me/sessions")
		b.is(b.follow("do", "all"), 200, "登录", "")
		if b.cookie("yitong") != "" || !strings.Contains(b.last.text, "您已退出登录") {
			t.Error("the browser keeps its cookie, or nothing is said")
		}
		third.is(third.see("/auth/me"), 200, "登录", "")
		stranger.is(stranger.see("/auth/me"), 200, "我的账户", "")
	})
}

func TestSignOut(t *testing.T) {
	w := one(t)
	b, _ := w.enrolled("li.hua", "李华")
	b.see("/auth/me")
	token := b.cookie("yitong")
	b.is(b.see("/auth/sign-out"), 200, "退出登录", "")
	b.is(b.follow(), 200, "登录", "")
	if b.cookie("yitong") != "" {
		t.Error("the browser keeps its cookie")
	}
	if _, err := w.accounts.Signed(t.Context(), token); err == nil {
		t.Error("the token holds after the sign-out")
	}
}

func TestPassword(t *testing.T) {
	w := one(t)
	b, _ := w.enrolled("li.hua", "李华")
	other := w.browser()
	other.signIn("li.hua", b.seed, "")
	const next = "noch eine 山 laterne"
	b.see("/auth/me/password")
	b.is(b.send("old", "wrong", "password", next, "repeat", next), 401, "更换密码", "现在的密码不正确")
	b.is(b.send("old", strongPassword, "password", "short", "repeat", "short"), 422, "更换密码", "12 个字符")
	b.is(b.send("old", strongPassword, "password", next, "repeat", next+"?"), 422, "更换密码", "不一致")
	b.is(b.follow("old", strongPassword, "password", next, "repeat", next), 200, "我的账户", "")
	if !strings.Contains(b.last.text, "密码已更换") {
		t.Error("nothing is said")
	}
	other.is(other.see("/auth/me"), 200, "登录", "")
	other.is(other.send("name", "li.hua", "password", strongPassword), 401, "登录", "不正确")
	other.is(other.follow("name", "li.hua", "password", next), 200, "第二步验证", "")
}

// Who signed in a while ago shows once more who they are before they change how they sign in.
func TestChangesNeedAFreshSignIn(t *testing.T) {
	w := one(t)
	b, _ := w.enrolled("li.hua", "李华")
	w.wait(11 * time.Minute)
	b.see("/auth/me/factors")
	p := b.send("do", "spare")
	if p.status != 303 || p.to() != "/auth/sign-in?again=1&next=%2Fauth%2Fme%2Ffactors" {
		t.Fatalf("spare codes: %d to %q", p.status, p.to())
	}
	if p := b.get("/auth/set-up/app"); !strings.HasPrefix(p.to(), "/auth/sign-in?again=1") {
		t.Errorf("set-up: %d to %q", p.status, p.to())
	}
	was := b.cookie("yitong")
	b.see("/auth/sign-in?again=1&next=/auth/me/factors")
	if b.last.find(`id="name"[^>]*value="([^"]*)"`) != "li.hua" {
		t.Error("the name is not filled in")
	}
	b.follow("name", "li.hua", "password", strongPassword)
	b.is(b.follow("code", b.code()), 200, "第二步验证", "")
	if _, err := w.accounts.Signed(t.Context(), was); err == nil {
		t.Error("the session from before holds yet")
	}
	b.is(b.send("do", "app"), 409, "第二步验证", "最后一种")
	b.is(b.send("do", "spare"), 200, "请保存备用码", "")
	b.see("/auth/me/factors")
	b.is(b.send("passkey", "ff"), 404, "第二步验证", "没有")
}

// TestConfirm: who is signed in shows the second factor once more, by a code, and goes on as what they were.
func TestConfirm(t *testing.T) {
	each(t, func(w *world) {
		w.hospitals()
		b, _ := w.enrolled("li.hua", "李华", doctorAt("h1"))
		b.see("/auth/me")
		if p := b.get("/auth/confirm?next=/records"); p.to() != "/records" {
			t.Errorf("what was shown a moment ago is asked for again: %d to %q", p.status, p.to())
		}
		w.wait(10 * time.Minute)
		was := b.cookie("yitong")
		b.is(b.see("/auth/confirm?next=/records"), 200, "第二步验证", "")
		if !strings.Contains(b.last.text, "再次确认是您本人") || !strings.Contains(b.last.text, `href="/auth/confirm?with=spare&amp;next=%2Frecords"`) {
			t.Error(b.last.text)
		}
		form := b.last.token()
		b.is(b.send("code", "000000"), 401, "第二步验证", "不是当前的验证码")
		if p := b.post("/auth/confirm?next=/records", "other", "code", b.code()); p.status != 403 {
			t.Errorf("a foreign form: %d", p.status)
		}
		if p := b.post("/auth/confirm?next=/records", form, "code", b.code()); p.to() != "/records" {
			t.Fatalf("%d %q to %q", p.status, p.problem(), p.to())
		}
		if _, err := w.accounts.Signed(t.Context(), was); err == nil {
			t.Error("the session from before holds yet")
		}
		p, err := w.accounts.BySession(t.Context(), b.cookie("yitong"))
		if err != nil || !p.Proved.Equal(w.clock()) || p.Role != gate.Doctor {
			t.Errorf("%+v, %v", p, err)
		}
		w.wait(10 * time.Minute)
		b.see("/auth/confirm")
		if p := b.send("code", b.code()); p.to() != "/auth/me?done=confirm" {
			t.Errorf("%d to %q", p.status, p.to())
		}
		out := w.browser()
		if p := out.get("/auth/confirm?next=/records"); p.to() != "/auth/sign-in?next=%2Fauth%2Fconfirm%3Fnext%3D%2Frecords" {
			t.Errorf("%d to %q", p.status, p.to())
		}
	})
}

// TestConfirmIsForStaff: residents have no second factor to show.
func TestConfirmIsForStaff(t *testing.T) {
	w := one(t)
	b := w.browser()
	b.see("/auth/phone")
	b.see(b.send("phone", phone).to())
	b.send("code", w.sent[e164])
	if p := b.get("/auth/confirm"); p.status != 404 {
		t.Errorf("%d to %q", p.status, p.to())
	}
}

func TestApps(t *testing.T) {
	w := one(t)
	b, id := w.enrolled("li.hua", "李华")
	w.apps.allow(id)
	p := b.see("/auth/me/apps")
	for _, want := range []string{"步数&lt;i&gt;记录", "市第一医院 负责 · 2026-11-01 08:00 授权", "查看您的检验结果"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	b.is(b.follow("client", "steps"), 200, "已授权的应用", "")
	if strings.Contains(b.last.text, "步数") || !strings.Contains(b.last.text, "已取消授权") {
		t.Error("the program may act yet, or nothing is said")
	}
}
