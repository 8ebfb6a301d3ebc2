package app_test

import (
	"context"
	"encoding/base32"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"yitong/internal/account"
	"yitong/internal/app"
	"yitong/internal/fault"
	"yitong/internal/gate"
)

// TestWhoAsks puts requests to a server with accounts: what shows who asks, and what only looks so.
func TestWhoAsks(t *testing.T) {
	t.Parallel()
	s := settings(t)
	s.Auth, s.Addr = "required", freeAddress(t)
	token := signedIn(t, s, "doctor")
	site, stop := serve(t, s)
	base := site + "/fhir"
	defer func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	}()
	cookie := "yitong=" + token
	for name, c := range map[string]struct {
		method, address string
		headers         map[string]string
		want            int
	}{
		"nobody":                         {"GET", base + "/Patient", nil, 401},
		"what the server can do":         {"GET", base + "/metadata", nil, 200},
		"smart configuration":            {"GET", base + "/.well-known/smart-configuration", nil, 200},
		"openid configuration":           {"GET", site + "/.well-known/openid-configuration", nil, 200},
		"health":                         {"GET", site + "/healthz", nil, 200},
		"metrics from here":              {"GET", site + "/metrics", nil, 200},
		"metrics through a proxy":        {"GET", site + "/metrics", map[string]string{"X-Forwarded-For": "192.0.2.1"}, 404},
		"a session":                      {"GET", base + "/Patient", map[string]string{"Cookie": cookie}, 200},
		"a session that is none":         {"GET", base + "/Patient", map[string]string{"Cookie": "yitong=" + token + "x"}, 401},
		"an empty session":               {"GET", base + "/Patient", map[string]string{"Cookie": "yitong="}, 401},
		"a token that is none":           {"GET", base + "/Patient", map[string]string{"Authorization": "Bearer x.y"}, 401},
		"an empty token":                 {"GET", base + "/Patient", map[string]string{"Authorization": "Bearer "}, 401},
		"a session as a token":           {"GET", base + "/Patient", map[string]string{"Authorization": "Bearer " + token}, 401},
		"a wrong token with a session":   {"GET", base + "/Patient", map[string]string{"Authorization": "Bearer x", "Cookie": cookie}, 401},
		"a password":                     {"GET", base + "/Patient", map[string]string{"Authorization": "Basic ZG9jdG9yOng="}, 401},
		"a token in the address":         {"GET", base + "/Patient?access_token=" + token, nil, 401},
		"a write by a session":           {"POST", base + "/Basic", map[string]string{"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}, 201},
		"a write from another site":      {"POST", base + "/Basic", map[string]string{"Cookie": cookie, "Sec-Fetch-Site": "cross-site"}, 403},
		"a write from another origin":    {"POST", base + "/Basic", map[string]string{"Cookie": cookie, "Origin": "https://evil.example"}, 403},
		"a write from a null origin":     {"POST", base + "/Basic", map[string]string{"Cookie": cookie, "Origin": "null"}, 403},
		"a transaction from elsewhere":   {"POST", base, map[string]string{"Cookie": cookie, "Sec-Fetch-Site": "same-site"}, 403},
		"accounts without being one":     {"GET", site + "/staff/accounts", nil, 401},
		"accounts as a doctor":           {"GET", site + "/staff/accounts", map[string]string{"Cookie": cookie}, 403},
		"an account made from elsewhere": {"POST", site + "/staff/accounts", map[string]string{"Cookie": cookie, "Sec-Fetch-Site": "cross-site"}, 403},
		"pages of others may not ask":    {"OPTIONS", base + "/Patient", map[string]string{"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}, 204},
	} {
		r, err := http.NewRequest(c.method, c.address, strings.NewReader(`{"resourceType":"Basic","code":{"text":"x"}}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/fhir+json")
		for k, v := range c.headers {
			r.Header.Set(k, v)
		}
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != c.want {
			t.Errorf("%s: %s, want %d", name, answer.Status, c.want)
		}
		if h := answer.Header.Get("Access-Control-Allow-Origin"); h != "" && !strings.Contains(c.address, ".well-known") {
			t.Errorf("%s: pages of %s are let in", name, h)
		}
		if answer.StatusCode == 401 && strings.Contains(c.address, "/fhir") && !strings.HasPrefix(answer.Header.Get("WWW-Authenticate"), "Bearer") {
			t.Errorf("%s: WWW-Authenticate is %q", name, answer.Header.Get("WWW-Authenticate"))
		}
		if answer.Header.Get("X-Frame-Options") != "DENY" || answer.Header.Get("Content-Security-Policy") == "" || answer.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s: the headers are %v", name, answer.Header)
		}
	}
}

// freeAddress is an address of this machine that nobody listens on.
func freeAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// signedIn makes an account with a role at an institution, signs in and gives the session's token.
func signedIn(t *testing.T, s app.Serve, role string) (token string) {
	t.Helper()
	ctx := t.Context()
	institution(t, s)
	err := app.Register{Database: s.Database, Key: s.Key, Zone: s.Zone}.With(ctx, func(a *account.Accounts) (err error) {
		id, err := a.Create(ctx, account.Console, account.Account{Name: "person"})
		if err != nil {
			return err
		}
		grant := account.Grant{Account: id, Role: gate.Role(role), Institution: "Organization/hospital"}
		if grant.Role == gate.Operator { // who is so for the whole platform
			grant.Institution = ""
		}
		if _, err = a.Give(ctx, account.Console, grant); err != nil {
			return err
		}
		code, err := a.Invite(ctx, account.Console, id, false)
		if err != nil {
			return err
		}
		if token, err = a.Accept(ctx, "person", code, "four unrelated words here", account.From{}); err != nil {
			return err
		}
		token, err = strengthened(ctx, a, token)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// strengthened sets up one-time passwords and acts in the first role that there is.
func strengthened(ctx context.Context, a *account.Accounts, token string) (string, error) {
	who, err := a.Signed(ctx, token)
	if err != nil {
		return "", err
	}
	_, secret, err := a.Seed(ctx, who)
	if err != nil {
		return "", err
	}
	if _, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret); err != nil {
		return "", err
	}
	if who, err = a.Signed(ctx, token); err != nil {
		return "", err
	}
	code, err := totp.GenerateCode(secret, time.Now())
	if err != nil {
		return "", err
	}
	if token, _, err = a.ConfirmSeed(ctx, who, code, account.From{}); err != nil {
		return "", err
	}
	if who, err = a.Signed(ctx, token); err != nil {
		return "", err
	}
	can, err := a.Capacities(ctx, &who.Account)
	if err != nil || len(can) == 0 {
		return "", fmt.Errorf("nothing to act as: %w", err)
	}
	return a.Act(ctx, who, can[0].Source)
}

// institution puts a hospital into the record.
func institution(t *testing.T, s app.Serve) {
	t.Helper()
	s.Auth, s.Addr = "none", "127.0.0.1:0"
	a, err := app.New(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	_, _, err = app.Local{Rest: a.Rest}.Send(t.Context(), []byte(`{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Organization","id":"hospital","name":"县医院"},
		"request":{"method":"PUT","url":"Organization/hospital"}}]}`), "hospital")
	if err != nil {
		t.Fatal(err)
	}
}

// TestPlatformKey: the key is made beside a SQLite file, is kept from others, and must be the record's.
func TestPlatformKey(t *testing.T) {
	t.Parallel()
	s := settings(t)
	s.Auth, s.Addr = "required", "127.0.0.1:8080"
	path := strings.TrimPrefix(s.DB, "sqlite:") + ".key"
	try := func(change func(*app.Serve)) error {
		mine := s
		change(&mine)
		a, err := app.New(t.Context(), mine)
		if err == nil {
			err = a.Close()
		}
		return err
	}
	same := func(*app.Serve) {}
	if err := try(same); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the key is %v, %v", info, err)
	}
	if err := try(same); err != nil {
		t.Errorf("with its own key: %v", err)
	}
	other := filepath.Join(t.TempDir(), "other.key")
	if err := app.NewKey(other); err != nil {
		t.Fatal(err)
	}
	if err := app.NewKey(other); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a key in place of a key: %v", err)
	}
	if err := try(func(s *app.Serve) { s.KeyFile = other }); fault.CodeOf(err) != fault.Precondition {
		t.Errorf("with another key: %v", err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := try(same); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("with a key that everybody can read: %v", err)
	}
	if err := os.WriteFile(other, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := try(func(s *app.Serve) { s.KeyFile = other }); fault.CodeOf(err) != fault.Malformed {
		t.Errorf("with a key that is none: %v", err)
	}
	if err := try(func(s *app.Serve) { s.DB = "postgres://nobody@127.0.0.1:1/none" }); fault.CodeOf(err) != fault.Unavailable && fault.CodeOf(err) != fault.Malformed {
		t.Errorf("without a key for PostgreSQL: %v", err)
	}
}
