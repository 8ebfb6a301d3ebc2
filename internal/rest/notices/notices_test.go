package notices_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"yitong/internal/bilingual"
	"yitong/internal/notice"
)

type listed struct {
	Notices []struct {
		ID, Kind    string
		Title, Text bilingual.Text
		Read        *time.Time
	}
	Next string
}

type counted struct {
	Unread int
	More   bool
}

// TestInboxOverHTTP: one's own notices, paged, counted and read, on record; nobody else's.
func TestInboxOverHTTP(t *testing.T) {
	each(t, func(w *world) {
		li, chen := w.signIn("li"), w.signIn("chen")
		n := w.node(true)
		b := n.browser(li)
		var want []string
		for range 3 {
			want = append([]string{w.tell("care", "li")}, want...)
		}
		var c counted
		w.until("all are there", func() bool { return b.do("GET", "/notices/count", nil, &c) == 200 && c.Unread == 3 && !c.More })
		if w.lines("_summary=count", "Patient/li", `"done"`) == 0 || w.lines("_summary=count", "Communication/") != 0 {
			t.Error("to be told how many there are should be on record, and be no look at any")
		}
		var got listed
		if status := b.do("GET", "/notices?most=2", nil, &got); status != 200 || len(got.Notices) != 2 || got.Notices[0].ID != want[0] || got.Notices[1].ID != want[1] || got.Next == "" {
			t.Fatalf("%d %+v, want %v", status, got, want)
		}
		if got.Notices[0].Title.Zh != "检查结果" || got.Notices[0].Text.En != "Glucose 5.6" || got.Notices[0].Read != nil {
			t.Errorf("got %+v", got.Notices[0])
		}
		for _, id := range want[:2] {
			if w.lines(`"search-type"`, "Communication/"+id, "Patient/li", `"done"`) == 0 {
				t.Errorf("the trail does not have who has read %s", id)
			}
		}
		next := got.Next
		got = listed{}
		if status := b.do("GET", "/notices?most=2&before="+url.QueryEscape(next), nil, &got); status != 200 || len(got.Notices) != 1 || got.Notices[0].ID != want[2] || got.Next != "" {
			t.Errorf("%d %+v", status, got)
		}
		if status := b.do("POST", "/notices/"+want[0]+"/read", nil, nil); status != 200 {
			t.Errorf("reading: %d", status)
		}
		got = listed{}
		if b.do("GET", "/notices?unread=true", nil, &got); len(got.Notices) != 2 || got.Notices[0].ID != want[1] {
			t.Errorf("unread are %+v", got)
		}
		other := n.browser(chen)
		if status := other.do("POST", "/notices/"+want[1]+"/read", nil, nil); status != 404 {
			t.Errorf("somebody else reads: %d", status)
		}
		got = listed{}
		if other.do("GET", "/notices", nil, &got); len(got.Notices) != 0 {
			t.Errorf("somebody else sees %+v", got)
		}
		if status := b.do("POST", "/notices/read-all", nil, nil); status != 200 {
			t.Errorf("reading all: %d", status)
		}
		if b.do("GET", "/notices/count", nil, &c); c.Unread != 0 {
			t.Errorf("unread are %d", c.Unread)
		}
		nobody := n.browser("none")
		for _, path := range []string{"/notices", "/notices/count", "/notices/choices", "/notices/live"} {
			if status := nobody.do("GET", path, nil, nil); status != 401 {
				t.Errorf("%s for nobody: %d", path, status)
			}
		}
		for path, status := range map[string]int{"/notices?most=0": 400, "/notices?most=51": 400, "/notices?unread=maybe": 400, "/notices/none": 404} {
			if got := b.do("GET", path, nil, nil); got != status && path != "/notices/none" {
				t.Errorf("%s: %d, want %d", path, got, status)
			}
		}
	})
}

