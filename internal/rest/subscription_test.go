package rest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/rest"
	"yitong/internal/subscription"
)

// answered asks and returns the answer.
func (w *subscribing) answered(who, method, address, body string) (status int, text string) {
	w.Helper()
	req := httptest.NewRequest(method, "http://localhost/fhir"+address, strings.NewReader(body))
	req.Header.Set("X-Who", who)
	req.Header.Set("Content-Type", "application/fhir+json")
	rw := httptest.NewRecorder()
	w.ServeHTTP(rw, req)
	return rw.Code, rw.Body.String()
}

const contentURL = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content"

func socketOf(id string) string {
	return `{"resourceType":"Subscription","id":"` + id + `","status":"requested","reason":"x","criteria":"urn:yitong:topic:resource-change:Observation",` +
		`"channel":{"type":"websocket","payload":"application/fhir+json","_payload":{"extension":[{"url":"` + contentURL + `","valueCode":"id-only"}]}}}`
}

// hookOf is a Subscription to an address.
func hookOf(id string) string {
	return strings.Replace(socketOf(id), `"type":"websocket"`, `"type":"rest-hook","endpoint":"https://198.18.0.1/x"`, 1)
}

// TestSubscriptionWrites: whose a Subscription is, is not the client's to say; a status neither, but for off; nothing is patched; and
// programs of institutions alone name an address that is called.
func TestSubscriptionWrites(t *testing.T) {
	t.Parallel()
	w := usualStory().subscribing(t, databases["sqlite"](t))
	put(t, w.gate, "b", plainly)
	forged := strings.Replace(socketOf("s"), `"status":"requested"`, `"status":"active","error":"x","meta":{"tag":[{"system":"urn:yitong:subscriber","code":"Practitioner/z"},{"system":"own","code":"1"}],`+
		`"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/a"}},{"url":"urn:yitong:subscriber","extension":[{"url":"actor","valueString":"Practitioner/z"}]}]}`, 1)
	status, text := w.answered("doctor", "PUT", "/Subscription/s", forged)
	if status != 201 || strings.Contains(text, "Practitioner/z") || strings.Contains(text, "Organization/a") || !strings.Contains(text, `"status":"requested"`) ||
		!strings.Contains(text, `"Practitioner/b"`) || !strings.Contains(text, `"own"`) || strings.Contains(text, `"error"`) {
		t.Errorf("%d %s", status, text)
	}
	for _, c := range []struct {
		who, method, address, body string
		status                     int
	}{
		{"doctor", "PATCH", "/Subscription/s", `{"resourceType":"Parameters"}`, 501},
		{"doctor", "PUT", "/Subscription/e", strings.Replace(socketOf("e"), "requested", "error", 1), 422},
		{"doctor", "POST", "/Subscription", strings.Replace(socketOf("s"), "websocket", "sms", 1), 422},
		{"doctor", "POST", "/", `{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"POST","url":"Subscription"},"resource":` + strings.Replace(socketOf("s"), "websocket", "sms", 1) + `}]}`, 422},
		{"doctor", "POST", "/", `{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"PATCH","url":"Subscription/s"},"resource":{"resourceType":"Parameters"}}]}`, 501},
		{"doctor", "POST", "/", `{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"PUT","url":"Subscription/t"},"resource":` + strings.Replace(forged, `"s"`, `"t"`, 1) + `}]}`, 200},
		{"resident", "PUT", "/Subscription/r", socketOf("r"), 403},
		{"doctor", "PUT", "/Subscription/s", hookOf("s"), 403},
		{"nurse", "PUT", "/Subscription/n", hookOf("n"), 403},
		{"nurse", "PUT", "/Subscription/n", socketOf("n"), 201},
		{"system", "PUT", "/Subscription/h", hookOf("h"), 201},
		{insider, "GET", "/Subscription/s", "", 404},
		{insider, "GET", "/Subscription/s/$status", "", 404},
		{insider, "GET", "/Subscription/s/$events", "", 404},
		{insider, "POST", "/Subscription/s/$get-ws-binding-token", "", 404},
		{"resident", "GET", "/Subscription/s/$status", "", 403},
		{"doctor", "GET", "/Subscription/s/$events?eventsSinceNumber=x", "", 400},
		{"doctor", "GET", "/Subscription/s/$events?content=all", "", 400},
		{"doctor", "GET", "/Subscription/$get-ws-binding-token", "", 422},
		{"doctor", "GET", "/Subscription/s/$status", "", 200},
		{"doctor", "GET", "/Subscription/$status?status=off", "", 200},
		{"doctor", "DELETE", "/Subscription/s", "", 204},
	} {
		if got, text := w.answered(c.who, c.method, c.address, c.body); got != c.status {
			t.Errorf("%s %s %s: %d %.300s", c.who, c.method, c.address, got, text)
		}
	}
	if _, text := w.answered("doctor", "GET", "/Subscription/t", ""); strings.Contains(text, "Practitioner/z") {
		t.Errorf("by a transaction: %s", text)
	}
	if _, text := w.answered("doctor", "GET", "/metadata", ""); !strings.Contains(text, `"valueCanonical":"urn:yitong:topic:resource-change:Observation"`) ||
		!strings.Contains(text, `"valueUri":"ws://localhost/fhir/ws"`) || !strings.Contains(text, subscription.Profile) {
		t.Error("the CapabilityStatement does not tell of Subscriptions")
	}
}

