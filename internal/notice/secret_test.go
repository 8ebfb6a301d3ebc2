package notice_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/notice"
)

// TestNothingClinicalLeaves searches all that left, and all that operators see of it, for every name, code and word of
// what clinical notices say, about whom and what they are, and what they are called.
func TestNothingClinicalLeaves(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.must(w.server().AskEmail(w.Context(), "li", "li@example.cn"))
		sent := w.out.all()
		code := strings.Fields(strings.TrimPrefix(sent[len(sent)-1].Text, "验证码 "))[0][:6]
		w.must(w.ConfirmEmail(w.Context(), "li", code))
		w.out.take()
		choices := off(notice.Care)
		choices.Email = "li@example.cn"
		for _, g := range notice.Groups() {
			if choices.Channels[g] == nil {
				choices.Channels[g] = map[notice.Channel]bool{}
			}
			choices.Channels[g][notice.WeChat] = true
		}
		w.people.mean(forLi, "chen")
		w.people.phone("chen", "+8613900000003")
		w.put("Observation", "hiv-4711", `"status":"final","code":{"text":"HIV"},"subject":{"reference":"Patient/li"}`)
		var clinical []notice.Kind
		for _, k := range w.config.Kinds {
			if k.Clinical && k.Code != notice.KindEmergency {
				clinical = append(clinical, k)
			}
		}
		for _, language := range []string{bilingual.Chinese, bilingual.English} {
			choices.Language = language
			w.must(w.Choose(w.Context(), "li", choices))
			for round := range 2 { // alone, and together
				for _, k := range clinical {
					for range round + 1 {
						n := w.a(k.Code, "Patient/li")
						n.Subject, n.About, n.Sender = "Patient/li", []string{"Observation/hiv-4711"}, "Organization/a"
						n.Title = both("艾滋病抗体检测阳性", "HIV antibodies were found")
						n.Text = both("李小明：请到感染科门诊复查，咨询王大夫。编号 A9001。", "Xiaoming Li, come to infectious diseases and ask Doctor Wang for A9001.")
						w.write(n)
					}
					w.settle(w.Service)
					if round == 0 {
						w.clock.forward(time.Hour)
						w.pump()
					}
				}
				w.clock.forward(time.Hour)
				w.pump()
			}
		}
		all := w.out.all()
		if len(all) < 4*len(clinical) {
			t.Fatalf("only %d messages have left", len(all))
		}
		list, err := w.Outbox(w.Context(), "")
		w.must(err)
		text, err := json.Marshal([]any{all, list})
		w.must(err)
		outside := strings.ToLower(strings.NewReplacer("+8613900000001", "", "+8613900000003", "").Replace(string(text))) // where it goes, it has to know
		words := []string{"hiv", "4711", "a9001", "艾滋", "阳性", "抗体", "李", "小明", "感染", "复查", "王", "antibod", "xiaoming", "doctor", "wang", "infectious", "observation", "patient/"}
		for _, k := range clinical {
			words = append(words, strings.ToLower(k.Names.Zh), strings.ToLower(k.Names.En))
		}
		for _, word := range words {
			if word != "机构" && strings.Contains(outside, word) {
				t.Errorf("%q has left", word)
			}
		}
		if !strings.Contains(outside, "仁爱医院") {
			t.Error("the institution is not named where it may be")
		}
		for _, s := range list {
			if strings.Contains(s.To, "00000001") || strings.Contains(s.To, "li@") {
				t.Errorf("operators see where it went: %s", s.To)
			}
		}
	})
}

// TestOwnWords: what a kind that is not clinical lets its writer say outside is said, and bounded.
func TestOwnWords(t *testing.T) {
	eachDatabase(t, func(w world) {
		n := w.a("own", "Patient/li")
		n.Short = both("今晚停机维护", "Down for maintenance tonight")
		w.write(n)
		w.pump()
		w.clock.forward(time.Hour)
		w.pump()
		all := w.out.all()
		if len(all) != 1 || all[0].Text != "【医通】今晚停机维护：https://health.example.cn" {
			t.Errorf("there left %v", all)
		}
	})
}