// TestLive: a notice that one server settles comes at once on a socket at another; a page of another site has none, and
// who signs out has none any more.
func TestLive(t *testing.T) {
	each(t, func(w *world) {
		li := w.signIn("li")
		w.node(true)
		there := w.node(false)
		dial := func(origin, token string) (*websocket.Conn, *http.Response, error) {
			h := http.Header{"Cookie": {"yitong=" + token}}
			if origin != "" {
				h.Set("Origin", origin)
			}
			return websocket.Dial(t.Context(), strings.Replace(there.URL, "http", "ws", 1)+"/notices/live", &websocket.DialOptions{HTTPHeader: h})
		}
		for origin, status := range map[string]int{"https://evil.example": 403, "": 403, "null": 403, there.URL + ".evil.example": 403} {
			if c, answer, err := dial(origin, li); err == nil || answer.StatusCode != status {
				if c != nil {
					c.CloseNow()
				}
				t.Errorf("from %q: %v %v", origin, answer, err)
			}
		}
		if _, answer, err := dial(there.URL, "none"); err == nil || answer.StatusCode != 401 {
			t.Errorf("for nobody: %v %v", answer, err)
		}
		c, _, err := dial(there.URL, li)
		w.must(err)
		defer c.CloseNow()
		id := w.tell("care", "li")
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		_, text, err := c.Read(ctx)
		w.must(err)
		var got struct {
			Notice struct {
				ID    string
				Title bilingual.Text
			}
		}
		w.must(json.Unmarshal(text, &got))
		if got.Notice.ID != id || got.Notice.Title.En != "A result" {
			t.Errorf("got %s", text)
		}
		if w.lines("notices/live", "Communication/"+id) != 1 {
			t.Error("the trail does not have what came on the socket")
		}
		w.must(w.accounts.SignOut(t.Context(), li))
		w.tell("care", "li")
		if _, _, err = c.Read(ctx); websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
			t.Errorf("after the sign-out: %v", err)
		}
	})
}

// TestListeningIsNotUse: an open socket, and what comes on it, keeps no session from ending that nobody uses.
func TestListeningIsNotUse(t *testing.T) {
	each(t, func(w *world) {
		li := w.signIn("li")
		n := w.node(true)
		c, _, err := websocket.Dial(t.Context(), strings.Replace(n.URL, "http", "ws", 1)+"/notices/live", &websocket.DialOptions{HTTPHeader: http.Header{"Cookie": {"yitong=" + li}, "Origin": {n.URL}}})
		w.must(err)
		defer c.CloseNow()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		w.late.Store(int64(20 * time.Minute))
		w.tell("care", "li")
		_, _, err = c.Read(ctx)
		w.must(err)
		w.late.Store(int64(31 * time.Minute))
		w.tell("care", "li")
		if _, _, err = c.Read(ctx); websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
			t.Errorf("after half an hour: %v", err)
		}
	})
}

// TestChoicesOverHTTP: what is read can be changed and put back; an address is confirmed first; programs choose
// nothing.
func TestChoicesOverHTTP(t *testing.T) {
	each(t, func(w *world) {
		li := w.signIn("li")
		b := w.node(false).browser(li)
		var c struct {
			notice.Choices
			Unconfirmed string `json:"unconfirmed,omitempty"`
		}
		if status := b.do("GET", "/notices/choices", nil, &c); status != 200 || c.Language != "zh-CN" || c.Quiet.From != "22:00" || !c.Channels["care"]["sms"] || c.Channels["care"]["wechat"] {
			t.Fatalf("%d %+v", status, c)
		}
		c.Channels["care"]["sms"], c.Language = false, "en"
		if status := b.do("PUT", "/notices/choices", c, &c); status != 200 || c.Channels["care"]["sms"] || c.Language != "en" {
			t.Errorf("%d %+v", status, c)
		}
		if status := b.do("POST", "/notices/choices/email", map[string]string{"address": "li@example.cn"}, nil); status != 200 {
			t.Errorf("asking: %d", status)
		}
		if b.do("GET", "/notices/choices", nil, &c); c.Unconfirmed != "li@example.cn" || c.Email != "" {
			t.Errorf("got %+v", c)
		}
		if status := b.do("POST", "/notices/choices/email/confirm", map[string]string{"code": "x"}, nil); status != 422 {
			t.Errorf("a wrong code: %d", status)
		}
		mail := w.out.mails[len(w.out.mails)-1]
		code := regexp.MustCompile(`[0-9]{6}`).FindString(mail.Text)
		c.Unconfirmed = ""
		if status := b.do("POST", "/notices/choices/email/confirm", map[string]string{"code": code}, &c); status != 200 || c.Email != "li@example.cn" {
			t.Errorf("%d %+v", status, c)
		}
		for body, want := range map[any]int{"x": 400, `{"language":"zh-CN"}`: 400} {
			if status := b.do("PUT", "/notices/choices", body, nil); status != want {
				t.Errorf("%v: %d", body, status)
			}
		}
		foreign, err := http.NewRequest("PUT", b.URL+"/notices/choices", strings.NewReader("{}"))
		w.must(err)
		foreign.Header.Set("Content-Type", "application/json")
		foreign.Header.Set("Sec-Fetch-Site", "cross-site")
		answer, err := b.Do(foreign)
		w.must(err)
		answer.Body.Close()
		if answer.StatusCode == 200 {
			t.Errorf("a page of another site chooses: %s", answer.Status)
		}
	})
}

