package account_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v3"

	"yitong/internal/account"
	"yitong/internal/fault"
)

// small is an RSA key that is too small; testKeys are others that are long to make.
var testKeys = sync.OnceValue(func() (keys struct{ rsa, small *rsa.PrivateKey }) {
	var err error
	if keys.rsa, err = rsa.GenerateKey(rand.Reader, 2048); err == nil {
		keys.small, err = rsa.GenerateKey(rand.Reader, 1024)
	}
	if err != nil {
		panic(err)
	}
	return keys
})

func jwks(t testing.TB, keys ...jose.JSONWebKey) json.RawMessage {
	t.Helper()
	text, err := json.Marshal(jose.JSONWebKeySet{Keys: keys})
	good(t, err)
	return text
}

// TestClientCheck: every registration that is not whole or not safe is refused, with the reason.
func TestClientCheck(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)
	ec, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	good(t, err)
	p521, err := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	good(t, err)
	key := func(k any, id string) jose.JSONWebKey { return jose.JSONWebKey{Key: k, KeyID: id} }
	good384 := key(&ec.PublicKey, "1")
	eleven := make([]jose.JSONWebKey, 11)
	for i := range eleven {
		eleven[i] = key(&ec.PublicKey, fmt.Sprint(i))
	}
	app := account.Client{Name: "健康助手", Institution: "Organization/a", Redirects: []string{"https://app.example.cn/back?x=1"}, Scopes: "openid patient/*.rs", Expires: now.AddDate(1, 0, 0)}
	feed := account.Client{Name: "数据", Institution: "Organization/a", Backend: true, Keys: jwks(t, good384, key(&testKeys().rsa.PublicKey, "2")), Scopes: "system/*.cruds", Expires: now.AddDate(5, 0, 0)}
	for _, c := range []struct {
		why    string
		of     account.Client
		change func(*account.Client)
		want   string // of the refusal; "" if it is taken
	}{
		{"as it should be", app, func(c *account.Client) {}, ""},
		{"as it should be", feed, func(c *account.Client) {}, ""},
		{"an app of this machine", app, func(c *account.Client) {
			c.Redirects = []string{"http://127.0.0.1:8080/back", "http://[::1]/back", "http://localhost:3000"}
		}, ""},
		{"an app of a phone", app, func(c *account.Client) { c.Redirects = []string{"cn.example.app:/back"} }, ""},
		{"another origin", app, func(c *account.Client) {
			c.Origins = []string{"https://other.example.cn:8443", "http://localhost:3000"}
		}, ""},
		{"a launch address", app, func(c *account.Client) { c.Launch = "https://app.example.cn/launch" }, ""},
		{"who only asks about tokens", app, func(c *account.Client) { c.Redirects, c.Introspects, c.Scopes = nil, true, "" }, ""},

		{"no name", app, func(c *account.Client) { c.Name = " " }, "name"},
		{"a long name", app, func(c *account.Client) { c.Name = strings.Repeat("x", 201) }, "name"},
		{"a long English name", app, func(c *account.Client) { c.English = strings.Repeat("x", 201) }, "name"},
		{"a long contact", app, func(c *account.Client) { c.Contact = strings.Repeat("x", 201) }, "contact"},
		{"no institution", app, func(c *account.Client) { c.Institution = "" }, "institution"},
		{"an institution that is a person", app, func(c *account.Client) { c.Institution = "Patient/li" }, "institution"},
		{"no expiry", app, func(c *account.Client) { c.Expires = time.Time{} }, "expiry"},
		{"one that has run out", app, func(c *account.Client) { c.Expires = now }, "expiry"},
		{"one for very long", app, func(c *account.Client) { c.Expires = now.AddDate(5, 0, 0).Add(time.Second) }, "expiry"},
		{"no redirect", app, func(c *account.Client) { c.Redirects = nil }, "redirect"},
		{"very many redirects", app, func(c *account.Client) { c.Redirects = slices.Repeat([]string{"https://a.example/"}, 21) }, "redirect"},
		{"very many origins", app, func(c *account.Client) { c.Origins = slices.Repeat([]string{"https://a.example"}, 21) }, "origins"},
		{"system scopes for an app", app, func(c *account.Client) { c.Scopes = "system/Patient.rs" }, "system/"},
		{"a scope that is none", app, func(c *account.Client) { c.Scopes = "patient/Nothing.rs" }, "Nothing"},

		{"user scopes for a feed", feed, func(c *account.Client) { c.Scopes = "user/Patient.rs" }, "system/"},
		{"patient scopes for a feed", feed, func(c *account.Client) { c.Scopes = "system/*.rs patient/*.rs" }, "system/"},
		{"a feed without keys", feed, func(c *account.Client) { c.Keys = nil }, "JWK Set"},
		{"a feed with a secret instead", feed, func(c *account.Client) { c.Keys, c.Secret = nil, []byte("x") }, "in one way"},
		{"a feed with a redirect", feed, func(c *account.Client) { c.Redirects = app.Redirects }, "redirect"},
		{"keys at an address without TLS", feed, func(c *account.Client) { c.Keys, c.KeysURL = nil, "http://a.example/jwks" }, "https"},
		{"keys at no host", feed, func(c *account.Client) { c.Keys, c.KeysURL = nil, "https://" }, "https"},
		{"keys with a password", feed, func(c *account.Client) { c.Keys, c.KeysURL = nil, "https://a:b@a.example/jwks" }, "https"},
		{"no key", feed, func(c *account.Client) { c.Keys = jwks(t) }, "JWK Set"},
		{"no JSON", feed, func(c *account.Client) { c.Keys = json.RawMessage("x") }, "JWK Set"},
		{"null", feed, func(c *account.Client) { c.Keys = json.RawMessage("null") }, "JWK Set"},
		{"a private key", feed, func(c *account.Client) { c.Keys = jwks(t, key(ec, "1")) }, "JWK Set"},
		{"a symmetric key", feed, func(c *account.Client) { c.Keys = jwks(t, key([]byte("0123456789abcdef0123456789abcdef"), "1")) }, "JWK Set"},
		{"a small key", feed, func(c *account.Client) { c.Keys = jwks(t, key(&testKeys().small.PublicKey, "1")) }, "JWK Set"},
		{"a curve that is not offered", feed, func(c *account.Client) { c.Keys = jwks(t, key(&p521.PublicKey, "1")) }, "JWK Set"},
		{"a key without an id", feed, func(c *account.Client) { c.Keys = jwks(t, key(&ec.PublicKey, "")) }, "JWK Set"},
		{"two of the same id", feed, func(c *account.Client) { c.Keys = jwks(t, good384, good384) }, "JWK Set"},
		{"eleven keys", feed, func(c *account.Client) { c.Keys = jwks(t, eleven...) }, "JWK Set"},
	} {
		one := c.of
		c.change(&one)
		err := one.Check(now)
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", c.why, err)
			}
			continue
		}
		var code fault.Code
		if code = fault.CodeOf(err); code != fault.Unprocessable && code != fault.Malformed ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want a refusal with %q", c.why, err, c.want)
		}
	}
	for _, r := range []string{
		"", "x", "/back", "//a.example/back", "https:///back", "https:/back", "http://a.example/back", "http://127.0.0.1.evil.example/", "http://localhost.evil.example/",
		"http://localhost@evil.example/", "https://a.example/back#x", "https://a.example/back#", "https://u:p@a.example/", "javascript:alert(1)", "data:text/html,x",
		"myapp:/back", "cn.example.app://host/back", "ftp://a.example/", "https://a.example/%zz", "file:///etc/passwd", "vbscript:x", "about:blank",
	} {
		for place, set := range map[string]func(*account.Client){
			"redirect": func(c *account.Client) { c.Redirects = []string{r} },
			"launch":   func(c *account.Client) { c.Launch = r },
		} {
			if r == "" && place == "launch" {
				continue
			}
			one := app
			set(&one)
			if err := one.Check(now); fault.CodeOf(err) != fault.Unprocessable {
				t.Errorf("the %s %q: %v", place, r, err)
			}
		}
	}
	for _, o := range []string{"", "*", "null", "https://a.example/", "https://a.example/x", "https://a.example?x", "a.example", "https://", "javascript://x", "http://evil.example", "https://u@a.example", "file://x"} {
		one := app
		one.Origins = []string{o}
		if err := one.Check(now); fault.CodeOf(err) != fault.Unprocessable {
			t.Errorf("the origin %q: %v", o, err)
		}
	}
	for c, public := range map[*account.Client]bool{&app: true, &feed: false, {Secret: []byte("x")}: false, {KeysURL: "x"}: false} {
		if c.Public() != public {
			t.Errorf("%+v is public: %t", c, c.Public())
		}
	}
}

