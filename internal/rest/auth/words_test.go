package auth_test

import (
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/account"
	"yitong/internal/account/smart"
	"yitong/internal/gate"
	"yitong/internal/rest/auth"
	"yitong/internal/rest/oauth"
)

// Both languages have all texts, and each takes what the other takes.
func TestWordsAreWhole(t *testing.T) {
	t.Parallel()
	holes := regexp.MustCompile(`\{\d\}`)
	chinese, english := auth.Words()["zh-CN"], auth.Words()["en"]
	sorted := func(text string) []string {
		found := holes.FindAllString(text, -1)
		slices.Sort(found)
		return found
	}
	for key, text := range chinese {
		other, is := english[key]
		if !is {
			t.Errorf("%q is missing in English", key)
		}
		if strings.TrimSpace(text) == "" || strings.TrimSpace(other) == "" {
			t.Errorf("%q says nothing", key)
		}
		if is && !slices.Equal(sorted(text), sorted(other)) {
			t.Errorf("%q takes %v in Chinese and %v in English", key, sorted(text), sorted(other))
		}
		if foreign := regexp.MustCompile(`[A-Za-z]{3,}`).FindString(text); foreign != "" &&
			!slices.Contains([]string{"Yitong", "English", "lang", "TOTP", "JavaScript", "Cookie"}, foreign) {
			t.Errorf("%q in Chinese has the foreign word %s", key, foreign)
		}
		if strings.ContainsFunc(other, han) && !slices.Contains([]string{"frame.product", "frame.other"}, key) {
			t.Errorf("%q in English has Chinese in it: %s", key, other)
		}
	}
	for key := range english {
		if _, is := chinese[key]; !is {
			t.Errorf("%q is missing in Chinese", key)
		}
	}
	for _, role := range gate.Roles() {
		if chinese["role."+string(role)] == "" {
			t.Errorf("the role %s has no name", role)
		}
	}
}

func han(c rune) bool { return c >= 0x4e00 && c <= 0x9fff }

var (
	action = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	tag    = regexp.MustCompile(`(?s)<[^>]*>`)
	said   = regexp.MustCompile(`(?:aria-label|alt|title|placeholder|data-[a-z]+)="([^"]*)"`)
	letter = regexp.MustCompile(`[\pL]`)
	keys   = regexp.MustCompile(`\.T "([^"]+)"`)
)

// No text stands outside the files of words: neither in templates nor in the script; and there is no text that nobody
// says.
func TestNoTextOutsideTheWords(t *testing.T) {
	t.Parallel()
	used, all := map[string]bool{}, ""
	files, err := fs.Glob(os.DirFS("."), "pages/*.html")
	if err != nil || len(files) < 20 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range keys.FindAllStringSubmatch(string(text), -1) {
			used[m[1]] = true
			if auth.Words()["en"][m[1]] == "" {
				t.Errorf("%s says %q, which there is not", name, m[1])
			}
		}
		all += string(text)
		plain := action.ReplaceAllString(string(text), "")
		for _, m := range said.FindAllStringSubmatch(plain, -1) {
			if letter.MatchString(m[1]) && m[1] != "get" && m[1] != "create" && !strings.HasPrefix(m[1], "/auth/") {
				t.Errorf("%s has the text %q", name, m[1])
			}
		}
		if found := letter.FindString(tag.ReplaceAllString(plain, "")); found != "" {
			t.Errorf("%s has text outside the words, around %q", name, found)
		}
	}
	script, err := os.ReadFile("assets/passkey.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(script), "\n") {
		if code, _, _ := strings.Cut(line, "//"); strings.ContainsFunc(code, han) ||
			regexp.MustCompile(`["'][A-Z][a-z]+ `).MatchString(code) {
			t.Errorf("the script has the text %s", line)
		}
	}
	// Keys that are put together.
	made := regexp.MustCompile(`^(no|done|role|gender|document)\.|^consent\.other$|\.(title|hint)$`)
	for key := range auth.Words()["en"] {
		page, field, _ := strings.Cut(key, ".")
		field = strings.ReplaceAll(field, ".", `" "`) // with its kind, where that has its own words
		if !used[key] && !made.MatchString(key) && !strings.Contains(all, `.Field "`+field+`"`) {
			t.Errorf("nobody says %q (of %s)", key, page)
		}
	}
}

