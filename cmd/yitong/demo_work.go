package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"

	"yitong/internal/app"
	"yitong/internal/app/region"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/rest"
)

// visitor is somebody of the demo with a browser of their own.
type visitor struct {
	site   string
	client http.Client
}

var formToken = regexp.MustCompile(`name="form" value="([^"]+)"`)

// enter signs somebody in by a button.
func enter(ctx context.Context, site, name string) (*visitor, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	v := &visitor{site, http.Client{Jar: jar}}
	page, err := v.send(ctx, http.MethodGet, "/auth/sign-in", "", nil)
	if err != nil {
		return nil, err
	}
	token := formToken.FindSubmatch(page)
	if token == nil {
		return nil, fault.Wrap(nil, "the page to sign in has no form")
	}
	form := url.Values{"form": {string(token[1])}, "as": {name}}
	_, err = v.send(ctx, http.MethodPost, "/auth/demo", "application/x-www-form-urlencoded", []byte(form.Encode()))
	return v, err
}

// send asks the server as a page of its own would.
func (v *visitor) send(ctx context.Context, method, path, kind string, body []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, v.site+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Origin", v.site)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	answer, err := v.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= http.StatusBadRequest {
		err = fault.Wrap(nil, fmt.Sprintf("the demo's work: %s %s: %s", method, path, answer.Status))
	}
	return text, err
}

// find is the reference of the first resource that a search finds and somebody wants.
func (v *visitor) find(ctx context.Context, query string, wanted func(fhir.Resource) bool) (string, error) {
	text, err := v.send(ctx, http.MethodGet, rest.Base+"/"+query, "", nil)
	if err != nil {
		return "", err
	}
	tree, err := fhir.Parse(text)
	if err != nil {
		return "", err
	}
	for e := tree.Root().Get("entry").First(); e.Exists(); e = e.Next() {
		if r, err := fhir.ReadResource(e.Get("resource")); err == nil && wanted(r) {
			return r.Type.String() + "/" + r.ID, nil
		}
	}
	return "", fault.Wrap(nil, "the demo's work: nothing fits "+query)
}

// parametersOf are Parameters: a name and a value each; references are told by their slash, days and instants by their form.
func parametersOf(pairs ...string) map[string]any {
	list := []map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		member, value := "valueString", any(pairs[i+1])
		switch text := pairs[i+1]; {
		case fhir.ParseReference(text).Kind == fhir.ReferenceLocal:
			member, value = "valueReference", map[string]string{"reference": text}
		case isTime(time.DateOnly, text):
			member = "valueDate"
		case isTime(time.RFC3339, text):
			member = "valueInstant"
		}
		list = append(list, map[string]any{"name": pairs[i], member: value})
	}
	return map[string]any{"resourceType": "Parameters", "parameter": list}
}

func isTime(form, text string) bool {
	_, err := time.Parse(form, text)
	return err == nil
}

// operate calls an operation, and gives the reference of the resource that it answers with.
func (v *visitor) operate(ctx context.Context, path string, parameters map[string]any) (string, error) {
	body, err := json.Marshal(parameters)
	if err != nil {
		return "", err
	}
	text, err := v.send(ctx, http.MethodPost, rest.Base+"/"+path, "application/fhir+json", body)
	if err != nil {
		return "", err
	}
	tree, err := fhir.Parse(text)
	if err != nil {
		return "", err
	}
	return tree.Root().Get("resourceType").Str() + "/" + tree.Root().Get("id").Str(), nil
}

// begin begins a case, move moves it.
func (v *visitor) begin(ctx context.Context, process, move string, with ...string) (string, error) {
	return v.operate(ctx, "Task/$begin", moved(parametersOf("process", process, "move", move), with))
}

func (v *visitor) move(ctx context.Context, of, move string, with ...string) error {
	_, err := v.operate(ctx, of+"/$move", moved(parametersOf("move", move), with))
	return err
}

// moved adds what a move needs.
func moved(p map[string]any, with []string) map[string]any {
	if len(with) > 0 {
		p["parameter"] = append(p["parameter"].([]map[string]any), map[string]any{"name": "with", "resource": parametersOf(with...)})
	}
	return p
}

// worked tells whether there are cases in the record already.
func worked(ctx context.Context, a *app.App) (bool, error) {
	const asked = `{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Task?_summary=count"}}]}`
	answer, _, err := app.Local{Rest: a.Rest}.Send(ctx, []byte(asked), "demo-"+rand.Text())
	if err != nil {
		return false, err
	}
	tree, err := fhir.Parse(answer)
	if err != nil {
		return false, err
	}
	n, _ := tree.Root().Get("entry").First().Get("resource").Get("total").Int()
	return n > 0, nil
}