// TestRegister: an id names one client, whose every version is kept.
func TestRegister(t *testing.T) {
	eachDatabase(t, func(w world) {
		app := w.app("openid")
		for _, id := range []string{"ab", "1ab", "A-b-c", "a b c", "a/b/c", strings.Repeat("a", 65)} {
			app.ID = id
			_, err := w.Register(w.Context(), account.Console, app)
			refused(w, err, fault.Malformed)
		}
		app.ID, app.Institution = "", "Organization/none"
		_, err := w.Register(w.Context(), account.Console, app)
		refused(w, err, fault.Unprocessable)
		app.ID, app.Institution = "my-app", "Organization/a"
		if id := must(w.Register(w.Context(), account.Console, app))(w); id != "my-app" {
			w.Errorf("it is called %q", id)
		}
		first := w.register(w.app("openid")).ID
		second := w.register(w.app("openid")).ID
		if first == second || first == "my-app" {
			w.Errorf("%q and %q", first, second)
		}
		list := must(w.Clients(w.Context(), account.Console, "", 2))(w)
		rest := must(w.Clients(w.Context(), account.Console, list[1].ID, 2))(w)
		if len(list) != 2 || len(rest) != 1 || rest[0].ID != "my-app" {
			w.Errorf("listed: %+v, then %+v", list, rest)
		}
		for _, id := range []string{"", "x", "my-app2"} {
			_, err := w.Client(w.Context(), id)
			refused(w, err, fault.NotFound)
			refused(w, w.Close(w.Context(), account.Console, id, "x"), fault.NotFound)
		}
		refused(w, w.Close(w.Context(), account.Console, "my-app", strings.Repeat("x", 501)), fault.Unprocessable)
	})
}

