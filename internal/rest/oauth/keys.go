package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/go-jose/go-jose/v3"

	"yitong/internal/account"
)

// How the keys of clients are fetched from where they publish them.
const (
	fetchTime  = 5 * time.Second
	fetchMost  = 64 << 10         // bytes of a JWK Set
	fetchedFor = 10 * time.Minute // that it is believed
	fetchAgain = time.Minute      // at least, between two fetches for one client
	keysMost   = 20               // keys of one set
)

// keyrings are the keys of clients.
type keyrings struct {
	now  func() time.Time
	http *http.Client

	mu    sync.Mutex
	rings map[string]*keyring // by address: that of a client, or of some that share it
}

// keyring is what was fetched from one address.
type keyring struct {
	mu    sync.Mutex // one fetch at a time
	set   *jose.JSONWebKeySet
	err   error
	read  time.Time // when the set was fetched
	tried time.Time // when it was last tried
}

func newKeyrings(now func() time.Time) *keyrings {
	return &keyrings{now: now, http: outward(publicOnly), rings: map[string]*keyring{}}
}

// of is a client's set: that which it is registered with, or the one at its address. One that has been fetched but does not
// have a kid is fetched anew, for the client may have a new key.
func (k *keyrings) of(ctx context.Context, c *account.Client, kid string) (*jose.JSONWebKeySet, error) {
	if c.Keys != nil {
		return readKeys(c.Keys)
	}
	if c.KeysURL == "" {
		return nil, errors.New("the client has no keys")
	}
	k.mu.Lock()
	ring := k.rings[c.KeysURL]
	if ring == nil {
		ring = &keyring{}
		k.rings[c.KeysURL] = ring
	}
	k.mu.Unlock()
	return ring.with(ctx, k, c.KeysURL, kid)
}

// with is the set, fetched if it is too old or lacks a kid, and not too often.
func (r *keyring) with(ctx context.Context, k *keyrings, address, kid string) (*jose.JSONWebKeySet, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := k.now()
	good := r.set != nil && now.Sub(r.read) < fetchedFor
	if good && len(r.set.Key(kid)) > 0 {
		return r.set, nil
	}
	if now.Sub(r.tried) >= fetchAgain {
		set, err := k.fetch(ctx, address)
		if r.tried = now; err == nil || !good {
			r.set, r.err, r.read = set, err, now
		}
	}
	return r.set, r.err
}

// fetch reads a JWK Set.
func (k *keyrings) fetch(ctx context.Context, address string) (*jose.JSONWebKeySet, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchTime) // others wait for it too
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	q.Header.Set("Accept", "application/json")
	answer, err := k.http.Do(q)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", address, answer.Status)
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, fetchMost+1))
	if err != nil {
		return nil, err
	}
	if len(text) > fetchMost {
		return nil, fmt.Errorf("%s has more than %d bytes", address, fetchMost)
	}
	return readKeys(text)
}

func readKeys(text []byte) (*jose.JSONWebKeySet, error) {
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, err
	}
	if len(set.Keys) > keysMost {
		return nil, fmt.Errorf("a set of more than %d keys", keysMost)
	}
	return &set, nil
}

// outward makes a client for addresses that others have chosen: it follows no redirect, uses no proxy, and connects only
// where allow lets it.
func outward(allow func(network, address string, c syscall.RawConn) error) *http.Client {
	dial := &net.Dialer{Timeout: fetchTime, Control: allow}
	return &http.Client{
		Timeout:       fetchTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: dial.DialContext, TLSHandshakeTimeout: fetchTime, ResponseHeaderTimeout: fetchTime,
			MaxResponseHeaderBytes: fetchMost, DisableKeepAlives: true, ForceAttemptHTTP2: true,
		},
	}
}

// closed are networks that are not of the public internet, beside those that netip knows (IANA special-purpose registries).
var closed = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("3fff::/20"), netip.MustParsePrefix("5f00::/16"), netip.MustParsePrefix("fec0::/10"),
}

// isPublic tells whether an address is of the public internet.
func isPublic(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.Zone() != "" {
		return false
	}
	for _, net := range closed {
		if net.Contains(a) {
			return false
		}
	}
	return true
}

// publicOnly keeps connections from networks that are not public, where the server could reach what others cannot. It is
// asked after names have been looked up.
func publicOnly(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !isPublic(to.Addr()) {
		return fmt.Errorf("%s is not in the public internet", address)
	}
	return nil
}