// work lets the demo's people do what brings something into the inboxes of the others.
func work(ctx context.Context, site string, who shown) error {
	people := map[string]*visitor{}
	for _, one := range []string{
		name(gate.Resident), name(gate.Proxy), name(gate.Guide), name(gate.Doctor), name(gate.Nurse), name(gate.Office), hospitalDoctor, hospitalOffice,
	} {
		var err error
		if people[one], err = enter(ctx, site, one); err != nil {
			return err
		}
	}
	for _, story := range []func(context.Context, map[string]*visitor, shown) error{askWhy, correct, appeal, hurry, refer, openClinics, bookVisits, waitInLine} {
		if err := story(ctx, people, who); err != nil {
			return err
		}
	}
	return nil
}

// name is that of the only one of the demo who is of a role.
func name(r gate.Role) string { return string(r) }

// Who takes referrals at the hospital that leads the alliance.
const (
	hospitalDoctor = "hospital-doctor"
	hospitalOffice = "hospital-office"
)

func anything(fhir.Resource) bool { return true }

// looks is how often the trail is asked for a look that was just made.
const looks = 20

// askWhy: the doctor looks at what was measured, and the resident asks why.
func askWhy(ctx context.Context, people map[string]*visitor, who shown) error {
	if _, err := people[name(gate.Doctor)].find(ctx, "Observation?_sort=-date&_count=1&patient="+who.resident.name, anything); err != nil {
		return err
	}
	byStaff := func(r fhir.Resource) bool {
		return strings.Contains(string(r.Root.Get("agent").Raw()), `"Practitioner/`)
	}
	var looked string
	var err error
	for range looks {
		if looked, err = people[name(gate.Resident)].find(ctx, "AuditEvent?_count=20&patient="+who.resident.name, byStaff); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err != nil {
		return err
	}
	_, err = people[name(gate.Resident)].begin(ctx, "access-question", "ask", "event", looked, "question", "我最近没有就诊，想知道为什么有人查看我的检查结果。")
	return err
}

// correct: the resident has something put right that was measured, and something that was diagnosed, with which the office charges the
// doctor.
func correct(ctx context.Context, people map[string]*visitor, who shown) error {
	resident := people[name(gate.Resident)]
	measured, err := resident.find(ctx, "Observation?_sort=-date&_count=1&patient="+who.resident.name, anything)
	if err != nil {
		return err
	}
	if _, err := resident.begin(ctx, "correction", "request", "record", measured,
		"wrong", "数值与我手里的报告单不一致。", "should-be", "请按报告单更正。"); err != nil {
		return err
	}
	diagnosed, err := resident.find(ctx, "Condition?_count=1&patient="+who.resident.name, anything)
	if err != nil {
		return err
	}
	of, err := resident.begin(ctx, "correction", "request", "record", diagnosed, "wrong", "起病时间写错了。", "should-be", "应当晚一年。")
	if err != nil {
		return err
	}
	return people[name(gate.Office)].move(ctx, of, "assign", "post", doctorsPost)
}

// appeal: the proxy appeals to the regulator against what the office has refused.
func appeal(ctx context.Context, people map[string]*visitor, who shown) error {
	proxy := people[name(gate.Proxy)]
	given, err := proxy.find(ctx, "Immunization?_count=1&patient="+who.ward.name, anything)
	if err != nil {
		return err
	}
	of, err := proxy.begin(ctx, "correction", "request", "record", given, "wrong", "接种日期与接种本不一致。", "should-be", "以接种本为准。")
	if err != nil {
		return err
	}
	if err := people[name(gate.Office)].move(ctx, of, "refuse", "reason", "accurate", "why", "已与接种单位核对，系统记录的日期与签核表一致。"); err != nil {
		return err
	}
	return proxy.move(ctx, of, "appeal", "why", "接种本上有接种医生的签名和日期，请再核对。")
}

// hurry: a nurse opens the record of somebody of another centre in an emergency, which the administrator has to review.
func hurry(ctx context.Context, people map[string]*visitor, who shown) error {
	_, err := people[name(gate.Nurse)].operate(ctx, who.elsewhere.name+"/$emergency-access", parametersOf("reason", "患者昏迷送来抢救，需要立即了解过敏和用药情况。"))
	return err
}

// doctorsPost is the post of the doctor who can sign in.
const doctorsPost = "PractitionerRole/" + region.Centre + "-01"