// TestSubscriptionSocket: a client gets a token and an address, connects there, and is told; pages of other sites do not connect.
func TestSubscriptionSocket(t *testing.T) {
	t.Parallel()
	s := usualStory()
	w := s.subscribing(t, databases["sqlite"](t))
	put(t, w.gate, "b", plainly)
	server := rest.New(w.gate, rest.Config{URL: "http://localhost/fhir", Who: func(r *http.Request) (gate.Actor, error) { return s.actors[r.Header.Get("X-Who")], nil }, Subscriptions: w.s, Log: slog.New(slog.DiscardHandler),
		Allows: func(_ context.Context, origin string) (bool, error) { return origin == "https://app.example", nil }})
	sockets := server.Sockets()
	h := httptest.NewServer(sockets)
	t.Cleanup(h.Close)
	for who, id := range map[string]string{"doctor": "s", "system": "p"} {
		if status, text := w.answered(who, "PUT", "/Subscription/"+id, socketOf(id)); status != 201 {
			t.Fatal(text)
		}
	}
	w.quiet()
	token := func(who, id string) string {
		_, text := w.answered(who, "POST", "/Subscription/"+id+"/$get-ws-binding-token", "")
		var p struct {
			Parameter []struct{ Name, ValueString, ValueURL string }
		}
		if err := json.Unmarshal([]byte(text), &p); err != nil || len(p.Parameter) != 4 || p.Parameter[0].Name != "token" || !strings.Contains(text, `"valueUrl":"ws://localhost/fhir/ws"`) {
			t.Fatal(err, text)
		}
		return p.Parameter[0].ValueString
	}
	dial := func(header http.Header) (*websocket.Conn, error) {
		c, answer, err := websocket.Dial(t.Context(), h.URL, &websocket.DialOptions{HTTPHeader: header})
		if err == nil {
			t.Cleanup(func() { _ = c.CloseNow() })
		} else if answer == nil || answer.StatusCode != http.StatusForbidden {
			t.Error(err)
		}
		return c, err
	}
	say := func(c *websocket.Conn, text string) string {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		if text != "" {
			if err := c.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		_, got, err := c.Read(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return string(got)
	}
	for _, origin := range []string{"https://evil.example", "null", "https://localhost"} {
		if _, err := dial(http.Header{"Origin": {origin}, "X-Who": {"doctor"}}); err == nil {
			t.Errorf("a page of %s has connected", origin)
		}
	}
	for name, header := range map[string]http.Header{
		"a program": {"X-Who": {"doctor"}}, "an own page": {"X-Who": {"doctor"}, "Origin": {"http://localhost"}}, "a page of an app": {"X-Who": {"doctor"}, "Origin": {"https://app.example"}},
	} {
		c, err := dial(header)
		if err != nil {
			t.Fatal(name, err)
		}
		own, by, id := true, "doctor", "s"
		if name == "a page of an app" { // where a cookie does not count: it is told what is its institution's system's
			own, by, id = false, "system", "p"
			if got := say(c, "bind-with-token "+token("doctor", "s")); !strings.HasPrefix(got, "error") {
				t.Errorf("it is told what is a person's: %.200s", got)
			}
		}
		if got := say(c, "bind s"); strings.HasPrefix(got, "error") == own {
			t.Errorf("%s: %.200s", name, got)
		}
		if got := say(c, "bind-with-token "+token(by, id)); !strings.Contains(got, `"handshake"`) {
			t.Errorf("%s: %.200s", name, got)
		}
		put(t, w.gate, "b", []string{fmt.Sprintf(`{"resourceType":"Observation","id":"o%d","META","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/pb"}}`, len(name))})
		w.quiet()
		if got := say(c, ""); !strings.Contains(got, `"event-notification"`) || !strings.Contains(got, fmt.Sprintf("Observation/o%d", len(name))) {
			t.Errorf("%s: %s", name, got)
		}
	}
	if c, err := dial(http.Header{"X-Who": {insider}}); err != nil {
		t.Fatal(err)
	} else if got := say(c, "bind s"); !strings.HasPrefix(got, "error") {
		t.Errorf("somebody else has bound: %.200s", got)
	}
	sockets.Close()
}

// TestHooks: an endpoint is called as it is written, wherever its name leads is checked when it is called, and redirects lead nowhere.
func TestHooks(t *testing.T) {
	t.Parallel()
	inner := 0
	secretServer := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { inner++ }))
	t.Cleanup(secretServer.Close)
	mux := http.NewServeMux()
	mux.HandleFunc("/ok", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-A") != "b" || r.Method != "PUT" || r.ContentLength != 2 {
			w.WriteHeader(400)
		}
		w.WriteHeader(204)
	})
	mux.HandleFunc("/redirect", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, secretServer.URL, http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("/gone", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
	mux.HandleFunc("/slow", func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) //nolint:errcheck // only then the server sees that the client has gone
		<-r.Context().Done()
	})
	mux.HandleFunc("/endless", func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 4096)); err != nil {
				return
			}
		}
	})
	h := httptest.NewServer(mux)
	t.Cleanup(h.Close)
	_, port, _ := net.SplitHostPort(h.Listener.Addr().String())
	here, none := rest.NewHooks(subscription.Endpoints{Loopback: true}), rest.NewHooks(subscription.Endpoints{})
	other := rest.NewHooks(subscription.Endpoints{Networks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})
	for _, c := range []struct {
		by   *rest.Hooks
		url  string
		want string
	}{
		{here, h.URL + "/ok", ""}, {here, "http://localhost:" + port + "/ok", ""}, {here, h.URL + "/endless", ""},
		{here, h.URL + "/redirect", "status 307"}, {here, h.URL + "/gone", "status 410"}, {here, h.URL + "/slow", "did not answer"}, {here, h.URL + "/nowhere", "status 404"}, {here, "http://127.0.0.1:1/", "cannot be reached"},
		{none, h.URL + "/ok", "network"}, {none, "http://localhost:" + port + "/ok", "network"}, {other, h.URL + "/ok", "network"},
	} {
		err := c.by.Send(t.Context(), subscription.Message{Method: "PUT", URL: c.url, Headers: []subscription.Header{{Name: "X-A", Value: "b"}}, Body: []byte("{}"), Timeout: 500 * time.Millisecond})
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(fault.From(err).Message, c.want) {
			t.Errorf("%s: %v", c.url, err)
		}
	}
	if inner > 0 {
		t.Error("a redirect was followed")
	}
}
