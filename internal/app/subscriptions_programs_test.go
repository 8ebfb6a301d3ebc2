package app_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v3"
	"github.com/go-jose/go-jose/v3/jwt"

	"yitong/internal/account"
	"yitong/internal/app"
)

// program is one of an institution that acts for itself, with its key.
type program struct {
	account.Client
	key *ecdsa.PrivateKey
}

func newProgram(t *testing.T, id string) program {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k", Algorithm: "ES384", Use: "sig"}}})
	if err != nil {
		t.Fatal(err)
	}
	return program{account.Client{
		ID: id, Name: "系统", Institution: "Organization/hospital", Backend: true, Keys: keys, Scopes: "system/Observation.rs system/Subscription.cruds", Expires: time.Now().AddDate(1, 0, 0),
	}, key}
}

// newWriter is a program that writes observations. What changes is written through the server that tells of it: one without accounts
// would tell of it itself, to everybody.
func newWriter(t *testing.T) program {
	t.Helper()
	p := newProgram(t, "writes")
	p.Scopes = "system/Observation.cud"
	return p
}

// observes writes an observation.
func (p program) observes(t *testing.T, base string) {
	t.Helper()
	if status, text := p.send(t, base, "PUT", "Observation/o", `{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"}}`); status != 201 {
		t.Fatal(status, text)
	}
}

// send asks in the program's name, by a token that it gets for its key.
func (p program) send(t *testing.T, base, method, path, body string) (status int, text string) {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES384, Key: jose.JSONWebKey{Key: p.key, KeyID: "k"}}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		t.Fatal(err)
	}
	assertion, err := jwt.Signed(signer).Claims(map[string]any{
		"iss": p.ID, "sub": p.ID, "aud": base + "/oauth/token", "jti": rand.Text(), "exp": time.Now().Add(4 * time.Minute).Unix(),
	}).CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.PostForm(base+"/oauth/token", url.Values{
		"grant_type": {"client_credentials"}, "scope": {p.Scopes}, "client_assertion": {assertion}, "client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var token struct {
		Access string `json:"access_token"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&token); err != nil || token.Access == "" {
		t.Fatalf("%s has no token: %s %v", p.ID, answer.Status, err)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, base+"/fhir/"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/fhir+json")
	r.Header.Set("Authorization", "Bearer "+token.Access)
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	all, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got.StatusCode, string(all)
}

// TestProgramsThatSubscribe: a program is told as it stands when something changes: not once it is closed, or of another institution,
// and not of what its registration leaves out by then.
func TestProgramsThatSubscribe(t *testing.T) {
	t.Parallel()
	s := settings(t)
	s.Auth, s.Addr = "required", freeAddress(t)
	institution(t, s)
	trial := s
	trial.Auth, trial.Addr = "none", "127.0.0.1:0"
	loaded(t, trial, "Organization/other", `{"resourceType":"Organization","id":"other","name":"乙医院"}`)
	register := app.Register{Database: s.Database, Key: s.Key, Zone: s.Zone}
	registered := func(a *account.Accounts, c account.Client) error {
		_, err := a.Register(t.Context(), account.Console, c)
		return err
	}
	all := []program{newProgram(t, "stays"), newProgram(t, "closed"), newProgram(t, "moved"), newProgram(t, "narrowed")}
	writes := newWriter(t)
	err := register.With(t.Context(), func(a *account.Accounts) (err error) {
		for _, p := range append([]program{writes}, all...) {
			if err == nil {
				err = registered(a, p.Client)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	base, stop := serve(t, s)
	for _, p := range all {
		status, text := p.send(t, base, "PUT", "Subscription/"+p.ID, fmt.Sprintf(
			`{"resourceType":"Subscription","id":%q,"status":"requested","reason":"x","criteria":"Observation?","channel":{"type":"websocket"}}`, p.ID))
		if status != 201 {
			t.Fatal(p.ID, status, text)
		}
	}
	counted(t, base, "active", len(all))
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	err = register.With(t.Context(), func(a *account.Accounts) error {
		if err := a.Close(t.Context(), account.Console, "closed", "the contract is over"); err != nil {
			return err
		}
		moved, narrowed := all[2].Client, all[3].Client
		moved.Institution, narrowed.Scopes = "Organization/other", "system/Observation.rs?status=cancelled system/Subscription.cruds"
		if err := registered(a, moved); err != nil {
			return err
		}
		return registered(a, narrowed)
	})
	if err != nil {
		t.Fatal(err)
	}
	base, _ = serve(t, s)
	writes.observes(t, base)
	counted(t, base, "off", 2)
	counted(t, base, "active", 2)
	events := func(name, want string) (text string, is bool) {
		status, text := all[0].send(t, base, "GET", "Subscription/"+name+"/$events", "") // all programs of an institution read what is its system's
		return text, status == 200 && strings.Contains(text, `"events-since-subscription-start","valueString":"`+want+`"`)
	}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) { // between looks: it is work of a server
		text, is := events("stays", "1")
		if is {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("it is not told: %s", text)
		}
	}
	if text, is := events("narrowed", "0"); !is {
		t.Errorf("narrowed: %s", text)
	}
	for _, name := range []string{"closed", "moved"} {
		if _, text := all[0].send(t, base, "GET", "Subscription/"+name, ""); !strings.Contains(text, `"status":"off"`) || !strings.Contains(text, "no access any more") {
			t.Errorf("%s: %s", name, text)
		}
	}
}

// counted waits until so many Subscriptions have a status.
func counted(t *testing.T, base, status string, want int) {
	t.Helper()
	line := fmt.Sprintf(`yitong_subscriptions{status="%s"} %d`+"\n", status, want)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) { // between looks: it is work of a server
		_, text := get(t, base+"/metrics")
		if strings.Contains(text, line) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("there are not %d that are %s", want, status)
		}
	}
}