// every draws each page once: what a browser that has signed in sees, and what one before that does.
func (w *world) every(view string) map[string]page {
	w.Helper()
	all := map[string]page{}
	see := func(b *browser, name, path string) { all[name] = b.see(path) }
	fresh := func() *browser {
		b := w.browser()
		b.get("/auth/view?" + view)
		return b
	}
	w.hospitals()
	w.wang()
	out := fresh()
	see(out, "sign-in", "/auth/sign-in")
	all["sign-in-wrong"] = out.send("name", "<b>li", "password", "wrong")
	see(out, "phone", "/auth/phone")
	out.send("phone", phone)
	see(out, "code", "/auth/code")
	see(out, "invite", "/auth/invite")
	all["invite-wrong"] = out.send("name", "li.hua", "code", "x", "password", "a", "repeat", "b")
	see(out, "fail", "/auth/none")
	see(out, "out", "/auth/sign-out")
	resident := fresh()
	resident.get("/auth/phone")
	resident.see(resident.send("phone", phone).to())
	all["real-name"] = resident.see(resident.send("code", w.sent[e164]).to())
	all["real-name-wrong"] = resident.send("called", "王", "number", "1", "document", "citizen")
	see(resident, "me-resident", "/auth/me")

	id, code := w.staff("li.hua", "<b>李华</b>", doctorAt("h1"),
		account.Grant{Role: gate.Administrator, Institution: "Organization/h2", Until: w.clock().Add(time.Hour)})
	b := fresh()
	b.get("/auth/invite")
	b.send("name", "li.hua", "code", code, "password", strongPassword, "repeat", strongPassword)
	see(b, "set-up", "/auth/set-up")
	see(b, "set-up-passkey", "/auth/set-up/passkey")
	see(b, "set-up-app", "/auth/set-up/app")
	b.seed = b.last.secret()
	all["set-up-app-wrong"] = b.send("code", "000000")
	all["spare"] = b.send("code", b.code())
	w.wait(2 * time.Minute)
	see(b, "confirm", "/auth/confirm")
	all["confirm-wrong"] = b.send("code", "000000")
	half := fresh()
	half.get("/auth/sign-in")
	half.send("name", "li.hua", "password", strongPassword)
	see(half, "second", "/auth/second")
	see(half, "second-spare", "/auth/second?with=spare")
	see(b, "role", "/auth/role")
	b.send("as", b.last.find(`value="(grant/[^"]+)"`))
	w.apps.allow(id)
	see(b, "onward", "/auth/onward?next=/oauth/authorize")
	see(b, "again", "/auth/sign-in?again=1")
	for _, name := range []string{"me", "me/sessions", "me/factors", "me/password", "me/apps", "sign-out"} {
		see(b, strings.TrimPrefix(name, "me/"), "/auth/"+name)
	}
	see(b, "done", "/auth/me?done=password")
	w.desk(b, all)
	return all
}

// desk draws the pages of the desk.
func (w *world) desk(b *browser, all map[string]page) {
	resident := oauth.Resident{Reference: "Patient/p1", Name: "王小明", Birth: "2015-03-07", Gender: "male",
		Number: "4201****0018"}
	consent := oauth.Consent{Program: program, State: "s", Resident: &resident, Remains: true, Wishes: []oauth.Wish{
		{Scope: "openid", Sentence: smart.Sentence{Chinese: "知道您是谁", English: "know who you are"}, Needed: true},
		{Scope: "patient/Observation.rs", Sentence: smart.Sentence{Chinese: "查看化验、检查和测量结果",
			English: "read laboratory results, findings and measurements"}},
		{Scope: "patient/Basic.rs"},
	}}
	w.authorize(func(out http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("choose") {
			w.site.Choose(out, r, oauth.Choice{Program: program, State: "s", Search: true, Query: "王",
				Likely: []oauth.Resident{resident, {Reference: "Patient/p2", Name: "王奶奶", Gender: "female"}}})
			return
		}
		w.site.Consent(out, r, consent)
	})
	all["consent"] = b.get(authorization)
	all["choose"] = b.get(authorization + "&choose")
}

