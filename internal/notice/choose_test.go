package notice_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/notice"
)

// TestMandatory: who has switched everything off has what is mandatory in the inbox all the same, and nothing else.
func TestMandatory(t *testing.T) {
	eachDatabase(t, func(w world) {
		c := off(notice.Access, notice.Inbox, notice.SMS)
		c.Channels[notice.Care] = c.Channels[notice.Access]
		w.must(w.Choose(w.Context(), "li", c))
		must := w.write(w.a("access", "Patient/li"))
		w.write(w.a("care", "Patient/li"))
		w.left("")
		w.clock.forward(time.Hour)
		w.left("")
		if got := w.inbox("li", false); len(got) != 1 || got[0] != must {
			t.Errorf("the inbox has %v, want %s", got, must)
		}
	})
}

// TestChoices: what is no choice is refused, and what is chosen stays.
func TestChoices(t *testing.T) {
	eachDatabase(t, func(w world) {
		c, unconfirmed, err := w.Choices(w.Context(), "li")
		w.must(err)
		if c.Language != bilingual.Chinese || c.Quiet != notice.UsualQuiet || c.Email+unconfirmed != "" || !c.On(notice.Care, notice.SMS) || c.On(notice.Care, notice.WeChat) {
			t.Errorf("usual is %+v", c)
		}
		for name, change := range map[string]func(*notice.Choices){
			"a language":  func(c *notice.Choices) { c.Language = "fr" },
			"an hour":     func(c *notice.Choices) { c.Quiet.From = "24:00" },
			"half a time": func(c *notice.Choices) { c.Quiet.To = "8:00" },
			"a group":     func(c *notice.Choices) { c.Channels = map[notice.Group]map[notice.Channel]bool{"x": nil} },
			"a channel": func(c *notice.Choices) {
				c.Channels = map[notice.Group]map[notice.Channel]bool{notice.Care: {"fax": true}}
			},
		} {
			bad := c
			change(&bad)
			if err := w.Choose(w.Context(), "li", bad); fault.CodeOf(err) != fault.Malformed {
				t.Errorf("%s: got %v", name, err)
			}
		}
		c.Email = "li@example.cn"
		w.refused(w.Choose(w.Context(), "li", c), fault.Unprocessable) // nobody has confirmed it
		c = off(notice.Care, notice.SMS)
		c.Language, c.Quiet = bilingual.English, notice.Hours{From: "21:00", To: "07:30"}
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if err := w.Choose(w.Context(), "li", c); err != nil && fault.CodeOf(err) != fault.Conflict {
					t.Error(err)
				}
			})
		}
		all.Wait()
		got, _, err := w.Choices(w.Context(), "li")
		w.must(err)
		if got.Language != bilingual.English || got.Quiet != c.Quiet || got.On(notice.Care, notice.SMS) {
			t.Errorf("got %+v", got)
		}
	})
}

// TestEmail: an address is used once the code that was sent to it has come back, in time and after few tries.
func TestEmail(t *testing.T) {
	eachDatabase(t, func(w world) {
		code := func() string {
			w.Helper()
			all := w.out.all()
			return strings.TrimPrefix(all[len(all)-1].Text, "验证码 ")[:6]
		}
		for _, bad := range []string{"", "li", "li@", "<li@example.cn>", "Li <li@example.cn>", "li@example.cn\r\nBcc: x@example.cn", "李@example.cn", strings.Repeat("a", 250) + "@b.cn"} {
			w.refused(w.AskEmail(w.Context(), "li", bad), fault.Malformed)
		}
		w.must(w.AskEmail(w.Context(), "li", " li@example.cn "))
		first := code()
		if _, unconfirmed, _ := w.Choices(w.Context(), "li"); unconfirmed != "li@example.cn" {
			t.Errorf("%q waits", unconfirmed)
		}
		w.must(w.AskEmail(w.Context(), "li", "other@example.cn"))
		if code() != first {
			w.refused(w.ConfirmEmail(w.Context(), "li", first), fault.Unprocessable) // of another address
		}
		wrong := "000000"
		if code() == wrong {
			wrong = "000001"
		}
		for range 6 {
			w.refused(w.ConfirmEmail(w.Context(), "li", wrong), fault.Unprocessable)
		}
		w.refused(w.ConfirmEmail(w.Context(), "li", code()), fault.Unprocessable) // too many tries
		w.must(w.AskEmail(w.Context(), "li", "li@example.cn"))
		w.refused(w.AskEmail(w.Context(), "li", "li@example.cn"), fault.TooOften)
		w.refused(w.ConfirmEmail(w.Context(), "chen", code()), fault.Unprocessable) // somebody else
		w.clock.forward(31 * time.Minute)
		w.refused(w.ConfirmEmail(w.Context(), "li", code()), fault.Unprocessable)
		w.clock.forward(time.Hour)
		w.must(w.AskEmail(w.Context(), "li", "li@example.cn"))
		w.must(w.ConfirmEmail(w.Context(), "li", code()))
		w.refused(w.ConfirmEmail(w.Context(), "li", code()), fault.Unprocessable) // once
		w.out.take()
		w.write(w.a("alone", "Patient/li"))
		w.left("email li 1, sms li 1")
		c, _, err := w.Choices(w.Context(), "li")
		w.must(err)
		c.Email = ""
		w.must(w.Choose(w.Context(), "li", c))
		w.write(w.a("alone", "Patient/li"))
		w.left("sms li 1")
	})
}
