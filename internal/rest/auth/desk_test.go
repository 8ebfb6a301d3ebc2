package auth_test

import (
	"net/http"
	"strings"
	"testing"

	"yitong/internal/account/smart"
	"yitong/internal/fault"
	"yitong/internal/rest/auth"
	"yitong/internal/rest/oauth"
)

// authorize puts a desk beside the pages, as package oauth does: who comes back from it as somebody reads their name.
func (w *world) authorize(ask func(w http.ResponseWriter, r *http.Request)) {
	pages := w.serve
	w.serve = http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/auth/") {
			pages.ServeHTTP(out, r)
			return
		}
		ask(out, r)
	})
}

// tell answers with the name and the role of who is there.
func (w *world) tell(out http.ResponseWriter, r *http.Request) {
	s, p := w.site.Person(out, r, r.URL.Query().Get("prompt") == "login")
	if p != nil {
		_, _ = out.Write([]byte("<h1>" + s.Account.Name + " " + string(p.Role) + "</h1>"))
	}
}

const authorization = "/oauth/authorize?client_id=a&state=%2F%2Fx"

func TestPersonIsLedToTheSignInAndBack(t *testing.T) {
	w := one(t)
	w.hospitals()
	first, _ := w.enrolled("li.hua", "李华", doctorAt("h1"))
	w.authorize(w.tell)
	b := w.browser()
	b.seed = first.seed
	p := b.get(authorization)
	if p.status != 303 || !strings.HasPrefix(p.to(), "/auth/sign-in?next=%2Foauth%2F") {
		t.Fatalf("%d to %q", p.status, p.to())
	}
	b.see(p.to())
	b.follow("name", "li.hua", "password", strongPassword)
	if p := b.get(authorization); !strings.HasPrefix(p.to(), "/auth/second?next=%2Foauth%2F") {
		t.Errorf("half a session: %d to %q", p.status, p.to())
	}
	b.see(b.last.to())
	// The redirects of a form end here, at a page that goes on by itself.
	b.is(b.follow("code", b.code()), 200, "登录成功", "")
	if got := b.last.header.Get("Refresh"); got != "0;url="+authorization {
		t.Errorf("Refresh is %q", got)
	}
	b.is(b.get(authorization), 200, "li.hua doctor", "")
}

func TestPersonChoosesARole(t *testing.T) {
	w := one(t)
	w.hospitals()
	first, _ := w.enrolled("li.hua", "李华", doctorAt("h1"), doctorAt("h2"))
	w.authorize(w.tell)
	b := w.browser()
	b.signIn("li.hua", first.seed, "next=/auth/me")
	p := b.get(authorization)
	if !strings.HasPrefix(p.to(), "/auth/role?next=%2Foauth%2F") {
		t.Fatalf("%d to %q", p.status, p.to())
	}
	p = b.see(p.to())
	b.is(b.follow("as", p.find(`value="(grant/[^"]+)"`)), 200, "登录成功", "")
	b.is(b.get(authorization), 200, "li.hua doctor", "")
}

func TestPersonWithoutAName(t *testing.T) {
	w := one(t)
	w.wang()
	b := w.browser()
	b.byPhone("next=%2Foauth%2Fauthorize")
	w.authorize(w.tell)
	if p := b.get(authorization); !strings.HasPrefix(p.to(), "/auth/real-name?next=%2Foauth%2F") {
		t.Errorf("%d to %q", p.status, p.to())
	}
	b.see(b.last.to())
	b.is(b.follow("do", "later"), 200, "我的账户", "")
}

func TestPersonSignsInAnew(t *testing.T) {
	w := one(t)
	w.hospitals()
	b, _ := w.enrolled("li.hua", "李华", doctorAt("h1"))
	w.authorize(w.tell)
	const anew = authorization + "&prompt=login"
	b.is(b.get(authorization), 200, "li.hua doctor", "")
	p := b.get(anew)
	if !strings.HasPrefix(p.to(), "/auth/sign-in?again=1&next=%2Foauth%2F") {
		t.Fatalf("%d to %q", p.status, p.to())
	}
	b.see(p.to())
	b.follow("name", "li.hua", "password", strongPassword)
	b.is(b.follow("code", b.code()), 200, "登录成功", "")
	if got := b.last.header.Get("Refresh"); got != "0;url="+anew {
		t.Errorf("Refresh is %q", got)
	}
	b.is(b.get(authorization), 200, "li.hua doctor", "")
}

var program = oauth.Program{Name: "糖尿病<助手>", English: "Diabetes <helper>", Institution: "市第一医院", Host: "app.example.cn", Back: "https://app.example.cn"}