// Every page can be drawn in both languages and both sizes, says what it says in one language, and gives nothing raw.
func TestEveryPage(t *testing.T) {
	for name, view := range map[string]string{"Chinese": "lang=zh-CN", "English": "lang=en",
		"large": "lang=zh&size=large"} {
		t.Run(name, func(t *testing.T) {
			for page, p := range one(t).every(view) {
				checkPage(t, page, p, name)
			}
		})
	}
}

func checkPage(t *testing.T, name string, p page, view string) {
	if p.status >= 500 || p.title() == "" || !strings.Contains(p.text, "</html>") {
		t.Errorf("%s: %d %q", name, p.status, p.title())
		return
	}
	code := map[bool]string{true: "en", false: "zh-CN"}[view == "English"]
	if !strings.Contains(p.text, `<html lang="`+code+`"`) ||
		strings.Contains(p.text, `class="large"`) != (view == "large") || p.header.Get("Content-Language") != code {
		t.Errorf("%s: the language or the size is not the one that was chosen", name)
	}
	for _, raw := range []string{"<b>", "ZgotmplZ", "{0}", "{1}", "<nil>", "%!"} {
		if strings.Contains(p.text, raw) {
			t.Errorf("%s: the page has %s", name, raw)
		}
	}
	ids := regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(p.text, -1)
	seen := map[string]bool{}
	for _, id := range ids {
		if seen[id[1]] {
			t.Errorf("%s: the id %s is there twice", name, id[1])
		}
		seen[id[1]] = true
	}
	points := regexp.MustCompile(`(?:for|aria-describedby)="([^"]+)"|href="#([^"]+)"`)
	for _, m := range points.FindAllStringSubmatch(p.text, -1) {
		for _, id := range strings.Fields(m[1] + " " + m[2]) {
			if !seen[id] {
				t.Errorf("%s: points to %q, which there is not", name, id)
			}
		}
	}
}

// The language is the one of the address, of what was chosen before, or of the browser, in this order; Chinese for all
// others.
func TestLanguages(t *testing.T) {
	w := one(t)
	for _, c := range []struct{ address, accept, want string }{
		{"", "", "zh-CN"}, {"", "en-GB,en;q=0.9,zh;q=0.5", "en"}, {"", "zh-TW", "zh-CN"}, {"", "fr", "zh-CN"},
		{"", "fr, en;q=0.2", "en"},
		{"", "%%%", "zh-CN"}, {"?lang=en", "zh", "en"}, {"?lang=zh", "en", "zh-CN"}, {"?lang=xx", "en", "en"},
		{"?ui_locales=fr+en", "zh", "en"},
		{"?lang=" + strings.Repeat("a,", 200), "en", "en"},
	} {
		b := w.browser()
		r := b.form("/auth/sign-in"+c.address, "")
		r.Method, r.Body = "GET", nil
		r.Header.Set("Accept-Language", c.accept)
		if got := b.do(r).header.Get("Content-Language"); got != c.want {
			t.Errorf("%q with %q: %s, want %s", c.address, c.accept, got, c.want)
		}
	}
	b := w.browser()
	if p := b.get("/auth/view?lang=en&next=%2Fauth%2Fphone"); p.to() != "/auth/phone" {
		t.Errorf("leads to %q", p.to())
	}
	if b.see("/auth/phone").header.Get("Content-Language") != "en" {
		t.Error("the choice is forgotten")
	}
	if p := b.get("/auth/view?lang=zh&next=https://evil.example"); p.to() != "/auth/me" {
		t.Errorf("leads to %q", p.to())
	}
	b.get("/auth/view?size=large")
	b.get("/auth/view?size=usual")
	if strings.Contains(b.see("/auth/sign-in").text, `class="large"`) {
		t.Error("the size cannot be changed back")
	}
}
