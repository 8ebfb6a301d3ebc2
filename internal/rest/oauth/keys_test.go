package oauth_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v3"

	"yitong/internal/account"
	"yitong/internal/rest/oauth"
)

// publisher is where a client has its keys.
type publisher struct {
	mu     sync.Mutex
	set    json.RawMessage
	status int
	asked  int
}

func (p *publisher) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	if p.status == http.StatusFound {
		http.Redirect(w, r, "/elsewhere", p.status)
		return
	}
	w.WriteHeader(p.status)
	_, _ = w.Write(p.set)
}

func (p *publisher) now(set json.RawMessage, status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.set, p.status, p.asked = set, status, 0
}

func (p *publisher) times() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

// TestKeysURL fetches the keys of a client, keeps them for some minutes and looks for new ones, not too often.
func TestKeysURL(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		there := &publisher{}
		server := httptest.NewTLSServer(there)
		t.Cleanup(server.Close)
		by := server.Client()
		by.CheckRedirect = w.provider.Outward().CheckRedirect
		w.provider.Fetch(by)
		a := w.register(account.Client{ID: "feed", Backend: true, Scopes: "system/*.rs", KeysURL: server.URL + "/jwks"})
		ask := func(kid string, key any, alg jose.SignatureAlgorithm) string {
			return a.credentials(signed(t, alg, key, kid, a.claims(nil))).Error
		}
		one := set(t, map[string]crypto.Signer{"one": p384()})
		two := set(t, map[string]crypto.Signer{"one": p384(), "two": p256()})

		there.now(one, http.StatusInternalServerError)
		if e := ask("one", p384(), jose.ES384); e != "invalid_client" {
			t.Errorf("the keys cannot be read: %q", e)
		}
		there.now(one, http.StatusOK)
		if e := ask("one", p384(), jose.ES384); e != "invalid_client" || there.times() != 0 {
			t.Errorf("tried again at once: %q, %d times", e, there.times())
		}
		w.clock.forward(time.Minute)
		for range 5 {
			if e := ask("one", p384(), jose.ES384); e != "" {
				t.Fatal(e)
			}
		}
		if n := there.times(); n != 1 {
			t.Errorf("fetched %d times", n)
		}
		there.now(two, http.StatusOK)
		if e := ask("two", p256(), jose.ES256); e != "invalid_client" || there.times() != 0 {
			t.Errorf("a new key within the minute: %q, %d times", e, there.times())
		}
		w.clock.forward(time.Minute)
		if e := ask("two", p256(), jose.ES256); e != "" || there.times() != 1 {
			t.Errorf("a new key: %q, %d times", e, there.times())
		}
		there.now(nil, http.StatusBadGateway)
		w.clock.forward(9 * time.Minute)
		if e := ask("one", p384(), jose.ES384); e != "" || there.times() != 0 {
			t.Errorf("known keys: %q, %d times", e, there.times())
		}
		w.clock.forward(time.Minute)
		if e := ask("one", p384(), jose.ES384); e != "invalid_client" || there.times() != 1 {
			t.Errorf("old keys: %q, %d times", e, there.times())
		}
		weak := key(rsa.GenerateKey(rand.Reader, 1024))
		there.now(set(t, map[string]crypto.Signer{"weak": weak}), http.StatusOK)
		w.clock.forward(time.Minute)
		if e := ask("weak", weak, jose.RS384); e != "invalid_client" || there.times() != 1 {
			t.Errorf("a weak key: %q, %d times", e, there.times())
		}
		w.clock.forward(10 * time.Minute)
		for name, now := range map[string]struct {
			set    json.RawMessage
			status int
		}{"redirect": {one, http.StatusFound}, "long": {json.RawMessage(`{"keys":[],"x":"` + strings.Repeat("x", 70<<10) + `"}`), 200}, "nonsense": {json.RawMessage(`x`), 200}} {
			there.now(now.set, now.status)
			w.clock.forward(time.Minute)
			if e := ask("one", p384(), jose.ES384); e != "invalid_client" || there.times() != 1 {
				t.Errorf("%s: %q, %d times", name, e, there.times())
			}
		}
	})
}

// TestOutward reaches no address that is not public.
func TestOutward(t *testing.T) {
	for address, is := range map[string]bool{
		"1.1.1.1": true, "114.114.114.114": true, "2400:3200::1": true, "::ffff:1.1.1.1": true,
		"127.0.0.1": false, "::1": false, "10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false,
		"0.0.0.0": false, "::": false, "224.0.0.1": false, "255.255.255.255": false, "198.18.0.1": false, "fd00::1": false, "fe80::1": false, "ff02::1": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false, "fec0::1": false, "192.0.2.1": false, "2001:db8::1": false,
	} {
		if got := oauth.IsPublic(netip.MustParseAddr(address)); got != is {
			t.Errorf("%s is public: %t, want %t", address, got, is)
		}
	}
	server := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	eachDatabase(t, func(t *testing.T, w world) {
		if _, err := w.provider.Outward().Get(server.URL); err == nil || !strings.Contains(err.Error(), "not in the public internet") {
			t.Errorf("this machine was reached: %v", err)
		}
	})
}