func TestConsent(t *testing.T) {
	w := one(t)
	w.hospitals()
	b, _ := w.enrolled("li.hua", "李华", doctorAt("h1"))
	w.authorize(func(out http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			if err := r.ParseForm(); err != nil {
				t.Error(err)
			}
			got := append(r.PostForm["scope"], r.PostForm.Get("state"))
			_, _ = out.Write([]byte("<h1>" + strings.Join(got, " ") + "</h1>"))
			return
		}
		w.site.Consent(out, r, oauth.Consent{
			Program: program, State: "s&1", Remains: true,
			Resident: &oauth.Resident{Reference: "Patient/p1", Name: "王小明", Birth: "2015-03-07", Gender: "male",
				Number: "4201****0018"},
			Wishes: []oauth.Wish{
				{Scope: "openid", Sentence: smart.Sentence{Chinese: "知道您是谁", English: "know who you are"},
					Needed: true},
				{Scope: "patient/Observation.rs", Sentence: smart.Sentence{Chinese: "查看检查检验结果",
					English: "read findings"}},
				{Scope: "patient/Basic.rs"},
			},
		})
	})
	p := b.get(authorization)
	b.is(p, 200, "应用请求授权", "")
	for _, want := range []string{"糖尿病&lt;助手&gt;", "市第一医院", "app.example.cn", "王小明", "男 · 2015-03-07 · 4201****0018",
		"查看检查检验结果", "使用其他权限：patient/Basic.rs", "以 医师 身份操作"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(p.text, "不能再访问") {
		t.Error("the page says that the program does not come back, but it may")
	}
	policy := p.header.Get("Content-Security-Policy")
	if !strings.Contains(policy,
		"form-action 'self' https://app.example.cn;") {
		t.Errorf("the form may not lead to the program: %s", policy)
	}
	if got := p.find(`name="scope" value="([^"]+)">`); got != "openid" {
		t.Errorf("what is needed is not part of the form: %q", got)
	}
	if got := b.get(authorization + "&ui_locales=en"); !strings.Contains(got.text,
		"“Diabetes &lt;helper&gt;” asks for access") {
		t.Error("the language that the program asks for is not taken")
	}
	b.is(b.send("scope", "openid", "scope", "patient/Observation.rs", "state",
		b.last.find(`name="state" value="([^"]+)"`), "decision", "allow"), 200, "openid patient/Observation.rs s&1", "")
}

func TestChoose(t *testing.T) {
	w := one(t)
	b := w.browser()
	c := oauth.Choice{Program: program, State: "s1", Search: true, Query: "王"}
	w.authorize(func(out http.ResponseWriter, r *http.Request) { w.site.Choose(out, r, c) })
	b.is(b.get(authorization), 200, "选择居民", "")
	if !strings.Contains(b.last.text, "没有找到") {
		t.Error("nothing is said of who is not found")
	}
	c.Likely = []oauth.Resident{{Reference: "Patient/p1", Name: "王<b>小明", Gender: "alien"}, {Reference: "Patient/p2",
		Name: "王奶奶", Gender: "female"}}
	c.Error = "not one of them"
	b.is(b.get(authorization), 422, "选择居民", "不能选择这位居民")
	if !strings.Contains(b.last.text, `name="decision" value="deny"`) {
		t.Error("there is no way to choose nobody")
	}
	if strings.Contains(b.last.text, "<b>") || strings.Count(b.last.text, `name="patient"`) != 2 {
		t.Error("the residents are not shown, or not escaped")
	}
}

func TestFormsTo(t *testing.T) {
	t.Parallel()
	for back, taken := range map[string]bool{
		"https://app.example.cn": true, "https://app.example.cn:8443": true, "http://127.0.0.1:9000": true, "http://[::1]:9000": true,
		"org.example.app:": true, "": false, "x; script-src *": false, "https://x.example 'unsafe-eval'": false, "*": false,
		"https://*": false, "https://x.example/path": false, "https://x.example;": false, "https://": false,
	} {
		if got := auth.FormsTo(back); got != map[bool]string{true: " " + back, false: ""}[taken] {
			t.Errorf("%q: %q", back, got)
		}
	}
}

func TestFail(t *testing.T) {
	w := one(t)
	b := w.browser()
	var err error
	w.authorize(func(out http.ResponseWriter, r *http.Request) { w.site.Fail(out, r, err) })
	for _, c := range []struct {
		code   fault.Code
		status int
		text   string
	}{
		{fault.Unknown, 400, "没有在平台登记"}, {fault.NotFound, 404, "没有在平台登记"}, {fault.Forbidden, 403, "已停用"},
		{fault.Malformed, 400, "请求有误"},
		{fault.Internal, 500, "系统出现问题"}, {fault.Unavailable, 503, "系统繁忙"}, {"new", 500, "系统出现问题"},
	} {
		err = fault.New(c.code, "the secret cause")
		b.is(b.get(authorization), c.status, "无法继续", c.text)
		if strings.Contains(b.last.text, "secret cause") {
			t.Errorf("%s: the page shows the English message", c.code)
		}
	}
}
