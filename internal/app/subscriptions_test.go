package app_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"yitong/internal/account"
	"yitong/internal/app"
	"yitong/internal/fault"
)

// TestSubscribingSettingsThatAreRefused: what cannot be read as a network is told before anything is served.
func TestSubscribingSettingsThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, change := range []func(*app.Serve){
		func(s *app.Serve) { s.Subscribing.Networks = []string{"10.0.0.1"} },
		func(s *app.Serve) { s.Subscribing.Timeout = -time.Second },
	} {
		s := settings(t)
		change(&s)
		if a, err := app.New(t.Context(), s); fault.CodeOf(err) != fault.Malformed || !strings.Contains(err.Error(), "--subscription-") {
			t.Errorf("got %v", err)
			if err == nil {
				a.Close()
			}
		}
	}
}

// TestSubscribers: a server tells the endpoint of a Subscription what changes, with nothing but what is wired here.
func TestSubscribers(t *testing.T) {
	t.Parallel()
	calls := make(chan string, 100)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		calls <- r.Method + " " + r.URL.Path + " " + string(body)
	}))
	t.Cleanup(hook.Close)
	base, _ := serve(t, settings(t))
	sendAs(t, base+"/fhir/Subscription", "", `{"resourceType":"Subscription","status":"requested","reason":"x","criteria":"Observation?","channel":{"type":"rest-hook","endpoint":"`+hook.URL+`/h","payload":"application/fhir+json"}}`, 201)
	if got := called(t, calls); got != "POST /h " {
		t.Errorf("the handshake is %s", got)
	}
	sendAs(t, base+"/fhir/Observation", "", `{"resourceType":"Observation","status":"final","code":{"text":"x"}}`, 201)
	if got := called(t, calls); !strings.HasPrefix(got, "PUT /h/Observation/") {
		t.Errorf("the notice is %s", got)
	}
	sendAs(t, base+"/fhir/Subscription", "", `{"resourceType":"Subscription","status":"requested","reason":"x","criteria":"Observation?","channel":{"type":"rest-hook","endpoint":"https://10.0.0.1/h"}}`, 422)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) { // a delivery counts once its answer is here
		_, text := get(t, base+"/metrics")
		if strings.Contains(text, `yitong_subscription_deliveries_total{outcome="taken"} 2`) && strings.Contains(text, `yitong_subscriptions{status="active"} 1`) {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the deliveries are not counted")
		}
	}
}

func called(t *testing.T, calls chan string) string {
	t.Helper()
	select {
	case got := <-calls:
		return got
	case <-time.After(20 * time.Second):
		t.Fatal("nobody has called")
	}
	return ""
}

// sendAs posts a resource, with the cookie of a session if there is one.
func sendAs(t *testing.T, url, token, body string, want int) (text string) {
	t.Helper()
	r, err := http.NewRequest("POST", url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/fhir+json")
	if token != "" {
		r.Header.Set("Cookie", "yitong="+token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	got, _ := io.ReadAll(answer.Body)
	if answer.StatusCode != want {
		t.Fatalf("%s: %s", answer.Status, got)
	}
	return string(got)
}

// TestSubscriberEnds: somebody with an account subscribes as what they act, and when they are it no more the Subscription ends.
func TestSubscriberEnds(t *testing.T) {
	t.Parallel()
	s := settings(t)
	s.Auth, s.Addr = "required", freeAddress(t)
	institution(t, s)
	trial := s
	trial.Auth, trial.Addr = "none", "127.0.0.1:0"
	loaded(t, trial, "Practitioner/li", `{"resourceType":"Practitioner","id":"li","name":[{"text":"li"}]}`)
	var token, grant string
	writes := newWriter(t)
	register := app.Register{Database: s.Database, Key: s.Key, Zone: s.Zone}
	err := register.With(t.Context(), func(a *account.Accounts) (err error) {
		ctx := t.Context()
		if _, err := a.Register(ctx, account.Console, writes.Client); err != nil {
			return err
		}
		id, err := a.Create(ctx, account.Console, account.Account{Name: "person", Person: "Practitioner/li"})
		if err == nil {
			grant, err = a.Give(ctx, account.Console, account.Grant{Account: id, Role: "doctor", Institution: "Organization/hospital"})
		}
		var code string
		if err == nil {
			code, err = a.Invite(ctx, account.Console, id, false)
		}
		if err == nil {
			token, err = a.Accept(ctx, "person", code, "four unrelated words here", account.From{})
		}
		if err == nil {
			token, err = strengthened(ctx, a, token)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	base, stop := serve(t, s)
	text := sendAs(t, base+"/fhir/Subscription", token, `{"resourceType":"Subscription","status":"requested","reason":"x","criteria":"Observation?","channel":{"type":"websocket"}}`, 201)
	_, id, _ := strings.Cut(text, `"id":"`)
	id, _, _ = strings.Cut(id, `"`)
	status := func(base, token string) string {
		r, err := http.NewRequestWithContext(context.Background(), "GET", base+"/fhir/Subscription/"+id, nil)
		if err != nil {
			t.Fatal(err)
		}
		if token != "" {
			r.Header.Set("Cookie", "yitong="+token)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, _ := io.ReadAll(answer.Body)
		_, status, _ := strings.Cut(string(text), `"status":"`)
		status, _, _ = strings.Cut(status, `"`)
		return status
	}
	wait := func(base, token, want string) {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); status(base, token) != want; time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("it is %s, not %s", status(base, token), want)
			}
		}
	}
	wait(base, token, "active")
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if err := register.With(t.Context(), func(a *account.Accounts) error { return a.Take(t.Context(), account.Console, grant) }); err != nil {
		t.Fatal(err)
	}
	base, stop = serve(t, s)
	writes.observes(t, base)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) { // nobody is left who could read it
		if _, text := get(t, base+"/metrics"); strings.Contains(text, `yitong_subscriptions{status="off"} 1`) {
			break
		}
		if time.Now().After(end) {
			t.Fatal("it has not ended")
		}
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	base, _ = serve(t, trial)
	wait(base, "", "off")
}

// loaded puts a resource into a record that nobody serves.
func loaded(t *testing.T, s app.Serve, name, resource string) {
	t.Helper()
	a, err := app.New(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	bundle := `{"resourceType":"Bundle","type":"transaction","entry":[{"resource":` + resource + `,"request":{"method":"PUT","url":"` + name + `"}}]}`
	if _, _, err := (app.Local{Rest: a.Rest}).Send(t.Context(), []byte(bundle), name); err != nil {
		t.Fatal(err)
	}
}
