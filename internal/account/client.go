package account

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"yitong/internal/account/smart"
	"yitong/internal/fault"
)

// Client is a program that may ask for tokens.
type Client struct {
	ID          string          `json:"-"`
	Name        string          `json:"name"`                  // as people read it, in Chinese
	English     string          `json:"english,omitempty"`     // the same in English
	Institution string          `json:"institution"`           // that answers for it: Organization/…
	Contact     string          `json:"contact,omitempty"`     // whom to ask about it
	Redirects   []string        `json:"redirects,omitempty"`   // exact
	Launch      string          `json:"launch,omitempty"`      // where an EHR launch goes
	Scopes      string          `json:"scopes"`                // the most that it may ask for
	Backend     bool            `json:"backend,omitempty"`     // it acts for itself (SMART Backend Services), not for people
	Keys        json.RawMessage `json:"keys,omitempty"`        // JWK Set, for private_key_jwt
	KeysURL     string          `json:"keysUrl,omitempty"`     // where the JWK Set is
	Secret      []byte          `json:"secret,omitempty"`      // digest of its secret, see [NewSecret]
	Origins     []string        `json:"origins,omitempty"`     // of its pages, for CORS, beside those of its redirects
	Introspects bool            `json:"introspects,omitempty"` // it may ask about the tokens of others (RFC 7662)
	Disabled    string          `json:"disabled,omitempty"`    // why it may do nothing; "" if it may
	Expires     time.Time       `json:"expires"`               // when the agreement with its institution ends
	Since       time.Time       `json:"since,omitzero"`        // what was given before it has ended: kept by Register and Close
}

// Limits of what a client is registered with.
const (
	redirectsMost = 20  // origins likewise
	nameMost      = 200 // bytes
	clientYears   = 5   // an agreement is looked at again after them at the latest
)

// Public tells whether the client can keep no secret, such as an app in a browser or on a phone.
func (c *Client) Public() bool { return c.Secret == nil && c.Keys == nil && c.KeysURL == "" }

// Open refuses a client that may not be used now.
func (c *Client) Open(now time.Time) error {
	switch {
	case c.Disabled != "":
		return fault.New(fault.Forbidden, "The client is disabled: %s.", c.Disabled)
	case !now.Before(c.Expires):
		return fault.New(fault.Forbidden, "The registration of the client has run out.")
	}
	return nil
}

// Check refuses a registration that is not whole or not safe.
func (c *Client) Check(now time.Time) error {
	wrong := func(format string, args ...any) error { return fault.New(fault.Unprocessable, format, args...) }
	switch {
	case strings.TrimSpace(c.Name) == "" || len(c.Name) > nameMost || len(c.English) > nameMost || len(c.Contact) > nameMost:
		return wrong("A client has a name, as people will read it; that, its English name and its contact have at most %d bytes each.", nameMost)
	case len(c.Origins) > redirectsMost:
		return wrong("A client has at most %d origins.", redirectsMost)
	case !strings.HasPrefix(c.Institution, "Organization/"):
		return wrong("A client names the institution that answers for it, such as Organization/county-hospital.")
	case !c.Expires.After(now) || c.Expires.After(now.AddDate(clientYears, 0, 0)):
		return wrong("A client has an expiry, at most %d years from now.", clientYears)
	case len(c.Redirects) > redirectsMost:
		return wrong("A client has at most %d redirect addresses.", redirectsMost)
	case c.Secret != nil && (c.Backend || c.Keys != nil || c.KeysURL != "") || c.Keys != nil && c.KeysURL != "":
		return wrong("A client proves who it is in one way: by keys, by the address of keys, or by a secret; a backend client by keys.")
	case c.Backend && (c.Keys == nil && c.KeysURL == "" || len(c.Redirects) > 0):
		return wrong("A backend client has a JWK Set, or the address of one, and no redirect addresses (SMART Backend Services).")
	case !c.Backend && len(c.Redirects) == 0 && !c.Introspects:
		return wrong("A client that acts for people has a redirect address.")
	}
	for _, r := range c.Redirects {
		if err := checkRedirect(r); err != nil {
			return err
		}
	}
	if c.Launch != "" {
		if err := checkRedirect(c.Launch); err != nil {
			return err
		}
	}
	if u, err := url.Parse(c.KeysURL); c.KeysURL != "" && (err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil) {
		return wrong("The address of a JWK Set begins with https:// and a host.")
	}
	if c.Keys != nil {
		if err := checkKeys(c.Keys); err != nil {
			return err
		}
	}
	for _, o := range c.Origins {
		if err := checkRedirect(o); err != nil || o != Origin(o) {
			return wrong("%q is no origin such as https://app.example.cn.", o)
		}
	}
	return c.checkScopes()
}

// checkScopes keeps those that act for people apart from those that act for themselves.
func (c *Client) checkScopes() error {
	asked, err := smart.Parse(c.Scopes)
	if err != nil {
		return err
	}
	for _, s := range asked.Resources {
		if c.Backend != (s.Context == smart.System) {
			return fault.New(fault.Unprocessable, "%s is not for this client: system/ is for backend clients, patient/ and user/ for those that act for people.", s)
		}
	}
	return nil
}

// checkRedirect takes https, http of this machine only for apps in development, and schemes of apps of their own with a
// reversed domain name (RFC 8252, 7.1).
func checkRedirect(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme == "" || u.Fragment != "" || strings.Contains(text, "#") || u.User != nil:
	case u.Scheme == "https" && u.Host != "":
		return nil
	case u.Scheme == "http" && slices.Contains([]string{"127.0.0.1", "[::1]", "localhost"}, strings.TrimSuffix(u.Host, ":"+u.Port())):
		return nil
	case strings.Contains(u.Scheme, ".") && u.Host == "":
		return nil
	}
	return fault.New(fault.Unprocessable, "%q is no safe redirect address: https://…, http://127.0.0.1:…, or a scheme of an app's own such as cn.example.app:/back; without a fragment.", text)
}

// Origin is the origin of an address, "" if it has none of its own.
func Origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// NewSecret makes a client's secret and the digest that is kept of it. It is random, so a plain digest is enough.
func NewSecret() (secret string, digest []byte) {
	secret = newToken()
	sum := sha256.Sum256([]byte(secret))
	return secret, sum[:]
}

// Knows tells whether it is the client's secret.
func (c *Client) Knows(secret string) bool {
	sum := sha256.Sum256([]byte(secret))
	return c.Secret != nil && subtle.ConstantTimeCompare(sum[:], c.Secret) == 1
}