// TestKindsAreChecked: kinds that would let out what they must not, or leave something open, are refused.
func TestKindsAreChecked(t *testing.T) {
	t.Parallel()
	words := both("字", "word")
	good := notice.Kind{Code: "good", Group: notice.Care, Names: words, Clinical: true, Says: notice.Declared{Words: words}, Channels: notice.Channels()}
	if _, err := notice.NewRegistry(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*notice.Kind){
		"clinical in its own words": func(k *notice.Kind) { k.Says = notice.Own{Words: words} },
		"nothing to say":            func(k *notice.Kind) { k.Says = nil },
		"no English":                func(k *notice.Kind) { k.Says = notice.Declared{Words: bilingual.Text{Zh: "字"}} },
		"too long":                  func(k *notice.Kind) { k.Says = notice.Declared{Words: both(strings.Repeat("字", 61), "word")} },
		"no code":                   func(k *notice.Kind) { k.Code = "" },
		"no group":                  func(k *notice.Kind) { k.Group = "x" },
		"no name":                   func(k *notice.Kind) { k.Names = bilingual.Text{} },
		"no such channel":           func(k *notice.Kind) { k.Channels = []notice.Channel{"fax"} },
	} {
		k := good
		change(&k)
		if _, err := notice.NewRegistry(k); fault.CodeOf(err) != fault.Malformed {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := notice.NewRegistry(good, good); fault.CodeOf(err) != fault.Malformed {
		t.Errorf("twice: got %v", err)
	}
}

// TestResource: a notice comes back from its Communication as it was; one that is not whole is refused.
func TestResource(t *testing.T) {
	t.Parallel()
	kinds, err := notice.NewRegistry(append(notice.Standard(), own)...)
	if err != nil {
		t.Fatal(err)
	}
	good := func() notice.Notice {
		return notice.Notice{
			Kind: kinds["own"], Sent: time.Date(2026, 5, 4, 8, 0, 0, 0, shanghai), Title: both("题", "title"), Text: both("文", "text"), Short: both("短", "short"),
			Subject: "Patient/li", About: []string{"Task/1"}, Sender: "Organization/a", Urgent: true,
			Recipients: []notice.Recipient{{Reference: "Patient/li"}, {Reference: "Organization/a", Role: gate.Administrator}},
		}
	}
	r, err := notice.Resource(good())
	if err != nil {
		t.Fatal(err)
	}
	got, is := kinds.Read(r)
	want := good()
	if !is || got.Kind.Code != "own" || !got.Urgent || !got.Holds || got.Title != want.Title || got.Text != want.Text || got.Subject != want.Subject ||
		got.About[0] != "Task/1" || got.Sender != want.Sender || len(got.Recipients) != 2 || got.Recipients[1] != want.Recipients[1] {
		t.Errorf("got %+v", got)
	}
	for name, change := range map[string]func(*notice.Notice){
		"nobody":          func(n *notice.Notice) { n.Recipients = nil },
		"too many":        func(n *notice.Notice) { n.Recipients = make([]notice.Recipient, 51) },
		"a device":        func(n *notice.Notice) { n.Recipients[0].Reference = "Device/1" },
		"elsewhere":       func(n *notice.Notice) { n.Recipients[0].Reference = "https://x.example/Patient/1" },
		"a role of one":   func(n *notice.Notice) { n.Recipients[0].Role = gate.Office },
		"no office":       func(n *notice.Notice) { n.Recipients[1].Role = gate.Resident },
		"no title":        func(n *notice.Notice) { n.Title.En = "" },
		"a long text":     func(n *notice.Notice) { n.Text.Zh = strings.Repeat("文", 4001) },
		"a long short":    func(n *notice.Notice) { n.Short.Zh = strings.Repeat("文", 61) },
		"never":           func(n *notice.Notice) { n.Sent = time.Time{} },
		"words of a kind": func(n *notice.Notice) { n.Kind = kinds["care"] },
	} {
		n := good()
		change(&n)
		if _, err := notice.Resource(n); fault.CodeOf(err) != fault.Unprocessable {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// FuzzRead: whatever a Communication says, reading it as a notice ends, and what it would say outside is bounded and,
// of a clinical kind, declared.
func FuzzRead(f *testing.F) {
	kinds, err := notice.NewRegistry(append(notice.Standard(), own)...)
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{
		`{"resourceType":"Communication","category":[{"coding":[{"system":"urn:yitong:notice","code":"care"}]}],"payload":[{"contentString":"x"}]}`,
		`{"resourceType":"Communication","category":[{"coding":[{"system":"urn:yitong:process","code":"emergency-notice"}]}],"recipient":[{"reference":"Patient/1"}]}`,
		`{"resourceType":"Communication","extension":[{"url":"urn:yitong:short","valueString":"y"}],"category":[{"coding":[{"system":"urn:yitong:notice","code":"own"}]}]}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := fhir.ParseResource([]byte(text))
		if err != nil {
			return
		}
		told, is := kinds.Read(r)
		if !is {
			return
		}
		says := told.Outside()
		if declared, only := told.Kind.Says.(notice.Declared); only && says != declared.Words {
			t.Errorf("a notice of %s says %v", told.Kind.Code, says)
		}
		if utf8.RuneCountInString(says.Zh) > 60 || utf8.RuneCountInString(says.En) > 60 {
			t.Errorf("too much is said: %v", says)
		}
		for _, one := range told.Recipients {
			if one.Reference == "" {
				t.Error("nobody is told")
			}
		}
	})
}
