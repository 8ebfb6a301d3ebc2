package journeys

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"yitong/internal/account"
	"yitong/internal/gate"
)

// silent holds that a server's log, which is read by those who run it, says nothing of residents and staff by name, number or phone,
// and holds nothing by which one can come in.
func (w *world) silent(log string) {
	w.t.Helper()
	words := w.secrets()
	if len(words) < 10 {
		w.t.Errorf("only %d words are looked for", len(words))
	}
	for _, word := range words {
		for _, form := range []string{word, url.QueryEscape(word), url.PathEscape(word), strings.Trim(fmt.Sprintf("%+q", word), `"`)} {
			if at := strings.Index(log, form); at >= 0 {
				w.t.Errorf("the server's log has %q: …%s…", word, log[max(0, at-200):min(len(log), at+100)])
				break
			}
		}
	}
}

var (
	typed = regexp.MustCompile(`(?:phone|number|name|code|password)\w*\s*[:=]\s*['"]([^'"$]{4,})['"]`)
	sent  = regexp.MustCompile(`\b\d{6}\b`)

	sixDigits = regexp.MustCompile(`^\d{6}$`)
)

// secrets are what the log must not hold: all that the record says who somebody is by, what journeys type in, codes that were sent,
// what opens accounts and clients, and what has opened something on the way: sessions, codes, tokens.
func (w *world) secrets() (words []string) {
	w.t.Helper()
	files := []string{"testdata/record.ndjson", "people.mjs", w.SMS}
	var texts []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil && file != w.SMS { // nobody may have been sent anything
			w.t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	for line := range strings.Lines(texts[0]) {
		var r struct {
			ResourceType string
			Name         any
			Identifier   []struct{ Value string }
			Telecom      []struct{ Value string }
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			w.t.Fatal(err)
		}
		if r.ResourceType != "Patient" && r.ResourceType != "Practitioner" {
			continue
		}
		for _, n := range append(r.Identifier, r.Telecom...) {
			words = append(words, n.Value)
		}
		names, _ := r.Name.([]any)
		for _, n := range names {
			name, _ := n.(map[string]any)
			text, _ := name["text"].(string)
			words = append(words, text)
		}
	}
	for _, m := range typed.FindAllStringSubmatch(texts[1], -1) {
		words = append(words, m[1])
	}
	opened, err := os.ReadFile(w.Opens)
	if err != nil && !os.IsNotExist(err) { // not all worlds have a journey
		w.t.Fatal(err)
	}
	for word := range strings.Lines(string(opened)) {
		if word = strings.TrimSpace(word); !sixDigits.MatchString(word) {
			words = append(words, word)
		}
	}
	for _, code := range sent.FindAllString(texts[2]+string(opened), -1) {
		words = append(words, `"`+code+`"`, "="+code) // six digits stand in instants too
	}
	for _, one := range w.Codes {
		words = append(words, one)
	}
	for _, one := range w.Secrets {
		words = append(words, one)
	}
	words = append(words, w.hidden...)
	return slices.DeleteFunc(words, func(word string) bool { return len(word) < 4 })
}

// TestSilence sends through the FHIR interface what is easily logged by mistake: people sought by name and number, written, refused,
// opened in an emergency and asked for as an export, and requests that are wrong in every way.
func TestSilence(t *testing.T) {
	w := newWorld(t, languages[0])
	doctor, office := w.signedIn("doctor", "Practitioner/chen"), w.signedIn("office", "")
	w.serve()
	const (
		name, number, phone = "欧阳静默", "110101199003071234", "19900000042"
		sound               = "患者昏迷送医,家属不在,需立即了解过敏史"
		system              = "urn:oid:2.16.156.10011.1.3"
	)
	w.hidden = append(w.hidden, name, number, phone, sound, doctor, office)
	patient := fmt.Sprintf(`{"resourceType":"Patient","id":"silent","name":[{"text":%q}],"identifier":[{"system":%q,"value":%q}],"telecom":[{"system":"phone","value":%q}]}`, name, system, number, phone)
	seek := "name=" + url.QueryEscape(name) + "&identifier=" + url.QueryEscape(system+"|"+number) + "&telecom=" + phone
	parameters := func(pairs ...string) string {
		list := make([]map[string]any, 0, len(pairs)/2)
		for i := 0; i < len(pairs); i += 2 {
			one := map[string]any{"name": pairs[i], "valueString": pairs[i+1]}
			if strings.HasPrefix(pairs[i+1], "Organization/") {
				one = map[string]any{"name": pairs[i], "valueReference": map[string]string{"reference": pairs[i+1]}}
			}
			list = append(list, one)
		}
		text, err := json.Marshal(map[string]any{"resourceType": "Parameters", "parameter": list})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	answers, done := map[int]int{}, map[string]bool{}
	for _, ask := range []struct{ who, method, path, kind, body string }{
		{doctor, "PUT", "Patient/silent", "", patient},
		{doctor, "PUT", "Patient/silent", "", strings.Replace(patient, `"telecom"`, `"gender":"`+name+`","telecom"`, 1)},
		{doctor, "POST", "Patient", "", patient[:len(patient)-5]},
		{doctor, "POST", "Patient", "", `{"` + name + `":"` + number + `"}`},
		{doctor, "GET", "Patient?" + seek, "", ""},
		{doctor, "POST", "Patient/_search", "application/x-www-form-urlencoded", seek},
		{doctor, "GET", "Patient?" + url.QueryEscape(name) + "=" + number, "", ""},
		{doctor, "GET", "Patient?birthdate=" + number, "", ""},
		{doctor, "GET", "Patient?_count=" + url.QueryEscape(name), "", ""},
		{doctor, "GET", "Patient/" + number, "", ""},
		{doctor, "GET", "Patient/silent", "", ""},
		{doctor, "GET", url.PathEscape(name) + "/" + phone, "", ""},
		{doctor, "PATCH", "Patient/silent", "application/json-patch+json", `[{"op":"test","path":"/name/0/text","value":"` + name + `"},{"op":"replace","path":"/` + name + `","value":1}]`},
		{doctor, "POST", "Patient/$emergency-access", "", parameters("identifier", system+"|"+number, "reason", sound)},
		{doctor, "POST", "Patient/wang/$emergency-access", "", parameters("reason", sound)},
		{doctor, "POST", "Patient/wang/$emergency-access", "", parameters("reason", name)},
		{doctor, "POST", "$export-request", "", parameters("purpose", sound, "type", "Patient", "recipient", "Organization/town-clinic", "pia", number)},
		{office, "POST", "$export-request", "", parameters("purpose", sound, "type", "Patient", "recipient", "Organization/town-clinic", "pia", number)},
		{office, "GET", "Patient?" + seek, "", ""},
		{doctor + "x", "GET", "Patient?" + seek, "", ""},
		{"", "GET", "Patient?" + seek, "", ""},
		{"", "POST", "Patient", "", patient},
	} {
		r, err := http.NewRequestWithContext(t.Context(), ask.method, w.Issuer+"/fhir/"+ask.path, strings.NewReader(ask.body))
		if err != nil {
			t.Fatal(err)
		}
		if ask.kind == "" {
			ask.kind = "application/fhir+json"
		}
		r.Header.Set("Content-Type", ask.kind)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		if ask.who != "" {
			r.Header.Set("Cookie", "yitong="+ask.who)
		}
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, answer.Body); err != nil {
			t.Error(err)
		}
		answer.Body.Close()
		answers[answer.StatusCode/100]++
		if what, _, _ := strings.Cut(ask.method+" "+ask.path, "?"); answer.StatusCode < 300 {
			done[what] = true
		}
	}
	for _, what := range []string{"PUT Patient/silent", "GET Patient", "POST Patient/_search", "POST Patient/wang/$emergency-access", "POST $export-request"} {
		if !done[what] {
			t.Errorf("%s was not carried out", what)
		}
	}
	for path, form := range map[string]string{
		"/auth/phone": "phone=" + phone, "/auth/sign-in": "name=doctor&password=" + url.QueryEscape(name), "/auth/real-name": "called=" + url.QueryEscape(name) + "&number=" + number,
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.Issuer+path, strings.NewReader(form))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		answers[answer.StatusCode/100]++
	}
	if answers[2] < 4 || answers[4] < 8 || answers[5] > 0 {
		t.Errorf("the answers are %v; they should be of many kinds", answers)
	}
	if log := w.log.said(); !strings.Contains(log, `"level":"`) {
		t.Errorf("the server has logged nothing at all: %q", log)
	}
}

// signedIn makes an account with a role at the county's hospital, signs it in and gives the token of its session.
func (w *world) signedIn(role gate.Role, person string) (acting string) {
	w.t.Helper()
	w.accounts(func(ctx context.Context, a *account.Accounts) error {
		who := account.Account{Name: string(role), Person: person}
		token, err := w.enrol(ctx, a, who, []account.Grant{{Role: role, Institution: "Organization/county-hospital"}}, 0)
		if err != nil {
			return err
		}
		signed, err := a.Signed(ctx, token)
		if err != nil {
			return err
		}
		can, err := a.Capacities(ctx, &signed.Account)
		if err != nil || len(can) == 0 {
			return fmt.Errorf("nothing to act as: %w", err)
		}
		acting, err = a.Act(ctx, signed, can[0].Source)
		return err
	})
	return acting
}