var formToken = regexp.MustCompile(`name="form" value="([^"]+)"`)

// TestPages: the choices as a page in both languages, with forms that are its own.
func TestPages(t *testing.T) {
	each(t, func(w *world) {
		li := w.signIn("li")
		n := w.node(true)
		b := n.browser(li)
		status, text := b.page("/notices/settings?lang=en")
		if status != 200 || !strings.Contains(text, "<h1>Notices</h1>") || !strings.Contains(text, `lang="en"`) {
			t.Fatalf("%d %s", status, text)
		}
		if status, text = b.page("/notices/settings?lang=zh-CN"); status != 200 || !strings.Contains(text, "<h1>通知设置</h1>") || !strings.Contains(text, `value="care/sms" checked`) || strings.Contains(text, "access/inbox") {
			t.Fatalf("%d %s", status, text)
		}
		token := formToken.FindStringSubmatch(text)[1]
		chosen := url.Values{"do": {"choose"}, "language": {"en"}, "from": {"21:30"}, "to": {"06:00"}, "on": {"care/inbox", "work/email"}}
		if status, text := b.send("/notices/settings", "forged", chosen); status != 403 || !strings.Contains(text, "页面已过期") || !strings.Contains(text, `value="21:30"`) {
			t.Errorf("a forged form: %d %s", status, text)
		}
		if status, where := b.send("/notices/settings", token, chosen); status != 303 || where != "/notices/settings?done=choose" {
			t.Errorf("%d %s", status, where)
		}
		c, _, err := n.notices.Choices(t.Context(), w.ids["li"])
		w.must(err)
		if c.Language != "en" || c.Quiet != (notice.Hours{From: "21:30", To: "06:00"}) || !c.On("care", notice.Inbox) || c.On("care", notice.SMS) || !c.On("work", notice.Email) {
			t.Errorf("chosen is %+v", c)
		}
		chosen.Set("from", "x")
		if status, text := b.send("/notices/settings", token, chosen); status != 400 || !strings.Contains(text, `role="alert"`) {
			t.Errorf("a time that is none: %d %s", status, text)
		}
		if status, where := b.send("/notices/settings", token, url.Values{"do": {"ask"}, "address": {"li@example.cn"}}); status != 303 || !strings.HasSuffix(where, "done=ask") {
			t.Errorf("%d %s", status, where)
		}
		code := regexp.MustCompile(`[0-9]{6}`).FindString(w.out.mails[0].Text)
		if status, where := b.send("/notices/settings", token, url.Values{"do": {"use"}, "code": {code}}); status != 303 || !strings.HasSuffix(where, "done=use") {
			t.Errorf("%d %s", status, where)
		}
		if _, text := b.page("/notices/settings?done=use"); !strings.Contains(text, "li@example.cn") || !strings.Contains(text, "邮箱已确认") {
			t.Errorf("the page is %s", text)
		}
		if status, where := b.send("/notices/settings", token, url.Values{"do": {"drop"}}); status != 303 || !strings.HasSuffix(where, "done=drop") {
			t.Errorf("%d %s", status, where)
		}
		if status, where := n.browser("none").page("/notices/settings"); status != 303 || !strings.HasPrefix(where, "/auth/sign-in?next=") {
			t.Errorf("for nobody: %d %s", status, where)
		}
	})
}
