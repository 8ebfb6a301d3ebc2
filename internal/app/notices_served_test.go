package app_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yitong/internal/app"
	"yitong/internal/bilingual"
	"yitong/internal/gate"
	"yitong/internal/notice"
)

// TestNoticesAreServed: a notice that was written, strictly validated, is in the inbox of those whom it is for, by their role at an
// institution or wherever they have it, in the record, and on nobody else's; and what is sent to phones is as declared.
func TestNoticesAreServed(t *testing.T) {
	t.Parallel()
	for _, to := range []notice.Recipient{{Reference: "Organization/hospital", Role: gate.Doctor}, {Role: gate.Regulator}} {
		t.Run(string(to.Role), func(t *testing.T) {
			t.Parallel()
			noticeServed(t, to)
		})
	}
}

func noticeServed(t *testing.T, to notice.Recipient) {
	s := settings(t)
	s.Auth, s.Addr, s.Validate = "required", freeAddress(t), "strict"
	s.SMS.SMS = "file:" + filepath.Join(t.TempDir(), "phones")
	token := signedIn(t, s, string(to.Role))
	writeNotice(t, s, to)
	site, stop := serve(t, s)
	defer func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	}()
	ask := func(method, path string) (int, string) {
		t.Helper()
		r, err := http.NewRequest(method, site+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Cookie", "yitong="+token)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(text)
	}
	var inbox struct {
		Notices []struct {
			ID    string
			Title bilingual.Text
		}
	}
	for deadline := time.Now().Add(20 * time.Second); len(inbox.Notices) == 0; time.Sleep(20 * time.Millisecond) {
		status, text := ask("GET", "/notices")
		if err := json.Unmarshal([]byte(text), &inbox); status != 200 || err != nil || time.Now().After(deadline) {
			t.Fatalf("%d %s %v", status, text, err)
		}
	}
	if n := inbox.Notices[0]; n.Title.En != "A referral has come" {
		t.Errorf("got %+v", n)
	}
	if status, text := ask("GET", "/fhir/Communication/"+inbox.Notices[0].ID); status != 200 || !strings.Contains(text, `"urn:yitong:notice"`) {
		t.Errorf("over FHIR: %d %s", status, text)
	}
	if status, text := ask("GET", "/notices/settings"); status != 200 || !strings.Contains(text, "通知设置") {
		t.Errorf("the page: %d %s", status, text)
	}
	if _, text := get(t, site+"/metrics"); !strings.Contains(text, "\nyitong_notices_oldest_seconds ") {
		t.Error("the metrics do not tell of notices")
	}
	if text, err := os.ReadFile(strings.TrimPrefix(s.SMS.SMS, "file:")); err == nil && strings.Contains(string(text), "转诊") {
		t.Errorf("phones were told %s", text)
	}
}

// writeNotice writes one for somebody.
func writeNotice(t *testing.T, s app.Serve, to notice.Recipient) {
	t.Helper()
	kinds, err := notice.NewRegistry(notice.Standard()...)
	if err != nil {
		t.Fatal(err)
	}
	r, err := notice.Resource(notice.Notice{
		Kind: kinds["task"], Sent: time.Now(), Sender: "Organization/hospital", Recipients: []notice.Recipient{to},
		Title: bilingual.Text{Zh: "新的转诊", En: "A referral has come"}, Text: bilingual.Text{Zh: "请查看。", En: "Look at it."},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Auth, s.Addr = "none", "127.0.0.1:0"
	a, err := app.New(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	bundle := fmt.Sprintf(`{"resourceType":"Bundle","type":"transaction","entry":[{"resource":%s,"request":{"method":"POST","url":"Communication"}}]}`, r.Root.Raw())
	if _, _, err = (app.Local{Rest: a.Rest, Custodian: "Organization/hospital"}).Send(t.Context(), []byte(bundle), "notice"); err != nil {
		t.Fatal(err)
	}
}
