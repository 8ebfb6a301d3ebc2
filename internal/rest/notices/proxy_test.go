package notices_test

import (
	"fmt"
	"testing"

	"yitong/internal/account"
	"yitong/internal/fhir"
	"yitong/internal/gate"
)

const privacy = `"scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},
	"category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],"patient":{"reference":"Patient/li"},"policyRule":{"text":"个人信息保护法"}`

// consents writes a Consent in the name of who has a session.
func (w *world) consents(token, id, members string) {
	w.Helper()
	p, err := w.accounts.BySession(w.Context(), token)
	w.must(err)
	r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":"Consent","id":%q,%s,%s}`, id, privacy, members))
	w.must(err)
	_, err = w.gate.Session(p.Actor()).Apply(w.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: id, Resource: r}}, nil)
	w.must(err)
}

// entrusts lets chen act for li, or no more.
func (w *world) entrusts(li, status string) {
	w.Helper()
	to := fmt.Sprintf(`{"identifier":{"system":%q,"value":%q}}`, card, people["chen"].number)
	w.consents(li, "entrust", fmt.Sprintf(`"status":%q,"provision":{"type":"permit","actor":[{"role":{"text":"代办人"},"reference":%s}]}`, status, to))
}

// TestInboxForAnother: to whom a resident has opened the record has the resident's notices while acting for that one, on record; not in
// their own name, not what the resident withholds, and nothing from the moment on at which it is withdrawn.
func TestInboxForAnother(t *testing.T) {
	each(t, func(w *world) {
		li, chen := w.signIn("li"), w.signIn("chen")
		n := w.node(true)
		w.entrusts(li, "active")
		first, second := w.tell("care", "li"), w.tell("care", "li")
		w.tell("platform", "li")
		mine := n.browser(li)
		var c counted
		w.until("all are there", func() bool { mine.do("GET", "/notices/count", nil, &c); return c.Unread == 3 })
		own := n.browser(chen)
		if own.do("GET", "/notices/count", nil, &c); c.Unread != 0 {
			t.Errorf("in her own name, chen has %d", c.Unread)
		}
		if status := own.do("POST", "/notices/read-all", nil, nil); status != 200 {
			t.Errorf("reading all: %d", status)
		}
		who, err := w.accounts.Signed(t.Context(), chen)
		w.must(err)
		chen, err = w.accounts.Act(t.Context(), who, "Consent/entrust")
		w.must(err)
		proxy := n.browser(chen)
		var got struct {
			Notices []struct{ ID, For string }
		}
		if status := proxy.do("GET", "/notices?unread=true", nil, &got); status != 200 || len(got.Notices) != 2 || got.Notices[0].ID != second || got.Notices[1].For != "Patient/li" {
			t.Fatalf("%d %+v", status, got)
		}
		if w.lines(`"search-type"`, `"proxy"`, "Patient/chen", "Communication/"+first) == 0 {
			t.Error("the trail does not have who has read for li")
		}
		w.consents(li, "hide", fmt.Sprintf(`"status":"active","provision":{"type":"deny","data":[{"meaning":"instance","reference":{"reference":"Communication/%s"}}]}`, second))
		if proxy.do("GET", "/notices", nil, &got); len(got.Notices) != 1 || got.Notices[0].ID != first {
			t.Errorf("what is withheld is shown: %+v", got)
		}
		if mine.do("GET", "/notices/count", nil, &c); c.Unread != 3 {
			t.Errorf("li has %d", c.Unread)
		}
		if status := proxy.do("POST", "/notices/"+first+"/read", nil, nil); status != 200 {
			t.Errorf("reading: %d", status)
		}
		w.entrusts(li, "inactive")
		if status := proxy.do("GET", "/notices", nil, nil); status != 403 {
			t.Errorf("withdrawn: %d", status)
		}
		later := w.tell("care", "li")
		w.until("it is settled", func() bool { mine.do("GET", "/notices/count", nil, &c); return c.Unread == 4 })
		list, err := n.notices.Inbox(t.Context(), w.gate.Session(gate.Actor{Role: gate.Proxy, Resident: fhir.ParseReference("Patient/li").Ref, Access: gate.Whole()}), w.ids["chen"], false, "", 50)
		w.must(err)
		for _, e := range list.Entries {
			if e.ID == later {
				t.Error("who acts no more was told")
			}
		}
	})
}

// TestGrantedProxy: who was registered at a window as acting for a resident is told like one whom the resident has named.
func TestGrantedProxy(t *testing.T) {
	each(t, func(w *world) {
		chen := w.signIn("chen")
		n := w.node(true)
		grant, err := w.accounts.Give(t.Context(), account.Console, account.Grant{
			Account: w.ids["chen"], Role: gate.Proxy, Resident: "Patient/li", Reason: "母亲", Until: w.now().AddDate(0, 6, 0),
		})
		w.must(err)
		id := w.tell("care", "li") // who has no account
		who, err := w.accounts.Signed(t.Context(), chen)
		w.must(err)
		chen, err = w.accounts.Act(t.Context(), who, "grant/"+grant)
		w.must(err)
		b := n.browser(chen)
		var got listed
		w.until("it is there", func() bool {
			return b.do("GET", "/notices", nil, &got) == 200 && len(got.Notices) == 1 && got.Notices[0].ID == id
		})
	})
}