// TestKeys: one key signs at a time; the next one is published a day before it does, the last one a day after.
func TestKeys(t *testing.T) {
	eachDatabase(t, func(w world) {
		const day = 24 * time.Hour
		ids := func() (list []string) {
			for i, k := range must(w.Keys(w.Context()))(w) {
				now := w.clock.Now()
				if signs := !now.Before(k.Begins) && now.Before(k.Ends); signs != (i == 0) {
					w.Errorf("key %d signs: %t", i, signs)
				}
				list = append(list, k.ID)
			}
			return list
		}
		first := ids()
		if len(first) != 1 || !slices.Equal(ids(), first) {
			w.Fatalf("at first %q", first)
		}
		w.clock.forward(89*day - time.Microsecond)
		if got := ids(); !slices.Equal(got, first) {
			w.Errorf("before the last day: %q", got)
		}
		w.clock.forward(time.Microsecond)
		both := ids()
		if len(both) != 2 || both[0] != first[0] {
			w.Fatalf("on the last day: %q", both)
		}
		w.clock.forward(day)
		if got := ids(); !slices.Equal(got, []string{both[1], both[0]}) {
			w.Errorf("on the day after: %q", got)
		}
		w.clock.forward(day)
		if got := ids(); !slices.Equal(got, both[1:]) {
			w.Errorf("a day later: %q", got)
		}
		w.clock.forward(400 * day) // the server was off
		late := ids()
		if len(late) != 1 || slices.Contains(both, late[0]) {
			w.Errorf("much later: %q", late)
		}
		good(w, w.RotateKey(w.Context()))
		if got := ids(); len(got) != 1 || got[0] == late[0] {
			w.Errorf("after a rotation: %q", got)
		}
		k := must(w.Keys(w.Context()))(w)[0]
		if k.Private.N.BitLen() != 2048 || k.Private.Validate() != nil {
			w.Errorf("the key has %d bits", k.Private.N.BitLen())
		}
	})
}

// TestKeysOfTwoServers: servers that start at the same moment sign by one key.
func TestKeysOfTwoServers(t *testing.T) {
	eachDatabase(t, func(w world) {
		servers := []*account.Accounts{w.Accounts, w.server(), w.server()}
		ids := make([]string, len(servers))
		var group sync.WaitGroup
		for i, s := range servers {
			group.Go(func() {
				keys, err := s.Keys(w.Context())
				if err != nil || len(keys) != 1 {
					w.Errorf("server %d: %d keys, %v", i, len(keys), err)
					return
				}
				ids[i] = keys[0].ID
			})
		}
		group.Wait()
		if ids[0] != ids[1] || ids[1] != ids[2] {
			w.Errorf("they sign by %q", ids)
		}
	})
}

// TestAnotherPlatformKey: a server with another key than the record's says so, and can read no secret by it.
func TestAnotherPlatformKey(t *testing.T) {
	eachDatabase(t, func(w world) {
		good(w, w.Ready(w.Context()))
		good(w, w.Ready(w.Context()))
		good(w, w.server().Ready(w.Context()))
		wang := w.hire(account.Account{Name: "wang"})
		must(w.Keys(w.Context()))(w)
		w.config.Box = box(w, 2)
		wrong := w.on(w.server())
		if m := refused(w, wrong.Ready(w.Context()), fault.Precondition); !strings.Contains(m, "key") {
			w.Errorf("told %q", m)
		}
		_, err := wrong.Keys(w.Context())
		if fault.CodeOf(err) != fault.Internal || !strings.Contains(err.Error(), "platform's key") {
			w.Errorf("its signing keys: %v", err)
		}
		w.clock.forward(time.Minute)
		_, err = wrong.SignIn(w.Context(), "wang", password, here)
		if fault.CodeOf(err) != fault.Internal {
			w.Errorf("its passwords: %v", err)
		}
		_, err = wrong.Second(w.Context(), w.half("wang"), w.code(wang.Secret), here)
		if fault.CodeOf(err) != fault.Internal {
			w.Errorf("its seeds: %v", err)
		}
		good(w, w.Ready(w.Context()))
	})
}

// TestReadyAtOnce: servers that begin a record at the same moment agree on its key.
func TestReadyAtOnce(t *testing.T) {
	eachDatabase(t, func(w world) {
		servers := []*account.Accounts{w.Accounts}
		w.config.Box = box(w, 2)
		servers = append(servers, w.server())
		errs := make([]error, 2)
		var group sync.WaitGroup
		for i, s := range servers {
			group.Go(func() { errs[i] = s.Ready(w.Context()) })
		}
		group.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			w.Errorf("%v", errs)
		}
	})
}
