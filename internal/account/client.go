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
	wrong := func(at, format string, args ...any) error {
		return fault.New(fault.Unprocessable, format, args...).At(at)
	}
	switch {
	case strings.TrimSpace(c.Name) == "" || len(c.Name) > nameMost || len(c.English) > nameMost || len(c.Contact) > nameMost:
		return wrong("name", "A client has a name, as people will read it; that, its English name and its contact have at most %d bytes each. 请填写程序名称；名称、英文名称和联系方式都不能过长。", nameMost)
	case len(c.Origins) > redirectsMost:
		return wrong("origins", "A client has at most %d origins. 网页来源过多。", redirectsMost)
	case !strings.HasPrefix(c.Institution, "Organization/"):
		return wrong("institution", "A client names the institution that answers for it, such as Organization/county-hospital. 请选择对程序负责的机构。")
	case !c.Expires.After(now) || c.Expires.After(now.AddDate(clientYears, 0, 0)):
		return wrong("expires", "A client has an expiry, at most %d years from now. 请填写有效期，从今天起最长五年。", clientYears)
	case len(c.Redirects) > redirectsMost:
		return wrong("redirects", "A client has at most %d redirect addresses. 回调地址过多。", redirectsMost)
	case c.Secret != nil && (c.Backend || c.Keys != nil || c.KeysURL != "") || c.Keys != nil && c.KeysURL != "":
		return wrong("keys", "A client proves who it is in one way: by keys, by the address of keys, or by a secret; a backend client by keys. 程序只能用一种方式证明身份：密钥、密钥地址或口令；后台程序须用密钥。")
	case c.Backend && (c.Keys == nil && c.KeysURL == "" || len(c.Redirects) > 0):
		return wrong("keysUrl", "A backend client has a JWK Set, or the address of one, and no redirect addresses (SMART Backend Services). 后台程序须填写密钥或密钥地址，且没有回调地址。")
	case !c.Backend && len(c.Redirects) == 0 && !c.Introspects:
		return wrong("redirects", "A client that acts for people has a redirect address. 为人办事的程序须填写回调地址。")
	}
	for _, r := range c.Redirects {
		if err := checkRedirect(r); err != nil {
			return err
		}
	}
	if c.Launch != "" {
		if err := checkRedirect(c.Launch); err != nil {
			return fault.From(err).At("launch")
		}
	}
	if u, err := url.Parse(c.KeysURL); c.KeysURL != "" && (err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil) {
		return wrong("keysUrl", "The address of a JWK Set begins with https:// and a host. 密钥地址须以 https:// 和主机名开头。")
	}
	if c.Keys != nil {
		if err := checkKeys(c.Keys); err != nil {
			return fault.From(err).At("keys")
		}
	}
	for _, o := range c.Origins {
		if err := checkRedirect(o); err != nil || o != Origin(o) {
			return wrong("origins", "%q is no origin such as https://app.example.cn. 网页来源须形如 https://app.example.cn。", o)
		}
	}
	return c.checkScopes()
}

// checkScopes keeps those that act for people apart from those that act for themselves.
func (c *Client) checkScopes() error {
	asked, err := smart.Parse(c.Scopes)
	if err != nil {
		return fault.From(err).At("scopes")
	}
	for _, s := range asked.Resources {
		if c.Backend != (s.Context == smart.System) {
			return fault.New(fault.Unprocessable, "%s is not for this client: system/ is for backend clients, patient/ and user/ for those that act for people. 权限范围不符：system/ 用于后台程序，patient/ 和 user/ 用于为人办事的程序。", s).At("scopes")
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
	return fault.New(fault.Unprocessable, "%q is no safe redirect address: https://…, http://127.0.0.1:…, or a scheme of an app's own such as cn.example.app:/back; without a fragment. 回调地址不安全：请使用 https:// 开头的完整地址，不含 #。", text).At("redirects")
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
